//! What rails report, and what becomes of a report that cannot be posted.
//!
//! Nothing that a rail reports is lost. A result that cannot be posted, such as
//! money for a wallet that cannot hold it, is kept and tried again; what is told
//! of the same transfer meanwhile waits behind it. A result that contradicts how
//! its transfer ended is kept for a person: `wallgent transfer list` shows both.

use serde_json::{Value, json};
use wallgent_core::id::{Entry, TransferId};
use wallgent_core::transfer::{TransferStatus, contradicts};

use super::store::UnpostedRow;
use super::{TransferRow, load, states, store};
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::rails::{Adapter, Outcome};

/// How long it takes until what could not be done is tried again, in seconds.
const RETRY_SECONDS: i64 = 3_600;
/// Why a result waits that follows one that could not be posted.
const WAITS: &str = "What was reported before it is not posted yet";

/// Takes in what a rail reports of a transfer. What it tells again changes
/// nothing.
pub(super) fn outcome_in(
    tx: &mut Tx<'_>,
    id: TransferId,
    told_by: Adapter,
    outcome: &Outcome,
) -> Result<(), Stop> {
    let row = load(tx, id)?;
    if !told_by.counts_in(tx.rules(), row.environment) {
        tracing::warn!(transfer = %id, told = outcome.as_str(), "a simulator's word does not count");
        return states::by_hand_in(tx, id);
    }
    let unposted = store::unposted(tx.reader()?, id)?;
    if unposted.iter().any(|it| it.due_at.is_some()) {
        return keep_in(tx, id, outcome, WAITS);
    }
    post_in(tx, row, outcome)
}

fn post_in(tx: &mut Tx<'_>, row: TransferRow, outcome: &Outcome) -> Result<(), Stop> {
    if contradicts(row.status, outcome.step(), row.rail) {
        return keep_contradiction(tx, &row, outcome);
    }
    match outcome {
        Outcome::Settled => states::settle(tx, Actor::System, row).map(drop),
        Outcome::Failed(reason) => states::fail(tx, Actor::System, row, reason).map(drop),
        Outcome::Returned(reason) => {
            // What is returned has been settled, whichever was told first.
            let row = states::settle(tx, Actor::System, row)?;
            states::give_back(tx, Actor::System, row, reason).map(drop)
        }
    }
}

fn keep_contradiction(tx: &mut Tx<'_>, row: &TransferRow, outcome: &Outcome) -> Result<(), Stop> {
    let (ours, told) = (row.status.as_str(), outcome.as_str());
    tracing::error!(transfer = %row.id, ours, told, "a rail contradicts how a transfer ended");
    let why = format!("The transfer is {ours}");
    let kept = unposted(tx, row.id, outcome, &why);
    Ok(store::keep_result(tx, &kept)?)
}

/// Keeps a result that could not be posted, and tries it again later. Until then
/// nothing else is done about its transfer.
pub(super) fn keep_in(
    tx: &mut Tx<'_>,
    id: TransferId,
    outcome: &Outcome,
    why: &str,
) -> Result<(), Stop> {
    tracing::error!(transfer = %id, told = outcome.as_str(), why, "a result cannot be posted");
    let due_at = Some(tx.now().plus_seconds(RETRY_SECONDS));
    let kept = UnpostedRow { due_at, ..unposted(tx, id, outcome, why) };
    store::keep_result(tx, &kept)?;
    let mut row = load(tx, id)?;
    if row.status == TransferStatus::Processing {
        row.due_at = None;
        store::update(tx, &row)?;
    }
    Ok(())
}

fn unposted(tx: &mut Tx<'_>, transfer: TransferId, outcome: &Outcome, why: &str) -> UnpostedRow {
    UnpostedRow {
        id: tx.next_id::<Entry>().key(),
        transfer,
        outcome: outcome.clone(),
        why: why.to_owned(),
        told_at: tx.now(),
        due_at: None,
    }
}

/// Tries to post a result again, when it is the first that waits.
pub(super) fn retry_in(tx: &mut Tx<'_>, kept: &UnpostedRow) -> Result<(), Stop> {
    let waiting = store::unposted(tx.reader()?, kept.transfer)?;
    match waiting.iter().find(|it| it.due_at.is_some()) {
        Some(first) if first.id == kept.id => {
            store::forget_result(tx, kept.id)?;
            let row = load(tx, kept.transfer)?;
            post_in(tx, row, &kept.outcome)
        }
        _ => put_off_in(tx, kept),
    }
}

/// Puts a result off that still cannot be posted.
pub(super) fn put_off_in(tx: &mut Tx<'_>, kept: &UnpostedRow) -> Result<(), Stop> {
    let until = tx.now().plus_seconds(RETRY_SECONDS);
    Ok(store::put_off_result(tx, kept.id, until)?)
}

/// What the operator is told of a transfer's results that are not posted.
pub(super) fn told_in(tx: &mut Tx<'_>, id: TransferId) -> Result<Vec<Value>, Stop> {
    let unposted = store::unposted(tx.reader()?, id)?;
    let tell = |it: &UnpostedRow| {
        json!({
            "reported": it.outcome.as_str(),
            "reason": it.outcome.reason(),
            "why": it.why,
            "reportedAt": it.told_at,
            "triedAgainAt": it.due_at,
        })
    };
    Ok(unposted.iter().map(tell).collect())
}
