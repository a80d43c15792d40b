//! How long a key is remembered, and what becomes of a secret.

use serde_json::json;

use crate::support::{Server, Store, id, stories};

stories!(
    money_is_remembered_for_ever,
    other_calls_are_remembered_for_thirty_days,
    a_secret_is_replayed_for_a_day
);

fn money_is_remembered_for_ever(store: Store) {
    let server = Server::start_at(store, "2026-01-05T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let paid = owner.once("order-1").pay(&from, &to, "10.00").expect(200);
    let refused = owner.once("order-2").pay(&from, &to, "1000.00");
    refused.refused(402, "INSUFFICIENT_FUNDS");
    let funded = owner
        .once("fund-1")
        .post(&format!("/wallets/{to}/fund"), &json!({ "amount": "5.00" }))
        .expect(200);
    owner.fund(&from, 5_000);
    server.advance("PT87600H");
    owner.once("order-1").pay(&from, &to, "10.00").assert_replay_of(&paid);
    owner.once("order-2").pay(&from, &to, "1000.00").assert_replay_of(&refused);
    owner
        .once("fund-1")
        .post(&format!("/wallets/{to}/fund"), &json!({ "amount": "5.00" }))
        .assert_replay_of(&funded);
    assert_eq!(owner.balance(&to), "15.00", "after ten years as well");
}

fn other_calls_are_remembered_for_thirty_days(store: Store) {
    let server = Server::start_at(store, "2026-01-05T09:00:00Z");
    let owner = server.owner();
    let make = || owner.once("wallet-1").post("/wallets", &json!({ "name": "Once" })).expect(201);
    let first = make();
    server.advance("PT719H");
    make().assert_replay_of(&first);
    server.advance("PT2H");
    let second = make();
    assert!(!second.replayed());
    assert_ne!(second.json["id"], first.json["id"]);
}

fn a_secret_is_replayed_for_a_day(store: Store) {
    let mut server = Server::start_at(store, "2026-01-05T09:00:00Z");
    let request = json!({ "name": "Deploy", "permissions": ["wallets:read"] });
    let first = server.owner().once("key-1").post("/api-keys", &request).expect(201);
    let secret = first.json["secret"].as_str().expect("text").to_owned();
    server.restart();
    server.advance("PT23H");
    server.owner().once("key-1").post("/api-keys", &request).assert_replay_of(&first);
    server.advance("PT2H");
    let later = server.owner().once("key-1").post("/api-keys", &request).expect(201);
    assert!(later.replayed());
    assert_eq!(later.json["id"], first.json["id"]);
    assert!(
        later.json["secret"].is_null() && !later.text.contains(&secret),
        "without the secret: {}",
        later.text
    );
    server.nobody().with_key(&secret).get("/wallets").ok();
    let path = format!("/api-keys/{}", id(&first.json));
    assert_eq!(server.owner().get(&path).ok()["status"], "ACTIVE");
}
