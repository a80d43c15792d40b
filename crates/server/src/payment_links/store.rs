//! Rows of payment links.

use serde_json::{Map, Value as Json};
use wallgent_core::id::{OrganizationId, PaymentLinkId, TransactionId, WalletId};
use wallgent_core::payment_link::{LinkStatus, Payers};
use wallgent_core::{Amount, Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

/// A payment link.
#[derive(Clone, Debug)]
pub struct LinkRow {
    pub id: PaymentLinkId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    /// What its payers know it by.
    pub organization_name: String,
    pub environment: Environment,
    pub wallet: WalletId,
    pub slug: String,
    pub amount: Amount,
    pub currency: String,
    pub description: Option<String>,
    pub status: LinkStatus,
    pub uses: i64,
    pub uses_max: i64,
    pub payers: Payers,
    pub metadata: Option<Map<String, Json>>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

const SELECT: &str = "SELECT l.id, l.scope_id, s.organization_id, o.name, s.environment, \
    l.wallet_id, l.slug, l.amount, l.currency, l.description, l.status, l.uses, l.uses_max, \
    l.payer_wallets, l.payer_emails, l.metadata, l.expires_at, l.created_at, l.updated_at \
    FROM payment_links l JOIN scopes s ON s.id = l.scope_id \
    JOIN organizations o ON o.id = s.organization_id";

fn broken() -> DbError {
    DbError::Layout("a payment link's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<LinkRow> {
    Ok(LinkRow {
        id: PaymentLinkId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        organization: OrganizationId::from_key(row.int(2)?).ok_or_else(broken)?,
        organization_name: row.text(3)?.to_owned(),
        environment: Environment::from_name(row.text(4)?).ok_or_else(broken)?,
        wallet: WalletId::from_key(row.int(5)?).ok_or_else(broken)?,
        slug: row.text(6)?.to_owned(),
        amount: Amount::from_units(row.int(7)?),
        currency: row.text(8)?.to_owned(),
        description: row.maybe_text(9)?.map(str::to_owned),
        status: LinkStatus::from_name(row.text(10)?).ok_or_else(broken)?,
        uses: row.int(11)?,
        uses_max: row.int(12)?,
        payers: Payers {
            wallets: document(row, 13)?.unwrap_or_default(),
            emails: document(row, 14)?.unwrap_or_default(),
        },
        metadata: document(row, 15)?,
        expires_at: row.maybe_int(16)?.map(Timestamp::from_micros),
        created_at: Timestamp::from_micros(row.int(17)?),
        updated_at: Timestamp::from_micros(row.int(18)?),
    })
}

/// What cannot be read lets nobody in: the row is refused, not the restriction.
fn document<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> DbResult<Option<T>> {
    let text = row.maybe_text(column)?;
    text.map(serde_json::from_str).transpose().map_err(|_| broken())
}

fn names_text(names: &[String]) -> Option<String> {
    let text = || serde_json::to_string(names).expect("a list of texts");
    (!names.is_empty()).then(text)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &LinkRow) -> DbResult<()> {
    let text = "INSERT INTO payment_links (id, scope_id, wallet_id, slug, amount, currency, \
                description, status, uses, uses_max, payer_wallets, payer_emails, metadata, \
                expires_at, created_at, updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)";
    let metadata = row.metadata.as_ref();
    let metadata = metadata.map(|map| serde_json::to_string(map).expect("text keys"));
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::Int(row.wallet.key()),
        Value::from(row.slug.as_str()),
        Value::Int(row.amount.units()),
        Value::from(row.currency.as_str()),
        Value::from(row.description.as_deref()),
        Value::from(row.status.as_str()),
        Value::Int(row.uses),
        Value::Int(row.uses_max),
        Value::from(names_text(&row.payers.wallets)),
        Value::from(names_text(&row.payers.emails)),
        Value::from(metadata),
        Value::from(row.expires_at.map(Timestamp::micros)),
        Value::Int(row.created_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Writes what changes of a link.
pub(super) fn update(tx: &mut Tx<'_>, row: &LinkRow) -> DbResult<()> {
    let text = "UPDATE payment_links SET status = $2, uses = $3, updated_at = $4 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.status.as_str()),
        Value::Int(row.uses),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Notes which e-mail address the payer of a payment declared.
pub(super) fn insert_payer(
    tx: &mut Tx<'_>,
    payment: TransactionId,
    link: PaymentLinkId,
    email: &str,
) -> DbResult<()> {
    let text = "INSERT INTO payment_link_payers (id, payment_link_id, email) VALUES ($1, $2, $3)";
    let values = [Value::Int(payment.key()), Value::Int(link.key()), Value::from(email)];
    tx.execute(text, &values).map(drop)
}

pub(super) fn get(connection: &mut Connection, id: PaymentLinkId) -> DbResult<Option<LinkRow>> {
    let text = format!("{SELECT} WHERE l.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

pub(super) fn by_slug(connection: &mut Connection, slug: &str) -> DbResult<Option<LinkRow>> {
    let text = format!("{SELECT} WHERE l.slug = $1");
    let rows = connection.query_composed(&text, &[Value::from(slug)])?;
    rows.first().map(read).transpose()
}

/// How many links of a wallet are active, counted up to `limit`.
pub(super) fn count_active(tx: &mut Tx<'_>, wallet: WalletId, limit: i64) -> DbResult<i64> {
    let text = "SELECT COUNT(*) FROM (SELECT id FROM payment_links WHERE wallet_id = $1 \
                AND status = 'ACTIVE' LIMIT $2) AS active";
    let row = tx.query_one(text, &[Value::Int(wallet.key()), Value::Int(limit)])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The active links of a wallet.
pub(super) fn active_of(connection: &mut Connection, wallet: WalletId) -> DbResult<Vec<LinkRow>> {
    let text = format!("{SELECT} WHERE l.wallet_id = $1 AND l.status = 'ACTIVE' ORDER BY l.id");
    let rows = connection.query_composed(&text, &[Value::Int(wallet.key())])?;
    rows.iter().map(read).collect()
}

/// Active links whose time is over, oldest first.
pub(super) fn due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<LinkRow>> {
    let text = format!(
        "{SELECT} WHERE l.status = 'ACTIVE' AND l.expires_at IS NOT NULL AND l.expires_at <= $1 \
         ORDER BY l.expires_at, l.id LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(read).collect()
}

/// What a list of links is narrowed to.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) scope: ScopeId,
    /// Only these wallets'.
    pub(super) wallets: Option<Vec<WalletId>>,
    pub(super) status: Option<LinkStatus>,
    pub(super) before: i64,
    pub(super) limit: i64,
}

/// Lists links, newest first.
pub(super) fn list(connection: &mut Connection, filter: &Filter) -> DbResult<Vec<LinkRow>> {
    let Some(wallets) = &filter.wallets else {
        let indexes = ("payment_links_by_scope", "payment_links_by_status");
        return list_by(connection, filter, "scope_id", indexes, filter.scope);
    };
    let mut rows = Vec::new();
    for wallet in wallets {
        let indexes = ("payment_links_by_wallet", "payment_links_of_wallet_by_status");
        rows.extend(list_by(connection, filter, "wallet_id", indexes, wallet.key())?);
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// Links whose `column` is `key`, by the first index, or with a status by the second.
fn list_by(
    connection: &mut Connection,
    filter: &Filter,
    column: &str,
    (all, by_status): (&str, &str),
    key: i64,
) -> DbResult<Vec<LinkRow>> {
    let index = if filter.status.is_some() { by_status } else { all };
    let select =
        SELECT.replace("payment_links l", &format!("payment_links AS l INDEXED BY {index}"));
    let status = filter
        .status
        .map_or(String::new(), |status| format!("AND l.status = '{}'", status.as_str()));
    let text = format!(
        "{select} WHERE l.{column} = $1 AND l.id < $2 {status} ORDER BY l.id DESC LIMIT $3"
    );
    let values = [key, filter.before, filter.limit].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}
