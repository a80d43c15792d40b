//! What customers save to be charged.

use serde_json::{Value, json};

use crate::support::shapes::{
    PAYMENT_METHOD, assert_fields, assert_id, assert_time, assert_whole_list,
};
use crate::support::{Server, Store, id, stories};

stories!(
    a_test_method_is_saved_and_removed,
    a_method_is_chosen_by_its_digits,
    a_customer_has_so_many_methods,
    a_page_saves_a_method,
    a_page_leads_back_to_the_web_alone,
    nothing_is_saved_in_production,
);

fn a_test_method_is_saved_and_removed(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let customer = owner.customer("jane@acme.com");
    let path = format!("/sandbox/customers/{customer}/payment-methods");
    let card = owner.post(&path, &json!({ "type": "card" })).created();
    assert_fields(&card, PAYMENT_METHOD, &[]);
    assert_id(&card["id"], "pm");
    assert_time(&card["createdAt"]);
    for (field, expected) in [
        ("customerId", json!(customer)),
        ("type", json!("card")),
        ("brand", json!("VISA")),
        ("last4", json!("4242")),
        ("expMonth", json!(3)),
        ("expYear", json!(2029)),
    ] {
        assert_eq!(card[field], expected, "{field}");
    }
    let account = owner.post(&path, &json!({ "type": "bank_account" })).created();
    assert_eq!((&account["last4"], &account["expYear"]), (&json!("6789"), &Value::Null));
    let list = format!("/customers/{customer}/payment-methods");
    let listed = owner.get(&list).ok();
    assert_whole_list(&listed);
    assert_eq!(listed["data"], json!([account, card]));
    let gone = format!("{list}/{}", id(&card));
    assert_eq!(owner.delete(&gone).expect(204).text, "");
    owner.delete(&gone).refused(404, "NOT_FOUND");
    assert_eq!(owner.get(&list).ok()["data"], json!([account]));
    let other = owner.customer("joe@acme.com");
    let not_theirs = format!("/customers/{other}/payment-methods/{}", id(&account));
    owner.delete(&not_theirs).refused(404, "NOT_FOUND");
    assert_eq!(owner.told("customer.payment_method_added").len(), 2);
    let removed = &owner.told("customer.payment_method_removed")[0];
    assert_eq!((&removed["paymentMethodId"], &removed["last4"]), (&card["id"], &card["last4"]));
}

fn a_method_is_chosen_by_its_digits(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let customer = owner.customer("jane@acme.com");
    let path = format!("/sandbox/customers/{customer}/payment-methods");
    for (kind, last4) in [("card", "0002"), ("bank_account", "1116"), ("card", "4242")] {
        let saved = owner.post(&path, &json!({ "type": kind, "last4": last4 })).created();
        assert_eq!((&saved["type"], &saved["last4"]), (&json!(kind), &json!(last4)));
    }
    owner.post(&path, &json!({})).refused_fields(&["type"]);
    owner.post(&path, &json!({ "type": "cash" })).refused_fields(&["type"]);
    owner.post(&path, &json!({ "type": "card", "last4": "1116" })).refused_fields(&["last4"]);
    let nobody = "/sandbox/customers/cus_nope/payment-methods";
    owner.post(nobody, &json!({ "type": "card" })).refused(404, "NOT_FOUND");
}

fn a_customer_has_so_many_methods(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let customer = owner.customer("jane@acme.com");
    let saved: Vec<String> = (0..20).map(|_| owner.saved(&customer, "card", None)).collect();
    let path = format!("/sandbox/customers/{customer}/payment-methods");
    owner.post(&path, &json!({ "type": "card" })).refused(409, "CONFLICT");
    owner.delete(&format!("/customers/{customer}/payment-methods/{}", saved[0])).expect(204);
    owner.saved(&customer, "card", None);
}

fn a_page_saves_a_method(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let customer = owner.customer("jane@acme.com");
    let setup = format!("/customers/{customer}/payment-methods/setup");
    let first = owner.act(&setup).ok();
    assert_fields(&first, &["id", "url"], &[]);
    let return_url = json!({ "returnUrl": "https://shop.example/account?done=1" });
    let second = owner.post(&setup, &return_url).ok();
    let update = owner.act(&format!("/customers/{customer}/payment-update-url")).ok();
    assert_fields(&update, &["url"], &[]);
    let beginning = format!("{}/setup/", server.account("url").trim_end_matches('/'));
    let mut tokens: Vec<&str> = [&first, &second, &update]
        .into_iter()
        .filter_map(|page| page["url"].as_str()?.strip_prefix(&beginning))
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 3, "three pages, each with its own address");
    assert!(tokens.iter().all(|token| token.len() == 26), "128 bits: {tokens:?}");
    owner.act("/customers/cus_nope/payment-methods/setup").refused(404, "NOT_FOUND");
}

fn a_page_leads_back_to_the_web_alone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let customer = owner.customer("jane@acme.com");
    let setup = format!("/customers/{customer}/payment-methods/setup");
    for url in ["javascript:alert(1)", "//evil.example", "data:text/html,x", "https://", "shop"] {
        owner.post(&setup, &json!({ "returnUrl": url })).refused_fields(&["returnUrl"]);
    }
}

fn nothing_is_saved_in_production(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let customer = live.customer("jane@acme.com");
    let path = format!("/sandbox/customers/{customer}/payment-methods");
    live.post(&path, &json!({ "type": "card" })).refused(403, "SANDBOX_ONLY");
    let setup = live.act(&format!("/customers/{customer}/payment-methods/setup"));
    assert_eq!(setup.refused(503, "SERVICE_UNAVAILABLE")["configure"], "acquirer");
}
