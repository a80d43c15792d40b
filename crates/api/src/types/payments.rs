//! Payments, reversals, batches.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wallgent_core::id::{
    ApprovalId, BatchId, InvoiceId, MerchantId, PaymentLinkId, TransactionId, WalletId,
};
use wallgent_core::test_method::TestMethod;
use wallgent_core::{Amount, Timestamp};

use super::wallets::{NAME_CHARS_MAX, currency};
use crate::{ApiError, Fields};

/// Characters of a description.
pub const DESCRIPTION_CHARS_MAX: usize = 1_024;
/// Payments in one batch.
pub const BATCH_ITEMS_MAX: usize = 20;
/// Characters of an idempotency key.
const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;

/// `POST /payments`, and each item of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendPayment {
    /// The wallet that pays; `fromWalletId` says the same.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub from: String,
    /// The wallet that is paid; `toWalletId` says the same. A merchant may be named instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wal_01J00000000000000000000000")]
    pub to: Option<String>,
    /// How much; a decimal string or a number.
    #[schema(value_type = String, example = "50.00")]
    pub amount: Amount,
    /// The amount as it was sent.
    #[serde(skip)]
    #[schema(ignore)]
    pub amount_sent: String,
    /// What it is for; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Makes a retry safe; 1 to 255 visible characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// A merchant to pay instead of a wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_id: Option<String>,
    /// A merchant, by its domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_hint: Option<MerchantHint>,
    /// `cheapest`, `fastest`, `card_only` or `closed_loop_preferred`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preference: Option<String>,
}

/// A merchant, by what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MerchantHint {
    /// A host name.
    pub domain: String,
}

const PREFERENCES: &[&str] = &["cheapest", "fastest", "card_only", "closed_loop_preferred"];

impl SendPayment {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let request = Self::read(&mut fields);
        fields.finish(request)
    }

    fn read(fields: &mut Fields<'_>) -> Self {
        let from = either(fields, "from", "fromWalletId");
        let to = either(fields, "to", "toWalletId");
        let merchant_id = fields.text("merchantId", NAME_CHARS_MAX);
        let merchant_hint = fields.object("merchantHint", |hint| {
            let domain = hint.text("domain", NAME_CHARS_MAX);
            MerchantHint { domain: hint.require("domain", domain) }
        });
        if merchant_id.is_none() && merchant_hint.is_none() && !fields.has("merchantHint") {
            fields.require("to", to.clone());
        }
        let preference = fields.text("preference", NAME_CHARS_MAX);
        if preference.as_deref().is_some_and(|it| !PREFERENCES.contains(&it)) {
            fields.refuse("preference", format!("must be one of {}", PREFERENCES.join(", ")));
        }
        currency(fields);
        let amount = fields.amount("amount");
        Self {
            from: fields.require("from", from),
            to,
            amount: fields.require("amount", amount),
            amount_sent: amount
                .map(|_| fields.amount_text("amount").unwrap_or_default().into_owned())
                .unwrap_or_default(),
            description: fields.text_or_empty("description", DESCRIPTION_CHARS_MAX),
            idempotency_key: idempotency_key(fields),
            merchant_id,
            merchant_hint,
            preference,
        }
    }
}

pub(crate) fn either(fields: &mut Fields<'_>, name: &str, alias: &str) -> Option<String> {
    let by_name = fields.text(name, NAME_CHARS_MAX);
    let by_alias = fields.text(alias, NAME_CHARS_MAX);
    if by_name.is_some() && by_alias.is_some() && by_name != by_alias {
        fields.refuse(alias, format!("contradicts {name}"));
    }
    by_name.or(by_alias)
}

/// Reads the body's `idempotencyKey`.
pub fn idempotency_key(fields: &mut Fields<'_>) -> Option<String> {
    let key = fields.text("idempotencyKey", IDEMPOTENCY_KEY_CHARS_MAX)?;
    if is_idempotency_key(&key) {
        return Some(key);
    }
    fields.refuse("idempotencyKey", "must have 1 to 255 visible characters");
    None
}

/// Whether a text can be an idempotency key: 1 to 255 visible characters.
#[must_use]
pub fn is_idempotency_key(text: &str) -> bool {
    let visible = |it: char| !it.is_control() && !it.is_whitespace();
    (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&text.chars().count()) && text.chars().all(visible)
}

/// `POST /payments/:id/reverse`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReversePayment {
    /// Why; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How much to give back; all that is left when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "25.00")]
    pub amount: Option<Amount>,
}

impl ReversePayment {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let request = Self {
            reason: fields.text_or_empty("reason", DESCRIPTION_CHARS_MAX),
            amount: fields.amount("amount"),
        };
        fields.finish(request)
    }
}

/// Whether the items of a batch stand or fall together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BatchMode {
    /// All or nothing.
    #[default]
    Atomic,
    /// Each on its own.
    Independent,
}

/// `POST /payments/batch`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendBatch {
    /// 1 to 20 payments.
    pub payments: Vec<SendPayment>,
    /// `atomic` when absent.
    #[serde(default)]
    pub mode: BatchMode,
}

impl SendBatch {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let payments = fields.objects("payments", BATCH_ITEMS_MAX, SendPayment::read);
        if payments.as_ref().is_some_and(Vec::is_empty) {
            fields.refuse("payments", "must have 1 to 20 items");
        }
        let mode = match fields.text("mode", NAME_CHARS_MAX).as_deref() {
            None | Some("atomic") => BatchMode::Atomic,
            Some("independent") => BatchMode::Independent,
            Some(_) => {
                fields.refuse("mode", "must be atomic or independent");
                BatchMode::Atomic
            }
        };
        let request = Self { payments: fields.require("payments", payments), mode };
        fields.finish(request)
    }
}

/// A payment. The sender's private fields are null for an organization that
/// only receives it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// Which payment.
    #[schema(value_type = String, example = "txn_01J00000000000000000000000")]
    pub id: TransactionId,
    /// The wallet that paid.
    #[schema(value_type = String)]
    pub from: WalletId,
    /// The wallet that was paid.
    #[schema(value_type = String)]
    pub to: WalletId,
    /// The same as `from`.
    #[schema(value_type = String)]
    pub from_wallet_id: WalletId,
    /// The same as `to`.
    #[schema(value_type = String)]
    pub to_wallet_id: WalletId,
    /// How much.
    #[schema(value_type = String, example = "50.00")]
    pub amount: Amount,
    /// What the sender paid on top; the sender's.
    #[schema(value_type = Option<String>, example = "0.25")]
    pub fee: Option<Amount>,
    /// `USD`.
    pub currency: String,
    /// `PENDING_APPROVAL`, `POSTED`, `PARTIALLY_REVERSED`, `REVERSED`, `REJECTED` or `EXPIRED`.
    pub status: String,
    /// The same as `status`.
    pub state: String,
    /// What it is for.
    pub description: Option<String>,
    /// The key it was sent with; the sender's.
    pub idempotency_key: Option<String>,
    /// `LEDGER`; `NETWORK` by an address; `PAYMENT_LINK` or `INVOICE` for one of those;
    /// `CLOSED_LOOP` to a merchant.
    pub rail: String,
    /// The merchant that was paid.
    #[schema(value_type = Option<String>)]
    pub merchant_id: Option<MerchantId>,
    /// The batch it belongs to; the sender's.
    #[schema(value_type = Option<String>)]
    pub batch_id: Option<BatchId>,
    /// The approval it waits or waited for; the sender's.
    #[schema(value_type = Option<String>)]
    pub approval_id: Option<ApprovalId>,
    /// How much was given back.
    #[schema(value_type = String, example = "0.00")]
    pub reversed_amount: Amount,
    /// `SANDBOX` or `PRODUCTION`.
    pub environment: String,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was posted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub settled_at: Option<Timestamp>,
    /// The sender's balance after it; the sender's.
    #[schema(value_type = Option<String>)]
    pub balance_after: Option<Amount>,
    /// What the sender could spend after it; the sender's.
    #[schema(value_type = Option<String>)]
    pub available_after: Option<Amount>,
    /// The payment link that was paid, if one was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub payment_link_id: Option<PaymentLinkId>,
    /// The invoice that was paid, if one was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub invoice_id: Option<InvoiceId>,
    /// The reversal, in the answer to `reverse`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub reversal_id: Option<TransactionId>,
    /// `APPROVAL_REQUIRED`, in an answer with status 202.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<Value>,
}

/// A way to pay that exists in a sandbox only.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestMethodShown {
    /// `card` or `bank_account`.
    #[serde(rename = "type")]
    #[schema(example = "card")]
    pub kind: String,
    /// Whose it is.
    #[schema(example = "VISA")]
    pub brand: String,
    /// Its last four digits.
    #[schema(example = "4242")]
    pub last4: String,
}

impl From<TestMethod> for TestMethodShown {
    fn from(method: TestMethod) -> Self {
        Self {
            kind: method.kind().to_owned(),
            brand: method.brand().to_owned(),
            last4: method.last4().to_owned(),
        }
    }
}

/// Reads a test method: `{type: card|bank_account, last4?}`. The last digits choose
/// one that is declined.
pub fn test_method(fields: &mut Fields<'_>, name: &str) -> Option<TestMethod> {
    let read = fields.object(name, |inner| {
        let kind = inner.text("type", NAME_CHARS_MAX);
        let last4 = inner.text("last4", NAME_CHARS_MAX);
        let kind = inner.require("type", kind);
        if kind.is_empty() {
            return None;
        }
        let found = TestMethod::find(&kind, last4.as_deref());
        if found.is_none() && TestMethod::find(&kind, None).is_none() {
            inner.refuse("type", "must be card or bank_account");
        } else if found.is_none() {
            inner.refuse("last4", "belongs to no test method of this type");
        }
        found
    });
    read.flatten()
}

/// What a sandbox's test method paid.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestPayment {
    /// Which ledger transaction.
    #[schema(value_type = String, example = "txn_01J00000000000000000000000")]
    pub id: TransactionId,
    /// The same as `id`.
    #[schema(value_type = String)]
    pub transaction_id: TransactionId,
    /// Null: no wallet paid.
    #[schema(value_type = Option<String>)]
    pub from: Option<WalletId>,
    /// The wallet that was paid.
    #[schema(value_type = String)]
    pub to: WalletId,
    /// How much.
    #[schema(value_type = String, example = "50.00")]
    pub amount: Amount,
    /// `USD`.
    pub currency: String,
    /// `POSTED`.
    pub status: String,
    /// The same as `status`.
    pub state: String,
    /// What it is for.
    pub description: Option<String>,
    /// `PAYMENT_LINK` or `INVOICE`.
    pub rail: String,
    /// The payment link that was paid, if one was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub payment_link_id: Option<PaymentLinkId>,
    /// The invoice that was paid, if one was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub invoice_id: Option<InvoiceId>,
    /// What it was paid with.
    pub payment_method: TestMethodShown,
    /// `SANDBOX`.
    pub environment: String,
    /// When it was paid.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The same: it is posted at once.
    #[schema(value_type = String, format = DateTime)]
    pub settled_at: Timestamp,
}

/// What became of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchResult {
    /// Which batch.
    #[schema(value_type = String)]
    pub batch_id: BatchId,
    /// One for each payment, in the order of the request.
    pub results: Vec<BatchItem>,
    /// How many of each.
    pub summary: BatchSummary,
    /// `BATCH_PARTIAL_FAILURE`, in an answer with status 207.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<Value>,
}

/// What became of one payment of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchItem {
    /// Its place in the request, from 0.
    pub index: usize,
    /// `success`, `failed`, `pending_approval` or `reversed`.
    pub status: String,
    /// The payment.
    #[schema(value_type = Option<String>)]
    pub transaction_id: Option<TransactionId>,
    /// Why it failed: code, message, details.
    pub error: Option<Value>,
}

/// How many payments of a batch ended how.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchSummary {
    /// All of them.
    pub total: usize,
    /// Posted.
    pub succeeded: usize,
    /// Would have passed, but the batch failed.
    pub reversed: usize,
    /// Refused.
    pub failed: usize,
}
