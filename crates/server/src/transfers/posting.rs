//! What transfers post.
//!
//! A deposit stands in Deposits pending until it arrives, a withdrawal in
//! Withdrawals in transit until it has left; both come back to zero when all has
//! ended. A fee is earned when the transfer completes, and is given back with
//! everything else when it is returned: who got nothing pays nothing.

use wallgent_core::Amount;
use wallgent_core::account::AccountKind;
use wallgent_core::id::{AccountId, TransactionId, WalletId};
use wallgent_core::payment::TransactionKind;
use wallgent_core::posting::Leg;
use wallgent_core::transfer::{Recovery, arriving, leaving};

use super::TransferRow;
use crate::engine::{Stop, TransactionRow, Tx};
use crate::{error, ledger};

/// Legs in the books of one transfer.
struct Legs<'t> {
    row: &'t TransferRow,
    legs: Vec<Leg>,
}

impl<'t> Legs<'t> {
    const fn of(row: &'t TransferRow) -> Self {
        Self { row, legs: Vec::new() }
    }

    fn add(mut self, account: AccountId, amount: Amount) -> Self {
        // A fee of nothing, or a wallet from which nothing is taken, has no leg.
        if !amount.is_zero() {
            self.legs.push(Leg { account, books: self.row.scope, amount });
        }
        self
    }

    fn credit(self, account: AccountId, amount: Amount) -> Self {
        self.add(account, amount)
    }

    fn debit(self, account: AccountId, amount: Amount) -> Result<Self, Stop> {
        let amount = amount.checked_neg().ok_or_else(error::balance_too_large)?;
        Ok(self.add(account, amount))
    }

    /// Posts them as a transaction that follows the transfer's first.
    fn post(self, tx: &mut Tx<'_>, posted: Posted) -> Result<TransactionId, Stop> {
        let id: TransactionId = tx.next_id();
        let row = TransactionRow {
            from: posted.from,
            to: posted.to,
            description: self.row.description.clone(),
            related: Some(self.row.id.into()),
            ..TransactionRow::posted(id, self.row.scope, posted.kind, posted.amount, tx.now())
        };
        ledger::post(tx, row, self.legs)?;
        Ok(id)
    }
}

/// How a posting is written down.
struct Posted {
    kind: TransactionKind,
    amount: Amount,
    from: Option<WalletId>,
    to: Option<WalletId>,
}

fn account(tx: &mut Tx<'_>, row: &TransferRow, kind: AccountKind) -> Result<AccountId, Stop> {
    Ok(tx.scope(row.scope)?.account(kind))
}

/// The first ledger transaction of a transfer, which has its number.
pub(super) fn first(row: &TransferRow, kind: TransactionKind) -> TransactionRow {
    let (incoming, outgoing) = match kind {
        TransactionKind::DepositPending => (Some(row.wallet), None),
        _ => (row.to_wallet, Some(row.wallet)),
    };
    TransactionRow {
        from: outgoing,
        to: incoming,
        fee: row.fee,
        description: row.description.clone(),
        idempotency_key: row.idempotency_key.clone(),
        approval: row.approval.map(|id| id.key()),
        ..TransactionRow::posted(row.id.into(), row.scope, kind, row.amount, row.created_at)
    }
}

/// A deposit is asked for: the bank is to bring it.
pub(super) fn expect_deposit(tx: &mut Tx<'_>, row: &TransferRow) -> Result<(), Stop> {
    let bank = account(tx, row, AccountKind::Bank)?;
    let pending = account(tx, row, AccountKind::DepositsPending)?;
    let legs = Legs::of(row).debit(bank, row.amount)?.credit(pending, row.amount);
    ledger::post(tx, first(row, TransactionKind::DepositPending), legs.legs)
}

/// A deposit arrives: its fee is kept, the rest goes to the wallet.
pub(super) fn receive_deposit(
    tx: &mut Tx<'_>,
    row: &TransferRow,
    home: WalletId,
) -> Result<TransactionId, Stop> {
    let pending = account(tx, row, AccountKind::DepositsPending)?;
    let fees = account(tx, row, AccountKind::Fees)?;
    let arriving = arriving(row.amount, row.fee).ok_or_else(error::balance_too_large)?;
    let legs = Legs::of(row).debit(pending, row.amount)?;
    let legs = legs.credit(ledger::account_of(home), arriving).credit(fees, row.fee);
    let kind = TransactionKind::Deposit;
    legs.post(tx, Posted { kind, amount: arriving, from: None, to: Some(home) })
}

/// A deposit does not arrive.
pub(super) fn undo_deposit(tx: &mut Tx<'_>, row: &TransferRow) -> Result<TransactionId, Stop> {
    let bank = account(tx, row, AccountKind::Bank)?;
    let pending = account(tx, row, AccountKind::DepositsPending)?;
    let legs = Legs::of(row).debit(pending, row.amount)?.credit(bank, row.amount);
    let kind = TransactionKind::DepositReversal;
    legs.post(tx, Posted { kind, amount: row.amount, from: None, to: None })
}

/// What a withdrawal takes, fee included.
fn total(row: &TransferRow) -> Result<Amount, Stop> {
    Ok(leaving(row.amount, row.fee).ok_or_else(error::balance_too_large)?)
}

/// The legs with which a withdrawal leaves its wallet.
pub(super) fn withdraw_legs(tx: &mut Tx<'_>, row: &TransferRow) -> Result<Vec<Leg>, Stop> {
    let transit = account(tx, row, AccountKind::WithdrawalsInTransit)?;
    let total = total(row)?;
    let legs = Legs::of(row).debit(ledger::account_of(row.wallet), total)?.credit(transit, total);
    Ok(legs.legs)
}

/// A withdrawal reaches the bank.
pub(super) fn settle_withdrawal(tx: &mut Tx<'_>, row: &TransferRow) -> Result<TransactionId, Stop> {
    let transit = account(tx, row, AccountKind::WithdrawalsInTransit)?;
    let (bank, fees) = (account(tx, row, AccountKind::Bank)?, account(tx, row, AccountKind::Fees)?);
    let legs = Legs::of(row).debit(transit, total(row)?)?;
    let legs = legs.credit(bank, row.amount).credit(fees, row.fee);
    let kind = TransactionKind::WithdrawalSettlement;
    legs.post(tx, Posted { kind, amount: row.amount, from: None, to: None })
}

/// A withdrawal does not reach the bank: all of it comes back.
pub(super) fn undo_withdrawal(
    tx: &mut Tx<'_>,
    row: &TransferRow,
    home: WalletId,
) -> Result<TransactionId, Stop> {
    let transit = account(tx, row, AccountKind::WithdrawalsInTransit)?;
    let total = total(row)?;
    let legs = Legs::of(row).debit(transit, total)?.credit(ledger::account_of(home), total);
    let kind = TransactionKind::WithdrawalReversal;
    legs.post(tx, Posted { kind, amount: total, from: None, to: Some(home) })
}

/// The bank gives a withdrawal back, and its fee is given back with it.
pub(super) fn return_withdrawal(
    tx: &mut Tx<'_>,
    row: &TransferRow,
    home: WalletId,
) -> Result<TransactionId, Stop> {
    let (bank, fees) = (account(tx, row, AccountKind::Bank)?, account(tx, row, AccountKind::Fees)?);
    let total = total(row)?;
    let legs = Legs::of(row).debit(bank, row.amount)?.debit(fees, row.fee)?;
    let legs = legs.credit(ledger::account_of(home), total);
    let kind = TransactionKind::WithdrawalReturn;
    legs.post(tx, Posted { kind, amount: total, from: None, to: Some(home) })
}

/// The bank takes a deposit back: its fee is given back, the wallet gives what it
/// has, and the rest is owed.
pub(super) fn return_deposit(
    tx: &mut Tx<'_>,
    row: &TransferRow,
    home: WalletId,
    found: Recovery,
) -> Result<TransactionId, Stop> {
    let (bank, fees) = (account(tx, row, AccountKind::Bank)?, account(tx, row, AccountKind::Fees)?);
    let owed = account(tx, row, AccountKind::Receivables)?;
    let legs = Legs::of(row).debit(ledger::account_of(home), found.taken)?;
    let legs = legs.debit(owed, found.missing)?.debit(fees, row.fee)?.credit(bank, row.amount);
    let from = found.taken.is_positive().then_some(home);
    let kind = TransactionKind::DepositReturn;
    legs.post(tx, Posted { kind, amount: row.amount, from, to: None })
}

/// What was owed after a return is paid from a wallet.
pub(super) fn pay_owed(
    tx: &mut Tx<'_>,
    row: &TransferRow,
    home: WalletId,
    amount: Amount,
) -> Result<TransactionId, Stop> {
    let owed = account(tx, row, AccountKind::Receivables)?;
    let legs = Legs::of(row).debit(ledger::account_of(home), amount)?.credit(owed, amount);
    let kind = TransactionKind::Recovery;
    legs.post(tx, Posted { kind, amount, from: Some(home), to: None })
}
