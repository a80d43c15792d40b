//! `cargo xtask crash`: the crash test of the test suite, many more times.

use std::process::Command;

use crate::Result;
use crate::postgres::Cluster;
use crate::process::{cargo, run};

/// Half on each store: enough for a rare moment between two writes to be hit.
const ROUNDS: u32 = 400;

/// Kills the server under load again and again, on both stores.
pub(crate) fn run_rounds(arguments: &[String]) -> Result {
    let rounds = match arguments.first() {
        None => ROUNDS,
        Some(text) => text.parse().map_err(|_| format!("not a number of rounds: {text}"))?,
    };
    let cluster = Cluster::start()?;
    run(crash_test()
        .env("WALLGENT_CRASH_ROUNDS", rounds.to_string())
        .env("WALLGENT_TEST_POSTGRES", cluster.url()))
}

fn crash_test() -> Command {
    let mut test = cargo();
    test.args(["test", "--package", "wallgent-cli", "--test", "it"]);
    test.args(["crash::", "--", "--nocapture"]);
    test
}
