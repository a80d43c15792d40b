//! What can go wrong at the other side: late, twice, out of order, lost, refused, never. Each has one effect.

use serde_json::{Value, json};

use crate::support::banking::{ACCOUNT, account};
use crate::support::{Agent, Server, Store, id, stories};

stories!(
    a_refused_instruction_fails,
    a_late_result_is_waited_for,
    a_result_told_twice_has_one_effect,
    a_return_told_before_its_settlement,
    a_settlement_told_before_the_instruction_is_answered,
    a_failure_told_after_the_settlement,
    an_answer_that_was_lost_after_the_instruction_was_taken_on,
    a_side_that_is_unreachable_at_first,
    silence_ends_at_the_deadline,
    the_deadline_is_a_setting,
    a_result_that_no_balance_can_hold_waits_for_room,
    a_return_that_no_balance_can_hold_is_not_lost,
    every_transfer_ends_in_one_jump_after_another,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

/// A deposit and a withdrawal of 50 dollars each, over a rail, to an account with these last digits.
#[track_caller]
fn both(server: &Server, wallet: &str, rail: &str, fault: &str) -> [String; 2] {
    let owner = server.owner();
    let party = account(rail, &format!("99{fault}"));
    [
        id(&owner.deposit(wallet, "50.00", &party).expect(202).json),
        id(&owner.withdraw(wallet, "50.00", &party).expect(202).json),
    ]
}

/// Both stand there, and each event of theirs was told once.
#[track_caller]
fn assert_both(server: &Server, both: &[String; 2], status: &str) {
    for transfer in both {
        assert_eq!(server.owner().transfer_status(transfer), status, "{transfer}");
        let entries = server.owner().audited(&format!("resource={transfer}"));
        let mut actions: Vec<&Value> = entries.iter().map(|entry| &entry["action"]).collect();
        let told = actions.len();
        actions.sort_unstable_by_key(|action| action.to_string());
        actions.dedup();
        assert_eq!(actions.len(), told, "nothing is told twice: {actions:?}");
    }
}

fn a_refused_instruction_fails(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let refused = both(&server, &wallet, "WIRE", "0000000001");
    server.advance("PT1S");
    assert_both(&server, &refused, "FAILED");
    server.owner().assert_balances(&wallet, "100.00", "0.00", "100.00");
    server.assert_nothing_on_its_way();
}

fn a_late_result_is_waited_for(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let late = both(&server, &wallet, "ACH", "0000000004");
    server.advance("PT71H");
    assert_both(&server, &late, "PROCESSING");
    server.restart();
    server.advance("PT1H");
    assert_both(&server, &late, "COMPLETED");
    assert_eq!(server.owner().balance(&wallet), "99.50");
    server.assert_nothing_on_its_way();
}

fn a_result_told_twice_has_one_effect(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let twice = both(&server, &wallet, "ACH", "0000000005");
    server.advance("PT24H");
    assert_both(&server, &twice, "COMPLETED");
    assert_eq!(server.owner().balance(&wallet), "99.50");
    assert_eq!(server.number("SELECT COUNT(*) FROM simulated_notices"), 0, "both were heard");
    server.assert_nothing_on_its_way();
}

fn a_return_told_before_its_settlement(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let swapped = both(&server, &wallet, "ACH", "0000000006");
    server.advance("PT24H");
    assert_both(&server, &swapped, "RETURNED");
    server.owner().assert_balances(&wallet, "100.00", "0.00", "100.00");
    assert_eq!((server.system_cents("BANK"), server.system_cents("FEES")), (0, 0));
    server.assert_nothing_on_its_way();
}

fn a_settlement_told_before_the_instruction_is_answered(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let swapped = both(&server, &wallet, "FEDNOW", "0000000006");
    server.advance("PT1S");
    assert_both(&server, &swapped, "COMPLETED");
    server.advance("PT24H");
    assert_both(&server, &swapped, "COMPLETED");
    assert_eq!(server.owner().balance(&wallet), "99.50");
    server.assert_nothing_on_its_way();
}

fn a_failure_told_after_the_settlement(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let contradicted = both(&server, &wallet, "ACH", "0000000007");
    server.advance("PT24H");
    assert_both(&server, &contradicted, "COMPLETED");
    assert_eq!(server.owner().balance(&wallet), "99.50");
    let listed = server.listed_by_hand();
    assert_eq!(listed.len(), 2, "what a rail reports is never lost");
    for (shown, transfer) in listed.iter().zip(&contradicted) {
        assert_eq!(shown["id"], json!(transfer));
        let report = &shown["unposted"][0];
        assert_eq!(
            (&report["reported"], &report["triedAgainAt"]),
            (&json!("FAILED"), &Value::Null)
        );
        assert_eq!(report["why"], "The transfer is COMPLETED");
    }
    assert!(server.log().contains("contradicts"), "the operator is told at once");
    server.assert_nothing_on_its_way();
}

fn an_answer_that_was_lost_after_the_instruction_was_taken_on(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let lost = both(&server, &wallet, "ACH", "0000000008");
    server.advance("PT1S");
    for transfer in &lost {
        let read = server.owner().transfer(transfer);
        assert_eq!((&read["status"], &read["externalId"]), (&json!("PROCESSING"), &Value::Null));
    }
    server.restart();
    server.advance("PT3S");
    for transfer in &lost {
        assert!(server.owner().transfer(transfer)["externalId"].is_string(), "asked again");
    }
    server.advance("PT1H");
    assert_both(&server, &lost, "COMPLETED");
    assert_eq!(server.number("SELECT COUNT(*) FROM simulated_transfers WHERE submissions = 2"), 2);
    assert_eq!(server.owner().balance(&wallet), "99.50", "once, however often it was told");
    server.assert_nothing_on_its_way();
}

fn a_side_that_is_unreachable_at_first(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let unreachable = both(&server, &wallet, "ACH", "0000000009");
    for _ in 0..4 {
        server.advance("PT10S");
    }
    assert_both(&server, &unreachable, "COMPLETED");
    assert_eq!(server.number("SELECT COUNT(*) FROM simulated_transfers WHERE submissions = 3"), 2);
    server.assert_nothing_on_its_way();
}

fn silence_ends_at_the_deadline(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(100);
    let silent = both(&server, &wallet, "ACH", "0000000010");
    server.advance("PT1S");
    server.advance_to("2026-03-09T09:00:00Z");
    assert_both(&server, &silent, "PROCESSING");
    server.restart();
    server.advance("PT1S");
    let owner = server.owner();
    let [into, out] = &silent;
    assert_eq!(owner.transfer_status(into), "FAILED", "nothing was credited");
    let why = owner.transfer(into)["failureReason"].clone();
    assert!(why.as_str().is_some_and(|why| why.contains("did not answer")), "{why}");
    // What may have left is not given back because nobody knows.
    assert_eq!(owner.transfer_status(out), "PROCESSING");
    owner.assert_balances(&wallet, "49.75", "0.00", "49.75");
    let listed = server.listed_by_hand();
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &json!(out)));
    server.advance("PT9600H");
    assert_eq!(owner.transfer_status(out), "PROCESSING");
    server.admin(&["transfer", "fail", out, "--reason", "The bank never had it"]).expect_success();
    assert_both(&server, &silent, "FAILED");
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    server.assert_nothing_on_its_way();
}

fn the_deadline_is_a_setting(store: Store) {
    let flags = [
        "--test-clock",
        BEGINNING,
        "--rail-deadline-seconds",
        "60",
        "--simulated-ach-seconds",
        "30",
    ];
    let server = Server::start_with(store, &flags);
    let wallet = server.owner().funded(200);
    let silent = both(&server, &wallet, "ACH", "0000000010");
    let late = both(&server, &wallet, "ACH", "0000000004");
    let good = both(&server, &wallet, "ACH", "1234567890");
    server.advance("PT29S");
    assert_both(&server, &good, "PROCESSING");
    server.advance("PT1S");
    assert_both(&server, &good, "COMPLETED");
    server.advance("PT61S");
    assert_eq!(server.owner().transfer_status(&silent[0]), "FAILED");
    assert_eq!(server.owner().transfer_status(&silent[1]), "PROCESSING", "a person has to look");
    assert_both(&server, &late, "FAILED");
    server.owner().drive(&silent[1], "fail").ok();
    server.advance("PT96H");
    assert_both(&server, &late, "FAILED");
    assert_eq!(server.owner().balance(&wallet), "199.50");
    server.assert_nothing_on_its_way();
}

fn every_transfer_ends_in_one_jump_after_another(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(10_000);
    for rail in ["ACH", "WIRE", "FEDNOW"] {
        for fault in 1..=11 {
            both(&server, &wallet, rail, &format!("{fault:010}"));
        }
    }
    for _ in 0..4 {
        server.advance("PT240H");
    }
    // Of what left without a word, only a person can say what came of it.
    for waiting in server.listed_by_hand() {
        if waiting["status"] == "PROCESSING" {
            server.admin(&["transfer", "settle", &id(&waiting)]).expect_success();
        }
    }
    for status in ["PENDING", "PROCESSING"] {
        assert_eq!(owner.all_ids(&format!("/transfers?status={status}")), Vec::<String>::new());
    }
    server.assert_nothing_on_its_way();
}

/// An agent of another organization, which holds almost as much as a balance can.
#[track_caller]
fn rich(server: &Server) -> Agent {
    let partner = server.organization("Partner");
    let rich = partner.owner.agent("Rich");
    partner.owner.deposit(&rich.id, "90000000000.00", &account("ACH", ACCOUNT)).expect(202);
    server.advance("PT5S");
    rich
}

/// One agent gives another money, over the network and so without a fee.
#[track_caller]
fn give(from: &Agent, to: &Agent, amount: &str) {
    let body = json!({ "toAddress": to.address, "amount": amount });
    from.api.post("/network/pay", &body).ok();
}

fn a_result_that_no_balance_can_hold_waits_for_room(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let (owner, partner) = (server.owner(), rich(&server));
    let till = owner.agent("Till");
    owner.deposit(&till.id, "50000000000.00", &account("ACH", ACCOUNT)).expect(202);
    server.advance("PT5S");
    let fails = account("ACH", "990000000002");
    let stuck = id(&owner.withdraw(&till.id, "49000000000.00", &fails).expect(202).json);
    server.advance("PT1S");
    give(&partner, &till, "80000000000.00");
    server.advance("PT10S");
    assert_eq!(owner.transfer_status(&stuck), "PROCESSING", "posted whole or not at all");
    let listed = server.listed_by_hand();
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &json!(stuck)));
    assert_eq!(listed[0]["unposted"][0]["reported"], "FAILED");
    // It keeps nobody else waiting.
    let other = owner.wallet("Other");
    let into = id(&owner.deposit(&other, "100.00", &account("ACH", ACCOUNT)).expect(202).json);
    server.advance("PT5S");
    assert_eq!(owner.transfer_status(&into), "COMPLETED");
    give(&till, &partner, "40000000000.00");
    server.advance("PT1H");
    assert_eq!(owner.transfer_status(&stuck), "FAILED");
    assert_eq!(server.listed_by_hand(), Vec::<Value>::new());
    server.assert_nothing_on_its_way();
}

fn a_return_that_no_balance_can_hold_is_not_lost(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let (owner, partner) = (server.owner(), rich(&server));
    let till = owner.agent("Till");
    owner.deposit(&till.id, "50000000000.00", &account("ACH", ACCOUNT)).expect(202);
    server.advance("PT5S");
    let returns = account("ACH", "990000000003");
    let out = id(&owner.withdraw(&till.id, "49000000000.00", &returns).expect(202).json);
    server.advance("PT5S");
    assert_eq!(owner.transfer_status(&out), "COMPLETED");
    give(&partner, &till, "80000000000.00");
    server.advance("PT10S");
    assert_eq!(owner.transfer_status(&out), "COMPLETED");
    assert_eq!(server.listed_by_hand()[0]["unposted"][0]["reported"], "RETURNED");
    give(&till, &partner, "40000000000.00");
    server.advance("PT1H");
    assert_eq!(owner.transfer_status(&out), "RETURNED");
    assert_eq!(server.listed_by_hand(), Vec::<Value>::new());
    server.assert_nothing_on_its_way();
}
