//! Charges: paying an invoice with what its customer saved.
//!
//! A charge that fails leaves its invoice due: the customer can still pay it at its
//! address. One that repeats is in [`recurring`].

mod recurring;
mod render;
pub mod routes;
mod store;

use wallgent_api::ApiError;
use wallgent_api::types::charges::ChargeCustomer;
use wallgent_api::types::invoices::NewLineItem;
use wallgent_core::Amount;
use wallgent_core::id::{CustomerId, InvoiceId, TransactionId};
use wallgent_core::invoice::InvoiceStep;
use wallgent_core::test_method::TestMethod;

use super::pay::{note_failure, receive};
use super::store::InvoiceRow;
use super::{draft, finalize, find, insert, refuse_step, reload, set_lines};
use crate::caller::Caller;
use crate::customers::{self, MethodRow};
use crate::db::DbError;
use crate::engine::{Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::rails::acquirer;
use crate::{error, payments};
use store::{ChargeRow, Occurrence, RecurringRow};

pub use recurring::{any_due, cancel_recurring_of, charge_due_in, end_all_in};

/// What an invoice says that was made for a charge without a description.
const UNNAMED: &str = "Charge";
/// Why a charge fails that has nothing to charge.
const NO_METHOD: &str = "The customer has no saved payment method";

/// Charges a customer. That a payment method is declined is an answer, with the
/// status FAILED.
pub fn charge_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &ChargeCustomer,
) -> Result<Reply, Stop> {
    match &request.invoice_id {
        Some(invoice) => charge_invoice(tx, caller, invoice, request),
        None => charge_amount(tx, caller, request),
    }
}

/// Charges for an invoice that is due.
fn charge_invoice(
    tx: &mut Tx<'_>,
    caller: &Caller,
    invoice: &str,
    request: &ChargeCustomer,
) -> Result<Reply, Stop> {
    let invoice = find(tx, caller, invoice)?;
    refuse_step(&invoice, InvoiceStep::Pay)?;
    acquirer::serving(invoice.environment)?;
    let method = chosen(tx, invoice.customer, request.payment_method_id.as_deref())?;
    let (_, wallet) = caller.usable_wallet(tx, &invoice.wallet.to_string())?;
    payments::refuse_closed(&wallet, &invoice.wallet.to_string())?;
    let row = attempt(tx, Actor::Key(caller), &invoice, Some(&method), Origin::Once)?;
    finish(tx, caller, &invoice, &row, None)
}

/// Makes an invoice of one line, and charges for it.
fn charge_amount(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &ChargeCustomer,
) -> Result<Reply, Stop> {
    let wallet = request.wallet_id.as_deref().unwrap_or_default();
    let customer = request.customer_id.as_deref().unwrap_or_default();
    let mut invoice = draft(tx, caller, wallet, customer)?;
    acquirer::serving(invoice.environment)?;
    let method = chosen(tx, invoice.customer, request.payment_method_id.as_deref())?;
    if request.recurring.is_some() {
        recurring::refuse_too_many(tx, &invoice)?;
    }
    let amount = request.amount.unwrap_or_default();
    bill(tx, Actor::Key(caller), &mut invoice, amount, request.description.as_deref())?;
    let origin = if request.recurring.is_some() { Origin::First } else { Origin::Once };
    let row = attempt(tx, Actor::Key(caller), &invoice, Some(&method), origin)?;
    let begun = match &request.recurring {
        Some(how) if row.outcome.is_ok() => {
            let description = request.description.clone();
            Some(recurring::begin(tx, &row, how.interval, description)?)
        }
        _ => None,
    };
    finish(tx, caller, &invoice, &row, begun.as_ref())
}

/// Writes a finalized invoice over an amount.
fn bill(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    invoice: &mut InvoiceRow,
    amount: Amount,
    description: Option<&str>,
) -> Result<(), Stop> {
    let description = description.filter(|text| !text.is_empty()).unwrap_or(UNNAMED).to_owned();
    set_lines(invoice, vec![NewLineItem { description, quantity: 1, unit_price: amount }])?;
    insert(tx, actor, invoice)?;
    finalize(tx, actor, invoice)
}

/// The payment method that is named, or the one that was saved last.
fn chosen(tx: &mut Tx<'_>, customer: CustomerId, named: Option<&str>) -> Result<MethodRow, Stop> {
    if let Some(text) = named {
        return customers::method_in(tx, customer, text);
    }
    let newest = customers::newest_method_in(tx, customer)?;
    newest.ok_or_else(|| {
        let error = error::conflict(NO_METHOD, "NO_PAYMENT_METHOD").with("customerId", customer);
        let hint = "have the customer save one: POST /v1/customers/:id/payment-methods/setup";
        error.with("hint", hint).into()
    })
}

/// Where an attempt comes from.
#[derive(Clone, Copy)]
enum Origin {
    /// It stands alone.
    Once,
    /// It begins one that repeats, if it succeeds.
    First,
    /// The clock came to an occurrence, or to a retry of it.
    Recurring(Occurrence),
}

/// Charges a payment method for an invoice, and writes down what came of it.
fn attempt(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    invoice: &InvoiceRow,
    method: Option<&MethodRow>,
    origin: Origin,
) -> Result<ChargeRow, Stop> {
    let id = tx.next_id();
    let outcome = match method {
        None => Err(NO_METHOD.to_owned()),
        Some(method) => collect(tx, actor, invoice, method)?,
    };
    let occurrence = match origin {
        Origin::First if outcome.is_ok() => {
            Some(Occurrence { recurring: id, number: 0, attempt: 0 })
        }
        Origin::First | Origin::Once => None,
        Origin::Recurring(occurrence) => Some(occurrence),
    };
    let row = ChargeRow {
        id,
        scope: invoice.scope,
        wallet: invoice.wallet,
        customer: invoice.customer,
        invoice: invoice.id,
        method: method.map(|method| method.id),
        amount: invoice.total,
        outcome,
        occurrence,
    };
    store::insert(tx, &row)?;
    let change = match row.outcome {
        Ok(_) => Change::ChargeSucceeded,
        Err(_) => Change::ChargeFailed,
    };
    let subject = Subject { scope: row.scope, id: id.key(), wallet: Some(row.wallet) };
    let data = render::told(&row);
    events::record(tx, actor.seen_from(row.scope), change, subject, Some(&data))?;
    Ok(row)
}

/// Asks the simulated acquirer for the money: the payment, or why there is none.
fn collect(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    invoice: &InvoiceRow,
    method: &MethodRow,
) -> Result<Result<TransactionId, String>, Stop> {
    let test_method = TestMethod::find(&method.kind, Some(&method.last4))
        .ok_or_else(|| DbError::Layout(format!("{} is no test method", method.id)))?;
    if test_method.is_declined() {
        return Ok(Err(payments::declined(test_method, invoice.total).message));
    }
    match tx.attempt(|tx| receive(tx, actor, invoice, test_method.into())) {
        Ok(payment) => Ok(Ok(payment)),
        Err(Stop::Refused(error)) => Ok(Err(error.message)),
        Err(stop) => Err(stop),
    }
}

/// Answers what came of a charge. Nothing tries again what somebody asked for, so
/// its failure is the invoice's, too.
fn finish(
    tx: &mut Tx<'_>,
    caller: &Caller,
    invoice: &InvoiceRow,
    row: &ChargeRow,
    begun: Option<&RecurringRow>,
) -> Result<Reply, Stop> {
    if let Err(reason) = &row.outcome {
        note_failure(tx, Actor::Key(caller), invoice, reason)?;
    }
    Ok(Reply::json(200, &render::charge(row, begun), row.id))
}

/// Forgets that an invoice was to be charged again.
pub(super) fn forget_retry(tx: &mut Tx<'_>, id: InvoiceId) -> Result<(), Stop> {
    Ok(store::forget_retry(tx, id)?)
}

fn not_found(text: &str) -> ApiError {
    ApiError::not_found("charge").with("chargeId", text)
}
