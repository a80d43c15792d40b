//! Commands that change a store: through its server when one runs, else
//! directly.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;
use wallgent_server::admin::{self, Request};
use wallgent_server::{Config, Offline};

use super::{Outcome, block_on};
use crate::exit::Failure;
use crate::settings::Sources;

#[derive(Subcommand)]
pub(crate) enum Org {
    /// Found an organization; prints its first two keys, once
    Create(OrgCreate),
}

#[derive(Args)]
pub(crate) struct OrgCreate {
    /// What people call it
    #[arg(long)]
    name: String,
    /// Where its owner is reached
    #[arg(long)]
    email: String,
    /// SELF_HOSTED (default), FREE, STARTER, GROWTH or ENTERPRISE
    #[arg(long)]
    plan: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

#[derive(Subcommand)]
pub(crate) enum Key {
    /// Make a key that can do everything, to recover with after a lock-out
    Create(KeyCreate),
}

#[derive(Args)]
pub(crate) struct KeyCreate {
    /// Whose: org_…
    #[arg(long)]
    organization: String,
    /// SANDBOX or PRODUCTION
    #[arg(long)]
    environment: String,
    /// What people call it
    #[arg(long)]
    name: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

#[derive(Subcommand)]
pub(crate) enum Fees {
    /// Move earned fees into an organization's own wallet
    Sweep(FeesSweep),
}

#[derive(Args)]
pub(crate) struct FeesSweep {
    /// Which wallet: wal_…
    #[arg(long)]
    to: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

impl Org {
    pub(super) fn run(self) -> Outcome {
        let Self::Create(it) = self;
        let request = Request::OrgCreate { name: it.name, email: it.email, plan: it.plan };
        tell(&operate(&it.sources, request)?, it.json)
    }
}

impl Key {
    pub(super) fn run(self) -> Outcome {
        let Self::Create(it) = self;
        let request = Request::KeyCreate {
            organization_id: it.organization,
            environment: it.environment,
            name: it.name,
        };
        tell(&operate(&it.sources, request)?, it.json)
    }
}

impl Fees {
    pub(super) fn run(self) -> Outcome {
        let Self::Sweep(it) = self;
        tell(&operate(&it.sources, Request::FeesSweep { to: it.to })?, it.json)
    }
}

pub(super) fn operate(sources: &Sources, request: Request) -> Result<Value, Failure> {
    operate_with(sources.merged()?.into_config_for_dev()?, request)
}

pub(super) fn operate_with(config: Config, request: Request) -> Result<Value, Failure> {
    block_on(async move {
        if let Some(answer) = admin::ask(&config.admin_socket, &request).await? {
            return answer.map_err(Failure::new);
        }
        directly(config, request).await
    })
}

async fn directly(config: Config, request: Request) -> Result<Value, Failure> {
    let store = Offline::open(config).await?;
    let answer = store.execute(request).await;
    store.close().await;
    answer.map_err(Failure::new)
}

pub(super) fn tell(answer: &Value, json: bool) -> Outcome {
    match answer.as_object().filter(|_| !json) {
        None => println!("{answer}"),
        Some(fields) => {
            for (name, value) in fields {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                println!("{name:<16} {text}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
