//! Which days a report is asked for.

use wallgent_api::ApiError;
use wallgent_core::Timestamp;
use wallgent_core::calendar::{Days, Period, REPORT_DAYS_MAX};
use wallgent_core::time::Day;

use super::call::Call;

/// Days of a report that names none: the last thirty.
const REPORT_DAYS_DEFAULT: i64 = 30;

impl Call {
    /// A day in the query: a date, or a moment, for its day in UTC.
    pub fn query_day(&self, name: &str) -> Result<Option<Day>, ApiError> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        let day = Day::parse(text).or_else(|| Timestamp::parse(text).map(Timestamp::day));
        let refuse = || ApiError::invalid_field(name, "must be a date, as 2026-01-31");
        day.map(Some).ok_or_else(refuse)
    }

    /// The days from `from` to `to`, both included; the last thirty until `to`, and
    /// until today, where the query does not say.
    pub fn report_days(&self) -> Result<Days, ApiError> {
        let (from, to) = (self.query_day("from")?, self.query_day("to")?);
        let last = to.unwrap_or_else(|| self.app.clock.now().day());
        let first = from.unwrap_or_else(|| Days::ending(last, REPORT_DAYS_DEFAULT).first);
        let days = Days { first, last };
        if first > last {
            return Err(ApiError::invalid_field("from", "must not be after the last day"));
        }
        if days.count() > REPORT_DAYS_MAX {
            let message = format!("must be at most {REPORT_DAYS_MAX} days before the last day");
            return Err(ApiError::invalid_field("from", message));
        }
        Ok(days)
    }

    /// How the query wants days put together.
    pub fn report_period(&self) -> Result<Period, ApiError> {
        Ok(self.query_word("groupBy", Period::from_name)?.unwrap_or_default())
    }
}
