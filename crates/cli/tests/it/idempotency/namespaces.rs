//! Whose key it is: each organization, environment, route and scope has its own.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    organizations_have_their_own_keys,
    environments_have_their_own_keys,
    routes_have_their_own_keys,
    scoped_keys_have_their_own_keys,
    two_keys_of_one_organization_share_them,
);

fn organizations_have_their_own_keys(store: Store) {
    let server = Server::start(store);
    let stranger = server.organization("Stranger");
    let mine = server.owner().once("same").post("/wallets", &json!({ "name": "Mine" })).expect(201);
    let theirs =
        stranger.owner.once("same").post("/wallets", &json!({ "name": "Mine" })).expect(201);
    assert!(!theirs.replayed());
    assert_ne!(mine.json["id"], theirs.json["id"]);
}

fn environments_have_their_own_keys(store: Store) {
    let server = Server::start(store);
    let sandbox =
        server.owner().once("same").post("/wallets", &json!({ "name": "Mine" })).expect(201);
    let live = server.live().once("same").post("/wallets", &json!({ "name": "Mine" })).expect(201);
    assert!(!live.replayed());
    assert_ne!(sandbox.json["id"], live.json["id"]);
}

fn routes_have_their_own_keys(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let keyed = owner.once("same");
    keyed.post("/wallets", &json!({ "name": "Mine" })).created();
    keyed.pay(&from, &to, "1.00").ok();
    keyed
        .post(
            "/payments/batch",
            &json!({ "payments": [{ "from": from, "to": to, "amount": "1.00" }] }),
        )
        .ok();
    keyed.post(&format!("/wallets/{to}/fund"), &json!({ "amount": "1.00" })).ok();
    keyed.post("/api-keys", &json!({ "permissions": [] })).created();
    assert_eq!(owner.balance(&to), "3.00");
}

fn scoped_keys_have_their_own_keys(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (a, b, to) = (owner.funded(100), owner.funded(100), owner.wallet("To"));
    let permissions = ["payments:read", "payments:write"];
    let (agent_a, agent_b) =
        (server.scoped(&permissions, &[&a]), server.scoped(&permissions, &[&b]));
    let first = agent_a.once("same").pay(&a, &to, "1.00").expect(200);
    assert!(!agent_b.once("same").pay(&b, &to, "1.00").expect(200).replayed());
    assert!(!owner.once("same").pay(&a, &to, "1.00").expect(200).replayed());
    agent_a.once("same").pay(&a, &to, "1.00").assert_replay_of(&first);
    let twin = server.scoped(&permissions, &[&a]);
    twin.once("same").pay(&a, &to, "1.00").assert_replay_of(&first);
    assert_eq!(owner.balance(&to), "3.00");
}

fn two_keys_of_one_organization_share_them(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let first = owner.once("same").pay(&from, &to, "1.00").expect(200);
    let colleague = server.permitted(&["payments:write"]);
    colleague.once("same").pay(&from, &to, "1.00").assert_replay_of(&first);
    colleague.once("same").pay(&from, &to, "2.00").refused(409, "IDEMPOTENCY_KEY_REUSE");
    let reader = server.permitted(&["payments:read"]);
    reader.once("same").pay(&from, &to, "1.00").refused(403, "PERMISSION_DENIED");
    assert_eq!(owner.balance(&to), "1.00");
}
