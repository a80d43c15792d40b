//! Invoices: written, paid, given back, and charged for.

mod charging;
mod drafting;
mod paying;
mod racing;
mod recurring;
mod refunding;
mod stablecoin;
mod stepping;
mod waiting;
