//! Asking a card: what is approved is held, what is declined says why.

use serde_json::{Value, json};

use crate::support::cards::{merchant, reason};
use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Server, Store, id, stories};

stories!(
    an_approval_holds_the_amount,
    every_decline_says_why,
    a_card_expires,
    the_first_reason_is_told,
    bad_questions_are_refused,
    a_question_is_asked_once_under_its_key,
);

fn an_approval_holds_the_amount(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let answer = owner.buy(&card, "40.00").created();
    assert_fields(&answer, shapes::AUTHORIZATION, &[]);
    assert_id(&answer["id"], "cau");
    for (field, expected) in [
        ("cardId", json!(card)),
        ("walletId", json!(wallet)),
        ("status", json!("APPROVED")),
        ("amount", json!("40.00")),
        ("heldAmount", json!("40.00")),
        ("capturedAmount", json!("0.00")),
        ("releasedAmount", json!("0.00")),
        ("refundedAmount", json!("0.00")),
        ("currency", json!("USD")),
        ("reason", Value::Null),
        ("createdAt", json!("2026-03-02T09:00:00.000Z")),
        ("expiresAt", json!("2026-03-09T09:00:00.000Z")),
    ] {
        assert_eq!(answer[field], expected, "{field}");
    }
    assert_eq!(answer["merchant"]["domain"], "acme.example");
    assert_eq!(owner.authorization(&card, &id(&answer)), answer);
    owner.assert_balances(&wallet, "100.00", "40.00", "60.00");
    let holds = owner.get(&format!("/wallets/{wallet}/holds?status=PENDING")).ok();
    let hold = &holds["data"][0];
    assert_fields(hold, shapes::HOLD, &[]);
    assert_eq!(
        (&hold["amount"], &hold["reason"], &hold["reference"], &hold["expiresAt"]),
        (&json!("40.00"), &json!("CARD_AUTHORIZATION"), &answer["id"], &answer["expiresAt"])
    );
    let told = &owner.told("card.authorized")[0];
    assert_eq!((&told["authorizationId"], &told["cardId"]), (&answer["id"], &json!(card)));
    let to = owner.wallet("To");
    owner.pay(&wallet, &to, "60.00").refused(402, "INSUFFICIENT_FUNDS");
}

fn every_decline_says_why(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.limited_card(&wallet, "500.00", "daily");
    assert_eq!(owner.declined(&card, "100.01"), "INSUFFICIENT_FUNDS");
    assert_eq!(owner.declined(&card, "500.01"), "SPENDING_LIMIT");
    owner.patch(&format!("/cards/{card}"), &json!({ "status": "INACTIVE" })).ok();
    assert_eq!(owner.declined(&card, "1.00"), "CARD_INACTIVE");
    owner.patch(&format!("/cards/{card}"), &json!({ "status": "ACTIVE" })).ok();
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    assert_eq!(owner.declined(&card, "1.00"), "WALLET_FROZEN");
    owner.act(&format!("/wallets/{wallet}/unfreeze")).ok();
    let asking = owner.policy(&wallet, &json!({ "requireHumanApproval": true }));
    assert_eq!(owner.declined(&card, "1.00"), "APPROVAL_REQUIRED");
    assert_eq!(owner.all_ids("/approvals"), Vec::<String>::new(), "nobody is asked");
    owner.delete(&format!("/policies/{asking}")).expect(204);
    owner.policy(&wallet, &json!({ "maxTransactionAmount": "5.00" }));
    assert_eq!(owner.declined(&card, "5.01"), "POLICY_DENIED");
    owner.delete(&format!("/cards/{card}")).ok();
    assert_eq!(owner.declined(&card, "1.00"), "CARD_CANCELLED");
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    let list = owner.get(&format!("/cards/{card}/authorizations?limit=100")).ok();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(7), "declines are listed");
    let told = owner.told("card.declined");
    assert_eq!(told.len(), 7);
    for one in told {
        assert_eq!(one["status"], "DECLINED");
        assert!(one["reason"].as_str().is_some_and(|it| !it.contains(' ')), "a code: {one:#}");
    }
    assert_eq!(owner.audited("action=card.declined").len(), 7);
}

fn a_card_expires(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    server.advance_to("2029-03-31T23:59:59Z");
    owner.approved(&card, "1.00");
    server.advance_to("2029-04-01T00:00:00Z");
    assert_eq!(owner.declined(&card, "1.00"), "CARD_EXPIRED");
}

fn the_first_reason_is_told(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Empty");
    owner.policy(&wallet, &json!({ "maxTransactionAmount": "5.00" }));
    let limit = json!({ "amount": "50.00", "interval": "daily", "categories": ["books"] });
    let card = owner.card_of(&wallet, &json!({ "spendingLimits": [limit] }));
    let path = format!("/cards/{card}");
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    owner.patch(&path, &json!({ "status": "INACTIVE" })).ok();
    assert_eq!(owner.declined(&card, "100.00"), "CARD_INACTIVE");
    owner.patch(&path, &json!({ "status": "ACTIVE" })).ok();
    assert_eq!(owner.declined(&card, "100.00"), "WALLET_FROZEN");
    owner.act(&format!("/wallets/{wallet}/unfreeze")).ok();
    assert_eq!(owner.declined(&card, "100.00"), "CATEGORY_NOT_ALLOWED");
    let books = json!({ "name": "Books", "category": "BOOKS" });
    assert_eq!(reason(&owner.buy_from(&card, "100.00", &books)), "SPENDING_LIMIT");
    assert_eq!(reason(&owner.buy_from(&card, "50.00", &books)), "POLICY_DENIED");
    assert_eq!(reason(&owner.buy_from(&card, "5.00", &books)), "INSUFFICIENT_FUNDS");
}

fn bad_questions_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let card = owner.card(&owner.funded(100));
    let path = format!("/sandbox/cards/{card}/authorizations");
    owner.post(&path, &json!({})).refused_fields(&["amount", "merchant"]);
    let nameless = json!({ "amount": "1", "merchant": { "country": "USA", "category": " " } });
    let paths = ["merchant.name", "merchant.category", "merchant.country"];
    owner.post(&path, &nameless).refused_fields(&paths);
    for amount in ["0", "-1.00", "1e2", "0.000000001"] {
        owner.buy(&card, amount).refused(400, "INVALID_AMOUNT");
    }
    owner.buy("crd_01J00000000000000000000000", "1.00").refused(404, "CARD_NOT_FOUND");
    assert_eq!(owner.all_ids(&format!("/cards/{card}/authorizations")), Vec::<String>::new());
}

fn a_question_is_asked_once_under_its_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let caller = owner.once("buy-1");
    let first = caller.buy(&card, "40.00").expect(201);
    caller.buy(&card, "40.00").assert_replay_of(&first);
    owner.assert_balances(&wallet, "100.00", "40.00", "60.00");
    caller.buy(&card, "41.00").refused(409, "IDEMPOTENCY_KEY_REUSE");
    let mut other = merchant();
    other["name"] = json!("Another");
    caller.buy_from(&card, "40.00", &other).refused(409, "IDEMPOTENCY_KEY_REUSE");
    let caller = owner.once("buy-2");
    let declined = caller.buy(&card, "100.00").expect(201);
    owner.fund(&wallet, 100);
    caller.buy(&card, "100.00").assert_replay_of(&declined);
    let caller = owner.once("take-1");
    let taken = caller.step_by(&id(&first.json), "capture", "10.00").expect(200);
    caller.step_by(&id(&first.json), "capture", "10.00").assert_replay_of(&taken);
    assert_eq!(owner.balance(&wallet), "190.00");
}
