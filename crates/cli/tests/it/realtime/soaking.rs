//! Connections that break and servers that die while money moves: a client that comes back misses nothing.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::proxy::Breaking;
use crate::support::socket::sequence_of;
use crate::support::{Api, Heard, Proxy, Server, Store, stories};

stories!(a_client_that_comes_back_misses_nothing);

/// Connections that break, each after any number of bytes up to this one.
const BREAKS: usize = 100;
const BREAK_BYTES_MAX: u64 = 12_000;
/// The first of them break before anything is heard.
const UNHEARD: usize = 5;
/// How often the server is killed meanwhile.
const KILLS: usize = 5;
/// Callers that pay meanwhile.
const PAYERS: usize = 2;
/// How long a story may take before it is stuck.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where the server is now: another port after each start.
struct Place<'a> {
    proxy: &'a Proxy,
    owner: &'a Api,
}

fn a_client_that_comes_back_misses_nothing(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(50_000), owner.wallet("Shop"));
    // Readers come by the way that breaks, payers by one that does not.
    let (breaking, whole) = (Proxy::before(owner.place()), Proxy::before(owner.place()));
    breaking.breaks(Breaking::BehindHead);
    let reader = Place { proxy: &breaking, owner: &owner };
    let payer = Place { proxy: &whole, owner: &owner };
    let (paying, all) = (AtomicBool::new(true), AtomicI64::new(i64::MAX));
    let heard = thread::scope(|scope| {
        let reading = scope.spawn(|| read_on(&reader, &all));
        let pay = || scope.spawn(|| pay_on(&payer, &from, &to, &paying));
        let payers: Vec<_> = std::iter::repeat_with(pay).take(PAYERS).collect();
        wait_until_broken(&breaking, UNHEARD);
        breaking.breaks(Breaking::Within(BREAK_BYTES_MAX));
        for kill in 1..=KILLS {
            wait_until_broken(&breaking, kill * BREAKS / (KILLS + 1));
            server.kill();
            server.launch();
            breaking.lead_to(server.nobody().place());
            whole.lead_to(server.nobody().place());
        }
        wait_until_broken(&breaking, BREAKS);
        paying.store(false, Ordering::SeqCst);
        breaking.breaks(Breaking::Never);
        payers.into_iter().for_each(|payer| payer.join().expect("a payer that ends"));
        // One more shows the reader where to stop.
        server.owner().wallet("Last");
        all.store(server.owner().last_sequence(), Ordering::SeqCst);
        reading.join().expect("a reader that ends")
    });
    let listed = server.owner().events_behind(0);
    let numbers: Vec<i64> = listed.iter().map(|text| sequence_of(text)).collect();
    let last = i64::try_from(listed.len()).expect("small");
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
    assert!(last > 200, "{last} events are too few to prove anything");
    assert_eq!(heard, listed, "none is missing, none comes twice, none is another one");
    println!("{last} events through {} broken connections", breaking.broken());
}

#[track_caller]
fn wait_until_broken(proxy: &Proxy, count: usize) {
    let until = Instant::now() + PATIENCE;
    while proxy.broken() < count {
        assert!(Instant::now() < until, "{} connections broke", proxy.broken());
        thread::sleep(Duration::from_millis(1));
    }
}

/// Reads everything up to the last event, coming back with the last sequence it saw.
fn read_on(place: &Place<'_>, all: &AtomicI64) -> Vec<String> {
    let mut heard: Vec<String> = Vec::new();
    let until = Instant::now() + PATIENCE;
    loop {
        let after = last_of(&heard);
        if after >= all.load(Ordering::SeqCst) {
            return heard;
        }
        assert!(Instant::now() < until, "{} events were heard", heard.len());
        let caller = place.owner.at(&place.proxy.address());
        let Ok(mut socket) = caller.try_follow(&format!("?after={after}")) else {
            continue;
        };
        while last_of(&heard) < all.load(Ordering::SeqCst) {
            match socket.hear_within(Duration::from_millis(100)) {
                Some(Heard::Event(text)) => heard.push(text),
                Some(Heard::Ping(_)) | None => {}
                Some(Heard::Lost) => break,
                Some(end @ Heard::Closed(_)) => panic!("{end:?}"),
            }
        }
    }
}

fn last_of(heard: &[String]) -> i64 {
    heard.last().map_or(0, |text| sequence_of(text))
}

/// Pays until it is told to stop, passing over a server that is down.
fn pay_on(place: &Place<'_>, from: &str, to: &str, paying: &AtomicBool) {
    while paying.load(Ordering::SeqCst) {
        let caller = place.owner.at(&place.proxy.address());
        let request = json!({ "from": from, "to": to, "amount": "0.01" });
        if caller.try_send("POST", "/payments", Some(&request)).is_none() {
            thread::sleep(Duration::from_millis(5));
        }
    }
}
