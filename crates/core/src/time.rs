//! Moments and calendar periods, always in UTC.

use std::fmt;

/// Microseconds in a day.
const DAY_US: i64 = 86_400_000_000;

/// A moment in microseconds since 1970 UTC; shown with milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many microseconds after 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds after 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds after 1970; nothing is earlier than 1970.
    #[must_use]
    pub const fn unix_ms(self) -> u64 {
        if self.0 < 0 { 0 } else { self.0.unsigned_abs() / 1_000 }
    }

    /// Whole seconds after 1970.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment `seconds` later, held at the ends of time.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The first moment after the millisecond that holds this one, which is as
    /// exactly as answers tell times.
    #[must_use]
    pub const fn next_millisecond(self) -> Self {
        Self((self.0.div_euclid(1_000).saturating_add(1)).saturating_mul(1_000))
    }

    /// Seconds from `earlier` until this moment, rounded up, not below zero.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        let micros = self.0.saturating_sub(earlier.0);
        if micros <= 0 { 0 } else { (micros - 1) / 1_000_000 + 1 }
    }

    /// The calendar day that holds this moment.
    #[must_use]
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(DAY_US))
    }

    /// Reads an ISO 8601 moment with a zone, as `2026-01-31T09:00:00.000Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let moment: jiff::Timestamp = text.parse().ok()?;
        Some(Self(moment.as_microsecond()))
    }

    /// This moment in the zone-aware library's terms.
    pub(crate) fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }
}

/// ISO 8601 in UTC with milliseconds.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.day().civil();
        let ms = self.0.rem_euclid(DAY_US) / 1_000;
        let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
        let (second, fraction) = (ms / 1_000 % 60, ms % 1_000);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z"
        )
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an ISO 8601 moment"))
    }
}

/// Reads an ISO 8601 duration of whole seconds that is not negative; a day is
/// 24 hours.
#[must_use]
pub fn parse_duration_seconds(text: &str) -> Option<i64> {
    // The library also reads its own friendlier notation; we do not.
    let span: jiff::Span = text.starts_with('P').then_some(text)?.parse().ok()?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    let whole = duration.subsec_nanos() == 0 && !duration.is_negative();
    whole.then(|| duration.as_secs())
}

/// A calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day with this count.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Days after 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The first moment of the day.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        Timestamp(self.0.saturating_mul(DAY_US))
    }

    /// The day after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The Monday on or before this day.
    #[must_use]
    pub const fn week_start(self) -> Self {
        // 1970-01-01 was a Thursday, three days after a Monday.
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// The Monday after this day.
    #[must_use]
    pub const fn next_week(self) -> Self {
        Self(self.week_start().0 + 7)
    }

    /// The first day of the month.
    #[must_use]
    pub const fn month_start(self) -> Self {
        let (_, _, day) = self.civil();
        Self(self.0 - (day - 1))
    }

    /// The first day of the month after.
    #[must_use]
    pub const fn next_month(self) -> Self {
        // No month is longer than 31 days, so 31 days past its first day lies
        // in the month after.
        Self(self.month_start().0 + 31).month_start()
    }

    /// The first day of the year.
    #[must_use]
    pub const fn year_start(self) -> Self {
        let (_, mut month, _) = self.civil();
        let mut first = self.month_start();
        while month > 1 {
            first = Self(first.0 - 1).month_start();
            month -= 1;
        }
        first
    }

    /// The first day of the year after.
    #[must_use]
    pub const fn next_year(self) -> Self {
        // No year is longer than 366 days, so 366 days past its first day lies
        // in the year after.
        Self(self.year_start().0 + 366).year_start()
    }

    /// The same day of the month so many months later, or the last day of a month
    /// that is too short.
    #[must_use]
    pub const fn plus_months(self, months: i64) -> Self {
        let (year, month, day) = self.civil();
        let counted = year.saturating_mul(12).saturating_add(month - 1).saturating_add(months);
        let first = Self::of_month(counted.div_euclid(12), counted.rem_euclid(12) + 1);
        let length = first.next_month().0 - first.0;
        Self(first.0 + if day < length { day } else { length } - 1)
    }

    /// The first day of a month (1–12), by the civil-to-days method of the same.
    const fn of_month(year: i64, month: i64) -> Self {
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let shifted_month = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * shifted_month + 2) / 5;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month (1–12) and day (1–31) in the Gregorian calendar, by the
    /// days-to-civil method of Howard Hinnant's date algorithms.
    #[must_use]
    pub const fn civil(self) -> (i64, i64, i64) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a moment")
    }

    #[test]
    fn prints_milliseconds() {
        let text = "2026-01-31T09:00:00.000Z";
        assert_eq!(at(text).to_string(), text);
        assert_eq!(Timestamp::parse("2026-01-31"), None);
        assert_eq!(Timestamp::parse("2026-01-31T09:00:00"), None);
    }

    #[test]
    fn periods_begin_where_the_calendar_says() {
        let sunday = at("2026-03-01T23:59:59Z").day();
        assert_eq!(sunday.week_start().start(), at("2026-02-23T00:00:00Z"));
        assert_eq!(sunday.next_week().start(), at("2026-03-02T00:00:00Z"));
        assert_eq!(sunday.month_start().start(), at("2026-03-01T00:00:00Z"));
        assert_eq!(sunday.next_month().start(), at("2026-04-01T00:00:00Z"));
        let leap = at("2028-02-29T12:00:00Z").day();
        assert_eq!(leap.civil(), (2028, 2, 29));
        assert_eq!(leap.year_start().civil(), (2028, 1, 1));
        assert_eq!(leap.next_year().civil(), (2029, 1, 1));
        assert_eq!(sunday.next_year().civil(), (2027, 1, 1));
        assert_eq!(at("2026-12-31T00:00:00Z").day().next_month().civil(), (2027, 1, 1));
    }

    #[test]
    fn durations_are_iso_8601() {
        assert_eq!(parse_duration_seconds("PT24H"), Some(86_400));
        assert_eq!(parse_duration_seconds("P1DT30M"), Some(88_200));
        for text in ["", "24h", "-PT1H", "P1M", "PT0.5S"] {
            assert_eq!(parse_duration_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn waits_are_rounded_up() {
        let now = Timestamp::from_micros(10);
        assert_eq!(Timestamp::from_micros(11).seconds_since(now), 1);
        assert_eq!(now.plus_seconds(2).seconds_since(now), 2);
        assert_eq!(now.seconds_since(now.plus_seconds(2)), 0);
    }

    proptest! {
        #[test]
        fn agrees_with_the_library(micros in 0_i64..4_000_000_000_000_000) {
            let moment = Timestamp::from_micros(micros);
            let library = moment.to_jiff().expect("in range");
            prop_assert_eq!(moment.to_string(), format!("{library:.3}"));
        }
    }
}
