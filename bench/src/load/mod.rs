//! The load generator: many connections, a fresh request on each as soon as the
//! last is answered, or at a given rate.

mod requests;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use std::{fmt, io, thread};

use hdrhistogram::Histogram;
use tokio::runtime;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::sleep_until;

use crate::http::Connection;

pub(crate) use requests::{Requests, Spread, Work};

/// Each thread drives its share of the connections. More than the machine has
/// cores would only take turns.
const THREADS: usize = 2;
/// A request that takes longer is counted as if it took this long.
const LATENCY_MAX_US: u64 = 60_000_000;

/// What to send, to whom, for how long.
pub(crate) struct Load<'a> {
    /// The server.
    pub(crate) address: SocketAddr,
    /// What to send.
    pub(crate) requests: &'a Requests,
    /// How many connections are open.
    pub(crate) connections: usize,
    /// Not measured: caches and connections become warm.
    pub(crate) warm_up: Duration,
    /// What is measured.
    pub(crate) duration: Duration,
    /// Requests per second over all connections; none for as many as possible.
    pub(crate) rate: Option<u32>,
}

/// What came back.
pub(crate) struct Measurement {
    /// Answers with 200 or 201 a second.
    pub(crate) throughput: f64,
    /// From sending to the end of the answer, in microseconds.
    pub(crate) latency: Histogram<u64>,
    /// How many answers had another status.
    pub(crate) refused: BTreeMap<u16, u64>,
}

impl Load<'_> {
    /// Runs the load to its end.
    pub(crate) fn run(&self) -> io::Result<Measurement> {
        let threads = THREADS.min(self.connections);
        let ready = Arc::new(Barrier::new(threads));
        let records = thread::scope(|scope| {
            let share = |thread| (thread..self.connections).step_by(threads).collect();
            let handles: Vec<_> = (0..threads)
                .map(|thread| (share(thread), Arc::clone(&ready)))
                .map(|(share, ready)| scope.spawn(move || self.drive_share(share, &ready)))
                .collect();
            let joined = handles.into_iter().map(|handle| {
                handle.join().expect("a thread of the load generator has no reason to panic")
            });
            joined.collect::<io::Result<Vec<Record>>>()
        })?;
        let mut total = Record::new();
        for record in records {
            total.add(record);
        }
        Ok(Measurement {
            throughput: ratio(total.latency.len(), self.duration),
            latency: total.latency,
            refused: total.refused,
        })
    }

    fn drive_share(&self, share: Vec<usize>, ready: &Barrier) -> io::Result<Record> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let tasks = LocalSet::new();
        let record = Rc::new(RefCell::new(Record::new()));
        let opened = runtime.block_on(async {
            let mut opened = Vec::new();
            for index in share {
                opened.push((index, Connection::open(self.address).await?));
            }
            Ok::<_, io::Error>(opened)
        });
        // All threads begin together, also when one of them will not.
        ready.wait();
        let start = Instant::now();
        tasks.block_on(&runtime, async {
            let drives = opened?.into_iter().map(|(index, connection)| {
                let drive = Drive {
                    index,
                    connection,
                    requests: self.requests.clone(),
                    measured_from: start + self.warm_up,
                    until: start + self.warm_up + self.duration,
                    pace: self.rate.map(|rate| self.pace(index, rate, start)),
                    record: Rc::clone(&record),
                };
                spawn_local(drive.run())
            });
            let drives: Vec<_> = drives.collect();
            for drive in drives {
                drive.await.map_err(io::Error::other)??;
            }
            Ok::<_, io::Error>(())
        })?;
        drop(tasks);
        Ok(record.replace(Record::new()))
    }

    /// Each connection has every n-th place in the order of arrival.
    fn pace(&self, index: usize, rate: u32, start: Instant) -> Pace {
        let between = Duration::from_secs(1) / rate;
        let place = u32::try_from(index).expect("connections are few");
        let places = u32::try_from(self.connections).expect("connections are few");
        Pace { due: start + between * place, interval: between * places }
    }
}

impl Measurement {
    /// The latency that this share of the answers kept, in milliseconds.
    pub(crate) fn latency_ms(&self, share: f64) -> f64 {
        self.latency.value_at_quantile(share) as f64 / 1e3
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| self.latency_ms(share));
        write!(f, "{:>8.0}/s", self.throughput)?;
        write!(f, "  p50 {p50:>7.2} ms  p99 {p99:>7.2} ms  max {max:>7.1} ms")?;
        for (status, count) in &self.refused {
            write!(f, "  {count} × {status}")?;
        }
        Ok(())
    }
}

/// When the next request of a connection is due.
struct Pace {
    due: Instant,
    interval: Duration,
}

impl Pace {
    /// Waits until the next request is due. A request that is due while the one
    /// before is still unanswered counts from when it was due: it waited for the
    /// server. One that had to wait only for the timer of this program does not.
    async fn next(&mut self) -> Instant {
        let due = self.due;
        self.due += self.interval;
        if Instant::now() >= due {
            return due;
        }
        sleep_until(due.into()).await;
        Instant::now()
    }
}

/// One connection at work.
struct Drive {
    index: usize,
    connection: Connection,
    requests: Requests,
    measured_from: Instant,
    until: Instant,
    pace: Option<Pace>,
    record: Rc<RefCell<Record>>,
}

impl Drive {
    async fn run(mut self) -> io::Result<()> {
        self.requests.begin(self.index);
        loop {
            let begun = match &mut self.pace {
                None => Instant::now(),
                Some(pace) => pace.next().await,
            };
            if begun >= self.until {
                return Ok(());
            }
            let status = self.connection.exchange(self.requests.next()).await?;
            let now = Instant::now();
            if begun >= self.measured_from && now < self.until {
                self.record.borrow_mut().note(status, now - begun);
            }
        }
    }
}

/// What one thread has seen.
struct Record {
    latency: Histogram<u64>,
    refused: BTreeMap<u16, u64>,
}

impl Record {
    fn new() -> Self {
        Self { latency: histogram(), refused: BTreeMap::new() }
    }

    fn note(&mut self, status: u16, took: Duration) {
        if matches!(status, 200 | 201) {
            let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            self.latency.saturating_record(microseconds);
        } else {
            *self.refused.entry(status).or_default() += 1;
        }
    }

    fn add(&mut self, other: Self) {
        self.latency.add(other.latency).expect("all have the same bounds");
        for (status, count) in other.refused {
            *self.refused.entry(status).or_default() += count;
        }
    }
}

/// An empty histogram of microseconds with two significant digits.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LATENCY_MAX_US, 2)
        .expect("two digits up to a minute are possible")
}

/// How many a second.
pub(crate) fn ratio(count: u64, duration: Duration) -> f64 {
    count as f64 / duration.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::null;
    use crate::process::{free_address, get};

    #[test]
    fn a_load_is_answered_and_a_rate_is_kept() {
        let address = free_address().unwrap();
        thread::spawn(move || null::serve(address).unwrap());
        while get(address, "/readyz").is_err() {
            thread::yield_now();
        }
        let names = ["wal_1", "wal_2"].map(|name| format!("{name:0<30}"));
        let requests = Requests::new(Work::Pay(Spread::Uniform), "key", &names.into(), 1);
        let mut load = Load {
            address,
            requests: &requests,
            connections: 8,
            warm_up: Duration::ZERO,
            duration: Duration::from_millis(500),
            rate: Some(400),
        };
        let paced = load.run().unwrap();
        assert!(paced.refused.is_empty());
        assert!((100..=200).contains(&paced.latency.len()), "{}", paced.latency.len());
        load.rate = None;
        let free = load.run().unwrap();
        assert!(free.refused.is_empty());
        assert!(free.latency.len() > paced.latency.len());
        // Eight connections, each busy all the time.
        let mean_us = 8.0 * 1e6 / free.throughput;
        assert!((mean_us / 4.0..mean_us * 1.5).contains(&free.latency.mean()));
    }
}
