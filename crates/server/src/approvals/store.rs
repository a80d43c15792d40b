//! Rows of approvals and of the holds they put.

use wallgent_core::hold::HoldStatus;
use wallgent_core::id::{ApprovalId, HoldId, TransactionId, WalletId};
use wallgent_core::payment::PaymentStatus;
use wallgent_core::{Amount, Timestamp};

use super::Asked;
use crate::caller::Caller;
use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

pub(super) fn insert_hold(
    tx: &mut Tx<'_>,
    id: HoldId,
    asked: &Asked,
    expires_at: Timestamp,
) -> DbResult<()> {
    let text = "INSERT INTO holds (id, scope_id, wallet_id, amount, reason, reference_id, status, \
                created_at, expires_at) VALUES ($1, $2, $3, $4, 'APPROVAL', $5, 'PENDING', $6, $7)";
    let values = [
        Value::Int(id.key()),
        Value::Int(asked.scope),
        Value::Int(asked.wallet.key()),
        Value::Int(asked.total.units()),
        Value::Int(asked.transaction.key()),
        Value::Int(tx.now().micros()),
        Value::Int(expires_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ApprovalId,
    hold: HoldId,
    asked: &Asked,
    expires_at: Timestamp,
) -> DbResult<()> {
    let text = "INSERT INTO approvals (id, scope_id, wallet_id, policy_id, transaction_id, \
                hold_id, status, requested_by, spent_day, created_at, expires_at) \
                VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8, $9, $10)";
    let values = [
        Value::Int(id.key()),
        Value::Int(asked.scope),
        Value::Int(asked.wallet.key()),
        Value::Int(asked.policy.key()),
        Value::Int(asked.transaction.key()),
        Value::Int(hold.key()),
        Value::Int(caller.key.key()),
        Value::Int(tx.now().day().number()),
        Value::Int(tx.now().micros()),
        Value::Int(expires_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// An approval that waits, with its payment and its hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub(super) id: ApprovalId,
    pub(super) scope: ScopeId,
    pub(super) wallet: WalletId,
    pub(super) transaction: TransactionId,
    pub(super) hold: HoldId,
    pub(super) held: Amount,
    pub(super) amount: Amount,
    pub(super) created_at: Timestamp,
}

/// Approvals that end at `now` or ended before, oldest first.
pub(super) fn due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<Pending>> {
    let text = "SELECT p.id, p.scope_id, p.wallet_id, p.transaction_id, p.hold_id, h.amount, \
                t.amount, t.created_at FROM approvals p JOIN holds h ON h.id = p.hold_id \
                JOIN transactions t ON t.id = p.transaction_id \
                WHERE p.status = 'PENDING' AND p.expires_at <= $1 \
                ORDER BY p.expires_at, p.id LIMIT $2";
    let rows = connection.query(text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(pending).collect()
}

fn pending(row: &Row) -> DbResult<Pending> {
    let broken = || DbError::Layout("an approval's row cannot be read".to_owned());
    Ok(Pending {
        id: ApprovalId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        wallet: WalletId::from_key(row.int(2)?).ok_or_else(broken)?,
        transaction: TransactionId::from_key(row.int(3)?).ok_or_else(broken)?,
        hold: HoldId::from_key(row.int(4)?).ok_or_else(broken)?,
        held: Amount::from_units(row.int(5)?),
        amount: Amount::from_units(row.int(6)?),
        created_at: Timestamp::from_micros(row.int(7)?),
    })
}

/// Ends an approval that comes to nothing, its hold and its payment.
pub(super) fn end(tx: &mut Tx<'_>, pending: &Pending, status: PaymentStatus) -> DbResult<()> {
    let now = Value::Int(tx.now().micros());
    let status = Value::from(status.as_str());
    let text = "UPDATE approvals SET status = $2, decided_at = $3 WHERE id = $1";
    tx.execute(text, &[Value::Int(pending.id.key()), status.clone(), now])?;
    let text = "UPDATE holds SET status = 'RELEASED' WHERE id = $1";
    tx.execute(text, &[Value::Int(pending.hold.key())])?;
    let text = "UPDATE transactions SET status = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(pending.transaction.key()), status]).map(drop)
}

/// When an approval ends.
pub fn expires_at(connection: &mut Connection, id: ApprovalId) -> DbResult<Option<Timestamp>> {
    let text = "SELECT expires_at FROM approvals WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(id.key())])?;
    row.map(|row| row.int(0).map(Timestamp::from_micros)).transpose()
}

/// Why an approval was rejected.
pub fn reason(connection: &mut Connection, id: ApprovalId) -> DbResult<Option<String>> {
    let text = "SELECT reason FROM approvals WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(id.key())])?;
    match row {
        Some(row) => Ok(row.maybe_text(0)?.map(str::to_owned)),
        None => Ok(None),
    }
}

/// A wallet's holds, newest first.
pub fn list_holds(
    connection: &mut Connection,
    wallet: WalletId,
    status: Option<HoldStatus>,
) -> DbResult<Vec<Row>> {
    let filter = status.map_or(String::new(), |it| format!("AND status = '{}'", it.as_str()));
    let text = format!(
        "SELECT id, amount, reason, reference_id, status, created_at, expires_at FROM holds \
         WHERE wallet_id = $1 {filter} ORDER BY id DESC LIMIT 1000"
    );
    connection.query_composed(&text, &[Value::Int(wallet.key())])
}
