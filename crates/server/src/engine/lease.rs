//! Who may write.
//!
//! The writer's row holds a fencing number. Taking the writer's place raises
//! it; every commit checks it under the row's lock. So a process that lost its
//! place without noticing cannot commit. Lease times are the database's own.

use wallgent_core::Timestamp;

use crate::db::{Connection, DbError, DbResult, Row, Value};

mod store;

/// How long a writer that went silent keeps its place.
pub(super) const LEASE_SECONDS: i64 = 10;
/// How often an idle writer renews its lease.
pub(super) const RENEW_SECONDS: u64 = 3;

/// The writer's place.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    /// The fencing number.
    pub(super) fence: i64,
    /// The last committed time.
    pub(super) last_time: Timestamp,
    /// The last committed identifier.
    pub(super) last_key: i64,
}

/// Takes the writer's place if it is free. The embedded store is guarded by a
/// file lock, so there the place is always free.
pub(super) fn take(connection: &mut Connection, holder: &str) -> DbResult<Option<Lease>> {
    let row = store::take(connection, holder)?;
    row.map(|row: Row| {
        Ok(Lease {
            fence: row.int(0)?,
            last_time: Timestamp::from_micros(row.int(1)?),
            last_key: row.int(2)?,
        })
    })
    .transpose()
}

/// Checks the fence, notes how far time and identifiers came, and renews.
/// Runs inside the batch's transaction.
pub(super) fn advance(
    connection: &mut Connection,
    lease: &Lease,
    now: Timestamp,
    last_key: i64,
) -> DbResult<()> {
    let values = [Value::Int(now.micros()), Value::Int(last_key), Value::Int(lease.fence)];
    match store::advance(connection, &values)? {
        1 => Ok(()),
        _ => Err(DbError::Fenced),
    }
}

/// Gives the place up, so that another process need not wait.
pub(super) fn release(connection: &mut Connection, lease: &Lease) -> DbResult<()> {
    store::release(connection, lease.fence)
}
