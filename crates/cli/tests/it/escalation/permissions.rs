//! Permissions and scope: every path by which a key could come by more than it has.

use serde_json::{Value, json};

use crate::support::{Answer, Api, Server, Store, id, stories};

stories!(
    no_path_gives_a_permission_one_lacks,
    what_one_has_is_given_by_every_path,
    a_chain_of_keys_never_widens,
    a_scope_is_not_changed_later,
    an_agents_key_is_widened_within_ones_rights_only,
    no_path_crosses_the_environment,
    narrowing_takes_effect_on_what_is_asked_next,
);

/// All that making keys and agents and delegations takes, and nothing that moves money.
const MAKER: &[&str] = &[
    "api_keys:read",
    "api_keys:write",
    "wallets:read",
    "wallets:write",
    "delegations:read",
    "delegations:write",
];

/// Every way to hand on permissions, tried with these ones.
fn paths(server: &Server, caller: &Api, permissions: &Value) -> Vec<Answer> {
    let owner = server.owner();
    let wallet = owner.wallet("Any");
    let weak = id(&owner.post("/api-keys", &json!({ "permissions": [] })).created());
    let agent = owner.agent_with(&[]);
    let (grantee, _) = owner.colleague(&["*"]);
    vec![
        caller.post("/api-keys", &json!({ "permissions": permissions })),
        caller.post("/api-keys", &json!({ "permissions": permissions, "walletScope": [wallet] })),
        caller.patch(&format!("/api-keys/{weak}"), &json!({ "permissions": permissions })),
        caller
            .patch(&format!("/api-keys/{}", agent.key_id), &json!({ "permissions": permissions })),
        caller.post("/agents", &json!({ "name": "Bot", "permissions": permissions })),
        caller.post(
            "/delegations",
            &json!({ "walletId": wallet, "delegateApiKeyId": grantee, "permissions": permissions }),
        ),
    ]
}

fn no_path_gives_a_permission_one_lacks(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (own, maker) = owner.colleague(MAKER);
    for wanted in ["payments:write", "policies:write", "approvals:write", "audit:read"] {
        for permissions in [json!([wanted]), json!(["wallets:read", wanted])] {
            for answer in paths(&server, &maker, &permissions) {
                answer.refused(403, "PERMISSION_DENIED");
            }
            let more = [MAKER, &[wanted]].concat();
            let itself = json!({ "permissions": more });
            maker.patch(&format!("/api-keys/{own}"), &itself).refused(403, "PERMISSION_DENIED");
        }
    }
    for answer in paths(&server, &maker, &json!(["*"])) {
        assert!([400, 403].contains(&answer.status), "{}", answer.story());
    }
    let mighty = owner.agent_with(&["payments:write"]);
    let rotate = maker.act(&format!("/agents/{}/rotate-key", mighty.id));
    rotate.refused(403, "PERMISSION_DENIED");
    mighty.api.post("/payments", &json!({})).refused(400, "VALIDATION_ERROR");
    let read = owner.get(&format!("/api-keys/{own}")).ok();
    assert_eq!(read["permissions"].as_array().map(Vec::len), Some(MAKER.len()));
}

fn what_one_has_is_given_by_every_path(store: Store) {
    let server = Server::start(store);
    let (_, maker) = server.owner().colleague(MAKER);
    for answer in paths(&server, &maker, &json!(["wallets:read"])) {
        assert!([200, 201].contains(&answer.status), "{}", answer.story());
        assert_eq!(answer.json["permissions"], json!(["wallets:read"]));
    }
    for answer in paths(&server, &server.owner(), &json!(["payments:write", "approvals:read"])) {
        assert!([200, 201].contains(&answer.status), "{}", answer.story());
    }
}

fn a_chain_of_keys_never_widens(store: Store) {
    let server = Server::start(store);
    let (_, mut caller) = server.owner().colleague(MAKER);
    let mut held = MAKER.to_vec();
    while let Some(dropped) = held.pop() {
        if !held.contains(&"api_keys:write") {
            break;
        }
        let (_, next) = caller.colleague(&held);
        for wanted in [dropped, "payments:write", "*"] {
            let request = json!({ "permissions": [wanted] });
            next.post("/api-keys", &request).refused(403, "PERMISSION_DENIED");
        }
        caller = next;
    }
    assert!(held.len() < MAKER.len() - 2, "the chain has several links");
}

fn a_scope_is_not_changed_later(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (a, b) = (owner.wallet("A"), owner.wallet("B"));
    let request = json!({ "permissions": ["wallets:read"], "walletScope": [a] });
    let (key, scoped) = owner.new_key(&request);
    let path = format!("/api-keys/{key}");
    for scope in [json!(null), json!([b]), json!([a, b]), json!([])] {
        let answer = owner.patch(&path, &json!({ "walletScope": scope }));
        answer.refused(400, "VALIDATION_ERROR");
    }
    assert_eq!(owner.get(&path).ok()["walletScope"], json!([a]));
    assert_eq!(scoped.all_ids("/wallets"), [a]);
}

fn an_agents_key_is_widened_within_ones_rights_only(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_with(&["wallets:read"]);
    let path = format!("/api-keys/{}", agent.key_id);
    let (_, maker) = owner.colleague(MAKER);
    let wide = json!({ "permissions": ["wallets:read", "payments:read"] });
    maker.patch(&path, &wide).refused(403, "PERMISSION_DENIED");
    agent.api.get("/payments").refused(403, "PERMISSION_DENIED");
    owner.patch(&path, &wide).ok();
    agent.api.get("/payments").ok();
    let read = owner.get(&format!("/agents/{}", agent.id)).ok();
    let mut told: Vec<&str> =
        read["permissions"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    told.sort_unstable();
    assert_eq!(told, ["payments:read", "wallets:read"], "the agent tells its key's permissions");
}

fn no_path_crosses_the_environment(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let live_agent = live.agent("Live");
    let crossed = json!({ "permissions": ["wallets:read"], "environment": "PRODUCTION" });
    owner.post("/api-keys", &crossed).refused(403, "ENVIRONMENT_MISMATCH");
    let scoped = json!({ "permissions": ["wallets:read"], "walletScope": [live_agent.id] });
    let answer = owner.post("/api-keys", &scoped);
    assert!((400..500).contains(&answer.status), "{}", answer.story());
    let path = format!("/api-keys/{}", live_agent.key_id);
    let wider = json!({ "permissions": ["*"] });
    owner.patch(&path, &wider).refused(403, "ENVIRONMENT_MISMATCH");
    owner
        .act(&format!("/agents/{}/rotate-key", live_agent.id))
        .refused(403, "ENVIRONMENT_MISMATCH");
    let agent = json!({ "name": "Bot", "environment": "PRODUCTION" });
    let made = owner.post("/agents", &agent);
    if made.status == 201 {
        assert_eq!(made.json["environment"], "SANDBOX", "the key's environment, never another");
    }
    assert_eq!(live.all_ids("/agents"), [live_agent.id]);
    live_agent.api.get("/wallets").ok();
}

fn narrowing_takes_effect_on_what_is_asked_next(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let keyed = agent.api.once("order-1");
    let paid = keyed.pay(&agent.id, &shop, "1.00").expect(200);
    let narrow = json!({ "permissions": ["wallets:read"] });
    owner.patch(&format!("/api-keys/{}", agent.key_id), &narrow).ok();
    agent.api.pay(&agent.id, &shop, "1.00").refused(403, "PERMISSION_DENIED");
    keyed.pay(&agent.id, &shop, "1.00").refused(403, "PERMISSION_DENIED");
    owner
        .patch(
            &format!("/api-keys/{}", agent.key_id),
            &json!({ "permissions": ["payments:write"] }),
        )
        .ok();
    keyed.pay(&agent.id, &shop, "1.00").assert_replay_of(&paid);
    assert_eq!(owner.balance(&shop), "1.00");
}
