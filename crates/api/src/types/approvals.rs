//! Approvals: movements that wait for a human.

use serde::{Deserialize, Serialize};
use wallgent_core::id::{ApprovalId, KeyId, PolicyId, TransactionId, TransferId, WalletId};
use wallgent_core::{Amount, Timestamp};

use super::payments::{DESCRIPTION_CHARS_MAX, Payment};
use super::transfers::Transfer;
use crate::{ApiError, Fields};

/// `POST /approvals/:id/reject`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct RejectApproval {
    /// Why; at most 1,024 characters. Whoever asked can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl RejectApproval {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let reason = fields.text_or_empty("reason", DESCRIPTION_CHARS_MAX);
        fields.finish(Self { reason })
    }
}

/// A question put to a human.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Which approval.
    #[schema(value_type = String, example = "del_01J00000000000000000000000")]
    pub id: ApprovalId,
    /// `PENDING`, `APPROVED`, `REJECTED` or `EXPIRED`.
    pub status: String,
    /// The wallet that pays.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// The policy that asks.
    #[schema(value_type = String)]
    pub policy_id: PolicyId,
    /// How much; its fee comes on top.
    #[schema(value_type = String, example = "250.00")]
    pub amount: Amount,
    /// Always `USD`.
    pub currency: String,
    /// The key that asked.
    #[schema(value_type = String)]
    pub requested_by: KeyId,
    /// The key that decided.
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<KeyId>,
    /// When it was decided, or ended by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// The payment, or the ledger transaction of the transfer, that waits or waited.
    #[schema(value_type = String)]
    pub transaction_id: TransactionId,
    /// What it is about.
    pub transaction_details: TransactionDetails,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The transfer that waits or waited, when it is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub transfer_id: Option<TransferId>,
    /// The payment that was posted, in the answer to `approve`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub payment: Option<Payment>,
    /// The transfer that was agreed to, in the answer to `approve`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub transfer: Option<Transfer>,
}

/// What an approval is about.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDetails {
    /// `PAYMENT`, `NETWORK_PAYMENT`, `INTERNAL_TRANSFER` or `WITHDRAWAL`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How much.
    #[schema(value_type = String, example = "250.00")]
    pub amount: Amount,
    /// Always `USD`.
    pub currency: String,
    /// Who gets it: a wallet, a bank account, or what is shown of another destination.
    pub recipient: String,
    /// What the recipient is called, as far as its organization tells.
    pub recipient_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
}
