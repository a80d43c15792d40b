//! What every answer has in common: the error envelope, request IDs, the version header.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    unknown_routes_are_not_found,
    wrong_methods_name_the_right_ones,
    a_request_id_is_taken_or_made,
    the_version_is_echoed,
    retryable_errors_say_so,
    no_origin_is_allowed,
    health_needs_no_key,
);

fn unknown_routes_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for path in [
        "/nothing",
        "/wallets/x/y/z",
        "//v2/wallets",
        "//v1",
        "/payments/batch/1",
        "//wallets",
        "/%2e%2e/wallets",
        "/sandbox",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = owner.send(method, path, None);
            assert!([404, 405].contains(&answer.status), "{}", answer.story());
            answer.assert_envelope();
        }
    }
    owner.get("/nothing").refused(404, "NOT_FOUND");
}

fn wrong_methods_name_the_right_ones(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for (method, path, allowed) in [
        ("DELETE", "/wallets", vec!["GET", "POST"]),
        ("PUT", "/wallets", vec!["GET", "POST"]),
        ("GET", "/payments/batch", vec!["POST"]),
        ("POST", "/organizations/me", vec!["GET", "PATCH"]),
        ("PUT", "/policies/pol_x", vec!["GET", "PATCH", "DELETE"]),
        ("GET", "/wallets/wal_x/freeze", vec!["POST"]),
        ("BREW", "/payments", vec!["GET", "POST"]),
    ] {
        let answer = owner.send(method, path, None);
        answer.refused(405, "METHOD_NOT_ALLOWED");
        let header = answer.header("allow").unwrap_or_default();
        let named: Vec<&str> = header
            .split(',')
            .map(str::trim)
            .filter(|name| !["HEAD", "OPTIONS"].contains(name))
            .collect();
        for method in &allowed {
            assert!(named.contains(method), "{method} in Allow: {header}");
        }
        assert_eq!(named.len(), allowed.len(), "Allow: {header}");
    }
}

fn a_request_id_is_taken_or_made(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let longest = "r".repeat(128);
    for taken in ["req-1", "~!*'();:@&=+$,/?#[]", longest.as_str()] {
        let caller = owner.with_header("X-Request-Id", taken);
        assert_eq!(caller.get("/wallets").expect(200).header("x-request-id"), Some(taken));
        let refused = caller.get("/nothing");
        refused.refused(404, "NOT_FOUND");
        assert_eq!(refused.json["error"]["requestId"], taken);
    }
    for replaced in ["two words", &"r".repeat(129), "ключ", "tab\there"] {
        let answer = owner.with_header("X-Request-Id", replaced).get("/wallets").expect(200);
        let made = answer.header("x-request-id").expect("a request ID");
        assert!(made != replaced && !made.is_empty() && made.len() <= 128, "{made}");
    }
    let (first, second) = (owner.get("/wallets"), owner.get("/wallets"));
    assert!(first.header("x-request-id").is_some_and(|made| !made.is_empty()));
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

fn the_version_is_echoed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let current = owner.with_header("Wallgent-Version", "2026-03-01");
    assert_eq!(current.get("/wallets").expect(200).header("wallgent-version"), Some("2026-03-01"));
    for unknown in ["2025-01-01", "2026-03-02", "latest", ""] {
        let answer = owner
            .with_header("Wallgent-Version", unknown)
            .post("/wallets", &json!({ "name": "No" }));
        answer.refused(400, "VALIDATION_ERROR");
        assert!(answer.text.contains("2026-03-01"), "the known ones are named: {}", answer.text);
    }
    assert_eq!(owner.all_ids("/wallets").len(), 1);
}

fn retryable_errors_say_so(store: Store) {
    let server = Server::start(store);
    let free = server.organization_on("FREE", "Free");
    let limited = (0..200)
        .map(|_| free.owner.get("/wallets"))
        .find(|answer| answer.status == 429)
        .expect("a limit");
    assert_eq!(limited.refused(429, "RATE_LIMIT_EXCEEDED")["retryable"], true);
    let owner = server.owner();
    let (from, to) = (owner.wallet("From"), owner.wallet("To"));
    assert_ne!(owner.pay(&from, &to, "1.00").refused(402, "INSUFFICIENT_FUNDS")["retryable"], true);
}

fn no_origin_is_allowed(store: Store) {
    let server = Server::start(store);
    let answer =
        server.owner().with_header("Origin", "https://evil.example").get("/wallets").expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

fn health_needs_no_key(store: Store) {
    let server = Server::start(store);
    let nobody = server.nobody();
    nobody.get("//healthz").expect(200);
    nobody.get("//readyz").expect(200);
    let metrics = nobody.get("//metrics").expect(200);
    assert!(
        metrics.text.lines().any(|line| line.starts_with("# TYPE ")),
        "Prometheus text:\n{}",
        metrics.text
    );
    let secret = server.account("sandboxKey");
    assert!(!metrics.text.contains(secret));
}
