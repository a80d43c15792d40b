//! `cargo xtask deps`: what `deny.toml` says about the dependencies. Apart from
//! the tests, because the list of advisories changes while the code does not.

use crate::Result;
use crate::process::{capture, cargo, run};

/// Checks licences, bans and sources always, advisories when their list can be
/// reached.
pub(crate) fn run_deny() -> Result {
    if capture(cargo().args(["deny", "--version"])).is_err() {
        run(cargo().args(["install", "--locked", "cargo-deny"]))?;
    }
    run(cargo().args(["deny", "check", "licenses", "bans", "sources"]))?;
    match capture(cargo().args(["deny", "fetch", "db"])) {
        Ok(_) => run(cargo().args(["deny", "check", "advisories"])),
        Err(error) => {
            println!("advisories not checked, their list is out of reach ({error})");
            Ok(())
        }
    }
}
