//! Sending a payment: its answer, its fee, both spellings, and what each side may see of it.

use serde_json::json;

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, id, stories};

stories!(
    a_payment_answers_with_every_field,
    both_spellings_of_the_wallets_work,
    fees_are_exact_to_eight_places,
    a_payment_to_another_organization_arrives,
    the_receiver_does_not_see_the_senders_private_fields,
    descriptions_are_limited,
    merchants_are_not_found,
);

fn a_payment_answers_with_every_field(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(250), owner.wallet("Vendor"));
    let request = json!({ "from": from, "to": to, "amount": "50.00", "description": "Monthly SaaS subscription", "idempotencyKey": "pay_unique_key_123" });
    let payment = owner.post("/payments", &request).ok();
    let sent_fields = [shapes::PAYMENT, shapes::SENDER_BALANCES].concat();
    assert_fields(&payment, &sent_fields, &[]);
    assert_id(&payment["id"], "txn");
    assert_time(&payment["createdAt"]);
    for (field, expected) in [
        ("from", json!(from)),
        ("fromWalletId", json!(from)),
        ("to", json!(to)),
        ("toWalletId", json!(to)),
        ("amount", json!("50.00")),
        ("fee", json!("0.25")),
        ("currency", json!("USD")),
        ("status", json!("POSTED")),
        ("state", json!("POSTED")),
        ("description", json!("Monthly SaaS subscription")),
        ("idempotencyKey", json!("pay_unique_key_123")),
        ("merchantId", json!(null)),
        ("batchId", json!(null)),
        ("approvalId", json!(null)),
        ("reversedAmount", json!("0.00")),
        ("environment", json!("SANDBOX")),
        ("createdAt", json!("2026-03-02T09:00:00.000Z")),
        ("settledAt", json!("2026-03-02T09:00:00.000Z")),
        ("balanceAfter", json!("199.75")),
        ("availableAfter", json!("199.75")),
    ] {
        assert_eq!(payment[field], expected, "{field}");
    }
    let read = owner.get(&format!("/payments/{}", id(&payment))).ok();
    assert_fields(&read, shapes::PAYMENT, shapes::SENDER_BALANCES);
    for field in shapes::PAYMENT {
        assert_eq!(read[field], payment[field], "{field} when read");
    }
    owner.assert_balances(&from, "199.75", "0.00", "199.75");
    owner.assert_balances(&to, "50.00", "0.00", "50.00");
}

fn both_spellings_of_the_wallets_work(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Vendor"));
    let payment = owner
        .post("/payments", &json!({ "fromWalletId": from, "toWalletId": to, "amount": 25 }))
        .ok();
    assert_eq!(
        (&payment["from"], &payment["to"], &payment["amount"]),
        (&json!(from), &json!(to), &json!("25.00"))
    );
    let payment = owner
        .post_text(
            "/payments",
            &format!("{{\"from\":\"{from}\",\"toWalletId\":\"{to}\",\"amount\":0.50}}"),
        )
        .ok();
    assert_eq!(
        (&payment["amount"], &payment["description"], &payment["idempotencyKey"]),
        (&json!("0.50"), &json!(null), &json!(null))
    );
    owner
        .post("/payments", &json!({ "from": from, "fromWalletId": to, "to": to, "amount": "1" }))
        .refused(400, "VALIDATION_ERROR");
    assert_eq!(owner.balance(&to), "25.50");
}

fn fees_are_exact_to_eight_places(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let to = owner.wallet("Vendor");
    for (amount, fee) in [
        ("0.00000001", "0.25"),
        ("1.00", "0.25"),
        ("50.00", "0.25"),
        ("50.02", "0.2501"),
        ("100.00", "0.50"),
        ("123.45", "0.61725"),
        ("60.00000100", "0.30"),
        ("60.00000300", "0.30000002"),
        ("60.00000301", "0.30000002"),
        ("60.00000099", "0.30"),
        ("77.77777777", "0.38888889"),
        ("1999.99999999", "10.00"),
    ] {
        let from = owner.funded(3_000);
        let payment = owner.pay(&from, &to, amount).ok();
        assert_eq!(payment["fee"], fee, "half-even to 8 places of {amount}");
        assert_eq!(payment["balanceAfter"], json!(owner.balance(&from)), "{amount}");
    }
    let from = owner.funded(1_000);
    owner.pay(&from, &to, "123.45").ok();
    assert_eq!(owner.balance(&from), "875.93275", "the fee is paid on top");
}

fn a_payment_to_another_organization_arrives(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let from = owner.funded(100);
    owner.pay(&from, &stranger.wallet, "40.00").ok();
    assert_eq!(owner.balance(&from), "59.75");
    assert_eq!(stranger.owner.balance(&stranger.wallet), "40.00");
    let received = stranger.owner.get(&format!("/wallets/{}/transactions", stranger.wallet)).ok();
    assert_eq!(received["data"][0]["amount"], "40.00");
}

fn the_receiver_does_not_see_the_senders_private_fields(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let from = owner.funded(100);
    let request = json!({ "from": from, "to": stranger.wallet, "amount": "40.00", "description": "For you", "idempotencyKey": "mine" });
    let sent = owner.post("/payments", &request).ok();
    let path = format!("/payments/{}", id(&sent));
    let listed = stranger.owner.get("/payments").ok()["data"][0].clone();
    for seen in [stranger.owner.get(&path).ok(), listed] {
        assert_fields(&seen, shapes::PAYMENT, shapes::SENDER_BALANCES);
        for private in
            ["idempotencyKey", "fee", "approvalId", "batchId", "balanceAfter", "availableAfter"]
        {
            assert!(seen[private].is_null(), "{private} is the sender's: {seen:#}");
        }
        for shared in ["id", "from", "to", "amount", "status", "description", "createdAt"] {
            assert_eq!(seen[shared], sent[shared], "{shared}");
        }
    }
    assert_eq!(owner.get(&path).ok()["fee"], "0.25", "the sender sees all of it");
    assert_eq!(
        stranger.owner.all_ids("/payments?idempotencyKey=mine"),
        Vec::<String>::new(),
        "nor finds it by a private field"
    );
    let reversed =
        stranger.owner.post(&format!("{path}/reverse"), &json!({ "amount": "1.00" })).ok();
    assert!(
        reversed["fee"].is_null() && reversed["idempotencyKey"].is_null(),
        "nor in a reversal: {reversed:#}"
    );
}

fn descriptions_are_limited(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Vendor"));
    let pay = |description: &str| {
        owner.post(
            "/payments",
            &json!({ "from": from, "to": to, "amount": "1", "description": description }),
        )
    };
    let longest = "é".repeat(1_024);
    assert_eq!(pay(&longest).ok()["description"], json!(longest));
    pay(&"é".repeat(1_025)).refused_fields(&["description"]);
    assert_eq!(owner.balance(&to), "1.00");
}

fn merchants_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let from = owner.funded(100);
    let by_id =
        json!({ "from": from, "merchantId": "mer_01HZZZZZZZZZZZZZZZZZZZZZZZ", "amount": "1.00" });
    owner.post("/payments", &by_id).refused(404, "MERCHANT_NOT_FOUND");
    let by_domain =
        json!({ "from": from, "merchantHint": { "domain": "shop.example.com" }, "amount": "1.00" });
    owner.post("/payments", &by_domain).refused(404, "MERCHANT_NOT_FOUND");
    assert_eq!(owner.balance(&from), "100.00");
}
