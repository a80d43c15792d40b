//! Settling with the card network, as the simulator does it.
//!
//! Captures and refunds meet in Card settlement. At the end of the UTC day in
//! which that began, what is owed is paid over Bank, in either direction: so the
//! account returns to zero, and is below it only while the network owes for
//! refunds of purchases that were settled before.

use wallgent_core::account::AccountKind;
use wallgent_core::id::{AccountId, TransactionId};
use wallgent_core::payment::TransactionKind;

use super::store;
use crate::app::App;
use crate::engine::{ScopeId, Stop, TransactionRow, Tx};
use crate::{error, ledger};

/// Books that are settled in one commit. Each takes some statements, and no payment
/// is to wait long behind them.
const SETTLED_AT_ONCE: i64 = 20;

/// Notes that something is to be settled, unless that is noted already.
pub(super) fn plan(tx: &mut Tx<'_>, scope: ScopeId) -> Result<(), Stop> {
    let due_at = tx.now().day().next().start();
    Ok(store::plan_settlement(tx, scope, due_at)?)
}

/// Whether books are due to be settled.
pub async fn any_unsettled(app: &App) -> bool {
    let now = app.clock.now();
    let due = app.reads.read(move |connection| store::unsettled(connection, now, 1)).await;
    matches!(due, Ok(Ok(due)) if !due.is_empty())
}

/// Settles what is due; answers how many books.
pub fn settle_in(tx: &mut Tx<'_>) -> Result<usize, Stop> {
    let now = tx.now();
    let due = store::unsettled(tx.reader()?, now, SETTLED_AT_ONCE)?;
    for scope in &due {
        settle(tx, *scope)?;
        store::forget_settlement(tx, *scope)?;
    }
    Ok(due.len())
}

fn settle(tx: &mut Tx<'_>, id: ScopeId) -> Result<(), Stop> {
    let scope = tx.scope(id)?;
    let (network, bank) =
        (scope.account(AccountKind::CardSettlement), scope.account(AccountKind::Bank));
    let owed = tx.account(network)?.balance.posted;
    if owed.is_zero() {
        return Ok(());
    }
    let (from, to): (AccountId, AccountId) =
        if owed.is_negative() { (bank, network) } else { (network, bank) };
    let amount = if owed.is_negative() { owed.checked_neg() } else { Some(owed) };
    let amount = amount.ok_or_else(error::balance_too_large)?;
    let legs = ledger::legs_between(tx, from, to, amount)?;
    let transaction: TransactionId = tx.next_id();
    let row = TransactionRow {
        description: Some("Card network settlement".to_owned()),
        ..TransactionRow::posted(transaction, id, TransactionKind::CardSettlement, amount, tx.now())
    };
    ledger::post(tx, row, legs)
}
