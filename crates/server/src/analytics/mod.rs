//! What wallets spend and receive, day by day.
//!
//! Every entry of a wallet counts on the day on which it was posted: payments,
//! fees, transfers, cards, funding, and what was given back. Money that moves
//! between two wallets of one organization goes out of the one and comes into the
//! other, so that an organization's days are the sums of its wallets'; it is gone
//! from the net.

pub mod routes;
mod store;

use wallgent_api::types::analytics::{Spending, SpendingPoint, SpendingSummary};
use wallgent_core::Total;
use wallgent_core::calendar::{Days, Period};
use wallgent_core::time::Day;

/// What went out and came in.
#[derive(Clone, Copy, Debug, Default)]
struct Moved {
    debits: Total,
    credits: Total,
}

impl Moved {
    fn add(&mut self, other: Self) {
        self.debits += other.debits;
        self.credits += other.credits;
    }
}

/// What happened on `days`, in periods; of several wallets a day occurs several
/// times.
fn report(days: Days, period: Period, found: Vec<(Day, Moved)>) -> Spending {
    let mut all = Moved::default();
    let mut daily_totals = Vec::new();
    for (date, Moved { debits, credits }) in days.fill(period, found, Moved::add) {
        all.add(Moved { debits, credits });
        daily_totals.push(SpendingPoint { date, debits, credits, net: credits - debits });
    }
    let summary = SpendingSummary {
        total_debits: all.debits,
        total_credits: all.credits,
        net_flow: all.credits - all.debits,
    };
    Spending { daily_totals, summary }
}
