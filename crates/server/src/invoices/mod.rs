//! Invoices: what a customer is asked to pay into a wallet.
//!
//! A draft is written and changed here; finalizing fixes it and gives it an address.
//! It is paid by a payment made for it ([`pay`]), from a wallet or by a test method,
//! or in a stablecoin ([`usdc`]), and given back whole ([`refund`]). [`charges`] charges what a customer saved.

pub mod charges;
mod pay;
mod refund;
mod render;
pub mod routes;
mod store;
mod usdc;

use wallgent_api::types::invoices::{CreateInvoice, LineItem, NewLineItem, UpdateInvoice};
use wallgent_api::{ApiError, Patch};
use wallgent_core::Amount;
use wallgent_core::id::{InvoiceId, WalletId};
use wallgent_core::invoice::{self, InvoiceStatus, InvoiceStep};

use crate::caller::Caller;
use crate::db::DbError;
use crate::engine::{Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::{customers, error, payments, slug};

pub use charges::{any_due, cancel_recurring_of, charge_due_in, end_all_in};
pub use pay::{paid_in, refuse_unpayable, reversed_in};
pub use store::InvoiceRow;

/// Drafts an invoice.
pub fn create_in(tx: &mut Tx<'_>, caller: &Caller, request: CreateInvoice) -> Result<Reply, Stop> {
    let mut row = draft(tx, caller, &request.wallet_id, &request.customer_id)?;
    set_lines(&mut row, request.line_items)?;
    (row.memo, row.due_at, row.metadata) = (request.memo, request.due_date, request.metadata);
    insert(tx, Actor::Key(caller), &row)?;
    Ok(Reply::json(201, &render::invoice(&row, tx.rules()), row.id))
}

/// A new invoice without lines, from a customer into a wallet.
fn draft(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet: &str,
    customer: &str,
) -> Result<InvoiceRow, Stop> {
    let (wallet_id, found) = caller.usable_wallet(tx, wallet)?;
    let customer = customers::of_scope_in(tx, found.scope, caller.organization, customer)?;
    payments::refuse_closed(&found, wallet)?;
    blank(tx, wallet_id, customer)
}

/// The same where wallet and customer are known to belong together.
fn blank(
    tx: &mut Tx<'_>,
    wallet: WalletId,
    customer: customers::CustomerRow,
) -> Result<InvoiceRow, Stop> {
    let now = tx.now();
    Ok(InvoiceRow {
        id: tx.next_id(),
        scope: customer.scope,
        organization: customer.organization,
        // Only payers read it, from the row.
        payee_name: String::new(),
        environment: customer.environment,
        wallet,
        customer: customer.id,
        status: InvoiceStatus::Draft,
        line_items: Vec::new(),
        total: Amount::ZERO,
        memo: None,
        due_at: None,
        slug: None,
        usdc_address: None,
        payment: None,
        refunded: Amount::ZERO,
        metadata: None,
        paid_at: None,
        created_at: now,
        updated_at: now,
    })
}

/// Puts lines on an invoice, and adds them up.
fn set_lines(row: &mut InvoiceRow, lines: Vec<NewLineItem>) -> Result<(), Stop> {
    let priced = lines.into_iter().map(|line| {
        let total = invoice::line_total(line.quantity, line.unit_price)?;
        let NewLineItem { description, quantity, unit_price } = line;
        Some(LineItem { description, quantity, unit_price, total })
    });
    let lines: Option<Vec<LineItem>> = priced.collect();
    row.line_items = lines.ok_or_else(error::balance_too_large)?;
    let total = invoice::total(row.line_items.iter().map(|it| (it.quantity, it.unit_price)));
    row.total = total.ok_or_else(error::balance_too_large)?;
    Ok(())
}

fn insert(tx: &mut Tx<'_>, actor: Actor<'_>, row: &InvoiceRow) -> Result<(), Stop> {
    store::insert(tx, row)?;
    note(tx, actor, Change::InvoiceCreated, row)
}

/// Changes a draft; a request that changes nothing leaves no trace.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: UpdateInvoice,
) -> Result<Reply, Stop> {
    let before = find(tx, caller, id)?;
    refuse_step(&before, InvoiceStep::Edit)?;
    let mut row = before.clone();
    let (mut wallet, mut customer) = (Some(row.wallet.to_string()), Some(row.customer.to_string()));
    request.wallet_id.apply(&mut wallet);
    request.customer_id.apply(&mut customer);
    let (wallet, customer) = (wallet.unwrap_or_default(), customer.unwrap_or_default());
    let (wallet_id, found) = caller.usable_wallet(tx, &wallet)?;
    if wallet_id != row.wallet || customer != row.customer.to_string() {
        payments::refuse_closed(&found, &wallet)?;
        let known = customers::of_scope_in(tx, found.scope, caller.organization, &customer)?;
        if known.scope != row.scope {
            return Err(error::wallet_not_found(&wallet).into());
        }
        (row.wallet, row.customer) = (wallet_id, known.id);
    }
    if let Patch::Set(lines) = request.line_items {
        set_lines(&mut row, lines)?;
    }
    request.memo.apply(&mut row.memo);
    request.due_date.apply(&mut row.due_at);
    request.metadata.apply(&mut row.metadata);
    if row != before {
        save(tx, Actor::Key(caller), Change::InvoiceUpdated, &mut row)?;
    }
    Ok(Reply::json(200, &render::invoice(&row, tx.rules()), row.id))
}

/// Fixes a draft and gives it an address.
pub fn finalize_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let mut row = find(tx, caller, id)?;
    let wallet = row.wallet.to_string();
    let (_, found) = caller.usable_wallet(tx, &wallet)?;
    payments::refuse_closed(&found, &wallet)?;
    finalize(tx, Actor::Key(caller), &mut row)?;
    Ok(Reply::json(200, &render::invoice(&row, tx.rules()), row.id))
}

fn finalize(tx: &mut Tx<'_>, actor: Actor<'_>, row: &mut InvoiceRow) -> Result<(), Stop> {
    step(row, InvoiceStep::Finalize)?;
    row.slug = Some(slug::generate().map_err(|error| DbError::Layout(error.to_string()))?);
    save(tx, actor, Change::InvoiceFinalized, row)
}

/// Withdraws an invoice that nobody paid.
pub fn void_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    end(tx, caller, id, InvoiceStep::Void, Change::InvoiceVoided)
}

/// Gives an invoice up.
pub fn give_up_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    end(tx, caller, id, InvoiceStep::GiveUp, Change::InvoiceUncollectible)
}

fn end(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    how: InvoiceStep,
    change: Change,
) -> Result<Reply, Stop> {
    let mut row = find(tx, caller, id)?;
    step(&mut row, how)?;
    charges::forget_retry(tx, row.id)?;
    save(tx, Actor::Key(caller), change, &mut row)?;
    Ok(Reply::json(200, &render::invoice(&row, tx.rules()), row.id))
}

/// Tells where an invoice is paid that is due.
pub fn checkout_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let row = find(tx, caller, id)?;
    refuse_step(&row, InvoiceStep::Pay)?;
    Ok(Reply::json(200, &render::checkout(&row, tx.rules()), row.id))
}

fn refuse_step(row: &InvoiceRow, how: InvoiceStep) -> Result<InvoiceStatus, ApiError> {
    row.status.after(how).ok_or_else(|| {
        let status = row.status.as_str();
        let message = match how {
            InvoiceStep::Edit | InvoiceStep::Finalize => "Only a draft can be changed or finalized",
            InvoiceStep::Pay => "Only a finalized invoice can be paid",
            InvoiceStep::Void => "Only an invoice that nobody paid can be voided",
            InvoiceStep::GiveUp => "Only an invoice that is due can be given up",
            InvoiceStep::Refund => "Only a paid invoice can be refunded",
        };
        error::conflict(message, status).with("invoiceId", row.id)
    })
}

fn step(row: &mut InvoiceRow, how: InvoiceStep) -> Result<(), ApiError> {
    row.status = refuse_step(row, how)?;
    Ok(())
}

/// Writes what may change of an invoice, and notes it.
fn save(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    row: &mut InvoiceRow,
) -> Result<(), Stop> {
    row.updated_at = tx.now();
    store::update(tx, row)?;
    note(tx, actor, change, row)
}

fn note(tx: &mut Tx<'_>, actor: Actor<'_>, change: Change, row: &InvoiceRow) -> Result<(), Stop> {
    let data = render::told(row, tx.rules());
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    events::record(tx, actor.seen_from(row.scope), change, subject, Some(&data))
}

fn not_found() -> ApiError {
    ApiError::not_found("invoice")
}

/// An invoice on whose wallet the caller may act.
fn find(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<InvoiceRow, Stop> {
    let missing = || not_found().with("invoiceId", text);
    let id: InvoiceId = text.parse().map_err(|_| missing())?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    let wallet = tx.wallet(row.wallet)?.ok_or_else(missing)?;
    caller.may_use(tx, row.wallet, &wallet, missing)?;
    Ok(row)
}

/// An invoice that is known to exist.
fn reload(tx: &mut Tx<'_>, id: InvoiceId) -> Result<InvoiceRow, Stop> {
    let row = store::get(tx.reader()?, id)?;
    row.ok_or_else(|| DbError::Layout(format!("{id} has no row")).into())
}
