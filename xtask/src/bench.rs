//! `cargo xtask bench`: the load tests of `bench/`, on both stores.

use crate::postgres::Cluster;
use crate::process::{cargo, command, run};
use crate::{Result, paths};

/// Builds what is measured and what measures, and runs it beside a PostgreSQL
/// server with the settings of a new installation.
pub(crate) fn run_bench(arguments: &[String]) -> Result {
    run(cargo().args(["build", "--release", "--package", "wallgent-cli"]))?;
    run(cargo().args(["build", "--release", "--package", "bench"]))?;
    let cluster = Cluster::start()?;
    let mut bench = command(paths::target().join("release/bench"));
    bench.arg("run");
    bench.arg("--server").arg(paths::binary("release"));
    bench.env("WALLGENT_TEST_POSTGRES", cluster.url());
    // A short look must not replace what was measured properly.
    if !arguments.iter().any(|it| it == "--quick" || it == "--out") {
        bench.args(["--out", "docs/benchmarks.md"]);
    }
    run(bench.args(arguments))
}
