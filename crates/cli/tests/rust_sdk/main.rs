//! The Rust SDK against the real binary: every method once, as stories, and what
//! a client does when the network fails it.

mod agents;
mod approvals;
mod audit_logs;
mod delegations;
mod events;
mod faults;
mod keys;
mod network;
mod payments;
mod receiver;
mod support;
mod wallets;
mod webhooks;
