//! The TypeScript SDK's tool chain.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use crate::process::{capture, command, exists, run};
use crate::{Result, paths};

/// The oldest major version of Node the SDK supports.
const OLDEST_VERSION: u32 = 20;

/// Installs the packages the SDK is built and tested with, exactly as locked.
/// Does nothing when they are there already.
pub(crate) fn set_up() -> Result {
    let version = if exists("node") && exists("npm") {
        capture(command("node").arg("--version"))?
    } else {
        String::new()
    };
    let major = version.trim_start_matches('v').split('.').next();
    if !major.is_some_and(|text| text.parse().is_ok_and(|major: u32| major >= OLDEST_VERSION)) {
        return Err(format!("missing: Node {OLDEST_VERSION} or later with npm"));
    }
    let installed = changed(folder().join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < changed(folder().join("package-lock.json")) {
        run(npm().args(["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(())
}

/// `npm` in the SDK's folder.
pub(crate) fn npm() -> Command {
    let mut npm = command("npm");
    npm.current_dir(folder());
    npm
}

fn folder() -> PathBuf {
    paths::root().join("sdk/typescript")
}

fn changed(path: PathBuf) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}
