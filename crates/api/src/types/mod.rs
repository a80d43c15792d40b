//! Requests and answers, noun by noun.

pub mod agents;
pub mod approvals;
pub mod audit;
pub mod bank_accounts;
pub mod card_authorizations;
pub mod cards;
pub mod charges;
pub mod clock;
pub mod customers;
pub mod delegations;
pub mod events;
pub mod invoices;
pub mod keys;
pub mod network;
pub mod organizations;
pub mod payment_links;
pub mod payments;
pub mod policies;
pub mod transfers;
pub mod wallets;
pub mod webhooks;

use serde::{Deserialize, Serialize};

/// The only currency of the ledger.
pub const CURRENCY: &str = "USD";

/// A page of a list, newest first unless said otherwise.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// The rows.
    pub data: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last one.
    pub cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// The same as `cursor`, for older clients.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list that always fits on one page.
    #[must_use]
    pub const fn whole(data: Vec<T>) -> Self {
        Self { data, cursor: None, has_more: false, next_cursor: None }
    }
}
