//! An agent's key is replaced by a new one, and the old one ends at once.

use serde_json::json;

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    the_old_key_ends_and_the_new_one_works,
    the_new_key_may_what_the_old_one_might,
    an_agent_without_a_key_gets_one_again,
    a_revoked_key_is_replaced_by_one_that_may_no_more,
    other_keys_of_the_wallet_stay,
    a_rotation_happens_once,
    rotating_needs_what_the_key_may,
);

fn rotate(caller: &Api, agent: &str) -> crate::support::Answer {
    caller.act(&format!("/agents/{agent}/rotate-key"))
}

fn the_old_key_ends_and_the_new_one_works(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(10), owner.wallet("Shop"));
    agent.api.paid(&agent.id, &shop, "1.00");
    let rotated = rotate(&owner, &agent.id).ok();
    assert_fields(&rotated, shapes::ROTATION, &[]);
    assert_id(&rotated["apiKeyId"], "key");
    assert_eq!(rotated["revokedKeyId"], json!(agent.key_id));
    assert_ne!(rotated["apiKeyId"], json!(agent.key_id));
    let secret = rotated["apiKey"].as_str().expect("text").to_owned();
    assert!(secret.starts_with("wg_test_") && agent.api.secret() != Some(secret.as_str()));
    let old = agent.api.secret().expect("a secret").to_owned();
    for _ in 0..2 {
        let owner = server.owner();
        let (old, new) = (owner.with_key(&old), owner.with_key(&secret));
        old.get("/wallets").refused(401, "API_KEY_REVOKED");
        old.pay(&agent.id, &shop, "1.00").refused(401, "API_KEY_REVOKED");
        new.paid(&agent.id, &shop, "1.00");
        let read = owner.get(&format!("/agents/{}", agent.id)).ok();
        assert_eq!(read["apiKeyId"], rotated["apiKeyId"]);
        let gone = owner.get(&format!("/api-keys/{}", agent.key_id)).ok();
        assert_eq!(gone["status"], "REVOKED");
        server.restart();
    }
    assert_eq!(server.owner().balance(&shop), "3.00");
}

fn the_new_key_may_what_the_old_one_might(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_with(&["wallets:read", "payments:read"]);
    let old = format!("/api-keys/{}", agent.key_id);
    let limits = json!({ "allowedIps": ["127.0.0.1"], "expiresAt": "2099-01-01T00:00:00Z" });
    owner.patch(&old, &limits).ok();
    let rotated = rotate(&owner, &agent.id).ok();
    let path = format!("/api-keys/{}", rotated["apiKeyId"].as_str().expect("text"));
    let (old, new) = (owner.get(&old).ok(), owner.get(&path).ok());
    for field in ["permissions", "walletScope", "environment", "allowedIps", "expiresAt"] {
        assert_eq!(new[field], old[field], "{field}: a rotation widens nothing");
    }
    assert_eq!((&new["status"], &new["lastUsedAt"]), (&json!("ACTIVE"), &json!(null)));
    let caller = owner.with_key(rotated["apiKey"].as_str().expect("text"));
    assert_eq!(caller.all_ids("/wallets"), [agent.id]);
    caller.post("/payments", &json!({})).refused(403, "PERMISSION_DENIED");
}

fn a_revoked_key_is_replaced_by_one_that_may_no_more(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_with(&["wallets:read"]);
    let old = format!("/api-keys/{}", agent.key_id);
    owner.patch(&old, &json!({ "allowedIps": ["127.0.0.1"] })).ok();
    owner.delete(&old).expect(204);
    let rotated = rotate(&owner, &agent.id).ok();
    assert_eq!(rotated["revokedKeyId"], json!(agent.key_id));
    let new = format!("/api-keys/{}", rotated["apiKeyId"].as_str().expect("text"));
    let new = owner.get(&new).ok();
    assert_eq!(new["permissions"], json!(["wallets:read"]));
    assert_eq!(new["allowedIps"], json!(["127.0.0.1"]));
}

fn an_agent_without_a_key_gets_one_again(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    owner.delete(&format!("/api-keys/{}", agent.key_id)).expect(204);
    agent.api.get("/wallets").refused(401, "API_KEY_REVOKED");
    assert_eq!(owner.get(&format!("/agents/{}", agent.id)).ok()["status"], "ACTIVE");
    let rotated = rotate(&owner, &agent.id).ok();
    let caller = owner.with_key(rotated["apiKey"].as_str().expect("text"));
    assert_eq!(caller.all_ids("/wallets"), [agent.id]);
}

fn other_keys_of_the_wallet_stay(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, other) = (owner.agent("Bot"), owner.agent("Other"));
    let second = server.scoped(&["wallets:read"], &[&agent.id]);
    rotate(&owner, &agent.id).ok();
    second.get("/wallets").ok();
    other.api.get("/wallets").ok();
}

fn a_rotation_happens_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let keys = owner.all_ids("/api-keys?limit=100").len();
    let first = rotate(&owner.once("rotate-1"), &agent.id).expect(200);
    rotate(&owner.once("rotate-1"), &agent.id).assert_replay_of(&first);
    assert_eq!(owner.all_ids("/api-keys?limit=100").len(), keys + 1);
    owner.with_key(first.json["apiKey"].as_str().expect("text")).get("/wallets").ok();
    let second = rotate(&owner, &agent.id).ok();
    assert_eq!(second["revokedKeyId"], first.json["apiKeyId"]);
}

/// Whoever rotates reads the new secret, and so could use it.
fn rotating_needs_what_the_key_may(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let all =
        ["wallets:read", "wallets:write", "payments:read", "payments:write", "api_keys:write"];
    for missing in all {
        let held: Vec<&str> = all.into_iter().filter(|held| *held != missing).collect();
        let (_, caller) = owner.colleague(&held);
        rotate(&caller, &agent.id).refused(403, "PERMISSION_DENIED");
    }
    agent.api.get("/wallets").ok();
    assert_eq!(id(&owner.get(&format!("/api-keys/{}", agent.key_id)).ok()), agent.key_id);
    rotate(&owner.colleague(&all).1, &agent.id).ok();
}
