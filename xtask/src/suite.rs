//! Running several suites, one after another, to a table at the end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::Result;

/// One row of the table.
pub(crate) struct Suite<'a> {
    /// What a developer calls it.
    pub(crate) name: &'static str,
    /// Does the work. Its error is shown in the table.
    pub(crate) run: &'a dyn Fn() -> Result,
}

/// Runs all suites, also after one has failed, and prints a table. The last line
/// counts suites.
pub(crate) fn run_all(suites: &[Suite<'_>]) -> ExitCode {
    let mut rows = Vec::new();
    for suite in suites {
        println!("\n── {} ──", suite.name);
        let started = Instant::now();
        let outcome = (suite.run)();
        if let Err(line) = &outcome {
            println!("{line}");
        }
        rows.push((suite.name, started.elapsed(), outcome));
    }
    println!();
    for (name, took, outcome) in &rows {
        let (mark, word) = match outcome {
            Ok(()) => ('✓', "passed"),
            Err(line) => ('✗', line.as_str()),
        };
        println!("{mark} {name:<14}{:>8}  {word}", clock(*took));
    }
    let failed = rows.iter().filter(|row| row.2.is_err()).count();
    println!("{} passed, {failed} failed", rows.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn clock(took: Duration) -> String {
    let seconds = took.as_secs();
    format!("{}m {:02}s", seconds / 60, seconds % 60)
}
