//! Double entry: the one way in which money moves.
//!
//! [`post`] takes a ledger transaction and its legs, applies each leg to its
//! account in the hot state, and buffers the transaction, its entries and what
//! they add to each wallet's day. Nothing is written before the batch commits;
//! a refusal half-way is undone with the command.

mod store;

use wallgent_core::Amount;
use wallgent_core::account::AccountKind;
use wallgent_core::id::{AccountId, TransactionId, WalletId};
use wallgent_core::posting::{self, Leg, LegRefusal, Posting};
use wallgent_core::time::Day;

use crate::db::DbError;
use crate::engine::{DayDelta, EntryRow, ScopeId, Stop, TransactionRow, Tx};
use crate::error;

pub use store::{Entry, flush_rows, flush_state, list_entries, load_account};

/// The account of a wallet.
#[must_use]
pub fn account_of(wallet: WalletId) -> AccountId {
    wallet.into()
}

/// The wallet of an account.
#[must_use]
pub fn wallet_of(account: AccountId) -> WalletId {
    account.into()
}

/// Posts a new ledger transaction.
///
/// # Errors
/// As [`enter`].
pub fn post(tx: &mut Tx<'_>, transaction: TransactionRow, legs: Vec<Leg>) -> Result<(), Stop> {
    enter(tx, transaction.id, legs)?;
    tx.add_transaction(transaction);
    Ok(())
}

/// Enters the legs of a ledger transaction whose row is written by the caller.
///
/// # Errors
/// Refused with `INVALID_AMOUNT` when a balance would not fit. A wallet that
/// would go below zero is a broken caller: whoever posts checks funds first.
pub fn enter(tx: &mut Tx<'_>, transaction: TransactionId, legs: Vec<Leg>) -> Result<(), Stop> {
    let broken = |what: String| Stop::Db(DbError::Layout(what));
    let posting = Posting::new(legs).map_err(|error| broken(error.to_string()))?;
    let day = tx.now().day();
    for leg in posting.legs() {
        let mut account = tx.account(leg.account)?;
        account.balance = match posting::apply(account.kind, account.balance, leg.amount) {
            Ok(balance) => balance,
            Err(LegRefusal::TooLarge) => return Err(error::balance_too_large().into()),
            Err(LegRefusal::BelowZero) => {
                return Err(broken(format!("{} would go below zero", leg.account)));
            }
        };
        let id = tx.next_id();
        tx.add_entry(EntryRow {
            id,
            transaction,
            account: leg.account,
            amount: leg.amount,
            balance_after: account.balance.posted,
            previous: account.last_entry,
        });
        account.last_entry = id.key();
        tx.put_account(leg.account, account);
        if account.kind == AccountKind::Wallet {
            tx.add_to_day(day_of(leg, account.scope, day));
        }
    }
    Ok(())
}

fn day_of(leg: &Leg, scope: ScopeId, day: Day) -> DayDelta {
    let (debits, credits) = if leg.amount.is_negative() {
        (leg.amount.checked_neg().unwrap_or(Amount::MAX), Amount::ZERO)
    } else {
        (Amount::ZERO, leg.amount)
    };
    DayDelta {
        day,
        wallet: wallet_of(leg.account),
        scope,
        debits,
        credits,
        spent: Amount::ZERO,
        spent_count: 0,
    }
}

/// The legs that move `amount` from one account to another, through the
/// clearing accounts when they stand in different books.
pub fn legs_between(
    tx: &mut Tx<'_>,
    from: AccountId,
    to: AccountId,
    amount: Amount,
) -> Result<Vec<Leg>, Stop> {
    let debit = amount.checked_neg().ok_or_else(error::balance_too_large)?;
    let (payer, payee) = (tx.account(from)?.scope, tx.account(to)?.scope);
    let mut legs = vec![Leg { account: from, books: payer, amount: debit }];
    if payer != payee {
        let ours = tx.scope(payer)?.account(AccountKind::Clearing);
        let theirs = tx.scope(payee)?.account(AccountKind::Clearing);
        legs.push(Leg { account: ours, books: payer, amount });
        legs.push(Leg { account: theirs, books: payee, amount: debit });
    }
    legs.push(Leg { account: to, books: payee, amount });
    Ok(legs)
}
