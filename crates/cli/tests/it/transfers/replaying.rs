//! Retries: one key, one transfer, whatever happens in between.

use serde_json::json;

use crate::support::banking::{ACCOUNT, account};
use crate::support::{Server, Store, all_at_once, id, stories};

stories!(
    the_first_answer_is_repeated,
    a_key_means_one_thing,
    many_at_once_are_one,
    many_at_once_that_wait_for_a_human_are_one,
    sandbox_acts_happen_once,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

fn the_first_answer_is_repeated(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, to) = (owner.funded(500), owner.wallet("To"));
    let bank = account("ACH", ACCOUNT);
    let out = owner.once("out").withdraw(&wallet, "50.00", &bank).expect(202);
    let into = owner.once("in").deposit(&wallet, "50.00", &bank).expect(202);
    let inside = owner.once("inside").move_money(&wallet, &to, "50.00").expect(200);
    assert_eq!(out.json["idempotencyKey"], "out");
    server.advance("PT5S");
    server.restart();
    server.advance("PT9600H");
    let owner = server.owner();
    owner.once("out").withdraw(&wallet, "50.00", &bank).assert_replay_of(&out);
    owner.once("in").deposit(&wallet, "50.00", &bank).assert_replay_of(&into);
    owner.once("inside").move_money(&wallet, &to, "50.00").assert_replay_of(&inside);
    assert_eq!(owner.balance(&wallet), "449.50");
    for (key, first) in [("out", &out), ("in", &into), ("inside", &inside)] {
        assert_eq!(owner.all_ids(&format!("/transfers?idempotencyKey={key}")), [id(&first.json)]);
    }
    server.assert_nothing_on_its_way();
}

fn a_key_means_one_thing(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner().once("key-1");
    let wallet = server.owner().funded(500);
    let first = owner.withdraw(&wallet, "50.00", &account("ACH", ACCOUNT)).expect(202);
    // The last four digits are alike.
    for (amount, destination) in [
        ("50.01", account("ACH", ACCOUNT)),
        ("50.00", account("WIRE", ACCOUNT)),
        ("50.00", account("ACH", "999123456789")),
        ("50.00", json!({ "type": "USDC", "address": "0xabc" })),
    ] {
        let reused = owner.withdraw(&wallet, amount, &destination);
        let details = reused.refused(409, "IDEMPOTENCY_KEY_REUSE");
        assert_eq!(details["resourceId"], first.json["id"]);
    }
    owner.deposit(&wallet, "50.00", &account("ACH", ACCOUNT)).expect(202);
    server.advance("PT5S");
    assert_eq!(server.owner().all_ids("/transfers?idempotencyKey=key-1").len(), 2, "by route");
    server.assert_nothing_on_its_way();
}

fn many_at_once_are_one(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(500);
    let answers = all_at_once(24, |_| {
        owner.once("same").withdraw(&wallet, "50.00", &account("ACH", ACCOUNT))
    });
    let first: Vec<_> = answers.iter().filter(|answer| !answer.replayed()).collect();
    assert_eq!(first.len(), 1);
    for answer in &answers {
        answer.assert_same_as(first[0]);
    }
    assert_eq!(owner.balance(&wallet), "449.75");
    server.advance("PT5S");
    server.assert_nothing_on_its_way();
}

fn sandbox_acts_happen_once(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.wallet("Till");
    let transfer = id(&owner.deposit(&wallet, "50.00", &account("ACH", ACCOUNT)).expect(202).json);
    let first = owner.once("settle-1").drive(&transfer, "settle").expect(200);
    owner.drive(&transfer, "return").ok();
    owner.once("settle-1").drive(&transfer, "settle").assert_replay_of(&first);
    assert_eq!(owner.transfer_status(&transfer), "RETURNED");
    server.assert_nothing_on_its_way();
}

fn many_at_once_that_wait_for_a_human_are_one(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, to) = (owner.guarded(500), owner.wallet("To"));
    let bank = account("ACH", ACCOUNT);
    let out = all_at_once(24, |_| owner.once("out").withdraw(&wallet, "50.00", &bank));
    let inside = all_at_once(24, |_| owner.once("inside").move_money(&wallet, &to, "50.00"));
    for answers in [out, inside] {
        for answer in &answers {
            assert_eq!((answer.status, &answer.json), (202, &answers[0].json));
        }
        assert!(id(&answers[0].json).starts_with("xfr_"), "{}", answers[0].json);
        owner.reject(answers[0].json["approvalId"].as_str().expect("text")).ok();
    }
    assert_eq!(owner.all_ids("/transfers").len(), 2);
    server.assert_nothing_on_its_way();
}
