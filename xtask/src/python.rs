//! The environment that the published Python package is tested in.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{capture, command, exists, run};
use crate::{Result, apt, paths};

/// The packages, versions included.
const REQUIREMENTS: &str = "sdk/python/requirements.txt";

/// Makes the environment and installs the packages from PyPI. Quick when they
/// are there already.
pub(crate) fn set_up() -> Result {
    let mut version = command("python3");
    version.args(["-c", "import sys; assert sys.version_info >= (3, 10)"]);
    if !exists("python3") || capture(&mut version).is_err() {
        return Err("missing: python3, 3.10 or later".to_owned());
    }
    if !python_path().is_file() {
        create().map_err(|error| {
            format!("missing: the venv module of Python ({error}); on Debian: apt-get install python3-venv")
        })?;
    }
    run(python()
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--requirement", REQUIREMENTS]))
}

/// The environment's interpreter.
pub(crate) fn python() -> Command {
    command(python_path())
}

/// Debian packs `venv` apart from Python, so the first try can fail there. A
/// failed try leaves an interpreter without `pip` behind, hence `--clear`.
fn create() -> Result {
    let make = || {
        let mut venv = command("python3");
        venv.args(["-m", "venv", "--clear"]).arg(folder());
        capture(&mut venv).map(drop)
    };
    make().or_else(|error| {
        if !apt::available() {
            return Err(error);
        }
        apt::install(&["python3-venv"])?;
        make()
    })
}

fn folder() -> PathBuf {
    paths::target().join("python")
}

fn python_path() -> PathBuf {
    folder().join("bin/python")
}
