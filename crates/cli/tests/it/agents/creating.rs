//! Making an agent: a wallet and a key bound to it, in one commit.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    a_new_agent_has_every_field,
    its_wallet_and_its_key_are_as_if_made_one_by_one,
    its_key_reaches_its_wallet_only,
    permissions_can_be_chosen,
    bad_fields_are_named_all_at_once,
    making_agents_needs_two_permissions,
    what_was_refused_leaves_nothing_behind,
    a_repeated_request_makes_one_agent,
    live_agents_live_in_production,
    agents_count_as_wallets_of_the_plan,
);

const DEFAULT_PERMISSIONS: &[&str] =
    &["wallets:read", "wallets:write", "payments:read", "payments:write"];

/// The names in a list, in the alphabet's order.
#[track_caller]
fn sorted(list: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        list.as_array().expect("a list").iter().map(|name| name.as_str().expect("text")).collect();
    names.sort_unstable();
    names
}

fn a_new_agent_has_every_field(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let request =
        json!({ "name": "Research Bot", "agentName": "research-bot", "metadata": { "team": "a" } });
    let agent = owner.post("/agents", &request).created();
    assert_fields(&agent, &[shapes::AGENT, &["apiKey"]].concat(), &[]);
    assert_id(&agent["id"], "wal");
    assert_id(&agent["apiKeyId"], "key");
    assert_id(&agent["wallgentAddress"], "wg");
    assert_time(&agent["updatedAt"]);
    for (field, expected) in [
        ("walletId", agent["id"].clone()),
        ("name", json!("Research Bot")),
        ("agentName", json!("research-bot")),
        ("status", json!("ACTIVE")),
        ("balance", json!("0.00")),
        ("available", json!("0.00")),
        ("currency", json!("USD")),
        ("spentToday", json!("0.00")),
        ("environment", json!("SANDBOX")),
        ("createdAt", json!("2026-03-02T09:00:00.000Z")),
    ] {
        assert_eq!(agent[field], expected, "{field}");
    }
    let mut expected = DEFAULT_PERMISSIONS.to_vec();
    expected.sort_unstable();
    assert_eq!(sorted(&agent["permissions"]), expected);
    let secret = agent["apiKey"].as_str().expect("text");
    assert!(secret.starts_with("wg_test_") && secret.len() >= 40, "{secret}");
    let plain = owner.agent_of(&json!({ "name": "Plain" }));
    let read = owner.get(&format!("/agents/{}", plain.id)).ok();
    assert_eq!(read["agentName"], json!(null), "what was not given is null");
}

fn its_wallet_and_its_key_are_as_if_made_one_by_one(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let metadata = json!({ "team": "a", "size": 3 });
    let request = json!({ "name": "Bot", "agentName": "bot", "metadata": metadata });
    let agent = owner.post("/agents", &request).created();
    let wallet = owner.get(&format!("/wallets/{}", id(&agent))).ok();
    assert_fields(&wallet, shapes::WALLET, &[]);
    for (field, expected) in [
        ("walletType", json!("AGENT")),
        ("name", json!("Bot")),
        ("agentName", json!("bot")),
        ("metadata", metadata),
        ("discoverable", json!(true)),
        ("wallgentAddress", agent["wallgentAddress"].clone()),
        ("createdAt", agent["createdAt"].clone()),
    ] {
        assert_eq!(wallet[field], expected, "{field}");
    }
    let key = owner.get(&format!("/api-keys/{}", agent["apiKeyId"].as_str().expect("text"))).ok();
    assert_fields(&key, shapes::KEY, &[]);
    assert_eq!(
        (&key["walletScope"], &key["status"], &key["permissions"]),
        (&json!([agent["id"]]), &json!("ACTIVE"), &agent["permissions"])
    );
    assert!(key["name"].as_str().is_some_and(|name| !name.is_empty()));
    let hidden =
        owner.post("/agents", &json!({ "name": "Hidden", "discoverable": false })).created();
    let wallet = owner.get(&format!("/wallets/{}", id(&hidden))).ok();
    assert_eq!(wallet["discoverable"], false);
}

fn its_key_reaches_its_wallet_only(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let other = owner.agent("Other");
    assert_eq!(agent.api.all_ids("/wallets"), std::slice::from_ref(&agent.id));
    agent.api.paid(&agent.id, &shop, "10.00");
    agent.api.assert_balances(&agent.id, "89.75", "0.00", "89.75");
    agent.api.get(&format!("/wallets/{}", other.id)).refused(404, "WALLET_NOT_FOUND");
    agent.api.pay(&other.id, &shop, "1.00").refused(404, "WALLET_NOT_FOUND");
    for (path, permission) in [
        ("/approvals", "approvals:read"),
        ("/api-keys", "api_keys:read"),
        ("/delegations", "delegations:read"),
        ("/audit-logs", "audit:read"),
        ("/organizations/me", "organizations:read"),
    ] {
        let details = agent.api.get(path).refused(403, "PERMISSION_DENIED");
        assert_eq!(details["required"], permission, "not among the default permissions");
    }
}

fn permissions_can_be_chosen(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let shop = owner.wallet("Shop");
    let payer = owner.agent_with(&["wallets:read", "payments:write"]);
    owner.fund(&payer.id, 10);
    let read = owner.get(&format!("/agents/{}", payer.id)).ok();
    assert_eq!(sorted(&read["permissions"]), ["payments:write", "wallets:read"]);
    payer.api.paid(&payer.id, &shop, "1.00");
    let details = payer.api.get("/payments").refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "payments:read");
    let powerless = owner.agent_with(&[]);
    let details = powerless.api.get("/wallets").refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "wallets:read");
}

fn bad_fields_are_named_all_at_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let keys = owner.all_ids("/api-keys?limit=100");
    let refused =
        |body: Value, fields: &[&str]| owner.post("/agents", &body).refused_fields(fields);
    refused(json!({}), &["name"]);
    refused(json!({ "name": null }), &["name"]);
    refused(
        json!({ "name": 7, "agentName": ["x"], "metadata": "y", "discoverable": "yes", "permissions": "all" }),
        &["name", "agentName", "metadata", "discoverable", "permissions"],
    );
    refused(json!({ "name": "" }), &["name"]);
    refused(
        json!({ "name": "n".repeat(257), "agentName": "a".repeat(257) }),
        &["name", "agentName"],
    );
    refused(json!({ "name": "Large", "metadata": { "k": "v".repeat(16 * 1024) } }), &["metadata"]);
    for odd in [json!(["wallets:destroy"]), json!([1]), json!({}), json!([""])] {
        let answer = owner.post("/agents", &json!({ "name": "Odd", "permissions": odd }));
        answer.refused(400, "VALIDATION_ERROR");
    }
    owner.post_text("/agents", "{\"name\":\"a\\u0000b\"}").refused(400, "VALIDATION_ERROR");
    assert_eq!(owner.all_ids("/agents"), Vec::<String>::new());
    assert_eq!(owner.all_ids("/api-keys?limit=100"), keys);
    let longest = "ä".repeat(256);
    let agent = owner.post("/agents", &json!({ "name": longest, "agentName": longest })).created();
    assert_eq!(agent["name"], json!(longest), "256 characters, whatever their bytes");
}

fn making_agents_needs_two_permissions(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let make = |caller: &Api| caller.post("/agents", &json!({ "name": "Bot" }));
    for (held, missing) in
        [("wallets:write", "api_keys:write"), ("api_keys:write", "wallets:write")]
    {
        let permissions = ["wallets:read", "payments:read", "payments:write", held];
        let details = make(&owner.colleague(&permissions).1).refused(403, "PERMISSION_DENIED");
        assert_eq!(details["required"], missing);
    }
    let maker = owner.colleague(&[DEFAULT_PERMISSIONS, &["api_keys:write"]].concat()).1;
    make(&maker).created();
}

fn what_was_refused_leaves_nothing_behind(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let maker = owner.colleague(&["wallets:read", "wallets:write", "api_keys:write"]).1;
    let (wallets, keys) = (owner.all_ids("/wallets"), owner.all_ids("/api-keys?limit=100"));
    for permissions in
        [json!(["payments:write"]), json!(["*"]), json!(["wallets:read", "audit:read"])]
    {
        maker
            .post("/agents", &json!({ "name": "Mighty", "permissions": permissions }))
            .refused(403, "PERMISSION_DENIED");
    }
    assert_eq!(owner.all_ids("/wallets"), wallets, "no wallet without its key");
    assert_eq!(owner.all_ids("/api-keys?limit=100"), keys);
    maker.post("/agents", &json!({ "name": "Modest", "permissions": ["wallets:read"] })).created();
    assert_eq!(owner.all_ids("/wallets").len(), wallets.len() + 1);
    assert_eq!(owner.all_ids("/api-keys?limit=100").len(), keys.len() + 1);
}

fn a_repeated_request_makes_one_agent(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let request = json!({ "name": "Once" });
    let first = owner.once("agent-1").post("/agents", &request).expect(201);
    owner.once("agent-1").post("/agents", &request).assert_replay_of(&first);
    let in_body = json!({ "name": "Once", "idempotencyKey": "agent-1" });
    owner.post("/agents", &in_body).assert_replay_of(&first);
    let details = owner
        .once("agent-1")
        .post("/agents", &json!({ "name": "Twice" }))
        .refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(details["resourceId"], first.json["id"]);
    assert_eq!(owner.all_ids("/agents"), [id(&first.json)]);
    let secret = first.json["apiKey"].as_str().expect("text");
    let colleague = owner.colleague(&["*"]).1;
    let told = colleague.once("agent-1").post("/agents", &request);
    assert!(!told.text.contains(secret), "only the key that asked is told the secret again");
}

fn live_agents_live_in_production(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let made = live.post("/agents", &json!({ "name": "Live" })).created();
    assert_eq!(made["environment"], "PRODUCTION");
    assert!(made["apiKey"].as_str().is_some_and(|secret| secret.starts_with("wg_live_")));
    let agent = id(&made);
    assert_eq!(live.all_ids("/agents"), std::slice::from_ref(&agent));
    assert_eq!(owner.all_ids("/agents"), Vec::<String>::new());
    owner.get(&format!("/agents/{agent}")).refused(403, "ENVIRONMENT_MISMATCH");
    owner.adjust(&agent, &json!("1.00")).refused(403, "ENVIRONMENT_MISMATCH");
    owner.delete(&format!("/agents/{agent}")).refused(403, "ENVIRONMENT_MISMATCH");
    for verb in ["pause", "resume", "rotate-key"] {
        owner.act(&format!("/agents/{agent}/{verb}")).refused(403, "ENVIRONMENT_MISMATCH");
    }
    let details = live.adjust(&agent, &json!("1.00")).refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(details["walletId"], server.account("liveWalletId"));
    assert_eq!(live.get(&format!("/agents/{agent}")).ok()["status"], "ACTIVE");
}

fn agents_count_as_wallets_of_the_plan(store: Store) {
    let server = Server::start(store);
    let free = server.organization_on("FREE", "Free");
    let templates = free.owner.get("/agents/templates").ok();
    let from_template = json!({ "templateId": templates["data"][0]["id"], "name": "Bot" });
    free.owner.wallet("One");
    let agent = free.owner.agent("Two");
    free.owner.agent("Three");
    let agents = |name: &str| free.owner.post("/agents", &json!({ "name": name }));
    agents("Four").refused(403, "WALLET_LIMIT_EXCEEDED");
    free.owner.post("/agents/from-template", &from_template).refused(403, "WALLET_LIMIT_EXCEEDED");
    free.owner.post("/wallets", &json!({ "name": "Four" })).refused(403, "WALLET_LIMIT_EXCEEDED");
    assert_eq!(free.owner.all_ids("/api-keys?limit=100").len(), 3, "a refused agent has no key");
    free.owner.delete(&format!("/agents/{}", agent.id)).ok();
    free.owner.post("/agents/from-template", &from_template).created();
    agents("Five").refused(403, "WALLET_LIMIT_EXCEEDED");
}
