//! Charges that repeat.
//!
//! Each occurrence is due at a time that is computed from the first, and is counted
//! in the commit that charges for it: so each is charged for once, whatever the clock
//! does and whenever the server runs. One that failed is tried again some days later,
//! while the next may come.

use serde_json::json;
use wallgent_core::id::{ChargeId, CustomerId, WalletId};
use wallgent_core::recurrence::{self, Recurrence};
use wallgent_core::wallet::WalletStatus;

use super::store::{self, ChargeRow, Occurrence, Of, RecurringRow, RetryRow};
use super::{Origin, attempt, bill, not_found, note_failure, reload, render};
use crate::app::App;
use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::invoices::blank;
use crate::invoices::store::InvoiceRow;
use crate::{customers, error};

/// Charges of one wallet, and of one customer, that repeat. All of them are cancelled
/// in the commit that ends it.
const ACTIVE_MAX: i64 = 1_000;
/// Charges in one commit. More wait for the next, so that no payment waits long behind
/// them.
const CHARGED_AT_ONCE: i64 = 20;

pub(super) fn refuse_too_many(tx: &mut Tx<'_>, invoice: &InvoiceRow) -> Result<(), Stop> {
    for of in [Of::Wallet(invoice.wallet), Of::Customer(invoice.customer)] {
        if store::count_active(tx, of, ACTIVE_MAX)? >= ACTIVE_MAX {
            let message =
                format!("A wallet, and a customer, has at most {ACTIVE_MAX} charges that repeat");
            return Err(error::conflict(message, "FULL").into());
        }
    }
    Ok(())
}

/// Begins with a charge that succeeded.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    first: &ChargeRow,
    recurrence: Recurrence,
    description: Option<String>,
) -> Result<RecurringRow, Stop> {
    let now = tx.now();
    let row = RecurringRow {
        id: first.id,
        scope: first.scope,
        wallet: first.wallet,
        customer: first.customer,
        recurrence,
        amount: first.amount,
        description,
        occurrences: 1,
        due_at: Some(recurrence.occurrence(now, 1)),
        created_at: now,
        updated_at: now,
    };
    store::insert_recurring(tx, &row)?;
    Ok(row)
}

/// Whether a charge is due.
pub async fn any_due(app: &App) -> bool {
    let now = app.clock.now();
    let due = app.reads.read(move |connection| {
        let any = !store::due(connection, now, 1)?.is_empty();
        Ok::<_, crate::db::DbError>(any || !store::due_retries(connection, now, 1)?.is_empty())
    });
    matches!(due.await, Ok(Ok(true)))
}

/// Charges what is due. Each is read again inside the command, so that it happens
/// once.
pub fn charge_due_in(tx: &mut Tx<'_>) -> Result<(), Stop> {
    let now = tx.now();
    for row in store::due(tx.reader()?, now, CHARGED_AT_ONCE)? {
        occur(tx, row)?;
    }
    for row in store::due_retries(tx.reader()?, now, CHARGED_AT_ONCE)? {
        retry(tx, row)?;
    }
    Ok(())
}

/// Charges for one occurrence. Where nobody can be charged or paid any more, it is
/// cancelled.
fn occur(tx: &mut Tx<'_>, mut row: RecurringRow) -> Result<(), Stop> {
    let wallet = tx.wallet(row.wallet)?;
    let is_open = wallet.is_some_and(|wallet| wallet.status != WalletStatus::Closed);
    let customer = customers::load_in(tx, row.customer)?;
    let Some(customer) = customer.filter(|_| is_open) else {
        return cancel(tx, Actor::System, &mut row);
    };
    let mut invoice = blank(tx, row.wallet, customer)?;
    bill(tx, Actor::System, &mut invoice, row.amount, row.description.as_deref())?;
    let method = customers::newest_method_in(tx, row.customer)?;
    let number = row.occurrences;
    let origin = Origin::Recurring(Occurrence { recurring: row.id, number, attempt: 0 });
    let charged = attempt(tx, Actor::System, &invoice, method.as_ref(), origin)?;
    if charged.outcome.is_err() {
        let failed = RetryRow {
            invoice: invoice.id,
            recurring: row.id,
            occurrence: number,
            retries: 0,
            failed_at: tx.now(),
            due_at: tx.now(),
        };
        plan(tx, failed)?;
    }
    row.occurrences += 1;
    row.due_at = Some(row.recurrence.occurrence(row.created_at, row.occurrences));
    row.updated_at = tx.now();
    Ok(store::update_recurring(tx, &row)?)
}

/// Plans the next attempt for an invoice; answers whether there is one.
fn plan(tx: &mut Tx<'_>, mut row: RetryRow) -> Result<bool, Stop> {
    let retries = usize::try_from(row.retries).unwrap_or(usize::MAX);
    let Some(due_at) = recurrence::retry_at(row.failed_at, retries) else {
        store::forget_retry(tx, row.invoice)?;
        return Ok(false);
    };
    row.due_at = due_at;
    store::put_retry(tx, &row)?;
    Ok(true)
}

/// Tries again what failed. After the last time the invoice is left to its customer.
fn retry(tx: &mut Tx<'_>, mut row: RetryRow) -> Result<(), Stop> {
    let invoice = reload(tx, row.invoice)?;
    let method = customers::newest_method_in(tx, invoice.customer)?;
    row.retries += 1;
    let origin = Origin::Recurring(Occurrence {
        recurring: row.recurring,
        number: row.occurrence,
        attempt: row.retries,
    });
    let charged = attempt(tx, Actor::System, &invoice, method.as_ref(), origin)?;
    match &charged.outcome {
        // Whoever pays an invoice ends what is planned for it.
        Ok(_) => Ok(()),
        Err(_) if plan(tx, row)? => Ok(()),
        Err(reason) => note_failure(tx, Actor::System, &invoice, reason),
    }
}

/// Cancels a charge that repeats. One that was cancelled stays cancelled.
pub(super) fn cancel_in(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Reply, Stop> {
    let missing = || not_found(text);
    let id: ChargeId = text.parse().map_err(|_| missing())?;
    let mut row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    let wallet = tx.wallet(row.wallet)?.ok_or_else(missing)?;
    caller.may_use(tx, row.wallet, &wallet, missing)?;
    if row.due_at.is_some() {
        cancel(tx, Actor::Key(caller), &mut row)?;
    }
    Ok(Reply::json(200, &render::recurring(&row), row.id))
}

fn cancel(tx: &mut Tx<'_>, actor: Actor<'_>, row: &mut RecurringRow) -> Result<(), Stop> {
    row.due_at = None;
    row.updated_at = tx.now();
    store::update_recurring(tx, row)?;
    store::forget_retries_of(tx, row.id)?;
    let mut data = json!(render::recurring(row));
    data["chargeId"] = json!(row.id);
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    events::record(tx, actor.seen_from(row.scope), Change::ChargeCancelled, subject, Some(&data))
}

/// Cancels what would charge a customer who is about to be deleted.
pub fn cancel_recurring_of(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    customer: CustomerId,
) -> Result<(), Stop> {
    cancel_all(tx, actor, Of::Customer(customer))
}

/// Cancels what would be charged into a wallet that is about to end.
pub fn end_all_in(tx: &mut Tx<'_>, caller: &Caller, wallet: WalletId) -> Result<(), Stop> {
    cancel_all(tx, Actor::Key(caller), Of::Wallet(wallet))
}

fn cancel_all(tx: &mut Tx<'_>, actor: Actor<'_>, of: Of) -> Result<(), Stop> {
    for mut row in store::active(tx.reader()?, of, i64::MAX, ACTIVE_MAX)? {
        cancel(tx, actor, &mut row)?;
    }
    Ok(())
}
