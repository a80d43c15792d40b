//! Policies that say nothing clear, and are refused.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(misspelt_fields_are_refused, bad_values_are_refused,);

fn misspelt_fields_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Guarded");
    let path = format!("/wallets/{wallet}/policies");
    owner
        .post(&path, &json!({ "name": "Typo", "dailySpendLimit": "5.00" }))
        .refused_fields(&["dailySpendLimit"]);
    owner.post(&path, &json!({ "maxAmount": 1, "dailyLimit": 2 })).refused_fields(&[
        "name",
        "maxAmount",
        "dailyLimit",
    ]);
    let nested = json!({ "name": "Typo", "timeRestrictions": { "start": "09:00", "end": "17:00", "timezone": "UTC", "weekdays": ["MON"] } });
    owner.post(&path, &nested).refused(400, "VALIDATION_ERROR");
    let policy = owner.policy(&wallet, &json!({}));
    owner
        .patch(&format!("/policies/{policy}"), &json!({ "maxTransactionsPerday": 1 }))
        .refused_fields(&["maxTransactionsPerday"]);
    assert_eq!(owner.get(&path).ok()["data"].as_array().map(Vec::len), Some(1));
}

fn bad_values_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Guarded");
    let path = format!("/wallets/{wallet}/policies");
    let hours = |start: &str, end: &str, zone: &str| json!({ "timeRestrictions": { "start": start, "end": end, "timezone": zone } });
    let mut bad_days = hours("09:00", "17:00", "UTC");
    bad_days["timeRestrictions"]["days"] = json!(["MONDAY"]);
    for rules in [
        json!({ "maxTransactionAmount": "-1" }),
        json!({ "dailySpendingLimit": "1.123456789" }),
        json!({ "weeklySpendingLimit": "lots" }),
        json!({ "monthlySpendingLimit": "99999999999999999999" }),
        json!({ "approvalThreshold": "-0.01" }),
        json!({ "dailySpendingLimit": true }),
        json!({ "maxTransactionsPerDay": -1 }),
        json!({ "maxTransactionsPerDay": 1.5 }),
        json!({ "maxTransactionsPerDay": "many" }),
        json!({ "approvedRecipients": "wal_a" }),
        json!({ "approvedRecipients": [1] }),
        json!({ "approvedRecipients": [""] }),
        json!({ "blockedRecipients": ["x".repeat(257)] }),
        json!({ "enabled": "yes" }),
        json!({ "requireHumanApproval": 1 }),
        json!({ "approvalMode": "ROBOT_IN_THE_LOOP" }),
        json!({ "timeRestrictions": "9 to 5" }),
        json!({ "timeRestrictions": { "start": "09:00" } }),
        hours("09:00", "09:00", "UTC"),
        hours("24:00", "17:00", "UTC"),
        hours("9", "17:00", "UTC"),
        hours("09:60", "17:00", "UTC"),
        hours("09:00", "17:00", "Mars/Olympus"),
        bad_days,
    ] {
        let mut policy = rules.clone();
        policy["name"] = json!("Bad");
        let answer = owner.post(&path, &policy).expect(400);
        assert!(
            ["VALIDATION_ERROR", "INVALID_AMOUNT"].contains(&answer.code()),
            "{}",
            answer.story()
        );
        answer.assert_envelope();
    }
    owner.post(&path, &json!({ "name": "" })).refused_fields(&["name"]);
    assert_eq!(owner.get(&path).ok()["data"], json!([]));
}
