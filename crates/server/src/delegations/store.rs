//! Rows of delegations.

use wallgent_core::id::{DelegationId, KeyId, OrganizationId, WalletId};
use wallgent_core::{Environment, Permissions, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

/// A delegation.
#[derive(Clone, Debug)]
pub(super) struct DelegationRow {
    pub(super) id: DelegationId,
    pub(super) scope: ScopeId,
    pub(super) grantor: OrganizationId,
    pub(super) environment: Environment,
    pub(super) grantee_scope: ScopeId,
    pub(super) grantee: OrganizationId,
    pub(super) grantee_key: Option<KeyId>,
    pub(super) permissions: Permissions,
    /// At least one.
    pub(super) wallets: Vec<WalletId>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) revoked_at: Option<Timestamp>,
    /// When it was revoked, or its expiry was noted.
    pub(super) ended_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
}

/// On which side of a delegation the caller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Grantor,
    Grantee,
}

impl Role {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "GRANTOR" => Some(Self::Grantor),
            "GRANTEE" => Some(Self::Grantee),
            _ => None,
        }
    }
}

const SELECT: &str = "SELECT d.id, d.scope_id, o.organization_id, o.environment, \
    d.grantee_scope_id, e.organization_id, d.grantee_key_id, d.permissions, d.wallets, \
    d.expires_at, d.revoked_at, d.ended_at, d.created_at FROM delegations d \
    JOIN scopes o ON o.id = d.scope_id JOIN scopes e ON e.id = d.grantee_scope_id";

fn broken() -> DbError {
    DbError::Layout("a delegation's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<DelegationRow> {
    let time = |column| Ok::<_, DbError>(row.maybe_int(column)?.map(Timestamp::from_micros));
    let organization =
        |column| row.int(column).and_then(|key| OrganizationId::from_key(key).ok_or_else(broken));
    let wallets: Vec<WalletId> = serde_json::from_str(row.text(8)?).map_err(|_| broken())?;
    if wallets.is_empty() {
        return Err(broken());
    }
    Ok(DelegationRow {
        id: DelegationId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        grantor: organization(2)?,
        environment: Environment::from_name(row.text(3)?).ok_or_else(broken)?,
        grantee_scope: row.int(4)?,
        grantee: organization(5)?,
        grantee_key: row.maybe_int(6)?.and_then(KeyId::from_key),
        permissions: Permissions::from_bits(row.int(7)?),
        wallets,
        expires_at: time(9)?,
        revoked_at: time(10)?,
        ended_at: time(11)?,
        created_at: Timestamp::from_micros(row.int(12)?),
    })
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &DelegationRow) -> DbResult<()> {
    let text = "INSERT INTO delegations (id, scope_id, grantee_scope_id, grantee_key_id, \
                permissions, wallets, expires_at, created_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::Int(row.grantee_scope),
        Value::from(row.grantee_key.map(|key| key.key())),
        Value::Int(row.permissions.bits()),
        Value::from(serde_json::to_string(&row.wallets).expect("identifiers are texts")),
        Value::from(row.expires_at.map(Timestamp::micros)),
        Value::Int(row.created_at.micros()),
    ];
    tx.execute(text, &values)?;
    for wallet in &row.wallets {
        let text = "INSERT INTO delegated_wallets (wallet_id, delegation_id) VALUES ($1, $2)";
        tx.execute(text, &[Value::Int(wallet.key()), Value::Int(row.id.key())])?;
    }
    Ok(())
}

/// Notes that a delegation ended.
pub(super) fn end(tx: &mut Tx<'_>, row: &DelegationRow) -> DbResult<()> {
    let text = "UPDATE delegations SET revoked_at = $2, ended_at = $3 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.revoked_at.map(Timestamp::micros)),
        Value::from(row.ended_at.map(Timestamp::micros)),
    ];
    tx.execute(text, &values)?;
    for wallet in &row.wallets {
        let text = "UPDATE delegated_wallets SET ended_at = $3 \
                    WHERE wallet_id = $1 AND delegation_id = $2";
        let ended_at = Value::from(row.ended_at.map(Timestamp::micros));
        tx.execute(text, &[Value::Int(wallet.key()), Value::Int(row.id.key()), ended_at])?;
    }
    Ok(())
}

pub(super) fn get(
    connection: &mut Connection,
    id: DelegationId,
) -> DbResult<Option<DelegationRow>> {
    let text = format!("{SELECT} WHERE d.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// The delegations of a wallet that have not ended.
pub(super) fn of_wallet(
    connection: &mut Connection,
    wallet: WalletId,
) -> DbResult<Vec<DelegationRow>> {
    let text = format!(
        "{SELECT} WHERE d.id IN (SELECT delegation_id FROM delegated_wallets \
         WHERE wallet_id = $1 AND ended_at IS NULL)"
    );
    let rows = connection.query_composed(&text, &[Value::Int(wallet.key())])?;
    rows.iter().map(read).collect()
}

/// Delegations whose time is over, the oldest end first.
pub(super) fn due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<DelegationRow>> {
    let text = format!(
        "{SELECT} WHERE d.ended_at IS NULL AND d.expires_at IS NOT NULL AND d.expires_at <= $1 \
         ORDER BY d.expires_at, d.id LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(read).collect()
}

/// What a list of delegations is narrowed to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filter {
    pub(super) scope: ScopeId,
    pub(super) role: Option<Role>,
    pub(super) wallet: Option<WalletId>,
    pub(super) before: i64,
    pub(super) limit: i64,
}

/// Rows that one list looks through. Where more are left, its answer says where
/// to go on.
const EXAMINED_MAX: usize = 5_000;
/// Rows read at once.
const ROWS_AT_ONCE: i64 = 250;

/// What was found, newest first.
pub(super) struct Found {
    pub(super) rows: Vec<DelegationRow>,
    /// Where to go on when not everything was looked through.
    pub(super) examined_to: Option<i64>,
}

/// Lists the delegations that are `seen`, newest first.
pub(super) fn list(
    connection: &mut Connection,
    filter: &Filter,
    seen: impl Fn(&DelegationRow) -> bool,
) -> DbResult<Found> {
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let (mut found, mut before, mut examined) = (Vec::new(), filter.before, 0);
    while found.len() < limit {
        if examined >= EXAMINED_MAX {
            return Ok(Found { rows: found, examined_to: Some(before) });
        }
        let rows = match filter.wallet {
            None => batch(connection, filter, before)?,
            Some(wallet) => batch_of_wallet(connection, wallet, before)?,
        };
        let Some(last) = rows.last() else { break };
        before = last.id.key();
        examined += rows.len();
        found.extend(rows.into_iter().filter(|row| filter.wants(row) && seen(row)));
    }
    found.truncate(limit);
    Ok(Found { rows: found, examined_to: None })
}

impl Filter {
    fn wants(&self, row: &DelegationRow) -> bool {
        let grants = row.scope == self.scope && self.role != Some(Role::Grantee);
        let receives = row.grantee_scope == self.scope && self.role != Some(Role::Grantor);
        grants || receives
    }
}

/// The next rows of one wallet.
fn batch_of_wallet(
    connection: &mut Connection,
    wallet: WalletId,
    before: i64,
) -> DbResult<Vec<DelegationRow>> {
    let text = format!(
        "{SELECT} WHERE d.id IN (SELECT delegation_id FROM delegated_wallets WHERE wallet_id = $1 \
         AND delegation_id < $2 ORDER BY delegation_id DESC LIMIT $3) ORDER BY d.id DESC"
    );
    let values = [wallet.key(), before, ROWS_AT_ONCE].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

/// The next rows of both sides, merged.
fn batch(
    connection: &mut Connection,
    filter: &Filter,
    before: i64,
) -> DbResult<Vec<DelegationRow>> {
    let sides = [
        (Role::Grantor, "scope_id", "delegations_granted"),
        (Role::Grantee, "grantee_scope_id", "delegations_received"),
    ];
    let mut rows = Vec::new();
    for (role, column, index) in sides {
        if filter.role.is_some_and(|it| it != role) {
            continue;
        }
        let select =
            SELECT.replace("delegations d", &format!("delegations AS d INDEXED BY {index}"));
        let text =
            format!("{select} WHERE d.{column} = $1 AND d.id < $2 ORDER BY d.id DESC LIMIT $3");
        let values = [filter.scope, before, ROWS_AT_ONCE].map(Value::Int);
        for row in connection.query_composed(&text, &values)? {
            rows.push(read(&row)?);
        }
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    rows.dedup_by_key(|row| row.id);
    rows.truncate(usize::try_from(ROWS_AT_ONCE).unwrap_or(usize::MAX));
    Ok(rows)
}
