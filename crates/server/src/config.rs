//! What an operator can set.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use wallgent_core::Amount;
use wallgent_core::fee::FeeSchedule;

use crate::db::Location;
use crate::webhooks::Reach;

/// A running server's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the store is.
    pub database: Location,
    /// Where to listen.
    pub listen: SocketAddr,
    /// A folder for what stands beside the store: the encryption key, the
    /// admin socket, `dev.json`.
    pub data: PathBuf,
    /// The admin socket; in the data folder by default.
    pub admin_socket: PathBuf,
    /// Proxies whose word about client addresses is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Web origins that may call the API.
    pub cors_origins: Vec<String>,
    /// The encryption key as 64 hexadecimal digits; else a file beside the
    /// store.
    pub encryption_key: Option<String>,
    /// Whether that file may be used, and made when it is missing.
    pub key_file: bool,
    /// Threads that read from the store.
    pub readers: usize,
    /// Connections that may be open at once.
    pub connections_max: usize,
    /// Where webhooks may lead.
    pub webhook_reach: Reach,
    /// Fees, windows and limits.
    pub rules: Rules,
}

/// What the rules of money leave to the operator.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What payments cost.
    pub payment_fee: FeeSchedule,
    /// How long a payment can be reversed, in seconds.
    pub reversal_window_seconds: i64,
    /// How long an approval waits for a human, in seconds.
    pub approval_seconds: i64,
    /// The most that one sandbox funding brings.
    pub funding_max: Amount,
    /// The most that `/sandbox/fund` brings to one wallet.
    pub funding_total_max: Amount,
}

impl Default for Rules {
    fn default() -> Self {
        const DAY: i64 = 86_400;
        Self {
            payment_fee: FeeSchedule::STANDARD,
            reversal_window_seconds: 180 * DAY,
            approval_seconds: DAY,
            funding_max: Amount::from_cents(1_000_000),
            funding_total_max: Amount::from_cents(10_000_000),
        }
    }
}
