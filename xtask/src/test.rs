//! `cargo xtask test`: everything that can fail, on both stores.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::postgres::Cluster;
use crate::process::{capture, cargo, exists, run};
use crate::suite::{Suite, run_all};
use crate::{Result, apt, node, openapi, paths, python};

/// Runs all suites, or those that are named.
pub(crate) fn run_suites(names: &[String]) -> Result<ExitCode> {
    let binary = Binary::default();
    let all = [
        Suite { name: "rust", run: &|| rust(&binary) },
        Suite { name: "documentation", run: &documentation },
        Suite { name: "openapi", run: &|| document(&binary) },
        Suite { name: "typescript", run: &|| typescript(&binary) },
        Suite { name: "browser", run: &|| browser(&binary) },
        Suite { name: "python", run: &|| python(&binary) },
    ];
    if let Some(name) = names.iter().find(|name| all.iter().all(|suite| suite.name != **name)) {
        return Err(format!("no suite is called {name}"));
    }
    let chosen: Vec<_> = all
        .into_iter()
        .filter(|suite| names.is_empty() || names.iter().any(|name| name == suite.name))
        .collect();
    Ok(run_all(&chosen))
}

/// The server that the suites run against, built when the first one needs it.
#[derive(Default)]
struct Binary {
    built: OnceCell<Result>,
}

impl Binary {
    /// Built with the features of the whole workspace, so that nothing is
    /// compiled again for the tests.
    fn path(&self) -> Result<PathBuf> {
        let build = || run(cargo().args(["build", "--workspace", "--bin", "wallgent"]));
        self.built.get_or_init(build).clone()?;
        Ok(paths::binary("debug"))
    }
}

/// Unit tests, properties, stories over HTTP on both stores, crash tests and the
/// house rules.
fn rust(binary: &Binary) -> Result {
    let binary = binary.path()?;
    let cluster = Cluster::start()?;
    let mut tests = cargo();
    if capture(cargo().args(["nextest", "--version"])).is_ok() {
        tests.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        tests.args(["test", "--workspace", "--all-targets", "--no-fail-fast"]);
    }
    tests.env("WALLGENT_TEST_POSTGRES", cluster.url()).env("WALLGENT_BIN", binary);
    run(&mut tests)
}

/// The examples in the documentation of the crates.
fn documentation() -> Result {
    run(cargo().args(["test", "--workspace", "--doc"]))
}

fn document(binary: &Binary) -> Result {
    openapi::check(&openapi::print(&binary.path()?)?).map(|facts| println!("{facts}"))
}

fn typescript(binary: &Binary) -> Result {
    let binary = binary.path()?;
    node::set_up(node::SDK)?;
    // The samples of the documentation are pasted into a shell that has them.
    apt::need("curl")?;
    apt::need("jq")?;
    run(node::npm(node::SDK).args(["run", "build"]))?;
    run(node::npm(node::SDK).arg("test").env("WALLGENT_BIN", binary))
}

/// The hosted pages in a real browser.
fn browser(binary: &Binary) -> Result {
    let installed = ["chromium", "chromium-browser"].iter().any(|name| exists(name));
    if !installed && std::env::var_os("CHROMIUM").is_none() {
        apt::need("chromium").map_err(|error| format!("{error} (or set CHROMIUM)"))?;
    }
    let binary = binary.path()?;
    node::set_up(node::BROWSER)?;
    run(node::npm(node::BROWSER).arg("test").env("WALLGENT_BIN", binary))
}

fn python(binary: &Binary) -> Result {
    let binary = binary.path()?;
    python::set_up()?;
    let mut pytest = python::python();
    pytest.args(["-m", "pytest"]);
    pytest.current_dir(paths::root().join("sdk/python"));
    run(pytest.env("WALLGENT_BIN", binary))
}
