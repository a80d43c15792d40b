//! Telling changes as events.

use rustc_hash::FxHashMap;
use serde_json::Value;
use wallgent_api::types::events::Event;
use wallgent_core::Amount;
use wallgent_core::id::{ApprovalId, EventId, TransactionId, WalletId};
use wallgent_core::payment::PaymentStatus;

use super::{About, Books, Change, Stored, number};
use crate::approvals;
use crate::caller::Caller;
use crate::db::{Connection, DbError, DbResult};
use crate::payments::{self, PaymentRow, View, Viewer};

/// An event, and the wallet it concerns, for those who see only some.
#[derive(Clone, Debug)]
pub struct Told {
    pub event: Event,
    pub wallet: Option<WalletId>,
}

impl Told {
    /// Whether a caller may see it: a key that sees only some wallets hears of
    /// those alone.
    #[must_use]
    pub fn concerns(&self, caller: &Caller) -> bool {
        self.wallet.map_or(caller.wallets.is_none(), |wallet| caller.sees(wallet))
    }
}

/// The events of a change, in the order of their numbers.
pub(super) fn events_of(
    connection: &mut Connection,
    books: Books,
    row: &Stored,
    payments: &Payments,
) -> DbResult<Vec<Told>> {
    let names = row.change.events();
    let mut events = Vec::with_capacity(names.len());
    for (sequence, name) in (row.sequence..).zip(names) {
        let data = data_of(connection, books, row, name, payments)?;
        let id = EventId::from_key(number(books.scope, sequence)).ok_or_else(broken)?;
        let wallet = match (row.change, *name) {
            (Change::PaymentPosted, "payment.received") => receiver(&data),
            _ => row.wallet,
        };
        let event = Event {
            id,
            sequence,
            event: (*name).to_owned(),
            kind: (*name).to_owned(),
            timestamp: row.created_at,
            organization_id: books.organization,
            environment: books.environment.as_str().to_owned(),
            request_id: row.request_id.clone(),
            data,
        };
        events.push(Told { event, wallet });
    }
    Ok(events)
}

fn receiver(payment: &Value) -> Option<WalletId> {
    payment["to"].as_str()?.parse().ok()
}

fn broken() -> DbError {
    DbError::Layout("a change's row cannot be read".to_owned())
}

/// What a change says: what was stored with it, or what is told from rows that
/// it does not need to repeat.
pub fn metadata(connection: &mut Connection, books: Books, row: &Stored) -> DbResult<Value> {
    match (&row.data, row.change) {
        (Some(text), _) => serde_json::from_str(text).map_err(|_| broken()),
        (None, Change::ApprovalCreated) => asked(connection, row),
        (None, _) => {
            let id = TransactionId::from_key(row.subject).ok_or_else(broken)?;
            let payment = payments::load(connection, id)?.ok_or_else(broken)?;
            Ok(as_posted(payment, books, None))
        }
    }
}

fn data_of(
    connection: &mut Connection,
    books: Books,
    row: &Stored,
    event: &str,
    payments: &Payments,
) -> DbResult<Value> {
    if (row.change, event) == (Change::CardDenied, "policy.denied") {
        // There the reason is a sentence, as with any other spending.
        let mut data = metadata(connection, books, row)?;
        data["reason"] = data["declineMessage"].take();
        return Ok(data);
    }
    let told_by_row = TransactionId::from_key(row.subject).filter(|_| row.data.is_none());
    let Some(payment) = told_by_row.and_then(|id| payments.get(&id)) else {
        return metadata(connection, books, row);
    };
    // Within one organization as well, the receiver is told nothing of the
    // sender's private fields.
    let receives = row.change == Change::PaymentPosted && event == "payment.received";
    Ok(as_posted(payment.clone(), books, receives.then_some(View::Receiver)))
}

/// The payments that changes tell of without repeating them.
pub(super) type Payments = FxHashMap<TransactionId, PaymentRow>;

/// Reads them together.
pub(super) fn payments_of<'a>(
    connection: &mut Connection,
    rows: impl Iterator<Item = &'a Stored>,
) -> DbResult<Payments> {
    let told = rows.filter(|row| row.data.is_none() && row.change.about() == About::Payment);
    let ids: Vec<TransactionId> =
        told.filter_map(|row| TransactionId::from_key(row.subject)).collect();
    payments::load_all(connection, &ids)
}

/// A posted payment as it was when it was posted, with what may be seen of it.
fn as_posted(payment: PaymentRow, books: Books, view: Option<View>) -> Value {
    let mut payment = payment.seen_by(&Viewer::all_of(books.scope));
    payment.view = view.unwrap_or(payment.view);
    payment.status = PaymentStatus::Posted;
    payment.reversed = Amount::ZERO;
    payments::told(&payment)
}

/// An approval as it was when it was asked for.
fn asked(connection: &mut Connection, row: &Stored) -> DbResult<Value> {
    let id = ApprovalId::from_key(row.subject).ok_or_else(broken)?;
    approvals::as_asked(connection, id)?.ok_or_else(broken)
}
