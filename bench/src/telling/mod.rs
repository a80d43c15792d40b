//! Telling events: to sockets and to the endpoints of webhooks, all of them in
//! this process, on the machine of the server.
//!
//! A time begins when the payment is sent, so it holds the commit as well and is
//! the upper bound of what it is named after. Listeners step back for the server:
//! elsewhere they would have machines of their own.

mod endpoints;
mod sockets;

use std::collections::HashMap;
use std::io::{self, Error};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::runtime;
use tokio::time::interval;

use crate::http::{Connection, request};
use crate::installation::{Installation, Place};
use crate::load::{Load, Requests, Spread, Work, histogram, ratio};
use crate::results::Results;
use endpoints::Endpoints;
use sockets::Sockets;

/// Sockets that times are taken with.
const SUBSCRIBERS: usize = 1_000;
/// Who listens while as many payments as possible are made.
const SOCKETS: usize = 100;
const ENDPOINTS: usize = 10;
/// Payments that times are taken of, and how many a second: each is told to
/// every subscriber, twice.
const TIMED: u32 = 100;
const PACE: u32 = 10;
/// How often deliveries are counted.
const LOOK_PAUSE: Duration = Duration::from_millis(100);
/// How far listeners step back, of 19.
const LISTENERS_NICENESS: i32 = 10;
/// What a new socket costs is seen when it has come to rest.
const SETTLE: Duration = Duration::from_secs(1);

/// When payments were sent, by their description, and how long it took until
/// somebody was told.
#[derive(Default)]
struct Watch {
    sent: Mutex<HashMap<u32, Instant>>,
}

impl Watch {
    fn send(&self, number: u32) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.insert(number, Instant::now());
    }

    /// How long ago the payment of an event was sent, when it is one of ours.
    fn since(&self, event: &[u8]) -> Option<Duration> {
        const COMPLETED: &[u8] = br#""event":"payment.completed""#;
        const NAME: &[u8] = br#""description":"timed "#;
        find(event, COMPLETED)?;
        let digits = &event[find(event, NAME)? + NAME.len()..];
        let end = digits.iter().position(|it| *it == b'"')?;
        let number: u32 = std::str::from_utf8(&digits[..end]).ok()?.parse().ok()?;
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.get(&number).map(Instant::elapsed)
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|it| it == part)
}

/// Times as they come in.
#[derive(Clone)]
struct Times(Arc<Mutex<Histogram<u64>>>);

impl Times {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(histogram())))
    }

    fn note(&self, took: Duration) {
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(microseconds);
    }

    fn p99_ms(&self) -> f64 {
        let times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.value_at_quantile(0.99) as f64 / 1e3
    }

    fn count(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Measures one installation that may deliver to this machine.
pub(crate) fn measure(
    installation: Installation,
    duration: Duration,
    run: u64,
    results: &mut Results,
) -> io::Result<Place> {
    allow_many_files()?;
    let mut threads = runtime::Builder::new_multi_thread();
    threads.worker_threads(2).enable_all().on_thread_start(step_back);
    let runtime = threads.build()?;
    let site = Site { installation, runtime, duration };
    let alone = site.payments(run)?;
    site.times(results)?;
    let (endpoints, sockets) = site.listeners()?;
    let before = endpoints.taken();
    let told = site.payments(run + 1)?;
    results.note("telling share", told / alone);
    drop(sockets);
    // What could not be told meanwhile is waiting now.
    let waiting = endpoints.taken();
    let begun = Instant::now();
    // Until nothing is left, or the time is over.
    let mut delivered = 0;
    while begun.elapsed() < duration {
        thread::sleep(LOOK_PAUSE);
        let now = endpoints.taken() - waiting;
        if now == delivered && now > 0 {
            break;
        }
        delivered = now;
    }
    results.note("deliveries", ratio(delivered, begun.elapsed()));
    eprintln!(
        "  telling: {alone:.0}/s alone, {told:.0}/s told; {} deliveries meanwhile, {delivered} after",
        waiting - before
    );
    drop(endpoints);
    let Site { installation: Installation { server, place, .. }, .. } = site;
    server.stop()?;
    Ok(place)
}

fn step_back() {
    // Without it listeners only take more of the machine.
    let _ = rustix::process::nice(LISTENERS_NICENESS);
}

/// Each socket is a file, here as in the server.
fn allow_many_files() -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?)
}

struct Site {
    installation: Installation,
    runtime: runtime::Runtime,
    duration: Duration,
}

impl Site {
    /// As many payments as possible. Gives how many a second.
    fn payments(&self, run: u64) -> io::Result<f64> {
        let Installation { server, key, wallets, .. } = &self.installation;
        let requests = Requests::new(Work::Pay(Spread::Uniform), key, wallets, run);
        let load = Load {
            address: server.address,
            requests: &requests,
            connections: 64,
            warm_up: self.duration / 2,
            duration: self.duration,
            rate: None,
        };
        Ok(load.run()?.throughput)
    }

    /// What a socket costs, and how soon one is told.
    fn times(&self, results: &mut Results) -> io::Result<()> {
        let Installation { server, key, wallets, .. } = &self.installation;
        let watch = Arc::new(Watch::default());
        let (socket_times, endpoint_times) = (Times::new(), Times::new());
        let before = server.memory()?.resident;
        let sockets = self.runtime.block_on(Sockets::open(
            server.address,
            key,
            SUBSCRIBERS,
            Some((Arc::clone(&watch), socket_times.clone())),
        ))?;
        thread::sleep(SETTLE);
        let each = server.memory()?.resident.saturating_sub(before) as f64 / SUBSCRIBERS as f64;
        results.note("socket bytes", each);
        let timed = Some((Arc::clone(&watch), endpoint_times.clone()));
        let endpoint = self.runtime.block_on(Endpoints::open(server.address, key, 1, timed))?;
        self.runtime.block_on(self.pace(&watch, &wallets[..2]))?;
        thread::sleep(SETTLE);
        results.note("socket p99 ms", socket_times.p99_ms());
        results.note("endpoint p99 ms", endpoint_times.p99_ms());
        eprintln!(
            "  telling: socket {each:.0} B, p99 {:.1} ms of {}, endpoint p99 {:.1} ms of {}",
            socket_times.p99_ms(),
            socket_times.count(),
            endpoint_times.p99_ms(),
            endpoint_times.count()
        );
        drop(sockets);
        self.runtime.block_on(endpoint.remove())
    }

    /// Payments at a calm pace, each with a description to know it by.
    async fn pace(&self, watch: &Watch, wallets: &[String]) -> io::Result<()> {
        let Installation { server, key, .. } = &self.installation;
        let mut connection = Connection::open(server.address).await?;
        let mut ticks = interval(Duration::from_secs(1) / PACE);
        for number in 0..TIMED {
            ticks.tick().await;
            let body = json!({
                "from": wallets[0], "to": wallets[1], "amount": "0.01",
                "description": format!("timed {number}"),
            });
            let bytes = request("POST", "/v1/payments", key, Some(&body.to_string()));
            watch.send(number);
            match connection.exchange(&bytes).await? {
                200 => {}
                status => return Err(Error::other(format!("a timed payment: {status}"))),
            }
        }
        Ok(())
    }

    fn listeners(&self) -> io::Result<(Endpoints, Sockets)> {
        let Installation { server, key, .. } = &self.installation;
        self.runtime.block_on(async {
            let endpoints = Endpoints::open(server.address, key, ENDPOINTS, None).await?;
            Ok((endpoints, Sockets::open(server.address, key, SOCKETS, None).await?))
        })
    }
}
