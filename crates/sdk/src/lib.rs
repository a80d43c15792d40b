//! The Rust SDK of Wallgent: wallets, policies, payments, transfers and cards for AI agents.
//!
//! A [`Client`] holds one API key. Its resources make calls, a call is done by
//! awaiting it, and a list can be awaited for one page or streamed to its end.
//!
//! ```no_run
//! use wallgent::types::payments::SendPayment;
//! use wallgent::types::wallets::CreateWallet;
//! use wallgent::{Client, Error, ErrorCode, Sent};
//!
//! # async fn example() -> Result<(), Error> {
//! // Reads WALLGENT_API_KEY, and WALLGENT_BASE_URL where it is set.
//! let client = Client::from_env()?;
//! let new = |name: &str| CreateWallet {
//!     name: name.to_owned(),
//!     ..CreateWallet::default()
//! };
//! let buyer = client.wallets().create(&new("Buyer")).await?;
//! let seller = client.wallets().create(&new("Seller")).await?;
//! let price = "25.00".parse().expect("an amount");
//! client.wallets().fund(buyer.id, "100.00".parse().expect("an amount")).await?;
//!
//! let payment = SendPayment {
//!     from: buyer.id.to_string(),
//!     to: Some(seller.id.to_string()),
//!     amount: price,
//!     description: Some("Search results".to_owned()),
//!     ..SendPayment::default()
//! };
//! match client.payments().send(&payment).idempotency_key("order-42").await {
//!     Ok(Sent::Posted(payment)) => println!("paid {}", payment.id),
//!     Ok(Sent::PendingApproval(payment)) => println!("{} waits for a human", payment.id),
//!     Err(error) if error.code() == Some(ErrorCode::PolicyDenied) => println!("{error}"),
//!     Err(error) => return Err(error),
//! }
//!
//! let mut wallets = client.wallets().list(&Default::default()).stream();
//! while let Some(wallet) = wallets.next().await.transpose()? {
//!     println!("{}: {} {}", wallet.name, wallet.available, wallet.currency);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Retries
//!
//! A call is repeated, twice by default, when there was no answer, and after
//! 429, 503 and `IDEMPOTENCY_IN_FLIGHT`; nothing else is. Everything that
//! changes something is sent with one idempotency key for all attempts, so that
//! a repeated payment is paid once. The key is made for each call; give one of
//! your own ([`Call::idempotency_key`]) when the payment must also be repeatable
//! by another process, after a crash.
//!
//! # Features
//!
//! `rustls`, on by default, is what `https` needs. It is built with a C compiler;
//! without the feature the crate needs none, and speaks plain `http`.

mod agents;
mod api_keys;
mod approvals;
mod audit_logs;
mod bank_accounts;
mod call;
mod cards;
mod client;
mod customers;
mod delegations;
mod error;
mod events;
mod invoices;
mod network;
mod organizations;
mod page;
mod payment_links;
mod payments;
mod policies;
mod realtime;
mod retry;
mod sandbox;
mod secret;
mod sent;
mod signatures;
mod transfers;
mod wallets;
mod webhooks;

pub use agents::{AgentFilter, Agents, CreatedAgent, RotatedAgentKey};
pub use api_keys::{ApiKeys, CreatedKey};
pub use approvals::{ApprovalFilter, Approvals};
pub use audit_logs::{AuditFilter, AuditLogs};
pub use bank_accounts::BankAccounts;
pub use call::Call;
pub use cards::{CardFilter, CardSecrets, Cards};
pub use client::{Client, DEFAULT_BASE_URL, Options};
pub use customers::Customers;
pub use delegations::{DelegationFilter, DelegationRole, Delegations};
pub use error::Error;
pub use events::{EventFilter, Events};
pub use invoices::{InvoiceFilter, InvoicePayment, Invoices};
pub use network::{DirectoryFilter, Network};
pub use organizations::Organizations;
pub use page::{Items, Listing};
pub use payment_links::{PaymentLinkFilter, PaymentLinks};
pub use payments::{Batch, PaymentFilter, Payments};
pub use policies::Policies;
pub use realtime::EventStream;
pub use sandbox::Sandbox;
pub use secret::Secret;
pub use sent::Sent;
pub use signatures::{
    DeliveryError, DeliveryHeaders, SignedHeaders, WebhookSecret, verify_webhook_signature,
};
pub use transfers::{Cancellation, TransferFilter, Transfers};
pub use wallets::{EvaluationFilter, HoldFilter, WalletFilter, Wallets};
pub use webhooks::{DeadLetterPage, SecretWebhook, Webhooks};

pub use wallgent_api::{ErrorCode, Patch, types};
pub use wallgent_core::approval::ApprovalStatus;
pub use wallgent_core::bank::{AccountNumber, AccountType};
pub use wallgent_core::card::{AuthorizationStatus, CardStatus, CardType, DeclineReason, Interval};
pub use wallgent_core::hold::HoldStatus;
pub use wallgent_core::invoice::InvoiceStatus;
pub use wallgent_core::payment::PaymentStatus;
pub use wallgent_core::payment_link::LinkStatus;
pub use wallgent_core::policy::{Decision, Schedule, ScheduleError, Weekday};
pub use wallgent_core::recurrence::Recurrence;
pub use wallgent_core::test_method::TestMethod;
pub use wallgent_core::transfer::{Direction, Rail, TransferStatus};
pub use wallgent_core::wallet::{WalletStatus, WalletType};
pub use wallgent_core::{Amount, AmountError, Environment, Permission, Permissions, Timestamp, id};
