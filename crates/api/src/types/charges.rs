//! Charges of what customers saved, once or again and again.

use serde::{Deserialize, Serialize};
use wallgent_core::id::{ChargeId, CustomerId, InvoiceId, WalletId};
use wallgent_core::recurrence::Recurrence;
use wallgent_core::{Amount, Timestamp};

use super::payments::DESCRIPTION_CHARS_MAX;
use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// `POST /invoices/charge`: a customer by an amount, for which an invoice is made; or an
/// invoice that is due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChargeCustomer {
    /// The wallet that is paid; with `customerId` and `amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wal_01J00000000000000000000000")]
    pub wallet_id: Option<String>,
    /// Who is charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "cus_01J00000000000000000000000")]
    pub customer_id: Option<String>,
    /// How much; a decimal string or a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "99.00")]
    pub amount: Option<Amount>,
    /// What it is for; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// That it repeats, and how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurring: Option<Recurring>,
    /// The invoice to charge for instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "inv_01J00000000000000000000000")]
    pub invoice_id: Option<String>,
    /// What is charged; the payment method that the customer saved last when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pm_01J00000000000000000000000")]
    pub payment_method_id: Option<String>,
}

/// How often a charge repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Recurring {
    /// `weekly`, `monthly` or `yearly`.
    #[serde(serialize_with = "interval_name")]
    #[schema(value_type = String, example = "monthly")]
    pub interval: Recurrence,
}

fn interval_name<S: serde::Serializer>(
    interval: &Recurrence,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(interval.as_str())
}

impl Recurring {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.text("interval", NAME_CHARS_MAX);
        let interval = name.as_deref().and_then(Recurrence::from_name);
        match (&name, interval) {
            (Some(_), None) => fields.refuse("interval", "must be weekly, monthly or yearly"),
            (None, _) => fields.require_noted("interval", "is required"),
            _ => {}
        }
        Some(Self { interval: interval? })
    }
}

impl ChargeCustomer {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let mut request = Self {
            invoice_id: fields.text("invoiceId", NAME_CHARS_MAX),
            payment_method_id: fields.text("paymentMethodId", NAME_CHARS_MAX),
            ..Self::default()
        };
        if fields.has("invoiceId") {
            let whole = fields.has("walletId") || fields.has("customerId") || fields.has("amount");
            if whole || fields.has("recurring") || fields.has("description") {
                fields.refuse("invoiceId", "says all of it; leave the other fields out");
            }
            return fields.finish(request);
        }
        let wallet = fields.text("walletId", NAME_CHARS_MAX);
        let customer = fields.text("customerId", NAME_CHARS_MAX);
        let amount = fields.amount("amount");
        fields.require("walletId", wallet.clone());
        fields.require("customerId", customer.clone());
        fields.require("amount", amount);
        (request.wallet_id, request.customer_id, request.amount) = (wallet, customer, amount);
        request.description = fields.text_or_empty("description", DESCRIPTION_CHARS_MAX);
        request.recurring = fields.object("recurring", Recurring::read).flatten();
        fields.finish(request)
    }
}

/// A charge of a payment method.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// Which charge.
    #[schema(value_type = String, example = "chg_01J00000000000000000000000")]
    pub id: ChargeId,
    /// The same.
    #[schema(value_type = String)]
    pub charge_id: ChargeId,
    /// The invoice that it was for.
    #[schema(value_type = String)]
    pub invoice_id: InvoiceId,
    /// `SUCCEEDED`, or `FAILED`: then the invoice is still due.
    #[schema(example = "SUCCEEDED")]
    pub status: String,
    /// How much.
    #[schema(value_type = String, example = "99.00")]
    pub amount: Amount,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure_reason: Option<String>,
    /// The charge that repeats, when this was its first one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recurring: Option<RecurringCharge>,
}

/// A charge that repeats until it is cancelled. It has the ID of its first charge.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringCharge {
    /// Which charge.
    #[schema(value_type = String, example = "chg_01J00000000000000000000000")]
    pub id: ChargeId,
    /// `ACTIVE` or `CANCELLED`.
    #[schema(example = "ACTIVE")]
    pub status: String,
    /// `weekly`, `monthly` or `yearly`.
    #[schema(example = "monthly")]
    pub interval: String,
    /// The wallet that is paid.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// Who is charged.
    #[schema(value_type = String)]
    pub customer_id: CustomerId,
    /// How much each time.
    #[schema(value_type = String, example = "99.00")]
    pub amount: Amount,
    /// Always `USD`.
    pub currency: String,
    /// What it is for.
    pub description: Option<String>,
    /// How often it was due so far, the first time included.
    #[schema(example = 1)]
    pub occurrences: i64,
    /// When it is due next; null when it was cancelled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_charge_at: Option<Timestamp>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}
