//! Customers: who is invoiced, and what they let be charged.
//!
//! A customer belongs to an organization, not to a wallet. Its payment methods are
//! in [`methods`], and the pages on which it saves them in [`setup`].

mod methods;
mod render;
pub mod routes;
mod setup;
mod store;

use serde_json::json;
use wallgent_api::ApiError;
use wallgent_api::types::customers::{CreateCustomer, UpdateCustomer};
use wallgent_core::id::{CustomerId, OrganizationId};

use crate::caller::Caller;
use crate::engine::{ScopeId, Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::{error, invoices};

pub use methods::{method_in, newest_method_in, remove_method_in, save_method_in};
pub use setup::set_up_in;
#[expect(unused_imports, reason = "for the page that saves a payment method")]
pub use setup::{Setup, complete_setup_in, find_setup};
pub use store::{CustomerRow, MethodRow};

/// Adds a customer.
pub fn create_in(tx: &mut Tx<'_>, caller: &Caller, request: CreateCustomer) -> Result<Reply, Stop> {
    refuse_taken(tx, caller.scope, &request.email)?;
    let row = CustomerRow {
        id: tx.next_id(),
        scope: caller.scope,
        organization: caller.organization,
        environment: caller.environment,
        email: request.email,
        name: request.name,
        phone: request.phone,
        company_name: request.company_name,
        metadata: request.metadata,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx, &row)?;
    note(tx, caller, Change::CustomerCreated, &row)?;
    Ok(Reply::json(201, &render::customer(&row), row.id))
}

/// Changes a customer; a request that changes nothing leaves no trace.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: UpdateCustomer,
) -> Result<Reply, Stop> {
    let before = find_in(tx, caller, id)?;
    let mut row = before.clone();
    let mut email = Some(row.email);
    request.email.apply(&mut email);
    row.email = email.unwrap_or_default();
    request.name.apply(&mut row.name);
    request.phone.apply(&mut row.phone);
    request.company_name.apply(&mut row.company_name);
    request.metadata.apply(&mut row.metadata);
    if row.email != before.email {
        refuse_taken(tx, row.scope, &row.email)?;
    }
    if row != before {
        row.updated_at = tx.now();
        store::update(tx, &row)?;
        note(tx, caller, Change::CustomerUpdated, &row)?;
    }
    Ok(Reply::json(200, &render::customer(&row), row.id))
}

/// Deletes a customer with its payment methods, and cancels what would charge them.
/// Its invoices stay, and can still be paid by who has their address. Any wallet may
/// be paid by it, so that it is the owner's to delete.
pub fn delete_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let row = find_in(tx, caller, id)?;
    caller.require_owner()?;
    invoices::cancel_recurring_of(tx, Actor::Key(caller), row.id)?;
    store::delete(tx, row.id)?;
    note(tx, caller, Change::CustomerDeleted, &row)?;
    Ok(Reply::json(200, &render::customer(&row), row.id))
}

fn refuse_taken(tx: &mut Tx<'_>, scope: ScopeId, email: &str) -> Result<(), Stop> {
    match store::by_email(tx, scope, email)? {
        None => Ok(()),
        Some(id) => {
            let message = "Another customer has this e-mail address";
            Err(error::conflict(message, "EXISTS").with("customerId", id).into())
        }
    }
}

fn note(tx: &mut Tx<'_>, caller: &Caller, change: Change, row: &CustomerRow) -> Result<(), Stop> {
    let mut data = json!(render::customer(row));
    data["customerId"] = json!(row.id);
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: None };
    events::record(tx, Actor::Key(caller), change, subject, Some(&data))
}

fn not_found(text: &str) -> ApiError {
    ApiError::not_found("customer").with("customerId", text)
}

/// Refuses a customer that is not the caller's.
fn may_see(caller: &Caller, row: &CustomerRow, text: &str) -> Result<(), ApiError> {
    if row.organization != caller.organization {
        return Err(not_found(text));
    }
    if row.environment != caller.environment {
        return Err(error::environment_mismatch());
    }
    Ok(())
}

fn find_in(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<CustomerRow, Stop> {
    let id: CustomerId = text.parse().map_err(|_| not_found(text))?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(|| not_found(text))?;
    may_see(caller, &row, text)?;
    Ok(row)
}

/// A customer of these books; `asked_by` is the organization of who names it.
///
/// # Errors
/// `NOT_FOUND` for one of other books, `ENVIRONMENT_MISMATCH` for one of the
/// asking organization's other environment.
pub fn of_scope_in(
    tx: &mut Tx<'_>,
    scope: ScopeId,
    asked_by: OrganizationId,
    text: &str,
) -> Result<CustomerRow, Stop> {
    let id: CustomerId = text.parse().map_err(|_| not_found(text))?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(|| not_found(text))?;
    if row.scope == scope {
        return Ok(row);
    }
    let theirs = tx.scope(scope)?.organization;
    let own = row.organization == asked_by && row.organization == theirs;
    Err(if own { error::environment_mismatch() } else { not_found(text) }.into())
}

/// A customer that an invoice or a charge names; nothing when it was deleted.
pub fn load_in(tx: &mut Tx<'_>, id: CustomerId) -> Result<Option<CustomerRow>, Stop> {
    Ok(store::get(tx.reader()?, id)?)
}
