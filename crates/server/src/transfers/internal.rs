//! Moving money between two wallets of one organization, at once and free.

use wallgent_api::ApiError;
use wallgent_api::types::transfers::MoveInternally;
use wallgent_core::Amount;
use wallgent_core::payment::TransactionKind;
use wallgent_core::policy::Decision;
use wallgent_core::transfer::{Direction, Rail, TransferStatus};
use wallgent_core::wallet::WalletStatus;

use super::{TransferRow, answer, deny, draft, hold, note, posting, recipient, store};
use crate::caller::Caller;
use crate::engine::{Stop, Tx, Wallet};
use crate::events::{Actor, Change};
use crate::idempotency::Reply;
use crate::{error, ledger, payments, policies};

/// Decides an internal transfer and carries it out. The order of the checks is
/// that of a payment.
pub fn internal_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &MoveInternally,
) -> Result<Reply, Stop> {
    let (from, payer) = caller.usable_wallet(tx, &request.from_wallet_id)?;
    let (to, payee, _) = caller.any_wallet(tx, &request.to_wallet_id)?;
    if payee.scope != payer.scope {
        return Err(error::wallet_not_found(&request.to_wallet_id).into());
    }
    if from == to {
        let message = "must be another wallet than the one that pays";
        return Err(ApiError::invalid_field("toWalletId", message).into());
    }
    payments::refuse_closed(&payer, &request.from_wallet_id)?;
    payments::refuse_closed(&payee, &request.to_wallet_id)?;
    let mut row = draft(tx, Direction::Internal, Rail::Internal, (from, &payer), request.amount)?;
    row.to_wallet = Some(to);
    row.description.clone_from(&request.description);
    row.idempotency_key.clone_from(&request.idempotency_key);
    decide(tx, caller, &payer, row, &request.amount_sent)
}

fn decide(
    tx: &mut Tx<'_>,
    caller: &Caller,
    payer: &Wallet,
    row: TransferRow,
    amount_sent: &str,
) -> Result<Reply, Stop> {
    if payer.status == WalletStatus::Frozen {
        return Ok(Reply::refused(&payments::frozen(row.wallet), caller));
    }
    let verdict = policies::decide(tx, row.wallet, payer, &recipient(&row), row.amount)?;
    if verdict.decision == Decision::Deny {
        return deny(tx, caller, &row, &verdict.violations);
    }
    let balance = tx.account(ledger::account_of(row.wallet))?.balance;
    if balance.available() < row.amount {
        let (amount, fee) = (row.amount, Amount::ZERO);
        let error = payments::insufficient(row.wallet, amount, amount_sent, fee, balance);
        return Ok(Reply::refused(&error, caller));
    }
    match verdict.approval_policy {
        Some(policy) => hold(tx, caller, row, policy, TransactionKind::InternalTransfer),
        None => carry_out(tx, caller, row),
    }
}

fn carry_out(tx: &mut Tx<'_>, caller: &Caller, mut row: TransferRow) -> Result<Reply, Stop> {
    tx.count_spending(row.wallet, row.requested_at, row.amount, 1)?;
    let legs = legs_of(tx, &row)?;
    ledger::post(tx, posting::first(&row, TransactionKind::InternalTransfer), legs)?;
    (row.status, row.completed_at) = (TransferStatus::Completed, Some(tx.now()));
    store::insert(tx, &row)?;
    note(tx, Actor::Key(caller), Change::TransferCreated, &row)?;
    note(tx, Actor::Key(caller), Change::TransferCompleted, &row)?;
    Ok(answer(&row))
}

/// What moves.
pub(super) fn legs_of(
    tx: &mut Tx<'_>,
    row: &TransferRow,
) -> Result<Vec<wallgent_core::posting::Leg>, Stop> {
    let to = row.to_wallet.unwrap_or(row.wallet);
    let (payer, payee) = (ledger::account_of(row.wallet), ledger::account_of(to));
    ledger::legs_between(tx, payer, payee, row.amount)
}
