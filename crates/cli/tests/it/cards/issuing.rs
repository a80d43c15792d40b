//! Making, changing and cancelling cards.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, id, stories};

stories!(
    limits_name_so_many_categories_together,
    a_card_has_a_number_of_the_test_range,
    a_card_bears_a_name,
    limits_have_several_names,
    bad_cards_are_refused,
    bad_cardholders_are_refused,
    a_card_is_frozen_and_unfrozen,
    a_cancelled_card_does_not_come_back,
    limits_are_replaced,
    lists_are_narrowed,
    a_wallet_has_so_many_cards,
    repeated_requests_issue_one_card,
);

fn a_card_has_a_number_of_the_test_range(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.wallet("Research");
    let card = owner.post("/cards", &json!({ "walletId": wallet })).created();
    assert_fields(&card, shapes::CARD, &[]);
    assert_id(&card["id"], "crd");
    assert_time(&card["createdAt"]);
    for (field, expected) in [
        ("walletId", json!(wallet)),
        ("cardholderId", Value::Null),
        ("cardholderName", json!("Research")),
        ("type", json!("PERSISTENT")),
        ("status", json!("ACTIVE")),
        ("brand", json!("VISA")),
        ("expMonth", json!(3)),
        ("expYear", json!(2029)),
        ("spendingLimits", json!([])),
    ] {
        assert_eq!(card[field], expected, "{field}");
    }
    assert_eq!(card["last4"].as_str().map(str::len), Some(4));
    assert_eq!(owner.get(&format!("/cards/{}", id(&card))).ok(), card);
    let event = &owner.told("card.created")[0];
    assert_eq!((&event["id"], &event["cardId"]), (&card["id"], &card["id"]));
}

fn a_card_bears_a_name(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Research");
    let request = json!({
        "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "phone": "+1 555 0100",
        "billingAddress": { "line1": "1 Main St", "city": "Springfield" }, "dob": "1990-12-10",
    });
    let holder = owner.post("/cards/cardholders", &request).created();
    assert_fields(&holder, shapes::CARDHOLDER, &[]);
    assert_id(&holder["id"], "chd");
    assert_eq!(holder["name"], "Ada Lovelace");
    assert_eq!(holder["billingAddress"]["city"], "Springfield");
    let name = |fields: Value| {
        let card = owner.card_of(&wallet, &fields);
        owner.get(&format!("/cards/{card}")).ok()["cardholderName"].clone()
    };
    assert_eq!(name(json!({ "cardholderId": holder["id"] })), "Ada Lovelace");
    assert_eq!(name(json!({ "cardholderName": "Grace Hopper" })), "Grace Hopper");
    assert_eq!(name(json!({})), "Research");
    let told = owner.told("cardholder.created");
    assert_fields(&told[0], &["id", "cardholderId", "name"], &[]);
    let audited = owner.audited("action=cardholder.created")[0].to_string();
    assert!(!audited.contains("ada@example.com") && !audited.contains("1990"), "{audited}");
}

fn limits_have_several_names(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Research");
    let monthly = json!({ "amount": "500.00", "interval": "monthly" });
    let limits = |fields: Value| {
        let card = owner.card_of(&wallet, &fields);
        owner.get(&format!("/cards/{card}")).ok()["spendingLimits"].clone()
    };
    let expected = json!([monthly]);
    assert_eq!(limits(json!({ "spendingLimits": [monthly] })), expected);
    assert_eq!(limits(json!({ "spendingControls": [monthly] })), expected);
    assert_eq!(limits(json!({ "spendingControls": { "spendingLimits": [monthly] } })), expected);
    assert_eq!(limits(json!({ "spendingLimit": monthly })), expected);
    let amount = json!([{ "amount": "75.00", "interval": "all_time" }]);
    assert_eq!(limits(json!({ "spendingLimit": "75.00" })), amount, "the strictest");
    assert_eq!(limits(json!({ "spendingLimit": 75 })), amount);
    let named = json!({ "amount": 5, "interval": "daily", "categories": ["Software", "books"] });
    let folded =
        json!([{ "amount": "5.00", "interval": "daily", "categories": ["books", "software"] }]);
    assert_eq!(limits(json!({ "spendingLimits": [named] })), folded);
    let both = json!({ "walletId": wallet, "spendingLimit": "1", "spendingLimits": [] });
    owner.post("/cards", &both).refused_fields(&["spendingLimit"]);
}

fn bad_cards_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Research");
    let refused = |fields: Value, paths: &[&str]| {
        let mut request = fields;
        request["walletId"] = json!(wallet);
        owner.post("/cards", &request).refused_fields(paths);
    };
    owner.post("/cards", &json!({})).refused_fields(&["walletId"]);
    refused(json!({ "type": "PLASTIC" }), &["type"]);
    refused(json!({ "cardholderId": "chd_1", "cardholderName": "A" }), &["cardholderName"]);
    refused(json!({ "spendingLimits": "no" }), &["spendingLimits"]);
    let limit = json!({ "interval": "hourly", "categories": [] });
    let paths =
        ["spendingLimits[0].amount", "spendingLimits[0].interval", "spendingLimits[0].categories"];
    refused(json!({ "spendingLimits": [limit] }), &paths);
    let blank = json!({ "amount": "1", "interval": "daily", "categories": ["books", " "] });
    refused(json!({ "spendingLimits": [blank] }), &["spendingLimits[0].categories"]);
    let many = vec![json!({ "amount": "1", "interval": "daily" }); 21];
    refused(json!({ "spendingLimits": many }), &["spendingLimits"]);
    let minus =
        json!({ "walletId": wallet, "spendingLimits": [{ "amount": "-1", "interval": "daily" }] });
    owner.post("/cards", &minus).refused(400, "INVALID_AMOUNT");
    let unknown = json!({ "walletId": wallet, "cardholderId": "chd_01J00000000000000000000000" });
    assert_eq!(owner.post("/cards", &unknown).refused(404, "NOT_FOUND")["resource"], "cardholder");
    let nowhere = json!({ "walletId": "wal_01J00000000000000000000000" });
    owner.post("/cards", &nowhere).refused(404, "WALLET_NOT_FOUND");
    let stranger = server.organization("Stranger");
    let theirs = id(&stranger.owner.post("/cards/cardholders", &json!({ "name": "A" })).created());
    let theirs = json!({ "walletId": wallet, "cardholderId": theirs });
    owner.post("/cards", &theirs).refused(404, "NOT_FOUND");
    owner.act(&format!("/wallets/{wallet}/close")).ok();
    let closed = owner.post("/cards", &json!({ "walletId": wallet }));
    assert_eq!(closed.refused(409, "CONFLICT")["status"], "CLOSED");
}

fn bad_cardholders_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let refused = |request: Value, paths: &[&str]| {
        owner.post("/cards/cardholders", &request).refused_fields(paths);
    };
    refused(json!({}), &["name"]);
    refused(json!({ "firstName": "Ada" }), &["lastName"]);
    refused(json!({ "lastName": "Lovelace" }), &["firstName"]);
    refused(json!({ "name": "Ada", "email": "nobody", "dob": "1990-13-01" }), &["email", "dob"]);
    refused(
        json!({ "name": "Ada", "billingAddress": "here", "phone": 5 }),
        &["billingAddress", "phone"],
    );
}

fn a_card_is_frozen_and_unfrozen(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let path = format!("/cards/{card}");
    for (status, event) in [("INACTIVE", "card.frozen"), ("ACTIVE", "card.unfrozen")] {
        for _ in 0..2 {
            assert_eq!(owner.patch(&path, &json!({ "status": status })).ok()["status"], status);
        }
        assert_eq!(owner.told(event).len(), 1, "{event} only when it changes");
        assert_eq!(owner.buy(&card, "1.00").created()["status"] == "APPROVED", status == "ACTIVE");
    }
    owner.patch(&path, &json!({ "status": "LOST" })).refused_fields(&["status"]);
}

fn a_cancelled_card_does_not_come_back(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let path = format!("/cards/{card}");
    for _ in 0..2 {
        assert_eq!(owner.delete(&path).ok()["status"], "CANCELLED");
    }
    assert_eq!(owner.told("card.cancelled").len(), 1);
    for change in [
        json!({ "status": "ACTIVE" }),
        json!({ "status": "INACTIVE" }),
        json!({ "spendingLimits": [] }),
    ] {
        assert_eq!(owner.patch(&path, &change).refused(409, "CONFLICT")["status"], "CANCELLED");
    }
    assert_eq!(owner.declined(&card, "1.00"), "CARD_CANCELLED");
    let other = owner.card(&wallet);
    let cancelled = owner.patch(&format!("/cards/{other}"), &json!({ "status": "CANCELLED" })).ok();
    assert_eq!(cancelled["status"], "CANCELLED");
    let told = owner.told("card.cancelled");
    assert!(told.iter().all(|card| card["cancelReason"] == "REQUESTED"), "{told:?}");
}

fn limits_are_replaced(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.limited_card(&wallet, "10.00", "daily");
    let path = format!("/cards/{card}");
    let weekly = json!([{ "amount": "20.00", "interval": "weekly" }]);
    let changed = owner.patch(&path, &json!({ "spendingLimits": weekly })).ok();
    assert_eq!(changed["spendingLimits"], weekly);
    owner.patch(&path, &json!({ "spendingLimits": weekly })).ok();
    owner.patch(&path, &json!({})).ok();
    assert_eq!(owner.told("card.updated").len(), 1, "only when something changes");
    let cleared = owner.patch(&path, &json!({ "spendingLimits": null })).ok();
    assert_eq!(cleared["spendingLimits"], json!([]));
    assert_eq!(owner.get(&path).ok(), cleared);
}

fn lists_are_narrowed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (first, second) = (owner.wallet("First"), owner.wallet("Second"));
    let cards: Vec<String> = (0..5).map(|_| owner.card(&first)).collect();
    let other = owner.card(&second);
    owner.delete(&format!("/cards/{}", cards[0])).ok();
    let mut expected: Vec<String> = cards.iter().rev().cloned().collect();
    assert_eq!(owner.all_ids(&format!("/cards?walletId={first}&limit=2")), expected);
    expected.insert(0, other);
    assert_eq!(owner.all_ids("/cards?limit=2"), expected, "newest first");
    assert_eq!(owner.all_ids("/cards?status=CANCELLED"), [cards[0].as_str()]);
    assert_eq!(owner.all_ids(&format!("/cards?walletId={second}&status=INACTIVE")).len(), 0);
    owner.get("/cards?status=LOST").refused(400, "VALIDATION_ERROR");
    owner.get("/cards?walletId=wal_1").refused(404, "WALLET_NOT_FOUND");
}

fn a_wallet_has_so_many_cards(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Many");
    let cards: Vec<String> = (0..200).map(|_| owner.card(&wallet)).collect();
    let one_more = json!({ "walletId": wallet });
    owner.post("/cards", &one_more).refused(409, "CONFLICT");
    owner.delete(&format!("/cards/{}", cards[0])).ok();
    owner.post("/cards", &one_more).created();
}

fn repeated_requests_issue_one_card(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Research");
    let request = json!({ "walletId": wallet, "type": "SINGLE_USE" });
    let caller = owner.once("card-1");
    let first = caller.post("/cards", &request).expect(201);
    caller.post("/cards", &request).assert_replay_of(&first);
    let other = json!({ "walletId": wallet });
    let details = caller.post("/cards", &other).refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(details["resourceId"], first.json["id"]);
    assert_eq!(owner.all_ids("/cards").len(), 1);
}

fn limits_name_so_many_categories_together(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let naming = |prefix: &str, count: usize| {
        let categories: Vec<String> = (0..count).map(|at| format!("{prefix}{at}")).collect();
        json!({ "amount": "10.00", "interval": "daily", "categories": categories })
    };
    let most = json!({ "spendingLimits": [naming("a", 25), naming("b", 25)] });
    let card = owner.card_of(&wallet, &most);
    let over = json!([naming("a", 25), naming("b", 26)]);
    let request = json!({ "walletId": wallet, "spendingLimits": over });
    owner.post("/cards", &request).refused_fields(&["spendingLimits"]);
    let path = format!("/cards/{card}");
    let change = json!({ "spendingControls": { "spendingLimits": over } });
    owner.patch(&path, &change).refused_fields(&["spendingControls.spendingLimits"]);
}
