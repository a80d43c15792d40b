//! Asking beforehand what a policy would say, what is left, and what it said.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Server, Store, stories};

stories!(
    a_check_decides_and_moves_nothing,
    a_check_refuses_what_a_payment_would_refuse_to_read,
    limits_tell_what_is_left,
    denials_and_questions_are_recorded,
    repeats_of_a_denial_are_counted,
);

fn a_check_decides_and_moves_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to, blocked) = (owner.funded(100), owner.wallet("To"), owner.wallet("Blocked"));
    let policy = owner.policy(&from, &json!({ "maxTransactionAmount": "50.00", "monthlySpendingLimit": "80.00", "approvalThreshold": "20.00", "blockedRecipients": [blocked] }));
    let check = |to: &str, amount: &str| {
        owner
            .post(
                &format!("/wallets/{from}/policies/check"),
                &json!({ "to": to, "amount": amount }),
            )
            .ok()
    };
    for _ in 0..3 {
        let allowed = check(&to, "20.00");
        assert_fields(&allowed, &["decision", "violations", "limits"], &[]);
        assert_eq!((&allowed["decision"], &allowed["violations"]), (&json!("ALLOW"), &json!([])));
        assert_eq!(check(&to, "20.01")["decision"], "REQUIRE_APPROVAL");
    }
    let denied = check(&blocked, "50.01");
    assert_eq!(denied["decision"], "DENY");
    let mut rules: Vec<&str> = Vec::new();
    for violation in denied["violations"].as_array().expect("violations") {
        assert_fields(violation, shapes::VIOLATION, &[]);
        assert_eq!(violation["policyId"], json!(policy));
        rules.push(violation["rule"].as_str().expect("a rule"));
    }
    rules.sort_unstable();
    assert_eq!(rules, ["blockedRecipients", "maxTransactionAmount"]);
    let limits = denied["limits"].as_array().expect("limits");
    assert!(
        limits
            .iter()
            .any(|row| row["rule"] == "monthlySpendingLimit" && row["remaining"] == "80.00"),
        "{denied:#}"
    );
    limits.iter().for_each(|row| assert_fields(row, shapes::LIMIT, &[]));
    owner.assert_balances(&from, "100.00", "0.00", "100.00");
    assert_eq!(owner.all_ids("/payments"), Vec::<String>::new());
}

fn a_check_refuses_what_a_payment_would_refuse_to_read(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let path = format!("/wallets/{from}/policies/check");
    owner.post(&path, &json!({ "to": to, "amount": "-1" })).refused(400, "INVALID_AMOUNT");
    owner.post(&path, &json!({ "to": to })).refused_fields(&["amount"]);
    owner
        .post("/wallets/wal_nothing/policies/check", &json!({ "to": to, "amount": "1" }))
        .refused(404, "WALLET_NOT_FOUND");
    let agent = server.scoped(&["policies:read", "payments:write", "wallets:read"], &[&from]);
    assert_eq!(
        agent.post(&path, &json!({ "to": to, "amount": "1" })).ok()["decision"],
        "ALLOW",
        "an agent may ask about its own wallet"
    );
    agent
        .post(&format!("/wallets/{to}/policies/check"), &json!({ "to": from, "amount": "1" }))
        .refused(404, "WALLET_NOT_FOUND");
}

fn limits_tell_what_is_left(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "dailySpendingLimit": "100.00", "weeklySpendingLimit": "200.00", "monthlySpendingLimit": "300", "maxTransactionsPerDay": 5 }));
    owner.pay(&from, &to, "60.5").ok();
    let limits = owner.get(&format!("/wallets/{from}/limits")).ok();
    assert_fields(&limits, &["data"], &["cursor", "hasMore", "nextCursor"]);
    let rows = limits["data"].as_array().expect("data");
    for (rule, limit, used, remaining, resets_at) in [
        ("dailySpendingLimit", "100.00", "60.50", "39.50", "2026-03-05T00:00:00.000Z"),
        ("weeklySpendingLimit", "200.00", "60.50", "139.50", "2026-03-09T00:00:00.000Z"),
        ("monthlySpendingLimit", "300.00", "60.50", "239.50", "2026-04-01T00:00:00.000Z"),
    ] {
        let row = rows
            .iter()
            .find(|row| row["rule"] == rule)
            .unwrap_or_else(|| panic!("{rule} in {limits:#}"));
        let expected = json!({ "policyId": policy, "rule": rule, "limit": limit, "used": used, "remaining": remaining, "resetsAt": resets_at });
        assert_eq!(*row, expected);
    }
    let count =
        rows.iter().find(|row| row["rule"] == "maxTransactionsPerDay").expect("the count as well");
    assert_fields(count, shapes::LIMIT, &[]);
    assert_eq!(
        (whole(&count["limit"]), whole(&count["used"]), whole(&count["remaining"])),
        (5, 1, 4)
    );
    let unlimited = owner.wallet("Free");
    assert_eq!(owner.get(&format!("/wallets/{unlimited}/limits")).ok()["data"], json!([]));
}

/// A count, whether as a number or as text.
fn whole(value: &Value) -> i64 {
    value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
        .unwrap_or_else(|| panic!("a count, not {value}"))
}

fn denials_and_questions_are_recorded(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "100.00", "approvalThreshold": "50.00" }));
    owner.pay(&from, &to, "1.00").ok();
    owner.pay(&from, &to, "100.01").refused(403, "POLICY_DENIED");
    server.advance("PT1M");
    owner.pay(&from, &to, "60.00").expect(202);
    let path = format!("/wallets/{from}/policy-evaluations");
    let list = owner.get(&path).ok();
    assert_fields(&list, shapes::LIST, &[]);
    let rows = list["data"].as_array().expect("data");
    assert_eq!(rows.len(), 2, "what was allowed is not recorded: {list:#}");
    for row in rows {
        assert_id(&row["id"], "pev");
    }
    assert_eq!(
        (&rows[0]["createdAt"], &rows[1]["createdAt"]),
        (&json!("2026-03-04T12:01:00.000Z"), &json!("2026-03-04T12:00:00.000Z")),
        "newest first"
    );
    assert_eq!(
        (&rows[0]["result"], &rows[1]["result"]),
        (&json!("REQUIRE_APPROVAL"), &json!("DENY"))
    );
    assert_eq!(
        owner.all_ids(&format!("{path}?result=DENY")),
        [rows[1]["id"].as_str().expect("text")]
    );
    assert_eq!(owner.all_ids(&format!("{path}?limit=1")).len(), 2);
    owner.get(&format!("{path}?result=MAYBE")).refused(400, "VALIDATION_ERROR");
}

fn repeats_of_a_denial_are_counted(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "100.00" }));
    let path = format!("/wallets/{from}/policy-evaluations");
    for _ in 0..5 {
        owner.pay(&from, &to, "100.01").refused(403, "POLICY_DENIED");
    }
    assert_eq!(owner.all_ids(&path).len(), 1, "within a second, one row");
    server.advance("PT2S");
    owner.pay(&from, &to, "100.01").refused(403, "POLICY_DENIED");
    assert_eq!(owner.all_ids(&path).len(), 2);
}
