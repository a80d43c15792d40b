//! Payments: sending and its order of checks, reading and listing, reversing, batches, approvals' 202.

mod approvals;
mod batch_items;
mod batches;
mod checks;
mod lists;
mod reversals;
mod sending;
mod unsettled;
