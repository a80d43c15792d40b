//! What counts against a card's limits.
//!
//! Each purchase is counted in every period that holds its day, once for all
//! purchases and once for its category, so that asking a limit reads a few rows
//! by their keys, and a new limit knows what was spent before it.

mod store;

use std::collections::BTreeMap;

use wallgent_core::Amount;
use wallgent_core::card::{Interval, Period, SpendingLimit, Spent};
use wallgent_core::id::CardId;
use wallgent_core::time::Day;

use crate::cards::store::CardRow;
use crate::engine::{Stop, Tx};
use crate::error;

/// What purchases add to what cards spent; negative amounts give back.
#[derive(Debug, Default)]
pub(super) struct Purchases(Vec<Purchase>);

#[derive(Debug)]
struct Purchase {
    card: CardId,
    category: String,
    day: Day,
    amount: Amount,
}

/// A row of what cards spent: the card, the category, and the days from which and
/// before which.
type Place<'a> = (i64, &'a str, i64, i64);

impl Purchases {
    /// Adds one of this day.
    pub(super) fn add(&mut self, card: CardId, category: &str, day: Day, amount: Amount) {
        self.0.push(Purchase { card, category: category.to_owned(), day, amount });
    }

    /// The sums by row, each row once: no statement changes a row twice.
    fn by_period(&self) -> BTreeMap<Place<'_>, Amount> {
        let mut sums = BTreeMap::new();
        for purchase in &self.0 {
            for period in Period::holding(purchase.day) {
                for category in [ALL_CATEGORIES, &purchase.category] {
                    let (starts, ends) = (period.starts.number(), period.ends.number());
                    let sum: &mut Amount =
                        sums.entry((purchase.card.key(), category, starts, ends)).or_default();
                    // A sum of what was counted before fits, as that did.
                    *sum = sum.saturating_add(purchase.amount);
                }
            }
        }
        sums
    }
}

/// The category that stands for all.
const ALL_CATEGORIES: &str = "";

/// What was spent in the periods and categories of the limits that cover a
/// purchase. Refused when the card's total with `amount` would not fit: no other
/// sum of it is larger.
pub(super) fn of(
    tx: &mut Tx<'_>,
    card: &CardRow,
    category: &str,
    amount: Amount,
) -> Result<Spent, Stop> {
    let day = tx.now().day();
    let covering = card.limits.iter().filter(|limit| limit.covers(category));
    let mut categories = vec![ALL_CATEGORIES.to_owned()];
    let mut periods: Vec<Period> = Interval::AllTime.period(day).into_iter().collect();
    for SpendingLimit { interval, categories: named, .. } in covering {
        categories.extend(named.iter().flatten().cloned());
        match interval.period(day) {
            Some(period) if !periods.contains(&period) => periods.push(period),
            _ => {}
        }
    }
    categories.sort_unstable();
    categories.dedup();
    let rows = store::of(tx.reader()?, card.id, &categories, &periods)?;
    let mut spent = Spent::default();
    for (category, period, amount) in rows {
        let category = Some(category).filter(|it| it != ALL_CATEGORIES);
        spent.note(period, category, amount);
    }
    let total = Interval::AllTime.period(day).map(|period| spent.under(period, None));
    if total.unwrap_or_default().checked_add(amount).is_none() {
        return Err(error::turnover_too_large().into());
    }
    Ok(spent)
}

/// Counts purchases in all their periods.
pub(super) fn count(tx: &mut Tx<'_>, purchases: &Purchases) -> Result<(), Stop> {
    Ok(store::add(tx, purchases)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_named_once_however_many_purchases_it_counts() {
        let id = |key| CardId::from_key(key).expect("positive");
        let (card, other) = (id(1), id(2));
        let day = Day::from_number(20_000);
        let mut purchases = Purchases::default();
        for (card, category, day, cents) in [
            (card, "books", day, 100),
            (card, "books", day, 20),
            (card, "games", day, 3),
            (card, "books", day.next(), -40),
            (other, "books", day, 5),
        ] {
            purchases.add(card, category, day, Amount::from_cents(cents));
        }
        let sums = purchases.by_period();
        let daily = |card: CardId, category| {
            let place = (card.key(), category, day.number(), day.next().number());
            sums.get(&place).copied()
        };
        assert_eq!(daily(card, "books"), Some(Amount::from_cents(120)));
        assert_eq!(daily(card, ALL_CATEGORIES), Some(Amount::from_cents(123)));
        assert_eq!(daily(other, ALL_CATEGORIES), Some(Amount::from_cents(5)));
        let all_time = Interval::AllTime.period(day).expect("a period");
        let place = (card.key(), ALL_CATEGORIES, all_time.starts.number(), all_time.ends.number());
        assert_eq!(sums.get(&place), Some(&Amount::from_cents(83)));
    }
}
