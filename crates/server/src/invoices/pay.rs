//! Paying an invoice: from a wallet, or in a sandbox by a test method.
//!
//! Either is a posting made for the invoice. What is posted tells the invoice so in
//! its own transaction ([`paid_in`], [`reversed_in`]), so that an invoice is paid
//! exactly when its payment stands in the books.

use serde_json::json;
use wallgent_api::ApiError;
use wallgent_api::types::payments::{SendPayment, TestMethodShown};
use wallgent_core::Amount;
use wallgent_core::id::{InvoiceId, TransactionId};
use wallgent_core::invoice::InvoiceStep;
use wallgent_core::payment::Rail;
use wallgent_core::test_method::TestMethod;

use super::store::{self, InvoiceRow};
use super::{charges, not_found, refuse_step, reload, render, save, step};
use crate::caller::{Asking, Caller};
use crate::engine::{Stop, Tx};
use crate::error;
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::{Body, Reply, encode};
use crate::payments::{self, Approval, Received, Sending};
use crate::slug;

/// Pays an invoice from a wallet: a payment, with all its checks, after the
/// invoice's own.
pub(super) fn pay_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    slug: &str,
    from: &str,
    key: Option<String>,
) -> Result<Reply, Stop> {
    let row = find_by_slug(tx, slug)?;
    refuse_elsewhere(caller, &row)?;
    let (payer, _) = caller.usable_wallet(tx, from)?;
    if payer == row.wallet {
        let message = "must be another wallet than the one that is paid";
        return Err(ApiError::invalid_field("fromWalletId", message).into());
    }
    refuse_step(&row, InvoiceStep::Pay)?;
    let sending = Sending {
        request: SendPayment {
            from: from.to_owned(),
            to: Some(row.wallet.to_string()),
            amount: row.total,
            amount_sent: row.total.to_string(),
            description: description(&row),
            idempotency_key: key,
            ..SendPayment::default()
        },
        batch: None,
        approval: Approval::Waits,
        rail: Rail::Invoice(row.id),
    };
    let mut reply = payments::send_in(tx, caller, &sending)?;
    let Body::Payment(payment) = &reply.body else { return Ok(reply) };
    if reply.status == 200 {
        let row = reload(tx, row.id)?;
        let told = encode(&render::payable(&row, tx.rules(), tx.now()));
        reply.body = Body::PaidFor(payment.id, told);
        reply.resource = Some(row.id.to_string());
    }
    Ok(reply)
}

/// What the books say of the payment of an invoice.
fn description(row: &InvoiceRow) -> Option<String> {
    row.memo.clone().filter(|memo| !memo.is_empty()).or_else(|| Some(format!("Invoice {}", row.id)))
}

/// Pays an invoice by a test method. That one is declined is told to who sent the
/// invoice, and remembered under the payer's key.
pub(super) fn pay_by_test_method_in(
    tx: &mut Tx<'_>,
    (actor, asking): (Actor<'_>, &impl Asking),
    slug: &str,
    method: TestMethod,
) -> Result<Reply, Stop> {
    let row = find_by_slug(tx, slug)?;
    if let Actor::Key(caller) = actor {
        refuse_elsewhere(caller, &row)?;
    }
    error::require_sandbox(row.environment)?;
    refuse_step(&row, InvoiceStep::Pay)?;
    if method.is_declined() {
        let error = payments::declined(method, row.total);
        note_failure(tx, actor, &row, &error.message)?;
        return Ok(Reply::refused(&error, asking));
    }
    receive(tx, actor, &row, method.into())?;
    let row = reload(tx, row.id)?;
    Ok(Reply::json(200, &render::payable(&row, tx.rules(), tx.now()), row.id))
}

/// Posts what a test method, or another of the sandbox's, pays for an invoice.
pub(super) fn receive(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    row: &InvoiceRow,
    method: TestMethodShown,
) -> Result<TransactionId, Stop> {
    let received = Received {
        method,
        to: row.wallet,
        amount: row.total,
        description: description(row),
        rail: Rail::Invoice(row.id),
    };
    Ok(payments::receive_in(tx, actor, &received)?.id)
}

/// Tells who sent an invoice that an attempt to pay it failed, when no other follows.
pub(super) fn note_failure(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    row: &InvoiceRow,
    reason: &str,
) -> Result<(), Stop> {
    let mut data = render::told(row, tx.rules());
    data["failureReason"] = json!(reason);
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    let actor = actor.seen_from(row.scope);
    events::record(tx, actor, Change::InvoicePaymentFailed, subject, Some(&data))
}

/// An invoice by its address. One that has none yet is not found.
pub(super) fn find_by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<InvoiceRow, Stop> {
    let found = match slug::is_one(slug) {
        true => store::by_slug(tx.reader()?, slug)?,
        false => None,
    };
    Ok(found.ok_or_else(not_found)?)
}

/// An invoice can be paid with anybody's key of its environment. That of the other
/// one does not find it, unless it is the caller's own.
fn refuse_elsewhere(caller: &Caller, row: &InvoiceRow) -> Result<(), ApiError> {
    match (row.environment == caller.environment, row.organization == caller.organization) {
        (true, _) => Ok(()),
        (false, true) => Err(error::environment_mismatch()),
        (false, false) => Err(not_found()),
    }
}

/// Refuses a payment that waited for a human, when the invoice cannot be paid any
/// more.
pub fn refuse_unpayable(tx: &mut Tx<'_>, id: InvoiceId) -> Result<(), Stop> {
    let row = reload(tx, id)?;
    refuse_step(&row, InvoiceStep::Pay)?;
    Ok(())
}

/// Notes that the payment of an invoice was posted just now.
pub fn paid_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    id: InvoiceId,
    payment: TransactionId,
) -> Result<(), Stop> {
    let mut row = reload(tx, id)?;
    step(&mut row, InvoiceStep::Pay)?;
    (row.payment, row.paid_at) = (Some(payment), Some(tx.now()));
    charges::forget_retry(tx, id)?;
    save(tx, actor, Change::InvoicePaid, &mut row)
}

/// Notes that so much of the payment of an invoice is given back, in all.
pub fn reversed_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    id: InvoiceId,
    refunded: Amount,
) -> Result<(), Stop> {
    let mut row = reload(tx, id)?;
    row.refunded = refunded;
    if refunded == row.total {
        step(&mut row, InvoiceStep::Refund)?;
    }
    save(tx, actor, Change::InvoiceRefunded, &mut row)
}
