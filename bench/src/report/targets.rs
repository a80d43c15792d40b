//! What was measured beside what it should be.

use super::row;
use crate::results::{Results, Spread};

/// A figure that has a limit.
struct Target {
    what: &'static str,
    measured: Option<Spread>,
    unit: Unit,
    /// What the first release keeps.
    floor: Option<f64>,
    /// Where it must arrive.
    goal: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Of something else; the more the better, as of what is counted by the
    /// second. Of all others the less.
    Share,
    PerSecond,
    Milliseconds,
    Megabytes,
    Bytes,
    Seconds,
}

/// The table with all targets.
pub(super) fn table(results: &Results) -> String {
    let mut text =
        "\n## Targets\n\n| | measured | first floor | target |\n|---|---|---|---|\n".to_owned();
    let targets = shares(results).into_iter().chain(costs(results)).chain(telling(results));
    for target in targets {
        row(&mut text, &target.cells());
    }
    text
}

fn shares(results: &Results) -> Vec<Target> {
    let target = |what, (case, of), floor, goal| Target {
        what,
        measured: results.share(case, of),
        unit: Unit::Share,
        floor,
        goal,
    };
    let what = [
        "SQLite, uniform, 64 connections, share of null",
        "the same with 1,024 connections",
        "PostgreSQL, uniform, 64 connections, share of null",
        "SQLite, one hot wallet, share of uniform",
        "PostgreSQL, one hot wallet, share of uniform",
        "SQLite, grown store, share of empty",
        "read a balance, share of a null read",
        "read a payment, share of a null read",
        "list payments on the grown store, share of a small one",
    ];
    vec![
        target(what[0], ("sqlite", "null"), Some(0.25), Some(0.30)),
        target(what[1], ("sqlite 1024", "null 1024"), None, Some(0.35)),
        target(what[2], ("postgres", "null"), Some(0.12), Some(0.15)),
        target(what[3], ("sqlite hot", "sqlite"), Some(0.90), Some(0.90)),
        target(what[4], ("postgres hot", "postgres"), Some(0.90), Some(0.90)),
        target(what[5], ("grown", "sqlite"), Some(0.75), Some(0.80)),
        target(what[6], ("sqlite balance", "null read"), None, Some(0.60)),
        target(what[7], ("sqlite payment", "null read"), None, Some(0.60)),
        target(what[8], ("grown list", "sqlite list"), None, Some(0.50)),
    ]
}

fn costs(results: &Results) -> Vec<Target> {
    use Unit::{Bytes, Megabytes, Milliseconds, Seconds};
    let p99 = |case| results.figure(case, |it| it.measured.latency_ms(0.99));
    let megabytes = |fact| results.fact(fact).map(|bytes| bytes.times(1e-6));
    let target = |what, measured, unit, limits: [Option<f64>; 2]| Target {
        what,
        measured,
        unit,
        floor: limits[0],
        goal: limits[1],
    };
    let both = |limit| [Some(limit), Some(limit)];
    let what = [
        "p99 at half of peak load, SQLite",
        "p99 at half of peak load, PostgreSQL",
        "p99 of purchases by card, 500 a second, SQLite",
        "p99 of purchases by card, 500 a second, PostgreSQL",
        "memory idle",
        "memory at most under these loads, SQLite",
        "memory at most under these loads, grown store",
        "memory at most under these loads, PostgreSQL",
        "disk for each payment, SQLite",
        "disk for each payment, PostgreSQL",
        "start on an empty store",
        "start on the grown store",
    ];
    let disk = |kind| results.fact(&format!("{kind} bytes per payment"));
    vec![
        target(what[0], p99("sqlite half"), Milliseconds, both(10.0)),
        target(what[1], p99("postgres half"), Milliseconds, both(10.0)),
        target(what[2], p99("sqlite cards"), Milliseconds, both(20.0)),
        target(what[3], p99("postgres cards"), Milliseconds, both(20.0)),
        target(what[4], megabytes("idle bytes"), Megabytes, both(40.0)),
        target(what[5], megabytes("sqlite peak bytes"), Megabytes, both(300.0)),
        target(what[6], megabytes("grown peak bytes"), Megabytes, both(300.0)),
        target(what[7], megabytes("postgres peak bytes"), Megabytes, both(300.0)),
        target(what[8], disk("grown"), Bytes, [None, Some(900.0)]),
        target(what[9], disk("postgres"), Bytes, [None, Some(900.0)]),
        target(what[10], results.fact("start s"), Seconds, [None, None]),
        target(what[11], results.fact("grown start s"), Seconds, [None, Some(2.0)]),
    ]
}

fn telling(results: &Results) -> Vec<Target> {
    use Unit::{Bytes, Milliseconds, PerSecond, Share};
    let target = |what, fact, unit, goal| Target {
        what,
        measured: results.fact(fact),
        unit,
        floor: Some(goal),
        goal: Some(goal),
    };
    let what = [
        "webhook deliveries to local endpoints",
        "payment sent to first webhook attempt, p99",
        "payment sent to socket with 1,000 subscribers, p99",
        "memory for each idle socket",
        "payments with 10 webhooks and 100 sockets, share of none",
    ];
    vec![
        target(what[0], "deliveries", PerSecond, 2_000.0),
        target(what[1], "endpoint p99 ms", Milliseconds, 100.0),
        target(what[2], "socket p99 ms", Milliseconds, 50.0),
        target(what[3], "socket bytes", Bytes, 16_384.0),
        target(what[4], "telling share", Share, 0.8),
    ]
}

impl Target {
    fn cells(&self) -> [String; 4] {
        let measured = self.measured.map(|it| self.unit.spread(it));
        [
            self.what.to_owned(),
            measured.unwrap_or_else(|| "not measured".to_owned()),
            self.verdict(self.floor),
            self.verdict(self.goal),
        ]
    }

    fn verdict(&self, limit: Option<f64>) -> String {
        let Some(limit) = limit else {
            return String::new();
        };
        let more_is_better = matches!(self.unit, Unit::Share | Unit::PerSecond);
        let is_met = |measured: f64| (measured >= limit) == more_is_better || measured == limit;
        let word = match self.measured {
            None => "?",
            Some(measured) if is_met(measured.median) => "met",
            Some(_) => "**missed**",
        };
        let sign = if more_is_better { '≥' } else { '≤' };
        format!("{sign} {limit} {word}")
    }
}

impl Unit {
    fn number(self, value: f64) -> String {
        match self {
            Self::Share => format!("{value:.3}"),
            Self::Seconds => format!("{value:.2}"),
            Self::Milliseconds => format!("{value:.1}"),
            Self::Megabytes | Self::Bytes | Self::PerSecond => format!("{value:.0}"),
        }
    }

    fn spread(self, spread: Spread) -> String {
        let unit = match self {
            Self::Share => "",
            Self::PerSecond => "/s",
            Self::Milliseconds => " ms",
            Self::Megabytes => " MB",
            Self::Bytes => " B",
            Self::Seconds => " s",
        };
        let [median, low, high] =
            [spread.median, spread.low, spread.high].map(|it| self.number(it));
        format!("{median}{unit} ({low}–{high})")
    }
}

#[test]
fn a_target_is_met_from_the_right_side() {
    let verdict = |unit, measured: f64| {
        let spread = Spread { median: measured, low: measured, high: measured };
        let target =
            Target { what: "", measured: Some(spread), unit, floor: None, goal: Some(10.0) };
        target.verdict(target.goal)
    };
    assert_eq!(verdict(Unit::Share, 9.0), "≥ 10 **missed**");
    assert_eq!(verdict(Unit::Share, 10.0), "≥ 10 met");
    assert_eq!(verdict(Unit::Milliseconds, 9.0), "≤ 10 met");
    assert_eq!(verdict(Unit::Milliseconds, 10.0), "≤ 10 met");
    assert_eq!(verdict(Unit::Milliseconds, 11.0), "≤ 10 **missed**");
}
