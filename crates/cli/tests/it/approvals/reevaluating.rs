//! Approving asks the policies again, as they are now; what cannot be posted stays as it was.

use serde_json::{Value, json};

use crate::support::{Answer, Api, Server, Store, Waiting, stories};

stories!(
    a_lowered_limit_denies,
    every_rule_is_asked_again_but_the_one_that_asked,
    what_was_held_does_not_count_against_itself,
    what_it_counted_does_not_count_against_itself,
    others_spending_counts,
    a_frozen_sender_does_not_pay,
    a_closed_receiver_is_not_paid,
    a_dropped_or_disabled_policy_no_longer_denies,
    a_refused_approval_is_recorded_as_a_denial,
    a_remembered_refusal_stays,
);

/// The approval waits on, with its money held, after it was refused.
#[track_caller]
fn assert_still_waits(owner: &Api, waiting: &Waiting, wallet: &str, balances: [&str; 3]) {
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
    assert_eq!(owner.payment_status(&waiting.payment), "PENDING_APPROVAL");
    let [balance, held, available] = balances;
    owner.assert_balances(wallet, balance, held, available);
}

/// The rules that a refusal names.
#[track_caller]
fn violated(answer: &Answer) -> Vec<String> {
    let details = answer.refused(403, "POLICY_DENIED");
    let violations = details["violations"].as_array().expect("violations");
    violations.iter().map(|one| one["rule"].as_str().expect("a rule").to_owned()).collect()
}

fn a_lowered_limit_denies(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let rules = json!({ "requireHumanApproval": true, "maxTransactionAmount": "60.00" });
    let policy = owner.policy(&from, &rules);
    let waiting = owner.ask(&from, &to, "60.00");
    let limit = |amount: &str| {
        let body = json!({ "maxTransactionAmount": amount });
        owner.patch(&format!("/policies/{policy}"), &body).ok();
    };
    limit("59.99");
    for _ in 0..2 {
        assert_eq!(violated(&owner.approve(&waiting.approval)), ["maxTransactionAmount"]);
        assert_still_waits(&owner, &waiting, &from, ["100.00", "60.30", "39.70"]);
    }
    limit("60.00");
    owner.approve(&waiting.approval).ok();
    owner.assert_balances(&from, "39.70", "0.00", "39.70");
}

fn every_rule_is_asked_again_but_the_one_that_asked(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to, other) = (owner.guarded(1_000), owner.wallet("To"), owner.wallet("Other"));
    let waiting = owner.ask(&from, &to, "60.00");
    for (rule, value) in [
        ("maxTransactionAmount", json!("59.99")),
        ("dailySpendingLimit", json!("59.99")),
        ("weeklySpendingLimit", json!("59.99")),
        ("monthlySpendingLimit", json!("59.99")),
        ("maxTransactionsPerDay", json!(0)),
        ("approvedRecipients", json!([other])),
        ("blockedRecipients", json!([to])),
        ("timeRestrictions", json!({ "start": "13:00", "end": "14:00", "timezone": "UTC" })),
    ] {
        let policy = owner.policy(&from, &json!({ rule: value }));
        assert_eq!(violated(&owner.approve(&waiting.approval)), [rule]);
        assert_still_waits(&owner, &waiting, &from, ["1000.00", "60.30", "939.70"]);
        owner.delete(&format!("/policies/{policy}")).expect(204);
    }
    owner.policy(&from, &json!({ "approvalThreshold": "1.00" }));
    owner.policy(&from, &json!({ "dailySpendingLimit": "60.00", "maxTransactionsPerDay": 1 }));
    owner.approve(&waiting.approval).ok();
    assert_eq!(owner.balance(&to), "60.00");
}

fn what_was_held_does_not_count_against_itself(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let to = owner.wallet("To");
    let from = owner.guarded(10);
    let waiting = owner.ask(&from, &to, "9.75");
    owner.assert_balances(&from, "10.00", "10.00", "0.00");
    let answer = owner.approve(&waiting.approval).ok();
    assert_eq!(
        (&answer["payment"]["balanceAfter"], &answer["payment"]["availableAfter"]),
        (&json!("0.00"), &json!("0.00"))
    );
    owner.assert_balances(&from, "0.00", "0.00", "0.00");
    let from = owner.guarded(20);
    let [first, second] = [owner.ask(&from, &to, "9.75"), owner.ask(&from, &to, "9.75")];
    owner.approve(&second.approval).ok();
    owner.assert_balances(&from, "10.00", "10.00", "0.00");
    owner.approve(&first.approval).ok();
    owner.assert_balances(&from, "0.00", "0.00", "0.00");
}

fn what_it_counted_does_not_count_against_itself(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let rules = json!({
        "requireHumanApproval": true, "dailySpendingLimit": "60.00", "weeklySpendingLimit": "60.00",
        "monthlySpendingLimit": "60.00", "maxTransactionsPerDay": 1,
    });
    owner.policy(&from, &rules);
    let waiting = owner.ask(&from, &to, "60.00");
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
    owner.approve(&waiting.approval).ok();
    for rule in ["dailySpendingLimit", "weeklySpendingLimit", "monthlySpendingLimit"] {
        assert_eq!(owner.used(&from, rule), "60.00", "{rule}: counted once");
    }
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
}

fn others_spending_counts(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "approvalThreshold": "50.00" }));
    let waiting = owner.ask(&from, &to, "60.00");
    owner.paid(&from, &to, "40.00");
    let limit = |amount: &str| {
        let body = json!({ "dailySpendingLimit": amount });
        owner.patch(&format!("/policies/{policy}"), &body).ok();
    };
    limit("99.99");
    assert_eq!(violated(&owner.approve(&waiting.approval)), ["dailySpendingLimit"]);
    limit("100.00");
    owner.approve(&waiting.approval).ok();
    assert_eq!(owner.used(&from, "dailySpendingLimit"), "100.00");
}

fn a_frozen_sender_does_not_pay(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    owner.act(&format!("/wallets/{from}/freeze")).ok();
    owner.approve(&waiting.approval).refused(403, "WALLET_FROZEN");
    assert_still_waits(&owner, &waiting, &from, ["100.00", "60.30", "39.70"]);
    let second = {
        owner.act(&format!("/wallets/{from}/unfreeze")).ok();
        let second = owner.ask(&from, &to, "10.00");
        owner.act(&format!("/wallets/{from}/freeze")).ok();
        second
    };
    owner.reject(&second.approval).ok();
    owner.act(&format!("/wallets/{from}/unfreeze")).ok();
    owner.approve(&waiting.approval).ok();
    owner.act(&format!("/wallets/{to}/freeze")).ok();
    let third = owner.ask(&from, &to, "10.00");
    owner.approve(&third.approval).ok();
    assert_eq!(owner.balance(&to), "70.00", "a frozen wallet receives");
}

fn a_closed_receiver_is_not_paid(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    owner.act(&format!("/wallets/{to}/close")).ok();
    let details = owner.approve(&waiting.approval).refused(409, "CONFLICT");
    assert_eq!(details["status"], "CLOSED");
    assert_still_waits(&owner, &waiting, &from, ["100.00", "60.30", "39.70"]);
    owner.reject(&waiting.approval).ok();
    owner.assert_balances(&from, "100.00", "0.00", "100.00");
}

fn a_dropped_or_disabled_policy_no_longer_denies(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let rules = json!({ "requireHumanApproval": true, "maxTransactionAmount": "10.00" });
    let [dropped, disabled] = [owner.policy(&from, &rules), owner.policy(&from, &rules)];
    let waiting = owner.ask(&from, &to, "10.00");
    for policy in [&dropped, &disabled] {
        let lower = json!({ "maxTransactionAmount": "1.00" });
        owner.patch(&format!("/policies/{policy}"), &lower).ok();
    }
    owner.approve(&waiting.approval).refused(403, "POLICY_DENIED");
    owner.delete(&format!("/policies/{dropped}")).expect(204);
    owner.approve(&waiting.approval).refused(403, "POLICY_DENIED");
    owner.patch(&format!("/policies/{disabled}"), &json!({ "enabled": false })).ok();
    owner.approve(&waiting.approval).ok();
    let approval = owner.get(&format!("/approvals/{}", waiting.approval)).ok();
    assert!([json!(dropped), json!(disabled)].contains(&approval["policyId"]), "it stays named");
}

fn a_refused_approval_is_recorded_as_a_denial(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    server.advance("PT1M");
    owner.policy(&from, &json!({ "maxTransactionAmount": "1.00" }));
    owner.approve(&waiting.approval).refused(403, "POLICY_DENIED");
    let path = format!("/wallets/{from}/policy-evaluations?result=DENY");
    let list = owner.get(&path).ok();
    let rows = list["data"].as_array().expect("data");
    assert_eq!(rows.len(), 1, "evaluations that deny are recorded: {list:#}");
    assert_eq!(rows[0]["createdAt"], "2026-03-04T12:01:00.000Z");
}

fn a_remembered_refusal_stays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    owner.act(&format!("/wallets/{from}/freeze")).ok();
    let refused = owner.once("approve-1").approve(&waiting.approval);
    refused.refused(403, "WALLET_FROZEN");
    owner.act(&format!("/wallets/{from}/unfreeze")).ok();
    owner.once("approve-1").approve(&waiting.approval).assert_replay_of(&refused);
    assert_still_waits(&owner, &waiting, &from, ["100.00", "60.30", "39.70"]);
    let done = owner.once("approve-2").approve(&waiting.approval).ok();
    assert_ne!(done["status"], Value::Null);
    assert_eq!(owner.balance(&to), "60.00");
}
