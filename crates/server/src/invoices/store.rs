//! Rows of invoices.

use serde_json::{Map, Value as Json};
use wallgent_api::types::invoices::LineItem;
use wallgent_core::id::{CustomerId, InvoiceId, OrganizationId, TransactionId, WalletId};
use wallgent_core::invoice::InvoiceStatus;
use wallgent_core::{Amount, Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceRow {
    pub id: InvoiceId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    /// What the organization that is paid is called.
    pub payee_name: String,
    pub environment: Environment,
    pub wallet: WalletId,
    pub customer: CustomerId,
    pub status: InvoiceStatus,
    pub line_items: Vec<LineItem>,
    pub total: Amount,
    pub memo: Option<String>,
    pub due_at: Option<Timestamp>,
    pub slug: Option<String>,
    /// Where the stablecoin for it arrives, once somebody asked.
    pub usdc_address: Option<String>,
    pub payment: Option<TransactionId>,
    pub refunded: Amount,
    pub metadata: Option<Map<String, Json>>,
    pub paid_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

const SELECT: &str = "SELECT i.id, i.scope_id, s.organization_id, o.name, s.environment, \
    i.wallet_id, i.customer_id, i.status, i.line_items, i.total, i.memo, i.due_at, i.slug, \
    i.payment_id, i.refunded, i.metadata, i.paid_at, i.created_at, i.updated_at, \
    i.usdc_address \
    FROM invoices i JOIN scopes s ON s.id = i.scope_id \
    JOIN organizations o ON o.id = s.organization_id";

fn broken() -> DbError {
    DbError::Layout("an invoice's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<InvoiceRow> {
    let metadata = row.maybe_text(15)?.map(serde_json::from_str).transpose();
    let moment = |column| Ok::<_, DbError>(row.maybe_int(column)?.map(Timestamp::from_micros));
    Ok(InvoiceRow {
        id: InvoiceId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        organization: OrganizationId::from_key(row.int(2)?).ok_or_else(broken)?,
        payee_name: row.text(3)?.to_owned(),
        environment: Environment::from_name(row.text(4)?).ok_or_else(broken)?,
        wallet: WalletId::from_key(row.int(5)?).ok_or_else(broken)?,
        customer: CustomerId::from_key(row.int(6)?).ok_or_else(broken)?,
        status: InvoiceStatus::from_name(row.text(7)?).ok_or_else(broken)?,
        line_items: serde_json::from_str(row.text(8)?).map_err(|_| broken())?,
        total: Amount::from_units(row.int(9)?),
        memo: row.maybe_text(10)?.map(str::to_owned),
        due_at: moment(11)?,
        slug: row.maybe_text(12)?.map(str::to_owned),
        usdc_address: row.maybe_text(19)?.map(str::to_owned),
        payment: row.maybe_int(13)?.and_then(TransactionId::from_key),
        refunded: Amount::from_units(row.int(14)?),
        metadata: metadata.map_err(|_| broken())?,
        paid_at: moment(16)?,
        created_at: Timestamp::from_micros(row.int(17)?),
        updated_at: Timestamp::from_micros(row.int(18)?),
    })
}

/// What can change of an invoice, in the order of both statements below.
fn changing(row: &InvoiceRow) -> [Value; 14] {
    let lines = serde_json::to_string(&row.line_items).expect("lines have text keys");
    let metadata = row.metadata.as_ref().map(|map| Json::Object(map.clone()).to_string());
    [
        Value::Int(row.id.key()),
        Value::Int(row.wallet.key()),
        Value::Int(row.customer.key()),
        Value::from(row.status.as_str()),
        Value::from(lines),
        Value::Int(row.total.units()),
        Value::from(row.memo.as_deref()),
        Value::from(row.due_at.map(Timestamp::micros)),
        Value::from(row.slug.as_deref()),
        Value::from(row.payment.map(TransactionId::key)),
        Value::Int(row.refunded.units()),
        Value::from(metadata),
        Value::from(row.paid_at.map(Timestamp::micros)),
        Value::Int(row.updated_at.micros()),
    ]
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &InvoiceRow) -> DbResult<()> {
    let text = "INSERT INTO invoices (id, wallet_id, customer_id, status, line_items, total, memo, \
                due_at, slug, payment_id, refunded, metadata, paid_at, updated_at, scope_id, \
                created_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let mut values = changing(row).to_vec();
    values.extend([Value::Int(row.scope), Value::Int(row.created_at.micros())]);
    tx.execute(text, &values).map(drop)
}

pub(super) fn update(tx: &mut Tx<'_>, row: &InvoiceRow) -> DbResult<()> {
    let text = "UPDATE invoices SET wallet_id = $2, customer_id = $3, status = $4, \
                line_items = $5, total = $6, memo = $7, due_at = $8, slug = $9, payment_id = $10, \
                refunded = $11, metadata = $12, paid_at = $13, updated_at = $14 WHERE id = $1";
    tx.execute(text, &changing(row)).map(drop)
}

pub(super) fn get(connection: &mut Connection, id: InvoiceId) -> DbResult<Option<InvoiceRow>> {
    let text = format!("{SELECT} WHERE i.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

pub(super) fn by_slug(connection: &mut Connection, slug: &str) -> DbResult<Option<InvoiceRow>> {
    let text = format!("{SELECT} WHERE i.slug = $1");
    let rows = connection.query_composed(&text, &[Value::from(slug)])?;
    rows.first().map(read).transpose()
}

/// Notes where the stablecoin for an invoice arrives.
pub(super) fn set_usdc_address(tx: &mut Tx<'_>, id: InvoiceId, address: &str) -> DbResult<()> {
    let text = "UPDATE invoices SET usdc_address = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::from(address)]).map(drop)
}

pub(super) fn by_usdc_address(
    connection: &mut Connection,
    address: &str,
) -> DbResult<Option<InvoiceRow>> {
    let text = format!("{SELECT} WHERE i.usdc_address = $1");
    let rows = connection.query_composed(&text, &[Value::from(address)])?;
    rows.first().map(read).transpose()
}

/// What a list of invoices is narrowed to.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) scope: ScopeId,
    /// Only these wallets'.
    pub(super) wallets: Option<Vec<WalletId>>,
    pub(super) customer: Option<CustomerId>,
    pub(super) status: Option<InvoiceStatus>,
    pub(super) before: i64,
    pub(super) limit: i64,
}

/// Where a list begins, and the index that finds it: of all, and of one status.
struct Start {
    column: &'static str,
    key: i64,
    indexes: (&'static str, &'static str),
}

/// Lists invoices, newest first.
pub(super) fn list(connection: &mut Connection, filter: &Filter) -> DbResult<Vec<InvoiceRow>> {
    let starts = match (&filter.wallets, filter.customer) {
        (_, Some(customer)) => vec![Start {
            column: "customer_id",
            key: customer.key(),
            indexes: ("invoices_by_customer", "invoices_by_customer"),
        }],
        (Some(wallets), None) => wallets.iter().map(of_wallet).collect(),
        (None, None) => vec![Start {
            column: "scope_id",
            key: filter.scope,
            indexes: ("invoices_by_scope", "invoices_by_status"),
        }],
    };
    let mut rows = Vec::new();
    for start in &starts {
        rows.extend(list_from(connection, filter, start)?);
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    Ok(rows)
}

fn of_wallet(wallet: &WalletId) -> Start {
    let indexes = ("invoices_by_wallet", "invoices_of_wallet_by_status");
    Start { column: "wallet_id", key: wallet.key(), indexes }
}

fn list_from(
    connection: &mut Connection,
    filter: &Filter,
    start: &Start,
) -> DbResult<Vec<InvoiceRow>> {
    let (all, by_status) = start.indexes;
    let index = if filter.status.is_some() { by_status } else { all };
    let select = SELECT.replace("invoices i", &format!("invoices AS i INDEXED BY {index}"));
    let mut text = format!("{select} WHERE i.{} = $1 AND i.id < $2", start.column);
    let mut values = [start.key, filter.before, filter.limit].map(Value::Int).to_vec();
    if let Some(status) = filter.status {
        text.push_str(&format!(" AND i.status = '{}'", status.as_str()));
    }
    if filter.customer.is_some() {
        // Whoever names a customer of somebody else finds nothing.
        text.push_str(" AND i.scope_id = $4");
        values.push(Value::Int(filter.scope));
    }
    if let (Some(wallets), Some(_)) = (&filter.wallets, filter.customer) {
        let keys: Vec<String> = wallets.iter().map(|wallet| wallet.key().to_string()).collect();
        text.push_str(&format!(" AND i.wallet_id IN ({})", keys.join(", ")));
    }
    text.push_str(" ORDER BY i.id DESC LIMIT $3");
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}
