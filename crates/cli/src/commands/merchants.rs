//! What only the operator says of a merchant.

use clap::{Args, Subcommand};
use wallgent_server::admin::Request;

use super::Outcome;
use super::operate::{operate, tell};
use crate::settings::Sources;

#[derive(Subcommand)]
pub(crate) enum Merchant {
    /// Its domain is its own: others may pay it by that
    Verify(One),
    /// Nobody pays it by name, by link or by invoice any more
    Suspend(One),
    /// It may be paid again
    Resume(One),
}

#[derive(Args)]
pub(crate) struct One {
    /// Which merchant: mer_…
    id: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

impl Merchant {
    pub(super) fn run(self) -> Outcome {
        match self {
            Self::Verify(it) => it.run(|id| Request::MerchantVerify { id }),
            Self::Suspend(it) => it.run(|id| Request::MerchantSuspend { id }),
            Self::Resume(it) => it.run(|id| Request::MerchantResume { id }),
        }
    }
}

impl One {
    fn run(self, request: impl FnOnce(String) -> Request) -> Outcome {
        tell(&operate(&self.sources, request(self.id))?, self.json)
    }
}
