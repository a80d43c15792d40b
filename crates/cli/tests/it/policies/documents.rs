//! Policies as documents: making, reading, changing and deleting them.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id, assert_time, assert_whole_list};
use crate::support::{Server, Store, id, stories};

stories!(
    a_policy_has_every_field,
    a_wallet_lists_all_its_policies,
    both_paths_lead_to_a_policy,
    null_clears_a_rule,
    a_deleted_policy_is_gone,
    unknown_policies_are_not_found,
    the_owner_alone_changes_policies,
);

fn a_policy_has_every_field(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Guarded");
    let path = format!("/wallets/{wallet}/policies");
    let bare = owner.post(&path, &json!({ "name": "Bare" })).created();
    assert_fields(&bare, shapes::POLICY, &[]);
    assert_id(&bare["id"], "pol");
    assert_time(&bare["createdAt"]);
    assert_time(&bare["updatedAt"]);
    assert_eq!(
        (&bare["name"], &bare["walletId"], &bare["enabled"]),
        (&json!("Bare"), &json!(wallet), &json!(true))
    );
    assert_eq!(
        (&bare["requireHumanApproval"], &bare["requireDifferentApprover"]),
        (&json!(false), &json!(false))
    );
    for unset in [
        "maxTransactionAmount",
        "dailySpendingLimit",
        "weeklySpendingLimit",
        "monthlySpendingLimit",
        "maxTransactionsPerDay",
        "approvedRecipients",
        "blockedRecipients",
        "timeRestrictions",
        "approvalThreshold",
    ] {
        assert!(bare[unset].is_null(), "{unset} is not enforced");
    }
    let request = json!({
        "name": "Full", "enabled": false, "maxTransactionAmount": "100", "dailySpendingLimit": 500, "weeklySpendingLimit": "0",
        "monthlySpendingLimit": "2000.5", "maxTransactionsPerDay": 0, "approvedRecipients": ["wal_vendor_a", "wal_vendor_b"], "blockedRecipients": [],
        "timeRestrictions": { "start": "09:00", "end": "17:00", "timezone": "America/New_York", "days": ["MON", "FRI"] },
        "requireHumanApproval": true, "approvalThreshold": "50.00", "requireDifferentApprover": true,
    });
    let full = owner.post(&path, &request).created();
    assert_fields(&full, shapes::POLICY, &[]);
    let amounts = [
        ("maxTransactionAmount", "100.00"),
        ("dailySpendingLimit", "500.00"),
        ("weeklySpendingLimit", "0.00"),
        ("monthlySpendingLimit", "2000.50"),
    ];
    for (field, value) in amounts {
        assert_eq!(full[field], value, "{field}");
    }
    for field in [
        "name",
        "enabled",
        "maxTransactionsPerDay",
        "approvedRecipients",
        "blockedRecipients",
        "timeRestrictions",
        "requireHumanApproval",
        "approvalThreshold",
        "requireDifferentApprover",
    ] {
        assert_eq!(full[field], request[field], "{field}");
    }
}

fn a_wallet_lists_all_its_policies(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Guarded");
    let path = format!("/wallets/{wallet}/policies");
    let made: Vec<String> = (0..25).map(|_| owner.policy(&wallet, &json!({}))).collect();
    owner.policy(&owner.wallet("Other"), &json!({}));
    let list = owner.get(&path).ok();
    assert_whole_list(&list);
    let mut listed: Vec<String> = list["data"].as_array().expect("data").iter().map(id).collect();
    listed.sort_unstable();
    assert_eq!(listed, made, "IDs ascend");
}

fn both_paths_lead_to_a_policy(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (wallet, other) = (owner.wallet("Guarded"), owner.wallet("Other"));
    let policy = owner.policy(&wallet, &json!({ "dailySpendingLimit": "1.00" }));
    let (short, long) =
        (format!("/policies/{policy}"), format!("/wallets/{wallet}/policies/{policy}"));
    let before = owner.get(&short).ok();
    assert_fields(&before, shapes::POLICY, &[]);
    assert_eq!(owner.get(&long).ok(), before);
    server.advance("PT1H");
    let changed =
        owner.patch(&short, &json!({ "dailySpendingLimit": "1000.00", "enabled": false })).ok();
    let mut expected = before;
    expected["dailySpendingLimit"] = json!("1000.00");
    expected["enabled"] = json!(false);
    expected["updatedAt"] = json!("2026-03-02T10:00:00.000Z");
    assert_eq!(changed, expected);
    expected["name"] = json!("Renamed");
    assert_eq!(owner.patch(&long, &json!({ "name": "Renamed" })).ok(), expected);
    owner.get(&format!("/wallets/{other}/policies/{policy}")).refused(404, "POLICY_NOT_FOUND");
    owner.delete(&format!("/wallets/{other}/policies/{policy}")).refused(404, "POLICY_NOT_FOUND");
    owner.delete(&long).expect(204);
    owner.get(&short).refused(404, "POLICY_NOT_FOUND");
}

fn null_clears_a_rule(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "maxTransactionAmount": "5.00", "approvedRecipients": [], "requireHumanApproval": true }));
    owner.pay(&from, &to, "5.01").refused(403, "POLICY_DENIED");
    let clear = json!({ "maxTransactionAmount": null, "approvedRecipients": null, "requireHumanApproval": false });
    let cleared = owner.patch(&format!("/policies/{policy}"), &clear).ok();
    assert_eq!(
        (&cleared["maxTransactionAmount"], &cleared["approvedRecipients"]),
        (&Value::Null, &Value::Null)
    );
    owner.pay(&from, &to, "5.01").ok();
    owner.patch(&format!("/policies/{policy}"), &json!({ "name": null })).refused_fields(&["name"]);
}

fn a_deleted_policy_is_gone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "maxTransactionAmount": "0" }));
    owner.pay(&from, &to, "1.00").refused(403, "POLICY_DENIED");
    let answer = owner.delete(&format!("/policies/{policy}")).expect(204);
    assert_eq!(answer.text, "");
    owner.pay(&from, &to, "1.00").ok();
    for answer in [
        owner.get(&format!("/policies/{policy}")),
        owner.delete(&format!("/policies/{policy}")),
        owner.patch(&format!("/policies/{policy}"), &json!({ "enabled": true })),
    ] {
        answer.refused(404, "POLICY_NOT_FOUND");
    }
    assert_eq!(owner.get(&format!("/wallets/{from}/policies")).ok()["data"], json!([]));
}

fn unknown_policies_are_not_found(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let stranger = server.organization("Stranger");
    let policy = owner.policy(&owner.wallet("Guarded"), &json!({}));
    for (caller, unknown) in [
        (&owner, "pol_01HZZZZZZZZZZZZZZZZZZZZZZZ"),
        (&owner, "nonsense"),
        (&stranger.owner, policy.as_str()),
    ] {
        let path = format!("/policies/{unknown}");
        caller.get(&path).refused(404, "POLICY_NOT_FOUND");
        caller.patch(&path, &json!({ "enabled": false })).refused(404, "POLICY_NOT_FOUND");
        caller.delete(&path).refused(404, "POLICY_NOT_FOUND");
    }
    live.get(&format!("/policies/{policy}")).refused(403, "ENVIRONMENT_MISMATCH");
    assert_eq!(owner.get(&format!("/policies/{policy}")).ok()["enabled"], true);
}

fn the_owner_alone_changes_policies(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, other) = (owner.wallet("Guarded"), owner.wallet("Other"));
    let (policy, foreign) = (owner.policy(&wallet, &json!({})), owner.policy(&other, &json!({})));
    let agent = server.scoped(&["policies:read", "policies:write", "wallets:read"], &[&wallet]);
    assert_eq!(
        id(&agent.get(&format!("/policies/{policy}")).ok()),
        policy,
        "it may read its rules"
    );
    agent.get(&format!("/policies/{foreign}")).refused(404, "POLICY_NOT_FOUND");
    for answer in [
        agent.post(&format!("/wallets/{wallet}/policies"), &json!({ "name": "Mine" })),
        agent.patch(&format!("/policies/{policy}"), &json!({ "enabled": false })),
        agent.delete(&format!("/wallets/{wallet}/policies/{policy}")),
    ] {
        assert_eq!(
            answer.refused(403, "PERMISSION_DENIED")["ownerOnly"],
            true,
            "{}",
            answer.story()
        );
    }
}
