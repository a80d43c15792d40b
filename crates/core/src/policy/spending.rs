//! What a wallet spent, window by window.

use crate::time::Day;
use crate::{Amount, Timestamp};

/// What counts against the limits of a wallet at one moment: posted, held and
/// waiting amounts, fees not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spending {
    /// Amount spent in the current UTC day.
    pub today: Amount,
    /// Payments made in the current UTC day.
    pub count_today: i64,
    /// Amount spent in the current UTC week.
    pub this_week: Amount,
    /// Amount spent in the current UTC month.
    pub this_month: Amount,
}

/// A calendar period in UTC over which spending adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// From the first to the first.
    Month,
}

impl Window {
    /// The first day of the window that holds `day`.
    #[must_use]
    pub const fn first_day(self, day: Day) -> Day {
        match self {
            Self::Day => day,
            Self::Week => day.week_start(),
            Self::Month => day.month_start(),
        }
    }

    /// When the window that holds `now` ends.
    #[must_use]
    pub const fn resets_at(self, now: Timestamp) -> Timestamp {
        let day = now.day();
        match self {
            Self::Day => day.next().start(),
            Self::Week => day.next_week().start(),
            Self::Month => day.next_month().start(),
        }
    }
}

impl Spending {
    /// Amount spent in the window.
    #[must_use]
    pub const fn in_window(&self, window: Window) -> Amount {
        match window {
            Window::Day => self.today,
            Window::Week => self.this_week,
            Window::Month => self.this_month,
        }
    }
}
