//! Events as a list: complete, in order, and only one's own.

use serde_json::{Value, json};

use crate::support::shapes::{EVENT, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, stories};

stories!(
    events_have_no_gaps_and_page_oldest_first,
    filters_narrow_the_list,
    one_event_is_read_by_its_id,
    scoped_keys_hear_of_their_wallets_only,
    a_bad_question_is_refused,
    what_waits_is_told_as_it_was,
);

fn events_have_no_gaps_and_page_oldest_first(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    for _ in 0..15 {
        owner.paid(&from, &to, "1.00");
    }
    let mut all: Vec<Value> = Vec::new();
    let mut path = "/events?limit=7".to_owned();
    loop {
        let page = owner.get(&path).ok();
        all.extend(page["data"].as_array().expect("a list").iter().cloned());
        let Some(cursor) = page["cursor"].as_str() else { break };
        path = format!("/events?limit=7&cursor={cursor}");
    }
    for (at, event) in all.iter().enumerate() {
        assert_fields(event, EVENT, &[]);
        assert_id(&event["id"], "evt");
        assert_time(&event["timestamp"]);
        assert_eq!(event["sequence"], json!(at + 1), "no gap");
        assert_eq!(event["event"], event["type"]);
    }
    let payments = all.iter().filter(|event| event["event"] == "payment.completed").count();
    assert_eq!(payments, 15);
}

fn filters_narrow_the_list(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    owner.paid(&from, &to, "1.00");
    let count = |query: &str| {
        owner.get(&format!("/events?{query}")).ok()["data"].as_array().expect("a list").len()
    };
    assert_eq!(count("type=payment.completed"), 1);
    assert_eq!(count("type=payment.*"), 2);
    let all = count("limit=100");
    assert_eq!(count("limit=100&after=2"), all - 2);
    assert_eq!(count(&format!("after={all}")), 0);
    assert_eq!(count("after=1000000"), 0);
}

fn one_event_is_read_by_its_id(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    owner.paid(&from, &to, "1.00");
    let events = owner.get("/events?limit=100").ok();
    for event in events["data"].as_array().expect("a list") {
        let path = format!("/events/{}", event["id"].as_str().expect("an ID"));
        assert_eq!(&owner.get(&path).ok(), event);
        server.organization("Stranger").owner.get(&path).refused(404, "NOT_FOUND");
    }
    owner.get("/events/evt_nope").refused(404, "NOT_FOUND");
}

fn scoped_keys_hear_of_their_wallets_only(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    owner.paid(&from, &to, "1.00");
    let heard = |wallet: &str| {
        let api = server.scoped(&["webhooks:read"], &[wallet]);
        let events = api.get("/events?limit=100").ok();
        let events = events["data"].as_array().expect("a list").clone();
        events.iter().map(|event| event["event"].as_str().expect("a name").to_owned()).collect()
    };
    let payer: Vec<String> = heard(&from);
    assert_eq!(payer, ["wallet.created", "wallet.funded", "payment.completed"]);
    let receiver: Vec<String> = heard(&to);
    assert_eq!(receiver, ["wallet.created", "payment.received"]);
}

fn a_bad_question_is_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.get("/events?after=-1").refused_fields(&["after"]);
    owner.get("/events?after=x").refused_fields(&["after"]);
    owner.get("/events?type=nope").refused_fields(&["type"]);
    owner.get("/events?cursor=nope").refused_fields(&["cursor"]);
    server.permitted(&["payments:read"]).get("/events").refused(403, "PERMISSION_DENIED");
}

fn what_waits_is_told_as_it_was(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("Shop"));
    let waiting = owner.ask(&from, &to, "5.00");
    owner.approve(&waiting.approval).ok();
    let events = owner.get("/events?limit=100").ok();
    let events = events["data"].as_array().expect("a list").clone();
    let told = |name: &str| {
        let found = events.iter().find(|event| event["event"] == name);
        found.unwrap_or_else(|| panic!("{name} is told"))["data"].clone()
    };
    assert_eq!(told("payment.pending_approval")["status"], "PENDING_APPROVAL");
    assert_eq!(told("approval.created")["status"], "PENDING");
    assert_eq!(told("approval.created")["approvalId"], waiting.approval.as_str());
    assert_eq!(told("approval.approved")["status"], "APPROVED");
    assert_eq!(told("payment.completed")["status"], "POSTED");
}
