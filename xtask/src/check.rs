//! `cargo xtask check`: what can be said about the code without running it.

use std::process::ExitCode;

use crate::process::{cargo, run};
use crate::suite::{Suite, run_all};
use crate::{Result, node};

/// Formatter, lints, house rules and the TypeScript checks.
pub(crate) fn run_checks() -> ExitCode {
    run_all(&[
        Suite { name: "format", run: &|| run(cargo().args(["fmt", "--all", "--check"])) },
        Suite { name: "clippy", run: &clippy },
        Suite {
            name: "tidy",
            run: &|| run(cargo().args(["test", "--quiet", "--package", "xtask"])),
        },
        Suite { name: "typescript", run: &typescript },
    ])
}

fn clippy() -> Result {
    let mut clippy = cargo();
    clippy.args(["clippy", "--workspace", "--all-targets"]);
    run(clippy.args(["--", "-D", "warnings"]))
}

fn typescript() -> Result {
    node::set_up(node::SDK)?;
    run(node::npm(node::SDK).args(["run", "check"]))
}
