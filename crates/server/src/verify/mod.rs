//! Proving the books from the store itself.
//!
//! Everything that is kept beside the entries is derived from them again and
//! compared: balances, chains, holds, spending, roll-ups. It reads one
//! unchanging state, so it works beside a running server.

mod store;

use crate::db::{Connection, DbResult, Location};

pub use store::is_readable;

/// Differences that are told one by one; of more, only their number.
const TOLD_MAX: usize = 20;

/// What was checked, and what did not agree.
#[derive(Debug, Default)]
pub struct Report {
    /// What was checked, with how many of it there were.
    pub checked: Vec<(&'static str, u64)>,
    /// What did not agree, in words.
    pub differences: Vec<String>,
    /// How many differences there were in all.
    pub difference_count: u64,
}

impl Report {
    fn differ(&mut self, text: String) {
        self.difference_count += 1;
        if self.differences.len() < TOLD_MAX {
            self.differences.push(text);
        }
    }

    /// Whether everything agreed.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.difference_count == 0
    }
}

/// Checks a whole store.
pub fn run(location: &Location) -> DbResult<Report> {
    let mut connection = Connection::open_reader(location)?;
    connection.begin_snapshot()?;
    let mut report = Report::default();
    let result =
        store::CHECKS.iter().try_for_each(|check| store::run(&mut connection, check, &mut report));
    connection.rollback()?;
    result.map(|()| report)
}
