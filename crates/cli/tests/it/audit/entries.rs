//! Entries: what, by whom, from where, under which request; once for each change, and never changed again.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    an_entry_has_every_field,
    acts_have_names_in_the_past_tense,
    a_refusal_leaves_an_entry_only_where_rules_refused,
    a_replay_leaves_no_entry,
    the_clock_acts_as_the_system,
    a_request_id_is_made_where_none_is_sent,
    an_address_behind_a_proxy_is_the_clients,
    nothing_changes_an_entry,
    no_entry_holds_a_secret,
);

fn an_entry_has_every_field(store: Store) {
    let server = Server::start_at(store, "2026-01-05T09:00:00Z");
    let owner = server.owner();
    let (key, maker) = owner.colleague(&["wallets:write"]);
    let made = maker
        .with_header("X-Request-Id", "request-1")
        .post("/wallets", &json!({ "name": "Ops" }))
        .created();
    let entries = owner.audited(&format!("action=wallet.created&actorId={key}"));
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_fields(entry, shapes::AUDIT_ENTRY, &[]);
    assert_id(&entry["id"], "log");
    assert_time(&entry["createdAt"]);
    for (field, expected) in [
        ("organizationId", json!(server.account("organizationId"))),
        ("environment", json!("SANDBOX")),
        ("actorType", json!("API_KEY")),
        ("actorId", json!(key)),
        ("action", json!("wallet.created")),
        ("resource", json!("wallet")),
        ("resourceId", made["id"].clone()),
        ("ipAddress", json!("127.0.0.1")),
        ("requestId", json!("request-1")),
        ("createdAt", json!("2026-01-05T09:00:00.000Z")),
    ] {
        assert_eq!(entry[field], expected, "{field}");
    }
    assert!(entry["metadata"].is_object(), "{entry:#}");
    let list = owner.get("/audit-logs").ok();
    assert_fields(&list, shapes::LIST, &[]);
    assert_eq!(list["data"][0], *entry, "newest first");
}

/// The actions about a resource, oldest first.
#[track_caller]
fn actions(caller: &Api, resource: &str) -> Vec<String> {
    let entries = caller.audited(&format!("resource={resource}"));
    let mut named: Vec<String> =
        entries.iter().map(|entry| entry["action"].as_str().expect("text").to_owned()).collect();
    named.reverse();
    named
}

fn acts_have_names_in_the_past_tense(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Ops");
    let path = format!("/wallets/{wallet}");
    owner.patch(&path, &json!({ "name": "Renamed" })).ok();
    for verb in ["freeze", "unfreeze", "close"] {
        owner.act(&format!("{path}/{verb}")).ok();
    }
    assert_eq!(
        actions(&owner, &wallet),
        ["wallet.created", "wallet.updated", "wallet.frozen", "wallet.unfrozen", "wallet.closed"]
    );
    let guarded = owner.funded(100);
    let policy = owner.policy(&guarded, &json!({ "requireHumanApproval": true }));
    owner.patch(&format!("/policies/{policy}"), &json!({ "maxTransactionAmount": "50.00" })).ok();
    let [yes, no] = [
        owner.ask(&guarded, server.account("sandboxWalletId"), "1.00"),
        owner.ask(&guarded, server.account("sandboxWalletId"), "1.00"),
    ];
    owner.approve(&yes.approval).ok();
    owner.reject(&no.approval).ok();
    owner.delete(&format!("/policies/{policy}")).expect(204);
    assert_eq!(actions(&owner, &policy), ["policy.created", "policy.updated", "policy.deleted"]);
    assert_eq!(
        actions(&owner, &yes.approval).last().map(String::as_str),
        Some("approval.approved")
    );
    assert_eq!(actions(&owner, &no.approval).last().map(String::as_str), Some("approval.rejected"));
    let key = id(&owner.post("/api-keys", &json!({ "permissions": [] })).created());
    owner.patch(&format!("/api-keys/{key}"), &json!({ "name": "Renamed" })).ok();
    owner.delete(&format!("/api-keys/{key}")).expect(204);
    assert_eq!(actions(&owner, &key), ["api_key.created", "api_key.updated", "api_key.revoked"]);
    let all = owner.audited("");
    for entry in &all {
        let action = entry["action"].as_str().expect("text");
        let (family, _) = action.split_once('.').expect("a family and an act");
        let resource = entry["resource"].as_str().expect("text");
        assert!(!family.is_empty() && !resource.is_empty(), "{entry:#}");
    }
}

fn a_refusal_leaves_an_entry_only_where_rules_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "5.00" }));
    let reader = server.permitted(&["wallets:read"]);
    let before = owner.audited("").len();
    owner.post("/wallets", &json!({})).expect(400);
    reader.post("/wallets", &json!({ "name": "No" })).expect(403);
    owner.pay("wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", &to, "1.00").expect(404);
    owner.act("/agents/wal_01HZZZZZZZZZZZZZZZZZZZZZZZ/pause").expect(404);
    server.nobody().post("/wallets", &json!({ "name": "No" })).expect(401);
    owner.get("/wallets").ok();
    assert_eq!(owner.audited("").len(), before, "nothing changed");
    owner.with_header("X-Request-Id", "denied-1").pay(&from, &to, "5.01").expect(403);
    let denied = owner.audited("action=payment.denied");
    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0]["requestId"], "denied-1");
    assert!(denied[0].to_string().contains(&from), "which wallet: {:#}", denied[0]);
}

fn a_replay_leaves_no_entry(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let keyed = owner.once("same");
    let act = || {
        keyed.pay(&from, &to, "1.00").ok();
        keyed.post("/agents", &json!({ "name": "Bot" })).created();
        keyed.post("/wallets", &json!({ "name": "One" })).created();
    };
    act();
    let before = owner.audited("");
    act();
    assert_eq!(owner.audited(""), before);
}

fn the_clock_acts_as_the_system(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "1.00");
    server.advance_to("2026-03-03T12:00:00Z");
    let expired = owner.audited("action=approval.expired");
    assert_eq!(expired.len(), 1);
    for (field, value) in [
        ("actorType", json!("SYSTEM")),
        ("actorId", Value::Null),
        ("ipAddress", Value::Null),
        ("requestId", Value::Null),
        ("resourceId", json!(waiting.approval)),
        ("createdAt", json!("2026-03-03T12:00:00.000Z")),
    ] {
        assert_eq!(expired[0][field], value, "{field}");
    }
}

fn a_request_id_is_made_where_none_is_sent(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let answer = owner.post("/wallets", &json!({ "name": "Ops" })).expect(201);
    let entries = owner.audited(&format!("resource={}", id(&answer.json)));
    assert_eq!(entries[0]["requestId"].as_str(), answer.header("x-request-id"));
}

fn an_address_behind_a_proxy_is_the_clients(store: Store) {
    let server = Server::start_with(store, &["--trusted-proxies", "127.0.0.0/8"]);
    let owner = server.owner();
    let behind = owner.with_header("X-Forwarded-For", "203.0.113.7");
    let wallet = behind.wallet("Ops");
    assert_eq!(owner.audited(&format!("resource={wallet}"))[0]["ipAddress"], "203.0.113.7");
}

fn nothing_changes_an_entry(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    owner.wallet("Ops");
    let before = owner.audited("");
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let body = json!({ "action": "nothing.happened" });
        for path in ["/audit-logs".to_owned(), format!("/audit-logs/{}", id(&before[0]))] {
            let answer = owner.send(method, &path, Some(&body));
            assert!([404, 405].contains(&answer.status), "{}", answer.story());
        }
    }
    assert_eq!(owner.audited(""), before);
    server.restart();
    let after = server.owner().audited("");
    assert_eq!(after, before, "an entry reads the same for ever, under the same ID");
}

fn no_entry_holds_a_secret(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let rotated = owner.act(&format!("/agents/{}/rotate-key", agent.id)).ok();
    let (_, colleague) = owner.colleague(&["wallets:read"]);
    let template = owner.get("/agents/templates").ok()["data"][0]["id"].clone();
    let from = json!({ "templateId": template, "name": "From" });
    let made = owner.post("/agents/from-template", &from).created();
    let log = json!(owner.audited("")).to_string();
    for secret in [
        agent.api.secret().expect("a secret"),
        rotated["apiKey"].as_str().expect("text"),
        made["apiKey"].as_str().expect("text"),
        colleague.secret().expect("a secret"),
        owner.secret().expect("a secret"),
    ] {
        assert!(!log.contains(secret), "a secret stands in the log");
    }
}
