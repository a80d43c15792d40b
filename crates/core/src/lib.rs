//! The rules of Wallgent.
//!
//! Everything here is a pure function of its arguments: no clock, no
//! randomness, no SQL, no HTTP, no async. This is where money can go wrong, so
//! it is also where tests are cheapest.

pub mod account;
pub mod amount;
pub mod approval;
pub mod bank;
pub mod card;
pub mod directory;
pub mod environment;
pub mod fee;
pub mod hold;
pub mod id;
pub mod idempotency;
pub mod invoice;
pub mod payment;
pub mod payment_link;
pub mod permission;
pub mod plan;
pub mod policy;
pub mod posting;
pub mod recurrence;
pub mod reversal;
pub mod test_method;
pub mod time;
pub mod transfer;
pub mod wallet;

pub use amount::{Amount, AmountError};
pub use environment::Environment;
pub use permission::{Permission, Permissions};
pub use time::Timestamp;
