//! API keys as documents, and their secrets.

use serde_json::json;

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, id, stories};

stories!(
    a_key_shows_its_secret_once,
    a_key_without_a_name_has_one,
    a_key_without_permissions_can_do_nothing,
    misspelt_fields_and_bad_values_are_refused,
    a_key_is_changed_field_by_field,
    unknown_keys_are_not_found,
    the_secrets_are_nowhere_in_the_store,
);

fn a_key_shows_its_secret_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Mine");
    let request = json!({
        "name": "CI Deploy Key", "permissions": ["wallets:read", "payments:write"], "walletScope": [wallet],
        "allowedIps": ["127.0.0.1", "10.0.0.0/8", "::1"], "expiresAt": "2099-01-01T00:00:00Z", "environment": "SANDBOX",
    });
    let made = owner.post("/api-keys", &request).created();
    assert_fields(&made, &[shapes::KEY, &["secret"]].concat(), &[]);
    assert_id(&made["id"], "key");
    assert_time(&made["createdAt"]);
    for field in ["name", "permissions", "walletScope", "allowedIps", "environment"] {
        assert_eq!(made[field], request[field], "{field}");
    }
    assert_eq!((&made["status"], &made["lastUsedAt"]), (&json!("ACTIVE"), &json!(null)));
    assert_eq!(made["expiresAt"], "2099-01-01T00:00:00.000Z");
    let secret = made["secret"].as_str().expect("text");
    assert!(secret.starts_with("wg_test_") && secret.len() >= 40, "{secret}");
    let prefix = made["keyPrefix"].as_str().expect("text");
    assert!(secret.starts_with(prefix) && prefix.len() < secret.len() / 2, "{prefix} of {secret}");
    for shown in [
        owner.get(&format!("/api-keys/{}", id(&made))).ok(),
        owner.get("/api-keys").ok()["data"][0].clone(),
    ] {
        assert_fields(&shown, shapes::KEY, &[]);
        assert_eq!(shown["id"], made["id"], "newest first");
        assert!(!shown.to_string().contains(secret), "the secret is shown once");
    }
    assert_eq!(server.nobody().with_key(secret).all_ids("/wallets"), [wallet]);
    let live = server.live().post("/api-keys", &json!({ "permissions": [] })).created();
    assert!(
        live["secret"].as_str().is_some_and(|secret| secret.starts_with("wg_live_")),
        "a live key makes live keys unless asked"
    );
    assert_eq!(live["environment"], "PRODUCTION");
}

fn a_key_without_a_name_has_one(store: Store) {
    let server = Server::start(store);
    let made =
        server.owner().post("/api-keys", &json!({ "permissions": ["wallets:read"] })).created();
    assert_eq!(made["name"], "API key");
    assert_eq!((&made["walletScope"], &made["expiresAt"]), (&json!(null), &json!(null)));
}

fn a_key_without_permissions_can_do_nothing(store: Store) {
    let server = Server::start(store);
    let powerless = server.permitted(&[]);
    for (path, permission) in [
        ("/wallets", "wallets:read"),
        ("/payments", "payments:read"),
        ("/api-keys", "api_keys:read"),
        ("/organizations/me", "organizations:read"),
    ] {
        let answer = powerless.get(path);
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["required"], permission);
        assert_eq!(
            answer.json["error"]["message"],
            format!("Missing required permission: {permission}")
        );
    }
    let reader = server.permitted(&["wallets:read"]);
    assert_eq!(
        reader.post("/wallets", &json!({ "name": "No" })).refused(403, "PERMISSION_DENIED")["required"],
        "wallets:write"
    );
    reader.get("/wallets").ok();
}

fn misspelt_fields_and_bad_values_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let before = owner.all_ids("/api-keys").len();
    for (field, value) in [
        ("permission", json!(["wallets:read"])),
        ("walletScopes", json!([])),
        ("allowedIPs", json!([])),
        ("permissions", json!("wallets:read")),
        ("permissions", json!(["wallets:destroy"])),
        ("permissions", json!([1])),
        ("environment", json!("STAGING")),
        ("walletScope", json!("wal_x")),
        ("allowedIps", json!(["not an address"])),
        ("allowedIps", json!(["10.0.0.0/33"])),
        ("expiresAt", json!("tomorrow")),
        ("expiresAt", json!("2020-01-01T00:00:00Z")),
        ("name", json!(7)),
        ("name", json!("x".repeat(257))),
    ] {
        owner.post("/api-keys", &json!({ field: value })).refused(400, "VALIDATION_ERROR");
    }
    assert_eq!(owner.all_ids("/api-keys").len(), before);
    let key = id(&owner.post("/api-keys", &json!({ "permissions": [] })).created());
    owner
        .patch(&format!("/api-keys/{key}"), &json!({ "permisions": ["*"] }))
        .refused_fields(&["permisions"]);
}

fn a_key_is_changed_field_by_field(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let made = owner
        .post(
            "/api-keys",
            &json!({ "name": "Before", "permissions": ["wallets:read", "payments:read"] }),
        )
        .created();
    let caller = server.nobody().with_key(made["secret"].as_str().expect("text"));
    caller.get("/payments").ok();
    let path = format!("/api-keys/{}", id(&made));
    let changed =
        owner.patch(&path, &json!({ "name": "After", "permissions": ["wallets:read"] })).ok();
    assert_fields(&changed, shapes::KEY, &[]);
    assert_eq!(
        (&changed["name"], &changed["permissions"], &changed["id"]),
        (&json!("After"), &json!(["wallets:read"]), &made["id"])
    );
    caller.get("/payments").refused(403, "PERMISSION_DENIED");
    owner.patch(&path, &json!({ "permissions": ["payments:read"] })).ok();
    caller.get("/payments").ok();
    owner.patch(&path, &json!({ "allowedIps": ["203.0.113.7"] })).ok();
    caller.get("/payments").refused(403, "PERMISSION_DENIED");
    owner
        .patch(&path, &json!({ "expiresAt": "2001-01-01T00:00:00Z" }))
        .refused(400, "VALIDATION_ERROR");
}

fn unknown_keys_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let foreign = id(&stranger.owner.post("/api-keys", &json!({ "permissions": [] })).created());
    for unknown in ["key_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense", foreign.as_str()] {
        let path = format!("/api-keys/{unknown}");
        let details = owner.get(&path).refused(404, "NOT_FOUND");
        assert!(details["resource"].is_string(), "{details}");
        owner.patch(&path, &json!({ "name": "Mine" })).refused(404, "NOT_FOUND");
        owner.delete(&path).refused(404, "NOT_FOUND");
    }
    assert_eq!(stranger.owner.get(&format!("/api-keys/{foreign}")).ok()["status"], "ACTIVE");
}

fn the_secrets_are_nowhere_in_the_store(store: Store) {
    let mut server = Server::start(store);
    let request = json!({ "permissions": [] });
    let made = server.owner().once("secret-1").post("/api-keys", &request).created();
    let fresh = made["secret"].as_str().expect("text").to_owned();
    let first = server.account("sandboxKey").to_owned();
    assert!(server.stop().success());
    let files = std::fs::read_dir(server.folder()).expect("the data folder");
    let files = files.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    for file in files {
        let content = std::fs::read(&file).expect("a readable file");
        let holds =
            |secret: &str| content.windows(secret.len()).any(|part| part == secret.as_bytes());
        let shows_the_first = file.ends_with("dev.json") || file.ends_with("server.log");
        assert!(!holds(&fresh), "a key stands in {}", file.display());
        assert!(shows_the_first || !holds(&first), "the first key stands in {}", file.display());
    }
    if store == Store::Postgres {
        let rows = server.all_rows();
        assert!(rows.len() > 10, "the rows are read");
        for secret in [&fresh, &first] {
            let as_bytes: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            let found = rows.iter().find(|row| row.contains(secret) || row.contains(&as_bytes));
            assert_eq!(found, None, "a key stands in the database");
        }
    }
}
