//! The writer's row.

use super::LEASE_SECONDS;
use crate::db::{Connection, DbResult, Row, Value};

const RETURNING: &str = "RETURNING fence, last_time, last_key";

pub(super) fn take(connection: &mut Connection, holder: &str) -> DbResult<Option<Row>> {
    let text = if connection.is_sqlite() {
        "UPDATE writer SET fence = fence + 1, holder = $1 WHERE id = 1"
    } else {
        "UPDATE writer SET fence = fence + 1, holder = $1, leased_until = \
         CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) + CAST($2 AS BIGINT) * 1000000 \
         WHERE id = 1 AND (holder = $1 OR leased_until < \
         CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT))"
    };
    let mut values = vec![Value::from(holder)];
    if !connection.is_sqlite() {
        values.push(Value::Int(LEASE_SECONDS));
    }
    let rows = connection.query_composed(&format!("{text} {RETURNING}"), &values)?;
    Ok(rows.into_iter().next())
}

pub(super) fn advance(connection: &mut Connection, values: &[Value]) -> DbResult<u64> {
    let text = if connection.is_sqlite() {
        "UPDATE writer SET last_time = $1, last_key = $2 WHERE id = 1 AND fence = $3"
    } else {
        "UPDATE writer SET last_time = $1, last_key = $2, leased_until = \
         CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) + 10000000 \
         WHERE id = 1 AND fence = $3"
    };
    connection.execute(text, values)
}

pub(super) fn release(connection: &mut Connection, fence: i64) -> DbResult<()> {
    let text = "UPDATE writer SET leased_until = 0, holder = '' WHERE id = 1 AND fence = $1";
    connection.execute(text, &[Value::Int(fence)]).map(drop)
}
