//! The Wallgent service as a library.
//!
//! A folder is a noun of the product, each with the same files: `mod.rs` (what
//! it does), `routes.rs` (HTTP), `store.rs` (SQL). Beside them stand the edge
//! ([`mod@http`]), the engine, the database and what operators need.

mod agents;
mod app;
mod approvals;
mod audit;
mod background;
mod bank_accounts;
mod caller;
mod cards;
mod config;
mod crypto;
mod customers;
mod db;
mod delegations;
mod engine;
mod error;
mod events;
mod fees;
mod holds;
mod http;
mod idempotency;
mod invoices;
mod jobs;
mod keys;
mod ledger;
mod metrics;
mod network;
mod organizations;
mod payment_links;
mod payments;
mod policies;
mod rails;
mod realtime;
mod sandbox;
mod server;
mod slug;
mod transfers;
mod wallets;
mod webhooks;

pub mod admin;
pub mod backup;
pub mod verify;

pub use config::{Config, Rails, Rules};
pub use crypto::write_private;
pub use db::Location;
pub use engine::Clock;
pub use http::document as openapi_document;
pub use rails::Adapter;
pub use server::{Offline, Server, StartError};
pub use webhooks::Reach;
