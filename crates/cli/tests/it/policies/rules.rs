//! Each rule on its own, rules together, and what a denial says.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields};
use crate::support::{Server, Store, stories};

stories!(
    an_amount_equal_to_the_maximum_passes,
    zero_allows_nothing,
    a_disabled_policy_is_not_enforced,
    all_policies_must_allow,
    a_denial_lists_every_failing_rule,
    a_denial_can_be_read_by_an_agent,
    transactions_are_counted,
);

fn an_amount_equal_to_the_maximum_passes(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "100.00" }));
    owner.pay(&from, &to, "100.00000001").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "100.00").ok();
    owner.pay(&from, &to, "100").ok();
    assert_eq!(owner.balance(&from), "799.00", "the fee does not count against the limit");
}

fn zero_allows_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let to = owner.wallet("To");
    for rule in [
        "maxTransactionAmount",
        "dailySpendingLimit",
        "weeklySpendingLimit",
        "monthlySpendingLimit",
    ] {
        let from = owner.funded(10);
        owner.policy(&from, &json!({ rule: "0" }));
        let details = owner.pay(&from, &to, "0.00000001").refused(403, "POLICY_DENIED");
        assert_eq!(details["violations"][0]["rule"], rule);
    }
    let from = owner.funded(10);
    owner.policy(&from, &json!({ "maxTransactionsPerDay": 0 }));
    owner.pay(&from, &to, "1").refused(403, "POLICY_DENIED");
}

fn a_disabled_policy_is_not_enforced(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "maxTransactionAmount": "0", "enabled": false }));
    owner.pay(&from, &to, "1.00").ok();
    owner.patch(&format!("/policies/{policy}"), &json!({ "enabled": true })).ok();
    owner.pay(&from, &to, "1.00").refused(403, "POLICY_DENIED");
    owner.patch(&format!("/policies/{policy}"), &json!({ "enabled": false })).ok();
    owner.pay(&from, &to, "1.00").ok();
    owner.pay(&to, &from, "1.00").ok();
}

fn all_policies_must_allow(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, a, b) = (owner.funded(100), owner.wallet("A"), owner.wallet("B"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "50.00", "approvedRecipients": [a, b] }));
    owner.policy(&from, &json!({ "maxTransactionAmount": "20.00" }));
    owner.policy(&from, &json!({ "blockedRecipients": [b] }));
    owner.pay(&from, &a, "20.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &b, "1.00").refused(403, "POLICY_DENIED");
    owner.pay(&from, &a, "20.00").ok();
}

fn a_denial_lists_every_failing_rule(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.pay(&from, &to, "30.00").ok();
    let first = owner.policy(&from, &json!({ "maxTransactionAmount": "20.00", "dailySpendingLimit": "50.00", "weeklySpendingLimit": "1000.00" }));
    let second = owner.policy(&from, &json!({ "monthlySpendingLimit": "45.00", "maxTransactionsPerDay": 1, "approvedRecipients": [], "blockedRecipients": [to] }));
    let answer = owner.pay(&from, &to, "25.00");
    let details = answer.refused(403, "POLICY_DENIED");
    let violations = details["violations"].as_array().expect("violations");
    let mut failing: Vec<(&str, &str)> = violations
        .iter()
        .map(|violation| {
            assert_fields(violation, shapes::VIOLATION, &[]);
            assert_eq!(violation["policyName"], "Guard");
            (
                violation["policyId"].as_str().expect("an ID"),
                violation["rule"].as_str().expect("a rule"),
            )
        })
        .collect();
    failing.sort_unstable();
    let mut expected = [
        (first.as_str(), "dailySpendingLimit"),
        (first.as_str(), "maxTransactionAmount"),
        (second.as_str(), "approvedRecipients"),
        (second.as_str(), "blockedRecipients"),
        (second.as_str(), "maxTransactionsPerDay"),
        (second.as_str(), "monthlySpendingLimit"),
    ];
    expected.sort_unstable();
    assert_eq!(failing, expected, "{}", answer.story());
    let of =
        |rule: &str| violations.iter().find(|v| v["rule"] == rule).cloned().unwrap_or(Value::Null);
    let daily = of("dailySpendingLimit");
    assert_eq!(
        (&daily["limit"], &daily["remaining"], &daily["resetsAt"]),
        (&json!("50.00"), &json!("20.00"), &json!("2026-03-05T00:00:00.000Z"))
    );
    let monthly = of("monthlySpendingLimit");
    assert_eq!(
        (&monthly["limit"], &monthly["remaining"], &monthly["resetsAt"]),
        (&json!("45.00"), &json!("15.00"), &json!("2026-04-01T00:00:00.000Z"))
    );
    assert_eq!(of("maxTransactionAmount")["limit"], "20.00");
    assert_eq!(of("maxTransactionAmount")["resetsAt"], Value::Null, "waiting does not help");
}

fn a_denial_can_be_read_by_an_agent(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "20.00" }));
    let answer = owner.pay(&from, &to, "25.00");
    let details = answer.refused(403, "POLICY_DENIED");
    assert!(details["hint"].as_str().is_some_and(|hint| hint.len() > 10), "a next step: {details}");
    let message = answer.json["error"]["message"].as_str().expect("text");
    assert!(
        message.contains("20.00") || message.contains("maxTransactionAmount"),
        "the first failing rule by name: {message}"
    );
}

fn transactions_are_counted(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionsPerDay": 3, "maxTransactionAmount": "10.00" }));
    let reversed = owner.paid(&from, &to, "1.00");
    owner.pay(&from, &to, "10.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "2.00").ok();
    owner.act(&format!("/payments/{reversed}/reverse")).ok();
    owner.pay(&to, &from, "1.00").ok();
    owner.pay(&from, &to, "3.00").ok();
    owner.pay(&from, &to, "4.00").refused(403, "POLICY_DENIED");
    server.advance_to("2026-03-05T00:00:00Z");
    owner.pay(&from, &to, "4.00").ok();
}
