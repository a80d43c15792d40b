//! Asking for a withdrawal.

use wallgent_api::ApiError;
use wallgent_api::types::transfers::RequestWithdrawal;
use wallgent_core::payment::TransactionKind;
use wallgent_core::policy::Decision;
use wallgent_core::transfer::{Direction, leaving};
use wallgent_core::wallet::WalletStatus;

use super::{TransferRow, answer, deny, draft, hold, note, party, posting, recipient, seal, store};
use crate::caller::Caller;
use crate::engine::{Stop, Tx, Wallet};
use crate::events::{Actor, Change};
use crate::idempotency::Reply;
use crate::{error, ledger, payments, policies, rails};

/// Decides a withdrawal and takes it out of its wallet; a rail carries it. The
/// order of the checks is that of a payment.
pub fn withdraw_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &RequestWithdrawal,
) -> Result<Reply, Stop> {
    let (id, wallet) = caller.usable_wallet(tx, &request.wallet_id)?;
    let (linked, to) = (request.bank_account_id.as_deref(), request.destination.as_ref());
    let found = party::find(tx, caller, wallet.scope, linked, to)?;
    let mut row = draft(tx, Direction::Withdrawal, found.rail, (id, &wallet), request.amount)?;
    let fee = tx.rules().payment_fee.fee_for(request.amount);
    row.fee = fee.ok_or_else(error::balance_too_large)?;
    row.account_number =
        found.account_number.map(|number| seal(tx.vault(), row.id, &number)).transpose()?;
    (row.bank_account, row.party) = (found.bank_account, Some(found.party));
    row.description.clone_from(&request.description);
    row.idempotency_key.clone_from(&request.idempotency_key);
    row.currency = request.currency.clone().unwrap_or(row.currency);
    refuse_unapproved(caller, &wallet, &row)?;
    row.adapter = Some(rails::serving(tx.rules(), row.environment)?);
    payments::refuse_closed(&wallet, &request.wallet_id)?;
    decide(tx, caller, &wallet, row, &request.amount_sent)
}

/// Where money may leave to is its owner's decision: whoever is not the owner
/// withdraws only to whom the owner has approved in a policy of the wallet.
fn refuse_unapproved(caller: &Caller, wallet: &Wallet, row: &TransferRow) -> Result<(), ApiError> {
    match caller.require_owner_of(wallet) {
        Err(refusal) if !policies::approves(wallet, &recipient(row)) => Err(refusal),
        _ => Ok(()),
    }
}

fn decide(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet: &Wallet,
    row: TransferRow,
    amount_sent: &str,
) -> Result<Reply, Stop> {
    if wallet.status == WalletStatus::Frozen {
        return Ok(Reply::refused(&payments::frozen(row.wallet), caller));
    }
    let verdict = policies::decide(tx, row.wallet, wallet, &recipient(&row), row.amount)?;
    if verdict.decision == Decision::Deny {
        return deny(tx, caller, &row, &verdict.violations);
    }
    let required = leaving(row.amount, row.fee).ok_or_else(error::balance_too_large)?;
    let balance = tx.account(ledger::account_of(row.wallet))?.balance;
    if balance.available() < required {
        let (amount, fee) = (row.amount, row.fee);
        let error = payments::insufficient(row.wallet, amount, amount_sent, fee, balance);
        return Ok(Reply::refused(&error, caller));
    }
    match verdict.approval_policy {
        Some(policy) => hold(tx, caller, row, policy, TransactionKind::Withdrawal),
        None => send(tx, caller, row),
    }
}

fn send(tx: &mut Tx<'_>, caller: &Caller, mut row: TransferRow) -> Result<Reply, Stop> {
    row.due_at = Some(row.requested_at);
    tx.count_spending(row.wallet, row.requested_at, row.amount, 1)?;
    let legs = posting::withdraw_legs(tx, &row)?;
    ledger::post(tx, posting::first(&row, TransactionKind::Withdrawal), legs)?;
    store::insert(tx, &row)?;
    note(tx, Actor::Key(caller), Change::TransferCreated, &row)?;
    Ok(answer(&row))
}
