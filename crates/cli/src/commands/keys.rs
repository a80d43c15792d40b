//! The key that secrets are sealed with.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;
use wallgent_server::admin::{self, Request};
use wallgent_server::{Config, Offline};

use super::operate::operate_with;
use super::{Outcome, block_on};
use crate::exit::Failure;
use crate::settings::Sources;

#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Seal everything with a new encryption key, then drop the old one
    ///
    /// With a key file, the new key is made and the old one leaves the file when nothing needs it
    /// any more. With configured keys, everything is sealed with encryption_key that names one of
    /// encryption_keys_retired. Works beside a running server, and goes on where an earlier run
    /// was interrupted. Exits 1 when something cannot be opened.
    RotateEncryption(RotateEncryption),
}

#[derive(Args)]
pub(crate) struct RotateEncryption {
    /// Only open everything that is sealed; changes nothing
    #[arg(long, conflicts_with = "key_lost")]
    check: bool,
    /// The key is lost for good: go on with another one; what only the lost key opens stays
    /// unreadable
    #[arg(long)]
    key_lost: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

impl Keys {
    pub(super) fn run(self) -> Outcome {
        let Self::RotateEncryption(it) = self;
        let config = it.sources.merged()?.into_config_for_dev()?;
        let key = config.encryption_key_name()?;
        let report = if it.key_lost {
            block_on(go_on_without(config, Request::KeysCheck { key }))?
        } else if it.check {
            operate_with(config, Request::KeysCheck { key })?
        } else {
            operate_with(config, Request::KeysRotate { key })?
        };
        if it.json {
            println!("{report}");
        } else {
            print_report(&report);
        }
        // Whoever says that a key is lost knows what that means.
        let whole = it.key_lost || unreadable(&report) == 0;
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

async fn go_on_without(config: Config, check: Request) -> Result<Value, Failure> {
    if admin::ask(&config.admin_socket, &check).await?.is_some() {
        return Err(Failure::new("a server runs on this store, so its key is not lost"));
    }
    let store = Offline::open_after_loss(config).await?;
    let answer = store.execute(check).await;
    store.close().await;
    answer.map_err(Failure::new)
}

fn columns(report: &Value) -> impl Iterator<Item = &Value> {
    report["columns"].as_array().into_iter().flatten()
}

fn unreadable(report: &Value) -> u64 {
    columns(report).filter_map(|column| column["unreadable"].as_u64()).sum()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn print_report(report: &Value) {
    println!("{:>10}  {:>10}  {:>10}", "sealed", "resealed", "unreadable");
    for column in columns(report) {
        let (sealed, resealed) = (&column["sealed"], &column["resealed"]);
        let (unreadable, what) = (&column["unreadable"], column["what"].as_str());
        println!("{sealed:>10}  {resealed:>10}  {unreadable:>10}  {}", what.unwrap_or_default());
        for key in texts(&column["missingKeys"]) {
            println!("{:>36}  that need the key {key}", "");
        }
    }
    let is_new = report["newKey"] == Value::Bool(true);
    let key = report["key"].as_str().unwrap_or_default();
    println!("the key is {key}{}", if is_new { ", which is new" } else { "" });
    for name in texts(&report["dropped"]) {
        println!("the key {name} is no longer in the key file; backups from before need it");
    }
    for name in texts(&report["removable"]) {
        println!("the key {name} can be removed from encryption_keys_retired");
    }
    for name in texts(&report["needed"]) {
        println!("the key {name} is still needed");
    }
}
