//! What asks for approval, and that its answer can be read as a payment and as an error.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Answer, Server, Store, Waiting, id, stories};

stories!(
    every_way_to_pay_waits_alike,
    an_agents_payment_waits,
    a_payment_to_another_organization_waits,
    a_waiting_payment_is_not_reversed,
    two_policies_ask_once,
);

/// Both readings of a 202: a payment that waits, and the error that says so.
#[track_caller]
fn assert_both_readings(answer: &Answer, amount: &str) -> Waiting {
    let body = answer.clone().expect(202).json;
    assert_id(&body["id"], "txn");
    assert_id(&body["approvalId"], "del");
    assert_eq!(
        (&body["status"], &body["state"], &body["amount"]),
        (&json!("PENDING_APPROVAL"), &json!("PENDING_APPROVAL"), &json!(amount)),
        "{}",
        answer.story()
    );
    let error = &body["error"];
    assert_eq!(error["code"], "APPROVAL_REQUIRED");
    assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()));
    assert_eq!(error["details"]["approvalId"], body["approvalId"]);
    assert!(error["details"]["expiresAt"].is_string());
    Waiting::of(answer.clone())
}

fn every_way_to_pay_waits_alike(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let network =
        json!({ "toAddress": owner.address(&to), "amount": "10.00", "fromWalletId": from });
    let batch = json!({ "payments": [{ "from": from, "to": to, "amount": "10.00" }], "mode": "independent" });
    let paid = assert_both_readings(&owner.pay(&from, &to, "10.00"), "10.00");
    let sent = owner.post("/network/pay", &network);
    let sent = assert_both_readings(&sent, "10.00");
    let batched = owner.post("/payments/batch", &batch).expect(207);
    let batched = batched.json["results"][0]["transactionId"].as_str().expect("text").to_owned();
    owner.assert_balances(&from, "100.00", "30.50", "69.50");
    assert_eq!(owner.holds(&from, "PENDING"), ["10.25", "10.00", "10.25"], "the network is free");
    let waiting = owner.all_ids("/approvals?status=PENDING");
    assert_eq!((waiting.len(), &waiting[1], &waiting[2]), (3, &sent.approval, &paid.approval));
    for payment in [&paid.payment, &sent.payment, &batched] {
        let read = owner.get(&format!("/payments/{payment}")).ok();
        assert_fields(&read, shapes::PAYMENT, shapes::SENDER_BALANCES);
        assert_eq!((&read["status"], &read["to"]), (&json!("PENDING_APPROVAL"), &json!(to)));
        assert!(read["settledAt"].is_null());
    }
    for approval in waiting {
        owner.approve(&approval).ok();
    }
    owner.assert_balances(&from, "69.50", "0.00", "69.50");
    assert_eq!(owner.balance(&to), "30.00");
}

fn an_agents_payment_waits(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, to) = (owner.funded_agent(100), owner.wallet("To"));
    owner.policy(&agent.id, &json!({ "approvalThreshold": "20.00" }));
    agent.api.paid(&agent.id, &to, "20.00");
    let waiting = assert_both_readings(&agent.api.pay(&agent.id, &to, "20.01"), "20.01");
    let network = json!({ "toAddress": owner.address(&to), "amount": "20.01" });
    let sent = assert_both_readings(&agent.api.post("/network/pay", &network), "20.01");
    let approval = owner.get(&format!("/approvals/{}", waiting.approval)).ok();
    assert_eq!(approval["requestedBy"], json!(agent.key_id), "the key that asked");
    for one in [waiting, sent] {
        owner.approve(&one.approval).ok();
    }
    assert_eq!(owner.balance(&to), "60.02");
}

fn a_payment_to_another_organization_waits(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let from = owner.guarded(100);
    let waiting = owner.ask(&from, &stranger.wallet, "40.00");
    assert_eq!(stranger.owner.all_ids("/approvals"), Vec::<String>::new(), "it is the sender's");
    let path = format!("/approvals/{}", waiting.approval);
    stranger.owner.get(&path).refused(404, "NOT_FOUND");
    stranger.owner.approve(&waiting.approval).refused(404, "NOT_FOUND");
    assert_eq!(stranger.owner.balance(&stranger.wallet), "0.00");
    owner.approve(&waiting.approval).ok();
    assert_eq!(stranger.owner.balance(&stranger.wallet), "40.00");
    let received = stranger.owner.get(&format!("/payments/{}", waiting.payment)).ok();
    assert_eq!((&received["status"], &received["approvalId"]), (&json!("POSTED"), &Value::Null));
}

fn a_waiting_payment_is_not_reversed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.funded(100));
    let waiting = owner.ask(&from, &to, "10.00");
    let reverse = format!("/payments/{}/reverse", waiting.payment);
    let answer = owner.act(&reverse);
    assert!([409, 422].contains(&answer.status), "{}", answer.story());
    owner.assert_balances(&from, "100.00", "10.25", "89.75");
    owner.reject(&waiting.approval).ok();
    let answer = owner.act(&reverse);
    assert!([409, 422].contains(&answer.status), "{}", answer.story());
    assert_eq!(
        (owner.balance(&from), owner.balance(&to)),
        ("100.00".to_owned(), "100.00".to_owned())
    );
    let approved = owner.ask(&from, &to, "10.00");
    owner.approve(&approved.approval).ok();
    let reversed = owner.act(&format!("/payments/{}/reverse", approved.payment)).ok();
    assert_eq!(reversed["status"], "REVERSED");
    assert_eq!(owner.balance(&from), "100.00", "with its fee");
}

fn two_policies_ask_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let asking: Vec<String> =
        (0..2).map(|_| owner.policy(&from, &json!({ "requireHumanApproval": true }))).collect();
    let waiting = owner.ask(&from, &to, "10.00");
    assert_eq!(owner.all_ids("/approvals"), std::slice::from_ref(&waiting.approval));
    let approval = owner.get(&format!("/approvals/{}", waiting.approval)).ok();
    assert!(asking.iter().any(|policy| approval["policyId"] == json!(policy)), "{approval:#}");
    owner.approve(&waiting.approval).ok();
    assert_eq!(owner.payment_status(&waiting.payment), "POSTED");
    assert_eq!(id(&owner.get(&format!("/payments/{}", waiting.payment)).ok()), waiting.payment);
}
