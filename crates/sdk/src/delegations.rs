//! Delegations: rights on wallets, lent to others.

use wallgent_api::types::delegations::{CreateDelegation, Delegation, DeletedDelegation};
use wallgent_core::id::{DelegationId, WalletId};

use crate::call::Answer;
use crate::{Call, Client, Listing};

/// A side of a delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelegationRole {
    /// Who lends.
    Grantor,
    /// Who may act.
    Grantee,
}

impl DelegationRole {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grantor => "GRANTOR",
            Self::Grantee => "GRANTEE",
        }
    }
}

/// Which delegations to list; all by default, granted and received.
#[derive(Clone, Copy, Debug, Default)]
pub struct DelegationFilter {
    /// Only those about this wallet.
    pub wallet_id: Option<WalletId>,
    /// Only those in which the caller has this role.
    pub role: Option<DelegationRole>,
}

/// Delegations let another organization, or one key of any, act on wallets. What
/// it may do is what was granted and what its own key may do anyway; the policies
/// of the wallets apply.
#[derive(Clone, Copy, Debug)]
pub struct Delegations<'a> {
    client: &'a Client,
}

impl<'a> Delegations<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lends wallets. Rights that the caller does not have: `PERMISSION_DENIED`.
    pub fn create(&self, delegation: &CreateDelegation) -> Call<Delegation> {
        self.client.post("/delegations", delegation)
    }

    /// One delegation, granted or received; `NOT_FOUND` when there is none.
    pub fn get(&self, id: DelegationId) -> Call<Delegation> {
        self.client.get(format!("/delegations/{id}"))
    }

    /// Delegations, newest first.
    pub fn list(&self, filter: &DelegationFilter) -> Listing<Delegation> {
        Listing::of(self.client, "/delegations")
            .query("walletId", filter.wallet_id)
            .query("role", filter.role.map(DelegationRole::as_str))
    }

    /// Takes the rights back at once; `NOT_FOUND` for what others granted.
    pub fn delete(&self, id: DelegationId) -> Call<DeletedDelegation> {
        self.client.delete(format!("/delegations/{id}")).read_by(Answer::read)
    }
}
