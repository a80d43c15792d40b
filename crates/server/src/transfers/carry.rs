//! Carrying transfers to their rails, and what came of them back.
//!
//! Whatever is due is found by its row, done by a call to the rail and noted by
//! a command. A crash between any two of these leaves the row due, and every
//! call can be made again: the transfer's number is the rail's idempotency key.

use std::sync::Arc;

use tokio::task::JoinSet;
use wallgent_core::id::TransferId;
use wallgent_core::transfer::{Direction, TransferStatus};

use super::states::{accepted_in, give_up_in, hand_over_in, rest_in, unanswered_in};
use super::{TransferRow, open, results, states, store};
use crate::app::App;
use crate::caller::Caller;
use crate::db::DbResult;
use crate::engine::{EngineError, Stop, Tx};
use crate::events::Actor;
use crate::rails::{self, Adapter, Cancellation, Instruction, Notice, Outcome, Submission};

/// Transfers that are worked on at once; their commands share commits.
const AT_ONCE: i64 = 100;
/// Passes over what is due, after which other jobs have their turn.
const PASSES: usize = 20;
/// How long it takes until a result is heard again that broke, in seconds.
const PAUSE_SECONDS: i64 = 600;

/// Does what is due, for some time. Says whether something may be left.
pub async fn carry_on(app: &Arc<App>) -> Result<bool, EngineError> {
    for _ in 0..PASSES {
        // Results first: what has settled is not given up for being late.
        let heard = hear_all(app).await;
        let retried = retry_all(app).await;
        let moved = move_all(app).await;
        if heard? + retried? + moved? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn read<T: Send + 'static>(
    app: &App,
    read: impl FnOnce(&mut crate::db::Connection) -> DbResult<T> + Send + 'static,
) -> Result<T, EngineError> {
    match app.reads.read(read).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::error!(%error, "due transfers could not be read");
            Err(EngineError::Broken)
        }
        Err(_) => Err(EngineError::Unavailable),
    }
}

async fn run(
    app: &App,
    command: impl FnOnce(&mut Tx<'_>) -> Result<(), Stop> + Send + 'static,
) -> Result<(), EngineError> {
    app.engine.run(Vec::new(), command).await
}

/// What cannot be done is put off, so that it keeps nothing else waiting.
async fn or_put_off(
    app: &App,
    id: TransferId,
    done: Result<(), EngineError>,
    put_off: impl FnOnce(&mut Tx<'_>) -> Result<(), Stop> + Send + 'static,
) -> Result<(), EngineError> {
    match done {
        Err(error @ (EngineError::Refused(_) | EngineError::Broken)) => {
            tracing::error!(transfer = %id, ?error, "a transfer cannot go on, and is put off");
            run(app, put_off).await
        }
        done => done,
    }
}

/// Takes results in one after the other, in the order in which they fell due.
async fn hear_all(app: &Arc<App>) -> Result<usize, EngineError> {
    let now = app.clock.now();
    let notices = read(app, move |connection| rails::due(connection, now, AT_ONCE)).await?;
    let heard = notices.len();
    for notice in notices {
        let (done, id) = (hear(app, &notice).await, notice.transfer);
        or_put_off(app, id, done, move |tx| {
            let until = tx.now().plus_seconds(PAUSE_SECONDS);
            rails::put_off_in(tx, &notice, until)
        })
        .await?;
    }
    Ok(heard)
}

async fn hear(app: &App, notice: &Notice) -> Result<(), EngineError> {
    take_in(app, notice.transfer, notice.adapter, notice.outcome.clone()).await?;
    rails::heard(app, notice).await
}

/// Takes in what came of a transfer. What cannot be posted is kept.
async fn take_in(
    app: &App,
    id: TransferId,
    told_by: Adapter,
    outcome: Outcome,
) -> Result<(), EngineError> {
    let told = outcome.clone();
    match run(app, move |tx| results::outcome_in(tx, id, told_by, &told)).await {
        Err(EngineError::Refused(error)) => {
            run(app, move |tx| results::keep_in(tx, id, &outcome, &error.message)).await
        }
        other => other,
    }
}

/// Tries again to post what could not be posted.
async fn retry_all(app: &Arc<App>) -> Result<usize, EngineError> {
    let now = app.clock.now();
    let due = read(app, move |connection| store::due_results(connection, now, AT_ONCE)).await?;
    let retried = due.len();
    for kept in due {
        let again = kept.clone();
        let done = run(app, move |tx| results::retry_in(tx, &again)).await;
        or_put_off(app, kept.transfer, done, move |tx| results::put_off_in(tx, &kept)).await?;
    }
    Ok(retried)
}

/// Moves transfers on side by side: a rail may take its time to answer.
async fn move_all(app: &Arc<App>) -> Result<usize, EngineError> {
    let now = app.clock.now();
    let due = read(app, move |connection| store::due(connection, now, AT_ONCE)).await?;
    let moved = due.len();
    let mut tasks = JoinSet::new();
    for row in due {
        let app = Arc::clone(app);
        tasks.spawn(async move {
            let id = row.id;
            let done = move_on(&app, row).await;
            or_put_off(&app, id, done, move |tx| states::put_off_in(tx, id)).await
        });
    }
    let mut result = Ok(moved);
    while let Some(task) = tasks.join_next().await {
        match task {
            Ok(Ok(())) => {}
            Ok(Err(error)) => result = Err(error),
            Err(error) => {
                tracing::error!(%error, "a transfer's task broke");
                result = Err(EngineError::Broken);
            }
        }
    }
    result
}

async fn move_on(app: &App, row: TransferRow) -> Result<(), EngineError> {
    let id = row.id;
    let late = row.deadline_at.is_some_and(|deadline| deadline <= app.clock.now());
    let rules = &app.config.rules;
    let counts = row.adapter.is_none_or(|it| it.counts_in(rules, row.environment));
    match row.status {
        _ if !counts => run(app, move |tx| states::by_hand_in(tx, id)).await,
        TransferStatus::Pending => run(app, move |tx| hand_over_in(tx, id)).await,
        _ if late => give_up(app, &row).await,
        // Whoever asked may have died before the rail was asked.
        _ if row.cancel_asked_at.is_some() => call_back(app, id, row.adapter, None).await,
        _ if row.accepted_at.is_none() => submit(app, &row).await,
        _ => run(app, move |tx| rest_in(tx, id)).await,
    }
}

async fn submit(app: &App, row: &TransferRow) -> Result<(), EngineError> {
    let (Some(adapter), Some(party)) = (row.adapter, row.party.clone()) else {
        tracing::error!(transfer = %row.id, "a transfer has no other side");
        return Err(EngineError::Broken);
    };
    let id = row.id;
    let account_number = match open(&app.vault, row) {
        Ok(number) => number,
        Err(error) => {
            // Until its deadline the key may come back.
            tracing::error!(transfer = %id, %error, "an account's number cannot be opened");
            return run(app, move |tx| unanswered_in(tx, id)).await;
        }
    };
    let instruction = Instruction {
        id,
        direction: row.direction,
        rail: row.rail,
        amount: row.amount,
        requested_at: row.requested_at,
        party,
        account_number,
    };
    match adapter.submit(app, &instruction).await {
        Submission::Accepted { external_id } => {
            run(app, move |tx| accepted_in(tx, id, external_id.as_deref())).await
        }
        Submission::Rejected { reason } => take_in(app, id, adapter, Outcome::Failed(reason)).await,
        Submission::NoAnswer => run(app, move |tx| unanswered_in(tx, id)).await,
    }
}

/// Asks the rail to stop a transfer for somebody, and takes in what it says. A
/// rail that does not say is asked again later.
pub(super) async fn call_back(
    app: &App,
    id: TransferId,
    adapter: Option<Adapter>,
    asked_by: Option<Caller>,
) -> Result<(), EngineError> {
    let Some(adapter) = adapter else { return Ok(()) };
    match adapter.cancel(app, id).await {
        Cancellation::Cancelled => {
            run(app, move |tx| cancelled_in(tx, id, asked_by.as_ref())).await
        }
        Cancellation::TooLate(outcome) => take_in(app, id, adapter, outcome).await,
        Cancellation::Waits => run(app, move |tx| rest_in(tx, id)).await,
        Cancellation::NoAnswer => run(app, move |tx| unanswered_in(tx, id)).await,
    }
}

fn cancelled_in(tx: &mut Tx<'_>, id: TransferId, asked_by: Option<&Caller>) -> Result<(), Stop> {
    let row = super::load(tx, id)?;
    states::cancel(tx, asked_by.map_or(Actor::System, Actor::Key), row).map(drop)
}

/// The deadline has passed: unless the rail has something to say at last, the
/// transfer ends. Only for a withdrawal it must have said that it will not pay:
/// what may have left is not given back because nobody knows.
async fn give_up(app: &App, row: &TransferRow) -> Result<(), EngineError> {
    let id = row.id;
    let Some(adapter) = row.adapter else { return Err(EngineError::Broken) };
    match (adapter.cancel(app, id).await, row.direction) {
        (Cancellation::TooLate(outcome), _) => take_in(app, id, adapter, outcome).await,
        (Cancellation::Cancelled, _) | (_, Direction::Deposit) => {
            run(app, move |tx| give_up_in(tx, id)).await
        }
        _ => run(app, move |tx| states::by_hand_in(tx, id)).await,
    }
}
