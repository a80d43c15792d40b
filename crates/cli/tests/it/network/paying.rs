//! Paying an address: free, instant, across organizations, under policies.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Api, Server, Store, stories};

stories!(
    a_network_payment_answers_with_every_field,
    it_is_free_and_arrives_at_once,
    it_is_a_payment_like_others,
    bad_fields_are_named,
    unknown_addresses_are_not_found,
    environments_are_apart,
    nobody_pays_himself,
    closed_and_frozen_wallets_are_refused,
    policies_apply,
    lists_may_name_the_address,
    funds_are_enough_without_a_fee,
    it_happens_once,
    paying_needs_its_permission,
);

fn body(address: &str, amount: &str) -> Value {
    json!({ "toAddress": address, "amount": amount })
}

fn a_network_payment_answers_with_every_field(store: Store) {
    let server = Server::start(store);
    let stranger = server.organization("Stranger");
    let (payer, payee) = (server.owner().funded_agent(100), stranger.owner.agent("Analyst"));
    let request = json!({ "toAddress": payee.address, "amount": "25.00", "description": "Data processing fee" });
    let paid = payer.api.post("/network/pay", &request).ok();
    assert_fields(&paid, shapes::NETWORK_PAYMENT, &["id", "state", "currency", "description"]);
    assert_id(&paid["transactionId"], "txn");
    for (field, expected) in [
        ("from", json!(payer.id)),
        ("to", json!(payee.id)),
        ("toAddress", json!(payee.address)),
        ("amount", json!("25.00")),
        ("fees", json!("0.00")),
        ("status", json!("POSTED")),
    ] {
        assert_eq!(paid[field], expected, "{field}");
    }
    let number = json!({ "toAddress": payee.address, "amount": 0.5 });
    assert_eq!(payer.api.post("/network/pay", &number).ok()["amount"], "0.50");
}

fn it_is_free_and_arrives_at_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (payer, abroad) = (owner.funded_agent(100), stranger.owner.agent("Abroad"));
    let home = owner.agent("Home");
    payer.api.post("/network/pay", &body(&abroad.address, "33.33333333")).ok();
    payer.api.post("/network/pay", &body(&home.address, "0.00000001")).ok();
    owner.assert_balances(&payer.id, "66.66666666", "0.00", "66.66666666");
    abroad.api.assert_balances(&abroad.id, "33.33333333", "0.00", "33.33333333");
    home.api.assert_balances(&home.id, "0.00000001", "0.00", "0.00000001");
    let plain = stranger.owner.wallet("Plain");
    let address = stranger.owner.address(&plain);
    payer.api.post("/network/pay", &body(&address, "1.00")).ok();
    assert_eq!(stranger.owner.balance(&plain), "1.00", "any wallet has an address");
}

fn it_is_a_payment_like_others(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (payer, payee) = (owner.funded_agent(100), stranger.owner.agent("Payee"));
    let request = json!({ "toAddress": payee.address, "amount": "40.00", "description": "For you", "idempotencyKey": "net-1" });
    let paid = payer.api.post("/network/pay", &request).ok();
    let id = paid["transactionId"].as_str().expect("text");
    let read = payer.api.get(&format!("/payments/{id}")).ok();
    assert_fields(&read, shapes::PAYMENT, shapes::SENDER_BALANCES);
    assert_eq!(
        (&read["amount"], &read["fee"], &read["status"], &read["description"]),
        (&json!("40.00"), &json!("0.00"), &json!("POSTED"), &json!("For you"))
    );
    assert_eq!(payer.api.all_ids("/payments?idempotencyKey=net-1"), [id]);
    assert_eq!(payee.api.all_ids("/payments"), [id]);
    let received = payee.api.get(&format!("/payments/{id}")).ok();
    for private in ["idempotencyKey", "fee", "approvalId", "balanceAfter"] {
        assert!(received[private].is_null(), "{private} is the sender's: {received:#}");
    }
    for (api, wallet) in [(&payer.api, &payer.id), (&payee.api, &payee.id)] {
        let statement = api.get(&format!("/wallets/{wallet}/transactions")).ok();
        assert_eq!(statement["data"][0]["transactionId"], json!(id));
        assert_eq!(statement["data"][0]["amount"], "40.00");
    }
    let back = json!({ "amount": "15.00" });
    payee.api.post(&format!("/payments/{id}/reverse"), &back).ok();
    assert_eq!(owner.balance(&payer.id), "75.00");
}

fn bad_fields_are_named(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let payer = owner.funded_agent(100);
    let address = owner.agent("Payee").address;
    let pay = |body: Value| payer.api.post("/network/pay", &body);
    pay(json!({})).refused_fields(&["toAddress", "amount"]);
    pay(json!({ "toAddress": address })).refused_fields(&["amount"]);
    pay(json!({ "toAddress": 1, "amount": [], "description": {}, "fromWalletId": 7, "idempotencyKey": 5 }))
        .refused_fields(&["toAddress", "amount", "description", "fromWalletId", "idempotencyKey"]);
    pay(json!({ "toAddress": address, "amount": "1.00", "description": "x".repeat(1_025) }))
        .refused_fields(&["description"]);
    for amount in ["0", "-1.00", "ten", "1.123456789", ""] {
        pay(body(&address, amount)).refused(400, "INVALID_AMOUNT");
    }
    assert_eq!(owner.balance(&payer.id), "100.00");
}

fn unknown_addresses_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let payer = owner.funded_agent(100);
    let payee = owner.agent("Payee");
    let shortened = &payee.address[..payee.address.len() - 1];
    for unknown in [
        "wg_01HZZZZZZZZZZZZZZZZZZZZZZZ",
        "nonsense",
        "",
        shortened,
        &format!("{}0", payee.address),
        &payee.id,
        &"w".repeat(5_000),
    ] {
        let answer = payer.api.post("/network/pay", &body(unknown, "1.00"));
        let long_or_empty = unknown.is_empty() || unknown.len() > 256;
        if !(long_or_empty && answer.code() == "VALIDATION_ERROR") {
            answer.refused(404, "WALLET_NOT_FOUND");
        }
    }
    assert_eq!(owner.balance(&payer.id), "100.00");
}

fn environments_are_apart(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let stranger = server.organization("Stranger");
    let payer = owner.funded_agent(100);
    let abroad = stranger.live.agent("Abroad");
    payer.api.post("/network/pay", &body(&abroad.address, "1.00")).refused(404, "WALLET_NOT_FOUND");
    let own = payer.api.post("/network/pay", &body(&live.agent("Own").address, "1.00"));
    assert!(["WALLET_NOT_FOUND", "ENVIRONMENT_MISMATCH"].contains(&own.code()), "{}", own.story());
    let sandbox = owner.agent("Sandbox");
    stranger
        .live
        .post("/network/pay", &body(&sandbox.address, "1.00"))
        .refused(404, "WALLET_NOT_FOUND");
    let named = json!({ "toAddress": abroad.address, "amount": "1.00", "fromWalletId": payer.id });
    live.post("/network/pay", &named).refused(403, "ENVIRONMENT_MISMATCH");
    assert_eq!(owner.balance(&payer.id), "100.00");
}

fn nobody_pays_himself(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let payer = owner.funded_agent(100);
    let own = payer.api.post("/network/pay", &body(&payer.address, "1.00"));
    own.refused(400, "VALIDATION_ERROR");
    let purse = owner.address(server.account("sandboxWalletId"));
    owner.post("/network/pay", &body(&purse, "1.00")).refused(400, "VALIDATION_ERROR");
}

fn closed_and_frozen_wallets_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let payer = owner.funded_agent(100);
    let (closed, frozen) = (owner.wallet("Closed"), owner.wallet("Frozen"));
    owner.act(&format!("/wallets/{closed}/close")).ok();
    owner.act(&format!("/wallets/{frozen}/freeze")).ok();
    let answer = payer.api.post("/network/pay", &body(&owner.address(&closed), "1.00"));
    assert_eq!(answer.refused(409, "CONFLICT")["status"], "CLOSED");
    payer.api.post("/network/pay", &body(&owner.address(&frozen), "1.00")).ok();
    assert_eq!(owner.balance(&frozen), "1.00", "a frozen wallet receives");
    owner.act(&format!("/agents/{}/pause", payer.id)).ok();
    let answer = payer.api.post("/network/pay", &body(&owner.address(&frozen), "1.00"));
    answer.refused(403, "WALLET_FROZEN");
    let from = json!({ "toAddress": payer.address, "amount": "1.00", "fromWalletId": closed });
    assert_eq!(owner.post("/network/pay", &from).refused(409, "CONFLICT")["status"], "CLOSED");
}

fn policies_apply(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (payer, payee) = (owner.funded_agent(500), owner.agent("Payee"));
    let rules = json!({ "maxTransactionAmount": "50.00", "dailySpendingLimit": "100.00", "approvalThreshold": "40.00", "maxTransactionsPerDay": 4 });
    owner.policy(&payer.id, &rules);
    let pay = |amount: &str| payer.api.post("/network/pay", &body(&payee.address, amount));
    let details = pay("50.01").refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "maxTransactionAmount");
    pay("40.00").ok();
    payer.api.paid(&payer.id, &payee.id, "10.00");
    let waiting = pay("50.00").expect(202);
    assert_eq!(owner.used(&payer.id, "dailySpendingLimit"), "100.00", "all ways to pay count");
    let details = pay("0.01").refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "dailySpendingLimit");
    owner.assert_balances(&payer.id, "449.75", "50.00", "399.75");
    owner.reject(waiting.json["approvalId"].as_str().expect("text")).ok();
    pay("40.00").ok();
    let details = pay("0.01").refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "maxTransactionsPerDay");
}

fn lists_may_name_the_address(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let payer = owner.funded_agent(100);
    let (friend, foe) = (owner.agent("Friend"), owner.agent("Foe"));
    let pay = |address: &str| payer.api.post("/network/pay", &body(address, "1.00"));
    for named in [&friend.address, &friend.id] {
        let policy = owner.policy(&payer.id, &json!({ "approvedRecipients": [named] }));
        pay(&friend.address).ok();
        payer.api.paid(&payer.id, &friend.id, "1.00");
        for answer in [pay(&foe.address), payer.api.pay(&payer.id, &foe.id, "1.00")] {
            let details = answer.refused(403, "POLICY_DENIED");
            assert_eq!(details["violations"][0]["rule"], "approvedRecipients");
        }
        owner.delete(&format!("/policies/{policy}")).expect(204);
    }
    for named in [&foe.address, &foe.id] {
        let policy = owner.policy(&payer.id, &json!({ "blockedRecipients": [named] }));
        pay(&friend.address).ok();
        for answer in [pay(&foe.address), payer.api.pay(&payer.id, &foe.id, "1.00")] {
            let details = answer.refused(403, "POLICY_DENIED");
            assert_eq!(details["violations"][0]["rule"], "blockedRecipients");
        }
        owner.delete(&format!("/policies/{policy}")).expect(204);
    }
    assert_eq!(owner.balance(&foe.id), "0.00");
}

fn funds_are_enough_without_a_fee(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (payer, payee) = (owner.funded_agent(45), owner.agent("Payee"));
    let pay = |amount: &str| payer.api.post("/network/pay", &body(&payee.address, amount));
    let answer = pay("45.01");
    let details = answer.refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(
        answer.json["error"]["message"],
        "Wallet balance of 45.00 is less than the requested amount 45.01"
    );
    for (field, expected) in [
        ("walletId", json!(payer.id)),
        ("balance", json!("45.00000000")),
        ("requested", json!("45.01")),
        ("fee", json!("0.00")),
        ("required", json!("45.01")),
    ] {
        assert_eq!(details[field], expected, "{field}");
    }
    pay("45.00").ok();
    owner.assert_balances(&payer.id, "0.00", "0.00", "0.00");
    pay("0.00000001").refused(402, "INSUFFICIENT_FUNDS");
}

fn it_happens_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (payer, payee) = (owner.funded_agent(100), owner.agent("Payee"));
    let pay =
        |caller: &Api, amount: &str| caller.post("/network/pay", &body(&payee.address, amount));
    let keyed = payer.api.once("net-1");
    let first = pay(&keyed, "10.00").expect(200);
    pay(&keyed, "10.00").assert_replay_of(&first);
    pay(&keyed, "10").assert_replay_of(&first);
    let details = pay(&keyed, "11.00").refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(details["resourceId"], first.json["transactionId"]);
    let poor = pay(&payer.api.once("net-2"), "1000.00");
    poor.refused(402, "INSUFFICIENT_FUNDS");
    owner.fund(&payer.id, 5_000);
    pay(&payer.api.once("net-2"), "1000.00").assert_replay_of(&poor);
    keyed.pay(&payer.id, &payee.id, "10.00").ok();
    assert_eq!(owner.balance(&payee.id), "20.00", "another route is another namespace");
}

fn paying_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let payee = owner.agent("Payee");
    let reader = server.permitted(&["wallets:read", "wallets:write", "payments:read"]);
    let answer = reader.post("/network/pay", &json!({}));
    assert_eq!(answer.refused(403, "PERMISSION_DENIED")["required"], "payments:write");
    owner.fund(server.account("sandboxWalletId"), 10);
    let payer = server.permitted(&["payments:write"]);
    payer.post("/network/pay", &body(&payee.address, "1.00")).ok();
}
