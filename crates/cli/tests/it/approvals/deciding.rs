//! Deciding: the payment executes, or the money is free again; and it is decided once.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields};
use crate::support::{Server, Store, stories};

stories!(
    an_approved_payment_is_posted,
    a_rejected_payment_frees_its_money,
    a_reason_is_limited,
    nothing_is_decided_twice,
    an_expired_approval_is_not_decided,
    a_decision_happens_once_under_its_key,
    bodies_are_optional,
);

fn an_approved_payment_is_posted(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    server.advance("PT1H");
    let answer = owner.approve(&waiting.approval).ok();
    assert_fields(&answer, &[shapes::APPROVAL, &["payment"]].concat(), &["updatedAt"]);
    assert_eq!(
        (&answer["id"], &answer["status"], &answer["transactionId"]),
        (&json!(waiting.approval), &json!("APPROVED"), &json!(waiting.payment))
    );
    let payment = &answer["payment"];
    assert_fields(payment, shapes::PAYMENT, shapes::SENDER_BALANCES);
    for (field, expected) in [
        ("id", json!(waiting.payment)),
        ("status", json!("POSTED")),
        ("state", json!("POSTED")),
        ("amount", json!("60.00")),
        ("fee", json!("0.30")),
        ("from", json!(from)),
        ("to", json!(to)),
        ("approvalId", json!(waiting.approval)),
        ("createdAt", json!("2026-03-02T09:00:00.000Z")),
        ("settledAt", json!("2026-03-02T10:00:00.000Z")),
    ] {
        assert_eq!(payment[field], expected, "{field}");
    }
    let read = owner.get(&format!("/payments/{}", waiting.payment)).ok();
    for field in shapes::PAYMENT {
        assert_eq!(read[field], payment[field], "{field} when read");
    }
    owner.assert_balances(&from, "39.70", "0.00", "39.70");
    owner.assert_balances(&to, "60.00", "0.00", "60.00");
    assert_eq!(owner.holds(&from, "PENDING"), Vec::<String>::new());
    assert_eq!(owner.holds(&from, "CAPTURED"), ["60.30"], "the hold became the posting");
    let statement = owner.get(&format!("/wallets/{to}/transactions")).ok();
    assert_eq!(statement["data"][0]["transactionId"], json!(waiting.payment));
}

fn a_rejected_payment_frees_its_money(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    let path = format!("/approvals/{}/reject", waiting.approval);
    let reason = "Amount exceeds monthly budget review threshold";
    let answer = owner.post(&path, &json!({ "reason": reason })).ok();
    assert_fields(&answer, shapes::APPROVAL, &["updatedAt", "payment"]);
    assert_eq!((&answer["status"], &answer["reason"]), (&json!("REJECTED"), &json!(reason)));
    assert_eq!(owner.payment_status(&waiting.payment), "REJECTED");
    owner.assert_balances(&from, "100.00", "0.00", "100.00");
    assert_eq!(owner.balance(&to), "0.00");
    assert_eq!(owner.holds(&from, "RELEASED"), ["60.30"]);
    assert_eq!(owner.all_ids("/payments?status=REJECTED"), [waiting.payment]);
    let silent = owner.ask(&from, &to, "1.00");
    let answer = owner.reject(&silent.approval).ok();
    assert_eq!((&answer["status"], &answer["reason"]), (&json!("REJECTED"), &Value::Null));
}

fn a_reason_is_limited(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    let path = format!("/approvals/{}/reject", waiting.approval);
    for bad in [json!(7), json!([]), json!({}), json!("x".repeat(100_000))] {
        owner.post(&path, &json!({ "reason": bad })).refused_fields(&["reason"]);
    }
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
    owner.post(&path, &json!({ "reason": null })).ok();
}

fn nothing_is_decided_twice(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let [yes, no] = [owner.ask(&from, &to, "10.00"), owner.ask(&from, &to, "20.00")];
    owner.approve(&yes.approval).ok();
    owner.reject(&no.approval).ok();
    for _ in 0..2 {
        let owner = server.owner();
        for (approval, status) in [(&yes.approval, "APPROVED"), (&no.approval, "REJECTED")] {
            for again in [owner.approve(approval), owner.reject(approval)] {
                assert_eq!(again.refused(409, "CONFLICT")["status"], status);
            }
            assert_eq!(owner.approval_status(approval), status);
        }
        owner.assert_balances(&from, "89.75", "0.00", "89.75");
        server.restart();
    }
}

fn an_expired_approval_is_not_decided(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let [first, second] = [owner.ask(&from, &to, "10.00"), owner.ask(&from, &to, "20.00")];
    server.advance_to("2026-03-03T08:59:59.999Z");
    owner.approve(&first.approval).ok();
    server.advance_to("2026-03-03T09:00:00Z");
    for late in [owner.approve(&second.approval), owner.reject(&second.approval)] {
        assert_eq!(late.refused(409, "CONFLICT")["status"], "EXPIRED");
    }
    assert_eq!(owner.payment_status(&second.payment), "EXPIRED");
    owner.assert_balances(&from, "89.75", "0.00", "89.75");
}

fn a_decision_happens_once_under_its_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let [yes, no] = [owner.ask(&from, &to, "10.00"), owner.ask(&from, &to, "20.00")];
    let first = owner.once("decide-1").approve(&yes.approval).expect(200);
    owner.once("decide-1").approve(&yes.approval).assert_replay_of(&first);
    let path = format!("/approvals/{}/reject", no.approval);
    let first = owner.once("decide-2").post(&path, &json!({ "reason": "No" })).expect(200);
    owner.once("decide-2").post(&path, &json!({ "reason": "No" })).assert_replay_of(&first);
    owner
        .once("decide-2")
        .post(&path, &json!({ "reason": "Never" }))
        .refused(409, "IDEMPOTENCY_KEY_REUSE");
    owner.assert_balances(&from, "89.75", "0.00", "89.75");
}

/// Older clients say that a body is JSON when there is none.
fn bodies_are_optional(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    for (verb, status) in [("approve", "APPROVED"), ("reject", "REJECTED")] {
        for body in ["", "{}"] {
            let waiting = owner.ask(&from, &to, "1.00");
            let path = format!("/approvals/{}/{verb}", waiting.approval);
            let answer = owner.send_bytes("POST", &path, "application/json", body.as_bytes());
            assert_eq!(answer.ok()["status"], status);
        }
    }
}
