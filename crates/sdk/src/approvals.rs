//! Approvals: what waits for a human, and deciding it.

use wallgent_api::types::approvals::{Approval, RejectApproval};
use wallgent_core::approval::ApprovalStatus;
use wallgent_core::id::{ApprovalId, WalletId};

use crate::{Call, Client, Listing};

/// Which approvals to list; all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApprovalFilter {
    /// Only approvals in this state.
    pub status: Option<ApprovalStatus>,
    /// Only what this wallet would pay.
    pub wallet_id: Option<WalletId>,
}

/// Approvals. Amount and fee of what waits are held until somebody decides; a key
/// that is bound to wallets may look, but never decide.
#[derive(Clone, Copy, Debug)]
pub struct Approvals<'a> {
    client: &'a Client,
}

impl<'a> Approvals<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// One approval; `NOT_FOUND` when there is none.
    pub fn get(&self, id: ApprovalId) -> Call<Approval> {
        self.client.get(format!("/approvals/{id}"))
    }

    /// Approvals, newest first.
    pub fn list(&self, filter: &ApprovalFilter) -> Listing<Approval> {
        Listing::of(self.client, "/approvals")
            .query("status", filter.status.map(ApprovalStatus::as_str))
            .query("walletId", filter.wallet_id)
    }

    /// Posts the payment, under the policies as they are now. When it can no
    /// longer be posted, that refusal is the answer and the approval waits on;
    /// already decided: `CONFLICT`, with the state in `details.status`.
    pub fn approve(&self, id: ApprovalId) -> Call<Approval> {
        self.client.act(format!("/approvals/{id}/approve"))
    }

    /// Refuses the payment and frees what is held for it. Already decided:
    /// `CONFLICT`, with the state in `details.status`.
    pub fn reject(&self, id: ApprovalId, why: &RejectApproval) -> Call<Approval> {
        self.client.post(format!("/approvals/{id}/reject"), why)
    }
}
