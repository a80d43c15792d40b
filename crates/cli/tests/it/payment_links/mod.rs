//! Payment links: made, paid, ended.

mod ending;
mod making;
mod open;
mod paying;
mod racing;
mod test_methods;
mod waiting;
