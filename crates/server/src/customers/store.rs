//! Rows of customers, their payment methods, and the pages that save them.

use serde_json::{Map, Value as Json};
use wallgent_core::card::Expiry;
use wallgent_core::id::{CustomerId, OrganizationId, PaymentMethodId, SetupSessionId};
use wallgent_core::{Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    pub environment: Environment,
    pub email: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub company_name: Option<String>,
    pub metadata: Option<Map<String, Json>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

const SELECT: &str = "SELECT c.id, c.scope_id, s.organization_id, s.environment, c.email, c.name, \
    c.phone, c.company_name, c.metadata, c.created_at, c.updated_at \
    FROM customers c JOIN scopes s ON s.id = c.scope_id";

fn broken() -> DbError {
    DbError::Layout("a customer's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<CustomerRow> {
    let text = |column| Ok::<_, DbError>(row.maybe_text(column)?.map(str::to_owned));
    let metadata = row.maybe_text(8)?.map(serde_json::from_str).transpose();
    Ok(CustomerRow {
        id: CustomerId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        organization: OrganizationId::from_key(row.int(2)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(3)?).ok_or_else(broken)?,
        email: row.text(4)?.to_owned(),
        name: text(5)?,
        phone: text(6)?,
        company_name: text(7)?,
        metadata: metadata.map_err(|_| broken())?,
        created_at: Timestamp::from_micros(row.int(9)?),
        updated_at: Timestamp::from_micros(row.int(10)?),
    })
}

fn metadata_text(row: &CustomerRow) -> Option<String> {
    row.metadata.as_ref().map(|map| Json::Object(map.clone()).to_string())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &CustomerRow) -> DbResult<()> {
    let text = "INSERT INTO customers (id, scope_id, email, name, phone, company_name, metadata, \
                created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::from(row.email.as_str()),
        Value::from(row.name.as_deref()),
        Value::from(row.phone.as_deref()),
        Value::from(row.company_name.as_deref()),
        Value::from(metadata_text(row)),
        Value::Int(row.created_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn update(tx: &mut Tx<'_>, row: &CustomerRow) -> DbResult<()> {
    let text = "UPDATE customers SET email = $2, name = $3, phone = $4, company_name = $5, \
                metadata = $6, updated_at = $7 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.email.as_str()),
        Value::from(row.name.as_deref()),
        Value::from(row.phone.as_deref()),
        Value::from(row.company_name.as_deref()),
        Value::from(metadata_text(row)),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Notes that a customer was deleted, and removes its payment methods.
pub(super) fn delete(tx: &mut Tx<'_>, id: CustomerId) -> DbResult<()> {
    let values = [Value::Int(id.key()), Value::Int(tx.now().micros())];
    tx.execute("UPDATE customers SET deleted_at = $2, updated_at = $2 WHERE id = $1", &values)?;
    let text = "UPDATE payment_methods SET removed_at = $2 \
                WHERE customer_id = $1 AND removed_at IS NULL";
    tx.execute(text, &values).map(drop)
}

/// A customer that was not deleted.
pub(super) fn get(connection: &mut Connection, id: CustomerId) -> DbResult<Option<CustomerRow>> {
    let text = format!("{SELECT} WHERE c.id = $1 AND c.deleted_at IS NULL");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// Which customer has this address.
pub(super) fn by_email(
    tx: &mut Tx<'_>,
    scope: ScopeId,
    email: &str,
) -> DbResult<Option<CustomerId>> {
    let text = "SELECT id FROM customers WHERE scope_id = $1 AND email = $2 \
                AND deleted_at IS NULL";
    let row = tx.query_one(text, &[Value::Int(scope), Value::from(email)])?;
    row.map(|row| CustomerId::from_key(row.int(0)?).ok_or_else(broken)).transpose()
}

/// Lists customers, newest first.
pub(super) fn list(
    connection: &mut Connection,
    scope: ScopeId,
    before: i64,
    limit: i64,
) -> DbResult<Vec<CustomerRow>> {
    let select = SELECT.replace("customers c", "customers AS c INDEXED BY customers_by_scope");
    let text = format!(
        "{select} WHERE c.scope_id = $1 AND c.id < $2 AND c.deleted_at IS NULL \
         ORDER BY c.id DESC LIMIT $3"
    );
    let rows = connection.query_composed(&text, &[scope, before, limit].map(Value::Int))?;
    rows.iter().map(read).collect()
}

/// A payment method.
#[derive(Clone, Debug)]
pub struct MethodRow {
    pub id: PaymentMethodId,
    pub customer: CustomerId,
    /// `card` or `bank_account`.
    pub kind: String,
    pub brand: String,
    pub last4: String,
    pub expiry: Option<Expiry>,
    pub created_at: Timestamp,
}

const METHODS: &str = "SELECT id, customer_id, type, brand, last4, expiry_year, expiry_month, \
    created_at FROM payment_methods";

fn read_method(row: &Row) -> DbResult<MethodRow> {
    let expiry = match (row.maybe_int(5)?, row.maybe_int(6)?) {
        (Some(year), Some(month)) => Some(Expiry { year, month }),
        _ => None,
    };
    Ok(MethodRow {
        id: PaymentMethodId::from_key(row.int(0)?).ok_or_else(broken)?,
        customer: CustomerId::from_key(row.int(1)?).ok_or_else(broken)?,
        kind: row.text(2)?.to_owned(),
        brand: row.text(3)?.to_owned(),
        last4: row.text(4)?.to_owned(),
        expiry,
        created_at: Timestamp::from_micros(row.int(7)?),
    })
}

pub(super) fn insert_method(tx: &mut Tx<'_>, row: &MethodRow) -> DbResult<()> {
    let text = "INSERT INTO payment_methods (id, customer_id, type, brand, last4, expiry_year, \
                expiry_month, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.customer.key()),
        Value::from(row.kind.as_str()),
        Value::from(row.brand.as_str()),
        Value::from(row.last4.as_str()),
        Value::from(row.expiry.map(|expiry| expiry.year)),
        Value::from(row.expiry.map(|expiry| expiry.month)),
        Value::Int(row.created_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn remove_method(tx: &mut Tx<'_>, id: PaymentMethodId) -> DbResult<()> {
    let text = "UPDATE payment_methods SET removed_at = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(tx.now().micros())]).map(drop)
}

/// A customer's payment methods, newest first.
pub(super) fn methods(
    connection: &mut Connection,
    customer: CustomerId,
    limit: i64,
) -> DbResult<Vec<MethodRow>> {
    let text = format!(
        "{METHODS} WHERE customer_id = $1 AND removed_at IS NULL ORDER BY id DESC LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[customer.key(), limit].map(Value::Int))?;
    rows.iter().map(read_method).collect()
}

/// A page on which a customer saves a payment method.
#[derive(Clone, Debug)]
pub struct SetupRow {
    pub id: SetupSessionId,
    pub customer: CustomerId,
    pub token: String,
    pub return_url: Option<String>,
    pub used_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

/// Writes a new page, and forgets the customer's that have ended.
pub(super) fn insert_setup(tx: &mut Tx<'_>, row: &SetupRow) -> DbResult<()> {
    let now = Value::Int(tx.now().micros());
    let text = "DELETE FROM setup_sessions WHERE customer_id = $1 AND expires_at <= $2";
    tx.execute(text, &[Value::Int(row.customer.key()), now.clone()])?;
    let text = "INSERT INTO setup_sessions (id, customer_id, token, return_url, expires_at, \
                created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.customer.key()),
        Value::from(row.token.as_str()),
        Value::from(row.return_url.as_deref()),
        Value::Int(row.expires_at.micros()),
        now,
    ];
    tx.execute(text, &values).map(drop)
}

/// Notes that a page was used.
pub(super) fn use_setup(tx: &mut Tx<'_>, id: SetupSessionId) -> DbResult<()> {
    let text = "UPDATE setup_sessions SET used_at = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(tx.now().micros())]).map(drop)
}

pub(super) fn setup(connection: &mut Connection, token: &str) -> DbResult<Option<SetupRow>> {
    let text = "SELECT id, customer_id, token, return_url, used_at, expires_at \
                FROM setup_sessions WHERE token = $1";
    let row = connection.query_one(text, &[Value::from(token)])?;
    row.map(|row| {
        Ok(SetupRow {
            id: SetupSessionId::from_key(row.int(0)?).ok_or_else(broken)?,
            customer: CustomerId::from_key(row.int(1)?).ok_or_else(broken)?,
            token: row.text(2)?.to_owned(),
            return_url: row.maybe_text(3)?.map(str::to_owned),
            used_at: row.maybe_int(4)?.map(Timestamp::from_micros),
            expires_at: Timestamp::from_micros(row.int(5)?),
        })
    })
    .transpose()
}
