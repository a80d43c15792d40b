//! Rows of charges, of those that repeat, and of those that are tried again.

use wallgent_core::id::{
    ChargeId, CustomerId, InvoiceId, PaymentMethodId, TransactionId, WalletId,
};
use wallgent_core::recurrence::Recurrence;
use wallgent_core::{Amount, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

fn broken() -> DbError {
    DbError::Layout("a charge's row cannot be read".to_owned())
}

/// Which attempt of which occurrence of a charge that repeats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    pub(super) recurring: ChargeId,
    pub(super) number: i64,
    pub(super) attempt: i64,
}

/// A charge. It succeeded when there is a payment, else it says why it failed.
#[derive(Clone, Debug)]
pub(super) struct ChargeRow {
    pub(super) id: ChargeId,
    pub(super) scope: ScopeId,
    pub(super) wallet: WalletId,
    pub(super) customer: CustomerId,
    pub(super) invoice: InvoiceId,
    pub(super) method: Option<PaymentMethodId>,
    pub(super) amount: Amount,
    pub(super) outcome: Result<TransactionId, String>,
    pub(super) occurrence: Option<Occurrence>,
}

impl ChargeRow {
    pub(super) const fn status(&self) -> &'static str {
        if self.outcome.is_ok() { "SUCCEEDED" } else { "FAILED" }
    }
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &ChargeRow) -> DbResult<()> {
    let text = "INSERT INTO charges (id, scope_id, wallet_id, customer_id, invoice_id, \
                payment_method_id, status, failure_reason, amount, payment_id, recurring_id, \
                occurrence, attempt, created_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::Int(row.wallet.key()),
        Value::Int(row.customer.key()),
        Value::Int(row.invoice.key()),
        Value::from(row.method.map(PaymentMethodId::key)),
        Value::from(row.status()),
        Value::from(row.outcome.as_ref().err().map(String::as_str)),
        Value::Int(row.amount.units()),
        Value::from(row.outcome.as_ref().ok().map(|id| id.key())),
        Value::from(row.occurrence.map(|it| it.recurring.key())),
        Value::from(row.occurrence.map(|it| it.number)),
        Value::from(row.occurrence.map(|it| it.attempt)),
        Value::Int(tx.now().micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// A charge that repeats. Nothing is due of one that was cancelled.
#[derive(Clone, Debug)]
pub(super) struct RecurringRow {
    pub(super) id: ChargeId,
    pub(super) scope: ScopeId,
    pub(super) wallet: WalletId,
    pub(super) customer: CustomerId,
    pub(super) recurrence: Recurrence,
    pub(super) amount: Amount,
    pub(super) description: Option<String>,
    /// How many of its occurrences came, the first included.
    pub(super) occurrences: i64,
    pub(super) due_at: Option<Timestamp>,
    /// When it began, which all its occurrences are computed from.
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl RecurringRow {
    pub(super) const fn status(&self) -> &'static str {
        if self.due_at.is_some() { "ACTIVE" } else { "CANCELLED" }
    }
}

const SELECT: &str = "SELECT r.id, r.scope_id, r.wallet_id, r.customer_id, r.recurrence, r.amount, \
    r.description, r.occurrences, r.due_at, r.created_at, r.updated_at FROM recurring_charges r";

fn read(row: &Row) -> DbResult<RecurringRow> {
    Ok(RecurringRow {
        id: ChargeId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        wallet: WalletId::from_key(row.int(2)?).ok_or_else(broken)?,
        customer: CustomerId::from_key(row.int(3)?).ok_or_else(broken)?,
        recurrence: Recurrence::from_name(row.text(4)?).ok_or_else(broken)?,
        amount: Amount::from_units(row.int(5)?),
        description: row.maybe_text(6)?.map(str::to_owned),
        occurrences: row.int(7)?,
        due_at: row.maybe_int(8)?.map(Timestamp::from_micros),
        created_at: Timestamp::from_micros(row.int(9)?),
        updated_at: Timestamp::from_micros(row.int(10)?),
    })
}

pub(super) fn insert_recurring(tx: &mut Tx<'_>, row: &RecurringRow) -> DbResult<()> {
    let text = "INSERT INTO recurring_charges (id, scope_id, wallet_id, customer_id, status, \
                recurrence, amount, description, occurrences, due_at, created_at, updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::Int(row.wallet.key()),
        Value::Int(row.customer.key()),
        Value::from(row.status()),
        Value::from(row.recurrence.as_str()),
        Value::Int(row.amount.units()),
        Value::from(row.description.as_deref()),
        Value::Int(row.occurrences),
        Value::from(row.due_at.map(Timestamp::micros)),
        Value::Int(row.created_at.micros()),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn update_recurring(tx: &mut Tx<'_>, row: &RecurringRow) -> DbResult<()> {
    let text = "UPDATE recurring_charges SET status = $2, occurrences = $3, due_at = $4, \
                updated_at = $5 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.status()),
        Value::Int(row.occurrences),
        Value::from(row.due_at.map(Timestamp::micros)),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn get(connection: &mut Connection, id: ChargeId) -> DbResult<Option<RecurringRow>> {
    let text = format!("{SELECT} WHERE r.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// Those that are due, the longest first.
pub(super) fn due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<RecurringRow>> {
    let text = format!(
        "{SELECT} WHERE r.due_at IS NOT NULL AND r.due_at <= $1 ORDER BY r.due_at, r.id LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[now.micros(), limit].map(Value::Int))?;
    rows.iter().map(read).collect()
}

/// Whose charges are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    Scope(ScopeId),
    Wallet(WalletId),
    Customer(CustomerId),
}

impl Of {
    const fn place(self) -> (&'static str, &'static str, i64) {
        match self {
            Self::Scope(scope) => ("scope_id", "recurring_charges_by_scope", scope),
            Self::Wallet(id) => ("wallet_id", "recurring_charges_by_wallet", id.key()),
            Self::Customer(id) => ("customer_id", "recurring_charges_by_customer", id.key()),
        }
    }
}

/// Those that were not cancelled, newest first.
pub(super) fn active(
    connection: &mut Connection,
    of: Of,
    before: i64,
    limit: i64,
) -> DbResult<Vec<RecurringRow>> {
    let (column, index, key) = of.place();
    let indexed = format!("recurring_charges AS r INDEXED BY {index}");
    let select = SELECT.replace("recurring_charges r", &indexed);
    let text = format!(
        "{select} WHERE r.{column} = $1 AND r.id < $2 AND r.due_at IS NOT NULL \
         ORDER BY r.id DESC LIMIT $3"
    );
    let rows = connection.query_composed(&text, &[key, before, limit].map(Value::Int))?;
    rows.iter().map(read).collect()
}

/// How many were not cancelled, counted up to `limit`.
pub(super) fn count_active(tx: &mut Tx<'_>, of: Of, limit: i64) -> DbResult<i64> {
    let (column, _, key) = of.place();
    let text = format!(
        "SELECT COUNT(*) FROM (SELECT id FROM recurring_charges WHERE {column} = $1 \
         AND due_at IS NOT NULL LIMIT $2) AS active"
    );
    let rows = tx.reader()?.query_composed(&text, &[key, limit].map(Value::Int))?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// An invoice whose charge failed and is tried again.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryRow {
    pub(super) invoice: InvoiceId,
    pub(super) recurring: ChargeId,
    pub(super) occurrence: i64,
    /// How often it was tried again already.
    pub(super) retries: i64,
    pub(super) failed_at: Timestamp,
    pub(super) due_at: Timestamp,
}

/// Plans the next attempt, in place of the one before.
pub(super) fn put_retry(tx: &mut Tx<'_>, row: &RetryRow) -> DbResult<()> {
    let text = "INSERT INTO charge_retries (id, recurring_id, occurrence, retries, failed_at, \
                due_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET \
                retries = excluded.retries, due_at = excluded.due_at";
    let values = [
        row.invoice.key(),
        row.recurring.key(),
        row.occurrence,
        row.retries,
        row.failed_at.micros(),
        row.due_at.micros(),
    ];
    tx.execute(text, &values.map(Value::Int)).map(drop)
}

pub(super) fn forget_retry(tx: &mut Tx<'_>, invoice: InvoiceId) -> DbResult<()> {
    let text = "DELETE FROM charge_retries WHERE id = $1";
    tx.execute(text, &[Value::Int(invoice.key())]).map(drop)
}

pub(super) fn forget_retries_of(tx: &mut Tx<'_>, recurring: ChargeId) -> DbResult<()> {
    let text = "DELETE FROM charge_retries WHERE recurring_id = $1";
    tx.execute(text, &[Value::Int(recurring.key())]).map(drop)
}

/// Attempts that are due, the longest first.
pub(super) fn due_retries(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<RetryRow>> {
    let text = "SELECT id, recurring_id, occurrence, retries, failed_at, due_at \
                FROM charge_retries WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    let rows = connection.query(text, &[now.micros(), limit].map(Value::Int))?;
    let read = |row: &Row| {
        Ok(RetryRow {
            invoice: InvoiceId::from_key(row.int(0)?).ok_or_else(broken)?,
            recurring: ChargeId::from_key(row.int(1)?).ok_or_else(broken)?,
            occurrence: row.int(2)?,
            retries: row.int(3)?,
            failed_at: Timestamp::from_micros(row.int(4)?),
            due_at: Timestamp::from_micros(row.int(5)?),
        })
    };
    rows.iter().map(read).collect()
}
