//! How a key ends: revoked, expired, out of its network, or never having been one.

use serde_json::json;

use crate::support::{Server, Store, id, stories};

stories!(
    a_revoked_key_is_told_so,
    an_expired_key_is_told_so,
    the_last_admin_key_of_an_environment_stays,
    the_last_admin_key_is_not_weakened_either,
    a_revoked_key_is_not_revived,
    a_key_works_from_its_addresses_only,
    what_is_no_key_is_unauthorized,
    guessing_keys_is_limited,
);

fn a_revoked_key_is_told_so(store: Store) {
    let mut server = Server::start(store);
    let made = server
        .owner()
        .post("/api-keys", &json!({ "permissions": ["wallets:read", "wallets:write"] }))
        .created();
    let secret = made["secret"].as_str().expect("text");
    server.nobody().with_key(secret).get("/wallets").ok();
    let path = format!("/api-keys/{}", id(&made));
    assert_eq!(server.owner().delete(&path).expect(204).text, "");
    for _ in 0..2 {
        let caller = server.nobody().with_key(secret);
        caller.get("/wallets").refused(401, "API_KEY_REVOKED");
        caller.post("/wallets", &json!({ "name": "No" })).refused(401, "API_KEY_REVOKED");
        assert_eq!(server.owner().get(&path).ok()["status"], "REVOKED", "it stays readable");
        server.restart();
    }
}

fn an_expired_key_is_told_so(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let made = owner
        .post(
            "/api-keys",
            &json!({ "permissions": ["wallets:read"], "expiresAt": "2026-03-02T10:00:00Z" }),
        )
        .created();
    let caller = server.nobody().with_key(made["secret"].as_str().expect("text"));
    server.advance_to("2026-03-02T09:59:59.999Z");
    caller.get("/wallets").ok();
    server.advance_to("2026-03-02T10:00:00Z");
    caller.get("/wallets").refused(401, "API_KEY_REVOKED");
    assert_eq!(owner.get(&format!("/api-keys/{}", id(&made))).ok()["status"], "EXPIRED");
    let past = json!({ "permissions": [], "expiresAt": "2026-03-02T09:30:00Z" });
    owner.post("/api-keys", &past).refused(400, "VALIDATION_ERROR");
}

fn the_last_admin_key_of_an_environment_stays(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    server.permitted(&["wallets:read", "api_keys:write"]);
    for (caller, environment) in [(&owner, "SANDBOX"), (&live, "PRODUCTION")] {
        let keys = caller.get("/api-keys?limit=100").ok();
        let first = keys["data"]
            .as_array()
            .expect("data")
            .iter()
            .find(|key| key["permissions"] == json!(["*"]) && key["environment"] == environment)
            .expect("a first key")
            .clone();
        let path = format!("/api-keys/{}", id(&first));
        caller.delete(&path).refused(409, "CONFLICT");
        caller.get("/wallets").ok();
        let second = caller.post("/api-keys", &json!({ "permissions": ["*"] })).created();
        let heir = server.nobody().with_key(second["secret"].as_str().expect("text"));
        heir.delete(&path).expect(204);
        caller.get("/wallets").refused(401, "API_KEY_REVOKED");
        heir.delete(&format!("/api-keys/{}", id(&second))).refused(409, "CONFLICT");
    }
}

/// A scoped key is no heir, and a narrowed or an expiring one would lock its owner out as revoking does.
fn the_last_admin_key_is_not_weakened_either(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let last = owner.all_ids("/api-keys").pop().expect("a first key");
    server.scoped(&["*"], &[&owner.wallet("Mine")]);
    let path = format!("/api-keys/{last}");
    owner.delete(&path).refused(409, "CONFLICT");
    for change in
        [json!({ "permissions": ["wallets:read"] }), json!({ "expiresAt": "2099-01-01T00:00:00Z" })]
    {
        owner.patch(&path, &change).refused(409, "CONFLICT");
    }
    owner.post("/wallets", &json!({ "name": "Still in charge" })).created();
}

fn a_revoked_key_is_not_revived(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let made = owner.post("/api-keys", &json!({ "permissions": ["wallets:read"] })).created();
    let path = format!("/api-keys/{}", id(&made));
    owner.delete(&path).expect(204);
    for change in [
        json!({ "status": "ACTIVE" }),
        json!({ "expiresAt": "2099-01-01T00:00:00Z" }),
        json!({ "name": "Again" }),
    ] {
        owner.patch(&path, &change);
        assert_eq!(owner.get(&path).ok()["status"], "REVOKED");
    }
    let caller = server.nobody().with_key(made["secret"].as_str().expect("text"));
    caller.get("/wallets").refused(401, "API_KEY_REVOKED");
}

fn a_key_works_from_its_addresses_only(store: Store) {
    let server = Server::start(store);
    let key = |addresses: serde_json::Value| {
        server.key(&json!({ "permissions": ["wallets:read"], "allowedIps": addresses }))
    };
    for allowed in [json!(["127.0.0.1"]), json!(["203.0.113.0/24", "127.0.0.0/8"]), json!(null)] {
        key(allowed).get("/wallets").ok();
    }
    for refused in
        [json!(["203.0.113.7"]), json!(["203.0.113.0/24", "::1"]), json!(["127.0.0.2/32"])]
    {
        let caller = key(refused);
        caller.get("/wallets").refused(403, "PERMISSION_DENIED");
        let forged = caller
            .with_header("X-Forwarded-For", "203.0.113.7")
            .with_header("Forwarded", "for=203.0.113.7");
        forged.get("/wallets").refused(403, "PERMISSION_DENIED");
    }
}

fn what_is_no_key_is_unauthorized(store: Store) {
    let server = Server::start(store);
    let nobody = server.nobody();
    nobody.get("/wallets").refused(401, "UNAUTHORIZED");
    let real = server.account("sandboxKey");
    for wrong in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {real}"),
        real.to_owned(),
        format!("Bearer {real}x"),
        format!("Bearer {}", &real[..real.len() - 1]),
        format!("Bearer {}", real.replace("wg_test_", "wg_live_")),
        format!("Bearer {}", real.to_uppercase()),
        "Bearer wg_test_".to_owned(),
        format!("Bearer {}", "x".repeat(4_000)),
    ] {
        nobody.with_header("Authorization", &wrong).get("/wallets").refused(401, "UNAUTHORIZED");
    }
    nobody.get(&format!("/wallets?apiKey={real}")).refused(401, "UNAUTHORIZED");
    server.owner().get("/wallets").ok();
}

/// More wrong keys in a row than any person's mistake.
const GUESSES: usize = 2_000;

fn guessing_keys_is_limited(store: Store) {
    let server = Server::start(store);
    let guess = |n: usize| server.nobody().with_key(&format!("wg_test_{n:040}")).get("/wallets");
    let stopped =
        (0..GUESSES).map(guess).find(|answer| answer.status != 401).expect("guessing ends");
    let details = stopped.refused(429, "RATE_LIMIT_EXCEEDED");
    assert!(details["retryAfter"].as_u64().is_some_and(|seconds| seconds >= 1), "{details}");
    assert_eq!(stopped.header("retry-after"), Some(details["retryAfter"].to_string().as_str()));
}
