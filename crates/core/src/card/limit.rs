//! What a card may spend, in which time, on what.
//!
//! A limit without categories covers every purchase, one with categories those
//! in them. When all limits of a card name categories, they say what the card is
//! for: a purchase that none of them covers is refused.

use crate::time::Day;
use crate::{Amount, Timestamp};

/// The time over which spending adds up: calendar periods in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// One authorization alone.
    PerAuthorization,
    /// From midnight to midnight.
    Daily,
    /// From Monday to Monday.
    Weekly,
    /// From the first to the first.
    Monthly,
    /// From the first of January to the next.
    Yearly,
    /// As long as the card exists.
    AllTime,
}

impl Interval {
    /// All intervals.
    pub const ALL: [Self; 6] = [
        Self::PerAuthorization,
        Self::Daily,
        Self::Weekly,
        Self::Monthly,
        Self::Yearly,
        Self::AllTime,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PerAuthorization => "per_authorization",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
            Self::AllTime => "all_time",
        }
    }

    /// The interval with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// The period that holds `day`; none when nothing adds up.
    #[must_use]
    pub const fn period(self, day: Day) -> Option<Period> {
        let (starts, ends) = match self {
            Self::PerAuthorization => return None,
            Self::Daily => (day, day.next()),
            Self::Weekly => (day.week_start(), day.next_week()),
            Self::Monthly => (day.month_start(), day.next_month()),
            Self::Yearly => (day.year_start(), day.next_year()),
            Self::AllTime => (Day::from_number(0), Period::NEVER),
        };
        Some(Period { starts, ends })
    }
}

/// Days over which spending adds up. No two kinds of period have the same days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first day.
    pub starts: Day,
    /// The first day after it.
    pub ends: Day,
}

impl Period {
    /// A day that no calendar reaches, where all time ends.
    const NEVER: Day = Day::from_number(1_000_000_000);

    /// All periods that hold `day`.
    pub fn holding(day: Day) -> impl Iterator<Item = Self> {
        Interval::ALL.into_iter().filter_map(move |interval| interval.period(day))
    }

    /// When it is over; never for all time.
    #[must_use]
    pub fn resets_at(self) -> Option<Timestamp> {
        (self.ends != Self::NEVER).then(|| self.ends.start())
    }
}

/// One limit of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendingLimit {
    /// The most that may be spent; zero allows nothing.
    pub amount: Amount,
    /// In which time.
    pub interval: Interval,
    /// On what, folded; none for everything.
    pub categories: Option<Vec<String>>,
}

impl SpendingLimit {
    /// A limit, with its categories folded and each named once.
    #[must_use]
    pub fn new(amount: Amount, interval: Interval, categories: Option<Vec<String>>) -> Self {
        let categories = categories.map(|named| {
            let mut folded: Vec<String> = named.iter().map(|it| fold_category(it)).collect();
            folded.sort_unstable();
            folded.dedup();
            folded
        });
        Self { amount, interval, categories }
    }

    /// Whether it covers purchases of this category.
    #[must_use]
    pub fn covers(&self, category: &str) -> bool {
        self.categories.as_ref().is_none_or(|named| named.iter().any(|it| it == category))
    }
}

/// A category as categories are compared: without capitals.
#[must_use]
pub fn fold_category(category: &str) -> String {
    category.trim().to_lowercase()
}

/// What a card spent by period and category; no category for everything.
#[derive(Clone, Debug, Default)]
pub struct Spent(Vec<(Period, Option<String>, Amount)>);

impl Spent {
    /// Notes what was spent in a period, in one category or in all.
    pub fn note(&mut self, period: Period, category: Option<String>, amount: Amount) {
        self.0.push((period, category, amount));
    }

    /// What counts against a limit of this period and these categories.
    #[must_use]
    pub fn under(&self, period: Period, categories: Option<&[String]>) -> Amount {
        let counts = |category: &Option<String>| match (category, categories) {
            (None, None) => true,
            (Some(category), Some(named)) => named.contains(category),
            _ => false,
        };
        let amounts = self.0.iter().filter(|(at, category, _)| *at == period && counts(category));
        amounts.fold(Amount::ZERO, |sum, (_, _, amount)| sum.saturating_add(*amount))
    }
}

/// Why a card's limits refuse a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitRefusal<'a> {
    /// All limits name categories, and none this one.
    CategoryNotAllowed,
    /// A limit would be passed.
    Exceeded {
        /// Which.
        limit: &'a SpendingLimit,
        /// How much of it is left.
        remaining: Amount,
        /// When its period begins anew.
        resets_at: Option<Timestamp>,
    },
}

/// Asks the limits of a card about a purchase. An amount equal to what is left
/// passes. `spent` knows the periods that hold `day`, in all categories that the
/// covering limits name.
///
/// # Errors
/// [`LimitRefusal`] names the first limit that is passed, in the order in which
/// the card lists them.
pub fn check_limits<'a>(
    limits: &'a [SpendingLimit],
    category: &str,
    amount: Amount,
    day: Day,
    spent: &Spent,
) -> Result<(), LimitRefusal<'a>> {
    let mut covering = limits.iter().filter(|limit| limit.covers(category)).peekable();
    if !limits.is_empty() && covering.peek().is_none() {
        return Err(LimitRefusal::CategoryNotAllowed);
    }
    for limit in covering {
        let period = limit.interval.period(day);
        let used =
            period.map_or(Amount::ZERO, |period| spent.under(period, limit.categories.as_deref()));
        if used.saturating_add(amount) > limit.amount {
            let remaining = limit.amount.saturating_sub(used).max(Amount::ZERO);
            let resets_at = period.and_then(Period::resets_at);
            return Err(LimitRefusal::Exceeded { limit, remaining, resets_at });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn cents(cents: i64) -> Amount {
        Amount::from_cents(cents)
    }

    fn limit(amount: i64, interval: Interval, categories: &[&str]) -> SpendingLimit {
        let named = categories.iter().map(|it| (*it).to_owned()).collect();
        let named = (!categories.is_empty()).then_some(named);
        SpendingLimit::new(cents(amount), interval, named)
    }

    fn day(text: &str) -> Day {
        Timestamp::parse(&format!("{text}T00:00:00Z")).expect("a day").day()
    }

    #[test]
    fn periods_follow_the_calendar() {
        let sunday = day("2026-03-01");
        let ends = |interval: Interval| interval.period(sunday).expect("a period").resets_at();
        assert_eq!(ends(Interval::Daily), Some(day("2026-03-02").start()));
        assert_eq!(ends(Interval::Weekly), Some(day("2026-03-02").start()));
        assert_eq!(ends(Interval::Monthly), Some(day("2026-04-01").start()));
        assert_eq!(ends(Interval::Yearly), Some(day("2027-01-01").start()));
        assert_eq!(ends(Interval::AllTime), None);
        assert_eq!(Interval::PerAuthorization.period(sunday), None);
        assert_eq!(Period::holding(sunday).count(), 5);
    }

    #[test]
    fn a_limit_is_passed_by_a_cent_and_not_before() {
        let today = day("2026-03-01");
        let limits = [limit(1_000, Interval::Monthly, &[])];
        let mut spent = Spent::default();
        spent.note(Interval::Monthly.period(today).expect("a month"), None, cents(400));
        assert_eq!(check_limits(&limits, "software", cents(600), today, &spent), Ok(()));
        let refusal = check_limits(&limits, "software", cents(601), today, &spent);
        let resets_at = Some(day("2026-04-01").start());
        let expected =
            LimitRefusal::Exceeded { limit: &limits[0], remaining: cents(600), resets_at };
        assert_eq!(refusal, Err(expected));
    }

    #[test]
    fn limits_that_all_name_categories_say_what_a_card_is_for() {
        let today = day("2026-03-01");
        let named = limit(1_000, Interval::Daily, &["Software", "software", "books"]);
        assert_eq!(
            named.categories.as_deref(),
            Some(&["books".to_owned(), "software".to_owned()][..])
        );
        let ask = |limits: &[SpendingLimit], category: &str| {
            check_limits(limits, category, cents(900), today, &Spent::default()).is_ok()
        };
        let only = [named.clone()];
        assert!(ask(&only, "software") && !ask(&only, "travel"));
        let both = [named, limit(900, Interval::PerAuthorization, &[])];
        assert!(ask(&both, "travel"));
        assert!(ask(&[], "travel"));
        assert!(!ask(&[limit(0, Interval::AllTime, &[])], "travel"), "zero allows nothing");
    }

    proptest! {
        /// Against a plain list of purchases, as a person would add them up.
        #[test]
        fn agrees_with_adding_up_what_was_bought(
            purchases in proptest::collection::vec((0_i64..800, 0_usize..3, 1_i64..500), 0..30),
            today in 400_i64..800, amount in 1_i64..500, maximum in 0_i64..4_000,
            interval in 0_usize..6, named in 0_usize..4, category in 0_usize..3
        ) {
            const NAMES: [&str; 3] = ["a", "b", "c"];
            let (today, interval) = (Day::from_number(today), Interval::ALL[interval]);
            let limits = [limit(maximum, interval, &NAMES[..named])];
            let mut spent = Spent::default();
            let period = interval.period(today);
            let inside = |at: &i64| period.is_some_and(|it| {
                it.starts.number() <= *at && *at < it.ends.number()
            });
            let mut total = 0;
            for (at, of, cost) in &purchases {
                if let Some(period) = period.filter(|_| inside(at)) {
                    spent.note(period, None, cents(*cost));
                    spent.note(period, Some(NAMES[*of].to_owned()), cents(*cost));
                    total += if named == 0 || *of < named { *cost } else { 0 };
                }
            }
            let allowed = (named == 0 || category < named) && total + amount <= maximum;
            let checked = check_limits(&limits, NAMES[category], cents(amount), today, &spent);
            prop_assert_eq!(checked.is_ok(), allowed);
        }

        #[test]
        fn a_day_lies_in_each_of_its_periods(number in 0_i64..100_000) {
            let day = Day::from_number(number);
            for period in Period::holding(day) {
                prop_assert!(period.starts <= day && day < period.ends);
            }
        }
    }
}
