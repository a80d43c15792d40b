//! The tool chain of what is written for Node: the TypeScript SDK, the browser tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use crate::process::{capture, command, exists, run};
use crate::{Result, paths};

/// The oldest major version of Node the SDK supports.
const OLDEST_VERSION: u32 = 20;

/// The TypeScript SDK.
pub(crate) const SDK: &str = "sdk/typescript";
/// The hosted pages in a real browser.
pub(crate) const BROWSER: &str = "tests/browser";

/// Installs the packages that a folder's code is built and tested with, exactly as
/// locked. Does nothing when they are there already.
pub(crate) fn set_up(folder: &str) -> Result {
    let version = if exists("node") && exists("npm") {
        capture(command("node").arg("--version"))?
    } else {
        String::new()
    };
    let major = version.trim_start_matches('v').split('.').next();
    if !major.is_some_and(|text| text.parse().is_ok_and(|major: u32| major >= OLDEST_VERSION)) {
        return Err(format!("missing: Node {OLDEST_VERSION} or later with npm"));
    }
    let place = paths::root().join(folder);
    let installed = changed(place.join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < changed(place.join("package-lock.json")) {
        run(npm(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(())
}

/// `npm` in a folder.
pub(crate) fn npm(folder: &str) -> Command {
    let mut npm = command("npm");
    npm.current_dir(paths::root().join(folder));
    npm
}

fn changed(path: PathBuf) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}
