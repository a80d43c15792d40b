//! Fees that were earned, and taking them out.

use serde_json::{Value, json};
use wallgent_core::Amount;
use wallgent_core::account::AccountKind;
use wallgent_core::id::{TransactionId, WalletId};
use wallgent_core::payment::TransactionKind;
use wallgent_core::wallet::{WalletStatus, WalletType};

use crate::engine::{Stop, TransactionRow, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::{error, ledger};

/// Moves all fees of a wallet's books into that wallet, which must be an
/// organization's own.
pub fn sweep_in(tx: &mut Tx<'_>, to: &str) -> Result<Value, Stop> {
    let missing = || error::wallet_not_found(to);
    let id: WalletId = to.parse().map_err(|_| missing())?;
    let wallet = tx.wallet(id)?.ok_or_else(missing)?;
    if wallet.kind != WalletType::Org || wallet.status == WalletStatus::Closed {
        let message = "Fees can only be swept into an organization's own wallet";
        return Err(error::conflict(message, wallet.kind.as_str()).into());
    }
    let fees = tx.scope(wallet.scope)?.account(AccountKind::Fees);
    let amount = tx.account(fees)?.balance.posted;
    if !amount.is_positive() {
        return Ok(json!({ "amount": Amount::ZERO, "walletId": id, "transactionId": null }));
    }
    let legs = ledger::legs_between(tx, fees, ledger::account_of(id), amount)?;
    let transaction: TransactionId = tx.next_id();
    let row = TransactionRow {
        to: Some(id),
        description: Some("Fees".to_owned()),
        ..TransactionRow::posted(
            transaction,
            wallet.scope,
            TransactionKind::FeeSweep,
            amount,
            tx.now(),
        )
    };
    ledger::post(tx, row, legs)?;
    let new_balance = tx.account(ledger::account_of(id))?.balance.posted;
    let data = json!({
        "amount": amount,
        "walletId": id,
        "transactionId": transaction,
        "newBalance": new_balance,
        "currency": wallgent_api::types::CURRENCY,
    });
    let subject = Subject { scope: wallet.scope, id: transaction.key(), wallet: Some(id) };
    events::record(tx, Actor::System, Change::FeesSwept, subject, Some(&data))?;
    Ok(data)
}
