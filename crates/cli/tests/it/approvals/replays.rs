//! What the asker is told under the key of a payment that waited: the same while it waits, then its outcome.

use serde_json::{Value, json};

use crate::support::{Answer, Server, Store, id, stories};

stories!(
    an_approved_payment_answers_as_posted,
    a_rejected_payment_answers_as_denied,
    an_expired_payment_answers_as_denied,
    a_network_payment_tells_its_outcome,
    another_meaning_is_still_refused,
    a_failed_approval_changes_no_replay,
);

/// The replay says that the payment was denied, by whom it asked, how that ended, and why.
#[track_caller]
fn assert_denied(replay: &Answer, first: &Answer, status: &str, reason: &Value) {
    let details = replay.refused(403, "POLICY_DENIED");
    assert!(replay.replayed(), "{}", replay.story());
    assert_eq!(
        (&details["approvalId"], &details["approvalStatus"]),
        (&first.json["approvalId"], &json!(status))
    );
    match reason {
        Value::Null => {
            assert!(details.get("reason").is_none_or(|given| given.is_null() || given.is_string()))
        }
        reason => assert_eq!(details["reason"], *reason),
    }
}

fn an_approved_payment_answers_as_posted(store: Store) {
    let mut server = Server::start(store);
    let (from, to) = (server.owner().guarded(100), server.owner().wallet("To"));
    let pay = |server: &Server| server.owner().once("order-1").pay(&from, &to, "60.00");
    let first = pay(&server).expect(202);
    pay(&server).assert_replay_of(&first);
    let approval = first.json["approvalId"].as_str().expect("text");
    server.owner().approve(approval).ok();
    for _ in 0..2 {
        let replay = pay(&server).expect(200);
        assert!(replay.replayed(), "{}", replay.story());
        assert_eq!(
            (&replay.json["id"], &replay.json["status"], &replay.json["state"]),
            (&first.json["id"], &json!("POSTED"), &json!("POSTED"))
        );
        assert!(replay.json.get("error").is_none_or(Value::is_null), "{}", replay.story());
        pay(&server).assert_same_as(&replay);
        server.restart();
    }
    let owner = server.owner();
    assert_eq!(owner.all_ids("/payments?idempotencyKey=order-1"), [id(&first.json)]);
    owner.assert_balances(&from, "39.70", "0.00", "39.70");
}

fn a_rejected_payment_answers_as_denied(store: Store) {
    let mut server = Server::start(store);
    let (from, to) = (server.owner().guarded(100), server.owner().wallet("To"));
    let pay = |server: &Server| server.owner().once("order-1").pay(&from, &to, "60.00");
    let first = pay(&server).expect(202);
    let path = format!("/approvals/{}/reject", first.json["approvalId"].as_str().expect("text"));
    server.owner().post(&path, &json!({ "reason": "Not this month" })).ok();
    for _ in 0..2 {
        assert_denied(&pay(&server), &first, "REJECTED", &json!("Not this month"));
        server.restart();
    }
    let owner = server.owner();
    let silent = owner.once("order-2").pay(&from, &to, "1.00").expect(202);
    owner.reject(silent.json["approvalId"].as_str().expect("text")).ok();
    let replay = owner.once("order-2").pay(&from, &to, "1.00");
    assert_denied(&replay, &silent, "REJECTED", &Value::Null);
    owner.assert_balances(&from, "100.00", "0.00", "100.00");
    owner.once("order-3").pay(&from, &to, "60.00").expect(202);
}

fn an_expired_payment_answers_as_denied(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    let to = owner.wallet("To");
    owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
    let pay = || agent.api.once("order-1").pay(&agent.id, &to, "60.00");
    let first = pay().expect(202);
    server.advance_to("2026-03-03T08:59:59.999Z");
    pay().assert_replay_of(&first);
    server.advance_to("2026-03-03T09:00:00Z");
    assert_denied(&pay(), &first, "EXPIRED", &Value::Null);
    owner.assert_balances(&agent.id, "100.00", "0.00", "100.00");
}

fn a_network_payment_tells_its_outcome(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let address = owner.address(&to);
    let pay = |key: &str| {
        let body = json!({ "toAddress": address, "amount": "10.00", "fromWalletId": from });
        owner.once(key).post("/network/pay", &body)
    };
    let (yes, no) = (pay("net-1").expect(202), pay("net-2").expect(202));
    pay("net-1").assert_replay_of(&yes);
    owner.approve(yes.json["approvalId"].as_str().expect("text")).ok();
    owner.reject(no.json["approvalId"].as_str().expect("text")).ok();
    let posted = pay("net-1").expect(200);
    assert!(posted.replayed(), "{}", posted.story());
    assert_eq!(
        (&posted.json["transactionId"], &posted.json["status"], &posted.json["fees"]),
        (&yes.json["id"], &json!("POSTED"), &json!("0.00"))
    );
    assert_denied(&pay("net-2"), &no, "REJECTED", &Value::Null);
    assert_eq!(owner.balance(&to), "10.00");
}

fn another_meaning_is_still_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let pay = |amount: &str| owner.once("order-1").pay(&from, &to, amount);
    let first = pay("60.00").expect(202);
    pay("60.01").refused(409, "IDEMPOTENCY_KEY_REUSE");
    owner.approve(first.json["approvalId"].as_str().expect("text")).ok();
    let details = pay("60.01").refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(details["resourceId"], first.json["id"]);
    pay("60.00").expect(200);
}

fn a_failed_approval_changes_no_replay(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let pay = || owner.once("order-1").pay(&from, &to, "60.00");
    let first = pay().expect(202);
    let policy = owner.policy(&from, &json!({ "maxTransactionAmount": "1.00" }));
    let approval = first.json["approvalId"].as_str().expect("text");
    owner.approve(approval).refused(403, "POLICY_DENIED");
    pay().assert_replay_of(&first);
    owner.delete(&format!("/policies/{policy}")).expect(204);
    owner.approve(approval).ok();
    assert_eq!(pay().expect(200).json["status"], "POSTED");
}
