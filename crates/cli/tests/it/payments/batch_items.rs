//! The items of a batch: how many, of what form, under which keys.

use serde_json::json;

use super::batches::{batch, item};
use crate::support::{Server, Store, stories};

stories!(
    a_batch_has_one_to_twenty_items,
    malformed_items_change_nothing,
    items_remember_their_own_keys,
    a_failed_atomic_batch_forgets_its_items_keys,
);

fn a_batch_has_one_to_twenty_items(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let items = |count: usize| json!({ "payments": vec![item(&from, &to, "1.00"); count] });
    for count in [0, 21, 1_000] {
        owner.post("/payments/batch", &items(count)).refused_fields(&["payments"]);
    }
    for odd in [
        json!({}),
        json!({ "payments": {} }),
        json!({ "payments": "x" }),
        json!({ "payments": null }),
    ] {
        owner.post("/payments/batch", &odd).refused_fields(&["payments"]);
    }
    owner
        .post(
            "/payments/batch",
            &json!({ "payments": [item(&from, &to, "1.00")], "mode": "sometimes" }),
        )
        .refused_fields(&["mode"]);
    assert_eq!(owner.balance(&to), "0.00");
    batch(&owner, &items(20), 200, &["success"; 20]);
    assert_eq!(owner.balance(&to), "20.00");
}

fn malformed_items_change_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    for odd in [
        json!(null),
        json!(1),
        json!([]),
        json!({}),
        item(&from, &to, "0"),
        item(&from, &to, "x"),
        json!({ "from": 1, "to": to, "amount": "1" }),
    ] {
        let answer =
            owner.post("/payments/batch", &json!({ "payments": [item(&from, &to, "1.00"), odd] }));
        assert!([400, 207].contains(&answer.status), "{}", answer.story());
        if answer.status == 400 {
            answer.assert_envelope();
        }
    }
    assert_eq!(owner.balance(&from), "100.00");
}

fn items_remember_their_own_keys(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let mut keyed = item(&from, &to, "10.00");
    keyed["idempotencyKey"] = json!("item-1");
    let first =
        batch(&owner, &json!({ "payments": [keyed], "mode": "independent" }), 200, &["success"]);
    let second = batch(
        &owner,
        &json!({ "payments": [keyed, item(&from, &to, "1.00")], "mode": "independent" }),
        200,
        &["success", "success"],
    );
    assert_eq!(second["results"][0]["transactionId"], first["results"][0]["transactionId"]);
    assert_eq!(owner.balance(&to), "11.00", "paid once");
    assert_eq!(owner.all_ids("/payments?idempotencyKey=item-1").len(), 1);
    keyed["amount"] = json!("11.00");
    let reused =
        batch(&owner, &json!({ "payments": [keyed], "mode": "independent" }), 207, &["failed"]);
    assert_eq!(reused["results"][0]["error"]["code"], "IDEMPOTENCY_KEY_REUSE");
}

fn a_failed_atomic_batch_forgets_its_items_keys(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let mut keyed = item(&from, &to, "10.00");
    keyed["idempotencyKey"] = json!("item-1");
    let body =
        json!({ "payments": [keyed, item(&from, &to, "1000.00")], "idempotencyKey": "batch-1" });
    let first = owner.post("/payments/batch", &body).expect(207);
    owner.post("/payments/batch", &body).assert_replay_of(&first);
    assert_eq!(owner.all_ids("/payments?idempotencyKey=item-1"), Vec::<String>::new());
    keyed["amount"] = json!("20.00");
    let payment = owner.post("/payments/batch", &json!({ "payments": [keyed] })).ok();
    assert_eq!(
        owner.all_ids("/payments?idempotencyKey=item-1").first(),
        payment["results"][0]["transactionId"].as_str().map(str::to_owned).as_ref()
    );
    assert_ne!(payment["batchId"], first.json["batchId"]);
}
