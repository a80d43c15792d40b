//! Endpoints that fail: what is tried again, what is given up, who is disabled.

use serde_json::json;

use crate::support::receiver::Answering;
use crate::support::shapes::{DEAD_LETTER, DELIVERY, assert_fields, assert_id};
use crate::support::{Api, Receiver, Server, Store, id, stories};

stories!(
    a_failure_is_tried_again_on_schedule,
    what_never_succeeds_becomes_a_dead_letter,
    an_endpoint_that_is_gone_is_disabled,
    an_endpoint_asks_for_patience,
    an_endpoint_that_only_fails_is_disabled,
    one_dead_endpoint_delays_no_other,
    redirects_are_not_followed,
    an_event_is_sent_again_on_request,
    a_long_answer_is_cut,
);

const START: &str = "2026-03-02T09:00:00Z";
/// Pauses of the schedule, with room for their jitter.
const PAUSES: [&str; 9] =
    ["PT6S", "PT331S", "PT33M", "PT133M", "PT331M", "PT661M", "PT925M", "PT1321M", "PT1585M"];

fn failing(owner: &Api, answering: Answering) -> (Receiver, String) {
    let receiver = Receiver::answering(answering);
    let (webhook, _) = owner.webhook(&receiver, &["wallet.funded"]);
    owner.funded(1);
    receiver.wait_for(1);
    owner.attempts(&webhook, 1);
    (receiver, webhook)
}

fn a_failure_is_tried_again_on_schedule(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let (receiver, webhook) = failing(&owner, Answering::status(500));
    let first = owner.attempts(&webhook, 1).remove(0);
    assert_fields(&first, DELIVERY, &[]);
    assert_id(&first["id"], "dlv");
    assert_eq!((&first["status"], &first["statusCode"]), (&json!("FAILED"), &json!(500)));
    assert_eq!(first["response"], "noted");
    server.advance("PT4S");
    assert_eq!(receiver.delivered().len(), 1, "not before its time");
    server.advance("PT2S");
    receiver.wait_for(2);
    owner.attempts(&webhook, 2);
    receiver.now_answers(Answering::status(204));
    server.advance("PT331S");
    let told = receiver.wait_for(3);
    let ids: Vec<&str> = told.iter().map(|it| it.header("webhook-id")).collect();
    assert!(ids.iter().all(|it| *it == ids[0]), "one event, one ID");
    let attempts = owner.attempts(&webhook, 3);
    assert_eq!((&attempts[0]["status"], &attempts[0]["attempt"]), (&json!("SUCCEEDED"), &json!(3)));
    server.advance("P2D");
    assert_eq!(receiver.delivered().len(), 3, "and never again");
    assert_eq!(owner.get("/webhooks/dlq").ok(), json!({ "data": [], "total": 0 }));
}

fn what_never_succeeds_becomes_a_dead_letter(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let (receiver, webhook) = failing(&owner, Answering::HangingUp);
    for (at, pause) in PAUSES.iter().enumerate() {
        server.advance(pause);
        owner.attempts(&webhook, at + 2);
    }
    let letters = owner.get("/webhooks/dlq").ok();
    assert_eq!(letters["total"], 1);
    let letter = &letters["data"][0];
    assert_fields(letter, DEAD_LETTER, &[]);
    assert_id(&letter["id"], "dlq");
    assert_eq!((&letter["attempts"], &letter["nextRetryAt"]), (&json!(10), &json!(null)));
    assert_eq!(letter["payload"]["event"], "wallet.funded");
    server.advance("P3D");
    assert_eq!(owner.attempts(&webhook, 10).len(), 10);
    receiver.now_answers(Answering::status(200));
    let dead = id(letter);
    let retried = owner.act(&format!("/webhooks/dlq/{dead}/retry")).ok();
    assert_eq!(retried, json!({ "id": dead, "status": "PENDING", "retried": true }));
    let attempts = owner.attempts(&webhook, 11);
    assert_eq!(attempts[0]["status"], "SUCCEEDED");
    owner.act(&format!("/webhooks/dlq/{dead}/discard")).refused(404, "NOT_FOUND");
}

fn an_endpoint_that_is_gone_is_disabled(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let (receiver, webhook) = failing(&owner, Answering::status(410));
    let shown = owner.get(&format!("/webhooks/{webhook}")).ok();
    assert_eq!((&shown["status"], &shown["disabledReason"]), (&json!("DISABLED"), &json!("GONE")));
    let told = owner.get("/events?type=webhook.disabled").ok();
    assert_eq!(told["data"][0]["data"]["id"], webhook.as_str());
    owner.funded(1);
    server.advance("P1D");
    assert_eq!(receiver.delivered().len(), 1);
    let letters = owner.get("/webhooks/dlq").ok();
    let dead = id(&letters["data"][0]);
    let given_up = owner.act(&format!("/webhooks/dlq/{dead}/discard")).ok();
    assert_eq!(given_up, json!({ "id": dead, "status": "FAILED", "discarded": true }));
    assert_eq!(owner.get("/webhooks/dlq").ok()["total"], 0);
}

fn an_endpoint_asks_for_patience(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let patience = Answering::With(503, "Retry-After: 3600\r\n", String::new());
    let (receiver, webhook) = failing(&owner, patience);
    server.advance("PT59M");
    assert_eq!(owner.attempts(&webhook, 1).len(), 1);
    receiver.now_answers(Answering::status(200));
    server.advance("PT1M");
    receiver.wait_for(2);
}

fn an_endpoint_that_only_fails_is_disabled(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let (_receiver, webhook) = failing(&owner, Answering::status(500));
    server.advance("P5D");
    owner.attempts(&webhook, 2);
    let shown = owner.get(&format!("/webhooks/{webhook}")).ok();
    assert_eq!(shown["disabledReason"], "FAILING");
}

fn one_dead_endpoint_delays_no_other(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let dead = Receiver::answering(Answering::HangingUp);
    let alive: Vec<Receiver> = (0..9).map(|_| Receiver::start()).collect();
    owner.webhook(&dead, &["payment.completed"]);
    for receiver in &alive {
        owner.webhook(receiver, &["payment.completed"]);
    }
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    for _ in 0..10 {
        owner.paid(&from, &to, "1.00");
    }
    for receiver in &alive {
        assert_eq!(receiver.wait_for(10).len(), 10);
    }
    dead.wait_for(10);
}

fn redirects_are_not_followed(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let other = Receiver::start();
    let location: &'static str = format!("Location: {}\r\n", other.url()).leak();
    let (_receiver, webhook) = failing(&owner, Answering::With(302, location, String::new()));
    let attempt = owner.attempts(&webhook, 1).remove(0);
    assert_eq!((&attempt["status"], &attempt["statusCode"]), (&json!("FAILED"), &json!(302)));
    assert!(other.delivered().is_empty());
}

fn an_event_is_sent_again_on_request(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let (receiver, webhook) = failing(&owner, Answering::status(200));
    let attempt = id(&owner.attempts(&webhook, 1)[0]);
    let again = owner.act(&format!("/webhooks/deliveries/{attempt}/resend")).ok();
    assert_fields(&again, DELIVERY, &[]);
    assert_eq!((&again["status"], &again["attempt"]), (&json!("SUCCEEDED"), &json!(2)));
    let told = receiver.delivered();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].body, told[1].body);
    owner.act("/webhooks/deliveries/dlv_nope/resend").refused(404, "NOT_FOUND");
}

fn a_long_answer_is_cut(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let long = Answering::With(200, "", "x".repeat(10 << 20));
    let (_receiver, webhook) = failing(&owner, long);
    let attempt = owner.attempts(&webhook, 1).remove(0);
    assert_eq!(attempt["status"], "SUCCEEDED");
    assert_eq!(attempt["response"].as_str().map(str::len), Some(2_048));
}
