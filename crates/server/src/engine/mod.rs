//! The engine: one writer, group commit.
//!
//! All changes go through one thread per database, in one order. It drains its
//! queue into one database transaction, commits once, and only then answers
//! all of them. So limits are exact (nothing happens between a check and its
//! effect), events have no gaps, hot wallets are as fast as cold ones, and
//! durable writes are cheap.
//!
//! Phases of a batch: look up the idempotency keys of all commands at once;
//! run each command against the hot state, where it buffers its rows; write
//! the rows, set by set; commit; answer. A command that is refused is undone
//! in memory. If the commit fails, nothing is acknowledged and the hot state
//! is loaded anew.

mod clock;
pub mod hot;
mod lease;
mod queue;
pub mod rows;
pub mod state;
mod tx;
mod writer;

pub use clock::Clock;
pub use queue::{Engine, EngineError};
pub use rows::{
    ChangeRow, DayDelta, EntryRow, EvaluationRow, IdempotencyRow, ReceivedRow, TransactionRow,
};
pub use state::{Account, Denial, Key, Merchant, Record, Scope, ScopeId, Spent, Wallet};
pub use tx::{Stop, Tx};
pub use writer::{EngineOptions, start};
