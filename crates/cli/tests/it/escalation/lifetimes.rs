//! How long a key lasts: never longer than the key that made it, and how it tells when it was used.

use serde_json::{Value, json};

use crate::support::{Answer, Api, Server, Store, stories};

stories!(
    no_path_outlives_its_maker,
    a_key_does_not_prolong_itself,
    within_its_own_time_a_key_gives_freely,
    an_agents_key_expires,
    a_key_tells_when_it_was_last_used,
    the_last_use_survives_a_restart,
);

const MAKER: &[&str] = &["api_keys:read", "api_keys:write", "wallets:read", "wallets:write"];
const END: &str = "2026-03-03T09:00:00.000Z";

/// A key that makes others and ends in a day.
fn expiring(server: &Server) -> (String, Api) {
    server.owner().new_key(&json!({ "permissions": MAKER, "expiresAt": END }))
}

/// Refused, or what was made ends with its maker at the latest.
#[track_caller]
fn assert_no_longer(server: &Server, answer: &Answer) {
    if answer.status == 403 {
        answer.refused(403, "PERMISSION_DENIED");
        return;
    }
    assert!([200, 201].contains(&answer.status), "{}", answer.story());
    let key = answer.json["apiKeyId"].as_str().or_else(|| answer.json["id"].as_str());
    let path = format!("/api-keys/{}", key.expect("a key's ID"));
    let expires_at = server.owner().get(&path).ok()["expiresAt"].clone();
    assert!(
        expires_at.as_str().is_some_and(|end| end <= END),
        "{expires_at} is after {END}\n{}",
        answer.story()
    );
}

fn no_path_outlives_its_maker(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (_, maker) = expiring(&server);
    let (bounded, _) = owner.new_key(&json!({ "permissions": ["wallets:read"], "expiresAt": END }));
    let agent = owner.agent_with(&["wallets:read"]);
    let permissions = ["wallets:read"];
    for answer in [
        maker.post("/api-keys", &json!({ "permissions": permissions })),
        maker.post("/api-keys", &json!({ "permissions": permissions, "expiresAt": null })),
        maker.post(
            "/api-keys",
            &json!({ "permissions": permissions, "expiresAt": "2026-03-03T09:00:00.001Z" }),
        ),
        maker.patch(&format!("/api-keys/{bounded}"), &json!({ "expiresAt": null })),
        maker.patch(
            &format!("/api-keys/{bounded}"),
            &json!({ "expiresAt": "2099-01-01T00:00:00Z" }),
        ),
        maker.post("/agents", &json!({ "name": "Bot", "permissions": permissions })),
        maker.act(&format!("/agents/{}/rotate-key", agent.id)),
    ] {
        assert_no_longer(&server, &answer);
    }
}

fn a_key_does_not_prolong_itself(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let (key, maker) = expiring(&server);
    let path = format!("/api-keys/{key}");
    for later in [Value::Null, json!("2026-03-03T09:00:00.001Z"), json!("2099-01-01T00:00:00Z")] {
        let answer = maker.patch(&path, &json!({ "expiresAt": later }));
        answer.refused(403, "PERMISSION_DENIED");
    }
    maker.patch(&path, &json!({ "expiresAt": "2026-03-03T08:00:00Z" })).ok();
    server.advance_to("2026-03-03T08:00:00Z");
    maker.get("/api-keys").refused(401, "API_KEY_REVOKED");
    server.owner().patch(&path, &json!({ "expiresAt": "2026-03-04T00:00:00Z" }));
    let status = server.owner().get(&path).ok()["status"].clone();
    assert!(["ACTIVE", "EXPIRED"].contains(&status.as_str().expect("text")), "{status}");
}

fn within_its_own_time_a_key_gives_freely(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let (_, maker) = expiring(&server);
    for end in [END, "2026-03-02T10:00:00.000Z"] {
        let request = json!({ "permissions": ["wallets:read"], "expiresAt": end });
        let (key, made) = maker.new_key(&request);
        made.get("/wallets").ok();
        assert_eq!(server.owner().get(&format!("/api-keys/{key}")).ok()["expiresAt"], end);
    }
}

fn an_agents_key_expires(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let path = format!("/api-keys/{}", agent.key_id);
    owner.patch(&path, &json!({ "expiresAt": END })).ok();
    server.advance_to("2026-03-03T08:59:59.999Z");
    agent.api.paid(&agent.id, &shop, "1.00");
    server.advance_to(END);
    agent.api.pay(&agent.id, &shop, "1.00").refused(401, "API_KEY_REVOKED");
    assert_eq!(owner.get(&path).ok()["status"], "EXPIRED");
    let read = owner.get(&format!("/agents/{}", agent.id)).ok();
    assert_eq!((&read["status"], &read["apiKeyId"]), (&json!("ACTIVE"), &json!(agent.key_id)));
    let rotated = owner.act(&format!("/agents/{}/rotate-key", agent.id));
    if rotated.status == 200 {
        let new = owner.with_key(rotated.json["apiKey"].as_str().expect("text"));
        new.get("/wallets").ok();
    }
}

fn a_key_tells_when_it_was_last_used(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let told = || owner.get(&format!("/api-keys/{}", agent.key_id)).ok()["lastUsedAt"].clone();
    assert_eq!(told(), Value::Null, "never so far");
    for (used_at, looked_at) in [
        ("2026-03-02T10:00:00.000Z", "2026-03-02T10:30:00Z"),
        ("2026-03-02T11:00:00.000Z", "2026-03-02T12:00:00Z"),
    ] {
        server.advance_to(used_at);
        agent.api.get("/wallets").ok();
        server.advance_to(looked_at);
        assert_eq!(told(), used_at);
        let listed = owner.get("/api-keys?limit=100").ok();
        let rows = listed["data"].as_array().expect("data");
        let row = rows.iter().find(|row| row["id"] == json!(agent.key_id)).expect("the key");
        assert_eq!(row["lastUsedAt"], used_at, "in a list as well");
    }
}

fn the_last_use_survives_a_restart(store: Store) {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let agent = server.owner().agent("Bot");
    let path = format!("/api-keys/{}", agent.key_id);
    server.advance_to("2026-03-02T10:00:00Z");
    agent.api.get("/wallets").ok();
    server.advance_to("2026-03-02T11:00:00Z");
    server.owner().act(&format!("/agents/{}/rotate-key", agent.id)).ok();
    server.advance_to("2026-03-02T12:00:00Z");
    agent.api.get("/wallets").refused(401, "API_KEY_REVOKED");
    let before = server.owner().get(&path).ok()["lastUsedAt"].clone();
    server.restart();
    let after = server.owner().get(&path).ok()["lastUsedAt"].clone();
    for told in [&before, &after] {
        let told = told.as_str().expect("it was used");
        assert!(
            ("2026-03-02T10:00:00.000Z"..="2026-03-02T12:00:00.000Z").contains(&told),
            "{told}"
        );
    }
}
