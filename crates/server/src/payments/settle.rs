//! Posting a payment that a human agreed to.

use wallgent_core::payment::PaymentStatus;
use wallgent_core::policy::{Decision, Violation};
use wallgent_core::wallet::WalletStatus;

use super::send::{frozen, legs_of, record_posted, refuse_closed};
use super::{PaymentRow, insufficient, purpose, store};
use crate::caller::Caller;
use crate::db::DbError;
use crate::engine::{Stop, Tx, Wallet};
use crate::events::Actor;
use crate::policies::Recipient;
use crate::{error, ledger, policies};

/// Decides a payment that waited as if it were sent now, but for the question
/// that was answered. Its funds and its place in the limits are free already.
/// When policies refuse it, `violations` holds why.
pub fn decide_again(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    violations: &mut Vec<Violation>,
) -> Result<(), Stop> {
    let (payer, payee) = (wallet_of(tx, row.from)?, wallet_of(tx, row.to)?);
    refuse_closed(&payer, &row.from.to_string())?;
    refuse_closed(&payee, &row.to.to_string())?;
    purpose::refuse_unpayable(tx, row.rail)?;
    if payer.status == WalletStatus::Frozen {
        return Err(frozen(row.from).into());
    }
    let to = Recipient::Wallet(row.to);
    let verdict = policies::decide(tx, row.from, &payer, &to, row.amount)?;
    if verdict.decision == Decision::Deny {
        *violations = verdict.violations;
        return Err(policies::denied(violations).into());
    }
    let required = row.amount.checked_add(row.fee).ok_or_else(error::balance_too_large)?;
    let balance = tx.account(ledger::account_of(row.from))?.balance;
    if balance.available() < required {
        let requested = row.amount.to_string();
        return Err(insufficient(row.from, row.amount, &requested, row.fee, balance).into());
    }
    Ok(())
}

pub(super) fn wallet_of(tx: &mut Tx<'_>, id: wallgent_core::id::WalletId) -> Result<Wallet, Stop> {
    let wallet = tx.wallet(id)?;
    wallet.ok_or_else(|| DbError::Layout(format!("{id} of a payment has no row")).into())
}

/// Posts a payment that waited; answers it as it is now. It counts in the
/// windows of this moment.
pub fn settle_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut row: PaymentRow,
) -> Result<PaymentRow, Stop> {
    let now = tx.now();
    let legs = legs_of(tx, row.from, row.to, row.scope, row.amount, row.fee)?;
    tx.count_spending(row.from, now, row.amount, 1)?;
    ledger::enter(tx, row.id, legs)?;
    let balance = tx.account(ledger::account_of(row.from))?.balance;
    row.status = PaymentStatus::Posted;
    row.settled_at = Some(now);
    row.balance_after = Some(balance.posted);
    row.available_after = Some(balance.available());
    store::set_posted(tx, &row)?;
    record_posted(tx, caller, &row)?;
    purpose::paid_in(tx, Actor::Key(caller), row.rail, row.id)?;
    Ok(row)
}
