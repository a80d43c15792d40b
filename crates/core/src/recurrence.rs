//! Charges that repeat: when each is due, and when a failed one is tried again.
//!
//! Every occurrence is computed from the first one, never from the one before it:
//! what was clamped to the end of a short month comes back to its own day in the
//! next long one.

use crate::Timestamp;
use crate::time::Day;

/// How long after its first failure a charge is tried again, in days. After the
/// last of them it has failed for good.
pub const RETRY_DAYS: [i64; 4] = [1, 3, 5, 7];

const DAY_SECONDS: i64 = 86_400;
const WEEK_DAYS: i64 = 7;

/// How often a charge repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recurrence {
    /// Every seven days.
    Weekly,
    /// On the same day of each month.
    Monthly,
    /// On the same day of each year.
    Yearly,
}

impl Recurrence {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Weekly, Self::Monthly, Self::Yearly];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// When the occurrence with this number is due: 0 is `first` itself. The time
    /// of day stays, the day is held at the end of a month that is too short.
    #[must_use]
    pub const fn occurrence(self, first: Timestamp, number: i64) -> Timestamp {
        let day = first.day();
        let due = match self {
            Self::Weekly => {
                Day::from_number(day.number().saturating_add(number.saturating_mul(WEEK_DAYS)))
            }
            Self::Monthly => day.plus_months(number),
            Self::Yearly => day.plus_months(number.saturating_mul(12)),
        };
        let days = due.number().saturating_sub(day.number());
        first.plus_seconds(days.saturating_mul(DAY_SECONDS))
    }
}

/// When a charge that first failed then is tried again, after as many retries;
/// `None` when it was the last time.
#[must_use]
pub fn retry_at(failed_at: Timestamp, retries: usize) -> Option<Timestamp> {
    let days = RETRY_DAYS.get(retries)?;
    Some(failed_at.plus_seconds(days * DAY_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a moment")
    }

    fn dates(recurrence: Recurrence, first: &str, count: i64) -> Vec<String> {
        let due = (0..count).map(|number| recurrence.occurrence(at(first), number).to_string());
        due.map(|text| text.trim_end_matches(".000Z").to_owned()).collect()
    }

    #[test]
    fn the_end_of_a_month_comes_back() {
        assert_eq!(
            dates(Recurrence::Monthly, "2028-01-31T09:30:00Z", 5),
            [
                "2028-01-31T09:30:00",
                "2028-02-29T09:30:00",
                "2028-03-31T09:30:00",
                "2028-04-30T09:30:00",
                "2028-05-31T09:30:00",
            ]
        );
        assert_eq!(
            dates(Recurrence::Monthly, "2026-12-30T00:00:00Z", 4),
            [
                "2026-12-30T00:00:00",
                "2027-01-30T00:00:00",
                "2027-02-28T00:00:00",
                "2027-03-30T00:00:00",
            ]
        );
    }

    #[test]
    fn a_leap_day_comes_back_every_four_years() {
        assert_eq!(
            dates(Recurrence::Yearly, "2028-02-29T23:59:59Z", 5),
            [
                "2028-02-29T23:59:59",
                "2029-02-28T23:59:59",
                "2030-02-28T23:59:59",
                "2031-02-28T23:59:59",
                "2032-02-29T23:59:59",
            ]
        );
    }

    #[test]
    fn weeks_have_seven_days() {
        let due = dates(Recurrence::Weekly, "2026-12-28T12:00:00Z", 2);
        assert_eq!(due, ["2026-12-28T12:00:00", "2027-01-04T12:00:00"]);
    }

    #[test]
    fn a_failed_charge_is_tried_four_times_more() {
        let failed = at("2026-02-27T10:00:00Z");
        let again: Vec<String> = (0..6)
            .map_while(|retries| retry_at(failed, retries))
            .map(|it| it.to_string())
            .collect();
        assert_eq!(
            again,
            [
                "2026-02-28T10:00:00.000Z",
                "2026-03-02T10:00:00.000Z",
                "2026-03-04T10:00:00.000Z",
                "2026-03-06T10:00:00.000Z",
            ]
        );
    }

    #[test]
    fn every_recurrence_has_a_name() {
        for recurrence in Recurrence::ALL {
            assert_eq!(Recurrence::from_name(recurrence.as_str()), Some(recurrence));
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_library(
            micros in 1_577_836_800_000_000_i64..3_700_000_000_000_000,
            number in 0_i64..400,
            which in 0_usize..3,
        ) {
            let first = Timestamp::from_micros(micros);
            let recurrence = Recurrence::ALL[which];
            let span = match recurrence {
                Recurrence::Weekly => number.weeks(),
                Recurrence::Monthly => number.months(),
                Recurrence::Yearly => number.years(),
            };
            let zoned = first.to_jiff().expect("in range").to_zoned(jiff::tz::TimeZone::UTC);
            let due = zoned.checked_add(span).expect("in range").timestamp();
            let ours = recurrence.occurrence(first, number).to_jiff().expect("in range");
            prop_assert_eq!(ours, due);
        }

        #[test]
        fn each_is_due_after_the_one_before(
            micros in 0_i64..4_000_000_000_000_000,
            number in 0_i64..1_000,
            which in 0_usize..3,
        ) {
            let (first, recurrence) = (Timestamp::from_micros(micros), Recurrence::ALL[which]);
            let due = recurrence.occurrence(first, number);
            prop_assert!(recurrence.occurrence(first, number + 1) > due);
        }
    }
}
