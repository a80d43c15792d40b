//! Rows of cards and cardholders.

use wallgent_api::types::cards::{Cardholder, SpendingLimit as WireLimit};
use wallgent_core::card::{CardStatus, CardType, Expiry, SpendingLimit};
use wallgent_core::id::{CardId, CardholderId, OrganizationId, WalletId};
use wallgent_core::{Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};
use crate::rails::issuer::Issued;

/// A card, without its sealed secrets.
#[derive(Clone, Debug)]
pub struct CardRow {
    pub id: CardId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    pub environment: Environment,
    pub wallet: WalletId,
    pub cardholder: Option<CardholderId>,
    pub cardholder_name: String,
    pub kind: CardType,
    pub status: CardStatus,
    pub last4: String,
    pub brand: String,
    pub expiry: Expiry,
    pub limits: Vec<SpendingLimit>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Without a cardholder, and without a name of its own, a card bears its wallet's.
const SELECT: &str = "SELECT c.id, c.scope_id, s.organization_id, s.environment, c.wallet_id, \
    c.cardholder_id, COALESCE(h.name, c.cardholder_name, w.name), c.type, c.status, c.last4, \
    c.brand, c.expiry_year, c.expiry_month, c.spending_limits, c.created_at, c.updated_at \
    FROM cards c JOIN scopes s ON s.id = c.scope_id JOIN wallets w ON w.id = c.wallet_id \
    LEFT JOIN cardholders h ON h.id = c.cardholder_id";

fn broken() -> DbError {
    DbError::Layout("a card's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<CardRow> {
    Ok(CardRow {
        id: CardId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        organization: OrganizationId::from_key(row.int(2)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(3)?).ok_or_else(broken)?,
        wallet: WalletId::from_key(row.int(4)?).ok_or_else(broken)?,
        cardholder: row.maybe_int(5)?.and_then(CardholderId::from_key),
        cardholder_name: row.text(6)?.to_owned(),
        kind: CardType::from_name(row.text(7)?).ok_or_else(broken)?,
        status: CardStatus::from_name(row.text(8)?).ok_or_else(broken)?,
        last4: row.text(9)?.to_owned(),
        brand: row.text(10)?.to_owned(),
        expiry: Expiry { year: row.int(11)?, month: row.int(12)? },
        limits: read_limits(row.text(13)?)?,
        created_at: Timestamp::from_micros(row.int(14)?),
        updated_at: Timestamp::from_micros(row.int(15)?),
    })
}

/// What cannot be read allows nothing: the row is refused, not the limit.
fn read_limits(text: &str) -> DbResult<Vec<SpendingLimit>> {
    let limits: Vec<WireLimit> = serde_json::from_str(text).map_err(|_| broken())?;
    limits.into_iter().map(|limit| limit.rule().ok_or_else(broken)).collect()
}

fn limits_text(limits: &[SpendingLimit]) -> String {
    let wire: Vec<WireLimit> = limits.iter().map(WireLimit::from).collect();
    serde_json::to_string(&wire).expect("limits have text keys")
}

/// A card to be written.
#[derive(Debug)]
pub(super) struct NewCard {
    pub(super) id: CardId,
    pub(super) scope: ScopeId,
    pub(super) wallet: WalletId,
    pub(super) cardholder: Option<CardholderId>,
    pub(super) cardholder_name: Option<String>,
    pub(super) kind: CardType,
    pub(super) limits: Vec<SpendingLimit>,
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    new: &NewCard,
    issued: &Issued,
    sealed_number: Vec<u8>,
    sealed_code: Vec<u8>,
) -> DbResult<()> {
    let text = "INSERT INTO cards (id, scope_id, wallet_id, cardholder_id, cardholder_name, type, \
                status, number, security_code, last4, brand, expiry_month, expiry_year, \
                spending_limits, created_at, updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, 'ACTIVE', $7, $8, $9, $10, $11, $12, $13, $14, $14)";
    let values = [
        Value::Int(new.id.key()),
        Value::Int(new.scope),
        Value::Int(new.wallet.key()),
        Value::from(new.cardholder.map(|id| id.key())),
        Value::from(new.cardholder_name.as_deref()),
        Value::from(new.kind.as_str()),
        Value::Bytes(sealed_number),
        Value::Bytes(sealed_code),
        Value::from(issued.number.last4()),
        Value::from(issued.brand.as_str()),
        Value::Int(issued.expiry.month),
        Value::Int(issued.expiry.year),
        Value::from(limits_text(&new.limits)),
        Value::Int(tx.now().micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Writes what an owner may change.
pub(super) fn update(tx: &mut Tx<'_>, row: &CardRow) -> DbResult<()> {
    let text = "UPDATE cards SET status = $2, spending_limits = $3, updated_at = $4 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.status.as_str()),
        Value::from(limits_text(&row.limits)),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn get(connection: &mut Connection, id: CardId) -> DbResult<Option<CardRow>> {
    let text = format!("{SELECT} WHERE c.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// What is sealed of a card.
pub(super) struct Sealed {
    pub(super) number: Vec<u8>,
    pub(super) security_code: Vec<u8>,
}

pub(super) fn secrets(tx: &mut Tx<'_>, id: CardId) -> DbResult<Sealed> {
    let text = "SELECT number, security_code FROM cards WHERE id = $1";
    let row = tx.query_one(text, &[Value::Int(id.key())])?.ok_or_else(broken)?;
    Ok(Sealed { number: row.bytes(0)?.to_vec(), security_code: row.bytes(1)?.to_vec() })
}

/// How many cards of a wallet are not cancelled, counted up to `limit`.
pub(super) fn count_usable(tx: &mut Tx<'_>, wallet: WalletId, limit: i64) -> DbResult<i64> {
    let text = "SELECT COUNT(*) FROM (SELECT id FROM cards WHERE wallet_id = $1 \
                AND status <> 'CANCELLED' LIMIT $2) AS usable";
    let row = tx.query_one(text, &[Value::Int(wallet.key()), Value::Int(limit)])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The cards of a wallet that are not cancelled.
pub(super) fn usable_of(connection: &mut Connection, wallet: WalletId) -> DbResult<Vec<CardRow>> {
    let text = format!("{SELECT} WHERE c.wallet_id = $1 AND c.status <> 'CANCELLED' ORDER BY c.id");
    let rows = connection.query_composed(&text, &[Value::Int(wallet.key())])?;
    rows.iter().map(read).collect()
}

/// What a list of cards is narrowed to.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) scope: ScopeId,
    /// Only these wallets'.
    pub(super) wallets: Option<Vec<WalletId>>,
    pub(super) status: Option<CardStatus>,
    pub(super) before: i64,
    pub(super) limit: i64,
}

/// Lists cards, newest first.
pub(super) fn list(connection: &mut Connection, filter: &Filter) -> DbResult<Vec<CardRow>> {
    let Some(wallets) = &filter.wallets else {
        let indexes = ("cards_by_scope", "cards_by_status");
        return list_by(connection, filter, "scope_id", indexes, filter.scope);
    };
    let mut rows = Vec::new();
    for wallet in wallets {
        let indexes = ("cards_by_wallet", "cards_of_wallet_by_status");
        rows.extend(list_by(connection, filter, "wallet_id", indexes, wallet.key())?);
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// Cards whose `column` is `key`, by the first index, or with a status by the second.
fn list_by(
    connection: &mut Connection,
    filter: &Filter,
    column: &str,
    (all, by_status): (&str, &str),
    key: i64,
) -> DbResult<Vec<CardRow>> {
    let index = if filter.status.is_some() { by_status } else { all };
    let select = SELECT.replace("cards c", &format!("cards AS c INDEXED BY {index}"));
    let status = filter
        .status
        .map_or(String::new(), |status| format!("AND c.status = '{}'", status.as_str()));
    let text = format!(
        "{select} WHERE c.{column} = $1 AND c.id < $2 {status} ORDER BY c.id DESC LIMIT $3"
    );
    let values = [key, filter.before, filter.limit].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

pub(super) fn insert_cardholder(
    tx: &mut Tx<'_>,
    scope: ScopeId,
    holder: &Cardholder,
) -> DbResult<()> {
    let text = "INSERT INTO cardholders (id, scope_id, name, first_name, last_name, email, phone, \
                billing_address, birth_date, created_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let address = holder.billing_address.as_ref();
    let address = address.map(|it| serde_json::to_string(it).expect("an address has text keys"));
    let values = [
        Value::Int(holder.id.key()),
        Value::Int(scope),
        Value::from(holder.name.as_str()),
        Value::from(holder.first_name.as_deref()),
        Value::from(holder.last_name.as_deref()),
        Value::from(holder.email.as_deref()),
        Value::from(holder.phone.as_deref()),
        Value::from(address),
        Value::from(holder.dob.as_deref()),
        Value::Int(holder.created_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Whose a cardholder is.
pub(super) fn cardholder_scope(tx: &mut Tx<'_>, id: CardholderId) -> DbResult<Option<ScopeId>> {
    let text = "SELECT scope_id FROM cardholders WHERE id = $1";
    tx.query_one(text, &[Value::Int(id.key())])?.map(|row| row.int(0)).transpose()
}
