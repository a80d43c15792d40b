//! Holds: funds of a wallet that are reserved without being posted.
//!
//! What an account holds is the sum of its wallet's pending holds; both change
//! together, here. Who places a hold decides what becomes of it.

mod store;

use wallgent_core::hold::{self, HoldReason, HoldStatus};
use wallgent_core::id::{HoldId, WalletId};
use wallgent_core::{Amount, Timestamp};

use crate::db::DbError;
use crate::engine::{ScopeId, Stop, Tx};
use crate::{error, ledger};

pub use store::{HoldRow, list};

/// Funds to reserve.
#[derive(Clone, Copy, Debug)]
pub struct Hold {
    /// Which hold.
    pub id: HoldId,
    /// Whose books.
    pub scope: ScopeId,
    /// Whose funds.
    pub wallet: WalletId,
    /// How much.
    pub amount: Amount,
    /// What for.
    pub reason: HoldReason,
    /// The number of what it waits for.
    pub reference: i64,
    /// Until when, at most.
    pub expires_at: Timestamp,
}

/// Reserves funds; whoever calls has seen that they are there.
pub fn place(tx: &mut Tx<'_>, hold: &Hold) -> Result<(), Stop> {
    let account_id = ledger::account_of(hold.wallet);
    let mut account = tx.account(account_id)?;
    let reserved = hold::reserve(account.balance, hold.amount);
    account.balance = reserved.ok_or_else(error::balance_too_large)?;
    tx.put_account(account_id, account);
    Ok(store::insert(tx, hold)?)
}

/// Frees funds that were reserved. The hold's row is changed by [`change`].
pub fn free(tx: &mut Tx<'_>, wallet: WalletId, amount: Amount) -> Result<(), Stop> {
    let account_id = ledger::account_of(wallet);
    let mut account = tx.account(account_id)?;
    let released = hold::release(account.balance, amount);
    let broken = || DbError::Layout(format!("{wallet} holds less than its holds"));
    account.balance = released.ok_or_else(broken)?;
    tx.put_account(account_id, account);
    Ok(())
}

/// Notes what became of holds that were placed before, and how much they are now,
/// in one statement for any number.
pub fn change_all(tx: &mut Tx<'_>, holds: &[(Hold, HoldStatus)]) -> Result<(), Stop> {
    Ok(store::update_all(tx, holds)?)
}

/// Notes what became of a hold.
pub fn change(tx: &mut Tx<'_>, id: HoldId, status: HoldStatus, amount: Amount) -> Result<(), Stop> {
    Ok(store::update(tx, id, status, amount)?)
}
