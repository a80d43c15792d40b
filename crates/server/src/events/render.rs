//! Telling changes as events.

use serde_json::Value;
use wallgent_api::types::events::Event;
use wallgent_core::Amount;
use wallgent_core::id::{ApprovalId, EventId, TransactionId, WalletId};
use wallgent_core::payment::PaymentStatus;

use super::{Books, Change, Stored, number};
use crate::approvals;
use crate::db::{Connection, DbError, DbResult};
use crate::payments::{self, View, Viewer};

/// An event, and the wallet it concerns, for those who see only some.
#[derive(Clone, Debug)]
pub struct Told {
    pub event: Event,
    pub wallet: Option<WalletId>,
}

/// The events of a change, in the order of their numbers.
pub fn events_of(connection: &mut Connection, books: Books, row: &Stored) -> DbResult<Vec<Told>> {
    let names = row.change.events();
    let mut events = Vec::with_capacity(names.len());
    for (sequence, name) in (row.sequence..).zip(names) {
        let data = data_of(connection, books, row, name)?;
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
        (None, _) => posted(connection, books, row, None),
    }
}

fn data_of(
    connection: &mut Connection,
    books: Books,
    row: &Stored,
    event: &str,
) -> DbResult<Value> {
    match (row.change, event) {
        // Within one organization as well, the receiver is told nothing of
        // the sender's private fields.
        (Change::PaymentPosted, "payment.received") => {
            posted(connection, books, row, Some(View::Receiver))
        }
        _ => metadata(connection, books, row),
    }
}

/// A posted payment as it was when it was posted, with what may be seen of it.
fn posted(
    connection: &mut Connection,
    books: Books,
    row: &Stored,
    view: Option<View>,
) -> DbResult<Value> {
    let id = TransactionId::from_key(row.subject).ok_or_else(broken)?;
    let payment = payments::load(connection, id)?.ok_or_else(broken)?;
    let mut payment = payment.seen_by(&Viewer::all_of(books.scope));
    payment.view = view.unwrap_or(payment.view);
    payment.status = PaymentStatus::Posted;
    payment.reversed = Amount::ZERO;
    Ok(payments::told(&payment))
}

/// An approval as it was when it was asked for.
fn asked(connection: &mut Connection, row: &Stored) -> DbResult<Value> {
    let id = ApprovalId::from_key(row.subject).ok_or_else(broken)?;
    approvals::as_asked(connection, id)?.ok_or_else(broken)
}
