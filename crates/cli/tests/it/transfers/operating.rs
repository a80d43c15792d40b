//! The manual rail: the operator carries transfers out, and says so on the command line.

use serde_json::{Value, json};

use crate::support::banking::link_request;
use crate::support::{Server, Store, id, stories};

stories!(
    the_operator_settles_beside_the_server,
    the_operator_settles_without_a_server,
    a_wish_to_cancel_is_the_operators_to_grant,
    it_waits_as_long_as_it_takes,
    only_what_is_carried_out_by_hand,
    a_returned_deposit_is_told_by_hand,
    the_simulator_has_no_word_where_it_does_not_serve,
    a_long_list_goes_on,
);

fn start(store: Store) -> Server {
    let flags = ["--test-clock", "2026-03-02T09:00:00Z", "--production-rail", "manual"];
    Server::start_with(store, &flags)
}

/// A deposit into the organization's own live wallet, which waits for the operator.
#[track_caller]
fn deposit(server: &Server, amount: &str) -> String {
    let coin = json!({ "type": "USDC", "address": "0xabc" });
    let asked = server.live().deposit(server.account("liveWalletId"), amount, &coin).expect(202);
    server.advance("PT1S");
    let transfer = id(&asked.json);
    assert_eq!(server.live().transfer_status(&transfer), "PROCESSING");
    transfer
}

/// A verified bank account in production.
#[track_caller]
fn verified(server: &Server) -> String {
    let bank = id(&server.live().post("/bank-accounts", &link_request("000123456789")).created());
    let printed = server.admin(&["bank-account", "list", "--json"]).expect_success();
    let listed: Value = serde_json::from_str(&printed).expect("JSON");
    let amounts = json!({ "amounts": listed[0]["microDeposits"] });
    server.live().post(&format!("/bank-accounts/{bank}/verify"), &amounts).ok();
    bank
}

fn the_operator_settles_beside_the_server(store: Store) {
    let server = start(store);
    let live = server.live();
    let wallet = server.account("liveWalletId").to_owned();
    let into = deposit(&server, "1000.00");
    assert_eq!(live.pending(&wallet), "1000.00");
    server.admin(&["transfer", "settle", &into]).expect_success();
    assert_eq!(live.transfer_status(&into), "COMPLETED");
    assert_eq!((live.balance(&wallet), live.pending(&wallet)), ("995.00".into(), "0.00".into()));
    server.admin(&["transfer", "settle", &into]).expect_failure();
    server.admin(&["transfer", "fail", &into]).expect_failure();
    assert_eq!(live.balance(&wallet), "995.00", "nothing is settled twice");
    let bank = verified(&server);
    let out = id(&live.withdraw_to(&wallet, "100.00", &bank).expect(202).json);
    server.advance("PT1S");
    let printed = server.admin(&["transfer", "list", "--json"]).expect_success();
    let listed: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&listed[0]["id"], &listed[0]["accountNumber"], &listed[0]["amount"]),
        (&json!(out), &json!("000123456789"), &json!("100.00")),
        "all that is needed to carry it out"
    );
    server.admin(&["transfer", "fail", &out, "--reason", "The bank is closed"]).expect_success();
    assert_eq!(live.transfer(&out)["failureReason"], "The bank is closed");
    assert_eq!(live.balance(&wallet), "995.00", "all of it came back");
    let events = live.get("/events?type=transfer.failed").ok();
    assert_eq!(events["data"].as_array().map(Vec::len), Some(1));
    server.assert_nothing_on_its_way();
}

fn the_operator_settles_without_a_server(store: Store) {
    let mut server = start(store);
    let [one, two] = [deposit(&server, "100.00"), deposit(&server, "200.00")];
    assert!(server.stop().success());
    let listed = server.admin(&["transfer", "list"]).expect_success();
    assert!(listed.contains(&one) && listed.contains("2 waiting"), "{listed}");
    server.admin(&["transfer", "settle", &one]).expect_success();
    server.admin(&["transfer", "fail", &two]).expect_success();
    server.verify();
    server.launch();
    assert_eq!(server.live().balance(server.account("liveWalletId")), "99.50");
    assert_eq!(server.live().transfer_status(&two), "FAILED");
    server.assert_nothing_on_its_way();
}

fn a_wish_to_cancel_is_the_operators_to_grant(store: Store) {
    let server = start(store);
    let live = server.live();
    let [granted, too_late] = [deposit(&server, "100.00"), deposit(&server, "200.00")];
    for transfer in [&granted, &too_late] {
        assert_eq!(live.cancel(transfer).expect(202).json["status"], "PROCESSING");
    }
    let listed = server.admin(&["transfer", "list"]).expect_success();
    assert!(listed.contains("cancelAskedAt"), "{listed}");
    server.advance("PT1S");
    server.admin(&["transfer", "fail", &granted, "--reason", "In time"]).expect_success();
    assert_eq!(live.transfer(&granted)["failureReason"], "In time");
    server.admin(&["transfer", "settle", &too_late]).expect_success();
    assert_eq!(live.transfer_status(&granted), "CANCELLED");
    assert_eq!(live.transfer_status(&too_late), "COMPLETED");
    server.assert_nothing_on_its_way();
}

fn it_waits_as_long_as_it_takes(store: Store) {
    let mut server = start(store);
    let transfer = deposit(&server, "100.00");
    server.advance("PT9600H");
    server.restart();
    server.advance("PT9600H");
    assert_eq!(server.live().transfer_status(&transfer), "PROCESSING");
    server.admin(&["transfer", "settle", &transfer]).expect_success();
    assert_eq!(server.live().transfer_status(&transfer), "COMPLETED");
    server.assert_nothing_on_its_way();
}

fn only_what_is_carried_out_by_hand(store: Store) {
    let server = start(store);
    let owner = server.owner();
    let coin = json!({ "type": "USDC", "address": "0xabc" });
    let simulated =
        id(&owner.deposit(server.account("sandboxWalletId"), "50.00", &coin).expect(202).json);
    let moved = {
        let (from, to) = (owner.funded(10), owner.wallet("To"));
        id(&owner.move_money(&from, &to, "1.00").ok())
    };
    for transfer in [simulated.as_str(), &moved, "xfr_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        for verb in ["settle", "fail", "return", "recover"] {
            server.admin(&["transfer", verb, transfer]).expect_failure();
        }
    }
    let transfer = deposit(&server, "100.00");
    let long = "x".repeat(300);
    server.admin(&["transfer", "fail", &transfer, "--reason", &long]).expect_failure();
    server.admin(&["transfer", "settle", &transfer]).expect_success();
    server.admin(&["transfer", "return", &transfer]).expect_failure();
    assert_eq!(server.live().transfer_status(&transfer), "COMPLETED", "USDC is not returned");
    server.advance("PT5S");
    server.assert_nothing_on_its_way();
}

fn a_returned_deposit_is_told_by_hand(store: Store) {
    let server = start(store);
    let live = server.live();
    let (wallet, bank) = (server.account("liveWalletId").to_owned(), verified(&server));
    let body =
        json!({ "walletId": wallet, "amount": "100.00", "currency": "USD", "bankAccountId": bank });
    let transfer = id(&live.post("/transfers/deposit", &body).expect(202).json);
    server.advance("PT1S");
    server.admin(&["transfer", "settle", &transfer]).expect_success();
    server.admin(&["transfer", "return", &transfer, "--reason", "R01"]).expect_success();
    let returned = live.transfer(&transfer);
    assert_eq!(
        (&returned["status"], &returned["failureReason"]),
        (&json!("RETURNED"), &json!("R01"))
    );
    assert_eq!(live.balance(&wallet), "0.00");
    server.assert_nothing_on_its_way();
}

fn the_simulator_has_no_word_where_it_does_not_serve(store: Store) {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let live = server.live();
    let wallet = server.account("liveWalletId").to_owned();
    let coin = json!({ "type": "USDC", "address": "0xabc" });
    live.deposit(&wallet, "1000.00", &coin).expect(202);
    server.advance("PT2S");
    assert_eq!(live.balance(&wallet), "995.00", "under `wallgent dev` it does serve");
    let policy = live.policy(&wallet, &json!({ "requireHumanApproval": true }));
    let agreed = live.withdraw(&wallet, "50.00", &coin).expect(202).json;
    live.delete(&format!("/policies/{policy}")).expect(204);
    let late = json!({ "type": "USDC", "address": "0xabc0000000004" });
    let into = id(&live.deposit(&wallet, "100.00", &late).expect(202).json);
    server.advance("PT1S");
    server.restart_with(&["--production-rail", "manual"]);
    let live = server.live();
    live.approve(agreed["approvalId"].as_str().expect("text")).ok();
    server.advance("PT96H");
    for transfer in [&id(&agreed), &into] {
        assert_eq!(live.transfer_status(transfer), "PROCESSING");
    }
    let listed = server.listed_by_hand();
    assert_eq!(listed.len(), 2, "a person has to say what came of them");
    for shown in &listed {
        assert_eq!(
            (&shown["environment"], &shown["unposted"]),
            (&json!("PRODUCTION"), &Value::Null)
        );
    }
    server.admin(&["transfer", "settle", &id(&agreed)]).expect_success();
    server.admin(&["transfer", "fail", &into]).expect_success();
    assert_eq!(live.balance(&wallet), "944.75");
    server.assert_nothing_on_its_way();
}

fn a_long_list_goes_on(store: Store) {
    let server = start(store);
    let live = server.live();
    let transfers = [(); 2].map(|()| deposit(&server, "100.00"));
    let behind = server.admin(&["transfer", "list", "--after", &transfers[0]]).expect_success();
    assert!(behind.contains(&transfers[1]) && behind.contains("1 waiting"), "{behind}");
    server.admin(&["transfer", "list", "--after", "nonsense"]).expect_failure();
    let [tried, open] = ["000123456789", "000123456780"]
        .map(|number| id(&live.post("/bank-accounts", &link_request(number)).created()));
    let list =
        |after: &str| server.admin(&["bank-account", "list", "--after", after]).expect_success();
    assert!(list(&tried).contains(&open) && list(&open).contains("0 waiting"));
    for _ in 0..3 {
        let amounts = json!({ "amounts": ["0.01", "0.01"] });
        live.post(&format!("/bank-accounts/{tried}/verify"), &amounts).expect(400);
    }
    let left = server.admin(&["bank-account", "list"]).expect_success();
    assert!(!left.contains(&tried) && left.contains("1 waiting"), "{left}");
}
