//! Rows of bank accounts.

use wallgent_core::bank::{AccountType, BankAccountStatus, WrongTries};
use wallgent_core::id::{BankAccountId, OrganizationId};
use wallgent_core::{Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

/// A bank account.
#[derive(Clone, Debug)]
pub struct BankAccountRow {
    pub id: BankAccountId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    pub environment: Environment,
    pub status: BankAccountStatus,
    pub nickname: Option<String>,
    pub bank_name: Option<String>,
    pub holder_name: String,
    pub routing_number: String,
    /// Sealed; gone once it is removed.
    pub account_number: Option<Vec<u8>>,
    pub last_four: String,
    pub account_type: AccountType,
    /// Sealed; gone once they were told.
    pub micro_deposits: Option<Vec<u8>>,
    pub tries_left: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

const SELECT: &str = "SELECT b.id, b.scope_id, s.organization_id, s.environment, b.status, \
    b.nickname, b.bank_name, b.holder_name, b.routing_number, b.account_number, b.last_four, \
    b.account_type, b.micro_deposits, b.tries_left, b.created_at, b.updated_at \
    FROM bank_accounts b JOIN scopes s ON s.id = b.scope_id";

fn broken() -> DbError {
    DbError::Layout("a bank account's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<BankAccountRow> {
    Ok(BankAccountRow {
        id: BankAccountId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        organization: OrganizationId::from_key(row.int(2)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(3)?).ok_or_else(broken)?,
        status: BankAccountStatus::from_name(row.text(4)?).ok_or_else(broken)?,
        nickname: row.maybe_text(5)?.map(str::to_owned),
        bank_name: row.maybe_text(6)?.map(str::to_owned),
        holder_name: row.text(7)?.to_owned(),
        routing_number: row.text(8)?.to_owned(),
        account_number: row.maybe_bytes(9)?.map(<[u8]>::to_vec),
        last_four: row.text(10)?.to_owned(),
        account_type: AccountType::from_name(row.text(11)?).ok_or_else(broken)?,
        micro_deposits: row.maybe_bytes(12)?.map(<[u8]>::to_vec),
        tries_left: row.int(13)?,
        created_at: Timestamp::from_micros(row.int(14)?),
        updated_at: Timestamp::from_micros(row.int(15)?),
    })
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &BankAccountRow) -> DbResult<()> {
    let text = "INSERT INTO bank_accounts (id, scope_id, status, nickname, bank_name, \
                holder_name, routing_number, account_number, last_four, account_type, \
                micro_deposits, tries_left, created_at, updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::from(row.status.as_str()),
        Value::from(row.nickname.as_deref()),
        Value::from(row.bank_name.as_deref()),
        Value::from(row.holder_name.as_str()),
        Value::from(row.routing_number.as_str()),
        Value::from(row.account_number.clone()),
        Value::from(row.last_four.as_str()),
        Value::from(row.account_type.as_str()),
        Value::from(row.micro_deposits.clone()),
        Value::Int(row.tries_left),
        Value::Int(row.created_at.micros()),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn update(tx: &mut Tx<'_>, row: &BankAccountRow) -> DbResult<()> {
    let text = "UPDATE bank_accounts SET status = $2, account_number = $3, micro_deposits = $4, \
                tries_left = $5, updated_at = $6 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.status.as_str()),
        Value::from(row.account_number.clone()),
        Value::from(row.micro_deposits.clone()),
        Value::Int(row.tries_left),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Reads one bank account.
pub fn get(connection: &mut Connection, id: BankAccountId) -> DbResult<Option<BankAccountRow>> {
    let text = format!("{SELECT} WHERE b.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// A scope's bank accounts, newest first, without those that were removed.
pub(super) fn list(connection: &mut Connection, scope: ScopeId) -> DbResult<Vec<BankAccountRow>> {
    let text =
        format!("{SELECT} WHERE b.scope_id = $1 AND b.status <> 'REMOVED' ORDER BY b.id DESC");
    let rows = connection.query_composed(&text, &[Value::Int(scope)])?;
    rows.iter().map(read).collect()
}

/// Bank accounts that wait for their micro-deposits to be told, oldest first.
/// Those that were tried too often wait for nothing.
pub(super) fn unverified(
    connection: &mut Connection,
    after: i64,
    limit: i64,
) -> DbResult<Vec<BankAccountRow>> {
    let text = format!(
        "{SELECT} WHERE b.status = 'PENDING' AND b.tries_left > 0 AND b.id > $1 \
         ORDER BY b.id LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[Value::Int(after), Value::Int(limit)])?;
    rows.iter().map(read).collect()
}

/// The wrong tries to verify a number, if there were any.
pub(super) fn wrong_tries(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    number: i64,
) -> DbResult<Option<WrongTries>> {
    let text = "SELECT wrong, last_wrong_at FROM bank_account_tries \
                WHERE organization_id = $1 AND number_digest = $2";
    let row = tx.query_one(text, &[Value::Int(organization.key()), Value::Int(number)])?;
    row.map(|row| {
        Ok(WrongTries { count: row.int(0)?, last_at: Timestamp::from_micros(row.int(1)?) })
    })
    .transpose()
}

/// Keeps how often a number was tried, also when its account is removed.
pub(super) fn keep_wrong_tries(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    number: i64,
    tries: WrongTries,
) -> DbResult<()> {
    let text = "INSERT INTO bank_account_tries (organization_id, number_digest, wrong, \
                last_wrong_at) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (organization_id, number_digest) DO UPDATE SET \
                wrong = excluded.wrong, last_wrong_at = excluded.last_wrong_at";
    let values = [
        Value::Int(organization.key()),
        Value::Int(number),
        Value::Int(tries.count),
        Value::Int(tries.last_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}
