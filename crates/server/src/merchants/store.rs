//! Rows of merchants, and of what they received.

use rustc_hash::FxHashMap;
use wallgent_core::id::{MerchantId, OrganizationId, WalletId};
use wallgent_core::time::Day;
use wallgent_core::{Environment, Timestamp};

use crate::db::{Column, Connection, DbError, DbResult, Insert, Row, Value};
use crate::engine::{Merchant, ReceivedRow, ScopeId, Tx};

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
pub(super) fn of_scope(
    connection: &mut Connection,
    scope: ScopeId,
) -> DbResult<Option<MerchantRow>> {
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
    let text =
        format!("{SELECT} WHERE m.environment = $1 AND m.domain IN ({})", places.join(", "));
    let mut values = vec![Value::from(environment.as_str())];
    values.extend(domains.iter().map(|domain| Value::from(*domain)));
    connection.query_composed(&text, &values)?.iter().map(read).collect()
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

const PAYMENTS: Insert = Insert {
    table: "merchant_payments",
    columns: &[Column::Int("merchant_id"), Column::Int("number"), Column::Int("transaction_id")],
    on_conflict: "",
};

const DAYS: Insert = Insert {
    table: "merchant_days",
    columns: &[
        Column::Int("merchant_id"),
        Column::Int("day"),
        Column::Int("first_number"),
        Column::Int("payments"),
        Column::Int("volume"),
        Column::Int("volume_rest"),
    ],
    // The first of the day was written first.
    on_conflict: "ON CONFLICT (merchant_id, day) DO UPDATE SET \
                  payments = merchant_days.payments + excluded.payments, \
                  volume = merchant_days.volume + excluded.volume, \
                  volume_rest = merchant_days.volume_rest + excluded.volume_rest",
};

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

/// What a batch adds to one day of a merchant's.
struct DayTotals {
    first_number: i64,
    payments: i64,
    volume: i64,
    volume_rest: i64,
}

/// Writes the payments that merchants received, and adds them to their days.
pub fn flush_received(
    connection: &mut Connection,
    received: impl Iterator<Item = ReceivedRow>,
) -> DbResult<()> {
    let mut rows = Vec::new();
    let mut days: FxHashMap<(MerchantId, Day), DayTotals> = FxHashMap::default();
    for row in received {
        rows.extend([row.merchant.key(), row.number, row.transaction.key()].map(Value::Int));
        let (volume, rest) = row.amount.split();
        let day = days.entry((row.merchant, row.day)).or_insert(DayTotals {
            first_number: row.number,
            payments: 0,
            volume: 0,
            volume_rest: 0,
        });
        day.payments += 1;
        day.volume = day.volume.saturating_add(volume);
        day.volume_rest = day.volume_rest.saturating_add(rest);
    }
    let mut days: Vec<((MerchantId, Day), DayTotals)> = days.into_iter().collect();
    days.sort_unstable_by_key(|(key, _)| *key);
    let mut sums = Vec::with_capacity(days.len() * DAYS.columns.len());
    for ((merchant, day), totals) in days {
        sums.extend([merchant.key(), day.number(), totals.first_number].map(Value::Int));
        sums.extend([totals.payments, totals.volume, totals.volume_rest].map(Value::Int));
    }
    connection.insert(&PAYMENTS, rows)?;
    connection.insert(&DAYS, sums)
}
