//! The same request under the same key answers as it did the first time.

use serde_json::{Value, json};

use crate::support::{Server, Store, id, stories};

stories!(
    a_repeated_payment_is_one_payment,
    the_meaning_counts_not_the_bytes,
    another_meaning_is_refused,
    header_and_body_must_agree,
    keys_have_a_form,
    a_replay_acts_no_second_time,
    a_replay_tells_what_was_true_then,
    a_lost_answer_is_found_again,
);

fn a_repeated_payment_is_one_payment(store: Store) {
    let mut server = Server::start(store);
    let (from, to) = (server.owner().funded(100), server.owner().wallet("To"));
    let request = json!({ "from": from, "to": to, "amount": "10.00" });
    let first = server.owner().once("order-1").post("/payments", &request).expect(200);
    assert_eq!(first.json["idempotencyKey"], "order-1");
    server.owner().pay(&from, &to, "1.00").ok();
    for _ in 0..2 {
        let again = server.owner().once("order-1").post("/payments", &request);
        again.assert_replay_of(&first);
        let mut in_body = request.clone();
        in_body["idempotencyKey"] = json!("order-1");
        server.owner().post("/payments", &in_body).assert_replay_of(&first);
        server.owner().once("order-1").post("/payments", &in_body).assert_replay_of(&first);
        server.restart();
    }
    assert_eq!(server.owner().balance(&to), "11.00");
}

fn the_meaning_counts_not_the_bytes(store: Store) {
    let server = Server::start(store);
    let owner = server.owner().once("order-1");
    let (from, to) = (server.owner().funded(100), server.owner().wallet("To"));
    let first =
        owner.post("/payments", &json!({ "from": from, "to": to, "amount": "50.00" })).expect(200);
    for same in [
        format!("{{\"amount\": \"50.00\", \"to\": \"{to}\", \"from\": \"{from}\"}}"),
        format!("{{\"from\":\"{from}\",\"to\":\"{to}\",\"amount\":50}}"),
        format!("{{ \"fromWalletId\" : \"{from}\", \"toWalletId\":\"{to}\", \"amount\":50.000 }}"),
        format!(
            "{{\"from\":\"{from}\",\"to\":\"{to}\",\"amount\":\"50\",\"description\":null,\"unknown\":1}}"
        ),
    ] {
        owner.post_text("/payments", &same).assert_replay_of(&first);
    }
    assert_eq!(server.owner().balance(&to), "50.00");
}

fn another_meaning_is_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to, other) = (owner.funded(100), owner.wallet("To"), owner.wallet("Other"));
    let keyed = owner.once("order-1");
    let payment = keyed.paid(&from, &to, "10.00");
    for (another, amount, description) in [
        (&to, "10.01", Value::Null),
        (&other, "10.00", Value::Null),
        (&to, "10.00", json!("Late words")),
    ] {
        let request =
            json!({ "from": from, "to": another, "amount": amount, "description": description });
        let details = keyed.post("/payments", &request).refused(409, "IDEMPOTENCY_KEY_REUSE");
        assert_eq!(details["resourceId"], json!(payment));
    }
    keyed.pay(&to, &from, "10.00").refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(
        (owner.balance(&to), owner.balance(&other)),
        ("10.00".to_owned(), "0.00".to_owned())
    );
    let wallet = id(&owner.once("wallet-1").post("/wallets", &json!({ "name": "One" })).created());
    let details = owner
        .once("wallet-1")
        .post("/wallets", &json!({ "name": "Two" }))
        .refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(details["resourceId"], json!(wallet));
}

fn header_and_body_must_agree(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let request = json!({ "from": from, "to": to, "amount": "1.00", "idempotencyKey": "body" });
    owner.once("header").post("/payments", &request).refused(400, "VALIDATION_ERROR");
    assert_eq!(owner.balance(&to), "0.00");
    owner.once("body").post("/payments", &request).ok();
}

fn keys_have_a_form(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let request = json!({ "from": from, "to": to, "amount": "1.00" });
    for bad in ["two words", "tab\there", &"k".repeat(256)] {
        owner.once(bad).post("/payments", &request).expect(400).assert_envelope();
        let mut in_body = request.clone();
        in_body["idempotencyKey"] = json!(bad);
        owner.post("/payments", &in_body).refused_fields(&["idempotencyKey"]);
    }
    owner.once("").post("/payments", &request).expect(400);
    assert_eq!(owner.balance(&to), "0.00");
    owner.once(&"k".repeat(255)).post("/payments", &request).ok();
    owner.once("!~\"#%&'()*").post("/payments", &request).ok();
}

fn a_replay_acts_no_second_time(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Mine");
    let unfreeze = owner.once("thaw-1");
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    let first = unfreeze.act(&format!("/wallets/{wallet}/unfreeze")).expect(200);
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    unfreeze.act(&format!("/wallets/{wallet}/unfreeze")).assert_replay_of(&first);
    assert_eq!(owner.get(&format!("/wallets/{wallet}")).ok()["status"], "FROZEN");
}

fn a_replay_tells_what_was_true_then(store: Store) {
    let mut server = Server::start(store);
    let (from, to) = (server.owner().funded(100), server.owner().wallet("To"));
    let request = json!({ "from": from, "to": to, "amount": "60.00", "description": "Then" });
    let paid = server.owner().once("pay-1").post("/payments", &request).expect(200);
    let reverse = format!("/payments/{}/reverse", id(&paid.json));
    let part = json!({ "amount": "10.00" });
    let first = server.owner().once("part-1").post(&reverse, &part).expect(200);
    let second = server.owner().once("part-2").post(&reverse, &part).expect(200);
    let rest = server.owner().once("rest-1").act(&reverse).expect(200);
    server.owner().act(&format!("/wallets/{from}/freeze")).ok();
    for _ in 0..2 {
        let owner = server.owner();
        owner.once("pay-1").post("/payments", &request).assert_replay_of(&paid);
        owner.once("part-1").post(&reverse, &part).assert_replay_of(&first);
        owner.once("part-2").post(&reverse, &part).assert_replay_of(&second);
        owner.once("rest-1").act(&reverse).assert_replay_of(&rest);
        server.restart();
    }
    let now = server.owner().get(&format!("/payments/{}", id(&paid.json))).ok();
    assert_eq!((&paid.json["status"], &now["status"]), (&json!("POSTED"), &json!("REVERSED")));
}

fn a_lost_answer_is_found_again(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let request = json!({ "from": from, "to": to, "amount": "10.00" });
    assert_eq!(owner.all_ids("/payments?idempotencyKey=lost-1"), Vec::<String>::new());
    let payment = id(&owner.once("lost-1").post("/payments", &request).ok());
    let batched = json!({ "from": from, "to": to, "amount": "1.00", "idempotencyKey": "lost-2" });
    let batch = owner.post("/payments/batch", &json!({ "payments": [batched] })).ok();
    assert_eq!(owner.all_ids("/payments?idempotencyKey=lost-1"), [payment]);
    assert_eq!(
        owner.all_ids("/payments?idempotencyKey=lost-2"),
        [batch["results"][0]["transactionId"].as_str().expect("text")]
    );
}
