//! Rows of organizations, their members and their books.

use wallgent_api::types::organizations::{Member, Organization};
use wallgent_core::account::AccountKind;
use wallgent_core::id::{AccountId, OrganizationId, UserId, WalletId};
use wallgent_core::plan::Plan;
use wallgent_core::{Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Value};
use crate::engine::{Account, Scope, ScopeId, Tx};

fn broken() -> DbError {
    DbError::Layout("an organization's row cannot be read".to_owned())
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: OrganizationId,
    name: &str,
    email: &str,
    plan: Plan,
) -> DbResult<()> {
    let text = "INSERT INTO organizations (id, name, email, plan, org_type, created_at, updated_at) \
                VALUES ($1, $2, $3, $4, 'BUSINESS', $5, $5)";
    let values = [
        Value::Int(id.key()),
        Value::from(name),
        Value::from(email),
        Value::from(plan.as_str()),
        Value::Int(tx.now().micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn insert_member(
    tx: &mut Tx<'_>,
    id: UserId,
    organization: OrganizationId,
    email: &str,
    role: &str,
) -> DbResult<()> {
    let text = "INSERT INTO members (id, organization_id, email, role, created_at) \
                VALUES ($1, $2, $3, $4, $5)";
    let values = [
        Value::Int(id.key()),
        Value::Int(organization.key()),
        Value::from(email),
        Value::from(role),
        Value::Int(tx.now().micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// The number of the next books. Only the one writer asks.
pub(super) fn next_scope(tx: &mut Tx<'_>) -> DbResult<ScopeId> {
    let text = "SELECT CAST(COALESCE(MAX(id), 0) + 1 AS BIGINT) FROM scopes";
    tx.query_one(text, &[])?.map_or(Ok(1), |row| row.int(0))
}

pub(super) fn insert_scope(
    tx: &mut Tx<'_>,
    scope: ScopeId,
    organization: OrganizationId,
    environment: Environment,
) -> DbResult<()> {
    let text = "INSERT INTO scopes (id, organization_id, environment, org_wallet_id, sequence) \
                VALUES ($1, $2, $3, 0, 0)";
    let values =
        [Value::Int(scope), Value::Int(organization.key()), Value::from(environment.as_str())];
    tx.execute(text, &values).map(drop)
}

pub(super) fn set_org_wallet(tx: &mut Tx<'_>, scope: ScopeId, wallet: WalletId) -> DbResult<()> {
    let text = "UPDATE scopes SET org_wallet_id = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(scope), Value::Int(wallet.key())]).map(drop)
}

pub(super) fn insert_account(tx: &mut Tx<'_>, id: AccountId, account: &Account) -> DbResult<()> {
    let text = "INSERT INTO accounts (id, scope_id, kind, posted, held, last_entry_id, \
                last_payment_id) VALUES ($1, $2, $3, 0, 0, 0, 0)";
    let values =
        [Value::Int(id.key()), Value::Int(account.scope), Value::from(account.kind.as_str())];
    tx.execute(text, &values).map(drop)
}

pub(super) fn set_name(tx: &mut Tx<'_>, id: OrganizationId, name: &str) -> DbResult<()> {
    let text = "UPDATE organizations SET name = $2, updated_at = $3 WHERE id = $1";
    let values = [Value::Int(id.key()), Value::from(name), Value::Int(tx.now().micros())];
    tx.execute(text, &values).map(drop)
}

/// Reads an organization with its members.
pub(super) fn get(connection: &mut Connection, id: OrganizationId) -> DbResult<Organization> {
    let text = "SELECT name, email, plan, org_type, created_at, updated_at FROM organizations \
                WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(id.key())])?.ok_or_else(broken)?;
    let text = "SELECT id, email, role FROM members WHERE organization_id = $1 ORDER BY id";
    let members = connection.query(text, &[Value::Int(id.key())])?;
    let members = members.iter().map(|member| {
        Ok(Member {
            id: UserId::from_key(member.int(0)?).ok_or_else(broken)?,
            email: member.text(1)?.to_owned(),
            role: member.text(2)?.to_owned(),
        })
    });
    Ok(Organization {
        id,
        name: row.text(0)?.to_owned(),
        email: row.text(1)?.to_owned(),
        plan: row.text(2)?.to_owned(),
        org_type: row.text(3)?.to_owned(),
        members: members.collect::<DbResult<_>>()?,
        created_at: Timestamp::from_micros(row.int(4)?),
        updated_at: Timestamp::from_micros(row.int(5)?),
        ok: None,
    })
}

/// Reads what commands know of an organization in one environment.
pub fn load_scope(connection: &mut Connection, id: ScopeId) -> DbResult<Scope> {
    let text = "SELECT s.organization_id, s.environment, s.org_wallet_id, o.plan FROM scopes s \
                JOIN organizations o ON o.id = s.organization_id WHERE s.id = $1";
    let row = connection.query_one(text, &[Value::Int(id)])?.ok_or_else(broken)?;
    let text = "SELECT id, kind FROM accounts WHERE scope_id = $1 AND kind <> 'WALLET'";
    let found = connection.query(text, &[Value::Int(id)])?;
    let mut accounts = Vec::with_capacity(AccountKind::SYSTEM.len());
    for kind in AccountKind::SYSTEM {
        let own = found.iter().find(|row| row.text(1).is_ok_and(|it| it == kind.as_str()));
        let key = own.ok_or_else(broken)?.int(0)?;
        accounts.push(AccountId::from_key(key).ok_or_else(broken)?);
    }
    Ok(Scope {
        organization: OrganizationId::from_key(row.int(0)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(1)?).ok_or_else(broken)?,
        org_wallet: WalletId::from_key(row.int(2)?).ok_or_else(broken)?,
        plan: Plan::from_name(row.text(3)?).ok_or_else(broken)?,
        accounts: accounts.try_into().map_err(|_| broken())?,
    })
}

/// What an organization is called.
pub fn load_name(connection: &mut Connection, id: OrganizationId) -> DbResult<String> {
    let text = "SELECT name FROM organizations WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(id.key())])?.ok_or_else(broken)?;
    Ok(row.text(0)?.to_owned())
}

/// The number of the last event of an organization in one environment.
pub fn load_sequence(connection: &mut Connection, id: ScopeId) -> DbResult<i64> {
    let text = "SELECT sequence FROM scopes WHERE id = $1";
    connection.query_one(text, &[Value::Int(id)])?.ok_or_else(broken)?.int(0)
}

/// The books of an organization in one environment.
pub fn find_scope(
    connection: &mut Connection,
    organization: OrganizationId,
    environment: Environment,
) -> DbResult<Option<ScopeId>> {
    let text = "SELECT id FROM scopes WHERE organization_id = $1 AND environment = $2";
    let values = [Value::Int(organization.key()), Value::from(environment.as_str())];
    connection.query_one(text, &values)?.map(|row| row.int(0)).transpose()
}

/// Whose books these are.
pub fn find_owner(connection: &mut Connection, scope: ScopeId) -> DbResult<Option<OrganizationId>> {
    let text = "SELECT organization_id FROM scopes WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(scope)])?;
    row.map(|row| OrganizationId::from_key(row.int(0)?).ok_or_else(broken)).transpose()
}
