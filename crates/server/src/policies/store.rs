//! Rows of policies, of their decisions, and of what wallets spent.

use wallgent_api::types::policies::{Policy as Wire, PolicyEvaluation, PolicyRules};
use wallgent_core::id::{EvaluationId, PolicyId, WalletId};
use wallgent_core::policy::{Policy, Spending};
use wallgent_core::time::Day;
use wallgent_core::{Amount, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Spent, Tx};

pub(super) fn insert(
    tx: &mut Tx<'_>,
    scope: ScopeId,
    wallet: WalletId,
    policy: &Policy,
) -> DbResult<()> {
    let now = tx.now();
    let text = "INSERT INTO policies (id, scope_id, wallet_id, name, rules, disabled_at, \
                created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    let values = [
        Value::Int(policy.id.key()),
        Value::Int(scope),
        Value::Int(wallet.key()),
        Value::from(policy.name.as_str()),
        Value::from(rules_text(policy)),
        Value::from((!policy.enabled).then(|| now.micros())),
        Value::Int(now.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn update(tx: &mut Tx<'_>, policy: &Policy) -> DbResult<()> {
    let now = tx.now();
    let text = "UPDATE policies SET name = $2, rules = $3, disabled_at = $4, updated_at = $5 \
                WHERE id = $1";
    let values = [
        Value::Int(policy.id.key()),
        Value::from(policy.name.as_str()),
        Value::from(rules_text(policy)),
        Value::from((!policy.enabled).then(|| now.micros())),
        Value::Int(now.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn delete(tx: &mut Tx<'_>, id: PolicyId) -> DbResult<()> {
    let now = tx.now();
    let text = "UPDATE policies SET deleted_at = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(now.micros())]).map(drop)
}

fn rules_text(policy: &Policy) -> String {
    let mut rules = PolicyRules::from(&policy.rules);
    // Answers show the threshold's implication; the row keeps what was set.
    rules.require_human_approval = policy.rules.require_human_approval;
    serde_json::to_string(&rules).expect("rules have text keys")
}

/// Where a policy lives, unless it was deleted.
pub(super) fn home(
    connection: &mut Connection,
    id: PolicyId,
) -> DbResult<Option<(WalletId, Timestamp)>> {
    let text = "SELECT wallet_id, created_at FROM policies WHERE id = $1 AND deleted_at IS NULL";
    let row = connection.query_one(text, &[Value::Int(id.key())])?;
    row.map(|row| Ok((wallet_id(row.int(0)?)?, Timestamp::from_micros(row.int(1)?)))).transpose()
}

fn wallet_id(key: i64) -> DbResult<WalletId> {
    WalletId::from_key(key).ok_or_else(broken)
}

fn broken() -> DbError {
    DbError::Layout("a policy's row cannot be read".to_owned())
}

const COLUMNS: &str = "id, wallet_id, name, rules, disabled_at, created_at, updated_at";

fn read(row: &Row) -> DbResult<(WalletId, Policy, Timestamp, Timestamp)> {
    let rules: PolicyRules = serde_json::from_str(row.text(3)?).map_err(|_| broken())?;
    let policy = Policy {
        id: PolicyId::from_key(row.int(0)?).ok_or_else(broken)?,
        name: row.text(2)?.to_owned(),
        enabled: row.maybe_int(4)?.is_none(),
        rules: rules.into_rules().map_err(DbError::Layout)?,
    };
    let (created, updated) = (row.int(5)?, row.int(6)?);
    let times = (Timestamp::from_micros(created), Timestamp::from_micros(updated));
    Ok((wallet_id(row.int(1)?)?, policy, times.0, times.1))
}

/// A wallet's policies, in the order in which they were made.
pub fn load_hot(connection: &mut Connection, wallet: WalletId) -> DbResult<Vec<Policy>> {
    let rows = rows_of_wallet(connection, wallet)?;
    rows.iter().map(|row| Ok(read(row)?.1)).collect()
}

fn rows_of_wallet(connection: &mut Connection, wallet: WalletId) -> DbResult<Vec<Row>> {
    let text = format!(
        "SELECT {COLUMNS} FROM policies WHERE wallet_id = $1 AND deleted_at IS NULL ORDER BY id"
    );
    connection.query_composed(&text, &[Value::Int(wallet.key())])
}

pub(super) fn list(connection: &mut Connection, wallet: WalletId) -> DbResult<Vec<Wire>> {
    let rows = rows_of_wallet(connection, wallet)?;
    rows.iter().map(wire).collect()
}

pub(super) fn get(connection: &mut Connection, id: PolicyId) -> DbResult<Option<Wire>> {
    let text = format!("SELECT {COLUMNS} FROM policies WHERE id = $1 AND deleted_at IS NULL");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(wire).transpose()
}

fn wire(row: &Row) -> DbResult<Wire> {
    let (wallet, policy, created_at, updated_at) = read(row)?;
    Ok(super::wire(wallet, &policy, created_at, updated_at))
}

/// The days that a month, and the week it begins in, can span.
const DAYS_READ: i64 = 37;

/// What a wallet spent in the windows that hold `today`.
pub fn load_spent(connection: &mut Connection, wallet: WalletId, today: Day) -> DbResult<Spent> {
    let first = today.week_start().min(today.month_start());
    let places: Vec<String> = (0..DAYS_READ).map(|at| format!("${}", at + 2)).collect();
    // The days are named one by one: the table is kept in their order, so that
    // writes stay at its right edge.
    let text = format!(
        "SELECT day, spent, spent_count FROM wallet_days WHERE wallet_id = $1 AND day IN ({})",
        places.join(", ")
    );
    let days = (first.number()..first.number() + DAYS_READ).map(|day| day.min(today.number()));
    let values: Vec<Value> = std::iter::once(wallet.key()).chain(days).map(Value::Int).collect();
    let mut spent = Spent { day: today, totals: Spending::default() };
    for row in connection.query_composed(&text, &values)? {
        let amount = Amount::from_units(row.int(1)?);
        if !spent.count(Day::from_number(row.int(0)?), amount, row.int(2)?) {
            return Err(DbError::Layout(format!("{wallet} spent more than fits")));
        }
    }
    Ok(spent)
}

/// A wallet's recorded decisions, newest first.
pub(super) fn evaluations(
    connection: &mut Connection,
    wallet: WalletId,
    result: Option<&str>,
    before: i64,
    limit: i64,
) -> DbResult<Vec<PolicyEvaluation>> {
    let filter = if result.is_some() { "AND decision = $4" } else { "" };
    let text = format!(
        "SELECT id, decision, amount, recipient, violations, repeats, created_at, last_at \
         FROM policy_evaluations INDEXED BY policy_evaluations_by_wallet \
         WHERE wallet_id = $1 AND id < $2 {filter} ORDER BY id DESC LIMIT $3"
    );
    let mut values = vec![Value::Int(wallet.key()), Value::Int(before), Value::Int(limit)];
    values.extend(result.map(Value::from));
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(|row| evaluation(wallet, row)).collect()
}

fn evaluation(wallet_id: WalletId, row: &Row) -> DbResult<PolicyEvaluation> {
    Ok(PolicyEvaluation {
        id: EvaluationId::from_key(row.int(0)?).ok_or_else(broken)?,
        wallet_id,
        result: row.text(1)?.to_owned(),
        amount: Amount::from_units(row.int(2)?),
        to: row.text(3)?.to_owned(),
        violations: serde_json::from_str(row.text(4)?).map_err(|_| broken())?,
        count: row.int(5)?,
        created_at: Timestamp::from_micros(row.int(6)?),
        last_at: Timestamp::from_micros(row.int(7)?),
    })
}
