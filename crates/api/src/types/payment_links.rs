//! Payment links.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wallgent_core::id::{PaymentLinkId, WalletId};
use wallgent_core::test_method::TestMethod;
use wallgent_core::{Amount, Timestamp};

use super::cards::{email, is_email};
use super::payments::{DESCRIPTION_CHARS_MAX, Payment, TestPayment, either, test_method};
use super::wallets::{METADATA_BYTES_MAX, NAME_CHARS_MAX};
use crate::{ApiError, Fields};

/// What links are priced in.
const CURRENCIES: &[&str] = &["USD", "USDC"];
/// How often one link can be paid at most.
const USES_MAX: i64 = 1_000_000;
/// Wallets, and e-mail addresses, that one link names. Each is compared with whoever
/// pays.
const PAYERS_MAX: usize = 100;

/// Who may pay a link; everybody when both lists are empty. A payer who is on either
/// list may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecipientRestrictions {
    /// E-mail addresses. A payer declares one; nothing proves it.
    #[serde(default)]
    #[schema(example = json!(["ada@example.com"]))]
    pub emails: Vec<String>,
    /// Wallets that may pay.
    #[serde(default)]
    pub wallet_ids: Vec<String>,
}

impl RecipientRestrictions {
    fn read(fields: &mut Fields<'_>) -> Self {
        let emails = fields.names("emails", PAYERS_MAX).unwrap_or_default();
        for (at, email) in emails.iter().enumerate() {
            if !is_email(email) {
                fields.refuse(&format!("emails[{at}]"), "must be an e-mail address");
            }
        }
        Self { emails, wallet_ids: fields.names("walletIds", PAYERS_MAX).unwrap_or_default() }
    }
}

/// `POST /payment-links`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatePaymentLink {
    /// The wallet that is paid.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub wallet_id: String,
    /// How much each payer pays; a decimal string or a number.
    #[schema(value_type = String, example = "250.00")]
    pub amount: Amount,
    /// `USD` (by default), or `USDC`, which counts one to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "USD")]
    pub currency: Option<String>,
    /// What it is for; at most 1,024 characters. Payers read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who may pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_restrictions: Option<RecipientRestrictions>,
    /// How often it can be paid; once when absent, at most 1,000,000 times.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub max_uses: Option<i64>,
    /// From when on it cannot be paid; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// A JSON object of yours, at most 16 KiB. Payers do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

impl CreatePaymentLink {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let wallet_id = fields.text("walletId", NAME_CHARS_MAX);
        let amount = fields.amount("amount");
        let currency = fields.text("currency", NAME_CHARS_MAX);
        if currency.as_deref().is_some_and(|it| !CURRENCIES.contains(&it)) {
            fields.refuse("currency", format!("must be {}", CURRENCIES.join(" or ")));
        }
        let max_uses = fields.count("maxUses");
        if max_uses.is_some_and(|uses| !(1..=USES_MAX).contains(&uses)) {
            fields.refuse("maxUses", format!("must be a whole number from 1 to {USES_MAX}"));
        }
        let request = Self {
            wallet_id: fields.require("walletId", wallet_id),
            amount: fields.require("amount", amount),
            currency,
            description: fields.text_or_empty("description", DESCRIPTION_CHARS_MAX),
            recipient_restrictions: fields
                .object("recipientRestrictions", RecipientRestrictions::read),
            max_uses,
            expires_at: fields.time("expiresAt"),
            metadata: fields.document("metadata", METADATA_BYTES_MAX),
        };
        fields.finish(request)
    }
}

/// `PATCH /payment-links/:id`: without a body, or with the status `CANCELLED`, it
/// cancels the link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UpdatePaymentLink {
    /// `CANCELLED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CANCELLED")]
    pub status: Option<String>,
}

impl UpdatePaymentLink {
    /// What cancels a link.
    #[must_use]
    pub fn cancel() -> Self {
        Self { status: Some("CANCELLED".to_owned()) }
    }

    /// Whether the link is to be cancelled.
    #[must_use]
    pub const fn cancels(&self) -> bool {
        self.status.is_some()
    }

    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        if body.is_empty() {
            return Ok(Self::cancel());
        }
        let mut fields = Fields::parse(body)?;
        let status = fields.text("status", NAME_CHARS_MAX);
        if status.as_deref().is_some_and(|status| status != "CANCELLED") {
            fields.refuse("status", "must be CANCELLED");
        }
        fields.finish(Self { status })
    }
}

/// `POST /payment-links/pay/:slug`: from a wallet, with a key; or in a sandbox by a
/// test method.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayLink {
    /// The wallet that pays; asks for a key that may pay from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wal_01J00000000000000000000000")]
    pub from_wallet_id: Option<String>,
    /// The test method that pays; `paymentMethod` says the same.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "method")]
    #[schema(value_type = Option<TestMethodChosen>)]
    pub test_method: Option<TestMethod>,
    /// The payer's e-mail address, as the payer says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ada@example.com")]
    pub payer_email: Option<String>,
}

/// A test method, as a request names it.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestMethodChosen {
    /// `card` or `bank_account`.
    #[serde(rename = "type")]
    #[schema(example = "card")]
    pub kind: String,
    /// The last digits: `4242` (by default) is a card that pays, `0002` one that is
    /// declined; `6789` (by default) an account that pays, `1116` one that is declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "4242")]
    pub last4: Option<String>,
}

impl From<TestMethod> for TestMethodChosen {
    fn from(method: TestMethod) -> Self {
        Self { kind: method.kind().to_owned(), last4: Some(method.last4().to_owned()) }
    }
}

/// Writes a test method as it is read.
pub(super) fn method<S: serde::Serializer>(
    method: &Option<TestMethod>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    method.map(TestMethodChosen::from).serialize(serializer)
}

impl PayLink {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let (from_wallet_id, test_method) = payer(&mut fields);
        let payer_email = email(&mut fields, "payerEmail");
        fields.finish(Self { from_wallet_id, test_method, payer_email })
    }
}

/// Reads what pays a link or an invoice: a wallet or a test method.
pub(super) fn payer(fields: &mut Fields<'_>) -> (Option<String>, Option<TestMethod>) {
    let from_wallet_id = either(fields, "fromWalletId", "from");
    let by_name = test_method(fields, "testMethod");
    let by_alias = test_method(fields, "paymentMethod");
    if by_name.is_some() && by_alias.is_some() && by_name != by_alias {
        fields.refuse("paymentMethod", "contradicts testMethod");
    }
    let test_method = by_name.or(by_alias);
    if from_wallet_id.is_some() && test_method.is_some() {
        fields.refuse("fromWalletId", "pays alone; leave testMethod out");
    }
    let asked = fields.has("testMethod") || fields.has("paymentMethod");
    if from_wallet_id.is_none() && !asked {
        fields.require_noted("fromWalletId", "is required, or in a sandbox testMethod");
    }
    (from_wallet_id, test_method)
}

/// What paid a link: a payment from a wallet, or what a test method paid.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum LinkPayment {
    /// From a wallet.
    Wallet(Box<Payment>),
    /// By a test method.
    TestMethod(Box<TestPayment>),
}

/// A payment link.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentLink {
    /// Which link.
    #[schema(value_type = String, example = "pyl_01J00000000000000000000000")]
    pub id: PaymentLinkId,
    /// The secret part of its address: who has it may pay.
    pub slug: String,
    /// Its page.
    #[schema(example = "http://localhost:3000/pay/5v3rkq0c7m9t2x8b4n6w1d0zha")]
    pub url: String,
    /// The wallet that is paid.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// How much each payer pays.
    #[schema(value_type = String, example = "250.00")]
    pub amount: Amount,
    /// `USD` or `USDC`.
    pub currency: String,
    /// What it is for.
    pub description: Option<String>,
    /// `ACTIVE`, `CLAIMED`, `CANCELLED` or `EXPIRED`.
    #[schema(example = "ACTIVE")]
    pub status: String,
    /// How often it can be paid.
    pub max_uses: i64,
    /// How often it was paid.
    pub uses: i64,
    /// Who may pay; null for everybody.
    pub recipient_restrictions: Option<RecipientRestrictions>,
    /// From when on it cannot be paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// The JSON object of yours.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A payment link as whoever has it sees it: what a payer needs to know.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayableLink {
    /// The secret part of its address.
    pub slug: String,
    /// Its page.
    pub url: String,
    /// How much is due.
    #[schema(value_type = String, example = "250.00")]
    pub amount: Amount,
    /// `USD` or `USDC`.
    pub currency: String,
    /// What it is for.
    pub description: Option<String>,
    /// `ACTIVE` while it can be paid; `CLAIMED`, `CANCELLED` or `EXPIRED`.
    #[schema(example = "ACTIVE")]
    pub status: String,
    /// The organization that is paid.
    #[schema(example = "Acme")]
    pub payee_name: String,
    /// Whether only some payers may pay.
    pub restricted: bool,
    /// From when on it cannot be paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// `SANDBOX`, where test methods pay, or `PRODUCTION`.
    pub environment: String,
}
