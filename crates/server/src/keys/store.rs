//! Rows of API keys.

use wallgent_core::id::{KeyId, OrganizationId, WalletId};
use wallgent_core::plan::Plan;
use wallgent_core::{Environment, Permission, Permissions, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{Key, ScopeId, Tx};

/// A key without its secret.
#[derive(Clone, Debug)]
pub struct KeyRow {
    pub id: KeyId,
    pub organization: OrganizationId,
    pub environment: Environment,
    pub name: String,
    pub prefix: String,
    pub permissions: Permissions,
    pub wallets: Option<Vec<WalletId>>,
    pub allowed_ips: Option<Vec<String>>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl KeyRow {
    /// Whether it can do everything everywhere.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.permissions.allows(Permission::Everything) && self.wallets.is_none()
    }

    /// `ACTIVE`, `REVOKED` or `EXPIRED`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> &'static str {
        if self.revoked_at.is_some() {
            "REVOKED"
        } else if self.expires_at.is_some_and(|expires_at| expires_at <= now) {
            "EXPIRED"
        } else {
            "ACTIVE"
        }
    }
}

const COLUMNS: &str = "k.id, k.organization_id, k.environment, k.name, k.prefix, k.permissions, \
    k.wallet_scope, k.allowed_ips, k.expires_at, k.revoked_at, k.last_used_at, k.created_at";

fn broken() -> DbError {
    DbError::Layout("a key's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<KeyRow> {
    let time = |column| Ok::<_, DbError>(row.maybe_int(column)?.map(Timestamp::from_micros));
    let list = |column| {
        let text = row.maybe_text(column)?;
        text.map(serde_json::from_str::<Vec<String>>).transpose().map_err(|_| broken())
    };
    let wallets = list(6)?.map(|texts| {
        texts.iter().map(|text| text.parse::<WalletId>()).collect::<Result<Vec<_>, _>>()
    });
    Ok(KeyRow {
        id: KeyId::from_key(row.int(0)?).ok_or_else(broken)?,
        organization: OrganizationId::from_key(row.int(1)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(2)?).ok_or_else(broken)?,
        name: row.text(3)?.to_owned(),
        prefix: row.text(4)?.to_owned(),
        permissions: Permissions::from_bits(row.int(5)?),
        wallets: wallets.transpose().map_err(|_| broken())?,
        allowed_ips: list(7)?,
        expires_at: time(8)?,
        revoked_at: time(9)?,
        last_used_at: time(10)?,
        created_at: Timestamp::from_micros(row.int(11)?),
    })
}

fn list_text(texts: Option<Vec<String>>) -> Option<String> {
    texts.map(|texts| serde_json::to_string(&texts).expect("texts are JSON"))
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &KeyRow, hash: &[u8; 32]) -> DbResult<()> {
    let text = "INSERT INTO api_keys (id, organization_id, environment, name, prefix, secret_hash, \
                permissions, wallet_scope, allowed_ips, expires_at, created_at, only_wallet_id) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let wallets = row.wallets.as_ref().map(|ids| ids.iter().map(ToString::to_string).collect());
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.organization.key()),
        Value::from(row.environment.as_str()),
        Value::from(row.name.as_str()),
        Value::from(row.prefix.as_str()),
        Value::Bytes(hash.to_vec()),
        Value::Int(row.permissions.bits()),
        Value::from(list_text(wallets)),
        Value::from(list_text(row.allowed_ips.clone())),
        Value::from(row.expires_at.map(Timestamp::micros)),
        Value::Int(row.created_at.micros()),
        Value::from(match row.wallets.as_deref() {
            Some([only]) => Some(only.key()),
            _ => None,
        }),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn update(tx: &mut Tx<'_>, row: &KeyRow) -> DbResult<()> {
    let text = "UPDATE api_keys SET name = $2, permissions = $3, allowed_ips = $4, \
                expires_at = $5, revoked_at = $6 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.name.as_str()),
        Value::Int(row.permissions.bits()),
        Value::from(list_text(row.allowed_ips.clone())),
        Value::from(row.expires_at.map(Timestamp::micros)),
        Value::from(row.revoked_at.map(Timestamp::micros)),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn get(connection: &mut Connection, id: KeyId) -> DbResult<Option<KeyRow>> {
    let text = format!("SELECT {COLUMNS} FROM api_keys k WHERE k.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// A key by its secret's digest, with what a request needs to know of its
/// organization.
pub(super) fn by_hash(
    connection: &mut Connection,
    hash: &[u8; 32],
) -> DbResult<Option<(KeyRow, ScopeId, Plan)>> {
    let text = format!(
        "SELECT {COLUMNS}, s.id, o.plan FROM api_keys k \
         JOIN organizations o ON o.id = k.organization_id \
         JOIN scopes s ON s.organization_id = k.organization_id AND s.environment = k.environment \
         WHERE k.secret_hash = $1"
    );
    let rows = connection.query_composed(&text, &[Value::Bytes(hash.to_vec())])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let plan = Plan::from_name(row.text(13)?).ok_or_else(broken)?;
    Ok(Some((read(row)?, row.int(12)?, plan)))
}

/// The organization's keys, in one environment, newest first.
pub(super) fn list(
    connection: &mut Connection,
    organization: OrganizationId,
    environment: Environment,
    before: i64,
    limit: i64,
) -> DbResult<Vec<KeyRow>> {
    let text = format!(
        "SELECT {COLUMNS} FROM api_keys AS k INDEXED BY api_keys_by_organization \
         WHERE k.organization_id = $1 AND k.id < $2 AND k.environment = $4 \
         ORDER BY k.id DESC LIMIT $3"
    );
    let values = [
        Value::Int(organization.key()),
        Value::Int(before),
        Value::Int(limit),
        Value::from(environment.as_str()),
    ];
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

/// The keys that see one wallet alone.
pub(super) fn of_wallet(connection: &mut Connection, wallet: WalletId) -> DbResult<Vec<KeyRow>> {
    let text =
        format!("SELECT {COLUMNS} FROM api_keys k WHERE k.only_wallet_id = $1 ORDER BY k.id");
    let rows = connection.query_composed(&text, &[Value::Int(wallet.key())])?;
    rows.iter().map(read).collect()
}

/// Notes when keys were last used.
pub(super) fn set_last_used(tx: &mut Tx<'_>, uses: &[(KeyId, Timestamp)]) -> DbResult<()> {
    let text = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 \
                AND (last_used_at IS NULL OR last_used_at < $2)";
    for (id, at) in uses {
        tx.execute(text, &[Value::Int(id.key()), Value::Int(at.micros())])?;
    }
    Ok(())
}

/// How many other keys of the same environment can do everything, and never
/// end: one that ends does not keep anybody from being locked out.
pub(super) fn other_admins(connection: &mut Connection, row: &KeyRow) -> DbResult<i64> {
    let everything: Permissions = [Permission::Everything].into_iter().collect();
    let text = "SELECT COUNT(*) FROM api_keys WHERE organization_id = $1 AND environment = $2 \
                AND id <> $3 AND (permissions & $4) <> 0 AND wallet_scope IS NULL \
                AND revoked_at IS NULL AND expires_at IS NULL";
    let values = [
        Value::Int(row.organization.key()),
        Value::from(row.environment.as_str()),
        Value::Int(row.id.key()),
        Value::Int(everything.bits()),
    ];
    connection.query_one(text, &values)?.map_or(Ok(0), |row| row.int(0))
}

/// Reads what commands check.
pub fn load_hot(connection: &mut Connection, id: KeyId) -> DbResult<Option<Key>> {
    Ok(get(connection, id)?.map(|row| Key {
        organization: row.organization,
        environment: row.environment,
        permissions: row.permissions,
        revoked_at: row.revoked_at,
        expires_at: row.expires_at,
    }))
}
