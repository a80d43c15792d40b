//! The manual rail: what waits for the operator, and saying what came of it.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;
use wallgent_server::admin::{Request, TOLD_AT_ONCE};

use super::Outcome;
use super::operate::{operate, tell};
use crate::settings::Sources;

/// What is said of a transfer that failed when nobody says why.
const FAILED: &str = "The operator could not carry it out";
/// The same of one that was returned.
const RETURNED: &str = "The other side returned it";

#[derive(Subcommand)]
pub(crate) enum Transfer {
    /// What waits to be carried out, with the numbers of its bank account
    List(Listing),
    /// The money has moved
    Settle(One),
    /// The money will not move; what was taken goes back
    Fail(Because),
    /// The other side took the money of a completed ACH transfer back
    Return(Because),
    /// Take what a returned deposit left owing from its wallet
    Recover(One),
}

#[derive(Subcommand)]
pub(crate) enum BankAccount {
    /// What to send where: accounts that wait for their two micro-deposits
    List(Listing),
}

#[derive(Args)]
pub(crate) struct Listing {
    /// Begin behind this one
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// Print one JSON list
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

#[derive(Args)]
pub(crate) struct One {
    /// Which transfer: xfr_…
    id: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

#[derive(Args)]
pub(crate) struct Because {
    /// Which transfer: xfr_…
    id: String,
    /// Why; its owner reads it
    #[arg(long)]
    reason: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

impl Transfer {
    pub(super) fn run(self) -> Outcome {
        match self {
            Self::List(it) => it.run(|after| Request::TransferList { after }),
            Self::Settle(it) => it.run(|id| Request::TransferSettle { id }),
            Self::Fail(it) => it.run(FAILED, |id, reason| Request::TransferFail { id, reason }),
            Self::Return(it) => {
                it.run(RETURNED, |id, reason| Request::TransferReturn { id, reason })
            }
            Self::Recover(it) => it.run(|id| Request::TransferRecover { id }),
        }
    }
}

impl BankAccount {
    pub(super) fn run(self) -> Outcome {
        let Self::List(it) = self;
        it.run(|after| Request::BankAccountList { after })
    }
}

impl Listing {
    fn run(self, request: impl FnOnce(Option<String>) -> Request) -> Outcome {
        let answer = operate(&self.sources, request(self.after))?;
        match answer.as_array().filter(|_| !self.json) {
            None => println!("{answer}"),
            Some(items) => {
                for item in items {
                    print_item(item);
                }
                println!("{} waiting{}", items.len(), more(items));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Where a list goes on that does not end here.
fn more(items: &[Value]) -> String {
    let full = i64::try_from(items.len()).is_ok_and(|shown| shown >= TOLD_AT_ONCE);
    let last = items.last().and_then(|item| item["id"].as_str()).filter(|_| full);
    last.map_or_else(String::new, |id| format!(" here; --after {id} shows more"))
}

/// Prints what is known of one, without what is not.
fn print_item(item: &Value) {
    for (name, value) in item.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if !value.is_null() {
            println!("{name:<20} {text}");
        }
    }
    println!();
}

impl One {
    fn run(self, request: impl FnOnce(String) -> Request) -> Outcome {
        tell(&operate(&self.sources, request(self.id))?, self.json)
    }
}

impl Because {
    fn run(self, otherwise: &str, request: impl FnOnce(String, String) -> Request) -> Outcome {
        let reason = self.reason.unwrap_or_else(|| otherwise.to_owned());
        tell(&operate(&self.sources, request(self.id, reason))?, self.json)
    }
}
