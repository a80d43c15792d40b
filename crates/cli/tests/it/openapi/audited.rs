//! Every route that changes something leaves an audit entry: who, from where, under which request.

use std::collections::BTreeSet;

use super::document::{Document, Operation};
use super::rows::{Things, rows};
use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Api, Server, Store, stories};

stories!(every_changing_route_leaves_an_audit_entry, refused_calls_leave_none);

/// Routes that are no reading ones and still change nothing of an organization's: one asks beforehand, one moves a clock
/// that is nobody's, some send an event once more, or never again, and a sandbox's bank account is verified already. Some
/// tell an address at which something else is done.
const UNCHANGING: &[&str] = &[
    "POST /bank-accounts/{}/verify",
    "POST /wallets/{}/policies/check",
    "POST /sandbox/clock",
    "POST /webhooks/{}/test",
    "POST /events/{}/resend",
    "POST /webhooks/deliveries/{}/resend",
    "POST /webhooks/dlq/{}/retry",
    "POST /webhooks/dlq/{}/discard",
    "POST /customers/{}/payment-methods/setup",
    "POST /customers/{}/payment-update-url",
    "POST /invoices/{}/checkout",
    "POST /invoices/pay/{}/usdc",
];

fn is_changing(route: &str) -> bool {
    !route.starts_with("GET ") && !UNCHANGING.contains(&route)
}

fn every_changing_route_leaves_an_audit_entry(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (actor, caller) = owner.colleague(&["*"]);
    let documented: BTreeSet<String> = Document::served(&server)
        .operations()
        .iter()
        .map(Operation::to_string)
        .filter(|route| is_changing(route))
        .collect();
    let mut walked = BTreeSet::new();
    let count = rows(&Things::make(&owner)).len();
    for index in 0..count {
        // Each row acts on things of its own, so that each has something left to change.
        let row = rows(&Things::make(&owner)).swap_remove(index);
        if !is_changing(&row.to_string()) {
            continue;
        }
        let request_id = format!("audited-{index}");
        let answer = row.ask(&caller.with_header("X-Request-Id", &request_id));
        assert!((200..300).contains(&answer.status), "{}", answer.story());
        let acts = owner.audited(&format!("actorId={actor}"));
        let entries: Vec<_> =
            acts.iter().filter(|entry| entry["requestId"] == request_id.as_str()).collect();
        assert!(!entries.is_empty(), "{row} leaves no audit entry\n{}", answer.story());
        for entry in entries {
            assert_fields(entry, shapes::AUDIT_ENTRY, &[]);
            assert_id(&entry["id"], "log");
            assert_time(&entry["createdAt"]);
            assert_eq!(entry["actorType"], "API_KEY", "{row}");
            assert_eq!(entry["actorId"], actor.as_str(), "{row}");
            assert_eq!(entry["ipAddress"], "127.0.0.1", "{row}");
            assert_eq!(entry["organizationId"], server.account("organizationId"), "{row}");
            assert!(entry["resource"].is_string() && entry["resourceId"].is_string(), "{row}");
        }
        walked.insert(row.to_string());
    }
    assert_eq!(walked, documented, "every changing route of the document, and no other");
}

fn refused_calls_leave_none(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let powerless = server.permitted(&[]);
    let rows = rows(&Things::make(&owner));
    // What is on its way goes on by itself meanwhile.
    let acts = |caller: &Api| {
        caller.audited("").iter().filter(|entry| entry["actorType"] == "API_KEY").count()
    };
    let before = (acts(&owner), acts(&stranger.owner));
    let mut refused = 0;
    for row in rows.iter().filter(|row| is_changing(&row.to_string())) {
        row.ask(&powerless).expect(403);
        row.ask(&server.nobody()).expect(401);
        if row.foreign.is_some() {
            row.ask(&stranger.owner).expect(404);
        }
        refused += 1;
    }
    assert!(refused > 20, "{refused} routes");
    assert_eq!((acts(&owner), acts(&stranger.owner)), before);
}
