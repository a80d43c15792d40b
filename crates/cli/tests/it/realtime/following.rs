//! What the stream tells: every event, once, in order, as everywhere else.

use std::thread;

use serde_json::{Value, json};

use crate::support::socket::sequence_of;
use crate::support::{Api, Receiver, Server, Store, all_at_once, stories};

stories!(
    messages_are_what_the_list_and_webhooks_say,
    a_stream_begins_where_it_was_asked_to,
    nothing_is_missed_while_many_pay,
    nobody_hears_of_others,
);

/// Callers that pay at the same time, and how often each does.
const PAYERS: usize = 8;
const PAYMENTS_EACH: usize = 25;

/// A little of everything: payments, a refusal, names that need escaping.
fn happen(owner: &Api) {
    let (from, to) = (owner.funded(100), owner.wallet("Zoë \"the\" 🐙\u{2028}\\/<shop>"));
    owner.paid(&from, &to, "1.00");
    owner.paid(&from, &to, "0.12345678");
    owner.policy(&from, &json!({ "maxTransactionAmount": "5.00" }));
    owner.pay(&from, &to, "6.00").refused(403, "POLICY_DENIED");
    let batch = [1, 2].map(|it| json!({ "from": from, "to": to, "amount": format!("{it}.00") }));
    owner.post("/payments/batch", &json!({ "payments": batch })).ok();
    owner.act(&format!("/wallets/{from}/freeze")).ok();
}

fn messages_are_what_the_list_and_webhooks_say(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let mut live = owner.follow("");
    let first = live.ping().parse::<i64>().expect("a sequence");
    let receiver = Receiver::start();
    owner.webhook(&receiver, &["*"]);
    happen(&owner);
    let listed = owner.events_behind(0);
    let new = &listed[usize::try_from(first).expect("small")..];
    assert_eq!(live.events(new.len()), new, "the list's bytes, as they happen");
    assert_eq!(owner.follow("?after=0").events(listed.len()), listed, "and when they are past");
    let mut delivered = receiver.wait_for(new.len());
    delivered.sort_by_key(|it| it.sequence());
    delivered.dedup_by_key(|it| it.sequence());
    let bodies: Vec<&str> = delivered.iter().map(|it| it.body.as_str()).collect();
    assert_eq!(bodies, new, "webhooks are sent the same bytes");
    for text in &listed {
        let event: Value = serde_json::from_str(text).expect("JSON");
        let one = owner.get(&format!("/events/{}", event["id"].as_str().expect("an ID")));
        assert_eq!(one.expect(200).text, *text, "each by itself");
    }
}

fn a_stream_begins_where_it_was_asked_to(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    happen(&owner);
    let listed = owner.events_behind(0);
    let last = i64::try_from(listed.len()).expect("small");
    let mut fresh = [owner.follow(""), owner.follow(&format!("?after={last}"))];
    for socket in &mut fresh {
        assert_eq!(socket.ping(), last.to_string(), "the latest sequence, at once");
    }
    for after in [0, 1, last / 2, last - 1] {
        let behind = owner.events_behind(after);
        let mut socket = owner.follow(&format!("?after={after}"));
        assert_eq!(socket.events(behind.len()), behind, "after {after}");
    }
    owner.wallet("New");
    let new = owner.events_behind(last);
    assert_eq!(new.len(), 1);
    for mut socket in fresh {
        assert_eq!(socket.event(), new[0], "only what is new");
    }
}

fn nothing_is_missed_while_many_pay(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let to = owner.wallet("Shop");
    let wallets: Vec<String> = (0..PAYERS).map(|_| owner.funded(1_000)).collect();
    let before = owner.last_sequence();
    let mut listening = owner.follow("");
    assert_eq!(listening.ping(), before.to_string());
    let count = before + i64::try_from(2 * PAYERS * PAYMENTS_EACH).expect("small");
    let heard: Vec<Vec<i64>> = thread::scope(|scope| {
        let mut readers = Vec::new();
        // Some begin before, some while it happens; some behind all, some amid.
        for number in 0..4 {
            let owner = &owner;
            readers.push(scope.spawn(move || {
                let after = if number % 2 == 0 { 0 } else { before };
                let mut socket = owner.follow(&format!("?after={after}"));
                let heard = (after..count).map(|_| sequence_of(&socket.event()));
                heard.collect::<Vec<i64>>()
            }));
        }
        let pay = |payer: usize| {
            let pay = || owner.pay(&wallets[payer], &to, "1.00").expect(200);
            (1..PAYMENTS_EACH).for_each(|_| drop(pay()));
            pay()
        };
        all_at_once(PAYERS, pay);
        readers.into_iter().map(|reader| reader.join().expect("a reader that ends")).collect()
    });
    for (number, heard) in heard.iter().enumerate() {
        let after = if number % 2 == 0 { 0 } else { before };
        assert_eq!(*heard, (after + 1..=count).collect::<Vec<i64>>(), "reader {number}");
    }
    let heard = listening.events(usize::try_from(count - before).expect("small"));
    assert_eq!(heard, owner.events_behind(before));
}

fn nobody_hears_of_others(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let other = server.organization("Other");
    let callers = [&owner, &live, &other.owner, &other.live];
    let mut sockets = callers.map(|caller| caller.follow("?after=0"));
    let from = owner.funded(100);
    owner.paid(&from, &other.wallet, "2.00");
    // What each hears last shows that nothing came before it.
    for caller in callers {
        caller.wallet("Last");
    }
    for (caller, socket) in callers.iter().zip(&mut sockets) {
        let listed = caller.events_behind(0);
        assert_eq!(socket.events(listed.len()), listed);
        let me = caller.get("/organizations/me").ok();
        for text in listed {
            let event: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(event["organizationId"], me["id"]);
        }
    }
    let told = |caller: &Api, kind: &str| {
        let events = caller.events_behind(0);
        let events = events.iter().map(|it| serde_json::from_str::<Value>(it).expect("JSON"));
        events.filter(|it| it["type"] == kind).count()
    };
    assert_eq!(told(&owner, "payment.completed"), 1);
    assert_eq!(told(&other.owner, "payment.received"), 1);
    assert_eq!(told(&other.owner, "payment.completed"), 0);
    assert_eq!(told(&live, "wallet.funded") + told(&other.live, "payment.received"), 0);
}
