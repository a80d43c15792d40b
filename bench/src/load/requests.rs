//! The bytes of each request: made once, then only the parts that differ are
//! written over.

use std::ops::Range;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::http;

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Spread {
    /// Every wallet as often as any other.
    Uniform,
    /// One wallet pays in every payment.
    Hot,
    /// The n-th wallet pays one n-th as often as the first.
    Zipf,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// A payment of one cent between two of the named wallets.
    Pay(Spread),
    /// The balance of one of the named wallets.
    Balance,
    /// One of the named payments.
    Payment,
    /// The first page of payments.
    List,
    /// A purchase of one cent with one of the named cards.
    Authorize,
}

/// Stands where something is written over: as long as an ID with a prefix of
/// three letters, and as the idempotency keys that are made here.
const PAYER: &str = "<payer.......................>";
const PAYEE: &str = "<payee.......................>";
const KEY: &str = "<key.........................>";

/// A source of requests. Each connection has its own.
#[derive(Clone)]
pub(crate) struct Requests {
    bytes: Vec<u8>,
    payer: Option<Range<usize>>,
    payee: Option<Range<usize>>,
    key: Option<Range<usize>>,
    choice: Choice,
    random: Random,
    run: u64,
    connection: usize,
    sequence: u64,
}

impl Requests {
    /// Requests with an API key about these wallets, payments or cards. `run` differs
    /// between runs on one store, so that no idempotency key comes twice.
    pub(crate) fn new(work: Work, api_key: &str, names: &Arc<[String]>, run: u64) -> Self {
        let payment = format!(
            r#"{{"from":"{PAYER}","to":"{PAYEE}","amount":"0.01","idempotencyKey":"{KEY}"}}"#
        );
        let purchase = format!(
            r#"{{"amount":"0.01","merchant":{{"name":"Shop","category":"software"}},"idempotencyKey":"{KEY}"}}"#
        );
        let get = |path: &str| http::request("GET", path, api_key, None);
        let bytes = match work {
            Work::Pay(_) => http::request("POST", "/v1/payments", api_key, Some(&payment)),
            Work::Balance => get(&format!("/v1/wallets/{PAYER}/balance")),
            Work::Payment => get(&format!("/v1/payments/{PAYER}")),
            Work::List => get("/v1/payments?limit=20"),
            Work::Authorize => {
                let path = format!("/v1/sandbox/cards/{PAYER}/authorizations");
                http::request("POST", &path, api_key, Some(&purchase))
            }
        };
        assert!(
            names.iter().all(|name| name.len() == PAYER.len()),
            "IDs are as long as they are documented to be"
        );
        let spread = match work {
            Work::Pay(spread) => spread,
            _ => Spread::Uniform,
        };
        Self {
            payer: find(&bytes, PAYER),
            payee: find(&bytes, PAYEE),
            key: find(&bytes, KEY),
            bytes,
            choice: Choice::new(spread, names),
            random: Random(run),
            run,
            connection: 0,
            sequence: 0,
        }
    }

    /// Gives this copy its own keys and its own chance.
    pub(crate) fn begin(&mut self, connection: usize) {
        self.connection = connection;
        self.random = Random(self.run << 32 | connection as u64);
    }

    /// The next request.
    pub(crate) fn next(&mut self) -> &[u8] {
        let (payer, payee) = self.choice.pair(&mut self.random);
        for (range, name) in [(&self.payer, payer), (&self.payee, payee)] {
            if let Some(range) = range {
                self.bytes[range.clone()].copy_from_slice(name.as_bytes());
            }
        }
        if let Some(range) = &self.key {
            self.sequence += 1;
            // As our SDKs make them: the time first.
            let (time, run) = (unix_ms(), self.run & 0xffff);
            let key =
                format!("{time:012x}-{run:04x}-{:04x}-{:07x}", self.connection, self.sequence);
            self.bytes[range.clone()].copy_from_slice(key.as_bytes());
        }
        &self.bytes
    }
}

#[expect(clippy::disallowed_methods, reason = "a client has the wall clock only")]
fn unix_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
}

fn find(bytes: &[u8], part: &str) -> Option<Range<usize>> {
    let mut windows = bytes.windows(part.len());
    let start = windows.position(|window| window == part.as_bytes())?;
    Some(start..start + part.len())
}

/// Which names come how often.
#[derive(Clone)]
struct Choice {
    names: Arc<[String]>,
    spread: Spread,
    /// For Zipf: the share of all names up to each, of `u64::MAX`.
    shares: Arc<[u64]>,
}

impl Choice {
    fn new(spread: Spread, names: &Arc<[String]>) -> Self {
        let weights = (1..=names.len()).map(|rank| 1.0 / rank as f64);
        let total: f64 = weights.clone().sum();
        let mut sum = 0.0;
        let shares = weights.map(|weight| {
            sum += weight;
            (sum / total * u64::MAX as f64) as u64
        });
        Self { names: Arc::clone(names), spread, shares: shares.collect() }
    }

    /// Two names that differ, when there are two.
    fn pair(&self, random: &mut Random) -> (&str, &str) {
        let count = self.names.len();
        if count == 0 {
            return ("", "");
        }
        let first = match self.spread {
            Spread::Uniform => random.below(count),
            Spread::Hot => 0,
            Spread::Zipf => {
                let share = random.next();
                let rank = self.shares.partition_point(|upper| *upper < share);
                rank.min(count - 1)
            }
        };
        let second = (first + 1 + random.below(count.max(2) - 1)) % count;
        (&self.names[first], &self.names[second])
    }
}

/// SplitMix64: good enough for a load, and the same load every time.
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = limit as u128;
        ((u128::from(self.next()) * limit) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn names(count: usize) -> Arc<[String]> {
        (0..count).map(|index| format!("wal_{index:026}")).collect()
    }

    fn payers(spread: Spread) -> BTreeMap<String, usize> {
        let names = names(100);
        let choice = Choice::new(spread, &names);
        let mut random = Random(7);
        let mut counts = BTreeMap::new();
        for _ in 0..100_000 {
            let (payer, payee) = choice.pair(&mut random);
            assert_ne!(payer, payee);
            *counts.entry(payer.to_owned()).or_default() += 1;
        }
        counts
    }

    #[test]
    fn every_request_is_new_and_well_formed() {
        let mut seen = BTreeSet::new();
        for connection in 0..3 {
            let mut requests = Requests::new(Work::Pay(Spread::Uniform), "k", &names(5), 9);
            requests.begin(connection);
            for _ in 0..3 {
                let text = String::from_utf8(requests.next().to_vec()).unwrap();
                let (head, body) = text.split_once("\r\n\r\n").unwrap();
                assert!(head.contains(&format!("Content-Length: {}", body.len())));
                let body: serde_json::Value = serde_json::from_str(body).unwrap();
                assert_ne!(body["from"], body["to"]);
                assert!(seen.insert(body["idempotencyKey"].as_str().unwrap().to_owned()));
            }
        }
    }

    #[test]
    fn spreads_are_what_they_say() {
        let uniform = payers(Spread::Uniform);
        assert_eq!(uniform.len(), 100);
        assert!(uniform.values().all(|count| (800..1_200).contains(count)));
        assert_eq!(payers(Spread::Hot).len(), 1);
        let zipf: Vec<usize> = payers(Spread::Zipf).into_values().collect();
        // The harmonic number of 100 is 5.187.
        assert!((18_000..20_500).contains(&zipf[0]), "{}", zipf[0]);
        assert!((9_000..10_300).contains(&zipf[1]), "{}", zipf[1]);
    }
}
