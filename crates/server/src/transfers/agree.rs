//! Transfers that wait for a human: deciding them anew, carrying them out,
//! ending them, and telling again what came of them.

use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::approval::ApprovalStatus;
use wallgent_core::id::{TransactionId, TransferId};
use wallgent_core::policy::{Decision, Violation};
use wallgent_core::transfer::{Direction, Step, TransferStatus, leaving};
use wallgent_core::wallet::WalletStatus;

use super::{TransferRow, answer, internal, load, note, posting, recipient, states, store};
use crate::caller::Caller;
use crate::db::DbError;
use crate::engine::{Stop, Tx, Wallet};
use crate::events::{Actor, Change};
use crate::idempotency::Reply;
use crate::{approvals, bank_accounts, error, ledger, payments, policies, rails};

fn wallet_of(tx: &mut Tx<'_>, id: wallgent_core::id::WalletId) -> Result<Wallet, Stop> {
    let wallet = tx.wallet(id)?;
    wallet.ok_or_else(|| DbError::Layout(format!("{id} of a transfer has no row")).into())
}

/// Decides a transfer that waited as if it were asked for now, but for the
/// question that was answered. Its funds and its place in the limits are free
/// already. When policies refuse it, `violations` holds why.
pub fn decide_again(
    tx: &mut Tx<'_>,
    row: &TransferRow,
    violations: &mut Vec<Violation>,
) -> Result<(), Stop> {
    let payer = wallet_of(tx, row.wallet)?;
    if let Some(account) = row.bank_account {
        bank_accounts::usable_in(tx, row.scope, row.organization, &account.to_string())?;
    }
    if row.direction != Direction::Internal {
        rails::serving(tx.rules(), row.environment)?;
    }
    payments::refuse_closed(&payer, row.wallet)?;
    if let Some(to) = row.to_wallet {
        let payee = wallet_of(tx, to)?;
        payments::refuse_closed(&payee, to)?;
    }
    if payer.status == WalletStatus::Frozen {
        return Err(payments::frozen(row.wallet).into());
    }
    let verdict = policies::decide(tx, row.wallet, &payer, &recipient(row), row.amount)?;
    if verdict.decision == Decision::Deny {
        *violations = verdict.violations;
        return Err(policies::denied(violations).into());
    }
    let required = leaving(row.amount, row.fee).ok_or_else(error::balance_too_large)?;
    let balance = tx.account(ledger::account_of(row.wallet))?.balance;
    if balance.available() < required {
        let requested = row.amount.to_string();
        let (amount, fee) = (row.amount, row.fee);
        return Err(payments::insufficient(row.wallet, amount, &requested, fee, balance).into());
    }
    Ok(())
}

/// Carries out a transfer that a human agreed to. It counts in the windows of
/// this moment.
pub fn agree_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut row: TransferRow,
) -> Result<TransferRow, Stop> {
    let now = tx.now();
    row.status = states::allowed(&row, Step::Approve)?;
    (row.requested_at, row.updated_at) = (now, now);
    if row.direction != Direction::Internal {
        // Who serves may have changed since it was asked for.
        row.adapter = Some(rails::serving(tx.rules(), row.environment)?);
    }
    tx.count_spending(row.wallet, now, row.amount, 1)?;
    let legs = match row.direction {
        Direction::Internal => internal::legs_of(tx, &row)?,
        Direction::Withdrawal | Direction::Deposit => posting::withdraw_legs(tx, &row)?,
    };
    ledger::enter(tx, row.id.into(), legs)?;
    store::set_posted(tx, row.id)?;
    if row.status == TransferStatus::Completed {
        row.completed_at = Some(now);
        store::update(tx, &row)?;
        note(tx, Actor::Key(caller), Change::TransferCompleted, &row)?;
    } else {
        row.due_at = Some(now);
        store::update(tx, &row)?;
    }
    Ok(row)
}

/// Ends a transfer to which nobody agreed.
pub fn end_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    id: TransferId,
    status: ApprovalStatus,
    reason: Option<&str>,
) -> Result<(), Stop> {
    let mut row = load(tx, id)?;
    let expired = status == ApprovalStatus::Expired;
    let step = if expired { Step::Expire } else { Step::Reject };
    row.status = states::allowed(&row, step)?;
    let why = if expired { "Nobody approved the transfer in time" } else { "It was not approved" };
    row.failure_reason = Some(reason.unwrap_or(why).to_owned());
    row.updated_at = tx.now();
    row.account_number = None;
    store::update(tx, &row)?;
    note(tx, actor, Change::TransferCancelled, &row)
}

/// The answer to a request that was made before and had to wait for a human: the
/// same again while it waits, then what came of it.
pub fn replay(tx: &mut Tx<'_>, caller: &Caller, id: TransactionId) -> Result<Reply, Stop> {
    let id = TransferId::from(id);
    // What was lent may be over: then it does not exist any more.
    let row = super::find_in(tx, caller, &id.to_string())?;
    match row.status {
        TransferStatus::Rejected | TransferStatus::Expired => {
            Ok(Reply::refused(&not_approved(tx, &row)?, caller))
        }
        _ => Ok(answer(&row)),
    }
}

fn not_approved(tx: &mut Tx<'_>, row: &TransferRow) -> Result<ApiError, Stop> {
    let reason = match row.approval {
        Some(approval) => approvals::reason(tx.reader()?, approval)?,
        None => None,
    };
    let message = match row.status {
        TransferStatus::Expired => "Nobody approved the transfer in time",
        _ => "The transfer was not approved",
    };
    Ok(ApiError::new(ErrorCode::PolicyDenied, message)
        .with("approvalId", row.approval)
        .with("approvalStatus", row.status.as_str())
        .with("reason", reason))
}
