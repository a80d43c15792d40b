//! `wallgent serve`: production.

use std::process::ExitCode;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use wallgent_server::{Clock, Server};

use super::{Outcome, block_on, log};
use crate::exit::Failure;
use crate::settings::Sources;

/// Where a started server writes its address.
const SERVER_FILE: &str = "server.json";

#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    sources: Sources,
}

impl Serve {
    pub(super) fn run(self) -> Outcome {
        log::for_machines();
        let config = self.sources.merged()?.into_config()?;
        let file = config.data.join(SERVER_FILE);
        block_on(async move {
            let server = Server::start(config, Clock::Wall).await?;
            let url = format!("http://{}", server.address());
            tracing::info!(%url, "listening");
            let text = serde_json::json!({ "url": url }).to_string();
            wallgent_server::write_private(&file, &text)?;
            until_told_to_stop().await?;
            tracing::info!("stopping");
            server.stop().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn until_told_to_stop() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
