//! `wallgent backup`: a copy of a store, as it is at one moment.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Outcome;
use crate::exit::Failure;
use crate::settings::Sources;

#[derive(Args)]
pub(crate) struct Backup {
    /// The new file; an embedded store is copied, PostgreSQL dumped
    to: PathBuf,
    #[command(flatten)]
    sources: Sources,
}

impl Backup {
    pub(super) fn run(self) -> Outcome {
        let location = self.sources.merged()?.location()?;
        let copied = wallgent_server::backup::run(&location, &self.to);
        copied.map_err(|error| Failure::new(error.to_string()))?;
        println!("copied to {}", self.to.display());
        println!(
            "keep the encryption key for it, in another place: what was sealed cannot be read without"
        );
        Ok(ExitCode::SUCCESS)
    }
}
