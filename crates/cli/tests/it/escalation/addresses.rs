//! Addresses: a key that is bound to some is refused from others, whatever it asks.

use serde_json::{Value, json};

use crate::support::{Server, Store, stories};

stories!(
    an_agents_key_is_bound_to_addresses,
    a_binding_holds_for_replays_and_decisions,
    a_list_of_addresses_is_emptied_by_null,
    addresses_have_a_form,
);

fn an_agents_key_is_bound_to_addresses(store: Store) {
    let server = Server::start_with(store, &["--trusted-proxies", "127.0.0.0/8"]);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let path = format!("/api-keys/{}", agent.key_id);
    let list = json!({ "allowedIps": ["203.0.113.0/24", "2001:db8::/32"] });
    assert_eq!(owner.patch(&path, &list).ok()["allowedIps"], list["allowedIps"]);
    for (address, allowed) in [
        ("203.0.113.1", true),
        ("203.0.113.255", true),
        ("203.0.114.1", false),
        ("2001:db8::1", true),
        ("2001:db9::1", false),
        ("127.0.0.1", false),
    ] {
        let caller = agent.api.with_header("X-Forwarded-For", address);
        let answer = caller.pay(&agent.id, &shop, "1.00");
        if allowed {
            answer.ok();
        } else {
            answer.refused(403, "PERMISSION_DENIED");
        }
    }
    agent.api.get("/wallets").refused(403, "PERMISSION_DENIED");
    assert_eq!(owner.balance(&shop), "3.00");
}

fn a_binding_holds_for_replays_and_decisions(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let (key, human) = owner.colleague(&["payments:write", "approvals:write"]);
    let waiting = owner.ask(&from, &to, "10.00");
    let keyed = human.once("order-1");
    keyed.pay(&from, &to, "1.00").expect(202);
    let elsewhere = json!({ "allowedIps": ["203.0.113.7"] });
    owner.patch(&format!("/api-keys/{key}"), &elsewhere).ok();
    for answer in [
        keyed.pay(&from, &to, "1.00"),
        human.approve(&waiting.approval),
        human.reject(&waiting.approval),
    ] {
        answer.refused(403, "PERMISSION_DENIED");
    }
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
}

fn a_list_of_addresses_is_emptied_by_null(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (key, caller) =
        owner.new_key(&json!({ "permissions": ["wallets:read"], "allowedIps": ["203.0.113.7"] }));
    caller.get("/wallets").refused(403, "PERMISSION_DENIED");
    let open = owner.patch(&format!("/api-keys/{key}"), &json!({ "allowedIps": null })).ok();
    assert_eq!(open["allowedIps"], Value::Null);
    caller.get("/wallets").ok();
}

fn addresses_have_a_form(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let path = format!("/api-keys/{}", agent.key_id);
    for bad in [
        json!("127.0.0.1"),
        json!([7]),
        json!(["127.0.0.1/33"]),
        json!(["127.0.0"]),
        json!(["::g"]),
        json!(["2001:db8::/129"]),
        json!(["localhost"]),
        json!([""]),
    ] {
        owner.patch(&path, &json!({ "allowedIps": bad })).refused(400, "VALIDATION_ERROR");
    }
    agent.api.get("/wallets").ok();
}
