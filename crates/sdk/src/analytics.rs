//! What wallets spend and receive, period by period.

use wallgent_api::types::analytics::Spending;
use wallgent_core::calendar::Period;
use wallgent_core::id::WalletId;
use wallgent_core::time::Day;

use crate::{Call, Client};

/// Which days a report tells, and how it puts them together: the last thirty, each
/// by itself, by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// The first day.
    pub from: Option<Day>,
    /// The last day, included.
    pub to: Option<Day>,
    /// Days, weeks or months.
    pub group_by: Option<Period>,
}

impl Report {
    pub(crate) fn ask<T>(&self, call: Call<T>) -> Call<T> {
        call.query("from", self.from)
            .query("to", self.to)
            .query("groupBy", self.group_by.map(Period::as_str))
    }
}

/// What wallets spend and receive.
///
/// ```no_run
/// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
/// use wallgent::{Period, Report};
///
/// let monthly = Report { group_by: Some(Period::Month), ..Report::default() };
/// let spending = client.analytics().spending(None, &monthly).await?;
/// for month in &spending.daily_totals {
///     println!("{}: {} out, {} in", month.date, month.debits, month.credits);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Analytics<'a> {
    client: &'a Client,
}

impl<'a> Analytics<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// What one wallet spends and receives, or all wallets that the key sees.
    pub fn spending(&self, wallet: Option<WalletId>, report: &Report) -> Call<Spending> {
        report.ask(self.client.get("/analytics/spending")).query("walletId", wallet)
    }
}
