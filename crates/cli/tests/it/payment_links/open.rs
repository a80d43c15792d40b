//! What somebody without a key sees and may do.

use serde_json::json;

use crate::support::shapes::assert_fields;
use crate::support::{Server, Store, stories};

stories!(whoever_has_a_link_sees_what_is_due, guesses_find_nothing, visitors_are_counted);

fn whoever_has_a_link_sees_what_is_due(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.patch("/organizations/me", &json!({ "name": "Acme" })).ok();
    let fields = json!({ "amount": "7.50", "description": "Tea", "metadata": { "secret": 1 },
        "recipientRestrictions": { "emails": ["ada@example.com"] } });
    let link = owner.link_of(&owner.wallet("Sales"), &fields);
    let path = format!("/payment-links/pay/{}", link["slug"].as_str().expect("a slug"));
    let seen = server.nobody().get(&path).ok();
    let names = [
        "slug",
        "url",
        "amount",
        "currency",
        "description",
        "status",
        "payeeName",
        "restricted",
        "expiresAt",
        "environment",
    ];
    assert_fields(&seen, &names, &[]);
    assert_eq!((&seen["payeeName"], &seen["amount"]), (&json!("Acme"), &json!("7.50")));
    assert_eq!((&seen["restricted"], &seen["status"]), (&json!(true), &json!("ACTIVE")));
    assert_eq!(
        server.organization("Stranger").owner.get(&path).ok(),
        seen,
        "with a key as without"
    );
}

fn guesses_find_nothing(store: Store) {
    let server = Server::start(store);
    for slug in ["x", "00000000000000000000000000", "..%2f..%2fapi-keys", "%ff"] {
        let answer = server.nobody().get(&format!("/payment-links/pay/{slug}"));
        assert_eq!(answer.status, 404, "{}", answer.story());
        answer.assert_envelope();
    }
}

fn visitors_are_counted(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let owner = server.owner();
    let (_, slug) = owner.link(&owner.wallet("Sales"), "1.00");
    let path = format!("/payment-links/pay/{slug}");
    for _ in 0..600 {
        server.nobody().get(&path).ok();
    }
    let refused = server.nobody().get(&path);
    let details = refused.refused(429, "RATE_LIMIT_EXCEEDED");
    assert!(details["retryAfter"].as_u64().is_some_and(|seconds| seconds >= 1), "{details}");
    assert!(refused.header("Retry-After").is_some());
    owner.get(&path).ok();
    server.advance("PT1M");
    server.nobody().get(&path).ok();
}
