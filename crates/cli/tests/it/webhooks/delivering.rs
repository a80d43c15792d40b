//! What arrives at an endpoint.

use serde_json::json;

use crate::support::receiver::signatures;
use crate::support::shapes::{EVENT, assert_fields};
use crate::support::{Receiver, Server, Store, stories};

stories!(
    every_event_arrives_once_in_order_and_signed,
    only_what_was_asked_for_arrives,
    both_secrets_sign_for_a_day,
    a_test_is_sent_at_once,
    the_receiver_of_a_payment_learns_no_secrets,
    what_happened_while_the_server_was_down_arrives,
    a_killed_server_forgets_no_event,
);

fn every_event_arrives_once_in_order_and_signed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let receiver = Receiver::start();
    let (_, secret) = owner.webhook(&receiver, &["*"]);
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    for _ in 0..20 {
        owner.paid(&from, &to, "1.00");
    }
    let listed = owner.get("/events?limit=100&type=payment.*").ok();
    let listed = listed["data"].as_array().expect("a list").len();
    assert_eq!(listed, 40);
    let all = owner.get("/events?limit=100").ok()["data"].as_array().expect("a list").clone();
    let own = all.iter().position(|event| event["event"] == "webhook.created").expect("told");
    let told = receiver.wait_for(all.len() - own);
    let mut sequences: Vec<i64> = told.iter().map(|it| it.sequence()).collect();
    sequences.sort_unstable();
    sequences.dedup();
    assert_eq!(sequences.len(), told.len(), "each once");
    for told in &told {
        assert_fields(&told.event, EVENT, &[]);
        let sequence = told.sequence();
        let listed = all.iter().find(|event| event["sequence"] == sequence).expect("listed");
        assert_eq!(&told.event, listed, "the same as the list shows");
        assert_eq!(told.header("webhook-id"), told.event["id"]);
        let (plain, standard) = signatures(
            &secret,
            told.header("webhook-id"),
            told.header("webhook-timestamp"),
            &told.body,
        );
        assert_eq!(told.header("wallgent-signature"), plain);
        assert_eq!(told.header("webhook-signature"), standard);
    }
}

fn only_what_was_asked_for_arrives(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (families, one) = (Receiver::start(), Receiver::start());
    owner.webhook(&families, &["payment.*", "policy.denied"]);
    owner.webhook(&one, &["wallet.funded"]);
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    owner.paid(&from, &to, "1.00");
    owner.policy(&from, &json!({ "maxTransactionAmount": "5.00" }));
    owner.pay(&from, &to, "6.00").refused(403, "POLICY_DENIED");
    let names = |receiver: &Receiver, count| {
        let mut told = receiver.wait_for(count);
        told.sort_by_key(|it| it.sequence());
        told.iter().map(|it| it.event["event"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let heard: Vec<String> = names(&families, 4);
    assert_eq!(heard, ["payment.completed", "payment.received", "payment.denied", "policy.denied"]);
    let heard: Vec<String> = names(&one, 1);
    assert_eq!(heard, ["wallet.funded"]);
}

fn both_secrets_sign_for_a_day(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let receiver = Receiver::start();
    let (webhook, old) = owner.webhook(&receiver, &["wallet.funded"]);
    let rotated = owner.act(&format!("/webhooks/{webhook}/rotate-secret")).ok();
    let new = rotated["secret"].as_str().expect("a secret").to_owned();
    let wallet = owner.funded(1);
    let told = receiver.wait_for(1).remove(0);
    let of = |secret: &str| {
        signatures(secret, told.header("webhook-id"), told.header("webhook-timestamp"), &told.body)
    };
    let ((new_plain, new_standard), (_, old_standard)) = (of(&new), of(&old));
    assert_eq!(told.header("webhook-signature"), format!("{new_standard} {old_standard}"));
    assert_eq!(told.header("wallgent-signature"), new_plain, "its readers expect one");
    server.advance("PT24H");
    owner.fund(&wallet, 1);
    let told = receiver.wait_for(2).remove(1);
    assert!(!told.header("webhook-signature").contains(' '), "only the new one");
}

fn a_test_is_sent_at_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let receiver = Receiver::start();
    let (webhook, _) = owner.webhook(&receiver, &["approval.*"]);
    let test = owner.act(&format!("/webhooks/{webhook}/test")).ok();
    assert_fields(
        &test,
        &["id", "delivered", "statusCode", "durationMs", "duration", "error"],
        &[],
    );
    assert_eq!((&test["delivered"], &test["statusCode"]), (&json!(true), &json!(200)));
    let told = receiver.delivered();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].event["event"], "approval.created");
}

fn the_receiver_of_a_payment_learns_no_secrets(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (ours, theirs) = (Receiver::start(), Receiver::start());
    owner.webhook(&ours, &["payment.*"]);
    partner.owner.webhook(&theirs, &["payment.*"]);
    let from = owner.funded(100);
    let request = json!({
        "from": from, "to": partner.wallet, "amount": "2.00", "idempotencyKey": "private",
    });
    owner.post("/payments", &request).ok();
    let sent = ours.wait_for(1).remove(0).event;
    assert_eq!(sent["event"], "payment.completed");
    assert_eq!(sent["data"]["transactionId"], sent["data"]["id"]);
    assert_eq!(sent["data"]["idempotencyKey"], "private");
    let received = theirs.wait_for(1).remove(0).event;
    assert_eq!(received["event"], "payment.received");
    for field in ["idempotencyKey", "fee", "balanceAfter", "availableAfter", "approvalId"] {
        assert_eq!(received["data"][field], json!(null), "{field}");
    }
    assert_eq!(received["requestId"], json!(null), "nor which request it was");
}

fn what_happened_while_the_server_was_down_arrives(store: Store) {
    let mut server = Server::start(store);
    let receiver = Receiver::start();
    let wallet = server.owner().funded(1);
    server.owner().webhook(&receiver, &["wallet.funded"]);
    server.owner().fund(&wallet, 2);
    receiver.wait_for(1);
    server.restart();
    server.owner().fund(&wallet, 3);
    // What was sent and not noted before the end is sent once more.
    receiver.wait_until(|told| told.event["data"]["amount"] == "3.00");
}

fn a_killed_server_forgets_no_event(store: Store) {
    let mut server = Server::start(store);
    let receiver = Receiver::start();
    let wallet = server.owner().funded(1);
    server.owner().webhook(&receiver, &["wallet.funded"]);
    for round in 1..=5 {
        for _ in 0..5 {
            server.owner().fund(&wallet, round);
        }
        server.kill();
        server.launch();
    }
    let mut first_seen: Vec<i64> = Vec::new();
    while first_seen.len() < 25 {
        let told = receiver.wait_for(first_seen.len() + 1);
        first_seen = told.iter().map(|it| it.sequence()).collect();
        first_seen.sort_unstable();
        first_seen.dedup();
        if told.len() > first_seen.len() && first_seen.len() < 25 {
            receiver.wait_for(told.len() + 1);
        }
    }
    assert_eq!(first_seen.len(), 25, "each at least once");
}
