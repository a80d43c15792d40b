//! Days in a row, and the periods that a report puts them into.

use crate::time::Day;

/// Days of one report. Each may be looked up by itself; three years let a year be
/// compared with the two before.
pub const REPORT_DAYS_MAX: i64 = 3 * 366;

/// How a report puts days together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// Each by itself.
    #[default]
    Day,
    /// From Monday on.
    Week,
    /// A calendar month.
    Month,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The period with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// The first day of the period that holds a day.
    #[must_use]
    pub const fn start_of(self, day: Day) -> Day {
        match self {
            Self::Day => day,
            Self::Week => day.week_start(),
            Self::Month => day.month_start(),
        }
    }

    /// The first day of the period after the one that holds a day.
    #[must_use]
    pub const fn next(self, day: Day) -> Day {
        match self {
            Self::Day => day.next(),
            Self::Week => day.next_week(),
            Self::Month => day.next_month(),
        }
    }
}

/// Days in a row, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: Day,
    /// The last.
    pub last: Day,
}

impl Days {
    /// This many days, of which the last is given.
    #[must_use]
    pub const fn ending(last: Day, count: i64) -> Self {
        Self { first: Day::from_number(last.number().saturating_sub(count - 1)), last }
    }

    /// How many; 0 when the last is before the first.
    #[must_use]
    pub const fn count(self) -> i64 {
        let count = self.last.number().saturating_sub(self.first.number()).saturating_add(1);
        if count < 0 { 0 } else { count }
    }

    /// Puts what happened on days into periods, oldest first, those included in
    /// which nothing did. A period is called by its first day, which may lie
    /// before the first of these; it holds only days of these.
    pub fn fill<T: Default>(
        self,
        period: Period,
        found: impl IntoIterator<Item = (Day, T)>,
        add: impl Fn(&mut T, T),
    ) -> Vec<(Day, T)> {
        let mut filled = Vec::new();
        let mut start = period.start_of(self.first);
        while self.count() > 0 && start <= self.last {
            filled.push((start, T::default()));
            start = period.next(start);
        }
        for (day, value) in found {
            let home = period.start_of(day);
            if let Ok(at) = filled.binary_search_by_key(&home, |(start, _)| *start) {
                add(&mut filled[at].1, value);
            }
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn fill(first: &str, last: &str, period: Period, found: &[(&str, i64)]) -> Vec<(String, i64)> {
        let days = Days { first: day(first), last: day(last) };
        let found = found.iter().map(|(text, value)| (day(text), *value));
        let filled = days.fill(period, found, |sum, value| *sum += value);
        filled.into_iter().map(|(day, value)| (day.to_string(), value)).collect()
    }

    fn told(periods: &[(&str, i64)]) -> Vec<(String, i64)> {
        periods.iter().map(|(text, value)| ((*text).to_owned(), *value)).collect()
    }

    #[test]
    fn empty_periods_are_there_too() {
        let found = [("2026-02-27", 1), ("2026-03-01", 2), ("2026-03-02", 4)];
        assert_eq!(
            fill("2026-02-27", "2026-03-02", Period::Day, &found),
            told(&[("2026-02-27", 1), ("2026-02-28", 0), ("2026-03-01", 2), ("2026-03-02", 4)])
        );
        // 2026-03-02 is a Monday.
        assert_eq!(
            fill("2026-02-27", "2026-03-02", Period::Week, &found),
            told(&[("2026-02-23", 3), ("2026-03-02", 4)])
        );
        assert_eq!(
            fill("2025-12-31", "2026-03-02", Period::Month, &found),
            told(&[("2025-12-01", 0), ("2026-01-01", 0), ("2026-02-01", 1), ("2026-03-01", 6)])
        );
        assert!(fill("2026-03-02", "2026-03-01", Period::Day, &found).is_empty());
    }

    proptest! {
        #[test]
        fn every_day_of_the_range_counts_once(
            first in 0_i64..40_000, count in 1_i64..800, period in 0_usize..3
        ) {
            let days = Days::ending(Day::from_number(first + count), count);
            prop_assert_eq!(days.count(), count);
            let each = (days.first.number()..=days.last.number()).map(|n| (Day::from_number(n), 1));
            let filled = days.fill(Period::ALL[period], each, |sum: &mut i64, one| *sum += one);
            prop_assert_eq!(filled.iter().map(|(_, sum)| sum).sum::<i64>(), count);
            prop_assert!(filled.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert!(filled.iter().all(|(_, sum)| *sum > 0));
        }
    }
}
