//! The payment methods of a customer.

use serde_json::json;
use wallgent_api::ApiError;
use wallgent_core::card::Expiry;
use wallgent_core::id::{CustomerId, PaymentMethodId};
use wallgent_core::test_method::TestMethod;

use super::{CustomerRow, MethodRow, find_in, render, store};
use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::error;
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;

/// Payment methods of one customer. The list shows all.
const METHODS_MAX: usize = 20;
/// The number of rows that shows whether there are more.
pub(super) const METHODS_READ: i64 = METHODS_MAX as i64 + 1;

/// Saves a test method without a page.
pub fn save_method_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    method: TestMethod,
) -> Result<Reply, Stop> {
    let customer = find_in(tx, caller, id)?;
    let row = add(tx, Actor::Key(caller), &customer, method)?;
    Ok(Reply::json(201, &render::method(&row), row.id))
}

/// Adds a test method to those of a customer.
pub(super) fn add(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    customer: &CustomerRow,
    method: TestMethod,
) -> Result<MethodRow, Stop> {
    error::require_sandbox(customer.environment)?;
    if store::methods(tx.reader()?, customer.id, METHODS_READ)?.len() >= METHODS_MAX {
        let message = format!("A customer has at most {METHODS_MAX} payment methods");
        return Err(error::conflict(message, "FULL").with("customerId", customer.id).into());
    }
    let is_card = matches!(method, TestMethod::Card | TestMethod::DeclinedCard);
    let row = MethodRow {
        id: tx.next_id(),
        customer: customer.id,
        kind: method.kind().to_owned(),
        brand: method.brand().to_owned(),
        last4: method.last4().to_owned(),
        expiry: is_card.then(|| Expiry::of_issue(tx.now().day())),
        created_at: tx.now(),
    };
    store::insert_method(tx, &row)?;
    note(tx, actor, Change::PaymentMethodAdded, customer, &row)?;
    Ok(row)
}

/// Removes a payment method; nothing charges it from then on, for no wallet of the
/// owner, whose decision that is.
pub fn remove_method_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    method: &str,
) -> Result<Reply, Stop> {
    let customer = find_in(tx, caller, id)?;
    caller.require_owner()?;
    let row = method_in(tx, customer.id, method)?;
    store::remove_method(tx, row.id)?;
    note(tx, Actor::Key(caller), Change::PaymentMethodRemoved, &customer, &row)?;
    Ok(Reply::empty(row.id))
}

/// One of a customer's payment methods.
///
/// # Errors
/// `NOT_FOUND` when it has no such one.
pub fn method_in(tx: &mut Tx<'_>, customer: CustomerId, text: &str) -> Result<MethodRow, Stop> {
    let missing = || ApiError::not_found("payment_method").with("paymentMethodId", text);
    let id: PaymentMethodId = text.parse().map_err(|_| missing())?;
    let rows = store::methods(tx.reader()?, customer, METHODS_READ)?;
    let row = rows.into_iter().find(|row| row.id == id);
    row.ok_or_else(|| missing().into())
}

/// The payment method that a customer saved last, if any: what is charged when none
/// is named, so that saving another is how one is replaced.
pub fn newest_method_in(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Option<MethodRow>, Stop> {
    Ok(store::methods(tx.reader()?, customer, 1)?.into_iter().next())
}

fn note(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    customer: &CustomerRow,
    row: &MethodRow,
) -> Result<(), Stop> {
    let mut data = json!(render::method(row));
    data["paymentMethodId"] = json!(row.id);
    let subject = Subject { scope: customer.scope, id: row.id.key(), wallet: None };
    events::record(tx, actor, change, subject, Some(&data))
}
