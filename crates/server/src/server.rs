//! Starting and stopping.

use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::admin;
use crate::app::App;
use crate::background::Background;
use crate::config::Config;
use crate::crypto::{self, Unlocking, Vault, VaultError, write_private};
use crate::db::{self, Connection, DbError, Location, ReadPool};
use crate::engine::{self, Clock, Engine, EngineOptions};
use crate::events::Hub;
use crate::http::{self, RateLimits};
use crate::idempotency::UnderWay;
use crate::keys::{self, KeyCache, Uses};
use crate::metrics::Metrics;
use crate::webhooks::{self, Sender, WebhookChanges};

/// The file in the data folder that names this installation to PostgreSQL.
const PLACE: &str = "writer";
/// The log beside the embedded store is copied into it from this size on.
const LOG_BYTES: u64 = 8 << 20;
/// Pause between two copies while the log grows. Little and often: one large
/// copy keeps the disk from the commits beside it for as long as its sync takes.
const COPY_PAUSE: Duration = Duration::from_millis(5);
/// Pause while nothing is written.
const IDLE_COPY_PAUSE: Duration = Duration::from_millis(100);
/// How long clients of the stream may take to let it go when the server stops.
const SOCKETS_DEADLINE: Duration = Duration::from_secs(5);
/// Readers for those who tell of events.
const BACKGROUND_READERS: usize = 2;
/// How often callers that went away are forgotten.
const FORGET_PAUSE: Duration = Duration::from_secs(60);
/// How long a process that is not the writer trusts the keys it knows.
const STANDBY_KEYS_PAUSE: Duration = Duration::from_secs(1);

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store.
    #[error("{0}")]
    Store(#[from] DbError),
    /// The encryption key.
    #[error("{0}")]
    Key(#[from] VaultError),
    /// PostgreSQL keeps no key beside itself.
    #[error(
        "set encryption_key (64 hexadecimal digits): a store on PostgreSQL has no file beside it to keep one in"
    )]
    NoKey,
    /// Another process holds the store.
    #[error("{0} is in use by another wallgent process")]
    InUse(String),
    /// A file or a socket.
    #[error("{what}: {error}")]
    Io {
        /// Which.
        what: String,
        /// Why.
        error: std::io::Error,
    },
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> StartError {
    let what = what.into();
    move |error| StartError::Io { what, error }
}

/// A store that this process alone may change.
pub struct Offline {
    store: admin::Store,
    /// Held as long as the store is ours.
    _lock: File,
}

impl Offline {
    /// Opens the store while no server runs.
    pub async fn open(config: Config) -> Result<Self, StartError> {
        Self::open_for(config, Unlocking::Operate).await
    }

    /// Opens a store whose encryption key is lost for good. It goes on with
    /// another one; what only the lost key opens stays unreadable.
    pub async fn open_after_loss(config: Config) -> Result<Self, StartError> {
        let opened = Self::open_for(config, Unlocking::AfterLoss).await?;
        let replaced = opened.store.engine.run(Vec::new(), crypto::replace_lost_digest_key).await;
        match replaced {
            Ok(()) => Ok(opened),
            Err(error) => {
                opened.close().await;
                Err(DbError::Layout(admin::told(&error)).into())
            }
        }
    }

    async fn open_for(config: Config, unlocking: Unlocking) -> Result<Self, StartError> {
        let parts = Parts::default();
        let location = config.database.clone();
        let open = move || open_engine(&config, &Clock::wall(), &parts, unlocking);
        let Opened { engine, vault, lock } = apart(open).await?;
        Ok(Self { store: admin::Store { engine, vault, location }, _lock: lock })
    }

    /// Runs an operator's command.
    pub async fn execute(&self, request: admin::Request) -> Result<serde_json::Value, String> {
        admin::execute(self.store.clone(), request).await
    }

    /// Closes the store.
    pub async fn close(self) {
        self.store.engine.stop().await;
    }
}

/// Runs what blocks on a thread of its own: the database's client must not
/// wait inside the runtime that serves requests.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StartError> + Send + 'static,
) -> Result<T, StartError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(io("thread")(std::io::Error::other(error))),
    }
}

/// What the engine tells the rest of the process.
#[derive(Clone, Default)]
struct Parts {
    metrics: Arc<Metrics>,
    keys: Arc<KeyCache>,
    committed: watch::Sender<u64>,
    webhook_changes: Arc<WebhookChanges>,
}

/// A store that was opened.
struct Opened {
    engine: Engine,
    vault: Arc<Vault>,
    lock: File,
}

fn open_engine(
    config: &Config,
    clock: &Clock,
    parts: &Parts,
    unlocking: Unlocking,
) -> Result<Opened, StartError> {
    std::fs::create_dir_all(&config.data).map_err(io(config.data.display().to_string()))?;
    let (lock, holder) = match &config.database {
        Location::Sqlite(path) => {
            let lock = lock(path)?;
            make_private(path)?;
            (lock, String::new())
        }
        Location::Postgres(_) => {
            let place = config.data.join(PLACE);
            (lock(&place)?, holder(&place)?)
        }
    };
    let mut connection = Connection::open_writer(&config.database)?;
    let vault = Arc::new(crypto::unlock(&mut connection, config, unlocking)?);
    let parts = parts.clone();
    let options = EngineOptions {
        location: config.database.clone(),
        clock: clock.clone(),
        rules: Arc::new(config.rules.clone()),
        vault: Arc::clone(&vault),
        holder,
        metrics: parts.metrics,
        committed: parts.committed,
        webhook_changes: parts.webhook_changes,
        keys: parts.keys,
        runtime: tokio::runtime::Handle::current(),
    };
    let engine = engine::start(connection, options)?;
    Ok(Opened { engine, vault, lock })
}

/// Takes the lock of an embedded store or of a data folder. It ends with the
/// process.
fn lock(path: &Path) -> Result<File, StartError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(io(folder.display().to_string()))?;
    }
    let file = File::create(&name).map_err(io(name.display().to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(StartError::InUse(path.display().to_string()))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(io(name.display().to_string())(error)),
    }
}

/// Makes the store's file, if it is new, readable for its owner alone. The
/// files beside it take their rights from it.
fn make_private(path: &Path) -> Result<(), StartError> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.append(true).create(true).mode(0o600).open(path);
    file.map(drop).map_err(io(path.display().to_string()))
}

/// The name under which this data folder takes the writer's place. A process
/// that was killed is followed by one of the same name, which need not wait
/// for the lease to end; the lock sees to it that only one of them runs.
fn holder(place: &Path) -> Result<String, StartError> {
    let failed = || io(place.display().to_string());
    match std::fs::read_to_string(place) {
        Ok(name) if !name.is_empty() => return Ok(name),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed()(error)),
    }
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(VaultError::Randomness)?;
    let name = format!("{:032x}", u128::from_be_bytes(bytes));
    write_private(place, &name).map_err(failed())?;
    Ok(name)
}

/// A running service.
pub struct Server {
    app: Arc<App>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    background: Background,
    _lock: File,
}

impl Server {
    /// Opens the store, listens, and serves.
    pub async fn start(mut config: Config, clock: Clock) -> Result<Self, StartError> {
        let listener = http::bind(config.listen).await.map_err(io(config.listen.to_string()))?;
        let address = listener.local_addr().map_err(io(config.listen.to_string()))?;
        config.rules.public_url = public_url(config.public_url.take(), address);
        let parts = Parts::default();
        let opening = (config.clone(), clock.clone(), parts.clone());
        let open = move || {
            let (config, clock, parts) = opening;
            let opened = open_engine(&config, &clock, &parts, Unlocking::Serve)?;
            let reads = ReadPool::open(&config.database, config.readers)?;
            let background = ReadPool::open_background(&config.database, BACKGROUND_READERS)?;
            Ok((opened, reads, background))
        };
        let (Opened { engine, vault, lock }, reads, background_reads) = apart(open).await?;
        let background = Background::start().map_err(io("threads"))?;
        let (stop, stopped) = watch::channel(false);
        let app = Arc::new(App {
            engine,
            hub: Hub::new(
                background_reads.clone(),
                background.handle(),
                parts.committed.subscribe(),
            ),
            background: background.handle(),
            background_reads,
            reads,
            keys: parts.keys,
            limits: RateLimits::new(&clock),
            under_way: UnderWay::default(),
            clock,
            vault,
            sockets: Arc::new(Semaphore::new(config.sockets_max as usize)),
            stopped: stopped.clone(),
            sender: Sender::new(config.webhook_reach),
            webhook_changes: parts.webhook_changes,
            config,
            due: tokio::sync::Mutex::new(()),
            metrics: parts.metrics,
        });
        let listening = http::listen(&app, listener);
        let socket = app.config.admin_socket.clone();
        let admin = admin::listen(&app, &socket).map_err(io(socket.display().to_string()))?;
        let tasks = vec![
            tokio::spawn(listening.serve(stopped.clone())),
            tokio::spawn(admin.serve(stopped.clone())),
            tokio::spawn(crate::jobs::keep_running(Arc::clone(&app), stopped.clone())),
            background.handle().spawn(webhooks::keep_delivering(Arc::clone(&app), stopped.clone())),
            tokio::spawn(forget_idle(Arc::clone(&app), stopped)),
        ];
        keep_log_short(&app.config.database, stop.subscribe())?;
        Ok(Self { app, address, stop, tasks, background, _lock: lock })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs an operator's command.
    pub async fn execute(&self, request: admin::Request) -> Result<serde_json::Value, String> {
        admin::execute(admin::Store::of(&self.app), request).await
    }

    /// Stops accepting, finishes what is in flight, and closes the store.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task broke");
            }
        }
        // Every socket is told that the server stops.
        let all = self.app.sockets.acquire_many(self.app.config.sockets_max);
        let _ = tokio::time::timeout(SOCKETS_DEADLINE, all).await;
        keys::note_uses(&self.app, Uses::All).await;
        drop(self.background);
        self.app.engine.stop().await;
        let _ = std::fs::remove_file(&self.app.config.admin_socket);
    }
}

/// What the addresses of pages begin with: what the operator says, else where the
/// server listens.
fn public_url(said: Option<String>, address: SocketAddr) -> String {
    match said {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None if address.ip().is_unspecified() => format!("http://localhost:{}", address.port()),
        None => format!("http://{address}"),
    }
}

async fn forget_idle(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut minutes = tokio::time::interval(FORGET_PAUSE);
    let mut seconds = tokio::time::interval(STANDBY_KEYS_PAUSE);
    loop {
        let is_minute = tokio::select! {
            _ = minutes.tick() => true,
            _ = seconds.tick() => false,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        if is_minute {
            app.limits.forget_idle();
            keys::note_uses(&app, Uses::Old).await;
        } else if !app.metrics.is_writer_alive() {
            // The writer tells its own cache of every change; another process
            // has to look again.
            app.keys.clear();
        }
    }
}

/// Copies the embedded store's log into its file on a thread of its own, so
/// that no commit waits for it.
fn keep_log_short(location: &Location, stop: watch::Receiver<bool>) -> Result<(), StartError> {
    let Location::Sqlite(path) = location.clone() else {
        return Ok(());
    };
    let mut connection = Connection::open_copier(location)?;
    let copy = move || {
        let (mut pause, mut copied) = (IDLE_COPY_PAUSE, 0);
        while !*stop.borrow() {
            std::thread::sleep(pause);
            pause = IDLE_COPY_PAUSE;
            if db::wal_bytes(&path) < LOG_BYTES {
                continue;
            }
            match db::checkpoint(&mut connection) {
                Ok(now) if now == copied => {}
                Ok(now) => (pause, copied) = (COPY_PAUSE, now),
                Err(error) => tracing::warn!(%error, "the log could not be copied"),
            }
        }
    };
    std::thread::Builder::new()
        .name("log-copier".to_owned())
        .spawn(copy)
        .map(drop)
        .map_err(io("thread"))
}
