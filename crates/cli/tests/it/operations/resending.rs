//! `wallgent events resend`: an event is delivered once more, on request.

use serde_json::{Value, json};

use crate::support::receiver::Answering;
use crate::support::{Api, Receiver, Server, Store, stories};

stories!(
    an_event_is_sent_to_all_who_are_told_of_it,
    an_event_is_sent_to_one,
    a_refusal_is_the_exit_code,
    what_cannot_be_sent_is_refused_in_one_line,
);

/// The ID of the last event of a type.
#[track_caller]
fn last(owner: &Api, kind: &str) -> String {
    let events = owner.get(&format!("/events?limit=100&type={kind}")).ok();
    let last = events["data"].as_array().and_then(|it| it.last()).expect("an event");
    last["id"].as_str().expect("an ID").to_owned()
}

/// The arguments, with the server's folder.
fn resend<'a>(folder: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&["events", "resend", "--data", folder], rest].concat()
}

fn an_event_is_sent_to_all_who_are_told_of_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let folder = server.folder().display().to_string();
    let receivers: Vec<Receiver> = (0..4).map(|_| Receiver::start()).collect();
    let [all, funds, others, off] = &receivers[..] else { panic!("four") };
    let names = [&["*"][..], &["wallet.funded"], &["payment.*"], &["*"]];
    let ids: Vec<String> =
        receivers.iter().zip(names).map(|(it, names)| owner.webhook(it, names).0).collect();
    let wallet = owner.funded(1);
    let event = last(&owner, "wallet.funded");
    for receiver in [all, funds, off] {
        receiver.wait_until(|told| told.header("webhook-id") == event);
    }
    owner.patch(&format!("/webhooks/{}", ids[3]), &json!({ "enabled": false })).ok();
    let before = off.delivered().len();
    all.wait_until(|told| told.event["type"] == "webhook.updated");
    let printed = server.run(&resend(&folder, &[&event])).expect_success();
    assert_eq!(printed.lines().count(), 2, "{printed}");
    assert!(printed.contains(&ids[0]) && printed.contains(&ids[1]), "{printed}");
    for receiver in [all, funds] {
        let told = receiver.delivered();
        let bodies: Vec<&str> = told
            .iter()
            .filter(|told| told.header("webhook-id") == event)
            .map(|told| told.body.as_str())
            .collect();
        assert_eq!(bodies.len(), 2, "once more");
        assert_eq!(bodies[0], bodies[1]);
    }
    let attempts = owner.attempts(&ids[1], 2);
    assert_eq!((&attempts[0]["attempt"], &attempts[0]["eventId"]), (&json!(2), &json!(event)));
    assert_eq!(others.delivered().len(), 0, "it is not told of such events");
    assert_eq!(off.delivered().len(), before, "it is disabled");
    owner.fund(&wallet, 2);
    funds.wait_for(3);
    assert_eq!(owner.attempts(&ids[1], 3)[0]["attempt"], 1, "new ones follow as ever");
}

fn an_event_is_sent_to_one(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let folder = server.folder().display().to_string();
    let (one, other) = (Receiver::start(), Receiver::start());
    let (id, _) = owner.webhook(&one, &["wallet.funded"]);
    owner.webhook(&other, &["wallet.funded"]);
    owner.funded(1);
    let event = last(&owner, "wallet.funded");
    one.wait_for(1);
    other.wait_for(1);
    let printed = server.run(&resend(&folder, &[&event, "--webhook", &id])).expect_success();
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(printed.contains(&id) && printed.contains("200"), "{printed}");
    assert_eq!((one.delivered().len(), other.delivered().len()), (2, 1));
    // What nobody is told of is no failure.
    let event = last(&owner, "webhook.created");
    let printed = server.run(&resend(&folder, &[&event])).expect_success();
    assert!(printed.contains("no webhook"), "{printed}");
    assert_eq!((one.delivered().len(), other.delivered().len()), (2, 1));
}

fn a_refusal_is_the_exit_code(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let folder = server.folder().display().to_string();
    let (good, bad) = (Receiver::start(), Receiver::start());
    owner.webhook(&good, &["wallet.funded"]);
    let (refuses, _) = owner.webhook(&bad, &["wallet.funded"]);
    owner.funded(1);
    let event = last(&owner, "wallet.funded");
    good.wait_for(1);
    bad.wait_for(1);
    for answering in [Answering::status(500), Answering::status(302), Answering::HangingUp] {
        bad.now_answers(answering);
        let said = server.run(&resend(&folder, &[&event]));
        assert_eq!(said.exit_code, 1, "{}{}", said.out, said.error);
        assert_eq!(said.out.lines().count(), 2, "{}", said.out);
        let line = said.out.lines().find(|line| line.contains(&refuses));
        assert!(line.is_some_and(|line| !line.contains("  200  ")), "{}", said.out);
    }
    assert_eq!(good.delivered().len(), 4);
    // What was asked for by hand is not tried again by itself, and harms nothing.
    assert_eq!(owner.get("/webhooks/dlq").ok()["total"], 0);
    let shown = owner.get(&format!("/webhooks/{refuses}")).ok();
    assert_eq!(shown["status"], "ENABLED");
    bad.now_answers(Answering::status(200));
    server.run(&resend(&folder, &[&event])).expect_success();
}

fn what_cannot_be_sent_is_refused_in_one_line(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let folder = server.folder().display().to_string();
    let receiver = Receiver::start();
    let (id, _) = owner.webhook(&receiver, &["*"]);
    let event = last(&owner, "webhook.created");
    let stranger = server.organization("Stranger").owner;
    let strange = last(&stranger, "wallet.created");
    let lived = last(&server.live(), "wallet.created");
    let fails = |rest: &[&str]| server.run(&resend(&folder, rest)).expect_failure();
    for unknown in ["nonsense", "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV", &strange, &lived, &id] {
        fails(&[unknown]);
    }
    for unknown in ["nonsense", "hook_01ARZ3NDEKTSV4RRFFQ69G5FAV", &event] {
        fails(&[&event, "--webhook", unknown]);
    }
    let reading = server.permitted(&["webhooks:read"]);
    let key = reading.secret().expect("a key");
    let reason = fails(&[&event, "--url", server.account("url"), "--api-key", key]);
    assert!(reason.contains("webhooks:write"), "{reason}");
    let empty = server.folder().join("empty").display().to_string();
    let reason = server.run(&resend(&empty, &[&event])).expect_failure();
    assert!(reason.contains("API key"), "{reason}");
    let told = receiver.delivered();
    let again = told.iter().filter(|told| told.header("webhook-id") == event).count();
    assert!(again <= 1, "nothing was sent again");
    // A key that sees some wallets sends nothing, also of those.
    let wallet = owner.funded(1);
    let scoped = server.scoped(&["webhooks:read", "webhooks:write"], &[&wallet]);
    let event = last(&owner, "wallet.funded");
    let refused = scoped.act(&format!("/events/{event}/resend"));
    assert_eq!(refused.refused(403, "PERMISSION_DENIED")["ownerOnly"], Value::Bool(true));
}
