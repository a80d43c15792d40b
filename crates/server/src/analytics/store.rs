//! Days of wallets and of organizations.

use wallgent_core::Total;
use wallgent_core::calendar::Days;
use wallgent_core::id::WalletId;
use wallgent_core::time::Day;

use super::Moved;
use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::ScopeId;

fn read(row: &Row) -> DbResult<(Day, Moved)> {
    let total = |column| Ok::<_, DbError>(Total::of_parts(row.int(column)?, row.int(column + 1)?));
    Ok((Day::from_number(row.int(0)?), Moved { debits: total(1)?, credits: total(3)? }))
}

/// What all wallets of a scope moved.
pub(super) fn of_scope(
    connection: &mut Connection,
    scope: ScopeId,
    days: Days,
) -> DbResult<Vec<(Day, Moved)>> {
    let text = "SELECT day, debits, debits_rest, credits, credits_rest FROM scope_days \
                WHERE scope_id = $1 AND day >= $2 AND day <= $3 ORDER BY day";
    let values = [scope, days.first.number(), days.last.number()].map(Value::Int);
    connection.query(text, &values)?.iter().map(read).collect()
}

/// What one wallet moved. Days stand together in the store, not wallets, so each
/// day is looked up by itself; CROSS JOIN makes SQLite do so.
pub(super) fn of_wallet(
    connection: &mut Connection,
    wallet: WalletId,
    days: Days,
) -> DbResult<Vec<(Day, Moved)>> {
    let text = "WITH RECURSIVE days (day) AS ( \
                    SELECT CAST($2 AS BIGINT) UNION ALL SELECT day + 1 FROM days WHERE day < $3 \
                ) \
                SELECT d.day, d.debits, d.debits_rest, d.credits, d.credits_rest \
                FROM days CROSS JOIN wallet_days d \
                WHERE d.day = days.day AND d.wallet_id = $1 ORDER BY d.day";
    let values = [wallet.key(), days.first.number(), days.last.number()].map(Value::Int);
    connection.query(text, &values)?.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use crate::db::plans::plan_of;

    use super::*;

    #[test]
    fn days_are_found_by_their_keys() {
        let days = "WITH RECURSIVE days (day) AS (SELECT CAST($2 AS BIGINT) UNION ALL \
                    SELECT day + 1 FROM days WHERE day < $3) SELECT d.day FROM days \
                    CROSS JOIN wallet_days d WHERE d.day = days.day AND d.wallet_id = $1";
        let plan = plan_of(days, &[1, 1, 1].map(Value::Int));
        assert!(plan.contains("SEARCH d USING PRIMARY KEY (day=? AND wallet_id=?)"), "{plan}");
    }
}
