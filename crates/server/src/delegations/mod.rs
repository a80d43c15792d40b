//! Delegations: rights on wallets, lent to another organization or to one key.
//!
//! What is lent is looked up only when a wallet is not the caller's own, so
//! that nobody else pays for it. What a caller may do is what its key allows
//! and what was lent, never more than either.

pub mod routes;
mod store;

use serde_json::json;
use wallgent_api::ApiError;
use wallgent_api::types::delegations::{CreateDelegation, Delegation as Wire, DeletedDelegation};
use wallgent_core::id::{DelegationId, OrganizationId, WalletId};
use wallgent_core::wallet::WalletStatus;
use wallgent_core::{Permissions, Timestamp};

use crate::app::App;
use crate::caller::Caller;
use crate::db::{Connection, DbResult};
use crate::engine::{ScopeId, Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::{error, keys, organizations};
use store::DelegationRow;

/// Delegations that end in one commit. More wait for the next, so that nobody
/// else waits long.
const ENDED_AT_ONCE: i64 = 200;

/// Delegations of one wallet that have not ended.
const ACTIVE_MAX: usize = 100;

/// What was lent to the caller of a wallet that is not its own; nothing when
/// there is no such delegation now.
pub fn lent(
    connection: &mut Connection,
    caller: &Caller,
    wallet: WalletId,
    now: Timestamp,
) -> DbResult<Option<Permissions>> {
    let rows = store::of_wallet(connection, wallet)?;
    let lent = rows.iter().filter(|row| row.is_active(now) && row.reaches(caller));
    Ok(lent.map(|row| row.permissions).reduce(Permissions::union))
}

impl DelegationRow {
    fn is_active(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| expires_at > now)
    }

    /// Whether it was lent to this caller. What is lent to an organization
    /// extends none of its wallet-scoped keys.
    fn reaches(&self, caller: &Caller) -> bool {
        match self.grantee_key {
            Some(key) => key == caller.key,
            None => self.grantee_scope == caller.scope && caller.wallets.is_none(),
        }
    }

    const fn status(&self, now: Timestamp) -> &'static str {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => "REVOKED",
            (None, Some(expires_at)) if expires_at.micros() <= now.micros() => "EXPIRED",
            _ => "ACTIVE",
        }
    }
}

/// Lends rights on the caller's own wallets.
pub fn create_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &CreateDelegation,
) -> Result<Reply, Stop> {
    caller.require_owner()?;
    let mut wallets = Vec::new();
    for text in request.wallet_id.iter().chain(request.wallet_scope.iter().flatten()) {
        let (id, wallet) = caller.own_wallet(tx, text)?;
        if wallet.status == WalletStatus::Closed {
            let error = error::conflict("The wallet is closed", wallet.status.as_str());
            return Err(error.with("walletId", id).into());
        }
        if !wallets.contains(&id) {
            wallets.push(id);
        }
    }
    keys::grantable(tx, caller, request.permissions)?;
    keys::refuse_past(tx.now(), request.expires_at)?;
    keys::refuse_longer_than_own(tx, caller, request.expires_at)?;
    refuse_too_many(tx, &wallets)?;
    let grantee = find_grantee(tx, caller, request)?;
    let row = DelegationRow {
        id: tx.next_id(),
        scope: caller.scope,
        grantor: caller.organization,
        environment: caller.environment,
        grantee_scope: grantee.scope,
        grantee: grantee.organization,
        grantee_key: grantee.key,
        permissions: request.permissions,
        wallets,
        expires_at: request.expires_at,
        revoked_at: None,
        ended_at: None,
        created_at: tx.now(),
    };
    store::insert(tx, &row)?;
    let wire = wire(&row, tx.now());
    note(tx, Actor::Key(caller), Change::DelegationCreated, &row)?;
    Ok(Reply::json(201, &wire, row.id))
}

/// Every use of a lent wallet reads what was lent of it.
fn refuse_too_many(tx: &mut Tx<'_>, wallets: &[WalletId]) -> Result<(), Stop> {
    for wallet in wallets {
        if store::of_wallet(tx.reader()?, *wallet)?.len() >= ACTIVE_MAX {
            let message = format!("A wallet has at most {ACTIVE_MAX} delegations at a time");
            return Err(error::conflict(message, "FULL").with("walletId", wallet).into());
        }
    }
    Ok(())
}

struct Grantee {
    scope: ScopeId,
    organization: OrganizationId,
    key: Option<wallgent_core::id::KeyId>,
}

/// Who is lent to, in the caller's environment.
fn find_grantee(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &CreateDelegation,
) -> Result<Grantee, Stop> {
    let (organization, key) = match (&request.grantee_org_id, &request.delegate_api_key_id) {
        (Some(text), _) => {
            let missing = |_| ApiError::not_found("organization");
            (text.parse::<OrganizationId>().map_err(missing)?, None)
        }
        (None, text) => {
            let missing = || ApiError::not_found("api_key");
            let id = text.as_deref().and_then(|text| text.parse().ok()).ok_or_else(missing)?;
            let key = tx.key(id)?.ok_or_else(missing)?;
            if key.environment != caller.environment {
                let own = key.organization == caller.organization;
                return Err(if own { error::environment_mismatch() } else { missing() }.into());
            }
            if keys::still_valid(key.revoked_at, key.expires_at, tx.now()).is_err() {
                return Err(error::conflict("The key was revoked or has expired", "ENDED").into());
            }
            (key.organization, Some(id))
        }
    };
    let scope = organizations::find_scope(tx.reader()?, organization, caller.environment)?;
    let scope = scope.ok_or_else(|| ApiError::not_found("organization"))?;
    Ok(Grantee { scope, organization, key })
}

/// Ends a delegation at once.
pub fn revoke_in(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Reply, Stop> {
    let missing = || ApiError::not_found("delegation");
    let id: DelegationId = text.parse().map_err(|_| missing())?;
    let mut row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    // The grantee knows of it, but does not decide about it.
    if row.grantor != caller.organization {
        return Err(missing().into());
    }
    if row.environment != caller.environment {
        return Err(error::environment_mismatch().into());
    }
    caller.require_owner()?;
    if !row.is_active(tx.now()) {
        let status = row.status(tx.now());
        return Err(error::conflict("The delegation has ended already", status).into());
    }
    row.revoked_at = Some(tx.now());
    row.ended_at = row.revoked_at;
    store::end(tx, &row)?;
    note(tx, Actor::Key(caller), Change::DelegationRevoked, &row)?;
    Ok(Reply::json(200, &DeletedDelegation { id, deleted: true }, id))
}

/// Whether a delegation is due to end.
pub async fn any_due(app: &App) -> bool {
    let now = app.clock.now();
    let due = app.reads.read(move |connection| store::due(connection, now, 1)).await;
    matches!(due, Ok(Ok(due)) if !due.is_empty())
}

/// Ends the delegations whose time is over. Each is read again inside the
/// command, so that it ends once.
pub fn expire_in(tx: &mut Tx<'_>) -> Result<usize, Stop> {
    let now = tx.now();
    let due = store::due(tx.reader()?, now, ENDED_AT_ONCE)?;
    for mut row in due.iter().cloned() {
        row.ended_at = Some(now);
        store::end(tx, &row)?;
        note(tx, Actor::System, Change::DelegationExpired, &row)?;
    }
    Ok(due.len())
}

fn note(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    row: &DelegationRow,
) -> Result<(), Stop> {
    let data = json!(wire(row, tx.now()));
    let wallet = row.wallets.first().copied();
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet };
    events::record(tx, actor, change, subject, Some(&data))
}

fn wire(row: &DelegationRow, now: Timestamp) -> Wire {
    let grantee = row.grantee_key.is_none().then_some(row.grantee);
    Wire {
        id: row.id,
        wallet_id: row.wallets[0],
        wallet_scope: row.wallets.clone(),
        grantor_org_id: row.grantor,
        grantee_org_id: grantee,
        delegate_org_id: grantee,
        delegate_api_key_id: row.grantee_key,
        permissions: row.permissions.iter().map(|it| it.as_str().to_owned()).collect(),
        environment: row.environment.as_str().to_owned(),
        status: row.status(now).to_owned(),
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        created_at: row.created_at,
    }
}
