//! `wallgent events`: what happened.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use wallgent::id::{EventId, WebhookId};

use super::client::Access;
use super::{Outcome, block_on};
use crate::exit::Failure;

#[derive(Subcommand)]
pub(crate) enum Events {
    /// Deliver an event once more, now; exits 1 when a webhook does not take it
    Resend(Resend),
}

#[derive(Args)]
pub(crate) struct Resend {
    /// Which event: evt_…
    id: String,
    /// Only to this webhook: hook_…
    #[arg(long)]
    webhook: Option<String>,
    #[command(flatten)]
    access: Access,
}

impl Events {
    pub(super) fn run(self) -> Outcome {
        let Self::Resend(it) = self;
        let bad = |what: &str, text: &str| Failure::new(format!("{text} is no ID of {what}"));
        let id: EventId = it.id.parse().map_err(|_| bad("an event", &it.id))?;
        let read = |text: &String| text.parse().map_err(|_| bad("a webhook", text));
        let only: Option<WebhookId> = it.webhook.as_ref().map(read).transpose()?;
        let client = it.access.client()?;
        block_on(async move {
            let deliveries = client.events().resend(id, only).await?;
            if deliveries.is_empty() {
                println!("no webhook is told of it");
            }
            for delivery in &deliveries {
                let outcome = match (&delivery.error, delivery.status_code) {
                    (None, Some(status)) => status.to_string(),
                    (error, _) => error.clone().unwrap_or_default(),
                };
                println!("{}  {}  {} ms", delivery.webhook_id, outcome, delivery.duration_ms);
            }
            let taken = deliveries.iter().all(|delivery| delivery.error.is_none());
            Ok(if taken { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        })
    }
}
