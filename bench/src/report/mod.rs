//! The page that is written: what was measured, beside what it should be.

mod targets;

use std::fmt::Write;

use crate::machine::Machine;
use crate::plan::{BARE_BATCHES, Settings};
use crate::results::{Results, Spread};
use crate::stages::STAGES;

/// A case of the plan, and how the page calls it.
const LOADS: [(&str, &str); 22] = [
    ("null", "null handler, 64 connections"),
    ("null 1024", "null handler, 1,024 connections"),
    ("null 1", "null handler, 1 connection"),
    ("sqlite", "SQLite, uniform, 64"),
    ("sqlite hot", "SQLite, one hot wallet, 64"),
    ("sqlite zipf", "SQLite, Zipf, 64"),
    ("sqlite 1024", "SQLite, uniform, 1,024"),
    ("sqlite 1", "SQLite, uniform, 1"),
    ("grown", "SQLite, grown store, uniform, 64"),
    ("sqlite half", "SQLite, uniform, half of peak load"),
    ("postgres", "PostgreSQL, uniform, 64"),
    ("postgres hot", "PostgreSQL, one hot wallet, 64"),
    ("postgres zipf", "PostgreSQL, Zipf, 64"),
    ("postgres 1024", "PostgreSQL, uniform, 1,024"),
    ("postgres 1", "PostgreSQL, uniform, 1"),
    ("postgres half", "PostgreSQL, uniform, half of peak load"),
    ("sqlite cards", "SQLite, purchases by card, 500 a second"),
    ("postgres cards", "PostgreSQL, purchases by card, 500 a second"),
    ("sqlite balance", "SQLite, read a balance, 64"),
    ("sqlite payment", "SQLite, read a payment, 64"),
    ("sqlite list", "SQLite, list 20 payments, 64"),
    ("grown list", "SQLite, grown store, list 20 payments, 64"),
];

/// The whole page.
pub(crate) fn page(machine: &Machine, settings: &Settings, results: &Results) -> String {
    let mut page = introduction(settings, results);
    page += "## Machine\n\n| | |\n|---|---|\n";
    for (name, value) in &machine.facts {
        row(&mut page, &[(*name).to_owned(), value.clone()]);
    }
    let sync = |at| machine.sync.value_at_quantile(at) as f64 / 1e3;
    let sync = format!("p50 {:.2} ms, p99 {:.2} ms", sync(0.5), sync(0.99));
    row(&mut page, &["one write of 4 KiB kept by the disk".to_owned(), sync]);
    page += &targets::table(results);
    page += &loads(results);
    page += &limits(results);
    page += &stages(results);
    page
}

fn introduction(settings: &Settings, results: &Results) -> String {
    let grown = results.fact("grown payments").map_or(0.0, |grown| grown.median);
    format!(
        "# Benchmarks\n\n\
        Written by `cargo xtask bench`. Every payment is one HTTP request, acknowledged after its commit is on the disk\n\
        (SQLite: WAL with `synchronous=FULL`; PostgreSQL: `synchronous_commit=on`, settings of a new installation), with\n\
        everything switched on: key, permission, a policy with a daily limit on each paying wallet, idempotency key, fee,\n\
        double entry, event and audit. Loads are spread over {} wallets. Idempotency keys begin with their time, as those of\n\
        our SDKs do. Server, store and load generator share the machine.\n\n\
        Medians of {} interleaved rounds of {} s each, with the lowest and highest. A figure from a shared machine means\n\
        little by itself; the share of the null handler (an axum route that parses the same body and answers the same shape)\n\
        is taken within each round. The grown store held {} payments before the first round.\n\n\
        TigerBeetle, pgledger and cala-ledger were not run: no build of them was at hand on this machine. Rate limits are\n\
        counted only under a plan that has limits, so they are off here.\n\n",
        count(settings.wallets as f64),
        settings.rounds,
        settings.duration.as_secs(),
        count(grown)
    )
}

fn loads(results: &Results) -> String {
    let mut text = "\n## Loads\n\nProcessor time is of the server process alone, for each request; PostgreSQL's own processes come on top.\n\n\
        | | a second | share of null | p50 ms | p99 ms | p99.9 ms | max ms | processor µs |\n|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (case, name) in LOADS {
        let Some(throughput) = results.figure(case, |it| it.measured.throughput) else {
            continue;
        };
        let of = match case {
            _ if case.ends_with("1024") => "null 1024",
            _ if case.ends_with(" 1") => "null 1",
            "sqlite balance" | "sqlite payment" | "sqlite list" | "grown list" => "null read",
            _ => "null",
        };
        let quantile = |at| {
            let milliseconds = results.figure(case, |it| it.measured.latency_ms(at));
            milliseconds.map_or_else(String::new, |it| format!("{:.2}", it.median))
        };
        let share =
            results.share(case, of).map_or_else(String::new, |it| format!("{:.2}", it.median));
        let processor = results.figure(case, |it| it.server_us).map_or(0.0, |it| it.median);
        let a_second = counts(throughput) + &refusals(results, case);
        let cells = [
            name.to_owned(),
            a_second,
            share,
            quantile(0.5),
            quantile(0.99),
            quantile(0.999),
            quantile(1.0),
            format!("{processor:.1}"),
        ];
        row(&mut text, &cells);
    }
    text
}

/// Answers other than 200 do not count; that there were some must be seen.
fn refusals(results: &Results, case: &str) -> String {
    let all = results.samples(case).iter().flat_map(|sample| &sample.measured.refused);
    let all: Vec<String> = all.map(|(status, times)| format!("{times} × {status}")).collect();
    if all.is_empty() { String::new() } else { format!(", and {}", all.join(", ")) }
}

fn limits(results: &Results) -> String {
    let mut text = "\n## The limits below HTTP\n\n\
        Engine: commands a second while its thread was busy under the load named, from its own metrics, the HTTP work of the\n\
        same machine beside it. Bare loop: the rows of real payments, written again to an empty store by a loop that does\n\
        nothing else, each batch one durable commit.\n\n| | payments a second |\n|---|---|\n"
        .to_owned();
    let mut add = |name: String, spread: Option<Spread>| {
        if let Some(spread) = spread {
            row(&mut text, &[name, counts(spread)]);
        }
    };
    for (name, title) in [("sqlite", "SQLite"), ("postgres", "PostgreSQL")] {
        for (case, connections) in [(name.to_owned(), "64"), (format!("{name} 1024"), "1,024")] {
            let spread = results.known_figure(&case, |it| it.stages.engine_throughput());
            add(format!("engine on {title}, {connections} connections"), spread);
        }
        for batch in BARE_BATCHES {
            let spread = results.fact(&format!("bare {name} {batch}"));
            add(format!("bare {title}, {batch} payments a commit"), spread);
        }
    }
    text
}

fn stages(results: &Results) -> String {
    let mut text = "\n## Where the time goes\n\n\
        Means in microseconds, from the server's own metrics: parse, auth and queue of one request; decide, store, sync and\n\
        answer of one batch, whose mean size stands beside them.\n\n"
        .to_owned();
    let heads: Vec<String> = ["", "batch"].into_iter().chain(STAGES).map(str::to_owned).collect();
    row(&mut text, &heads);
    row(&mut text, &vec!["---".to_owned(); heads.len()]);
    for (case, name) in LOADS.iter().filter(|(case, _)| !case.starts_with("null")) {
        let Some(sample) = results.samples(case).last() else {
            continue;
        };
        let Some(batch) = sample.stages.batch_size() else {
            continue;
        };
        let means = STAGES.map(|stage| {
            let mean = sample.stages.mean_us(stage);
            mean.map_or_else(String::new, |mean| format!("{mean:.1}"))
        });
        let cells: Vec<String> =
            [(*name).to_owned(), format!("{batch:.1}")].into_iter().chain(means).collect();
        row(&mut text, &cells);
    }
    text
}

fn row(text: &mut String, cells: &[String]) {
    writeln!(text, "| {} |", cells.join(" | ")).expect("a string takes any text");
}

/// A median with its range, in whole numbers.
fn counts(spread: Spread) -> String {
    let [median, low, high] = [spread.median, spread.low, spread.high].map(count);
    format!("{median} ({low}–{high})")
}

/// A whole number with its thousands apart.
fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[test]
fn thousands_stand_apart() {
    assert_eq!([0.0, 999.6, 1234567.0].map(count), ["0", "1,000", "1,234,567"]);
}
