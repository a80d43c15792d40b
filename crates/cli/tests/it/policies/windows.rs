//! Spending limits by day, week and month, in UTC.

use serde_json::json;

use crate::support::{Api, Server, Store, stories};

stories!(
    a_day_ends_at_midnight_utc,
    a_week_begins_on_monday,
    a_month_begins_on_the_first,
    a_new_policy_counts_what_was_spent_before,
    a_reversal_gives_its_amount_back_to_its_window,
    refused_payments_count_nothing,
    fees_and_money_coming_in_count_nothing,
    a_changed_limit_applies_at_once,
    a_restart_forgets_nothing,
);

#[track_caller]
fn assert_remaining(caller: &Api, wallet: &str, rule: &str, remaining: &str, resets_at: &str) {
    let limits = caller.get(&format!("/wallets/{wallet}/limits")).ok();
    let row = limits["data"].as_array().expect("data").iter().find(|row| row["rule"] == rule);
    let row = row.unwrap_or_else(|| panic!("{rule} in {limits:#}"));
    assert_eq!(
        (&row["remaining"], &row["resetsAt"]),
        (&json!(remaining), &json!(resets_at)),
        "{row:#}"
    );
}

fn a_day_ends_at_midnight_utc(store: Store) {
    let server = Server::start_at(store, "2026-03-04T23:59:59.999Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "dailySpendingLimit": "100.00" }));
    owner.pay(&from, &to, "60.00").ok();
    owner.pay(&from, &to, "40.01").refused(403, "POLICY_DENIED");
    assert_remaining(&owner, &from, "dailySpendingLimit", "40.00", "2026-03-05T00:00:00.000Z");
    server.advance_to("2026-03-05T00:00:00Z");
    owner.pay(&from, &to, "100.00").ok();
    owner.pay(&from, &to, "0.00000001").refused(403, "POLICY_DENIED");
    assert_remaining(&owner, &from, "dailySpendingLimit", "0.00", "2026-03-06T00:00:00.000Z");
    server.advance("PT24H");
    owner.pay(&from, &to, "100.00").ok();
}

fn a_week_begins_on_monday(store: Store) {
    let server = Server::start_at(store, "2026-03-02T00:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "weeklySpendingLimit": "100.00" }));
    owner.pay(&from, &to, "70.00").ok();
    server.advance_to("2026-03-08T23:59:59.999Z");
    owner.pay(&from, &to, "30.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "30.00").ok();
    assert_remaining(&owner, &from, "weeklySpendingLimit", "0.00", "2026-03-09T00:00:00.000Z");
    server.advance_to("2026-03-09T00:00:00Z");
    owner.pay(&from, &to, "100.00").ok();
    assert_remaining(&owner, &from, "weeklySpendingLimit", "0.00", "2026-03-16T00:00:00.000Z");
}

fn a_month_begins_on_the_first(store: Store) {
    let server = Server::start_at(store, "2027-12-31T23:59:59Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "monthlySpendingLimit": "100.00" }));
    owner.pay(&from, &to, "100.00").ok();
    owner.pay(&from, &to, "1.00").refused(403, "POLICY_DENIED");
    assert_remaining(&owner, &from, "monthlySpendingLimit", "0.00", "2028-01-01T00:00:00.000Z");
    server.advance("PT1S");
    owner.pay(&from, &to, "60.00").ok();
    server.advance_to("2028-02-29T12:00:00Z");
    owner.pay(&from, &to, "100.00").ok();
    assert_remaining(&owner, &from, "monthlySpendingLimit", "0.00", "2028-03-01T00:00:00.000Z");
    server.advance_to("2028-03-01T00:00:00Z");
    owner.pay(&from, &to, "100.00").ok();
}

fn a_new_policy_counts_what_was_spent_before(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.pay(&from, &to, "30.00").ok();
    server.advance("PT24H");
    owner.pay(&from, &to, "60.00").ok();
    owner.policy(&from, &json!({ "dailySpendingLimit": "100.00", "weeklySpendingLimit": "120.00", "monthlySpendingLimit": "125.00", "maxTransactionsPerDay": 2 }));
    let details = owner.pay(&from, &to, "40.01").refused(403, "POLICY_DENIED");
    let mut rules: Vec<&str> = details["violations"]
        .as_array()
        .expect("violations")
        .iter()
        .filter_map(|v| v["rule"].as_str())
        .collect();
    rules.sort_unstable();
    assert_eq!(rules, ["dailySpendingLimit", "monthlySpendingLimit", "weeklySpendingLimit"]);
    owner.pay(&from, &to, "30.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "30.00").ok();
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
}

fn a_reversal_gives_its_amount_back_to_its_window(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner
        .policy(&from, &json!({ "dailySpendingLimit": "100.00", "weeklySpendingLimit": "150.00" }));
    let payment = owner.paid(&from, &to, "100.00");
    owner.pay(&from, &to, "1.00").refused(403, "POLICY_DENIED");
    owner.post(&format!("/payments/{payment}/reverse"), &json!({ "amount": "30.00" })).ok();
    owner.pay(&from, &to, "30.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "30.00").ok();
    server.advance("PT24H");
    owner.pay(&from, &to, "50.00").ok();
    owner.act(&format!("/payments/{payment}/reverse")).ok();
    assert_remaining(&owner, &from, "dailySpendingLimit", "50.00", "2026-03-06T00:00:00.000Z");
    assert_remaining(&owner, &from, "weeklySpendingLimit", "70.00", "2026-03-09T00:00:00.000Z");
    owner.pay(&from, &to, "50.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "50.00").ok();
}

fn refused_payments_count_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(60), owner.wallet("To"));
    owner.policy(&from, &json!({ "monthlySpendingLimit": "100.00", "maxTransactionsPerDay": 1 }));
    for _ in 0..3 {
        owner.pay(&from, &to, "100.00").refused(402, "INSUFFICIENT_FUNDS");
        owner.pay(&from, &to, "100.01").refused(403, "POLICY_DENIED");
    }
    owner.fund(&from, 60);
    owner.pay(&from, &to, "100.00").ok();
}

fn fees_and_money_coming_in_count_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.funded(500));
    owner.policy(&from, &json!({ "monthlySpendingLimit": "100.00" }));
    owner.pay(&from, &to, "99.99").ok();
    owner.pay(&to, &from, "50.00").ok();
    owner.fund(&from, 50);
    owner.pay(&from, &to, "0.01").ok();
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
}

fn a_changed_limit_applies_at_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "monthlySpendingLimit": "100.00" }));
    owner.pay(&from, &to, "80.00").ok();
    owner.patch(&format!("/policies/{policy}"), &json!({ "monthlySpendingLimit": "50.00" })).ok();
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
    owner.patch(&format!("/policies/{policy}"), &json!({ "monthlySpendingLimit": "120.00" })).ok();
    owner.pay(&from, &to, "40.00").ok();
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
}

fn a_restart_forgets_nothing(store: Store) {
    let mut server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let (from, to) = (server.owner().funded(500), server.owner().wallet("To"));
    server.owner().policy(&from, &json!({ "dailySpendingLimit": "100.00", "maxTransactionsPerDay": 3, "approvalThreshold": "50.00" }));
    server.owner().pay(&from, &to, "60.00").expect(202);
    server.owner().pay(&from, &to, "30.00").ok();
    server.restart();
    let owner = server.owner();
    owner.assert_balances(&from, "469.75", "60.30", "409.45");
    owner.pay(&from, &to, "10.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "5.00").ok();
    let details = owner.pay(&from, &to, "1.00").refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "maxTransactionsPerDay");
}
