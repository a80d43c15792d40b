//! The developer's commands, run as `cargo xtask <command>`.
//!
//! `main` only chooses; each command is a module. What a command needs that is
//! not Rust (Node packages, a PostgreSQL server, a Python environment) is set
//! up by the module of that name, or named in one line when it cannot be.

mod apt;
mod bench;
mod check;
mod crash;
mod deps;
mod node;
mod openapi;
mod paths;
mod postgres;
mod process;
mod python;
mod suite;
mod test;

use std::env;
use std::process::ExitCode;

/// What a step of a command ends with. The error is one line for the developer:
/// what is wrong, and what to do about it where that is known.
type Result<T = ()> = std::result::Result<T, String>;

const USAGE: &str = "\
usage: cargo xtask <command>

  test [suite…]   every test on both stores, with its own set-up;
                  suites: rust, documentation, openapi, typescript, browser, python
  check           formatter, lints, house rules, TypeScript checks
  bench […]       load tests, written to docs/benchmarks.md; --quick for a short look
  openapi         print the OpenAPI document and check it
  deps            licences, bans, sources and advisories of all dependencies
  crash [rounds]  the long crash run, 200 kills on each store unless told";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        "test" => test::run_suites(&rest),
        "check" => Ok(check::run_checks()),
        "bench" => done(bench::run_bench(&rest)),
        "openapi" => done(openapi::run_check()),
        "deps" => done(deps::run_deny()),
        "crash" => done(crash::run_rounds(&rest)),
        _ => Err(USAGE.to_owned()),
    };
    outcome.unwrap_or_else(|line| {
        eprintln!("{line}");
        ExitCode::FAILURE
    })
}

fn done(outcome: Result) -> Result<ExitCode> {
    outcome.map(|()| ExitCode::SUCCESS)
}
