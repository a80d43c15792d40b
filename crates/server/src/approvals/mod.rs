//! Approvals: payments that wait for a human.
//!
//! Asking holds the amount and its fee, so that they cannot be spent twice,
//! and writes the approval that a human decides.

mod store;

use serde_json::json;
use wallgent_core::hold;
use wallgent_core::id::{ApprovalId, HoldId, PolicyId, TransactionId, WalletId};
use wallgent_core::payment::PaymentStatus;
use wallgent_core::{Amount, Timestamp};

use crate::app::App;
use crate::caller::Caller;
use crate::db::DbError;
use crate::engine::{ScopeId, Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::{error, ledger};
use store::Pending;

pub use store::{expires_at, list_holds, reason};

/// Approvals that end in one commit. More wait for the next, so that nobody
/// else waits long.
const EXPIRED_AT_ONCE: i64 = 200;

/// What a human is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Whose books.
    pub scope: ScopeId,
    /// The wallet that pays.
    pub wallet: WalletId,
    /// The policy that asks.
    pub policy: PolicyId,
    /// The payment that waits.
    pub transaction: TransactionId,
    /// Amount and fee.
    pub total: Amount,
}

/// A question that was put.
#[derive(Clone, Copy, Debug)]
pub struct Approval {
    /// Which approval.
    pub id: ApprovalId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Holds the funds and asks.
pub fn ask(tx: &mut Tx<'_>, caller: &Caller, asked: &Asked) -> Result<Approval, Stop> {
    let account_id = ledger::account_of(asked.wallet);
    let mut account = tx.account(account_id)?;
    let reserved = hold::reserve(account.balance, asked.total);
    account.balance = reserved.ok_or_else(error::balance_too_large)?;
    tx.put_account(account_id, account);
    let id: ApprovalId = tx.next_id();
    let hold: HoldId = tx.next_id();
    let expires_at = tx.now().plus_seconds(tx.rules().approval_seconds);
    store::insert_hold(tx, hold, asked, expires_at)?;
    store::insert(tx, caller, id, hold, asked, expires_at)?;
    Ok(Approval { id, expires_at })
}

/// Whether an approval is due to end.
pub async fn any_due(app: &App) -> bool {
    let now = app.clock.now();
    let due = app.reads.read(move |connection| store::due(connection, now, 1)).await;
    matches!(due, Ok(Ok(due)) if !due.is_empty())
}

/// Ends the approvals that nobody decided in time; answers how many. Each is
/// read again inside the command, so that it ends once.
pub fn expire_in(tx: &mut Tx<'_>) -> Result<usize, Stop> {
    let now = tx.now();
    let due = store::due(tx.reader()?, now, EXPIRED_AT_ONCE)?;
    for pending in &due {
        release(tx, pending)?;
        store::end(tx, pending, PaymentStatus::Expired)?;
        let subject =
            Subject { scope: pending.scope, id: pending.id.key(), wallet: Some(pending.wallet) };
        let data = json!({
            "approvalId": pending.id,
            "transactionId": pending.transaction,
            "walletId": pending.wallet,
            "amount": pending.amount,
            "status": PaymentStatus::Expired.as_str(),
        });
        events::record(tx, Actor::System, Change::ApprovalExpired, subject, Some(&data))?;
    }
    Ok(due.len())
}

/// Frees the funds, and gives the amount back to the window it was counted in.
fn release(tx: &mut Tx<'_>, pending: &Pending) -> Result<(), Stop> {
    let account_id = ledger::account_of(pending.wallet);
    let mut account = tx.account(account_id)?;
    let released = hold::release(account.balance, pending.held);
    let broken = || DbError::Layout(format!("{} holds less than its holds", pending.wallet));
    account.balance = released.ok_or_else(broken)?;
    tx.put_account(account_id, account);
    let given_back = pending.amount.checked_neg().ok_or_else(error::balance_too_large)?;
    tx.count_spending(pending.wallet, pending.created_at, given_back, 0)?;
    Ok(())
}
