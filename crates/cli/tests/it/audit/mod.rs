//! The audit log: its entries, its filters, and who may read which of them.

mod entries;
mod filters;
mod readers;
