//! `wallgent serve`: production.

use std::process::ExitCode;

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};
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
            let told = StopSignals::install()?;
            let server = Server::start(config, Clock::wall()).await?;
            let url = format!("http://{}", server.address());
            tracing::info!(%url, "listening");
            let text = serde_json::json!({ "url": url }).to_string();
            wallgent_server::write_private(&file, &text)?;
            told.wait().await;
            tracing::info!("stopping");
            server.stop().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// SIGTERM and SIGINT, caught from before the server answers its first
/// request.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Catches them from now on.
    pub(super) fn install() -> Result<Self, Failure> {
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { terminate, interrupt })
    }

    /// Waits for either.
    pub(super) async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
