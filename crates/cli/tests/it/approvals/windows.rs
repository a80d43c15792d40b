//! In which window an amount counts: of the asking while it waits, of the approving when it is paid, in none when it is not.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    an_approved_amount_moves_to_the_approving_day,
    it_moves_over_weeks_and_months,
    a_rejected_amount_is_given_back_to_its_own_day,
    the_day_of_approving_may_be_full,
    a_reversal_gives_back_to_the_approving_day,
);

fn an_approved_amount_moves_to_the_approving_day(store: Store) {
    let server = Server::start_at(store, "2026-03-03T20:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let rules = json!({ "approvalThreshold": "50.00", "dailySpendingLimit": "100.00", "weeklySpendingLimit": "500.00", "maxTransactionsPerDay": 5 });
    owner.policy(&from, &rules);
    let waiting = owner.ask(&from, &to, "60.00");
    assert_eq!(owner.used(&from, "dailySpendingLimit"), "60.00");
    server.advance_to("2026-03-04T10:00:00Z");
    let count = || whole(&owner.used(&from, "maxTransactionsPerDay"));
    assert_eq!((owner.used(&from, "dailySpendingLimit"), count()), (json!("0.00"), 0));
    assert_eq!(owner.used(&from, "weeklySpendingLimit"), "60.00");
    owner.paid(&from, &to, "40.00");
    owner.approve(&waiting.approval).ok();
    assert_eq!((owner.used(&from, "dailySpendingLimit"), count()), (json!("100.00"), 2));
    assert_eq!(owner.used(&from, "weeklySpendingLimit"), "100.00", "counted once");
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
}

/// A count, whether as a number or as text.
fn whole(value: &serde_json::Value) -> i64 {
    let text = value.as_str().map(str::to_owned).unwrap_or_else(|| value.to_string());
    text.parse().unwrap_or_else(|_| panic!("a count, not {value}"))
}

fn it_moves_over_weeks_and_months(store: Store) {
    // A Sunday that ends a week and a month.
    let server = Server::start_at(store, "2026-05-31T20:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let rules = json!({ "requireHumanApproval": true, "weeklySpendingLimit": "100.00", "monthlySpendingLimit": "100.00" });
    owner.policy(&from, &rules);
    let [first, second] = [owner.ask(&from, &to, "60.00"), owner.ask(&from, &to, "40.00")];
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
    server.advance_to("2026-06-01T10:00:00Z");
    for rule in ["weeklySpendingLimit", "monthlySpendingLimit"] {
        assert_eq!(owner.used(&from, rule), "0.00", "{rule} begins anew");
    }
    owner.approve(&first.approval).ok();
    for rule in ["weeklySpendingLimit", "monthlySpendingLimit"] {
        assert_eq!(owner.used(&from, rule), "60.00", "{rule}");
    }
    owner.ask(&from, &to, "40.00");
    owner.approve(&second.approval).refused(403, "POLICY_DENIED");
    assert_eq!(owner.approval_status(&second.approval), "PENDING");
}

fn a_rejected_amount_is_given_back_to_its_own_day(store: Store) {
    let server = Server::start_at(store, "2026-03-03T20:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let rules = json!({ "approvalThreshold": "50.00", "dailySpendingLimit": "100.00", "weeklySpendingLimit": "100.00", "maxTransactionsPerDay": 2 });
    owner.policy(&from, &rules);
    let same_day = owner.ask(&from, &to, "60.00");
    owner.reject(&same_day.approval).ok();
    assert_eq!(owner.used(&from, "dailySpendingLimit"), "0.00");
    let waiting = owner.ask(&from, &to, "100.00");
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
    server.advance_to("2026-03-04T10:00:00Z");
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
    owner.reject(&waiting.approval).ok();
    for rule in ["dailySpendingLimit", "weeklySpendingLimit"] {
        assert_eq!(owner.used(&from, rule), "0.00", "{rule}: never below");
    }
    owner.paid(&from, &to, "50.00");
    owner.paid(&from, &to, "50.00");
    owner.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
}

fn the_day_of_approving_may_be_full(store: Store) {
    let server = Server::start_at(store, "2026-03-03T20:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "approvalThreshold": "50.00", "dailySpendingLimit": "100.00" }));
    let waiting = owner.ask(&from, &to, "60.00");
    server.advance_to("2026-03-04T01:00:00Z");
    owner.paid(&from, &to, "40.01");
    let details = owner.approve(&waiting.approval).refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "dailySpendingLimit");
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
    owner.assert_balances(&from, "959.74", "60.30", "899.44");
}

fn a_reversal_gives_back_to_the_approving_day(store: Store) {
    let server = Server::start_at(store, "2026-03-03T20:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "approvalThreshold": "50.00", "dailySpendingLimit": "100.00" }));
    let waiting = owner.ask(&from, &to, "60.00");
    server.advance_to("2026-03-04T01:00:00Z");
    owner.approve(&waiting.approval).ok();
    assert_eq!(owner.used(&from, "dailySpendingLimit"), "60.00");
    let back = json!({ "amount": "20.00" });
    owner.post(&format!("/payments/{}/reverse", waiting.payment), &back).ok();
    assert_eq!(owner.used(&from, "dailySpendingLimit"), "40.00");
}
