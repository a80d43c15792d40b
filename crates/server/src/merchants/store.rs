//! Rows of merchants.

use wallgent_core::id::{MerchantId, OrganizationId, WalletId};
use wallgent_core::{Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{Merchant, ScopeId, Tx};

/// A merchant's profile.
#[derive(Clone, Debug)]
pub struct MerchantRow {
    pub id: MerchantId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    pub environment: Environment,
    pub name: String,
    pub domain: String,
    pub verified_at: Option<Timestamp>,
    pub settlement_wallet: WalletId,
    /// The entries of its time have larger numbers.
    pub settles_after: i64,
    pub closed_loop: bool,
    pub suspended_at: Option<Timestamp>,
    /// The number of its newest payment.
    pub received: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl MerchantRow {
    /// What payments see of it.
    pub(super) const fn hot(&self, received: i64) -> Merchant {
        Merchant {
            scope: self.scope,
            wallet: self.settlement_wallet,
            status: self.status(),
            closed_loop: self.closed_loop,
            received,
        }
    }
}

const SELECT: &str = "SELECT m.id, m.scope_id, s.organization_id, m.environment, m.name, \
    m.domain, m.verified_at, m.settlement_wallet_id, m.settles_after, m.closed_loop, \
    m.suspended_at, m.received, m.created_at, m.updated_at \
    FROM merchants m JOIN scopes s ON s.id = m.scope_id";

fn broken() -> DbError {
    DbError::Layout("a merchant's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<MerchantRow> {
    let time = |column| Ok::<_, DbError>(row.maybe_int(column)?.map(Timestamp::from_micros));
    Ok(MerchantRow {
        id: MerchantId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        organization: OrganizationId::from_key(row.int(2)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(3)?).ok_or_else(broken)?,
        name: row.text(4)?.to_owned(),
        domain: row.text(5)?.to_owned(),
        verified_at: time(6)?,
        settlement_wallet: WalletId::from_key(row.int(7)?).ok_or_else(broken)?,
        settles_after: row.int(8)?,
        closed_loop: row.text(9)? == "yes",
        suspended_at: time(10)?,
        received: row.int(11)?,
        created_at: Timestamp::from_micros(row.int(12)?),
        updated_at: Timestamp::from_micros(row.int(13)?),
    })
}

/// Reads one merchant.
pub(super) fn get(connection: &mut Connection, id: MerchantId) -> DbResult<Option<MerchantRow>> {
    let text = format!("{SELECT} WHERE m.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// The merchant of an organization in one environment.
pub fn of_scope(connection: &mut Connection, scope: ScopeId) -> DbResult<Option<MerchantRow>> {
    let text = format!("{SELECT} WHERE m.scope_id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(scope)])?;
    rows.first().map(read).transpose()
}

/// The merchants that have one of these domains, in no order.
pub(super) fn with_domains(
    connection: &mut Connection,
    environment: Environment,
    domains: &[&str],
) -> DbResult<Vec<MerchantRow>> {
    let places: Vec<String> = (2..=domains.len() + 1).map(|place| format!("${place}")).collect();
    let text = format!("{SELECT} WHERE m.environment = $1 AND m.domain IN ({})", places.join(", "));
    let mut values = vec![Value::from(environment.as_str())];
    values.extend(domains.iter().map(|domain| Value::from(*domain)));
    connection.query_composed(&text, &values)?.iter().map(read).collect()
}

/// The merchant that is paid into a wallet.
pub fn of_wallet(connection: &mut Connection, wallet: WalletId) -> DbResult<Option<MerchantId>> {
    let text = "SELECT id FROM merchants WHERE settlement_wallet_id = $1";
    let row = connection.query_one(text, &[Value::Int(wallet.key())])?;
    row.map(|row| MerchantId::from_key(row.int(0)?).ok_or_else(broken)).transpose()
}

/// Reads what payments decide on.
pub fn load_hot(connection: &mut Connection, id: MerchantId) -> DbResult<Option<Merchant>> {
    Ok(get(connection, id)?.map(|row| row.hot(row.received)))
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &MerchantRow) -> DbResult<()> {
    let text = "INSERT INTO merchants (id, scope_id, environment, name, domain, verified_at, \
                settlement_wallet_id, settles_after, closed_loop, suspended_at, received, \
                created_at, updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::from(row.environment.as_str()),
        Value::from(row.name.as_str()),
        Value::from(row.domain.as_str()),
        Value::from(row.verified_at.map(Timestamp::micros)),
        Value::Int(row.settlement_wallet.key()),
        Value::Int(row.settles_after),
        Value::from(yes_or_no(row.closed_loop)),
        Value::from(row.suspended_at.map(Timestamp::micros)),
        Value::Int(row.created_at.micros()),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Changes all but what it received, which is counted elsewhere.
pub(super) fn update(tx: &mut Tx<'_>, row: &MerchantRow) -> DbResult<()> {
    let text = "UPDATE merchants SET name = $2, domain = $3, verified_at = $4, \
                settlement_wallet_id = $5, settles_after = $6, closed_loop = $7, \
                suspended_at = $8, updated_at = $9 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.name.as_str()),
        Value::from(row.domain.as_str()),
        Value::from(row.verified_at.map(Timestamp::micros)),
        Value::Int(row.settlement_wallet.key()),
        Value::Int(row.settles_after),
        Value::from(yes_or_no(row.closed_loop)),
        Value::from(row.suspended_at.map(Timestamp::micros)),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

const fn yes_or_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

/// Writes how many payments the merchants of a batch received.
pub fn flush_state(
    connection: &mut Connection,
    merchants: Vec<(MerchantId, Merchant)>,
) -> DbResult<()> {
    for (id, merchant) in merchants {
        let text = "UPDATE merchants SET received = $1 WHERE id = $2";
        connection.execute_later(text, &[Value::Int(merchant.received), Value::Int(id.key())])?;
    }
    Ok(())
}
