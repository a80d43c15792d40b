//! What merchants were paid.
//!
//! Every payment that is posted into the wallet a merchant is paid into counts
//! from the day of its profile on, however it was made: by the merchant's name, by
//! the wallet's ID, over the network, for a link or an invoice, from a test method.
//! It stays counted when it is given back; its status tells. So what was told of a
//! past day never changes.
//!
//! Payments are numbered as they are posted, and days know their first number:
//! dates are numbers, and so is a place in the list.

pub mod routes;
mod store;

use wallgent_api::types::merchants::{MerchantAnalytics, Received, VolumePoint};
use wallgent_core::Total;
use wallgent_core::calendar::{Days, Period};
use wallgent_core::time::Day;

pub use store::flush;

/// Payments of a day, or of more.
#[derive(Clone, Copy, Debug, Default)]
struct Volume {
    count: i64,
    total: Total,
}

impl Volume {
    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.total += other.total;
    }

    fn told(self) -> Received {
        Received { count: self.count, total: self.total }
    }
}

/// The payments of a range of days together.
fn sum(found: &[(Day, Volume)], days: Days) -> Received {
    let mut sum = Volume::default();
    for (_, volume) in found.iter().filter(|(day, _)| (days.first..=days.last).contains(day)) {
        sum.add(*volume);
    }
    sum.told()
}

fn trend(days: Days, period: Period, found: Vec<(Day, Volume)>) -> MerchantAnalytics {
    let filled = days.fill(period, found, Volume::add).into_iter();
    let point = |(date, Volume { count, total })| VolumePoint { date, count, volume: total };
    MerchantAnalytics { volume_trend: filled.map(point).collect() }
}
