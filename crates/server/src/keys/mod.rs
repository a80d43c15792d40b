//! API keys: making, narrowing, revoking and recognizing them.

mod cache;
pub mod routes;
mod secret;
mod store;

use std::collections::HashSet;

use serde_json::json;
use wallgent_api::types::keys::{ApiKey as Wire, CreateKey, UpdateKey};
use wallgent_api::{ApiError, ErrorCode, Patch};
use wallgent_core::id::{KeyId, OrganizationId, WalletId};
use wallgent_core::{Environment, Permission, Permissions, Timestamp};

use crate::app::App;
use crate::caller::Caller;
use crate::engine::{ScopeId, Stop, Tx};
use crate::error;
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::{Reply, encode};

pub use cache::{CachedKey, KeyCache, load};
pub use secret::{Secret, hash as hash_secret};
pub use store::{KeyRow, load_hot};

/// Name of a key that was given none.
const DEFAULT_NAME: &str = "API key";

/// Uses that are noted in one commit.
const USES_AT_ONCE: usize = 500;
/// A use is noted when the last one that was noted is older than this.
const USE_MICROS: i64 = 600 * 1_000_000;

/// Which uses of keys are noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uses {
    /// Those that the store knows an old one of.
    Old,
    /// All that it does not know: this process ends.
    All,
}

/// Notes when keys were last used. Requests themselves write nothing for it, so
/// a process that is killed forgets the last minutes' uses.
pub async fn note_uses(app: &App, uses: Uses) {
    if !app.metrics.is_writer_alive() {
        return;
    }
    let older_than = if uses == Uses::All { 0 } else { USE_MICROS };
    for uses in app.keys.take_uses(older_than).chunks(USES_AT_ONCE) {
        let uses = uses.to_vec();
        let noted = app.engine.run(Vec::new(), move |tx| Ok(store::set_last_used(tx, &uses)?));
        if let Err(error) = noted.await {
            tracing::warn!(?error, "uses of keys were not noted");
        }
    }
}

/// A key that is missing, malformed or unknown.
#[must_use]
pub fn unknown_key() -> ApiError {
    let message = "The API key is missing, malformed or unknown; send Authorization: Bearer wg_…";
    ApiError::new(ErrorCode::Unauthorized, message)
}

/// Refuses a key that was revoked or has expired.
pub fn still_valid(
    revoked_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), ApiError> {
    if revoked_at.is_some() {
        return Err(ApiError::new(ErrorCode::ApiKeyRevoked, "The API key was revoked"));
    }
    if expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(ApiError::new(ErrorCode::ApiKeyRevoked, "The API key has expired"));
    }
    Ok(())
}

/// A new key, before it is stored.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Which environment.
    pub environment: Environment,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
    /// The only wallets it sees.
    pub wallets: Option<Vec<WalletId>>,
    /// The only addresses it may be used from.
    pub allowed_ips: Option<Vec<String>>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Stores a new key; answers its row and its secret.
pub fn issue(tx: &mut Tx<'_>, new: NewKey) -> Result<(KeyRow, Secret), Stop> {
    let secret = Secret::generate(new.environment)
        .map_err(|error| crate::db::DbError::Layout(error.to_string()))?;
    let row = KeyRow {
        id: tx.next_id(),
        organization: new.organization,
        environment: new.environment,
        name: new.name,
        prefix: secret.prefix(),
        permissions: new.permissions,
        wallets: new.wallets,
        allowed_ips: new.allowed_ips,
        expires_at: new.expires_at,
        revoked_at: None,
        last_used_at: None,
        created_at: tx.now(),
    };
    store::insert(tx, &row, &secret.hash())?;
    Ok((row, secret))
}

/// Creates a key that can do no more than its creator.
pub fn create_in(tx: &mut Tx<'_>, caller: &Caller, request: CreateKey) -> Result<Reply, Stop> {
    caller.require_owner()?;
    let environment = request.environment.unwrap_or(caller.environment);
    if caller.environment == Environment::Sandbox && environment == Environment::Production {
        return Err(error::environment_mismatch().into());
    }
    grantable(tx, caller, request.permissions)?;
    refuse_past(tx.now(), request.expires_at)?;
    refuse_longer_than_own(tx, caller, request.expires_at)?;
    let allowed_ips = request.allowed_ips.map(addresses).transpose()?;
    let wallets = match request.wallet_scope {
        None => None,
        Some(texts) => Some(own_wallets(tx, caller, environment, &texts)?),
    };
    let new = NewKey {
        organization: caller.organization,
        environment,
        name: request.name.unwrap_or_else(|| DEFAULT_NAME.to_owned()),
        permissions: request.permissions,
        wallets,
        allowed_ips,
        expires_at: request.expires_at,
    };
    let (row, secret) = issue(tx, new)?;
    let mut wire = wire(&row, tx.now());
    note(tx, caller, Change::KeyCreated, &wire)?;
    let mut reply = Reply::json(201, &wire, row.id);
    wire.secret = Some(secret.expose().to_owned());
    reply.secret = Some(encode(&wire));
    Ok(reply)
}

/// Makes an agent's key, which sees the agent's wallet alone and ends no later
/// than the key that makes it. Whoever calls has checked what it may grant.
pub fn issue_to_agent(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet: WalletId,
    name: &str,
    permissions: Permissions,
) -> Result<(KeyRow, Secret), Stop> {
    let own = tx.key(caller.key)?.ok_or_else(unknown_key)?;
    let new = NewKey {
        organization: caller.organization,
        environment: caller.environment,
        name: name.to_owned(),
        permissions,
        wallets: Some(vec![wallet]),
        allowed_ips: None,
        expires_at: own.expires_at,
    };
    let (row, secret) = issue(tx, new)?;
    let wire = wire(&row, tx.now());
    note(tx, caller, Change::KeyCreated, &wire)?;
    Ok((row, secret))
}

/// Makes a key that can do what an old one could, where and as long as that one
/// could, and revokes the old one. The caller must be able to grant all that.
pub fn replace(tx: &mut Tx<'_>, caller: &Caller, old: KeyId) -> Result<(KeyRow, Secret), Stop> {
    let old = store::get(tx.reader()?, old)?;
    let old = old.ok_or_else(|| ApiError::not_found("api_key"))?;
    grantable(tx, caller, old.permissions)?;
    let own = tx.key(caller.key)?.ok_or_else(unknown_key)?;
    // A key that has ended already is replaced by one that works.
    let until = old.expires_at.filter(|until| *until > tx.now());
    let new = NewKey {
        organization: old.organization,
        environment: old.environment,
        name: old.name.clone(),
        permissions: old.permissions,
        wallets: old.wallets.clone(),
        allowed_ips: old.allowed_ips.clone(),
        expires_at: [until, own.expires_at].into_iter().flatten().min(),
    };
    let (row, secret) = issue(tx, new)?;
    let wire = wire(&row, tx.now());
    note(tx, caller, Change::KeyCreated, &wire)?;
    end(tx, caller, old)?;
    Ok((row, secret))
}

/// Revokes the keys that see one wallet alone, which is about to end. A key that
/// sees others as well lives on for them.
pub fn revoke_all_of(tx: &mut Tx<'_>, caller: &Caller, wallet: WalletId) -> Result<(), Stop> {
    for row in store::of_wallet(tx.reader()?, wallet)? {
        end(tx, caller, row)?;
    }
    Ok(())
}

fn end(tx: &mut Tx<'_>, caller: &Caller, mut row: KeyRow) -> Result<(), Stop> {
    if row.revoked_at.is_some() {
        return Ok(());
    }
    row.revoked_at = Some(tx.now());
    store::update(tx, &row)?;
    tx.forget_key(row.id);
    let wire = wire(&row, tx.now());
    note(tx, caller, Change::KeyRevoked, &wire)
}

/// Refuses permissions that the caller's key does not hold itself.
pub fn grantable(tx: &mut Tx<'_>, caller: &Caller, wanted: Permissions) -> Result<(), Stop> {
    let own = tx.key(caller.key)?.ok_or_else(unknown_key)?.permissions;
    match own.first_missing(wanted) {
        Some(missing) => Err(error::permission_missing(missing).into()),
        None => Ok(()),
    }
}

pub fn refuse_past(now: Timestamp, expires_at: Option<Timestamp>) -> Result<(), ApiError> {
    match expires_at {
        Some(expires_at) if expires_at <= now => {
            Err(ApiError::invalid_field("expiresAt", "must lie in the future"))
        }
        _ => Ok(()),
    }
}

/// A key that ends cannot make one that outlives it.
pub fn refuse_longer_than_own(
    tx: &mut Tx<'_>,
    caller: &Caller,
    expires_at: Option<Timestamp>,
) -> Result<(), Stop> {
    let own = tx.key(caller.key)?.ok_or_else(unknown_key)?.expires_at;
    let Some(own) = own else { return Ok(()) };
    if expires_at.is_some_and(|expires_at| expires_at <= own) {
        return Ok(());
    }
    let message = format!("This key ends {own}; it cannot make one that lasts longer");
    let error = ApiError::new(ErrorCode::PermissionDenied, message);
    Err(error.with("expiresAt", own).into())
}

fn addresses(texts: Vec<String>) -> Result<Vec<String>, ApiError> {
    for (at, text) in texts.iter().enumerate() {
        if !cache::is_network(text) {
            let message = "must be an IP address or a CIDR network";
            return Err(ApiError::invalid_field(&format!("allowedIps[{at}]"), message));
        }
    }
    Ok(texts)
}

fn own_wallets(
    tx: &mut Tx<'_>,
    caller: &Caller,
    environment: Environment,
    texts: &[String],
) -> Result<Vec<WalletId>, Stop> {
    let mut wallets = Vec::with_capacity(texts.len());
    for text in texts {
        let missing = || error::wallet_not_found(text);
        let id: WalletId = text.parse().map_err(|_| missing())?;
        let wallet = tx.wallet(id)?.ok_or_else(missing)?;
        let scope = tx.scope(wallet.scope)?;
        if scope.organization != caller.organization {
            return Err(missing().into());
        }
        if scope.environment != environment {
            return Err(error::environment_mismatch().into());
        }
        wallets.push(id);
    }
    let mut seen = HashSet::new();
    wallets.retain(|id| seen.insert(*id));
    wallets.sort_unstable();
    Ok(wallets)
}

/// Narrows a key, or widens it within the caller's own rights.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: UpdateKey,
) -> Result<Reply, Stop> {
    caller.require_owner()?;
    let mut row = find(tx, caller, id)?;
    if let Patch::Set(name) = request.name {
        row.name = name;
    }
    if let Patch::Set(permissions) = request.permissions {
        grantable(tx, caller, permissions)?;
        if row.is_admin() && !permissions.allows(Permission::Everything) {
            refuse_last_admin(tx, &row)?;
        }
        row.permissions = permissions;
    }
    // Where and how long a key works is as much a right as what it may do.
    if request.expires_at != Patch::Keep || request.allowed_ips != Patch::Keep {
        grantable(tx, caller, row.permissions)?;
    }
    match request.expires_at {
        Patch::Keep => {}
        Patch::Clear => {
            refuse_longer_than_own(tx, caller, None)?;
            row.expires_at = None;
        }
        Patch::Set(expires_at) => {
            refuse_past(tx.now(), Some(expires_at))?;
            refuse_longer_than_own(tx, caller, Some(expires_at))?;
            if row.is_admin() && row.expires_at.is_none() {
                refuse_last_admin(tx, &row)?;
            }
            row.expires_at = Some(expires_at);
        }
    }
    match request.allowed_ips {
        Patch::Keep => {}
        Patch::Clear => row.allowed_ips = None,
        Patch::Set(texts) => row.allowed_ips = Some(addresses(texts)?),
    }
    store::update(tx, &row)?;
    tx.forget_key(row.id);
    let wire = wire(&row, tx.now());
    note(tx, caller, Change::KeyUpdated, &wire)?;
    Ok(Reply::json(200, &wire, row.id))
}

/// Revokes a key, at once and for good.
pub fn revoke_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    caller.require_owner()?;
    let row = find(tx, caller, id)?;
    let id = row.id;
    if row.revoked_at.is_none() && row.is_admin() {
        refuse_last_admin(tx, &row)?;
    }
    end(tx, caller, row)?;
    Ok(Reply::empty(id))
}

/// The organization must keep one key with which it can do everything.
fn refuse_last_admin(tx: &mut Tx<'_>, row: &KeyRow) -> Result<(), Stop> {
    if store::other_admins(tx.reader()?, row)? > 0 {
        return Ok(());
    }
    let message = "This is the organization's last key with all permissions in this environment";
    Err(error::conflict(message, row.status(tx.now())).into())
}

fn find(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<KeyRow, Stop> {
    let missing = || ApiError::not_found("api_key");
    let id: KeyId = text.parse().map_err(|_| missing())?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    may_see(caller, &row)?;
    Ok(row)
}

/// A live key may create sandbox keys, but what lives in an environment is
/// managed from there.
fn may_see(caller: &Caller, row: &KeyRow) -> Result<(), ApiError> {
    if row.organization != caller.organization {
        return Err(ApiError::not_found("api_key"));
    }
    if caller.environment != row.environment {
        return Err(error::environment_mismatch());
    }
    Ok(())
}

fn wire(row: &KeyRow, now: Timestamp) -> Wire {
    let texts = |ids: &Vec<WalletId>| ids.iter().map(ToString::to_string).collect();
    Wire {
        id: row.id,
        name: row.name.clone(),
        key_prefix: row.prefix.clone(),
        permissions: row.permissions.iter().map(|it| it.as_str().to_owned()).collect(),
        environment: row.environment.as_str().to_owned(),
        wallet_scope: row.wallets.as_ref().map(texts),
        allowed_ips: row.allowed_ips.clone(),
        status: row.status(now).to_owned(),
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
        created_at: row.created_at,
        secret: None,
    }
}

fn note(tx: &mut Tx<'_>, caller: &Caller, change: Change, wire: &Wire) -> Result<(), Stop> {
    let subject = Subject { scope: caller.scope, id: wire.id.key(), wallet: None };
    events::record(tx, Actor::Key(caller), change, subject, Some(&json!(wire)))
}

/// Makes the first key of an organization, or one to recover with.
pub fn issue_admin(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    environment: Environment,
    scope: ScopeId,
    name: &str,
) -> Result<(KeyId, Secret), Stop> {
    let new = NewKey {
        organization,
        environment,
        name: name.to_owned(),
        permissions: [Permission::Everything].into_iter().collect(),
        wallets: None,
        allowed_ips: None,
        expires_at: None,
    };
    let (row, secret) = issue(tx, new)?;
    let wire = wire(&row, tx.now());
    let subject = Subject { scope, id: row.id.key(), wallet: None };
    events::record(tx, Actor::System, Change::KeyCreated, subject, Some(&json!(wire)))?;
    Ok((row.id, secret))
}
