//! Wallet-scoped keys: an agent sees its own wallets and can never raise itself above them.

use serde_json::{Value, json};

use crate::support::{Server, Store, stories};

stories!(
    a_scoped_key_sees_its_wallets_only,
    an_owners_acts_are_refused,
    a_scoped_key_freezes_itself,
    a_revoked_agent_stays_out_of_batches,
    a_scope_is_never_empty,
    all_permissions_do_not_widen_a_scope,
    a_scoped_key_leaves_keys_alone,
);

/// Everything that a scoped key could be given and still not use against its owner.
const ALL_WRITES: &[&str] = &[
    "wallets:read",
    "wallets:write",
    "payments:read",
    "payments:write",
    "policies:read",
    "policies:write",
    "api_keys:read",
    "api_keys:write",
];

fn a_scoped_key_sees_its_wallets_only(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (mine, other) = (owner.funded(10), owner.funded(10));
    let agent = server.scoped(ALL_WRITES, &[&mine]);
    assert_eq!(agent.all_ids("/wallets"), std::slice::from_ref(&mine));
    agent.get(&format!("/wallets/{mine}")).ok();
    for path in ["", "/balance", "/transactions", "/holds", "/policies", "/limits"] {
        agent.get(&format!("/wallets/{other}{path}")).refused(404, "WALLET_NOT_FOUND");
    }
    agent
        .patch(&format!("/wallets/{other}"), &json!({ "name": "Mine" }))
        .refused(404, "WALLET_NOT_FOUND");
    agent.act(&format!("/wallets/{other}/freeze")).refused(404, "WALLET_NOT_FOUND");
    agent
        .post(&format!("/wallets/{other}/fund"), &json!({ "amount": "1" }))
        .refused(404, "WALLET_NOT_FOUND");
    agent
        .post("/sandbox/fund", &json!({ "walletId": other, "amount": "1" }))
        .refused(404, "WALLET_NOT_FOUND");
    let batch = json!({ "payments": [{ "from": other, "to": mine, "amount": "1.00" }] });
    let answer = agent.post("/payments/batch", &batch).expect(207);
    assert_eq!(answer.json["results"][0]["error"]["code"], "WALLET_NOT_FOUND");
    assert_eq!(owner.balance(&other), "10.00");
}

fn an_owners_acts_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let mine = owner.wallet("Mine");
    let policy = owner.policy(&mine, &json!({}));
    let agent = server.scoped(ALL_WRITES, &[&mine]);
    let acts: [(&str, String, Option<Value>); 9] = [
        ("POST", "/wallets".to_owned(), Some(json!({ "name": "More" }))),
        ("POST", format!("/wallets/{mine}/unfreeze"), None),
        ("POST", format!("/wallets/{mine}/close"), None),
        ("POST", format!("/wallets/{mine}/policies"), Some(json!({ "name": "Mine" }))),
        ("PATCH", format!("/wallets/{mine}/policies/{policy}"), Some(json!({ "enabled": false }))),
        ("PATCH", format!("/policies/{policy}"), Some(json!({ "enabled": false }))),
        ("DELETE", format!("/policies/{policy}"), None),
        ("DELETE", format!("/wallets/{mine}/policies/{policy}"), None),
        ("POST", "/api-keys".to_owned(), Some(json!({ "permissions": ["wallets:read"] }))),
    ];
    for (method, path, body) in &acts {
        let answer = agent.send(method, path, body.as_ref());
        assert_eq!(
            answer.refused(403, "PERMISSION_DENIED")["ownerOnly"],
            true,
            "{}",
            answer.story()
        );
    }
    assert_eq!(owner.get(&format!("/wallets/{mine}")).ok()["status"], "ACTIVE");
    assert_eq!(owner.get(&format!("/policies/{policy}")).ok()["enabled"], true);
}

fn a_scoped_key_freezes_itself(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (mine, other) = (owner.funded(10), owner.wallet("Other"));
    let agent = server.scoped(ALL_WRITES, &[&mine]);
    assert_eq!(agent.act(&format!("/wallets/{mine}/freeze")).ok()["status"], "FROZEN");
    agent.pay(&mine, &other, "1.00").refused(403, "WALLET_FROZEN");
    agent.act(&format!("/wallets/{mine}/unfreeze")).refused(403, "PERMISSION_DENIED");
    owner.act(&format!("/wallets/{mine}/unfreeze")).ok();
}

fn a_revoked_agent_stays_out_of_batches(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (mine, other) = (owner.funded(10), owner.wallet("Other"));
    let made = owner
        .post("/api-keys", &json!({ "permissions": ["payments:write"], "walletScope": [mine] }))
        .created();
    let agent = server.nobody().with_key(made["secret"].as_str().expect("text"));
    let batch = json!({ "payments": [{ "from": mine, "to": other, "amount": "1.00" }] });
    agent.once("b-1").post("/payments/batch", &batch).ok();
    owner.delete(&format!("/api-keys/{}", made["id"].as_str().expect("text"))).expect(204);
    agent.once("b-1").post("/payments/batch", &batch).refused(401, "API_KEY_REVOKED");
    assert_eq!(owner.balance(&other), "1.00");
}

fn a_scope_is_never_empty(store: Store) {
    let server = Server::start(store);
    let request = json!({ "permissions": ["wallets:read"], "walletScope": [] });
    server.owner().post("/api-keys", &request).refused_fields(&["walletScope"]);
}

fn all_permissions_do_not_widen_a_scope(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (mine, other) = (owner.funded(10), owner.funded(10));
    let agent = server.scoped(&["*"], &[&mine]);
    assert_eq!(agent.all_ids("/wallets"), std::slice::from_ref(&mine));
    agent.pay(&other, &mine, "1.00").refused(404, "WALLET_NOT_FOUND");
    agent.pay(&mine, &other, "1.00").ok();
    let act = agent.post("/wallets", &json!({ "name": "More" }));
    assert_eq!(act.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
}

fn a_scoped_key_leaves_keys_alone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let mine = owner.wallet("Mine");
    let request = json!({ "permissions": ALL_WRITES, "walletScope": [mine] });
    let own = owner.post("/api-keys", &request).created();
    let agent = server.nobody().with_key(own["secret"].as_str().expect("text"));
    let other = owner.post("/api-keys", &json!({ "permissions": [] })).created();
    for key in [&own, &other] {
        let path = format!("/api-keys/{}", key["id"].as_str().expect("text"));
        for answer in [
            agent.patch(&path, &json!({ "permissions": ["*"] })),
            agent.patch(&path, &json!({ "allowedIps": null })),
            agent.delete(&path),
        ] {
            assert!([403, 404].contains(&answer.status), "{}", answer.story());
        }
        let now = owner.get(&path).ok();
        assert_eq!((&now["status"], &now["permissions"]), (&json!("ACTIVE"), &key["permissions"]));
    }
}
