//! Rows of approvals and of the holds they put.

use wallgent_core::Timestamp;
use wallgent_core::hold::HoldStatus;
use wallgent_core::id::{ApprovalId, HoldId, WalletId};

use super::Asked;
use crate::caller::Caller;
use crate::db::{Connection, DbResult, Row, Value};
use crate::engine::Tx;

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
    let filter = status.map_or(String::new(), |it| {
        format!("AND status = '{}'", it.as_str())
    });
    let text = format!(
        "SELECT id, amount, reason, reference_id, status, created_at, expires_at FROM holds \
         WHERE wallet_id = $1 {filter} ORDER BY id DESC LIMIT 1000"
    );
    connection.query_composed(&text, &[Value::Int(wallet.key())])
}
