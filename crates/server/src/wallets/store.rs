//! Rows of wallets.

use serde_json::{Map, Value as Json};
use wallgent_api::types::wallets::CreateWallet;
use wallgent_core::account::Balance;
use wallgent_core::id::{MerchantId, OrganizationId, WalletId};
use wallgent_core::wallet::{WalletStatus, WalletType};
use wallgent_core::{Amount, Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx, Wallet};
use crate::policies;

/// A wallet with its money.
#[derive(Clone, Debug)]
pub struct WalletRow {
    pub id: WalletId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    pub environment: Environment,
    pub kind: WalletType,
    pub status: WalletStatus,
    pub name: String,
    pub agent_name: Option<String>,
    pub metadata: Option<Map<String, Json>>,
    pub discoverable: bool,
    pub sandbox_funded: Amount,
    pub balance: Balance,
    /// Deposits on their way in.
    pub pending: Amount,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

const SELECT: &str = "SELECT w.id, s.organization_id, s.environment, w.type, w.status, w.name, \
    w.agent_name, w.metadata, w.discoverable, w.sandbox_funded, \
    CAST(COALESCE(a.posted, 0) AS BIGINT), CAST(COALESCE(a.held, 0) AS BIGINT), \
    w.created_at, w.updated_at, w.scope_id, w.pending \
    FROM wallets w JOIN scopes s ON s.id = w.scope_id LEFT JOIN accounts a ON a.id = w.id";

fn broken() -> DbError {
    DbError::Layout("a wallet's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<WalletRow> {
    let metadata = row.maybe_text(7)?.map(serde_json::from_str).transpose();
    Ok(WalletRow {
        id: WalletId::from_key(row.int(0)?).ok_or_else(broken)?,
        organization: OrganizationId::from_key(row.int(1)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(2)?).ok_or_else(broken)?,
        kind: WalletType::from_name(row.text(3)?).ok_or_else(broken)?,
        status: WalletStatus::from_name(row.text(4)?).ok_or_else(broken)?,
        name: row.text(5)?.to_owned(),
        agent_name: row.maybe_text(6)?.map(str::to_owned),
        metadata: metadata.map_err(|_| broken())?,
        discoverable: row.text(8)? == "yes",
        sandbox_funded: Amount::from_units(row.int(9)?),
        balance: Balance {
            posted: Amount::from_units(row.int(10)?),
            held: Amount::from_units(row.int(11)?),
        },
        created_at: Timestamp::from_micros(row.int(12)?),
        updated_at: Timestamp::from_micros(row.int(13)?),
        scope: row.int(14)?,
        pending: Amount::from_units(row.int(15)?),
    })
}

/// Reads one wallet.
pub fn get(connection: &mut Connection, id: WalletId) -> DbResult<Option<WalletRow>> {
    let text = format!("{SELECT} WHERE w.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// What a list of wallets is narrowed to.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) scope: ScopeId,
    pub(super) wallets: Option<Vec<WalletId>>,
    pub(super) status: Option<WalletStatus>,
    pub(super) kind: Option<WalletType>,
    pub(super) before: i64,
    pub(super) limit: i64,
}

/// Lists wallets, newest first.
pub(super) fn list(connection: &mut Connection, filter: &Filter) -> DbResult<Vec<WalletRow>> {
    if let Some(wallets) = &filter.wallets {
        return list_named(connection, filter, wallets);
    }
    let select = SELECT.replace("wallets w", "wallets AS w INDEXED BY wallets_by_scope");
    let mut text = format!("{select} WHERE w.scope_id = $1 AND w.id < $2");
    let mut values = vec![Value::Int(filter.scope), Value::Int(filter.before)];
    if let Some(status) = filter.status {
        values.push(Value::from(status.as_str()));
        text.push_str(&format!(" AND w.status = ${}", values.len()));
    }
    if let Some(kind) = filter.kind {
        values.push(Value::from(kind.as_str()));
        text.push_str(&format!(" AND w.type = ${}", values.len()));
    }
    values.push(Value::Int(filter.limit));
    text.push_str(&format!(" ORDER BY w.id DESC LIMIT ${}", values.len()));
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

fn list_named(
    connection: &mut Connection,
    filter: &Filter,
    wallets: &[WalletId],
) -> DbResult<Vec<WalletRow>> {
    let mut wallets = wallets.to_vec();
    wallets.sort_unstable_by(|a, b| b.cmp(a));
    let mut found = Vec::new();
    for id in wallets.into_iter().filter(|id| id.key() < filter.before) {
        let Some(row) = get(connection, id)? else {
            continue;
        };
        let wanted = filter.status.is_none_or(|status| status == row.status)
            && filter.kind.is_none_or(|kind| kind == row.kind);
        if wanted {
            found.push(row);
        }
        if found.len() as i64 >= filter.limit {
            break;
        }
    }
    Ok(found)
}

/// Counts the wallets that a plan counts, up to `limit`.
pub(super) fn count_limited(
    connection: &mut Connection,
    organization: OrganizationId,
    limit: i64,
) -> DbResult<i64> {
    let text = "SELECT COUNT(*) FROM (SELECT w.id FROM scopes s JOIN wallets w ON w.scope_id = s.id \
                WHERE s.organization_id = $1 AND w.type <> 'ORG' AND w.status <> 'CLOSED' \
                LIMIT $2) AS counted";
    let values = [Value::Int(organization.key()), Value::Int(limit)];
    connection.query_one(text, &values)?.map_or(Ok(0), |row| row.int(0))
}

/// Reads what commands decide on.
pub fn load_hot(connection: &mut Connection, id: WalletId) -> DbResult<Option<Wallet>> {
    let text = "SELECT w.scope_id, w.type, w.status, m.id FROM wallets w \
                LEFT JOIN merchants m ON m.settlement_wallet_id = w.id WHERE w.id = $1";
    let Some(row) = connection.query_one(text, &[Value::Int(id.key())])? else {
        return Ok(None);
    };
    Ok(Some(Wallet {
        scope: row.int(0)?,
        kind: WalletType::from_name(row.text(1)?).ok_or_else(broken)?,
        status: WalletStatus::from_name(row.text(2)?).ok_or_else(broken)?,
        policies: policies::load_hot(connection, id)?.into(),
        merchant: row.maybe_int(3)?.and_then(MerchantId::from_key),
    }))
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: WalletId,
    scope: ScopeId,
    kind: WalletType,
    request: &CreateWallet,
    discoverable: bool,
) -> DbResult<()> {
    let text = "INSERT INTO wallets (id, scope_id, type, status, name, agent_name, metadata, \
                discoverable, sandbox_funded, created_at, updated_at) \
                VALUES ($1, $2, $3, 'ACTIVE', $4, $5, $6, $7, 0, $8, $8)";
    let values = [
        Value::Int(id.key()),
        Value::Int(scope),
        Value::from(kind.as_str()),
        Value::from(request.name.as_str()),
        Value::from(request.agent_name.as_deref()),
        Value::from(metadata_text(request.metadata.as_ref())),
        Value::from(yes_or_no(discoverable)),
        Value::Int(tx.now().micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn update(tx: &mut Tx<'_>, row: &WalletRow) -> DbResult<()> {
    let text = "UPDATE wallets SET name = $2, agent_name = $3, metadata = $4, discoverable = $5, \
                updated_at = $6 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.name.as_str()),
        Value::from(row.agent_name.as_deref()),
        Value::from(metadata_text(row.metadata.as_ref())),
        Value::from(yes_or_no(row.discoverable)),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn set_status(tx: &mut Tx<'_>, id: WalletId, status: WalletStatus) -> DbResult<()> {
    let text = "UPDATE wallets SET status = $2, updated_at = $3 WHERE id = $1";
    let values =
        [Value::Int(id.key()), Value::from(status.as_str()), Value::Int(tx.now().micros())];
    tx.execute(text, &values).map(drop)
}

pub(super) fn set_funded(tx: &mut Tx<'_>, id: WalletId, total: Amount) -> DbResult<()> {
    let text = "UPDATE wallets SET sandbox_funded = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(total.units())]).map(drop)
}

pub(super) fn add_pending(tx: &mut Tx<'_>, id: WalletId, change: Amount) -> DbResult<()> {
    let text = "UPDATE wallets SET pending = pending + $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(change.units())]).map(drop)
}

fn metadata_text(metadata: Option<&Map<String, Json>>) -> Option<String> {
    metadata.map(|map| serde_json::to_string(map).expect("metadata has text keys"))
}

const fn yes_or_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}
