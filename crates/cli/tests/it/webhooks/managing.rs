//! Setting webhooks up, changing and removing them.

use serde_json::json;

use crate::support::receiver::Delivered;
use crate::support::shapes::{WEBHOOK, assert_fields, assert_id, assert_time};
use crate::support::{Receiver, Server, Store, id, stories};

stories!(
    a_webhook_is_set_up_and_read,
    its_secret_is_shown_once,
    what_a_webhook_cannot_be,
    a_webhook_is_changed,
    a_removed_webhook_is_gone,
    webhooks_belong_to_one_environment,
    scoped_keys_set_up_none,
    types_of_events_are_listed,
);

fn a_webhook_is_set_up_and_read(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let receiver = Receiver::start();
    let request = json!({
        "url": receiver.url(), "events": ["payment.completed", "wallet.*"], "description": "Books",
    });
    let mut made = owner.post("/webhooks", &request).created();
    assert_fields(&made, WEBHOOK, &["secret"]);
    assert_id(&made["id"], "hook");
    assert_time(&made["createdAt"]);
    assert_eq!(made["events"], request["events"]);
    assert_eq!((&made["enabled"], &made["status"]), (&json!(true), &json!("ENABLED")));
    assert_eq!(made["disabledReason"], json!(null));
    assert!(made["secret"].as_str().is_some_and(|it| it.starts_with("whsec_") && it.len() > 40));
    made.as_object_mut().expect("an object").remove("secret");
    assert_eq!(owner.get(&format!("/webhooks/{}", id(&made))).ok(), made);
    let list = owner.get("/webhooks").ok();
    assert_eq!(list["data"], json!([made]));
    assert_eq!((&list["cursor"], &list["hasMore"]), (&json!(null), &json!(false)));
}

fn its_secret_is_shown_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (webhook, first) = owner.webhook(&Receiver::start(), &["*"]);
    let rotated = owner.act(&format!("/webhooks/{webhook}/rotate-secret")).ok();
    let second = rotated["secret"].as_str().expect("a new secret");
    assert_ne!(first, second);
    let shown = owner.get(&format!("/webhooks/{webhook}")).text + &owner.get("/webhooks").text;
    let audited = owner.get("/audit-logs?limit=100").text + &owner.get("/events?limit=100").text;
    for secret in [first.as_str(), second] {
        assert!(!shown.contains(secret) && !audited.contains(secret));
    }
}

fn what_a_webhook_cannot_be(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let good = Receiver::start().url();
    let url = |url: &str| json!({ "url": url, "events": ["*"] });
    for bad in ["http://10.0.0.1/", "http://169.254.169.254/", "ftp://example.com", "example.com"] {
        owner.post("/webhooks", &url(bad)).refused_fields(&["url"]);
    }
    let events = |events: serde_json::Value| json!({ "url": good, "events": events });
    owner.post("/webhooks", &events(json!(["*", "payment.nope"]))).refused_fields(&["events[1]"]);
    owner.post("/webhooks", &events(json!(["payment.nope"]))).refused_fields(&["events[0]"]);
    owner
        .post("/webhooks", &events(json!(["payment.completed", "nope.*"])))
        .refused_fields(&["events[1]"]);
    owner.post("/webhooks", &events(json!([]))).refused_fields(&["events"]);
    owner.post("/webhooks", &json!({})).refused_fields(&["url", "events"]);
    owner.get("/webhooks/hook_nope").refused(404, "WEBHOOK_NOT_FOUND");
    assert_eq!(owner.get("/webhooks").ok()["data"], json!([]));
}

fn a_webhook_is_changed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (before, after) = (Receiver::start(), Receiver::start());
    let (webhook, _) = owner.webhook(&before, &["*"]);
    let path = format!("/webhooks/{webhook}");
    let changed = owner
        .patch(
            &path,
            &json!({ "url": after.url(), "events": ["wallet.funded"], "description": "x" }),
        )
        .ok();
    assert_eq!(changed["description"], "x");
    let wallet = owner.funded(5);
    let told = after.wait_for(1);
    assert_eq!(told[0].event["event"], "wallet.funded");
    assert_eq!(told[0].event["data"]["walletId"], wallet.as_str());
    let disabled = owner.patch(&path, &json!({ "enabled": false })).ok();
    assert_eq!((&disabled["enabled"], &disabled["status"]), (&json!(false), &json!("DISABLED")));
    owner.fund(&wallet, 1);
    owner.patch(&path, &json!({ "enabled": true })).ok();
    owner.fund(&wallet, 2);
    for amount in ["1.00", "2.00"] {
        after.wait_until(|it| it.event["data"]["amount"] == amount);
    }
    let mut told = after.delivered();
    // A few are under way at a time, and what was not noted yet when the webhook
    // changed comes again; the sequence is their order.
    told.sort_by_key(Delivered::sequence);
    told.dedup_by_key(|it| it.sequence());
    let amounts: Vec<_> = told.iter().map(|it| it.event["data"]["amount"].clone()).collect();
    assert_eq!(amounts, ["5.00", "1.00", "2.00"], "what happened meanwhile is told as well");
    owner.patch(&path, &json!({ "events": ["nope"] })).refused_fields(&["events[0]"]);
    owner.patch(&path, &json!({ "url": null })).refused_fields(&["url"]);
}

fn a_removed_webhook_is_gone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (removed, kept) = (Receiver::start(), Receiver::start());
    let (webhook, _) = owner.webhook(&removed, &["wallet.funded"]);
    owner.webhook(&kept, &["wallet.funded"]);
    owner.delete(&format!("/webhooks/{webhook}")).expect(204);
    owner.get(&format!("/webhooks/{webhook}")).refused(404, "WEBHOOK_NOT_FOUND");
    owner.delete(&format!("/webhooks/{webhook}")).refused(404, "WEBHOOK_NOT_FOUND");
    owner.funded(1);
    kept.wait_for(1);
    assert!(removed.delivered().is_empty());
}

fn webhooks_belong_to_one_environment(store: Store) {
    let server = Server::start(store);
    let (webhook, _) = server.owner().webhook(&Receiver::start(), &["*"]);
    let path = format!("/webhooks/{webhook}");
    server.live().get(&path).refused(403, "ENVIRONMENT_MISMATCH");
    server.organization("Stranger").owner.get(&path).refused(404, "WEBHOOK_NOT_FOUND");
    assert_eq!(server.live().get("/webhooks").ok()["data"], json!([]));
}

fn scoped_keys_set_up_none(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let receiver = Receiver::start();
    let (webhook, _) = owner.webhook(&receiver, &["*"]);
    let agent = owner.agent_with(&["*"]);
    let request = json!({ "url": receiver.url(), "events": ["*"] });
    let refusals = [
        agent.api.post("/webhooks", &request),
        agent.api.get("/webhooks"),
        agent.api.get(&format!("/webhooks/{webhook}")),
        agent.api.patch(&format!("/webhooks/{webhook}"), &json!({ "enabled": false })),
        agent.api.delete(&format!("/webhooks/{webhook}")),
        agent.api.act(&format!("/webhooks/{webhook}/rotate-secret")),
        agent.api.get("/webhooks/dlq"),
    ];
    for answer in refusals {
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    }
}

fn types_of_events_are_listed(store: Store) {
    let server = Server::start(store);
    let list = server.owner().get("/webhooks/event-types").ok();
    let types = list["data"].as_array().expect("a list");
    for kind in types {
        assert_fields(kind, &["type", "description", "sample"], &[]);
        assert_eq!(kind["sample"]["event"], kind["type"]);
        assert_eq!(kind["sample"]["type"], kind["type"]);
    }
    let named = |name: &str| types.iter().any(|kind| kind["type"] == name);
    for name in [
        "payment.completed",
        "wallet.funded",
        "policy.denied",
        "approval.created",
        "card.authorized",
        "transfer.returned",
        "invoice.paid",
        "charge.failed",
        "payment_link.claimed",
        "customer.payment_method_added",
        "merchant.suspended",
    ] {
        assert!(named(name), "{name}");
    }
    assert!(!named("wallet.melted"));
}
