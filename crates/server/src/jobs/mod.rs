//! What falls due by itself.
//!
//! A job looks for due rows and ends them with commands, which look again: so
//! a thing that is due happens once, however often it is looked for, and a
//! crash in between only delays it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::engine::EngineError;
use crate::{approvals, delegations};

/// How often the wall clock is looked at.
const PAUSE: Duration = Duration::from_millis(500);

/// Runs everything that is due, until nothing is.
pub async fn run_due(app: &App) -> Result<(), EngineError> {
    let approvals = expire_approvals(app).await;
    // One job that cannot go on keeps no other from it.
    expire_delegations(app).await.and(approvals)
}

async fn expire_approvals(app: &App) -> Result<(), EngineError> {
    while approvals::any_due(app).await {
        app.engine.run(Vec::new(), approvals::expire_in).await?;
    }
    Ok(())
}

async fn expire_delegations(app: &App) -> Result<(), EngineError> {
    while delegations::any_due(app).await {
        app.engine.run(Vec::new(), delegations::expire_in).await?;
    }
    Ok(())
}

/// Looks for due things until `stop` says so.
pub async fn keep_running(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut pause = tokio::time::interval(PAUSE);
    pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = pause.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if app.metrics.is_writer_alive()
            && let Err(error) = run_due(&app).await
        {
            tracing::warn!(?error, "due things have to wait");
        }
    }
}
