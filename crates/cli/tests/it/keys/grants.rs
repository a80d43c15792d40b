//! What a key may give to another: never more than it has.

use serde_json::json;

use crate::support::{Server, Store, id, stories};

stories!(
    a_key_grants_only_its_own_permissions,
    widening_is_bound_by_the_callers_rights,
    environments_are_not_crossed,
    a_scoped_key_makes_no_keys,
    scope_names_ones_own_wallets,
);

fn a_key_grants_only_its_own_permissions(store: Store) {
    let server = Server::start(store);
    let maker = server.permitted(&["api_keys:read", "api_keys:write", "wallets:read"]);
    maker.post("/api-keys", &json!({ "permissions": ["wallets:read"] })).created();
    maker
        .post("/api-keys", &json!({ "permissions": ["api_keys:write", "wallets:read"] }))
        .created();
    for wanted in
        [json!(["payments:write"]), json!(["wallets:read", "wallets:write"]), json!(["*"])]
    {
        maker
            .post("/api-keys", &json!({ "permissions": wanted }))
            .refused(403, "PERMISSION_DENIED");
    }
    server.owner().post("/api-keys", &json!({ "permissions": ["*"] })).created();
}

fn widening_is_bound_by_the_callers_rights(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let maker = server.permitted(&["api_keys:read", "api_keys:write", "wallets:read"]);
    let key = id(&maker.post("/api-keys", &json!({ "permissions": [] })).created());
    let path = format!("/api-keys/{key}");
    maker.patch(&path, &json!({ "permissions": ["wallets:read"] })).ok();
    maker
        .patch(&path, &json!({ "permissions": ["wallets:read", "payments:write"] }))
        .refused(403, "PERMISSION_DENIED");
    maker.patch(&path, &json!({ "permissions": ["*"] })).refused(403, "PERMISSION_DENIED");
    assert_eq!(owner.get(&path).ok()["permissions"], json!(["wallets:read"]));
    owner.patch(&path, &json!({ "permissions": ["payments:write"] })).ok();
}

fn environments_are_not_crossed(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    owner
        .post("/api-keys", &json!({ "permissions": [], "environment": "PRODUCTION" }))
        .refused(403, "ENVIRONMENT_MISMATCH");
    let sandbox = live
        .post("/api-keys", &json!({ "permissions": ["wallets:read"], "environment": "SANDBOX" }))
        .created();
    let secret = sandbox["secret"].as_str().expect("text");
    assert!(secret.starts_with("wg_test_"), "{secret}");
    assert_eq!(
        server.nobody().with_key(secret).all_ids("/wallets"),
        [server.account("sandboxWalletId")]
    );
    let production = live
        .post("/api-keys", &json!({ "permissions": [], "environment": "PRODUCTION" }))
        .created();
    owner.get(&format!("/api-keys/{}", id(&production))).refused(403, "ENVIRONMENT_MISMATCH");
    owner.delete(&format!("/api-keys/{}", id(&production))).refused(403, "ENVIRONMENT_MISMATCH");
    assert!(!owner.all_ids("/api-keys").contains(&id(&production)));
}

fn a_scoped_key_makes_no_keys(store: Store) {
    let server = Server::start(store);
    let wallet = server.owner().wallet("Mine");
    let agent = server.scoped(&["api_keys:read", "api_keys:write", "wallets:read"], &[&wallet]);
    let answer = agent
        .post("/api-keys", &json!({ "permissions": ["wallets:read"], "walletScope": [wallet] }));
    assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
}

fn scope_names_ones_own_wallets(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    for foreign in [stranger.wallet.as_str(), "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ"] {
        let answer = owner.post(
            "/api-keys",
            &json!({ "permissions": ["wallets:read"], "walletScope": [foreign] }),
        );
        assert!([400, 404].contains(&answer.status), "{}", answer.story());
        answer.assert_envelope();
    }
}
