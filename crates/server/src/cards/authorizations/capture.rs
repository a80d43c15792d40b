//! What a merchant takes of an authorization, and gives back.

use serde_json::json;
use wallgent_core::Amount;
use wallgent_core::account::AccountKind;
use wallgent_core::card::{CardStatus, CardType};
use wallgent_core::id::{AccountId, TransactionId};
use wallgent_core::payment::TransactionKind;
use wallgent_core::wallet::WalletStatus;

use super::store::{self, AuthorizationRow};
use super::{end, find, find_held, note, refused, render, save, settle};
use crate::caller::Caller;
use crate::engine::{Stop, TransactionRow, Tx};
use crate::events::{Actor, Change};
use crate::idempotency::Reply;
use crate::{cards, holds, ledger};

/// Captures what is asked for, or all that is held: that part of the hold becomes
/// a posting from the wallet to Card settlement. A frozen wallet does not stop it:
/// the purchase was approved before.
pub fn capture_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    asked: Option<Amount>,
) -> Result<Reply, Stop> {
    let (mut row, _) = find_held(tx, caller, id)?;
    let stepped = row.amounts.capture(asked);
    let (amounts, captured) = stepped.map_err(|refusal| refused(&row, refusal))?;
    holds::free(tx, row.wallet, captured)?;
    let network = tx.scope(row.scope)?.account(AccountKind::CardSettlement);
    let id: TransactionId = tx.next_id();
    let transaction = TransactionRow {
        from: Some(row.wallet),
        description: Some(row.merchant.name.clone()),
        ..TransactionRow::posted(id, row.scope, TransactionKind::CardCapture, captured, tx.now())
    };
    let way = (ledger::account_of(row.wallet), network);
    post(tx, &row, transaction, way, captured)?;
    row.amounts = amounts;
    save(tx, &mut row)?;
    let more = json!({ "capturedNow": captured, "transactionId": id });
    note(tx, Actor::Key(caller), Change::CardCaptured, &row, &more)?;
    use_up(tx, caller, &row)?;
    Ok(Reply::json(200, &render::authorization(&row), row.id))
}

/// Posts one step of an authorization, whose amount is negative when it comes
/// back. From now on something is to be settled with the network.
fn post(
    tx: &mut Tx<'_>,
    row: &AuthorizationRow,
    transaction: TransactionRow,
    (from, to): (AccountId, AccountId),
    signed: Amount,
) -> Result<(), Stop> {
    let legs = ledger::legs_between(tx, from, to, transaction.amount)?;
    store::insert_posting(tx, transaction.id, row.id, signed)?;
    ledger::post(tx, transaction, legs)?;
    settle::plan(tx, row.scope)
}

/// Ends a card that may be used once. Other purchases that it authorized come to
/// nothing, also when somebody cancelled it before it was used; what is left of
/// this one can still be captured.
fn use_up(tx: &mut Tx<'_>, caller: &Caller, row: &AuthorizationRow) -> Result<(), Stop> {
    let mut card = cards::reload(tx, row.card)?;
    if card.kind != CardType::SingleUse {
        return Ok(());
    }
    if card.status != CardStatus::Cancelled {
        cards::cancel(tx, Actor::Key(caller), &mut card, "USED")?;
    }
    let mut others = store::open(tx.reader()?, row.wallet, Some(row.card))?;
    others.retain(|other| other.id != row.id);
    end(tx, caller, others)
}

/// Gives back what is asked for, or all that was captured: to the wallet, or to
/// its organization's own when the wallet is closed.
pub fn refund_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    asked: Option<Amount>,
) -> Result<Reply, Stop> {
    let (mut row, wallet) = find(tx, caller, id)?;
    let stepped = row.amounts.refund(asked);
    let (amounts, refunded) = stepped.map_err(|refusal| refused(&row, refusal))?;
    let scope = tx.scope(row.scope)?;
    let to = match wallet.status {
        WalletStatus::Closed => scope.org_wallet,
        WalletStatus::Active | WalletStatus::Frozen => row.wallet,
    };
    let id: TransactionId = tx.next_id();
    let transaction = TransactionRow {
        to: Some(to),
        description: Some(row.merchant.name.clone()),
        related: store::last_capture(tx, row.id)?,
        ..TransactionRow::posted(id, row.scope, TransactionKind::CardRefund, refunded, tx.now())
    };
    let way = (scope.account(AccountKind::CardSettlement), ledger::account_of(to));
    let signed = refunded.checked_neg().ok_or_else(crate::error::balance_too_large)?;
    post(tx, &row, transaction, way, signed)?;
    row.amounts = amounts;
    save(tx, &mut row)?;
    let more = json!({ "refundedNow": refunded, "refundedTo": to, "transactionId": id });
    note(tx, Actor::Key(caller), Change::CardRefunded, &row, &more)?;
    Ok(Reply::json(200, &render::authorization(&row), row.id))
}
