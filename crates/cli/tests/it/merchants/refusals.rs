//! The order in which a payment by name is refused.

use serde_json::{Value, json};

use crate::support::{Answer, Api, Server, Store, Waiting, stories};

stories!(
    the_sender_comes_before_the_merchant,
    each_refusal_comes_before_the_next,
    a_wallet_and_a_merchant_are_one_too_many,
    a_merchant_of_the_other_environment_is_not_paid,
    a_merchant_does_not_pay_itself,
    links_of_a_suspended_merchant_are_not_paid,
    invoices_of_a_suspended_merchant_are_not_paid,
    a_charge_for_a_suspended_merchant_fails,
);

const NOBODY: &str = "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ";

fn pay(payer: &Api, from: &str, merchant: &str, more: &Value) -> Answer {
    let mut request = json!({ "from": from, "merchantId": merchant, "amount": "1.00" });
    for (name, value) in more.as_object().expect("fields") {
        request[name] = value.clone();
    }
    payer.post("/payments", &request)
}

fn the_sender_comes_before_the_merchant(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.pay_merchant(NOBODY, "mer_x", "1.00").refused(404, "WALLET_NOT_FOUND");
    let live = server.account("liveWalletId");
    owner.pay_merchant(live, "mer_x", "1.00").refused(403, "ENVIRONMENT_MISMATCH");
    owner.pay_merchant(&owner.wallet("Empty"), "mer_x", "0").refused(400, "INVALID_AMOUNT");
}

fn each_refusal_comes_before_the_next(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let till = owner.wallet("Till");
    let fields = json!({ "settlementWalletId": till, "closedLoop": false });
    let merchant = owner.merchant_of("shop.example.com", &fields);
    let from = payer.wallet("Empty");
    payer.policy(&from, &json!({ "maxTransactionAmount": "0" }));
    payer.act(&format!("/wallets/{from}/freeze")).ok();
    owner.act(&format!("/wallets/{till}/close")).ok();
    let details = payer.pay_merchant(&from, "mer_x", "1.00").refused(404, "MERCHANT_NOT_FOUND");
    assert_eq!(details["merchantId"], "mer_x");
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    payer.pay_merchant(&from, &merchant, "1.00").refused(403, "MERCHANT_SUSPENDED");
    server.admin(&["merchant", "resume", &merchant]).expect_success();
    payer.pay_merchant(&from, &merchant, "1.00").refused(400, "CLOSED_LOOP_UNAVAILABLE");
    owner.change_merchant(&merchant, &json!({ "closedLoop": true })).ok();
    let card_only = json!({ "preference": "card_only" });
    let details = pay(&payer, &from, &merchant, &card_only).refused(400, "CLOSED_LOOP_UNAVAILABLE");
    assert_eq!(details["merchantId"], json!(merchant));
    let details = payer.pay_merchant(&from, &merchant, "1.00").refused(409, "CONFLICT");
    assert_eq!((&details["status"], &details["walletId"]), (&json!("CLOSED"), &json!(till)));
    let wallet = json!({ "settlementWalletId": owner.wallet("New") });
    owner.change_merchant(&merchant, &wallet).ok();
    payer.pay_merchant(&from, &merchant, "1.00").refused(403, "WALLET_FROZEN");
    payer.act(&format!("/wallets/{from}/unfreeze")).ok();
    payer.pay_merchant(&from, &merchant, "1.00").refused(403, "POLICY_DENIED");
    let other = payer.wallet("Empty too");
    payer.pay_merchant(&other, &merchant, "1.00").refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(owner.received(""), (vec![], 0));
}

fn a_wallet_and_a_merchant_are_one_too_many(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let merchant = owner.merchant("shop.example.com");
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    pay(&owner, &from, &merchant, &json!({ "to": to })).refused_fields(&["to"]);
    // An ID says more than a hint.
    let hint = json!({ "merchantHint": { "domain": "nobody.example" } });
    pay(&owner, &from, &merchant, &hint).ok();
}

fn a_merchant_of_the_other_environment_is_not_paid(store: Store) {
    let server = Server::start(store);
    let merchant = server.live().merchant("shop.example.com");
    let owner = server.owner();
    let from = owner.funded(10);
    owner.pay_merchant(&from, &merchant, "1.00").refused(403, "ENVIRONMENT_MISMATCH");
    owner.pay_domain(&from, "shop.example.com", "1.00").refused(404, "MERCHANT_NOT_FOUND");
    let stranger = server.organization("Stranger").owner;
    let from = stranger.funded(10);
    stranger.pay_merchant(&from, &merchant, "1.00").refused(404, "MERCHANT_NOT_FOUND");
}

fn a_merchant_does_not_pay_itself(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let till = owner.funded(10);
    let merchant = owner.merchant_of("shop.example.com", &json!({ "settlementWalletId": till }));
    owner.pay_merchant(&till, &merchant, "1.00").refused_fields(&["to"]);
}

fn links_of_a_suspended_merchant_are_not_paid(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(10);
    let request =
        json!({ "walletId": server.account("sandboxWalletId"), "amount": "1.00", "maxUses": 9 });
    let link = owner.post("/payment-links", &request).created();
    let path = format!("/payment-links/pay/{}", link["slug"].as_str().expect("a slug"));
    let by_wallet = json!({ "fromWalletId": from });
    let by_card = json!({ "testMethod": { "type": "card" } });
    payer.post(&path, &by_wallet).ok();
    payer.post(&path, &by_card).ok();
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    payer.post(&path, &by_wallet).refused(403, "MERCHANT_SUSPENDED");
    payer.post(&path, &by_card).refused(403, "MERCHANT_SUSPENDED");
    server.admin(&["merchant", "resume", &merchant]).expect_success();
    payer.post(&path, &by_wallet).ok();
    let (ids, total) = owner.received("");
    assert_eq!((ids.len(), total), (3, 3), "links collect for the merchant, too");
}

fn invoices_of_a_suspended_merchant_are_not_paid(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let till = owner.wallet("Till");
    let merchant = owner.merchant_of("shop.example.com", &json!({ "settlementWalletId": till }));
    let customer = owner.customer("ada@example.com");
    let [one, two] = [1, 2].map(|_| owner.finalized(&till, &customer, "4.00"));
    let from = payer.guarded(100);
    let waiting = Waiting::of(payer.pay_invoice(&one.1, &from));
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    payer.approve(&waiting.approval).refused(403, "MERCHANT_SUSPENDED");
    payer.pay_invoice(&two.1, &from).refused(403, "MERCHANT_SUSPENDED");
    payer.pay_by_card(&two.1, None).refused(403, "MERCHANT_SUSPENDED");
    assert_eq!(owner.invoice_status(&two.0), "FINALIZED");
    server.admin(&["merchant", "resume", &merchant]).expect_success();
    payer.approve(&waiting.approval).ok();
    payer.pay_by_card(&two.1, None).ok();
    assert_eq!(owner.received("").1, 2);
    owner.step_invoice(&two.0, "refund").ok();
    let list = owner.get("/merchant/payments").ok();
    let told = |at: usize| (list["data"][at]["status"].clone(), list["data"][at]["from"].clone());
    assert_eq!(told(0), (json!("REVERSED"), json!(null)), "the test card's");
    assert_eq!(told(1), (json!("POSTED"), json!(from)));
}

fn a_charge_for_a_suspended_merchant_fails(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let till = owner.wallet("Till");
    let merchant = owner.merchant_of("shop.example.com", &json!({ "settlementWalletId": till }));
    let customer = owner.paying_customer("ada@example.com");
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    let request = json!({ "walletId": till, "customerId": customer, "amount": "5.00" });
    let failed = owner.post("/invoices/charge", &request).ok();
    assert_eq!(failed["status"], "FAILED");
    assert_eq!(owner.balance(&till), "0.00");
}
