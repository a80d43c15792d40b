//! Transfers that the operator carries out by hand, on the command line.

use serde_json::{Value, json};
use wallgent_core::Amount;
use wallgent_core::bank::AccountNumber;
use wallgent_core::id::{TransferId, WalletId};
use wallgent_core::transfer::{Direction, Recovery, Step, recover};

use super::states::{self, allowed, forbidden};
use super::{TransferRow, not_found, open, posting, results, store, transfer};
use crate::admin::TOLD_AT_ONCE;
use crate::engine::{Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::rails::Adapter;
use crate::{error, ledger, wallets};

fn named(tx: &mut Tx<'_>, text: &str) -> Result<TransferRow, Stop> {
    let id: TransferId = text.parse().map_err(|_| not_found(text))?;
    Ok(store::get(tx.reader()?, id)?.ok_or_else(|| not_found(text))?)
}

/// A transfer that the operator may decide about.
fn find(tx: &mut Tx<'_>, text: &str) -> Result<TransferRow, Stop> {
    let row = named(tx, text)?;
    if row.adapter != Some(Adapter::Manual) {
        let message = "Only transfers over the manual rail are settled by hand";
        return Err(error::conflict(message, row.status.as_str()).into());
    }
    Ok(row)
}

fn told(row: &TransferRow) -> Value {
    json!({ "id": row.id, "status": row.status.as_str(), "amount": row.amount })
}

/// What waits for the operator, with everything needed to carry it out; after
/// this transfer, when one is named.
pub fn list_in(tx: &mut Tx<'_>, after: Option<&str>) -> Result<Value, Stop> {
    let after = match after {
        None => 0,
        Some(text) => text.parse::<TransferId>().map_err(|_| not_found(text))?.key(),
    };
    let mut told = Vec::new();
    for row in store::by_hand(tx.reader()?, after, TOLD_AT_ONCE)? {
        let mut shown = json!(transfer(&row));
        // Without the key that sealed it, the rest is still worth knowing.
        let number = open(tx.vault(), &row).ok().flatten();
        shown["accountNumber"] = json!(number.as_ref().map(AccountNumber::expose));
        shown["cancelAskedAt"] = json!(row.cancel_asked_at);
        shown["environment"] = json!(row.environment.as_str());
        let unposted = results::told_in(tx, row.id)?;
        shown["unposted"] = json!((!unposted.is_empty()).then_some(unposted));
        told.push(shown);
    }
    Ok(json!(told))
}

/// The money has moved.
pub fn settle_in(tx: &mut Tx<'_>, id: &str) -> Result<Value, Stop> {
    let row = find(tx, id)?;
    allowed(&row, Step::Settle)?;
    Ok(told(&states::settle(tx, Actor::System, row)?))
}

/// The money will not move. Where its owner has asked for that, the transfer is
/// cancelled instead of failed.
pub fn fail_in(tx: &mut Tx<'_>, id: &str, reason: &str) -> Result<Value, Stop> {
    let mut row = find(tx, id)?;
    allowed(&row, Step::Fail)?;
    let ended = match row.cancel_asked_at {
        Some(_) => {
            row.failure_reason = Some(reason.to_owned());
            states::cancel(tx, Actor::System, row)?
        }
        None => states::fail(tx, Actor::System, row, reason)?,
    };
    Ok(told(&ended))
}

/// The other side took the money back.
pub fn return_in(tx: &mut Tx<'_>, id: &str, reason: &str) -> Result<Value, Stop> {
    let row = find(tx, id)?;
    allowed(&row, Step::Return)?;
    Ok(told(&states::give_back(tx, Actor::System, row, reason)?))
}

/// Takes what a returned deposit left owing from its wallet, as far as that has
/// it now.
pub fn recover_in(tx: &mut Tx<'_>, id: &str) -> Result<Value, Stop> {
    let mut row = named(tx, id)?;
    if row.direction != Direction::Deposit || !row.shortfall.is_positive() {
        return Err(forbidden(&row).with("shortfall", row.shortfall).into());
    }
    let home = wallets::home_of(tx, row.wallet, row.scope)?;
    let available = tx.account(ledger::account_of(home))?.balance.available();
    let found = recover(row.shortfall, available);
    if found.taken > Amount::ZERO {
        posting::pay_owed(tx, &row, home, found.taken)?;
        row.shortfall = found.missing;
        row.updated_at = tx.now();
        store::update(tx, &row)?;
        note_recovery(tx, &row, home, found)?;
    }
    Ok(json!({ "id": row.id, "recovered": found.taken, "missing": found.missing }))
}

/// Tells of the wallet that paid, and of what for.
fn note_recovery(
    tx: &mut Tx<'_>,
    row: &TransferRow,
    home: WalletId,
    found: Recovery,
) -> Result<(), Stop> {
    let mut data = json!(wallets::wire_in(tx, home)?);
    data["transferId"] = json!(row.id);
    data["recovered"] = json!(found.taken);
    data["missing"] = json!(found.missing);
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(home) };
    events::record(tx, Actor::System, Change::TransferRecovered, subject, Some(&data))
}
