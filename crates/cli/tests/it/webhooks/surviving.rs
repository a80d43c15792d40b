//! Deliveries while the server dies and while endpoints hang: each event arrives, under one ID.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::receiver::{Answering, Delivered};
use crate::support::socket::sequence_of;
use crate::support::{Api, Receiver, Server, Store, stories};

stories!(
    every_event_arrives_though_the_server_dies,
    one_silent_endpoint_delays_no_other,
    a_server_stops_while_an_endpoint_hangs,
);

/// How often the server is killed, on each store.
const ROUNDS: usize = 20;
/// The most payments acknowledged before a round's kill.
const LONGEST_ROUND: usize = 30;
const PAYERS: usize = 4;
/// First attempts under way to one endpoint.
const IN_FLIGHT_MAX: usize = 8;
/// How long an endpoint may take to answer; what hangs is given up only then.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);

fn every_event_arrives_though_the_server_dies(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (everything, payments) = (Receiver::start(), Receiver::start());
    let (from, to) = (owner.funded(10_000), owner.wallet("Shop"));
    let begun = owner.last_sequence();
    owner.webhook(&everything, &["*"]);
    owner.webhook(&payments, &["payment.completed"]);
    for round in 0..ROUNDS {
        // Where in the load the kill falls is different in every run: that is the point of it.
        let acknowledgements = 1 + RandomState::new().hash_one(round) as usize % LONGEST_ROUND;
        pay_until_killed(&mut server, &from, &to, acknowledgements);
        server.launch();
    }
    let listed: BTreeMap<i64, String> = server
        .owner()
        .events_behind(begun)
        .into_iter()
        .map(|text| (sequence_of(&text), text))
        .collect();
    let completed = |text: &String| text.contains("\"type\":\"payment.completed\"");
    let paid = listed.iter().filter(|(_, text)| completed(text));
    let paid: BTreeMap<i64, String> = paid.map(|(at, text)| (*at, text.clone())).collect();
    assert!(paid.len() >= ROUNDS, "{} payments", paid.len());
    assert_all_arrived(&everything, &listed);
    assert_all_arrived(&payments, &paid);
}

/// Callers pay until so many payments are acknowledged; then the server is killed while they go on.
fn pay_until_killed(server: &mut Server, from: &str, to: &str, acknowledgements: usize) {
    let acknowledged = AtomicUsize::new(0);
    let owner = server.owner();
    let request = json!({ "from": from, "to": to, "amount": "0.01" });
    let pay = |owner: &Api| owner.try_send("POST", "/payments", Some(&request));
    thread::scope(|scope| {
        for _ in 0..PAYERS {
            scope.spawn(|| {
                while let Some(answer) = pay(&owner) {
                    acknowledged.fetch_add(usize::from(answer.status == 200), Ordering::Relaxed);
                }
            });
        }
        while acknowledged.load(Ordering::Relaxed) < acknowledgements {
            thread::yield_now();
        }
        server.kill();
    });
}

/// All these events arrived, and nothing else; each under its own ID and as it is listed, the first time in its turn.
#[track_caller]
fn assert_all_arrived(receiver: &Receiver, listed: &BTreeMap<i64, String>) {
    let mut told = receiver.delivered();
    let arrived =
        |told: &[Delivered]| told.iter().map(Delivered::sequence).collect::<BTreeSet<_>>();
    while arrived(&told).len() < listed.len() {
        told = receiver.wait_for(told.len() + 1);
    }
    let mut missing: BTreeSet<i64> = listed.keys().copied().collect();
    for told in &told {
        let sequence = told.sequence();
        let text = listed.get(&sequence).unwrap_or_else(|| panic!("{} is not wanted", told.body));
        assert_eq!(&told.body, text, "every time the same");
        assert_eq!(told.header("webhook-id"), told.event["id"], "an event has one ID");
        if missing.remove(&sequence) {
            let overtaken = missing.range(..sequence).count();
            assert!(overtaken < IN_FLIGHT_MAX, "{sequence} overtook {overtaken} events");
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

fn one_silent_endpoint_delays_no_other(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let silent = Receiver::answering(Answering::Silent);
    let others: Vec<Receiver> = (0..9).map(|_| Receiver::start()).collect();
    let (from, to) = (owner.funded(1_000), owner.wallet("Shop"));
    owner.webhook(&silent, &["payment.*"]);
    for receiver in &others {
        owner.webhook(receiver, &["payment.*"]);
    }
    let begun = Instant::now();
    for _ in 0..50 {
        owner.paid(&from, &to, "1.00");
    }
    for receiver in &others {
        receiver.wait_for(100);
    }
    let taken = begun.elapsed();
    assert!(taken < ANSWER_TIMEOUT, "all others were told while it hung, {taken:?}");
    let hanging = silent.wait_for(IN_FLIGHT_MAX).len();
    assert_eq!(hanging, IN_FLIGHT_MAX, "no more are under way to it");
    let sequences: BTreeSet<i64> = silent.delivered().iter().map(Delivered::sequence).collect();
    let first: BTreeSet<i64> = others[0].delivered().iter().map(Delivered::sequence).collect();
    assert_eq!(sequences, first.into_iter().take(IN_FLIGHT_MAX).collect(), "the first of all");
}

fn a_server_stops_while_an_endpoint_hangs(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let silent = Receiver::answering(Answering::Silent);
    let wallet = owner.wallet("Shop");
    owner.webhook(&silent, &["wallet.funded"]);
    for _ in 0..3 {
        owner.fund(&wallet, 1);
    }
    silent.wait_for(3);
    let begun = Instant::now();
    let status = server.stop();
    assert!(status.success(), "{status}\n{}", server.log());
    assert!(begun.elapsed() < ANSWER_TIMEOUT / 2, "it does not wait for it: {:?}", begun.elapsed());
    silent.now_answers(Answering::status(200));
    server.launch();
    // What was under way is sent again.
    let told = silent.wait_for(6);
    let again: BTreeSet<i64> = told[3..].iter().map(Delivered::sequence).collect();
    assert_eq!(again, told[..3].iter().map(Delivered::sequence).collect::<BTreeSet<_>>());
}
