//! What every request and every background task shares.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};

use crate::config::Config;
use crate::crypto::Vault;
use crate::db::ReadPool;
use crate::engine::{Clock, Engine};
use crate::events::Hub;
use crate::http::RateLimits;
use crate::idempotency::UnderWay;
use crate::keys::KeyCache;
use crate::metrics::Metrics;
use crate::webhooks::{Sender, WebhookChanges};

/// The service.
pub struct App {
    /// Where changes go.
    pub engine: Engine,
    /// Where reads go.
    pub reads: ReadPool,
    /// Keys in memory.
    pub keys: Arc<KeyCache>,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub config: Config,
    /// How often callers may call.
    pub limits: RateLimits,
    /// Requests that act outside of commands.
    pub under_way: UnderWay,
    /// Opens secrets that are stored.
    pub vault: Arc<Vault>,
    /// Where events are heard.
    pub hub: Hub,
    /// What delivers them.
    pub sender: Sender,
    /// Where those read who have to wait for payments.
    pub background_reads: ReadPool,
    /// Where they run.
    pub background: Handle,
    /// Places for clients of the realtime stream.
    pub sockets: Arc<Semaphore>,
    /// Whether the server stops.
    pub stopped: watch::Receiver<bool>,
    /// Told when webhooks changed.
    pub webhook_changes: Arc<WebhookChanges>,
    /// Held while due things are done, so that no two do them at once.
    pub due: tokio::sync::Mutex<()>,
    /// What Prometheus is told.
    pub metrics: Arc<Metrics>,
}

impl App {
    /// Whether the store can be read and the writer is alive. A standby is
    /// ready too: it serves reads, and takes over when it has to.
    pub async fn is_ready(&self) -> bool {
        let readable = self.reads.read(crate::verify::is_readable).await;
        let readable = matches!(readable, Ok(Ok(())));
        let embedded = matches!(self.config.database, crate::db::Location::Sqlite(_));
        readable && (self.metrics.is_writer_alive() || !embedded)
    }
}
