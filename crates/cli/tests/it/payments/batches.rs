//! Batches: all or nothing, or each on its own.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Api, Server, Store, stories};

stories!(
    a_batch_pays_everyone,
    an_atomic_batch_is_all_or_nothing,
    an_independent_batch_pays_what_it_can,
    items_see_what_came_before_them,
    an_item_that_needs_approval_fails_an_atomic_batch,
    an_item_that_needs_approval_waits_on_its_own,
);

/// One item of a batch.
pub(super) fn item(from: &str, to: &str, amount: &str) -> Value {
    json!({ "from": from, "to": to, "amount": amount })
}

/// The batch answered `status`; every result has its exact shape, and these states in this order.
#[track_caller]
pub(super) fn batch(caller: &Api, body: &Value, status: u16, states: &[&str]) -> Value {
    let answer = caller.post("/payments/batch", body).expect(status);
    let extra: &[&str] = if status == 207 { &["error"] } else { &[] };
    assert_fields(&answer.json, &[shapes::BATCH, extra].concat(), &[]);
    assert_id(&answer.json["batchId"], "bat");
    if status == 207 {
        assert_eq!(answer.json["error"]["code"], "BATCH_PARTIAL_FAILURE");
        assert!(answer.json["error"]["message"].is_string());
    }
    let results = answer.json["results"].as_array().expect("results");
    for (index, result) in results.iter().enumerate() {
        assert_fields(result, shapes::BATCH_RESULT, &["approvalId", "payment"]);
        assert_eq!(result["index"], json!(index));
    }
    let seen: Vec<&str> = results.iter().filter_map(|result| result["status"].as_str()).collect();
    assert_eq!(seen, states, "{}", answer.story());
    assert_fields(&answer.json["summary"], shapes::BATCH_SUMMARY, &["pending", "pendingApproval"]);
    answer.json
}

fn a_batch_pays_everyone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, a, b) = (owner.funded(100), owner.wallet("A"), owner.wallet("B"));
    let answer = batch(
        &owner,
        &json!({ "payments": [item(&from, &a, "10.00"), item(&from, &b, "60.00")] }),
        200,
        &["success", "success"],
    );
    assert_eq!(
        answer["summary"],
        json!({ "total": 2, "succeeded": 2, "reversed": 0, "failed": 0 })
    );
    assert_eq!(owner.balance(&from), "29.45", "a fee on each item");
    for result in answer["results"].as_array().expect("results") {
        assert!(result["error"].is_null());
        let transaction = result["transactionId"].as_str().expect("an ID");
        let payment = owner.get(&format!("/payments/{transaction}")).ok();
        assert_eq!(
            (&payment["batchId"], &payment["status"]),
            (&answer["batchId"], &json!("POSTED"))
        );
    }
    assert_eq!((owner.balance(&a), owner.balance(&b)), ("10.00".to_owned(), "60.00".to_owned()));
}

fn an_atomic_batch_is_all_or_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "dailySpendingLimit": "90.00" }));
    let payments = json!([
        item(&from, &to, "10.00"),
        item(&from, "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "1.00"),
        item(&from, &to, "20.00")
    ]);
    for body in [json!({ "payments": payments }), json!({ "payments": payments, "mode": "atomic" })]
    {
        let answer = batch(&owner, &body, 207, &["reversed", "failed", "reversed"]);
        assert_eq!(
            answer["summary"],
            json!({ "total": 3, "succeeded": 0, "reversed": 2, "failed": 1 })
        );
        let failed = &answer["results"][1];
        assert_eq!(
            (&failed["error"]["code"], &failed["transactionId"]),
            (&json!("WALLET_NOT_FOUND"), &Value::Null)
        );
        assert!(failed["error"]["message"].is_string());
    }
    owner.assert_balances(&from, "100.00", "0.00", "100.00");
    assert_eq!(owner.all_ids("/payments"), Vec::<String>::new());
    owner.pay(&from, &to, "90.00").ok();
    assert_eq!(owner.balance(&to), "90.00", "the limit counted nothing of what was undone");
}

fn an_independent_batch_pays_what_it_can(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionAmount": "50.00" }));
    let payments = json!([
        item(&from, &to, "50.00"),
        item(&from, &to, "50.01"),
        item(&from, &to, "50.00"),
        item(&from, &to, "40.00")
    ]);
    let answer = batch(
        &owner,
        &json!({ "payments": payments, "mode": "independent" }),
        207,
        &["success", "failed", "failed", "success"],
    );
    assert_eq!(
        answer["summary"],
        json!({ "total": 4, "succeeded": 2, "reversed": 0, "failed": 2 })
    );
    assert_eq!(answer["results"][1]["error"]["code"], "POLICY_DENIED");
    assert_eq!(answer["results"][2]["error"]["code"], "INSUFFICIENT_FUNDS");
    assert_eq!(owner.balance(&from), "9.50");
    let nothing = json!({ "payments": [item(&from, &from, "1.00")], "mode": "independent" });
    let answer = batch(&owner, &nothing, 207, &["failed"]);
    assert_eq!(answer["results"][0]["error"]["code"], "VALIDATION_ERROR");
}

fn items_see_what_came_before_them(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (a, b, c) = (owner.funded(20), owner.wallet("B"), owner.wallet("C"));
    let chain = json!({ "payments": [item(&a, &b, "15.00"), item(&b, &c, "14.75")] });
    batch(&owner, &chain, 200, &["success", "success"]);
    assert_eq!((owner.balance(&b), owner.balance(&c)), ("0.00".to_owned(), "14.75".to_owned()));
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionsPerDay": 2 }));
    let three = json!({ "payments": [item(&from, &to, "1"), item(&from, &to, "1"), item(&from, &to, "1")] });
    batch(&owner, &three, 207, &["reversed", "reversed", "failed"]);
    assert_eq!(owner.balance(&from), "100.00");
}

fn an_item_that_needs_approval_fails_an_atomic_batch(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "approvalThreshold": "20.00" }));
    let body = json!({ "payments": [item(&from, &to, "10.00"), item(&from, &to, "30.00")] });
    let answer = batch(&owner, &body, 207, &["reversed", "failed"]);
    assert_eq!(answer["results"][1]["error"]["code"], "APPROVAL_REQUIRED");
    owner.assert_balances(&from, "100.00", "0.00", "100.00");
    assert_eq!(owner.get(&format!("/wallets/{from}/holds")).ok()["data"], json!([]));
}

fn an_item_that_needs_approval_waits_on_its_own(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "approvalThreshold": "20.00" }));
    let body = json!({ "payments": [item(&from, &to, "10.00"), item(&from, &to, "30.00")], "mode": "independent" });
    let answer = batch(&owner, &body, 207, &["success", "pending_approval"]);
    let waiting = answer["results"][1]["transactionId"].as_str().expect("the payment's ID");
    assert_eq!(owner.get(&format!("/payments/{waiting}")).ok()["status"], "PENDING_APPROVAL");
    owner.assert_balances(&from, "89.75", "30.25", "59.50");
}
