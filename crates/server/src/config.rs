//! What an operator can set.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use wallgent_core::Amount;
use wallgent_core::fee::FeeSchedule;

use crate::crypto;
use crate::db::Location;
use crate::rails::Adapter;
use crate::server::StartError;
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
    /// Where people outside find this server, as `https://pay.example.com`; else where
    /// it listens.
    pub public_url: Option<String>,
    /// Web origins that may call the API.
    pub cors_origins: Vec<String>,
    /// The encryption key as 64 hexadecimal digits; else a file beside the
    /// store.
    pub encryption_key: Option<String>,
    /// Keys that only open what was sealed with them before.
    pub encryption_keys_retired: Vec<String>,
    /// Whether that file may be used, and made when it is missing.
    pub key_file: bool,
    /// Threads that read from the store.
    pub readers: usize,
    /// Connections that may be open at once.
    pub connections_max: u32,
    /// Clients that may follow the realtime stream at once.
    pub sockets_max: u32,
    /// Where webhooks may lead.
    pub webhook_reach: Reach,
    /// Fees, windows and limits.
    pub rules: Rules,
}

impl Config {
    /// What ciphertexts call the configured encryption key. It says nothing of
    /// the key.
    pub fn encryption_key_name(&self) -> Result<Option<String>, StartError> {
        Ok(crypto::key_name(self)?.map(|name| name.to_string()))
    }
}

/// Pauses between the attempts to deliver an event.
const WEBHOOK_RETRY_SECONDS: [i64; 9] =
    [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// What the rules of money leave to the operator.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What the addresses of pages begin with, without a slash at the end.
    pub public_url: String,
    /// What payments, deposits and withdrawals cost.
    pub payment_fee: FeeSchedule,
    /// How long a payment can be reversed, in seconds.
    pub reversal_window_seconds: i64,
    /// How long an approval waits for a human, in seconds.
    pub approval_seconds: i64,
    /// Pauses between the attempts to deliver an event, in seconds; after the last
    /// it is a dead letter.
    pub webhook_retry_seconds: Vec<i64>,
    /// The most that one sandbox funding brings.
    pub funding_max: Amount,
    /// The most that `/sandbox/fund` brings to one wallet.
    pub funding_total_max: Amount,
    /// The least that one deposit may bring.
    pub deposit_minimum: Amount,
    /// How money gets to the outside and back.
    pub rails: Rails,
}

/// What the rails leave to the operator.
#[derive(Clone, Copy, Debug)]
pub struct Rails {
    /// What moves money in production; nothing does when it is not set.
    pub production: Option<Adapter>,
    /// How long the simulator takes for a transfer over ACH, in seconds.
    pub simulated_ach_seconds: i64,
    /// The same over WIRE.
    pub simulated_wire_seconds: i64,
    /// The same over FEDNOW.
    pub simulated_fednow_seconds: i64,
    /// The same over USDC.
    pub simulated_usdc_seconds: i64,
    /// How long a rail may keep silent, in seconds, before a transfer fails.
    pub deadline_seconds: i64,
}

impl Default for Rails {
    fn default() -> Self {
        Self {
            production: None,
            simulated_ach_seconds: 5,
            simulated_wire_seconds: 3,
            simulated_fednow_seconds: 1,
            simulated_usdc_seconds: 2,
            deadline_seconds: 7 * 86_400,
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        const DAY: i64 = 86_400;
        Self {
            public_url: "http://localhost:3000".to_owned(),
            payment_fee: FeeSchedule::STANDARD,
            reversal_window_seconds: 180 * DAY,
            approval_seconds: DAY,
            webhook_retry_seconds: WEBHOOK_RETRY_SECONDS.to_vec(),
            funding_max: Amount::from_cents(1_000_000),
            funding_total_max: Amount::from_cents(10_000_000),
            deposit_minimum: Amount::from_cents(2_500),
            rails: Rails::default(),
        }
    }
}
