//! Merchants: their profiles, what they were paid, what it adds up to.

use serde::{Deserialize, Serialize};
use wallgent_core::id::{MerchantId, TransactionId, WalletId};
use wallgent_core::merchant::Domain;
use wallgent_core::time::Day;
use wallgent_core::{Amount, Timestamp, Total};

use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// `POST /merchants`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateMerchant {
    /// What people call it; 1 to 256 characters.
    pub name: String,
    /// Its host name, below a public suffix. International names are kept in ASCII.
    #[schema(example = "shop.example.com")]
    pub domain: String,
    /// The wallet that is paid; the organization's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_wallet_id: Option<String>,
    /// Whether it can be paid by its ID or its domain; true when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_loop: Option<bool>,
}

impl CreateMerchant {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let change = UpdateMerchant::read(&mut fields);
        let request = Self {
            name: fields.require("name", change.name),
            domain: fields.require("domain", change.domain),
            settlement_wallet_id: change.settlement_wallet_id,
            closed_loop: change.closed_loop,
        };
        fields.finish(request)
    }
}

/// `PATCH /merchants/:id`; what is left out stays.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateMerchant {
    /// What people call it; 1 to 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its host name. In production another one has to be verified anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The wallet that is paid from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_wallet_id: Option<String>,
    /// Whether it can be paid by its ID or its domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_loop: Option<bool>,
}

impl UpdateMerchant {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let request = Self::read(&mut fields);
        fields.finish(request)
    }

    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            name: fields.text("name", NAME_CHARS_MAX),
            domain: domain(fields),
            settlement_wallet_id: fields.text("settlementWalletId", NAME_CHARS_MAX),
            closed_loop: fields.flag("closedLoop"),
        }
    }
}

/// Reads a domain, and folds it.
fn domain(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.text("domain", NAME_CHARS_MAX)?;
    let parsed = Domain::parse(&text);
    if parsed.is_none() {
        let message = "must be a host name below a public suffix, as shop.example.com";
        fields.refuse("domain", message);
    }
    parsed.map(|domain| domain.as_str().to_owned())
}

/// A merchant's profile.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Merchant {
    /// Which merchant.
    #[schema(value_type = String, example = "mer_01J00000000000000000000000")]
    pub id: MerchantId,
    /// What people call it.
    pub name: String,
    /// Its host name, in lower case and ASCII.
    #[schema(example = "shop.example.com")]
    pub domain: String,
    /// Whether others may pay it by its domain.
    pub domain_verified: bool,
    /// How to verify it; null once it is.
    pub domain_verification: Option<DomainVerification>,
    /// The wallet that is paid.
    #[schema(value_type = String)]
    pub settlement_wallet_id: WalletId,
    /// Whether it can be paid by its ID or its domain.
    pub closed_loop: bool,
    /// `ACTIVE` or `SUSPENDED`.
    pub status: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// The DNS record that proves whose a domain is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DomainVerification {
    /// `TXT`.
    pub record_type: String,
    /// Where it stands.
    #[schema(example = "_wallgent.shop.example.com")]
    pub record_name: String,
    /// What it says.
    #[schema(example = "wallgent-merchant=mer_01J00000000000000000000000")]
    pub record_value: String,
}

/// What a merchant has, and what it was paid lately.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettlementOverview {
    /// Which merchant.
    #[schema(value_type = String)]
    pub merchant_id: MerchantId,
    /// What people call it.
    pub merchant_name: String,
    /// The wallet that is paid.
    #[schema(value_type = String)]
    pub settlement_wallet_id: WalletId,
    /// What is in it.
    pub balance: SettlementBalance,
    /// What was paid since midnight, UTC.
    pub today: Received,
    /// What was paid since the first of the month, UTC.
    pub month: Received,
    /// The newest ten payments.
    pub recent_payments: Vec<MerchantPayment>,
}

/// What is in a settlement wallet.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SettlementBalance {
    /// What can be spent or withdrawn of it: held amounts are not counted.
    #[schema(value_type = String, example = "1250.00")]
    pub amount: Amount,
    /// `USD`.
    pub currency: String,
    /// `AVAILABLE`; `FROZEN` or `CLOSED` with the wallet.
    #[schema(example = "AVAILABLE")]
    pub status: String,
}

/// Payments of some days.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Received {
    /// How many.
    pub count: i64,
    /// Their amounts together, what was given back later included.
    #[schema(value_type = String, example = "340.00")]
    pub total: Total,
}

/// A payment, as the merchant sees it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MerchantPayment {
    /// Which payment.
    #[schema(value_type = String)]
    pub id: TransactionId,
    /// How much.
    #[schema(value_type = String, example = "25.00")]
    pub amount: Amount,
    /// `USD`.
    pub currency: String,
    /// What it is for.
    pub description: Option<String>,
    /// The wallet that paid.
    #[schema(value_type = Option<String>)]
    pub from: Option<WalletId>,
    /// What that wallet is called.
    pub from_name: Option<String>,
    /// `POSTED`, `PARTIALLY_REVERSED` or `REVERSED`.
    pub status: String,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A part of what a merchant was paid, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MerchantPayments {
    /// The payments.
    pub data: Vec<MerchantPayment>,
    /// How many there are in all.
    pub total: i64,
    /// How many were asked for.
    pub limit: i64,
    /// How many were left out before them.
    pub offset: i64,
}

/// What a merchant was paid, period by period.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MerchantAnalytics {
    /// Every period of the range, oldest first.
    pub volume_trend: Vec<VolumePoint>,
}

/// What a merchant was paid in one period.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VolumePoint {
    /// The first day of the period.
    #[schema(value_type = String, format = Date, example = "2026-01-31")]
    pub date: Day,
    /// How many payments.
    pub count: i64,
    /// Their amounts together, what was given back later included.
    #[schema(value_type = String, example = "340.00")]
    pub volume: Total,
}
