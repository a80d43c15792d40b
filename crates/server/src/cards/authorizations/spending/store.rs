//! Rows of what cards spent.

use wallgent_core::Amount;
use wallgent_core::card::Period;
use wallgent_core::id::CardId;
use wallgent_core::time::Day;

use super::Purchases;
use crate::db::{Column, Connection, DbResult, Insert, Row, Value};
use crate::engine::Tx;

/// The texts `$n, …` for `count` values from the `first` on.
fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|at| format!("${at}")).collect();
    places.join(", ")
}

/// What a card spent in these categories and periods.
pub(super) fn of(
    connection: &mut Connection,
    card: CardId,
    categories: &[String],
    periods: &[Period],
) -> DbResult<Vec<(String, Period, Amount)>> {
    // The last is named again until there are a power of two, so that the store
    // keeps few statements, however many categories limits name.
    let named_again = categories.len().next_power_of_two() - categories.len();
    let last = categories.last().into_iter().cycle().take(named_again);
    let categories: Vec<&String> = categories.iter().chain(last).collect();
    let (named, starts) = (2, 2 + categories.len());
    // Few periods begin on one day, so their ends are compared here: the store
    // would look for every end beside every beginning.
    let text = format!(
        "SELECT category, starts, ends, amount FROM card_spending WHERE card_id = $1 \
         AND category IN ({}) AND starts IN ({})",
        places(named, categories.len()),
        places(starts, periods.len()),
    );
    let mut values = vec![Value::Int(card.key())];
    values.extend(categories.iter().map(|category| Value::from(category.as_str())));
    values.extend(periods.iter().map(|period| Value::Int(period.starts.number())));
    let rows = connection.query_composed(&text, &values)?;
    let rows = rows.iter().map(read).collect::<DbResult<Vec<_>>>()?;
    Ok(rows.into_iter().filter(|(_, period, _)| periods.contains(period)).collect())
}

fn read(row: &Row) -> DbResult<(String, Period, Amount)> {
    let period =
        Period { starts: Day::from_number(row.int(1)?), ends: Day::from_number(row.int(2)?) };
    Ok((row.text(0)?.to_owned(), period, Amount::from_units(row.int(3)?)))
}

/// Adds to what cards spent, in one statement for any number of purchases.
pub(super) fn add(tx: &mut Tx<'_>, purchases: &Purchases) -> DbResult<()> {
    let rows = purchases.by_period();
    let mut values = Vec::with_capacity(rows.len() * SPENDING.columns.len());
    for ((card, category, starts, ends), amount) in rows {
        values.push(Value::Int(card));
        values.push(Value::from(category));
        values.push(Value::Int(starts));
        values.push(Value::Int(ends));
        values.push(Value::Int(amount.units()));
    }
    tx.insert(&SPENDING, values)
}

const SPENDING: Insert = Insert {
    table: "card_spending",
    columns: &[
        Column::Int("card_id"),
        Column::Text("category"),
        Column::Int("starts"),
        Column::Int("ends"),
        Column::Int("amount"),
    ],
    on_conflict: "ON CONFLICT (card_id, category, starts, ends) DO UPDATE SET \
                  amount = card_spending.amount + excluded.amount",
};
