//! Rows of holds.

use wallgent_core::hold::{HoldReason, HoldStatus};
use wallgent_core::id::{HoldId, WalletId};
use wallgent_core::{Amount, Timestamp};

use super::Hold;
use crate::db::{Column, Connection, DbError, DbResult, Insert, Row, Value};
use crate::engine::Tx;

/// Holds that ended, of those that are listed at once: the newest.
const ENDED_MAX: i64 = 1_000;

pub(super) fn insert(tx: &mut Tx<'_>, hold: &Hold) -> DbResult<()> {
    let text = "INSERT INTO holds (id, scope_id, wallet_id, amount, reason, reference_id, status, \
                created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8)";
    let values = [
        Value::Int(hold.id.key()),
        Value::Int(hold.scope),
        Value::Int(hold.wallet.key()),
        Value::Int(hold.amount.units()),
        Value::from(hold.reason.as_str()),
        Value::Int(hold.reference),
        Value::Int(tx.now().micros()),
        Value::Int(hold.expires_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn update(
    tx: &mut Tx<'_>,
    id: HoldId,
    status: HoldStatus,
    amount: Amount,
) -> DbResult<()> {
    let text = "UPDATE holds SET status = $2, amount = $3 WHERE id = $1";
    let values = [Value::Int(id.key()), Value::from(status.as_str()), Value::Int(amount.units())];
    tx.execute(text, &values).map(drop)
}

/// The rows are there: what they never change is sent only because a row must be
/// whole.
pub(super) fn update_all(tx: &mut Tx<'_>, holds: &[(Hold, HoldStatus)]) -> DbResult<()> {
    let now = tx.now().micros();
    let mut values = Vec::with_capacity(holds.len() * STANDING.columns.len());
    for (hold, status) in holds {
        values.extend([
            Value::Int(hold.id.key()),
            Value::Int(hold.scope),
            Value::Int(hold.wallet.key()),
            Value::Int(hold.amount.units()),
            Value::from(hold.reason.as_str()),
            Value::Int(hold.reference),
            Value::from(status.as_str()),
            Value::Int(now),
        ]);
    }
    tx.insert(&STANDING, values)
}

const STANDING: Insert = Insert {
    table: "holds",
    columns: &[
        Column::Int("id"),
        Column::Int("scope_id"),
        Column::Int("wallet_id"),
        Column::Int("amount"),
        Column::Text("reason"),
        Column::Int("reference_id"),
        Column::Text("status"),
        Column::Int("created_at"),
    ],
    on_conflict: "ON CONFLICT (id) DO UPDATE SET status = excluded.status, amount = excluded.amount",
};

/// A hold, as it is listed.
#[derive(Clone, Copy, Debug)]
pub struct HoldRow {
    pub id: HoldId,
    pub amount: Amount,
    pub reason: HoldReason,
    pub reference: i64,
    pub status: HoldStatus,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

fn broken() -> DbError {
    DbError::Layout("a hold's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<HoldRow> {
    Ok(HoldRow {
        id: HoldId::from_key(row.int(0)?).ok_or_else(broken)?,
        amount: Amount::from_units(row.int(1)?),
        reason: HoldReason::from_name(row.text(2)?).ok_or_else(broken)?,
        reference: row.int(3)?,
        status: HoldStatus::from_name(row.text(4)?).ok_or_else(broken)?,
        created_at: Timestamp::from_micros(row.int(5)?),
        expires_at: row.maybe_int(6)?.map(Timestamp::from_micros),
    })
}

/// A wallet's holds, newest first. All that reserve something are among them, so
/// that they explain what is held; of those that ended, the newest.
pub fn list(
    connection: &mut Connection,
    wallet: WalletId,
    status: Option<HoldStatus>,
) -> DbResult<Vec<HoldRow>> {
    if let Some(status) = status {
        return of_status(connection, wallet, status);
    }
    let mut rows = Vec::new();
    for status in HoldStatus::ALL {
        rows.extend(of_status(connection, wallet, status)?);
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    let mut ended = 0;
    rows.retain(|row| {
        ended += i64::from(row.status != HoldStatus::Pending);
        row.status == HoldStatus::Pending || ended <= ENDED_MAX
    });
    Ok(rows)
}

fn of_status(
    connection: &mut Connection,
    wallet: WalletId,
    status: HoldStatus,
) -> DbResult<Vec<HoldRow>> {
    // What a wallet reserves at a time is bounded where it is reserved.
    let limit = if status == HoldStatus::Pending { i64::MAX } else { ENDED_MAX };
    let text = "SELECT id, amount, reason, reference_id, status, created_at, expires_at \
                FROM holds INDEXED BY holds_by_status WHERE wallet_id = $1 AND status = $2 \
                ORDER BY id DESC LIMIT $3";
    let values = [Value::Int(wallet.key()), Value::from(status.as_str()), Value::Int(limit)];
    let rows = connection.query(text, &values)?;
    rows.iter().map(read).collect()
}
