//! Settings: by flag, by `WALLGENT_*` variable, by file, in this order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use wallgent_server::{Adapter, Config, Location, Rails, Reach, Rules};

use crate::exit::Failure;

/// Where `serve` listens when nobody says.
const LISTEN: &str = "127.0.0.1:3000";
/// Threads that read from the store.
const READERS: usize = 4;
/// Connections that may be open at once.
const CONNECTIONS_MAX: u32 = 16_384;
/// Clients that may follow the realtime stream at once.
const SOCKETS_MAX: u32 = 16_384;
/// The embedded store's file in a data folder.
const STORE_FILE: &str = "wallgent.db";
/// The admin socket in a data folder.
const SOCKET_FILE: &str = "admin.sock";

/// Everything an operator can set.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The store: sqlite:PATH or postgres://…
    #[arg(long, env = "WALLGENT_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// Where to listen
    #[arg(long, env = "WALLGENT_LISTEN")]
    listen: Option<SocketAddr>,
    /// A folder for what stands beside the store: encryption key, admin socket
    #[arg(long, env = "WALLGENT_DATA")]
    data: Option<PathBuf>,
    /// The admin socket; in the data folder when absent
    #[arg(long, env = "WALLGENT_ADMIN_SOCKET")]
    admin_socket: Option<PathBuf>,
    /// Proxies (CIDR) whose word about client addresses is taken
    #[arg(long, env = "WALLGENT_TRUSTED_PROXIES", value_delimiter = ',')]
    #[serde(default)]
    trusted_proxies: Vec<String>,
    /// Where people outside find this server, as https://pay.example.com; where it listens when absent
    #[arg(long, env = "WALLGENT_PUBLIC_URL")]
    public_url: Option<String>,
    /// Web origins that may call the API
    #[arg(long, env = "WALLGENT_CORS_ORIGINS", value_delimiter = ',')]
    #[serde(default)]
    cors_origins: Vec<String>,
    /// The encryption key, 64 hexadecimal digits; better set by variable
    #[arg(long, env = "WALLGENT_ENCRYPTION_KEY", hide_env_values = true)]
    encryption_key: Option<String>,
    /// Encryption keys from before, which only open what was sealed with them
    #[arg(
        long,
        env = "WALLGENT_ENCRYPTION_KEYS_RETIRED",
        hide_env_values = true,
        value_delimiter = ','
    )]
    #[serde(default)]
    encryption_keys_retired: Vec<String>,
    /// Threads that read from the store
    #[arg(long, env = "WALLGENT_READERS")]
    readers: Option<usize>,
    /// Connections that may be open at once
    #[arg(long, env = "WALLGENT_CONNECTIONS_MAX")]
    connections_max: Option<u32>,
    /// Clients that may follow the realtime stream at once
    #[arg(long, env = "WALLGENT_SOCKETS_MAX")]
    sockets_max: Option<u32>,
    /// What payments, deposits and withdrawals cost, in parts per million (5000 is 0.5 %)
    #[arg(long, env = "WALLGENT_PAYMENT_FEE_PPM")]
    payment_fee_ppm: Option<u32>,
    /// What each of them costs at least, in dollars
    #[arg(long, env = "WALLGENT_PAYMENT_FEE_MINIMUM")]
    payment_fee_minimum: Option<String>,
    /// How long payments can be reversed, in days
    #[arg(long, env = "WALLGENT_REVERSAL_WINDOW_DAYS")]
    reversal_window_days: Option<u32>,
    /// How long an approval waits for a human, in seconds
    #[arg(long, env = "WALLGENT_APPROVAL_SECONDS")]
    approval_seconds: Option<u32>,
    /// Pauses between the attempts to deliver an event, in seconds
    #[arg(long, env = "WALLGENT_WEBHOOK_RETRY_SECONDS", value_delimiter = ',')]
    #[serde(default)]
    webhook_retry_seconds: Vec<u32>,
    /// What moves money in production: manual (the operator, by `wallgent transfer`); nothing
    /// when absent, under `dev` the simulator
    #[arg(long, env = "WALLGENT_PRODUCTION_RAIL", value_parser = ["manual"])]
    production_rail: Option<String>,
    /// How long the simulator takes for a transfer over ACH, in seconds
    #[arg(long, env = "WALLGENT_SIMULATED_ACH_SECONDS")]
    simulated_ach_seconds: Option<u32>,
    /// The same over WIRE
    #[arg(long, env = "WALLGENT_SIMULATED_WIRE_SECONDS")]
    simulated_wire_seconds: Option<u32>,
    /// The same over FEDNOW
    #[arg(long, env = "WALLGENT_SIMULATED_FEDNOW_SECONDS")]
    simulated_fednow_seconds: Option<u32>,
    /// The same over USDC
    #[arg(long, env = "WALLGENT_SIMULATED_USDC_SECONDS")]
    simulated_usdc_seconds: Option<u32>,
    /// How long a rail may keep silent before a transfer fails, in seconds
    #[arg(long, env = "WALLGENT_RAIL_DEADLINE_SECONDS")]
    rail_deadline_seconds: Option<u32>,
}

/// Settings and the file that completes them.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Sources {
    /// A TOML file with any of these settings, written with underscores
    #[arg(long, env = "WALLGENT_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

impl Sources {
    /// The settings with the file's where flags and variables say nothing.
    pub(crate) fn merged(&self) -> Result<Settings, Failure> {
        match &self.config {
            None => Ok(self.settings.clone()),
            Some(path) => Ok(self.settings.clone().or(read_file(path)?)),
        }
    }
}

fn read_file(path: &Path) -> Result<Settings, Failure> {
    let failed = |place: String, why: &str| {
        Failure::new(format!("{}{place}: {}", path.display(), why.trim()))
    };
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| failed(String::new(), &error.to_string()))?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
        let place = line.map(|line| format!(", line {line}")).unwrap_or_default();
        failed(place, without_value(error.message()))
    })
}

/// What is wrong with a setting, without the value that is there: it may be a
/// secret.
fn without_value(message: &str) -> &str {
    let tells_value =
        message.starts_with("invalid type: ") || message.starts_with("invalid value: ");
    let from = message.rfind("expected ").filter(|_| tells_value);
    from.map_or(message, |from| &message[from..])
}

fn list_or<T>(first: Vec<T>, second: Vec<T>) -> Vec<T> {
    if first.is_empty() { second } else { first }
}

impl Settings {
    fn or(self, other: Self) -> Self {
        Self {
            database: self.database.or(other.database),
            listen: self.listen.or(other.listen),
            data: self.data.or(other.data),
            admin_socket: self.admin_socket.or(other.admin_socket),
            trusted_proxies: list_or(self.trusted_proxies, other.trusted_proxies),
            public_url: self.public_url.or(other.public_url),
            cors_origins: list_or(self.cors_origins, other.cors_origins),
            encryption_key: self.encryption_key.or(other.encryption_key),
            encryption_keys_retired: list_or(
                self.encryption_keys_retired,
                other.encryption_keys_retired,
            ),
            readers: self.readers.or(other.readers),
            connections_max: self.connections_max.or(other.connections_max),
            sockets_max: self.sockets_max.or(other.sockets_max),
            payment_fee_ppm: self.payment_fee_ppm.or(other.payment_fee_ppm),
            payment_fee_minimum: self.payment_fee_minimum.or(other.payment_fee_minimum),
            reversal_window_days: self.reversal_window_days.or(other.reversal_window_days),
            approval_seconds: self.approval_seconds.or(other.approval_seconds),
            webhook_retry_seconds: list_or(self.webhook_retry_seconds, other.webhook_retry_seconds),
            production_rail: self.production_rail.or(other.production_rail),
            simulated_ach_seconds: self.simulated_ach_seconds.or(other.simulated_ach_seconds),
            simulated_wire_seconds: self.simulated_wire_seconds.or(other.simulated_wire_seconds),
            simulated_fednow_seconds: self
                .simulated_fednow_seconds
                .or(other.simulated_fednow_seconds),
            simulated_usdc_seconds: self.simulated_usdc_seconds.or(other.simulated_usdc_seconds),
            rail_deadline_seconds: self.rail_deadline_seconds.or(other.rail_deadline_seconds),
        }
    }

    /// The same with an embedded store in the data folder, where none is named.
    pub(crate) fn with_data_folder(mut self, folder: &str) -> Self {
        let data = self.data.get_or_insert_with(|| PathBuf::from(folder));
        if self.database.is_none() {
            self.database = Some(format!("sqlite:{}", data.join(STORE_FILE).display()));
        }
        self
    }

    /// The store, which must be named.
    pub(crate) fn location(&self) -> Result<Location, Failure> {
        let text = self.database.as_deref();
        let text = text.ok_or_else(|| {
            Failure::new("name the store: --database sqlite:PATH or postgres://…")
        })?;
        text.parse().map_err(|problem| Failure::new(format!("--database {problem}")))
    }

    /// The same, with a key beside the store on PostgreSQL too, and a simulator
    /// that moves production money: for trying out, and for commands whose server
    /// has made such a key.
    pub(crate) fn into_config_for_dev(self) -> Result<Config, Failure> {
        let mut config = self.into_config()?;
        config.key_file = true;
        config.webhook_reach = Reach::OutsideAndHere;
        config.rules.rails.production.get_or_insert(Adapter::Simulator);
        Ok(config)
    }

    /// What the service needs to know.
    pub(crate) fn into_config(self) -> Result<Config, Failure> {
        let database = self.location()?;
        let data = self.data.clone().unwrap_or_else(|| beside(&database));
        let networks = self.trusted_proxies.iter().map(|text| {
            text.parse().map_err(|_| Failure::new(format!("trusted_proxies: {text} is no network")))
        });
        let listen = LISTEN.parse().expect("a constant address");
        Ok(Config {
            trusted_proxies: networks.collect::<Result<_, _>>()?,
            webhook_reach: Reach::Outside,
            rules: self.rules()?,
            admin_socket: self.admin_socket.unwrap_or_else(|| data.join(SOCKET_FILE)),
            data,
            listen: self.listen.unwrap_or(listen),
            public_url: self.public_url.map(web_origin).transpose()?,
            cors_origins: self.cors_origins,
            encryption_key: self.encryption_key,
            encryption_keys_retired: self.encryption_keys_retired,
            key_file: matches!(database, Location::Sqlite(_)),
            readers: self.readers.unwrap_or(READERS).max(1),
            connections_max: self.connections_max.unwrap_or(CONNECTIONS_MAX).max(1),
            sockets_max: self.sockets_max.unwrap_or(SOCKETS_MAX),
            database,
        })
    }

    fn rules(&self) -> Result<Rules, Failure> {
        let mut rules = Rules::default();
        if let Some(ppm) = self.payment_fee_ppm {
            rules.payment_fee.rate_ppm = ppm;
        }
        if let Some(text) = &self.payment_fee_minimum {
            let minimum = text.parse();
            let problem = |_| Failure::new(format!("payment_fee_minimum: {text} is no amount"));
            rules.payment_fee.minimum = minimum.map_err(problem)?;
        }
        if let Some(days) = self.reversal_window_days {
            rules.reversal_window_seconds = i64::from(days) * 86_400;
        }
        if let Some(seconds) = self.approval_seconds {
            rules.approval_seconds = i64::from(seconds);
        }
        if !self.webhook_retry_seconds.is_empty() {
            rules.webhook_retry_seconds =
                self.webhook_retry_seconds.iter().copied().map(i64::from).collect();
        }
        rules.rails = self.rails()?;
        Ok(rules)
    }

    fn rails(&self) -> Result<Rails, Failure> {
        let production = match self.production_rail.as_deref() {
            None => None,
            Some("manual") => Some(Adapter::Manual),
            Some(text) => {
                return Err(Failure::new(format!("production_rail: {text} is not manual")));
            }
        };
        let mut rails = Rails { production, ..Rails::default() };
        for (seconds, asked) in [
            (&mut rails.simulated_ach_seconds, self.simulated_ach_seconds),
            (&mut rails.simulated_wire_seconds, self.simulated_wire_seconds),
            (&mut rails.simulated_fednow_seconds, self.simulated_fednow_seconds),
            (&mut rails.simulated_usdc_seconds, self.simulated_usdc_seconds),
            (&mut rails.deadline_seconds, self.rail_deadline_seconds),
        ] {
            *seconds = asked.map_or(*seconds, i64::from);
        }
        Ok(rails)
    }
}

/// An address that can stand before a page's path.
fn web_origin(text: String) -> Result<String, Failure> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(['?', '#', ' ']) => Ok(text),
        _ => Err(Failure::new(format!("public_url: {text} is no http or https address"))),
    }
}

/// The folder of an embedded store; for PostgreSQL the current one.
fn beside(database: &Location) -> PathBuf {
    let folder = match database {
        Location::Sqlite(path) => path.parent().map(Path::to_path_buf),
        Location::Postgres(_) => None,
    };
    folder.filter(|it| !it.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."))
}
