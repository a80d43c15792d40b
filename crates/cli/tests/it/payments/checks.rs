//! The order in which a payment is refused, each refusal's words, and that a refusal changes nothing.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    permission_comes_before_shape,
    shape_comes_before_the_wallets,
    the_senders_wallet_comes_before_the_receivers,
    the_environment_comes_before_the_receiver,
    the_receiver_comes_before_being_oneself,
    closed_and_frozen_come_before_policies,
    policies_come_before_funds,
    funds_come_before_approval,
    too_little_money_is_explained,
    the_fee_alone_can_be_too_much,
    a_huge_amount_is_refused_whole,
    a_refused_request_makes_no_payment,
);

const UNKNOWN: &str = "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ";

fn permission_comes_before_shape(store: Store) {
    let server = Server::start(store);
    let reader = server.permitted(&["payments:read", "wallets:read", "wallets:write"]);
    let answer = reader.post("/payments", &json!({}));
    let details = answer.refused(403, "PERMISSION_DENIED");
    assert_eq!(answer.json["error"]["message"], "Missing required permission: payments:write");
    assert_eq!(details["required"], "payments:write");
}

fn shape_comes_before_the_wallets(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.post("/payments", &json!({})).refused_fields(&["from", "to", "amount"]);
    owner.post("/payments", &json!({ "from": UNKNOWN, "to": UNKNOWN })).refused_fields(&["amount"]);
    owner.pay(UNKNOWN, UNKNOWN, "0").refused(400, "INVALID_AMOUNT");
    let request =
        json!({ "from": 1, "to": true, "amount": {}, "description": [], "idempotencyKey": 5 });
    owner.post("/payments", &request).refused_fields(&[
        "from",
        "to",
        "amount",
        "description",
        "idempotencyKey",
    ]);
}

fn the_senders_wallet_comes_before_the_receivers(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let mine = owner.funded(10);
    for from in [UNKNOWN, "wal_x", stranger.wallet.as_str()] {
        let details = owner.pay(from, UNKNOWN, "1.00").refused(404, "WALLET_NOT_FOUND");
        assert_eq!(details["walletId"], from);
    }
    let details = owner.pay(&mine, UNKNOWN, "1.00").refused(404, "WALLET_NOT_FOUND");
    assert_eq!(details["walletId"], UNKNOWN);
    let agent = server.scoped(&["payments:write"], &[&mine]);
    let other = owner.funded(10);
    let details = agent.pay(&other, &mine, "1.00").refused(404, "WALLET_NOT_FOUND");
    assert_eq!(details["walletId"], json!(other), "outside the key's scope");
    agent.pay(&mine, &other, "1.00").ok();
}

fn the_environment_comes_before_the_receiver(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    owner.pay(server.account("liveWalletId"), UNKNOWN, "1.00").refused(403, "ENVIRONMENT_MISMATCH");
    live.pay(server.account("sandboxWalletId"), UNKNOWN, "1.00")
        .refused(403, "ENVIRONMENT_MISMATCH");
    let stranger = server.organization("Stranger");
    let mine = owner.funded(10);
    owner.pay(&mine, &stranger.live_wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
    let own_live = owner.pay(&mine, server.account("liveWalletId"), "1.00");
    assert!(
        ["WALLET_NOT_FOUND", "ENVIRONMENT_MISMATCH"].contains(&own_live.code()),
        "{}",
        own_live.story()
    );
    assert_eq!(owner.balance(&mine), "10.00");
}

fn the_receiver_comes_before_being_oneself(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(10);
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    owner.pay(&wallet, &wallet, "1.00").refused(400, "VALIDATION_ERROR");
    owner.pay(UNKNOWN, UNKNOWN, "1.00").refused(404, "WALLET_NOT_FOUND");
}

fn closed_and_frozen_come_before_policies(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to, closed) = (owner.funded(10), owner.wallet("To"), owner.wallet("Closed"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "0" }));
    owner.pay(&from, &to, "100.00").refused(403, "POLICY_DENIED");
    owner.act(&format!("/wallets/{from}/freeze")).ok();
    owner.act(&format!("/wallets/{closed}/close")).ok();
    owner.pay(&from, &to, "100.00").refused(403, "WALLET_FROZEN");
    owner.pay(&from, &closed, "100.00").refused(409, "CONFLICT");
}

fn policies_come_before_funds(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "50.00" }));
    owner.pay(&from, &to, "50.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "50.00").refused(402, "INSUFFICIENT_FUNDS");
}

fn funds_come_before_approval(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    owner.policy(&from, &json!({ "requireHumanApproval": true }));
    owner.pay(&from, &to, "10.00").refused(402, "INSUFFICIENT_FUNDS");
    owner.pay(&from, &to, "9.00").expect(202);
}

fn too_little_money_is_explained(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(45), owner.wallet("To"));
    let answer = owner.pay(&from, &to, "100.00");
    let details = answer.refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(
        answer.json["error"]["message"],
        "Wallet balance of 45.00 is less than the requested amount 100.00"
    );
    for (field, expected) in [
        ("walletId", json!(from)),
        ("balance", json!("45.00000000")),
        ("requested", json!("100.00")),
        ("fee", json!("0.50")),
        ("required", json!("100.50")),
        ("held", json!("0.00")),
        ("available", json!("45.00")),
    ] {
        assert_eq!(details[field], expected, "{field}\n{}", answer.story());
    }
    let body = format!("{{\"from\":\"{from}\",\"to\":\"{to}\",\"amount\":100.5}}");
    let details = owner.post_text("/payments", &body).refused(402, "INSUFFICIENT_FUNDS");
    assert!([json!("100.5"), json!(100.5)].contains(&details["requested"]), "as sent: {details}");
}

fn the_fee_alone_can_be_too_much(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    for amount in ["100.00", "99.75"] {
        let answer = owner.pay(&from, &to, amount);
        answer.refused(402, "INSUFFICIENT_FUNDS");
        let message = answer.json["error"]["message"].as_str().expect("text").to_lowercase();
        assert!(message.contains("fee"), "words that say so: {message}");
    }
    owner.pay(&from, &to, "99.50").ok();
    owner.pay(&from, &to, "0.00000001").refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(owner.balance(&from), "0.0025", "99.50 and its fee of 0.4975");
}

fn a_huge_amount_is_refused_whole(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(1), owner.wallet("To"));
    for amount in ["92233720368.54775807", "92000000000", "91774846137.85846573"] {
        let answer = owner.pay(&from, &to, amount);
        let fits = [(402, "INSUFFICIENT_FUNDS"), (400, "INVALID_AMOUNT")];
        assert!(fits.contains(&(answer.status, answer.code())), "{}", answer.story());
    }
    owner.assert_balances(&from, "1.00", "0.00", "1.00");
}

fn a_refused_request_makes_no_payment(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "20.00" }));
    owner.pay(&from, &to, "20.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "20.00").refused(402, "INSUFFICIENT_FUNDS");
    owner.pay(&from, UNKNOWN, "1.00").refused(404, "WALLET_NOT_FOUND");
    owner.pay(&from, &to, "zero").refused(400, "INVALID_AMOUNT");
    assert_eq!(owner.all_ids("/payments"), Vec::<String>::new());
    owner.assert_balances(&from, "10.00", "0.00", "10.00");
}
