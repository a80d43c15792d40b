//! Approvals: payments that wait for a human.
//!
//! Asking holds the amount and its fee, so that they cannot be spent twice,
//! and writes the approval that a human decides.

mod store;

use wallgent_core::hold;
use wallgent_core::id::{ApprovalId, HoldId, PolicyId, TransactionId, WalletId};
use wallgent_core::{Amount, Timestamp};

use crate::caller::Caller;
use crate::engine::{ScopeId, Stop, Tx};
use crate::{error, ledger};

pub use store::{list_holds, reason};

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
