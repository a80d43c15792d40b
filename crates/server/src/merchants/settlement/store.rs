//! Rows of what merchants received.

use rustc_hash::FxHashMap;
use wallgent_api::types::CURRENCY;
use wallgent_api::types::merchants::MerchantPayment;
use wallgent_core::calendar::Days;
use wallgent_core::id::{MerchantId, TransactionId, WalletId};
use wallgent_core::time::Day;
use wallgent_core::{Amount, Timestamp, Total};

use super::Volume;
use crate::db::{Column, Connection, DbError, DbResult, Insert, Row, Value};
use crate::engine::ReceivedRow;

/// Payments that one statement reads.
const LOADED_AT_ONCE: usize = 64;

const PAYMENTS: Insert = Insert {
    table: "merchant_payments",
    columns: &[Column::Int("merchant_id"), Column::Int("number"), Column::Int("transaction_id")],
    on_conflict: "",
};

const DAYS: Insert = Insert {
    table: "merchant_days",
    columns: &[
        Column::Int("merchant_id"),
        Column::Int("day"),
        Column::Int("first_number"),
        Column::Int("payments"),
        Column::Int("volume"),
        Column::Int("volume_rest"),
    ],
    // The first of the day was written first.
    on_conflict: "ON CONFLICT (merchant_id, day) DO UPDATE SET \
                  payments = merchant_days.payments + excluded.payments, \
                  volume = merchant_days.volume + excluded.volume, \
                  volume_rest = merchant_days.volume_rest + excluded.volume_rest",
};

/// What a batch adds to one day of a merchant's.
struct DayTotals {
    first_number: i64,
    payments: i64,
    volume: i64,
    volume_rest: i64,
}

/// Writes the payments that merchants received, and adds them to their days.
pub fn flush(
    connection: &mut Connection,
    received: impl Iterator<Item = ReceivedRow>,
) -> DbResult<()> {
    let mut rows = Vec::new();
    let mut days: FxHashMap<(MerchantId, Day), DayTotals> = FxHashMap::default();
    for row in received {
        rows.extend([row.merchant.key(), row.number, row.transaction.key()].map(Value::Int));
        let (volume, rest) = row.amount.split();
        let day = days.entry((row.merchant, row.day)).or_insert(DayTotals {
            first_number: row.number,
            payments: 0,
            volume: 0,
            volume_rest: 0,
        });
        day.payments += 1;
        day.volume = day.volume.saturating_add(volume);
        day.volume_rest = day.volume_rest.saturating_add(rest);
    }
    let mut days: Vec<((MerchantId, Day), DayTotals)> = days.into_iter().collect();
    days.sort_unstable_by_key(|(key, _)| *key);
    let mut sums = Vec::with_capacity(days.len() * DAYS.columns.len());
    for ((merchant, day), totals) in days {
        sums.extend([merchant.key(), day.number(), totals.first_number].map(Value::Int));
        sums.extend([totals.payments, totals.volume, totals.volume_rest].map(Value::Int));
    }
    connection.insert(&PAYMENTS, rows)?;
    connection.insert(&DAYS, sums)
}

/// Payments with numbers in a row, first and last included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Numbers {
    /// How many there are.
    pub(super) fn count(self) -> i64 {
        (self.last - self.first + 1).max(0)
    }
}

/// The payments from one day to another, both included; from the first, and to
/// the newest, where no day is given.
pub(super) fn between(
    connection: &mut Connection,
    merchant: MerchantId,
    first: Option<Day>,
    last: Option<Day>,
) -> DbResult<Numbers> {
    let day = |day: Option<Day>, open: i64| Value::Int(day.map_or(open, Day::number));
    let text = "SELECT first_number FROM merchant_days WHERE merchant_id = $1 AND day >= $2 \
                ORDER BY day LIMIT 1";
    let values = [Value::Int(merchant.key()), day(first, 0)];
    let from = connection.query_one(text, &values)?.map(|row| row.int(0)).transpose()?;
    let text = "SELECT first_number + payments - 1 FROM merchant_days \
                WHERE merchant_id = $1 AND day <= $2 ORDER BY day DESC LIMIT 1";
    let values = [Value::Int(merchant.key()), day(last, i64::MAX)];
    let to = connection.query_one(text, &values)?.map(|row| row.int(0)).transpose()?;
    // No day that late, or none that early: no payments.
    Ok(Numbers { first: from.unwrap_or(1), last: if from.is_some() { to.unwrap_or(0) } else { 0 } })
}

/// Payments by their numbers, newest first.
pub(super) fn list(
    connection: &mut Connection,
    merchant: MerchantId,
    numbers: Numbers,
) -> DbResult<Vec<MerchantPayment>> {
    let text = "SELECT transaction_id FROM merchant_payments WHERE merchant_id = $1 \
                AND number >= $2 AND number <= $3 ORDER BY number DESC";
    let values = [merchant.key(), numbers.first, numbers.last].map(Value::Int);
    let ids = connection.query(text, &values)?;
    let ids: Vec<i64> = ids.iter().map(|row| row.int(0)).collect::<DbResult<_>>()?;
    let mut payments = Vec::with_capacity(ids.len());
    for part in ids.chunks(LOADED_AT_ONCE) {
        payments.extend(load(connection, part)?);
    }
    Ok(payments)
}

/// Reads payments, in the order of their IDs. Nothing of the payer is told but what
/// its wallet is called.
fn load(connection: &mut Connection, ids: &[i64]) -> DbResult<Vec<MerchantPayment>> {
    let places: Vec<String> = (1..=LOADED_AT_ONCE).map(|place| format!("${place}")).collect();
    let text = format!(
        "SELECT t.id, t.amount, t.description, t.from_wallet_id, w.name, t.status, t.created_at \
         FROM transactions t LEFT JOIN wallets w ON w.id = t.from_wallet_id WHERE t.id IN ({})",
        places.join(", ")
    );
    // One statement for any number: what is left over asks for nothing.
    let mut values: Vec<Value> = ids.iter().map(|id| Value::Int(*id)).collect();
    values.resize(LOADED_AT_ONCE, Value::Int(0));
    let rows = connection.query_composed(&text, &values)?;
    let mut found: FxHashMap<i64, &Row> = FxHashMap::default();
    for row in &rows {
        found.insert(row.int(0)?, row);
    }
    ids.iter().map(|id| read(found.get(id).ok_or_else(broken)?)).collect()
}

fn broken() -> DbError {
    DbError::Layout("a merchant's payment cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<MerchantPayment> {
    Ok(MerchantPayment {
        id: TransactionId::from_key(row.int(0)?).ok_or_else(broken)?,
        amount: Amount::from_units(row.int(1)?),
        currency: CURRENCY.to_owned(),
        description: row.maybe_text(2)?.map(str::to_owned),
        from: row.maybe_int(3)?.and_then(WalletId::from_key),
        from_name: row.maybe_text(4)?.map(str::to_owned),
        status: row.text(5)?.to_owned(),
        created_at: Timestamp::from_micros(row.int(6)?),
    })
}

/// What a merchant received on each of the days on which it received something.
pub(super) fn days(
    connection: &mut Connection,
    merchant: MerchantId,
    days: Days,
) -> DbResult<Vec<(Day, Volume)>> {
    let text = "SELECT day, payments, volume, volume_rest FROM merchant_days \
                WHERE merchant_id = $1 AND day >= $2 AND day <= $3 ORDER BY day";
    let values = [merchant.key(), days.first.number(), days.last.number()].map(Value::Int);
    let rows = connection.query(text, &values)?;
    let volume = |row: &Row| {
        let total = Total::of_parts(row.int(2)?, row.int(3)?);
        Ok((Day::from_number(row.int(0)?), Volume { count: row.int(1)?, total }))
    };
    rows.iter().map(volume).collect()
}

#[cfg(test)]
mod tests {
    use crate::db::plans::plan_of;

    use super::*;

    #[test]
    fn numbers_and_days_are_found_by_their_keys() {
        let numbers = "SELECT transaction_id FROM merchant_payments WHERE merchant_id = $1 \
                       AND number >= $2 AND number <= $3 ORDER BY number DESC";
        let first = "SELECT first_number FROM merchant_days WHERE merchant_id = $1 AND day >= $2 \
                     ORDER BY day LIMIT 1";
        let days = "SELECT day, payments FROM merchant_days WHERE merchant_id = $1 AND day >= $2 \
                    AND day <= $3 ORDER BY day";
        for (text, parameters, range) in [
            (numbers, 3, "(merchant_id=? AND number>? AND number<?)"),
            (first, 2, "(merchant_id=? AND day>?)"),
            (days, 3, "(merchant_id=? AND day>? AND day<?)"),
        ] {
            let plan = plan_of(text, &vec![Value::Int(1); parameters]);
            assert!(plan.contains(&format!("USING PRIMARY KEY {range}")), "{plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
