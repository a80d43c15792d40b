//! An agent whose wallet is closed as a wallet: its keys end with it.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    closing_its_wallet_ends_its_keys,
    a_wallet_that_stays_open_keeps_its_keys,
    closing_needs_no_right_on_keys,
);

fn closing_its_wallet_ends_its_keys(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (agent, other) = (owner.agent("Bot"), owner.agent("Other"));
    let only = json!({ "permissions": ["*"], "walletScope": [agent.id] });
    let (second_id, second) = owner.new_key(&only);
    let (_, both) =
        owner.new_key(&json!({ "permissions": ["*"], "walletScope": [agent.id, other.id] }));
    let lent = owner.funded(10);
    let grant = json!({
        "walletId": lent, "delegateApiKeyId": agent.key_id,
        "permissions": ["wallets:read", "payments:write"],
    });
    owner.post("/delegations", &grant).created();
    agent.api.get(&format!("/wallets/{lent}")).ok();
    let closed = owner.act(&format!("/wallets/{}/close", agent.id)).ok();
    assert_eq!(closed["status"], "CLOSED");
    for _ in 0..2 {
        let owner = server.owner();
        for ended in [&agent.api, &second] {
            let ended = owner.as_holder_of(ended);
            ended.get("/wallets").refused(401, "API_KEY_REVOKED");
            ended.get(&format!("/wallets/{lent}")).refused(401, "API_KEY_REVOKED");
            ended.pay(&lent, &other.id, "1.00").refused(401, "API_KEY_REVOKED");
        }
        for key in [&agent.key_id, &second_id] {
            assert_eq!(owner.get(&format!("/api-keys/{key}")).ok()["status"], "REVOKED");
            let revoked = owner.audited(&format!("action=api_key.revoked&resource={key}"));
            assert_eq!(revoked.len(), 1, "who revoked it stands in the log");
        }
        owner.as_holder_of(&both).get(&format!("/wallets/{}", other.id)).ok();
        owner.as_holder_of(&other.api).get("/wallets").ok();
        owner.get(&format!("/agents/{}", agent.id)).refused(404, "WALLET_NOT_FOUND");
        assert_eq!(owner.all_ids("/agents"), std::slice::from_ref(&other.id));
        server.restart();
    }
}

fn a_wallet_that_stays_open_keeps_its_keys(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(10), owner.wallet("Shop"));
    let close = format!("/wallets/{}/close", agent.id);
    owner.act(&close).refused(409, "CONFLICT");
    agent.api.paid(&agent.id, &shop, "1.00");
    agent.api.act(&close).refused(403, "PERMISSION_DENIED");
    owner.act(&format!("/wallets/{}/freeze", agent.id)).ok();
    agent.api.get("/wallets").ok();
    assert_eq!(owner.get(&format!("/agents/{}", agent.id)).ok()["apiKeyId"], agent.key_id);
}

fn closing_needs_no_right_on_keys(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    let (_, colleague) = owner.colleague(&["wallets:write"]);
    colleague.act(&format!("/wallets/{}/close", agent.id)).ok();
    agent.api.get("/wallets").refused(401, "API_KEY_REVOKED");
}
