//! Making, reading and listing links.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, id, stories};

stories!(
    a_link_says_what_is_due,
    bad_links_are_refused,
    lists_are_narrowed,
    a_scoped_key_makes_links_for_its_wallets_alone,
    links_begin_where_the_operator_says,
    a_repeated_request_makes_one_link,
);

fn a_link_says_what_is_due(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.wallet("Sales");
    let request = json!({
        "walletId": wallet, "amount": "250.00", "description": "Freelance payment",
        "expiresAt": "2026-03-01T00:00:00Z", "maxUses": 3, "metadata": { "order": 7 },
        "recipientRestrictions": { "emails": ["ada@example.com"], "walletIds": ["wal_partner"] },
    });
    let link = owner.post("/payment-links", &request).created();
    assert_fields(&link, shapes::PAYMENT_LINK, &[]);
    assert_id(&link["id"], "pyl");
    assert_time(&link["createdAt"]);
    let slug = link["slug"].as_str().expect("a slug");
    assert!(slug.len() >= 26, "128 bits in {slug}");
    for (field, expected) in [
        ("url", json!(format!("http://{}/pay/{slug}", owner.place()))),
        ("walletId", json!(wallet)),
        ("amount", json!("250.00")),
        ("currency", json!("USD")),
        ("description", json!("Freelance payment")),
        ("status", json!("ACTIVE")),
        ("maxUses", json!(3)),
        ("uses", json!(0)),
        ("recipientRestrictions", request["recipientRestrictions"].clone()),
        ("expiresAt", json!("2026-03-01T00:00:00.000Z")),
        ("metadata", json!({ "order": 7 })),
    ] {
        assert_eq!(link[field], expected, "{field}");
    }
    assert_eq!(owner.get(&format!("/payment-links/{}", id(&link))).ok(), link);
    let event = &owner.told("payment_link.created")[0];
    assert_eq!((&event["id"], &event["paymentLinkId"]), (&link["id"], &link["id"]));
    let plain = owner.link_of(&wallet, &json!({ "amount": 5, "currency": "USDC" }));
    for (field, expected) in [
        ("amount", json!("5.00")),
        ("currency", json!("USDC")),
        ("maxUses", json!(1)),
        ("description", Value::Null),
        ("recipientRestrictions", Value::Null),
        ("expiresAt", Value::Null),
        ("metadata", Value::Null),
    ] {
        assert_eq!(plain[field], expected, "{field}");
    }
    assert_ne!(plain["slug"], link["slug"]);
}

fn bad_links_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Sales");
    let make = |fields: Value| {
        let mut request = json!({ "walletId": wallet, "amount": "1.00" });
        for (name, value) in fields.as_object().expect("fields") {
            request[name] = value.clone();
        }
        owner.post("/payment-links", &request)
    };
    owner.post("/payment-links", &json!({})).refused_fields(&["walletId", "amount"]);
    make(json!({ "amount": "0" })).refused(400, "INVALID_AMOUNT");
    make(json!({ "amount": "1e3" })).refused(400, "INVALID_AMOUNT");
    make(json!({ "currency": "EUR" })).refused_fields(&["currency"]);
    make(json!({ "maxUses": 0 })).refused_fields(&["maxUses"]);
    make(json!({ "maxUses": 1_000_001 })).refused_fields(&["maxUses"]);
    make(json!({ "maxUses": 1.5 })).refused_fields(&["maxUses"]);
    make(json!({ "description": "x".repeat(1_025) })).refused_fields(&["description"]);
    make(json!({ "expiresAt": "2020-01-01T00:00:00Z" })).refused_fields(&["expiresAt"]);
    make(json!({ "expiresAt": "tomorrow" })).refused_fields(&["expiresAt"]);
    make(json!({ "metadata": { "x": "y".repeat(17_000) } })).refused_fields(&["metadata"]);
    let nobody = json!({ "emails": ["nobody", "ada@example.com", "@"] });
    let paths = ["recipientRestrictions.emails[0]", "recipientRestrictions.emails[2]"];
    make(json!({ "recipientRestrictions": nobody })).refused_fields(&paths);
    let many = json!({ "walletIds": vec!["wal_1"; 101] });
    make(json!({ "recipientRestrictions": many }))
        .refused_fields(&["recipientRestrictions.walletIds"]);
    make(json!({ "walletId": "wal_01J00000000000000000000000" })).refused(404, "WALLET_NOT_FOUND");
    owner.act(&format!("/wallets/{wallet}/close")).ok();
    assert_eq!(make(json!({})).refused(409, "CONFLICT")["status"], "CLOSED");
    assert_eq!(owner.get("/payment-links").ok()["data"], json!([]));
}

fn lists_are_narrowed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (sales, shop) = (owner.wallet("Sales"), owner.wallet("Shop"));
    let (one, _) = owner.link(&sales, "1.00");
    let (two, _) = owner.link(&sales, "2.00");
    let (three, _) = owner.link(&shop, "3.00");
    owner.send("PATCH", &format!("/payment-links/{two}"), None).ok();
    assert_eq!(owner.all_ids("/payment-links"), [&*three, &two, &one]);
    assert_eq!(owner.all_ids("/payment-links?limit=1"), [&*three, &two, &one]);
    assert_eq!(owner.all_ids(&format!("/payment-links?walletId={sales}")), [&*two, &one]);
    assert_eq!(owner.all_ids("/payment-links?status=ACTIVE"), [&*three, &one]);
    let both = format!("/payment-links?status=CANCELLED&walletId={sales}");
    assert_eq!(owner.all_ids(&both), [&*two]);
    owner.get("/payment-links?status=PAID").refused(400, "VALIDATION_ERROR");
    owner.get("/payment-links?walletId=wal_x").refused(404, "WALLET_NOT_FOUND");
}

fn a_scoped_key_makes_links_for_its_wallets_alone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (own, other) = (owner.wallet("Own"), owner.wallet("Other"));
    let (theirs, _) = owner.link(&other, "1.00");
    let scoped = server.scoped(&["invoices:read", "invoices:write"], &[&own]);
    let (link, _) = scoped.link(&own, "1.00");
    assert_eq!(scoped.all_ids("/payment-links"), [&*link]);
    let request = json!({ "walletId": other, "amount": "1.00" });
    scoped.post("/payment-links", &request).refused(404, "WALLET_NOT_FOUND");
    let path = format!("/payment-links/{theirs}");
    scoped.get(&path).refused(404, "PAYMENT_LINK_NOT_FOUND");
    scoped.send("PATCH", &path, None).refused(404, "PAYMENT_LINK_NOT_FOUND");
    scoped.send("PATCH", &format!("/payment-links/{link}"), None).ok();
}

fn links_begin_where_the_operator_says(store: Store) {
    let server = Server::start_with(store, &["--public-url", "https://pay.example.com/"]);
    let owner = server.owner();
    let link = owner.link_of(&owner.wallet("Sales"), &json!({ "amount": "1.00" }));
    let slug = link["slug"].as_str().expect("a slug");
    assert_eq!(link["url"], format!("https://pay.example.com/pay/{slug}"));
}

fn a_repeated_request_makes_one_link(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let request = json!({ "walletId": owner.wallet("Sales"), "amount": "1.00" });
    let first = owner.once("link-1").post("/payment-links", &request);
    owner.once("link-1").post("/payment-links", &request).assert_replay_of(&first);
    let other = json!({ "walletId": request["walletId"], "amount": "2.00" });
    owner.once("link-1").post("/payment-links", &other).refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(owner.all_ids("/payment-links").len(), 1);
}
