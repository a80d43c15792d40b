//! Showing what is secret of a card.

use serde_json::json;
use wallgent_api::types::cards::CardDetails;
use wallgent_core::card::{CardNumber, SecurityCode};
use wallgent_core::id::CardId;

use super::{find, place, store};
use crate::caller::Caller;
use crate::crypto::SealedColumn;
use crate::db::DbError;
use crate::engine::{Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;

/// Opens a card's secrets. It is a command although it only reads: whoever sees
/// a number is in the audit log before the number is in the answer.
pub fn details_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let (row, _) = find(tx, caller, id)?;
    let sealed = store::secrets(tx, row.id)?;
    let number = open(tx, row.id, SealedColumn::CardNumber, &sealed.number)?;
    let code = open(tx, row.id, SealedColumn::CardSecurityCode, &sealed.security_code)?;
    let broken = || DbError::Layout(format!("the number of {} cannot be read", row.id));
    let number = CardNumber::from_text(number).ok_or_else(broken)?;
    let code = SecurityCode::from_text(code).ok_or_else(broken)?;
    let data =
        json!({ "id": row.id, "cardId": row.id, "walletId": row.wallet, "last4": row.last4 });
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    events::record(tx, Actor::Key(caller), Change::CardDetailsViewed, subject, Some(&data))?;
    let details = CardDetails {
        id: row.id,
        number: number.expose().to_owned(),
        pan: number.expose().to_owned(),
        cvc: code.expose().to_owned(),
        cvv: code.expose().to_owned(),
        exp_month: row.expiry.month,
        exp_year: row.expiry.year,
    };
    Ok(Reply::json(200, &details, row.id))
}

fn open(tx: &Tx<'_>, id: CardId, column: SealedColumn, sealed: &[u8]) -> Result<String, Stop> {
    let opened = tx.vault().open(place(id, column), sealed);
    let bytes = opened.map_err(|error| DbError::Layout(error.to_string()))?;
    let broken = || DbError::Layout(format!("the number of {id} cannot be read"));
    Ok(String::from_utf8(bytes).map_err(|_| broken())?)
}
