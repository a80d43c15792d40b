//! The last key with every right stays, whatever is tried through agents and other keys.

use serde_json::json;

use crate::support::{Server, Store, id, stories};

stories!(
    an_agent_with_every_right_is_no_heir,
    an_expiring_key_is_no_heir,
    deleting_and_rotating_agents_never_touches_it,
    a_weak_key_cannot_lock_its_owner_out,
);

/// The first key with every right, as its path.
#[track_caller]
fn first(server: &Server) -> String {
    let key = server.owner().all_ids("/api-keys?limit=100").pop().expect("a first key");
    format!("/api-keys/{key}")
}

fn an_agent_with_every_right_is_no_heir(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.agent_with(&["*"]);
    let refused = owner.delete(&first(&server));
    refused.refused(409, "CONFLICT");
    owner.wallet("Still in charge");
    let (_, heir) = owner.colleague(&["*"]);
    heir.delete(&first(&server)).expect(204);
    owner.get("/wallets").refused(401, "API_KEY_REVOKED");
}

fn an_expiring_key_is_no_heir(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let request = json!({ "permissions": ["*"], "expiresAt": "2026-03-03T09:00:00Z" });
    let (_, passing) = owner.new_key(&request);
    for caller in [&owner, &passing] {
        caller.delete(&first(&server)).refused(409, "CONFLICT");
    }
    server.advance("PT48H");
    owner.wallet("Still in charge");
}

fn deleting_and_rotating_agents_never_touches_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_with(&["*"]);
    owner.act(&format!("/agents/{}/rotate-key", agent.id)).ok();
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    owner.wallet("Still in charge");
    let purse = server.account("sandboxWalletId");
    owner.delete(&format!("/agents/{purse}")).refused(404, "WALLET_NOT_FOUND");
    owner.act(&format!("/agents/{purse}/rotate-key")).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(owner.get(&first(&server)).ok()["status"], "ACTIVE");
}

fn a_weak_key_cannot_lock_its_owner_out(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (weak_id, weak) = owner.colleague(&["api_keys:read", "api_keys:write"]);
    let path = first(&server);
    weak.delete(&path).refused(409, "CONFLICT");
    for change in [json!({ "permissions": [] }), json!({ "expiresAt": "2099-01-01T00:00:00Z" })] {
        let answer = weak.patch(&path, &change);
        assert!([403, 409].contains(&answer.status), "{}", answer.story());
    }
    owner.delete(&format!("/api-keys/{weak_id}")).expect(204);
    assert_eq!(id(&owner.get(&path).ok()), path.trim_start_matches("/api-keys/"));
}
