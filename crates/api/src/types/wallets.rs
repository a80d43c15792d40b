//! Wallets, balances, funding, entries, holds.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wallgent_core::id::{
    AccountId, AddressId, EntryId, HoldId, OrganizationId, TransactionId, WalletId,
};
use wallgent_core::{Amount, Timestamp};

use crate::{ApiError, Fields, Patch};

/// Characters in a name.
pub const NAME_CHARS_MAX: usize = 256;
/// Bytes of a wallet's metadata.
pub const METADATA_BYTES_MAX: usize = 16 * 1024;

/// `POST /wallets`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateWallet {
    /// What people call it; 1 to 256 characters.
    #[schema(example = "Research Agent")]
    pub name: String,
    /// The agent's name for itself; at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    /// Anything of yours; at most 16 KiB of JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// Always `USD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Whether other organizations find it in the agent directory; false by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discoverable: Option<bool>,
}

impl CreateWallet {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let name = fields.text("name", NAME_CHARS_MAX);
        let request = Self {
            name: fields.require("name", name),
            agent_name: fields.text_or_empty("agentName", NAME_CHARS_MAX),
            metadata: fields.document("metadata", METADATA_BYTES_MAX),
            currency: currency(&mut fields),
            discoverable: fields.flag("discoverable"),
        };
        fields.finish(request)
    }
}

/// Reads `currency`, which can only be `USD`.
pub(crate) fn currency(fields: &mut Fields<'_>) -> Option<String> {
    let currency = fields.text("currency", 8)?;
    if currency != super::CURRENCY {
        fields.refuse("currency", "must be USD");
    }
    Some(currency)
}

/// `PATCH /wallets/:id`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateWallet {
    /// What people call it; 1 to 256 characters.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub name: Patch<String>,
    /// The agent's name for itself; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub agent_name: Patch<String>,
    /// Replaces the metadata; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub metadata: Patch<Map<String, Value>>,
    /// Whether other organizations find it in the agent directory.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub discoverable: Patch<bool>,
}

impl UpdateWallet {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let request = Self {
            name: fields.patch("name", |it, name| it.text(name, NAME_CHARS_MAX)),
            agent_name: fields
                .patch("agentName", |it, name| it.text_or_empty(name, NAME_CHARS_MAX)),
            metadata: fields.patch("metadata", |it, name| it.document(name, METADATA_BYTES_MAX)),
            discoverable: fields.patch("discoverable", Fields::flag),
        };
        if request.name == Patch::Clear {
            fields.refuse("name", "must not be null");
        }
        if request.discoverable == Patch::Clear {
            fields.refuse("discoverable", "must not be null");
        }
        fields.finish(request)
    }
}

/// `POST /wallets/:id/fund`
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FundWallet {
    /// At most 10,000.00; a decimal string or a number.
    #[schema(value_type = String, example = "1000.00")]
    pub amount: Amount,
}

impl FundWallet {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let amount = fields.amount("amount");
        let request = Self { amount: fields.require("amount", amount) };
        fields.finish(request)
    }
}

/// `POST /sandbox/fund`
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxFund {
    /// Which wallet.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub wallet_id: String,
    /// At most 10,000.00; a decimal string or a number.
    #[schema(value_type = String, example = "1000.00")]
    pub amount: Amount,
}

impl SandboxFund {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let wallet_id = fields.text("walletId", NAME_CHARS_MAX);
        let amount = fields.amount("amount");
        let request = Self {
            wallet_id: fields.require("walletId", wallet_id),
            amount: fields.require("amount", amount),
        };
        fields.finish(request)
    }
}

/// `POST /wallets/:id/freeze`, `/unfreeze`, `/close`, with why.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeStatus {
    /// For the audit log; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ChangeStatus {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let reason = fields.text_or_empty("reason", super::payments::DESCRIPTION_CHARS_MAX);
        fields.finish(Self { reason })
    }
}

/// A wallet.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Wallet {
    /// Also the agent's ID, for an agent's wallet.
    #[schema(value_type = String, example = "wal_01J00000000000000000000000")]
    pub id: WalletId,
    /// Whose it is.
    #[schema(value_type = String)]
    pub organization_id: OrganizationId,
    /// Its ledger account.
    #[schema(value_type = String)]
    pub account_id: AccountId,
    /// `SANDBOX` or `PRODUCTION`.
    pub environment: String,
    /// What people call it.
    pub name: String,
    /// The agent's name for itself.
    pub agent_name: Option<String>,
    /// `ORG`, `AGENT` or `STANDARD`.
    pub wallet_type: String,
    /// `ACTIVE`, `FROZEN` or `CLOSED`.
    pub status: String,
    /// Posted money, in dollars.
    #[schema(value_type = String, example = "250.00")]
    pub balance: Amount,
    /// What can be spent: the balance less what is held.
    #[schema(value_type = String, example = "250.00")]
    pub available: Amount,
    /// `USD`.
    pub currency: String,
    /// The public address on the agent network.
    #[schema(value_type = String)]
    pub wallgent_address: AddressId,
    /// Whether other organizations find it in the agent directory.
    pub discoverable: bool,
    /// Anything of yours.
    pub metadata: Option<Map<String, Value>>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed, balances not counted.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// `GET /wallets/:id/balance`
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletBalance {
    /// Which wallet.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// What can be spent.
    #[schema(value_type = String, example = "250.00")]
    pub available: Amount,
    /// Money on its way in.
    #[schema(value_type = String, example = "0.00")]
    pub pending: Amount,
    /// Reserved by holds.
    #[schema(value_type = String, example = "0.00")]
    pub held: Amount,
    /// Posted money.
    #[schema(value_type = String, example = "250.00")]
    pub balance: Amount,
    /// `USD`.
    pub currency: String,
}

/// The answer to `POST /wallets/:id/fund`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Funding {
    /// The ledger transaction.
    #[schema(value_type = String)]
    pub transaction_id: TransactionId,
    /// Which wallet.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// What came in.
    #[schema(value_type = String, example = "1000.00")]
    pub amount: Amount,
    /// The balance after it.
    #[schema(value_type = String, example = "1250.00")]
    pub new_balance: Amount,
    /// `USD`.
    pub currency: String,
}

/// The answer to `POST /sandbox/fund`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxFunding {
    /// Which wallet.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// What came in.
    #[schema(value_type = String, example = "1000.00")]
    pub amount: Amount,
    /// The balance after it.
    #[schema(value_type = String, example = "1250.00")]
    pub new_balance: Amount,
}

/// One entry of a wallet's account.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletTransaction {
    /// The entry.
    #[schema(value_type = String)]
    pub id: EntryId,
    /// Which wallet.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// The ledger transaction it belongs to.
    #[schema(value_type = String)]
    pub transaction_id: TransactionId,
    /// Always positive.
    #[schema(value_type = String, example = "50.25")]
    pub amount: Amount,
    /// `DEBIT` takes from the wallet, `CREDIT` adds to it.
    pub direction: String,
    /// `PAYMENT`, `REVERSAL`, `FUNDING`, `FEE_SWEEP`, `BUDGET_ADJUSTMENT`, `SWEEP`, `CARD_CAPTURE` or
    /// `CARD_REFUND`.
    pub entry_type: String,
    /// The wallet's balance after it.
    #[schema(value_type = String, example = "199.75")]
    pub balance_after: Amount,
    /// What the payment says.
    pub description: Option<String>,
    /// The payment that a reversal reverses; the capture that a card's refund gives back.
    #[schema(value_type = Option<String>)]
    pub related_transaction_id: Option<TransactionId>,
    /// When it was posted.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Funds reserved on a wallet.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletHold {
    /// The hold.
    #[schema(value_type = String)]
    pub id: HoldId,
    /// Which wallet.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// How much, fee included. Of a card's authorization, what is still held; when it ended, what was
    /// captured, or else all of it.
    #[schema(value_type = String, example = "50.25")]
    pub amount: Amount,
    /// Why: `APPROVAL` or `CARD_AUTHORIZATION`.
    pub reason: String,
    /// What it waits for: the payment, or the card's authorization.
    #[schema(example = "txn_01J00000000000000000000000")]
    pub reference: String,
    /// `PENDING`, `RELEASED`, `CAPTURED` or `REVERSED`.
    pub status: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Until when, at most.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}
