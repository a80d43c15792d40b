//! Refusals by money and rules are remembered, all others are not.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    a_payment_refused_for_funds_stays_refused,
    a_denied_payment_stays_denied,
    a_frozen_wallets_refusal_stays,
    a_refused_reversal_stays_refused,
    a_partly_failed_batch_replays,
    other_refusals_are_forgotten,
    a_waiting_payment_replays,
);

fn a_payment_refused_for_funds_stays_refused(store: Store) {
    let mut server = Server::start(store);
    let (from, to) = (server.owner().wallet("From"), server.owner().wallet("To"));
    let first = server.owner().once("order-1").pay(&from, &to, "10.00");
    let details = first.refused(402, "INSUFFICIENT_FUNDS");
    assert!(
        details["hint"].as_str().is_some_and(|hint| hint.contains("key")),
        "a new attempt takes a new key: {details}"
    );
    server.owner().fund(&from, 100);
    server.owner().once("order-1").pay(&from, &to, "10.00").assert_replay_of(&first);
    server.owner().once("order-1").pay(&from, &to, "11.00").refused(409, "IDEMPOTENCY_KEY_REUSE");
    server.restart();
    server.owner().once("order-1").pay(&from, &to, "10.00").assert_replay_of(&first);
    assert_eq!(server.owner().balance(&to), "0.00");
    server.owner().once("order-2").pay(&from, &to, "10.00").ok();
}

fn a_denied_payment_stays_denied(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "maxTransactionAmount": "5.00" }));
    let first = owner.once("order-1").pay(&from, &to, "10.00");
    first.refused(403, "POLICY_DENIED");
    owner.delete(&format!("/policies/{policy}")).expect(204);
    owner.once("order-1").pay(&from, &to, "10.00").assert_replay_of(&first);
    owner.once("order-2").pay(&from, &to, "10.00").ok();
}

fn a_frozen_wallets_refusal_stays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.act(&format!("/wallets/{from}/freeze")).ok();
    let first = owner.once("order-1").pay(&from, &to, "10.00");
    first.refused(403, "WALLET_FROZEN");
    let funding =
        owner.once("fund-1").post(&format!("/wallets/{from}/fund"), &json!({ "amount": "1.00" }));
    funding.refused(403, "WALLET_FROZEN");
    owner.act(&format!("/wallets/{from}/unfreeze")).ok();
    owner.once("order-1").pay(&from, &to, "10.00").assert_replay_of(&first);
    owner
        .once("fund-1")
        .post(&format!("/wallets/{from}/fund"), &json!({ "amount": "1.00" }))
        .assert_replay_of(&funding);
    assert_eq!(owner.balance(&from), "100.00");
}

fn a_refused_reversal_stays_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let path = format!("/payments/{}/reverse", owner.paid(&from, &to, "10.00"));
    owner.paid(&to, &from, "5.00");
    let poor = owner.once("reverse-1").act(&path);
    poor.refused(402, "INSUFFICIENT_FUNDS");
    owner.fund(&to, 100);
    owner.once("reverse-1").act(&path).assert_replay_of(&poor);
    let done = owner.once("reverse-2").act(&path).expect(200);
    let refused = owner.once("reverse-3").act(&path);
    refused.refused(422, "REVERSAL_NOT_ALLOWED");
    owner.once("reverse-3").act(&path).assert_replay_of(&refused);
    owner.once("reverse-2").act(&path).assert_replay_of(&done);
    owner
        .once("reverse-2")
        .post(&path, &json!({ "amount": "1.00" }))
        .refused(409, "IDEMPOTENCY_KEY_REUSE");
}

fn a_partly_failed_batch_replays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    for mode in ["independent", "atomic"] {
        let item = |amount: &str| json!({ "from": from, "to": to, "amount": amount });
        let body = json!({ "payments": [item("1.00"), item("50.00")], "mode": mode, "idempotencyKey": mode });
        let first = owner.post("/payments/batch", &body).expect(207);
        owner.fund(&from, 100);
        owner.post("/payments/batch", &body).assert_replay_of(&first);
        let other = json!({ "payments": [item("1.00")], "mode": mode, "idempotencyKey": mode });
        owner.post("/payments/batch", &other).refused(409, "IDEMPOTENCY_KEY_REUSE");
        owner.paid(&from, server.account("sandboxWalletId"), "90.00");
    }
    assert_eq!(owner.balance(&to), "1.00");
}

fn other_refusals_are_forgotten(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let keyed = owner.once("order-1");
    keyed.pay(&from, &to, "nothing").refused(400, "INVALID_AMOUNT");
    keyed.post("/payments", &json!({ "from": from })).refused(400, "VALIDATION_ERROR");
    keyed.pay(&from, &from, "1.00").refused(400, "VALIDATION_ERROR");
    keyed.pay("wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", &to, "1.00").refused(404, "WALLET_NOT_FOUND");
    keyed.pay(server.account("liveWalletId"), &to, "1.00").refused(403, "ENVIRONMENT_MISMATCH");
    let closed = owner.wallet("Closed");
    owner.act(&format!("/wallets/{closed}/close")).ok();
    keyed.pay(&from, &closed, "1.00").refused(409, "CONFLICT");
    server
        .permitted(&["payments:read"])
        .once("order-1")
        .pay(&from, &to, "2.00")
        .refused(403, "PERMISSION_DENIED");
    let paid = keyed.pay(&from, &to, "1.00").expect(200);
    assert!(!paid.replayed());
    keyed.pay(&from, &to, "1.00").assert_replay_of(&paid);
    keyed.pay(&from, &to, "nothing").refused(400, "INVALID_AMOUNT");
    let close = owner.once("close-1");
    close.act(&format!("/wallets/{to}/close")).refused(409, "CONFLICT");
    owner.paid(&to, &from, "0.75");
    close.act(&format!("/wallets/{to}/close")).ok();
}

fn a_waiting_payment_replays(store: Store) {
    let mut server = Server::start(store);
    let (from, to) = (server.owner().funded(100), server.owner().wallet("To"));
    let policy = server.owner().policy(&from, &json!({ "requireHumanApproval": true }));
    let first = server.owner().once("order-1").pay(&from, &to, "10.00").expect(202);
    server.owner().delete(&format!("/policies/{policy}")).expect(204);
    server.restart();
    server.owner().once("order-1").pay(&from, &to, "10.00").assert_replay_of(&first);
    server.owner().assert_balances(&from, "100.00", "10.25", "89.75");
}
