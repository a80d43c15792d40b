//! Operators' commands, over a socket that only the operator can reach.
//!
//! While a server holds the store, other processes change it only through
//! here: one JSON request a line, one JSON answer a line.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use wallgent_core::Environment;
use wallgent_core::id::OrganizationId;
use wallgent_core::plan::Plan;

use crate::app::App;
use crate::crypto::{self, Errand, Vault};
use crate::db::{DbError, Location};
use crate::engine::{Engine, EngineError, Stop, Tx};
use crate::{bank_accounts, error, fees, keys, merchants, organizations, transfers};

/// The longest request that is read.
const REQUEST_BYTES_MAX: u64 = 64 * 1024;
/// Characters of names that operators give.
const NAME_CHARS_MAX: usize = 256;

/// What an operator is shown of a list at once.
pub const TOLD_AT_ONCE: i64 = 200;

/// What an operator asks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Request {
    /// Found an organization.
    OrgCreate {
        /// What people call it.
        name: String,
        /// Where its owner is reached.
        email: String,
        /// Its plan; `SELF_HOSTED` when absent.
        plan: Option<String>,
    },
    /// Ask whether an organization is in this store.
    OrgKnown {
        /// Which.
        organization_id: String,
    },
    /// Make a key that can do everything, to recover with.
    KeyCreate {
        /// Whose.
        organization_id: String,
        /// `SANDBOX` or `PRODUCTION`.
        environment: String,
        /// What people call it.
        name: Option<String>,
    },
    /// Move earned fees into an organization's own wallet.
    FeesSweep {
        /// Which wallet.
        to: String,
    },
    /// Tell what waits to be carried out by hand.
    TransferList {
        /// Behind which transfer to begin.
        after: Option<String>,
    },
    /// Say that the money of a transfer has moved.
    TransferSettle {
        /// Which transfer.
        id: String,
    },
    /// Say that the money of a transfer will not move.
    TransferFail {
        /// Which transfer.
        id: String,
        /// Why.
        reason: String,
    },
    /// Say that the other side took a completed transfer back.
    TransferReturn {
        /// Which transfer.
        id: String,
        /// Why.
        reason: String,
    },
    /// Take what a returned deposit left owing from its wallet.
    TransferRecover {
        /// Which transfer.
        id: String,
    },
    /// Tell which bank accounts wait for their micro-deposits.
    BankAccountList {
        /// Behind which account to begin.
        after: Option<String>,
    },
    /// Say that a domain is its merchant's.
    MerchantVerify {
        /// Which merchant.
        id: String,
    },
    /// Let nobody pay a merchant by name any more.
    MerchantSuspend {
        /// Which merchant.
        id: String,
    },
    /// Let a suspended merchant be paid again.
    MerchantResume {
        /// Which merchant.
        id: String,
    },
    /// Seal everything with a new encryption key.
    KeysRotate {
        /// The name of the key that whoever asks has configured.
        key: Option<String>,
    },
    /// Open everything that is sealed, and change nothing.
    KeysCheck {
        /// The same.
        key: Option<String>,
    },
}

/// A store that operators' commands work on.
#[derive(Clone)]
pub struct Store {
    /// Where changes go.
    pub(crate) engine: Engine,
    /// Its keys.
    pub(crate) vault: Arc<Vault>,
    /// Where it is.
    pub(crate) location: Location,
}

/// Runs a command.
pub async fn execute(store: Store, request: Request) -> Result<Value, String> {
    match request {
        Request::KeysRotate { key } => crypto::run(store, Errand::Rotate, key).await,
        Request::KeysCheck { key } => crypto::run(store, Errand::Check, key).await,
        request => {
            let result = store.engine.run(Vec::new(), move |tx| execute_in(tx, request)).await;
            result.map_err(|error| told(&error))
        }
    }
}

impl Store {
    /// The store of a running server.
    pub(crate) fn of(app: &App) -> Self {
        Self {
            engine: app.engine.clone(),
            vault: Arc::clone(&app.vault),
            location: app.config.database.clone(),
        }
    }
}

/// What the operator reads when the engine has no result.
pub(crate) fn told(error: &EngineError) -> String {
    match error {
        EngineError::Refused(error) => error.message.clone(),
        EngineError::Unavailable => {
            "the store cannot be written now: another process is the writer".to_owned()
        }
        EngineError::Broken => "the command broke; the log says why".to_owned(),
    }
}

fn execute_in(tx: &mut Tx<'_>, request: Request) -> Result<Value, Stop> {
    match request {
        Request::OrgCreate { name, email, plan } => create_organization(tx, &name, &email, plan),
        Request::OrgKnown { organization_id } => {
            let id = organization_id.parse::<OrganizationId>().ok();
            let scope = match id {
                Some(id) => organizations::find_scope(tx.reader()?, id, Environment::Sandbox)?,
                None => None,
            };
            Ok(json!({ "known": scope.is_some() }))
        }
        Request::KeyCreate { organization_id, environment, name } => {
            create_key(tx, &organization_id, &environment, name.as_deref())
        }
        Request::TransferList { after } => transfers::list_in(tx, after.as_deref()),
        Request::TransferSettle { id } => transfers::settle_in(tx, &id),
        Request::TransferFail { id, reason } => {
            checked("reason", &reason)?;
            transfers::fail_in(tx, &id, &reason)
        }
        Request::TransferReturn { id, reason } => {
            checked("reason", &reason)?;
            transfers::return_in(tx, &id, &reason)
        }
        Request::TransferRecover { id } => transfers::recover_in(tx, &id),
        Request::BankAccountList { after } => bank_accounts::unverified_in(tx, after.as_deref()),
        Request::FeesSweep { to } => fees::sweep_in(tx, &to),
        Request::MerchantVerify { id } => merchants::verify_in(tx, &id),
        Request::MerchantSuspend { id } => merchants::suspend_in(tx, &id),
        Request::MerchantResume { id } => merchants::resume_in(tx, &id),
        // They are many commands, see [`execute`].
        Request::KeysRotate { .. } | Request::KeysCheck { .. } => {
            Err(DbError::Layout("not one command".to_owned()).into())
        }
    }
}

fn create_organization(
    tx: &mut Tx<'_>,
    name: &str,
    email: &str,
    plan: Option<String>,
) -> Result<Value, Stop> {
    checked("name", name)?;
    checked("email", email)?;
    let plan = match plan {
        None => Plan::SelfHosted,
        Some(text) => Plan::from_name(&text).ok_or_else(|| invalid("plan", &text))?,
    };
    let founded = organizations::found_in(tx, name, email, plan)?;
    Ok(json!({
        "organizationId": founded.id,
        "sandboxKey": founded.sandbox.secret.expose(),
        "liveKey": founded.production.secret.expose(),
        "sandboxWalletId": founded.sandbox.wallet,
        "liveWalletId": founded.production.wallet,
    }))
}

fn create_key(
    tx: &mut Tx<'_>,
    organization: &str,
    environment: &str,
    name: Option<&str>,
) -> Result<Value, Stop> {
    let missing = || wallgent_api::ApiError::not_found("organization");
    let id: OrganizationId = organization.parse().map_err(|_| missing())?;
    let environment =
        Environment::from_name(environment).ok_or_else(|| invalid("environment", environment))?;
    let scope = organizations::find_scope(tx.reader()?, id, environment)?.ok_or_else(missing)?;
    let name = name.unwrap_or("Recovery key");
    checked("name", name)?;
    let (key, secret) = keys::issue_admin(tx, id, environment, scope, name)?;
    Ok(json!({ "id": key, "secret": secret.expose() }))
}

fn checked(field: &str, text: &str) -> Result<(), Stop> {
    let fits = (1..=NAME_CHARS_MAX).contains(&text.chars().count()) && !text.contains('\0');
    if fits { Ok(()) } else { Err(invalid(field, text).into()) }
}

fn invalid(field: &str, text: &str) -> wallgent_api::ApiError {
    wallgent_api::ApiError::invalid_field(field, format!("cannot be {text:?}"))
}

/// A socket that is listened on.
pub struct AdminSocket {
    listener: UnixListener,
    app: Arc<App>,
}

/// Begins to listen. A socket that a killed server left behind is replaced:
/// whoever gets here holds the store.
pub fn listen(app: &Arc<App>, path: &Path) -> io::Result<AdminSocket> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(AdminSocket { listener, app: Arc::clone(app) })
}

impl AdminSocket {
    /// Serves until `stop` says so.
    pub async fn serve(self, mut stop: watch::Receiver<bool>) {
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let app = Arc::clone(&self.app);
                    tokio::spawn(async move {
                        if let Err(error) = converse(&app, stream).await {
                            tracing::debug!(%error, "an operator hung up");
                        }
                    });
                }
                Err(error) => tracing::warn!(%error, "an operator was not heard"),
            }
        }
    }
}

async fn converse(app: &App, stream: UnixStream) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(REQUEST_BYTES_MAX)).read_line(&mut line).await?;
    let result = match serde_json::from_str::<Request>(&line) {
        Ok(request) => execute(Store::of(app), request).await,
        Err(error) => Err(format!("not a command: {error}")),
    };
    let answer = match result {
        Ok(value) => json!({ "ok": value }),
        Err(message) => json!({ "error": message }),
    };
    write.write_all(format!("{answer}\n").as_bytes()).await
}

/// Asks a running server. `None` when there is none.
pub async fn ask(socket: &Path, request: &Request) -> io::Result<Option<Result<Value, String>>> {
    let stream = match UnixStream::connect(socket).await {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let (read, mut write) = stream.into_split();
    let text = serde_json::to_string(request)?;
    write.write_all(format!("{text}\n").as_bytes()).await?;
    let mut line = String::new();
    BufReader::new(read).read_line(&mut line).await?;
    let mut answer: Value = serde_json::from_str(&line)?;
    if let Some(message) = answer["error"].as_str() {
        return Ok(Some(Err(error_text(message))));
    }
    Ok(Some(Ok(answer["ok"].take())))
}

fn error_text(message: &str) -> String {
    if message.is_empty() { error::internal().message } else { message.to_owned() }
}
