//! Hours and days in which payments are allowed, in the owner's time zone.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::Timestamp;

/// A day of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// All seven.
    pub const ALL: [Self; 7] =
        [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "MON",
            Self::Tue => "TUE",
            Self::Wed => "WED",
            Self::Thu => "THU",
            Self::Fri => "FRI",
            Self::Sat => "SAT",
            Self::Sun => "SUN",
        }
    }

    /// The day with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.as_str() == name)
    }

    fn of(date: jiff::civil::Date) -> Self {
        let index = date.weekday().to_monday_zero_offset();
        Self::ALL[usize::from(index.unsigned_abs())]
    }
}

/// A daily span of local time, on some or all days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    start: Time,
    end: Time,
    zone: TimeZone,
    zone_name: String,
    days: Option<Vec<Weekday>>,
}

/// Which part of a schedule cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The start is not `HH:MM`.
    #[error("must be a time of day like 09:00")]
    Start,
    /// The end is not `HH:MM`.
    #[error("must be a time of day like 17:00")]
    End,
    /// Start and end are the same.
    #[error("must differ from start")]
    Empty,
    /// The zone is not in the IANA database.
    #[error("must be an IANA time zone like America/New_York")]
    Zone,
}

impl ScheduleError {
    /// The field it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End | Self::Empty => "end",
            Self::Zone => "timezone",
        }
    }
}

impl Schedule {
    /// Reads a schedule from its texts; `days` absent means every day.
    ///
    /// # Errors
    /// [`ScheduleError`] names the first part that cannot be read.
    pub fn new(
        start: &str,
        end: &str,
        zone: &str,
        days: Option<Vec<Weekday>>,
    ) -> Result<Self, ScheduleError> {
        let start = time_of_day(start).ok_or(ScheduleError::Start)?;
        let end = time_of_day(end).ok_or(ScheduleError::End)?;
        if start == end {
            return Err(ScheduleError::Empty);
        }
        let found = jiff::tz::db().get(zone).map_err(|_| ScheduleError::Zone)?;
        Ok(Self { start, end, zone: found, zone_name: zone.to_owned(), days })
    }

    /// When the span begins, `HH:MM`.
    #[must_use]
    pub fn start(&self) -> String {
        hours_and_minutes(self.start)
    }

    /// When the span ends, `HH:MM`; this minute is no longer in it.
    #[must_use]
    pub fn end(&self) -> String {
        hours_and_minutes(self.end)
    }

    /// The IANA name of the zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone_name
    }

    /// The days on which a span begins; `None` is every day.
    #[must_use]
    pub fn days(&self) -> Option<&[Weekday]> {
        self.days.as_deref()
    }

    /// Whether the moment lies in the schedule. A span over midnight belongs to
    /// the day on which it starts.
    #[must_use]
    pub fn contains(&self, moment: Timestamp) -> bool {
        let Some(moment) = moment.to_jiff() else {
            return false;
        };
        let local = moment.to_zoned(self.zone.clone()).datetime();
        let (date, time) = (local.date(), local.time());
        let over_midnight = self.end < self.start;
        if !over_midnight {
            return self.start <= time && time < self.end && self.begins_on(date);
        }
        if time >= self.start {
            return self.begins_on(date);
        }
        time < self.end && date.yesterday().is_ok_and(|before| self.begins_on(before))
    }

    fn begins_on(&self, date: jiff::civil::Date) -> bool {
        match &self.days {
            None => true,
            Some(days) => days.contains(&Weekday::of(date)),
        }
    }
}

fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|it| it.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn hours_and_minutes(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a moment")
    }

    fn new_york(start: &str, end: &str, days: Option<Vec<Weekday>>) -> Schedule {
        Schedule::new(start, end, "America/New_York", days).expect("a schedule")
    }

    #[test]
    fn follows_the_local_clock_through_daylight_saving() {
        let office = new_york("09:00", "17:00", None);
        assert!(office.contains(at("2026-01-15T14:00:00Z")));
        assert!(!office.contains(at("2026-01-15T13:59:59Z")));
        assert!(office.contains(at("2026-07-15T13:00:00Z")));
        assert!(!office.contains(at("2026-07-15T21:00:00Z")));
    }

    #[test]
    fn a_span_over_midnight_belongs_to_the_day_it_starts() {
        let friday_night = new_york("22:00", "02:00", Some(vec![Weekday::Fri]));
        assert!(friday_night.contains(at("2026-01-17T03:00:00Z")));
        assert!(friday_night.contains(at("2026-01-17T06:59:00Z")));
        assert!(!friday_night.contains(at("2026-01-17T07:00:00Z")));
        assert!(!friday_night.contains(at("2026-01-18T03:00:00Z")));
        assert!(!friday_night.contains(at("2026-01-16T06:00:00Z")));
    }

    #[test]
    fn names_what_it_cannot_read() {
        let error = |start, end, zone| Schedule::new(start, end, zone, None).err();
        assert_eq!(error("9:00", "17:00", "UTC"), Some(ScheduleError::Start));
        assert_eq!(error("09:00", "24:00", "UTC"), Some(ScheduleError::End));
        assert_eq!(error("09:00", "09:00", "UTC"), Some(ScheduleError::Empty));
        assert_eq!(error("09:00", "17:00", "Mars/Olympus"), Some(ScheduleError::Zone));
    }
}
