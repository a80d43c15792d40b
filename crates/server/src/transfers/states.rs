//! What happens to a transfer between its request and its end.
//!
//! Each step reads the transfer again inside its command. A step that its state
//! does not allow changes nothing, so that whatever is told twice, late or out of
//! order has one effect.

use wallgent_api::ApiError;
use wallgent_core::Timestamp;
use wallgent_core::id::TransferId;
use wallgent_core::transfer::{Direction, Step, TransferStatus, next, recover};

use super::{TransferRow, load, note, posting, store};
use crate::engine::{Stop, Tx};
use crate::events::{Actor, Change};
use crate::rails::Adapter;
use crate::{error, ledger, wallets};

/// The first pause before a rail that did not answer is asked again, in seconds.
const RETRY_SECONDS: i64 = 2;
/// The longest such pause.
const RETRY_SECONDS_MAX: i64 = 600;
/// Why a transfer failed whose rail kept silent.
const SILENT: &str = "The rail did not answer in time";

/// Where a step leads.
///
/// # Errors
/// `CONFLICT` with the status when the state does not allow it.
pub(super) fn allowed(row: &TransferRow, step: Step) -> Result<TransferStatus, ApiError> {
    next(row.status, step, row.rail).ok_or_else(|| forbidden(row))
}

/// The refusal of a step that the state does not allow.
pub(super) fn forbidden(row: &TransferRow) -> ApiError {
    let status = row.status.as_str();
    let message = format!("The transfer is {status}, which does not allow this");
    error::conflict(message, status).with("transferId", row.id)
}

/// Notes that a transfer goes to its rail now. The rail is told after the commit.
pub(super) fn hand_over_in(tx: &mut Tx<'_>, id: TransferId) -> Result<(), Stop> {
    let mut row = load(tx, id)?;
    let Some(status) = next(row.status, Step::HandOver, row.rail) else { return Ok(()) };
    let now = tx.now();
    row.status = status;
    (row.due_at, row.updated_at) = (Some(now), now);
    let patience = tx.rules().rails.deadline_seconds;
    let answers = row.adapter.is_some_and(Adapter::has_deadline);
    row.deadline_at = answers.then(|| now.plus_seconds(patience));
    store::update(tx, &row)?;
    note(tx, Actor::System, Change::TransferProcessing, &row)
}

/// Notes that the rail took a transfer on. It is looked at again when the rail
/// has been silent for too long.
pub(super) fn accepted_in(
    tx: &mut Tx<'_>,
    id: TransferId,
    external_id: Option<&str>,
) -> Result<(), Stop> {
    let mut row = load(tx, id)?;
    if row.status != TransferStatus::Processing || row.accepted_at.is_some() {
        return Ok(());
    }
    row.external_id = external_id.map(str::to_owned);
    row.accepted_at = Some(tx.now());
    if row.cancel_asked_at.is_none() {
        row.due_at = row.deadline_at;
    }
    row.updated_at = tx.now();
    Ok(store::update(tx, &row)?)
}

/// Notes that the rail did not answer, and when to ask it again: before the
/// deadline, when there is one.
pub(super) fn unanswered_in(tx: &mut Tx<'_>, id: TransferId) -> Result<(), Stop> {
    let mut row = load(tx, id)?;
    if row.status != TransferStatus::Processing {
        return Ok(());
    }
    row.due_at = ask_again_at(tx, &row);
    row.attempts = row.attempts.saturating_add(1);
    Ok(store::update(tx, &row)?)
}

/// When a rail is asked again: after pauses that double, but not behind the
/// deadline.
pub(super) fn ask_again_at(tx: &Tx<'_>, row: &TransferRow) -> Option<Timestamp> {
    let doubled = RETRY_SECONDS.checked_shl(u32::try_from(row.attempts).unwrap_or(u32::MAX));
    let pause = doubled.filter(|it| (1..RETRY_SECONDS_MAX).contains(it));
    let again = tx.now().plus_seconds(pause.unwrap_or(RETRY_SECONDS_MAX));
    Some(row.deadline_at.map_or(again, |deadline| again.min(deadline)))
}

/// Notes that nothing is to be done for a transfer until its deadline, or, when it
/// has none, until a person says something.
pub(super) fn rest_in(tx: &mut Tx<'_>, id: TransferId) -> Result<(), Stop> {
    let mut row = load(tx, id)?;
    if !row.status.is_open() {
        return Ok(());
    }
    row.due_at = row.deadline_at;
    Ok(store::update(tx, &row)?)
}

/// Ends a transfer whose rail has been silent until its deadline.
pub(super) fn give_up_in(tx: &mut Tx<'_>, id: TransferId) -> Result<(), Stop> {
    let row = load(tx, id)?;
    fail(tx, Actor::System, row, SILENT).map(drop)
}

/// Hands an open transfer to the operator: its rail cannot tell what came of it,
/// or does not serve here.
pub(super) fn by_hand_in(tx: &mut Tx<'_>, id: TransferId) -> Result<(), Stop> {
    let mut row = load(tx, id)?;
    if !row.status.is_open() || row.adapter == Some(Adapter::Manual) {
        return Ok(());
    }
    tracing::error!(transfer = %id, "a transfer waits for the operator: its rail says nothing");
    (row.adapter, row.deadline_at, row.due_at) = (Some(Adapter::Manual), None, None);
    row.accepted_at.get_or_insert(tx.now());
    let Some(status) = next(row.status, Step::HandOver, row.rail) else {
        return Ok(store::update(tx, &row)?);
    };
    (row.status, row.updated_at) = (status, tx.now());
    store::update(tx, &row)?;
    note(tx, Actor::System, Change::TransferProcessing, &row)
}

/// Puts a transfer off with which something is wrong.
pub(super) fn put_off_in(tx: &mut Tx<'_>, id: TransferId) -> Result<(), Stop> {
    let mut row = load(tx, id)?;
    if row.due_at.is_some() {
        row.due_at = Some(tx.now().plus_seconds(RETRY_SECONDS_MAX));
        store::update(tx, &row)?;
    }
    Ok(())
}

/// Completes a transfer, if it is open.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    mut row: TransferRow,
) -> Result<TransferRow, Stop> {
    let Some(status) = next(row.status, Step::Settle, row.rail) else { return Ok(row) };
    let settlement = match row.direction {
        Direction::Deposit => {
            let home = wallets::home_of(tx, row.wallet, row.scope)?;
            no_longer_pending(tx, &row)?;
            posting::receive_deposit(tx, &row, home)?
        }
        Direction::Withdrawal | Direction::Internal => posting::settle_withdrawal(tx, &row)?,
    };
    row.settlement = Some(settlement);
    row.completed_at = Some(tx.now());
    end(tx, actor, row, status, Change::TransferCompleted)
}

/// Fails a transfer, if it is open.
pub(super) fn fail(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    mut row: TransferRow,
    reason: &str,
) -> Result<TransferRow, Stop> {
    let Some(status) = next(row.status, Step::Fail, row.rail) else { return Ok(row) };
    undo(tx, &row)?;
    row.failure_reason = Some(reason.to_owned());
    end(tx, actor, row, status, Change::TransferFailed)
}

/// Cancels a transfer, if it is open.
pub(super) fn cancel(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    row: TransferRow,
) -> Result<TransferRow, Stop> {
    let Some(status) = next(row.status, Step::Cancel, row.rail) else { return Ok(row) };
    undo(tx, &row)?;
    end(tx, actor, row, status, Change::TransferCancelled)
}

/// Takes in that the other side took a completed transfer back.
pub(super) fn give_back(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    mut row: TransferRow,
    reason: &str,
) -> Result<TransferRow, Stop> {
    let Some(status) = next(row.status, Step::Return, row.rail) else { return Ok(row) };
    let home = wallets::home_of(tx, row.wallet, row.scope)?;
    match row.direction {
        Direction::Withdrawal | Direction::Internal => {
            posting::return_withdrawal(tx, &row, home)?;
            give_back_spending(tx, &row)?;
        }
        Direction::Deposit => {
            // The fee is given back as well, so only what arrived is owed.
            let owed = row.amount.checked_sub(row.fee).ok_or_else(error::balance_too_large)?;
            let available = tx.account(ledger::account_of(home))?.balance.available();
            let found = recover(owed, available);
            posting::return_deposit(tx, &row, home, found)?;
            row.shortfall = found.missing;
            if found.missing.is_positive() {
                let reason = format!("{} of a returned deposit is missing", found.missing);
                wallets::freeze(tx, home, &reason)?;
            }
        }
    }
    row.failure_reason = Some(reason.to_owned());
    end(tx, actor, row, status, Change::TransferReturned)
}

/// What was posted at the request goes back, fee included.
fn undo(tx: &mut Tx<'_>, row: &TransferRow) -> Result<(), Stop> {
    match row.direction {
        Direction::Deposit => {
            no_longer_pending(tx, row)?;
            posting::undo_deposit(tx, row)?;
        }
        Direction::Withdrawal | Direction::Internal => {
            let home = wallets::home_of(tx, row.wallet, row.scope)?;
            posting::undo_withdrawal(tx, row, home)?;
            give_back_spending(tx, row)?;
        }
    }
    Ok(())
}

fn no_longer_pending(tx: &mut Tx<'_>, row: &TransferRow) -> Result<(), Stop> {
    let change = row.amount.checked_neg().ok_or_else(error::balance_too_large)?;
    wallets::add_pending(tx, row.wallet, change)
}

/// The amount goes back into the window it was counted in; its place among the
/// day's movements does not.
fn give_back_spending(tx: &mut Tx<'_>, row: &TransferRow) -> Result<(), Stop> {
    let given_back = row.amount.checked_neg().ok_or_else(error::balance_too_large)?;
    tx.count_spending(row.wallet, row.requested_at, given_back, 0)?;
    Ok(store::set_reversed(tx, row.id, row.amount)?)
}

/// Writes a transfer that the rail has no more to do with.
fn end(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    mut row: TransferRow,
    status: TransferStatus,
    change: Change,
) -> Result<TransferRow, Stop> {
    row.status = status;
    row.updated_at = tx.now();
    (row.account_number, row.due_at) = (None, None);
    store::update(tx, &row)?;
    note(tx, actor, change, &row)?;
    Ok(row)
}
