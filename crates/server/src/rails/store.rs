//! Rows of the simulated other side.

use wallgent_core::Timestamp;
use wallgent_core::id::{Entry, TransferId};

use super::simulator::Fault;
use super::{Adapter, Outcome};
use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::Tx;

/// Where a transfer stands on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SimulatedStatus {
    /// The instruction was lost.
    Unheard,
    Received,
    Refused,
    Settled,
    Failed,
    Returned,
    Cancelled,
}

impl SimulatedStatus {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Unheard, "UNHEARD"),
        (Self::Received, "RECEIVED"),
        (Self::Refused, "REFUSED"),
        (Self::Settled, "SETTLED"),
        (Self::Failed, "FAILED"),
        (Self::Returned, "RETURNED"),
        (Self::Cancelled, "CANCELLED"),
    ];

    fn as_str(self) -> &'static str {
        let found = Self::ALL.into_iter().find(|(status, _)| *status == self);
        found.map_or("", |(_, name)| name)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(status, _)| status)
    }
}

/// A transfer as the other side knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Simulated {
    pub(super) status: SimulatedStatus,
    pub(super) fault: Option<Fault>,
    /// How often it was told of.
    pub(super) submissions: i64,
}

fn broken() -> DbError {
    DbError::Layout("a simulated transfer's row cannot be read".to_owned())
}

pub(super) fn get(tx: &mut Tx<'_>, id: TransferId) -> DbResult<Option<Simulated>> {
    let text = "SELECT status, fault, submissions FROM simulated_transfers WHERE id = $1";
    let row = tx.query_one(text, &[Value::Int(id.key())])?;
    row.map(|row| {
        Ok(Simulated {
            status: SimulatedStatus::from_name(row.text(0)?).ok_or_else(broken)?,
            fault: row.maybe_text(1)?.and_then(Fault::from_name),
            submissions: row.int(2)?,
        })
    })
    .transpose()
}

pub(super) fn put(tx: &mut Tx<'_>, id: TransferId, row: &Simulated) -> DbResult<()> {
    let text = "INSERT INTO simulated_transfers (id, status, fault, submissions, received_at) \
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET \
                status = excluded.status, fault = excluded.fault, \
                submissions = excluded.submissions";
    let values = [
        Value::Int(id.key()),
        Value::from(row.status.as_str()),
        Value::from(row.fault.map(Fault::as_str)),
        Value::Int(row.submissions),
        Value::Int(tx.now().micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// A result that the other side has to tell.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Which result.
    pub id: i64,
    /// Of which transfer.
    pub transfer: TransferId,
    /// Who tells it.
    pub adapter: Adapter,
    /// What it came to.
    pub outcome: Outcome,
}

pub(super) fn add_notice(
    tx: &mut Tx<'_>,
    transfer: TransferId,
    outcome: &Outcome,
    due_at: Timestamp,
) -> DbResult<()> {
    let text = "INSERT INTO simulated_notices (id, transfer_id, outcome, reason, due_at) \
                VALUES ($1, $2, $3, $4, $5)";
    let id = tx.next_id::<Entry>().key();
    let values = [
        Value::Int(id),
        Value::Int(transfer.key()),
        Value::from(outcome.as_str()),
        Value::from(outcome.reason()),
        Value::Int(due_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

fn read(row: &Row) -> DbResult<Notice> {
    Ok(Notice {
        id: row.int(0)?,
        transfer: TransferId::from_key(row.int(1)?).ok_or_else(broken)?,
        adapter: Adapter::Simulator,
        outcome: Outcome::from_parts(row.text(2)?, row.maybe_text(3)?).ok_or_else(broken)?,
    })
}

/// Results that are due, the oldest first.
pub(super) fn due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<Notice>> {
    let text = "SELECT id, transfer_id, outcome, reason FROM simulated_notices \
                WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    let rows = connection.query(text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(read).collect()
}

/// What a transfer has come to by now.
pub(super) fn first_due(
    tx: &mut Tx<'_>,
    transfer: TransferId,
    now: Timestamp,
) -> DbResult<Option<Outcome>> {
    let text = "SELECT id, transfer_id, outcome, reason FROM simulated_notices \
                WHERE transfer_id = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT 1";
    let row = tx.query_one(text, &[Value::Int(transfer.key()), Value::Int(now.micros())])?;
    row.as_ref().map(|row| read(row).map(|notice| notice.outcome)).transpose()
}

pub(super) fn put_off_notice(tx: &mut Tx<'_>, id: i64, until: Timestamp) -> DbResult<()> {
    let text = "UPDATE simulated_notices SET due_at = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id), Value::Int(until.micros())]).map(drop)
}

/// Whether there was such a result.
pub(super) fn forget_notice(tx: &mut Tx<'_>, id: i64) -> DbResult<bool> {
    let text = "DELETE FROM simulated_notices WHERE id = $1";
    Ok(tx.execute(text, &[Value::Int(id)])? > 0)
}

pub(super) fn forget_notices(tx: &mut Tx<'_>, transfer: TransferId) -> DbResult<()> {
    let text = "DELETE FROM simulated_notices WHERE transfer_id = $1";
    tx.execute(text, &[Value::Int(transfer.key())]).map(drop)
}
