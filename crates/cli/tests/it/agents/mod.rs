//! Agents: making, reading, budgets, pauses, keys, ends, templates, and what they must never do.

mod budgets;
mod closing;
mod creating;
mod deleting;
mod forbidden;
mod pausing;
mod reading;
mod rotating;
mod sweeping;
mod telling;
mod templates;
