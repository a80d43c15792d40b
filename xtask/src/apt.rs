//! Installing what the system lacks, where that is ours to do: as root on a
//! Debian, which is what a container for continuous integration usually is.

use crate::Result;
use crate::process::{capture, command, exists, run};

/// Whether packages can be installed without asking anybody.
pub(crate) fn available() -> bool {
    exists("apt-get") && is_root()
}

/// Sees to it that a program is there whose package is called like it.
pub(crate) fn need(program: &str) -> Result {
    if exists(program) {
        return Ok(());
    }
    if !available() {
        return Err(format!("missing: {program}"));
    }
    install(&[program])
}

/// Installs the first of these packages that the system knows.
pub(crate) fn install(packages: &[&str]) -> Result {
    run(command("apt-get").args(["update", "-q"]))?;
    let mut last = Ok(());
    for package in packages {
        let mut install = command("apt-get");
        install
            .args(["install", "-y", "-q", "--no-install-recommends", package])
            .env("DEBIAN_FRONTEND", "noninteractive");
        last = run(&mut install);
        if last.is_ok() {
            break;
        }
    }
    last
}

/// Whether this program may do everything.
pub(crate) fn is_root() -> bool {
    capture(command("id").arg("-u")).is_ok_and(|id| id == "0")
}
