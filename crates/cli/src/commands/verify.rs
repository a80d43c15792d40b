//! `wallgent verify`: proving the books.

use std::process::ExitCode;

use clap::Args;

use super::Outcome;
use crate::exit::Failure;
use crate::settings::Sources;

#[derive(Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    sources: Sources,
}

impl Verify {
    pub(super) fn run(self) -> Outcome {
        let location = self.sources.merged()?.location()?;
        let report = wallgent_server::verify::run(&location);
        let report = report.map_err(|error| Failure::new(error.to_string()))?;
        for (what, count) in &report.checked {
            println!("checked  {count:>10}  {what}");
        }
        if report.is_clean() {
            println!("the books balance");
            return Ok(ExitCode::SUCCESS);
        }
        for difference in &report.differences {
            println!("DIFFERS  {difference}");
        }
        println!("{} differences", report.difference_count);
        Ok(ExitCode::FAILURE)
    }
}
