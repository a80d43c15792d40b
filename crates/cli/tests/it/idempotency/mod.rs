//! One key, one effect: what is remembered, for whom, for how long, and what is not.

mod lifetimes;
mod namespaces;
mod refusals;
mod replays;
