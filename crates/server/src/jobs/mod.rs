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
use crate::{approvals, cards, delegations, invoices, payment_links, transfers};

/// How often the wall clock is looked at.
const PAUSE: Duration = Duration::from_millis(500);

/// Runs everything that is due, until nothing is: a bite of each kind in turn, so
/// that no kind waits until another, of which there is much, is done.
pub async fn run_due(app: &Arc<App>) -> Result<(), EngineError> {
    while run_some(app).await? {}
    Ok(())
}

/// Gives each job its turn. Says whether something may be left.
async fn run_some(app: &Arc<App>) -> Result<bool, EngineError> {
    let _alone = app.due.lock().await;
    let mut result = Ok(false);
    for bite in [
        expire_approvals(app).await,
        expire_delegations(app).await,
        end_card_authorizations(app).await,
        settle_cards(app).await,
        expire_payment_links(app).await,
        charge_again(app).await,
        transfers::carry_on(app).await,
    ] {
        // One job that cannot go on keeps no other from it.
        result = match bite {
            Ok(any) => result.map(|more| more || any),
            Err(error) => result.and(Err(error)),
        };
    }
    result
}

/// Ends one commit's worth of approvals; answers whether any was due. So do the
/// others.
async fn expire_approvals(app: &App) -> Result<bool, EngineError> {
    let due = approvals::any_due(app).await;
    if due {
        app.engine.run(Vec::new(), approvals::expire_in).await?;
    }
    Ok(due)
}

async fn end_card_authorizations(app: &App) -> Result<bool, EngineError> {
    let due = cards::any_ending(app).await;
    if due {
        app.engine.run(Vec::new(), cards::expire_in).await?;
    }
    Ok(due)
}

async fn settle_cards(app: &App) -> Result<bool, EngineError> {
    let due = cards::any_unsettled(app).await;
    if due {
        app.engine.run(Vec::new(), cards::settle_in).await?;
    }
    Ok(due)
}

async fn charge_again(app: &App) -> Result<bool, EngineError> {
    let due = invoices::any_due(app).await;
    if due {
        app.engine.run(Vec::new(), invoices::charge_due_in).await?;
    }
    Ok(due)
}

async fn expire_payment_links(app: &App) -> Result<bool, EngineError> {
    let due = payment_links::any_due(app).await;
    if due {
        app.engine.run(Vec::new(), payment_links::expire_in).await?;
    }
    Ok(due)
}

async fn expire_delegations(app: &App) -> Result<bool, EngineError> {
    let due = delegations::any_due(app).await;
    if due {
        app.engine.run(Vec::new(), delegations::expire_in).await?;
    }
    Ok(due)
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
