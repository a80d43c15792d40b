//! Whom cards are issued to.

use serde_json::json;
use wallgent_api::types::cards::{Cardholder, CreateCardholder};
use wallgent_core::id::CardholderId;

use super::store;
use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;

/// Adds a cardholder. Events tell the name, and nothing else of the person.
pub fn create_cardholder_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: CreateCardholder,
) -> Result<Reply, Stop> {
    let id: CardholderId = tx.next_id();
    let cardholder = Cardholder {
        id,
        name: request.name,
        first_name: request.first_name,
        last_name: request.last_name,
        email: request.email,
        phone: request.phone,
        billing_address: request.billing_address,
        dob: request.dob,
        created_at: tx.now(),
    };
    store::insert_cardholder(tx, caller.scope, &cardholder)?;
    let data = json!({ "id": id, "cardholderId": id, "name": cardholder.name });
    let subject = Subject { scope: caller.scope, id: id.key(), wallet: None };
    events::record(tx, Actor::Key(caller), Change::CardholderCreated, subject, Some(&data))?;
    Ok(Reply::json(201, &cardholder, id))
}
