//! Two things at one moment: one consistent outcome, balanced books, and no hold left behind.

mod agents;
mod approvals;
mod budgets;
mod delegations;
mod keys;
