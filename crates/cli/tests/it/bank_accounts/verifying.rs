//! Verifying bank accounts in production: two micro-deposits, three tries.

use serde_json::{Value, json};

use crate::support::banking::link_request;
use crate::support::{Answer, Api, Server, Store, id, stories};

stories!(
    the_simulators_amounts_are_always_the_same,
    there_are_three_tries,
    tries_count_for_a_number_under_whatever_id,
    a_wrong_try_counts_once_under_its_key,
    malformed_amounts_are_no_try,
    the_operator_learns_the_amounts_of_the_manual_rail,
    in_the_sandbox_there_is_nothing_to_tell,
);

#[track_caller]
fn verify(caller: &Api, bank: &str, amounts: &Value) -> Answer {
    caller.post(&format!("/bank-accounts/{bank}/verify"), &json!({ "amounts": amounts }))
}

fn the_simulators_amounts_are_always_the_same(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    for amounts in [json!(["0.32", "0.45"]), json!([0.45, 0.32])] {
        let linked = live.post("/bank-accounts", &link_request("000123456789")).created();
        assert_eq!(linked["status"], "PENDING");
        let unverified = live.withdraw_to(server.account("liveWalletId"), "1.00", &id(&linked));
        assert_eq!(unverified.refused(409, "CONFLICT")["status"], "PENDING");
        let verified = verify(&live, &id(&linked), &amounts).ok();
        assert_eq!(verified["status"], "VERIFIED");
        assert_eq!(live.get(&format!("/bank-accounts/{}", id(&linked))).ok(), verified);
    }
    let told = live.get("/events?type=bank_account.verified").ok();
    assert_eq!(told["data"].as_array().map(Vec::len), Some(2));
}

fn there_are_three_tries(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let [patient, hasty] =
        [(); 2].map(|()| id(&live.post("/bank-accounts", &link_request("000123456789")).created()));
    for left in [2, 1] {
        let refused = verify(&live, &patient, &json!(["0.01", "0.02"]));
        assert_eq!(refused.refused(400, "VALIDATION_ERROR")["triesLeft"], left);
    }
    verify(&live, &patient, &json!(["0.32", "0.45"])).ok();
    for left in [2, 1, 0] {
        let refused = verify(&live, &hasty, &json!(["0.32", "0.32"]));
        assert_eq!(refused.refused(400, "VALIDATION_ERROR")["triesLeft"], left);
    }
    let late = verify(&live, &hasty, &json!(["0.32", "0.45"]));
    assert_eq!(late.refused(409, "CONFLICT")["status"], "PENDING");
    live.delete(&format!("/bank-accounts/{hasty}")).ok();
}

fn a_wrong_try_counts_once_under_its_key(store: Store) {
    let mut server = Server::start(store);
    let live = server.live();
    let bank = id(&live.post("/bank-accounts", &link_request("000123456789")).created());
    let first = verify(&live.once("try-1"), &bank, &json!(["0.01", "0.02"])).expect(400);
    server.restart();
    let live = server.live();
    for _ in 0..5 {
        verify(&live.once("try-1"), &bank, &json!(["0.01", "0.02"])).assert_replay_of(&first);
    }
    verify(&live, &bank, &json!(["0.32", "0.45"])).ok();
}

fn malformed_amounts_are_no_try(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let bank = id(&live.post("/bank-accounts", &link_request("000123456789")).created());
    for (amounts, field) in [
        (json!([]), "amounts"),
        (json!(["0.32"]), "amounts"),
        (json!(["0.32", "0.45", "0.01"]), "amounts"),
        (json!("0.32"), "amounts"),
        (json!(["0.32", true]), "amounts[1]"),
        (json!([null, "0.45"]), "amounts[0]"),
        (Value::Null, "amounts"),
    ] {
        verify(&live, &bank, &amounts).refused_fields(&[field]);
    }
    for amounts in [json!(["0", "0.45"]), json!(["0.32", "-0.45"]), json!(["0.32", "x"])] {
        verify(&live, &bank, &amounts).refused(400, "INVALID_AMOUNT");
    }
    verify(&live, &bank, &json!(["0.32", "0.45"])).ok();
}

fn the_operator_learns_the_amounts_of_the_manual_rail(store: Store) {
    let mut server = Server::start_with(store, &["--production-rail", "manual"]);
    let live = server.live();
    let bank = id(&live.post("/bank-accounts", &link_request("000123456789")).created());
    let printed = server.admin(&["bank-account", "list", "--json"]).expect_success();
    let listed: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&listed[0]["id"], &listed[0]["accountNumber"], &listed[0]["routingNumber"]),
        (&json!(bank), &json!("000123456789"), &json!("021000021"))
    );
    assert!(server.stop().success());
    let offline = server.admin(&["bank-account", "list"]).expect_success();
    assert!(offline.contains("000123456789") && offline.contains("1 waiting"), "{offline}");
    server.launch();
    let live = server.live();
    verify(&live, &bank, &listed[0]["microDeposits"]).ok();
    let printed = server.admin(&["bank-account", "list", "--json"]).expect_success();
    assert_eq!(printed.trim(), "[]", "nothing is left to send");
}

fn in_the_sandbox_there_is_nothing_to_tell(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let bank = owner.linked();
    assert_eq!(verify(&owner, &bank, &json!(["0.01", "0.02"])).ok()["status"], "VERIFIED");
    let told = owner.get("/events?type=bank_account.verified").ok();
    assert_eq!(told["data"].as_array().map(Vec::len), Some(1), "told once, when it was linked");
}

fn tries_count_for_a_number_under_whatever_id(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let live = server.live();
    let link = |number| live.post("/bank-accounts", &link_request(number));
    let kept = id(&link("000123456789").created());
    for left in [2, 1, 0] {
        let bank = id(&link("000123456789").created());
        let refused = verify(&live, &bank, &json!(["0.01", "0.02"]));
        assert_eq!(refused.refused(400, "VALIDATION_ERROR")["triesLeft"], left);
        live.delete(&format!("/bank-accounts/{bank}")).ok();
    }
    let right = json!(["0.32", "0.45"]);
    for refused in [link("000123456789"), verify(&live, &kept, &right)] {
        let details = refused.refused(409, "CONFLICT");
        assert_eq!((&details["triesLeft"], &details["status"]), (&json!(0), &json!("PENDING")));
        let again = details["retryAt"].as_str().expect("a time");
        assert!(again.starts_with("2026-04-01T09:00:00"), "{again}");
    }
    let other = id(&link("000123456780").created());
    verify(&live, &other, &right).ok();
    let partner = server.organization("Partner").live;
    let theirs = id(&partner.post("/bank-accounts", &link_request("000123456789")).created());
    verify(&partner, &theirs, &right).ok();
    server.advance("PT720H");
    verify(&live, &kept, &right).ok();
    link("000123456789").created();
}
