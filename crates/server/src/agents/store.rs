//! Rows of agents: their wallets, with their keys and their money.

use wallgent_core::account::Balance;
use wallgent_core::id::{KeyId, WalletId};
use wallgent_core::time::Day;
use wallgent_core::wallet::WalletStatus;
use wallgent_core::{Amount, Environment, Permissions, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

/// An agent with its money.
#[derive(Clone, Debug)]
pub(super) struct AgentRow {
    pub(super) id: WalletId,
    pub(super) environment: Environment,
    pub(super) status: WalletStatus,
    pub(super) name: String,
    pub(super) agent_name: Option<String>,
    /// Its current key, if that works.
    pub(super) key: Option<KeyId>,
    /// The last key it was given.
    pub(super) last_key: KeyId,
    pub(super) permissions: Permissions,
    pub(super) balance: Balance,
    pub(super) spent_today: Amount,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// The second value is the day whose spending is read.
const SELECT: &str = "SELECT w.id, s.environment, w.status, w.name, w.agent_name, \
    k.id, k.permissions, CAST(COALESCE(a.posted, 0) AS BIGINT), \
    CAST(COALESCE(a.held, 0) AS BIGINT), CAST(COALESCE(d.spent, 0) AS BIGINT), \
    w.created_at, w.updated_at, w.agent_key_id FROM wallets w JOIN scopes s ON s.id = w.scope_id \
    LEFT JOIN accounts a ON a.id = w.id LEFT JOIN api_keys k ON k.id = w.agent_key_id AND k.revoked_at IS NULL \
    LEFT JOIN wallet_days d ON d.day = $2 AND d.wallet_id = w.id";

/// What makes a wallet an agent.
const IS_AGENT: &str = "w.type = 'AGENT' AND w.status <> 'CLOSED'";

fn read(row: &Row) -> DbResult<AgentRow> {
    let broken = || DbError::Layout("an agent's row cannot be read".to_owned());
    Ok(AgentRow {
        id: WalletId::from_key(row.int(0)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(1)?).ok_or_else(broken)?,
        status: WalletStatus::from_name(row.text(2)?).ok_or_else(broken)?,
        name: row.text(3)?.to_owned(),
        agent_name: row.maybe_text(4)?.map(str::to_owned),
        key: row.maybe_int(5)?.and_then(KeyId::from_key),
        permissions: Permissions::from_bits(row.maybe_int(6)?.unwrap_or_default()),
        balance: Balance {
            posted: Amount::from_units(row.int(7)?),
            held: Amount::from_units(row.int(8)?),
        },
        spent_today: Amount::from_units(row.int(9)?),
        created_at: Timestamp::from_micros(row.int(10)?),
        updated_at: Timestamp::from_micros(row.int(11)?),
        last_key: KeyId::from_key(row.maybe_int(12)?.unwrap_or_default()).ok_or_else(broken)?,
    })
}

pub(super) fn get(
    connection: &mut Connection,
    id: WalletId,
    today: Day,
) -> DbResult<Option<AgentRow>> {
    let text = format!("{SELECT} WHERE w.id = $1 AND {IS_AGENT}");
    let values = [id.key(), today.number()].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.first().map(read).transpose()
}

/// What a list of agents is narrowed to.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) scope: ScopeId,
    /// Only these.
    pub(super) wallets: Option<Vec<WalletId>>,
    pub(super) status: Option<WalletStatus>,
    pub(super) today: Day,
    pub(super) before: i64,
    pub(super) limit: i64,
}

/// Lists agents, newest first.
pub(super) fn list(connection: &mut Connection, filter: &Filter) -> DbResult<Vec<AgentRow>> {
    if let Some(wallets) = &filter.wallets {
        return list_named(connection, filter, wallets);
    }
    let select = SELECT.replace("wallets w", "wallets AS w INDEXED BY wallets_agents");
    let status = if filter.status.is_some() { "AND w.status = $5" } else { "" };
    let text = format!(
        "{select} WHERE w.scope_id = $1 AND w.id < $3 AND {IS_AGENT} {status} \
         ORDER BY w.id DESC LIMIT $4"
    );
    let mut values =
        [filter.scope, filter.today.number(), filter.before, filter.limit].map(Value::Int).to_vec();
    values.extend(filter.status.map(|status| Value::from(status.as_str())));
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

fn list_named(
    connection: &mut Connection,
    filter: &Filter,
    wallets: &[WalletId],
) -> DbResult<Vec<AgentRow>> {
    let mut wallets = wallets.to_vec();
    wallets.sort_unstable_by(|a, b| b.cmp(a));
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for id in wallets.into_iter().filter(|id| id.key() < filter.before) {
        let row = get(connection, id, filter.today)?;
        found.extend(row.filter(|row| filter.status.is_none_or(|status| status == row.status)));
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// Gives an agent's wallet its key.
pub(super) fn set_key(tx: &mut Tx<'_>, id: WalletId, key: KeyId) -> DbResult<()> {
    let text = "UPDATE wallets SET agent_key_id = $2, updated_at = $3 WHERE id = $1";
    let values = [Value::Int(id.key()), Value::Int(key.key()), Value::Int(tx.now().micros())];
    tx.execute(text, &values).map(drop)
}
