//! Who calls, and with which right.

use std::sync::Arc;

use wallgent_api::ApiError;
use wallgent_core::id::{KeyId, OrganizationId, WalletId};
use wallgent_core::{Environment, Permission, Permissions, Timestamp};

use crate::engine::{Scope, ScopeId, Stop, Tx, Wallet};
use crate::{delegations, error};

/// An authenticated key at work on one request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Which key.
    pub key: KeyId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Which environment.
    pub environment: Environment,
    /// Both together.
    pub scope: ScopeId,
    /// What it may do.
    pub permissions: Permissions,
    /// The right that this request uses.
    pub needs: Permission,
    /// The only wallets it sees.
    pub wallets: Option<Arc<[WalletId]>>,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// The client's address, as far as it is known.
    pub ip: Option<String>,
    /// What this request is called in the log.
    pub request_id: Arc<str>,
}

/// Somebody without a key, on a route that is open to everybody.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Their address, as far as it is known.
    pub ip: Option<String>,
    /// What this request is called in the log.
    pub request_id: Arc<str>,
}

/// Who makes a request.
pub trait Asking {
    /// What the request is called in the log.
    fn request_id(&self) -> &str;
}

impl Asking for Caller {
    fn request_id(&self) -> &str {
        &self.request_id
    }
}

impl Asking for Visitor {
    fn request_id(&self) -> &str {
        &self.request_id
    }
}

impl Caller {
    /// The caller as one of everybody, on a route that treats all alike.
    #[must_use]
    pub fn as_visitor(&self) -> Visitor {
        Visitor { ip: self.ip.clone(), request_id: Arc::clone(&self.request_id) }
    }

    /// Refuses a wallet-scoped key.
    pub fn require_owner(&self) -> Result<(), ApiError> {
        if self.wallets.is_some() { Err(error::owner_only()) } else { Ok(()) }
    }

    /// Refuses a wallet-scoped key, and everybody to whom the wallet is only
    /// lent: what an owner alone decides cannot be lent.
    pub fn require_owner_of(&self, wallet: &Wallet) -> Result<(), ApiError> {
        if wallet.scope != self.scope { Err(error::owner_only()) } else { self.require_owner() }
    }

    /// Refuses a key that must not follow the stream of events. One that sees only
    /// some wallets gets no more than theirs, so any permission will do.
    pub fn may_follow(&self, permissions: Permissions) -> Result<(), ApiError> {
        let sees_little = self.wallets.is_some() && !permissions.is_empty();
        if sees_little || permissions.allows(self.needs) {
            return Ok(());
        }
        Err(error::permission_missing(self.needs))
    }

    /// Whether the key's scope holds the wallet.
    #[must_use]
    pub fn sees(&self, wallet: WalletId) -> bool {
        self.wallets.as_ref().is_none_or(|wallets| wallets.contains(&wallet))
    }

    /// Checks a resource's organization, environment and wallet; `missing` is
    /// what the caller reads when it does not exist for them.
    pub fn may_touch(
        &self,
        organization: OrganizationId,
        environment: Environment,
        wallet: WalletId,
        missing: impl FnOnce() -> ApiError,
    ) -> Result<(), ApiError> {
        if organization != self.organization || !self.sees(wallet) {
            return Err(missing());
        }
        if environment != self.environment {
            return Err(error::environment_mismatch());
        }
        Ok(())
    }

    /// Checks inside a command that the key is still what it was when the
    /// request came in, so that a revocation that committed first wins.
    pub fn recheck(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let key = tx.key(self.key)?.ok_or_else(crate::keys::unknown_key)?;
        crate::keys::still_valid(key.revoked_at, key.expires_at, tx.now())?;
        if !key.permissions.allows(self.needs) {
            return Err(error::permission_missing(self.needs).into());
        }
        Ok(())
    }

    /// Refuses a key without a right that the request uses beside the route's.
    pub fn require(&self, tx: &mut Tx<'_>, needed: Permission) -> Result<(), Stop> {
        let key = tx.key(self.key)?.ok_or_else(crate::keys::unknown_key)?;
        if key.permissions.allows(needed) {
            return Ok(());
        }
        Err(error::permission_missing(needed).into())
    }

    /// One of the caller's own wallets.
    pub fn own_wallet(&self, tx: &mut Tx<'_>, text: &str) -> Result<(WalletId, Wallet), Stop> {
        let missing = || error::wallet_not_found(text);
        let id: WalletId = text.parse().map_err(|_| missing())?;
        let wallet = tx.wallet(id)?.ok_or_else(missing)?;
        let scope = tx.scope(wallet.scope)?;
        self.may_touch(scope.organization, scope.environment, id, missing)?;
        Ok((id, wallet))
    }

    /// A wallet on which the caller may act: its own, or one that was lent to
    /// it for what this request does.
    pub fn usable_wallet(&self, tx: &mut Tx<'_>, text: &str) -> Result<(WalletId, Wallet), Stop> {
        let missing = || error::wallet_not_found(text);
        let id: WalletId = text.parse().map_err(|_| missing())?;
        let wallet = tx.wallet(id)?.ok_or_else(missing)?;
        self.may_use(tx, id, &wallet, missing)?;
        Ok((id, wallet))
    }

    /// The check behind [`Self::usable_wallet`], for what belongs to a wallet.
    pub fn may_use(
        &self,
        tx: &mut Tx<'_>,
        id: WalletId,
        wallet: &Wallet,
        missing: impl FnOnce() -> ApiError,
    ) -> Result<(), Stop> {
        let scope = tx.scope(wallet.scope)?;
        let own = self.may_touch(scope.organization, scope.environment, id, missing);
        let Err(refusal) = own else { return Ok(()) };
        let now = tx.now();
        let lent = delegations::lent(tx.reader()?, self, id, now)?;
        Ok(self.may_use_lent(lent, refusal)?)
    }

    /// Decides by what was lent of a wallet that is not the caller's own.
    pub fn may_use_lent(
        &self,
        lent: Option<Permissions>,
        refusal: ApiError,
    ) -> Result<(), ApiError> {
        match lent {
            None => Err(refusal),
            Some(lent) if lent.allows(self.needs) => Ok(()),
            Some(_) => Err(error::permission_missing(self.needs)),
        }
    }

    /// Any organization's wallet in the caller's environment.
    pub fn any_wallet(
        &self,
        tx: &mut Tx<'_>,
        text: &str,
    ) -> Result<(WalletId, Wallet, Arc<Scope>), Stop> {
        let missing = || error::wallet_not_found(text);
        let id: WalletId = text.parse().map_err(|_| missing())?;
        let wallet = tx.wallet(id)?.ok_or_else(missing)?;
        let scope = tx.scope(wallet.scope)?;
        if scope.environment != self.environment {
            let own = scope.organization == self.organization;
            return Err(if own { error::environment_mismatch() } else { missing() }.into());
        }
        Ok((id, wallet, scope))
    }

    /// Refuses a live key where only sandbox money may move.
    pub fn require_sandbox(&self) -> Result<(), ApiError> {
        error::require_sandbox(self.environment)
    }
}
