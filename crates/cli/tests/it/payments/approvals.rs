//! Payments that a human must agree to: the 202, the hold behind it, and what it stops.

use serde_json::json;

use crate::support::shapes::{self, assert_fields, assert_id, assert_whole_list};
use crate::support::{Server, Store, id, stories};

stories!(
    a_payment_that_needs_approval_waits,
    held_money_cannot_be_spent_twice,
    the_threshold_is_where_approval_begins,
    the_alias_asks_for_approval_too,
    a_waiting_payment_counts_in_its_window,
    a_wallet_with_a_hold_does_not_close,
    an_unanswered_approval_expires,
);

fn a_payment_that_needs_approval_waits(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "requireHumanApproval": true }));
    let answer = owner
        .post(
            "/payments",
            &json!({ "from": from, "to": to, "amount": "60.00", "description": "Large" }),
        )
        .expect(202);
    let waiting = &answer.json;
    let fields = [shapes::PAYMENT, &["error"]].concat();
    assert_fields(waiting, &fields, shapes::SENDER_BALANCES);
    assert_id(&waiting["id"], "txn");
    assert_id(&waiting["approvalId"], "del");
    assert_eq!(
        (&waiting["status"], &waiting["state"]),
        (&json!("PENDING_APPROVAL"), &json!("PENDING_APPROVAL"))
    );
    assert_eq!(
        (&waiting["from"], &waiting["to"], &waiting["amount"]),
        (&json!(from), &json!(to), &json!("60.00"))
    );
    assert!(waiting["settledAt"].is_null(), "not settled: {waiting:#}");
    let error = &waiting["error"];
    assert_eq!(error["code"], "APPROVAL_REQUIRED");
    assert!(error["message"].is_string());
    assert_eq!(error["details"]["approvalId"], waiting["approvalId"]);
    assert_eq!(error["details"]["expiresAt"], "2026-03-03T09:00:00.000Z", "in 24 hours");
    owner.assert_balances(&from, "100.00", "60.30", "39.70");
    owner.assert_balances(&to, "0.00", "0.00", "0.00");
    let read = owner.get(&format!("/payments/{}", id(waiting))).ok();
    assert_eq!(
        (&read["status"], &read["approvalId"]),
        (&json!("PENDING_APPROVAL"), &waiting["approvalId"])
    );
    assert_eq!(owner.all_ids("/payments?status=PENDING_APPROVAL"), [id(waiting)]);
    let holds = owner.get(&format!("/wallets/{from}/holds")).ok();
    assert_whole_list(&holds);
    let hold = &holds["data"][0];
    assert_fields(hold, shapes::HOLD, &[]);
    assert_id(&hold["id"], "hld");
    assert_eq!(
        (&hold["amount"], &hold["status"], &hold["walletId"]),
        (&json!("60.30"), &json!("PENDING"), &json!(from))
    );
    assert_eq!(
        owner.get(&format!("/wallets/{from}/holds?status=RELEASED")).ok()["data"],
        json!([])
    );
    owner.get(&format!("/wallets/{from}/holds?status=LOST")).refused(400, "VALIDATION_ERROR");
}

fn held_money_cannot_be_spent_twice(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "requireHumanApproval": true }));
    owner.pay(&from, &to, "60.00").expect(202);
    owner.pay(&from, &to, "40.00").refused(402, "INSUFFICIENT_FUNDS");
    owner.delete(&format!("/policies/{policy}")).expect(204);
    let answer = owner.pay(&from, &to, "40.00");
    let details = answer.refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(
        (&details["held"], &details["available"], &details["balance"]),
        (&json!("60.30"), &json!("39.70"), &json!("100.00000000"))
    );
    let message = answer.json["error"]["message"].as_str().expect("text");
    assert!(
        !message.starts_with("Wallet balance of 100.00 is less than"),
        "only the hold is in the way: {message}"
    );
    let payment = owner.pay(&from, &to, "39.45").ok();
    assert_eq!(
        (&payment["balanceAfter"], &payment["availableAfter"]),
        (&json!("60.30"), &json!("0.00"))
    );
}

fn the_threshold_is_where_approval_begins(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let to = owner.wallet("To");
    for rules in [
        json!({ "approvalThreshold": "50.00" }),
        json!({ "approvalThreshold": "50.00", "requireHumanApproval": true }),
    ] {
        let from = owner.funded(200);
        owner.policy(&from, &rules);
        owner.pay(&from, &to, "50.00").ok();
        owner.pay(&from, &to, "50.00000001").expect(202);
    }
}

fn the_alias_asks_for_approval_too(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let request = json!({ "name": "Ask me", "approvalMode": "HUMAN_IN_THE_LOOP" });
    let policy = owner.post(&format!("/wallets/{from}/policies"), &request).created();
    assert_fields(&policy, shapes::POLICY, &[]);
    assert_eq!(policy["requireHumanApproval"], true);
    owner.pay(&from, &to, "1.00").expect(202);
}

fn a_waiting_payment_counts_in_its_window(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.wallet("To"));
    owner.policy(&from, &json!({ "approvalThreshold": "50.00", "dailySpendingLimit": "100.00" }));
    owner.pay(&from, &to, "60.00").expect(202);
    owner.pay(&from, &to, "40.01").refused(403, "POLICY_DENIED");
    owner.pay(&from, &to, "40.00").ok();
}

fn a_wallet_with_a_hold_does_not_close(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    owner.policy(&from, &json!({ "requireHumanApproval": true }));
    owner.pay(&from, &to, "9.75").expect(202);
    owner.act(&format!("/wallets/{from}/close")).refused(409, "CONFLICT");
    owner.assert_balances(&from, "10.00", "10.00", "0.00");
}

fn an_unanswered_approval_expires(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "requireHumanApproval": true, "monthlySpendingLimit": "60.00" }));
    let request = json!({ "from": from, "to": to, "amount": "60.00", "idempotencyKey": "waiting" });
    let first = owner.post("/payments", &request).expect(202);
    server.advance("PT23H");
    owner.post("/payments", &request).assert_replay_of(&first);
    server.advance("PT2H");
    owner.assert_balances(&from, "100.00", "0.00", "100.00");
    let payment = owner.get(&format!("/payments/{}", id(&first.json))).ok();
    assert_eq!((&payment["status"], &payment["state"]), (&json!("EXPIRED"), &json!("EXPIRED")));
    let holds = owner.get(&format!("/wallets/{from}/holds?status=RELEASED")).ok();
    assert_eq!(holds["data"].as_array().map(Vec::len), Some(1));
    let replay = owner.post("/payments", &request);
    let details = replay.refused(403, "POLICY_DENIED");
    assert!(replay.replayed(), "the outcome answers under the key\n{}", replay.story());
    assert_eq!(
        (&details["approvalId"], &details["approvalStatus"]),
        (&first.json["approvalId"], &json!("EXPIRED"))
    );
    owner.pay(&from, &to, "60.00").expect(202);
}
