//! What a merchant has, and what it was paid.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    an_overview_tells_what_there_is,
    without_a_profile_there_is_nothing,
    every_way_of_paying_counts,
    pages_are_places_in_the_list,
    a_page_is_narrowed_by_days,
    bad_questions_are_refused,
    a_payer_tells_no_more_than_its_name,
    a_frozen_wallet_says_so,
);

fn an_overview_tells_what_there_is(store: Store) {
    let server = Server::start_at(store, "2026-02-28T09:00:00Z");
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(1_000);
    payer.pay_merchant(&from, &merchant, "1.00").ok();
    server.advance_to("2026-03-01T09:00:00Z");
    payer.pay_merchant(&from, &merchant, "10.00").ok();
    payer.pay_merchant(&from, &merchant, "20.50").ok();
    server.advance_to("2026-03-02T09:00:00Z");
    for _ in 0..11 {
        payer.pay_merchant(&from, &merchant, "2.00").ok();
    }
    let overview = owner.get("/merchant/settlement/overview").ok();
    assert_fields(&overview, shapes::OVERVIEW, &[]);
    for (field, expected) in [
        ("merchantId", json!(merchant)),
        ("merchantName", json!("Shop")),
        ("settlementWalletId", json!(server.account("sandboxWalletId"))),
        ("balance", json!({ "amount": "53.50", "currency": "USD", "status": "AVAILABLE" })),
        ("today", json!({ "count": 11, "total": "22.00" })),
        ("month", json!({ "count": 13, "total": "52.50" })),
    ] {
        assert_eq!(overview[field], expected, "{field}");
    }
    let recent = overview["recentPayments"].as_array().expect("payments");
    assert_eq!(recent.len(), 10, "the newest ten");
    let first = &owner.get("/merchant/payments?limit=1").ok()["data"][0];
    assert_eq!(first, &recent[0]);
    assert_fields(first, shapes::MERCHANT_PAYMENT, &[]);
    assert_id(&first["id"], "txn");
    assert_time(&first["createdAt"]);
}

fn without_a_profile_there_is_nothing(store: Store) {
    let server = Server::start(store);
    server.organization("Other").owner.merchant("shop.example.com");
    server.live().merchant("shop.example.com");
    for path in ["/merchant/settlement/overview", "/merchant/payments", "/merchant/analytics"] {
        server.owner().get(path).refused(404, "MERCHANT_NOT_FOUND");
    }
    let empty = server.live().get("/merchant/payments").ok();
    assert_eq!(empty, json!({ "data": [], "total": 0, "limit": 20, "offset": 0 }));
    let overview = server.live().get("/merchant/settlement/overview").ok();
    assert_eq!(overview["today"], json!({ "count": 0, "total": "0.00" }));
}

fn every_way_of_paying_counts(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let wallet = server.account("sandboxWalletId").to_owned();
    let (from, till, own) = (payer.funded(100), owner.wallet("Till"), owner.funded(100));
    payer.paid(&from, &wallet, "1.00");
    let merchant = owner.merchant("shop.example.com");
    let mut paid = vec![
        payer.paid(&from, &wallet, "2.00"),
        id(&payer.pay_merchant(&from, &merchant, "3.00").ok()),
        owner.paid(&own, &wallet, "4.00"),
    ];
    let to = json!({ "toAddress": owner.address(&wallet), "fromWalletId": from, "amount": "5.00" });
    let sent = payer.post("/network/pay", &to).ok();
    paid.push(sent["transactionId"].as_str().expect("an ID").to_owned());
    // None of these is a payment into the wallet that is paid.
    payer.paid(&from, &till, "6.00");
    let moved = json!({ "fromWalletId": own, "toWalletId": wallet, "amount": "7.00" });
    owner.post("/transfers/internal", &moved).ok();
    owner.fund(&wallet, 8);
    owner.pay(&wallet, &own, "1.00").ok();
    payer.pay(&from, &wallet, "100000.00").refused(402, "INSUFFICIENT_FUNDS");
    paid.reverse();
    assert_eq!(owner.received(""), (paid, 4), "from the profile on, newest first");
}

/// A merchant that was paid 1.00 to 25.00: ten on the first day, ten on the third, five on the fourth.
fn paid_on_three_days(server: &Server) -> (Api, Vec<String>) {
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(1_000);
    let mut ids = Vec::new();
    for number in 1..=25 {
        match number {
            11 => server.advance_to("2026-03-04T00:00:00Z"),
            21 => server.advance_to("2026-03-05T23:59:59Z"),
            _ => {}
        }
        ids.push(id(&payer.pay_merchant(&from, &merchant, &number.to_string()).ok()));
    }
    ids.reverse();
    (owner, ids)
}

fn pages_are_places_in_the_list(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let (owner, ids) = paid_on_three_days(&server);
    for (query, from, to) in [
        ("", 0, 20),
        ("limit=10", 0, 10),
        ("limit=10&offset=10", 10, 20),
        ("limit=10&offset=20", 20, 25),
        ("limit=100&offset=3", 3, 25),
        ("offset=25", 25, 25),
        ("offset=1000000", 25, 25),
    ] {
        assert_eq!(owner.received(query), (ids[from..to].to_vec(), 25), "{query}");
    }
    let page = owner.get("/merchant/payments?limit=2&offset=4").ok();
    assert_eq!((&page["limit"], &page["offset"]), (&json!(2), &json!(4)));
}

fn a_page_is_narrowed_by_days(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let (owner, ids) = paid_on_three_days(&server);
    for (query, from, to) in [
        ("startDate=2026-03-01", 0, 25),
        ("startDate=2026-03-03", 0, 15),
        ("startDate=2026-03-05", 0, 5),
        ("startDate=2026-03-06", 0, 0),
        ("endDate=2026-03-01", 0, 0),
        ("endDate=2026-03-02", 15, 25),
        ("endDate=2026-03-03", 15, 25),
        ("endDate=2026-03-04", 5, 25),
        ("startDate=2026-03-03&endDate=2026-03-03", 0, 0),
        ("startDate=2026-03-03&endDate=2026-03-04", 5, 15),
        ("startDate=2026-03-04T23:00:00Z&endDate=2026-03-04", 5, 15),
        ("startDate=1970-01-01&endDate=9999-12-30", 0, 25),
    ] {
        let total = i64::try_from(to - from).expect("few");
        let query = format!("limit=100&{query}");
        assert_eq!(owner.received(&query), (ids[from..to].to_vec(), total), "{query}");
    }
    let middle = "startDate=2026-03-03&endDate=2026-03-04&limit=3&offset=8";
    assert_eq!(owner.received(middle), (ids[13..15].to_vec(), 10));
}

fn bad_questions_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.merchant("shop.example.com");
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999", "offset"),
        ("startDate=yesterday", "startDate"),
        ("startDate=2026-02-30", "startDate"),
        ("endDate=2026-1-1", "endDate"),
        ("startDate=2026-03-02&endDate=2026-03-01", "startDate"),
    ] {
        owner.get(&format!("/merchant/payments?{query}")).refused_fields(&[field]);
    }
    for (query, field) in [
        ("from=2026-13-01", "from"),
        ("to=today", "to"),
        ("from=2026-03-02&to=2026-03-01", "from"),
        ("from=2020-01-01&to=2026-01-01", "from"),
        ("groupBy=year", "groupBy"),
    ] {
        owner.get(&format!("/merchant/analytics?{query}")).refused_fields(&[field]);
        owner.get(&format!("/analytics/spending?{query}")).refused_fields(&[field]);
    }
}

fn a_payer_tells_no_more_than_its_name(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(10);
    payer.patch(&format!("/wallets/{from}"), &json!({ "name": "Ada's wallet" })).ok();
    let request = json!({ "from": from, "merchantId": merchant, "amount": "1.00",
                          "description": "Shoes", "idempotencyKey": "private" });
    payer.post("/payments", &request).ok();
    let told: &Value = &owner.get("/merchant/payments").ok()["data"][0];
    assert_fields(told, shapes::MERCHANT_PAYMENT, &[]);
    for (field, expected) in [
        ("amount", json!("1.00")),
        ("currency", json!("USD")),
        ("description", json!("Shoes")),
        ("from", json!(from)),
        ("fromName", json!("Ada's wallet")),
        ("status", json!("POSTED")),
    ] {
        assert_eq!(told[field], expected, "{field}");
    }
}

fn a_frozen_wallet_says_so(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let till = owner.guarded(100);
    owner.merchant_of("shop.example.com", &json!({ "settlementWalletId": till }));
    owner.pay(&till, &owner.wallet("To"), "40.00").expect(202);
    owner.act(&format!("/wallets/{till}/freeze")).ok();
    let balance = owner.get("/merchant/settlement/overview").ok()["balance"].clone();
    let expected = json!({ "amount": "59.75", "currency": "USD", "status": "FROZEN" });
    assert_eq!(balance, expected, "what is held cannot be spent");
}
