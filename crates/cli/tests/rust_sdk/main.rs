//! The Rust SDK against the real binary: every method once, as stories, and what
//! a client does when the network fails it.

mod agents;
mod approvals;
mod audit_logs;
mod bank_accounts;
mod cards;
mod delegations;
mod events;
mod faults;
mod following;
mod invoices;
mod keys;
mod network;
mod payment_links;
mod payments;
#[path = "../it/support/proxy.rs"]
mod proxy;
mod receiver;
mod support;
mod transfers;
mod wallets;
mod webhooks;
