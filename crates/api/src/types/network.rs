//! The agent network: paying by address, and finding addresses.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wallgent_core::Amount;
use wallgent_core::id::{AddressId, ApprovalId, TransactionId, WalletId};

use super::payments::{DESCRIPTION_CHARS_MAX, idempotency_key};
use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// `POST /network/pay`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayAgent {
    /// The address of the wallet that is paid.
    #[schema(example = "wg_01J00000000000000000000000")]
    pub to_address: String,
    /// How much; a decimal string or a number.
    #[schema(value_type = String, example = "25.00")]
    pub amount: Amount,
    /// The amount as it was sent.
    #[serde(skip)]
    #[schema(ignore)]
    pub amount_sent: String,
    /// What it is for; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The wallet that pays: when absent, the key's only wallet, or else the organization's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_wallet_id: Option<String>,
    /// Makes a retry safe; 1 to 255 visible characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl PayAgent {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let to_address = fields.text("toAddress", NAME_CHARS_MAX);
        let amount = fields.amount("amount");
        let sent = amount.and_then(|_| fields.amount_text("amount"));
        let request = Self {
            to_address: fields.require("toAddress", to_address),
            amount: fields.require("amount", amount),
            amount_sent: sent.unwrap_or_default().into_owned(),
            description: fields.text_or_empty("description", DESCRIPTION_CHARS_MAX),
            from_wallet_id: fields.text("fromWalletId", NAME_CHARS_MAX),
            idempotency_key: idempotency_key(&mut fields),
        };
        fields.finish(request)
    }
}

/// A payment over the agent network.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkPayment {
    /// Which payment.
    #[schema(value_type = String, example = "txn_01J00000000000000000000000")]
    pub transaction_id: TransactionId,
    /// The same, for readers of payments.
    #[schema(value_type = String)]
    pub id: TransactionId,
    /// The wallet that paid.
    #[schema(value_type = String)]
    pub from: WalletId,
    /// The wallet that was paid.
    #[schema(value_type = String)]
    pub to: WalletId,
    /// Its address.
    #[schema(value_type = String)]
    pub to_address: AddressId,
    /// How much.
    #[schema(value_type = String, example = "25.00")]
    pub amount: Amount,
    /// Always 0.00.
    #[schema(value_type = String, example = "0.00")]
    pub fees: Amount,
    /// Always `USD`.
    pub currency: String,
    /// `POSTED`, or `PENDING_APPROVAL` in an answer with status 202.
    pub status: String,
    /// The same as `status`.
    pub state: String,
    /// What it is for.
    pub description: Option<String>,
    /// The approval it waits for, in an answer with status 202.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub approval_id: Option<ApprovalId>,
    /// `APPROVAL_REQUIRED`, in an answer with status 202.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<Value>,
}

/// A wallet that can be paid by its address.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryEntry {
    /// Which wallet.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// What people call it.
    pub name: String,
    /// The agent's name for itself.
    pub agent_name: Option<String>,
    /// Where it is paid.
    #[schema(value_type = String, example = "wg_01J00000000000000000000000")]
    pub wallgent_address: AddressId,
}
