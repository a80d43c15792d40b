//! Invoices: what is billed, and how it is paid.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wallgent_core::id::{CustomerId, InvoiceId, TransactionId, WalletId};
use wallgent_core::test_method::TestMethod;
use wallgent_core::{Amount, Timestamp, invoice};

use super::payment_links::{method, payer};
use super::payments::DESCRIPTION_CHARS_MAX;
use super::wallets::{METADATA_BYTES_MAX, NAME_CHARS_MAX};
use crate::{ApiError, ErrorCode, Fields, Patch};

/// Lines of one invoice. All of them are rendered whenever it is listed.
const LINES_MAX: usize = 100;
/// Characters of a moment or a day.
const TIME_CHARS_MAX: usize = 64;

/// One line of a new invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewLineItem {
    /// What is billed; at most 1,024 characters.
    #[schema(example = "Data processing")]
    pub description: String,
    /// How many units, a whole number; 1 when absent.
    #[schema(value_type = Option<i64>, example = 3)]
    pub quantity: i64,
    /// The price of one; a decimal string or a number.
    #[schema(value_type = String, example = "15.00")]
    pub unit_price: Amount,
}

/// One unit of nothing yet.
impl Default for NewLineItem {
    fn default() -> Self {
        Self { description: String::new(), quantity: 1, unit_price: Amount::ZERO }
    }
}

impl NewLineItem {
    fn read(fields: &mut Fields<'_>) -> Self {
        let description = fields.text("description", DESCRIPTION_CHARS_MAX);
        let quantity = fields.count("quantity");
        if quantity == Some(0) {
            fields.refuse("quantity", "must be 1 or more");
        }
        let unit_price = fields.amount("unitPrice");
        Self {
            description: fields.require("description", description),
            quantity: quantity.unwrap_or(1),
            unit_price: fields.require("unitPrice", unit_price),
        }
    }
}

fn line_items(fields: &mut Fields<'_>, name: &str) -> Option<Vec<NewLineItem>> {
    let items = fields.objects(name, LINES_MAX, NewLineItem::read)?;
    if items.is_empty() {
        fields.refuse(name, "must have at least one line");
    }
    Some(items)
}

/// Refuses lines whose sum no amount can hold.
fn refuse_too_large(items: &[NewLineItem]) -> Result<(), ApiError> {
    match invoice::total(items.iter().map(|item| (item.quantity, item.unit_price))) {
        Some(_) => Ok(()),
        None => {
            let message = "The lines add up to more than an amount can be";
            let error = ApiError::new(ErrorCode::InvalidAmount, message);
            Err(error.with("field", "lineItems").with("maximum", Amount::MAX))
        }
    }
}

/// Reads a moment, or a day, which ends with its last millisecond in UTC.
fn due_date(fields: &mut Fields<'_>, name: &str) -> Option<Timestamp> {
    let text = fields.text(name, TIME_CHARS_MAX)?;
    let is_day = text.len() == "2026-01-31".len();
    let moment = if is_day { format!("{text}T23:59:59.999Z") } else { text };
    let due = Timestamp::parse(&moment);
    if due.is_none() {
        fields.refuse(name, "must be a date like 2026-01-31, or an ISO 8601 time with a zone");
    }
    due
}

/// `POST /invoices`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateInvoice {
    /// The wallet that is paid.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub wallet_id: String,
    /// Who is to pay.
    #[schema(example = "cus_01J00000000000000000000000")]
    pub customer_id: String,
    /// What is billed: 1 to 100 lines.
    pub line_items: Vec<NewLineItem>,
    /// What else there is to say; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    /// Until when it is to be paid: a moment, or a day until its end in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2026-02-28")]
    pub due_date: Option<Timestamp>,
    /// Anything, as a JSON object of at most 16 KiB; the payer does not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

impl CreateInvoice {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let wallet_id = fields.text("walletId", NAME_CHARS_MAX);
        let customer_id = fields.text("customerId", NAME_CHARS_MAX);
        let items = line_items(&mut fields, "lineItems");
        let request = Self {
            wallet_id: fields.require("walletId", wallet_id),
            customer_id: fields.require("customerId", customer_id),
            line_items: fields.require("lineItems", items),
            memo: fields.text_or_empty("memo", DESCRIPTION_CHARS_MAX),
            due_date: due_date(&mut fields, "dueDate"),
            metadata: fields.document("metadata", METADATA_BYTES_MAX),
        };
        let request = fields.finish(request)?;
        refuse_too_large(&request.line_items)?;
        Ok(request)
    }
}

/// `PATCH /invoices/:id`, while it is a draft.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateInvoice {
    /// The wallet that is paid.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub wallet_id: Patch<String>,
    /// Who is to pay.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub customer_id: Patch<String>,
    /// Replaces all lines.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<NewLineItem>>)]
    pub line_items: Patch<Vec<NewLineItem>>,
    /// What else there is to say; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub memo: Patch<String>,
    /// Until when it is to be paid; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub due_date: Patch<Timestamp>,
    /// Replaces the metadata; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Patch<Map<String, Value>>,
}

impl UpdateInvoice {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let request = Self {
            wallet_id: fields.patch("walletId", |it, name| it.text(name, NAME_CHARS_MAX)),
            customer_id: fields.patch("customerId", |it, name| it.text(name, NAME_CHARS_MAX)),
            line_items: fields.patch("lineItems", line_items),
            memo: fields.patch("memo", |it, name| it.text_or_empty(name, DESCRIPTION_CHARS_MAX)),
            due_date: fields.patch("dueDate", due_date),
            metadata: fields.patch("metadata", |it, name| it.document(name, METADATA_BYTES_MAX)),
        };
        let cleared = [
            ("walletId", request.wallet_id == Patch::Clear),
            ("customerId", request.customer_id == Patch::Clear),
            ("lineItems", request.line_items == Patch::Clear),
        ];
        for (name, _) in cleared.into_iter().filter(|(_, cleared)| *cleared) {
            fields.refuse(name, "must not be null");
        }
        let request = fields.finish(request)?;
        if let Patch::Set(items) = &request.line_items {
            refuse_too_large(items)?;
        }
        Ok(request)
    }
}

/// One line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineItem {
    /// What is billed.
    pub description: String,
    /// How many units.
    #[schema(example = 3)]
    pub quantity: i64,
    /// The price of one.
    #[schema(value_type = String, example = "15.00")]
    pub unit_price: Amount,
    /// The price of all of them.
    #[schema(value_type = String, example = "45.00")]
    pub total: Amount,
}

/// An invoice, as who sends it sees it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invoice {
    /// Which invoice.
    #[schema(value_type = String, example = "inv_01J00000000000000000000000")]
    pub id: InvoiceId,
    /// `DRAFT`, `FINALIZED`, `PAID`, `VOIDED`, `UNCOLLECTIBLE` or `REFUNDED`.
    pub status: String,
    /// The wallet that is paid.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// Who is to pay.
    #[schema(value_type = String)]
    pub customer_id: CustomerId,
    /// Always `USD`.
    pub currency: String,
    /// The sum of its lines.
    #[schema(value_type = String, example = "70.00")]
    pub subtotal: Amount,
    /// What is due.
    #[schema(value_type = String, example = "70.00")]
    pub total: Amount,
    /// What is billed.
    pub line_items: Vec<LineItem>,
    /// What else there is to say.
    pub memo: Option<String>,
    /// Until when it is to be paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_date: Option<Timestamp>,
    /// What it is called where it is paid; from when it is finalized.
    pub slug: Option<String>,
    /// The page on which it is paid; from when it is finalized.
    pub checkout_url: Option<String>,
    /// When it was paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub paid_at: Option<Timestamp>,
    /// The payment of it.
    #[schema(value_type = Option<String>)]
    pub transaction_id: Option<TransactionId>,
    /// How much of it was given back.
    #[schema(value_type = String, example = "0.00")]
    pub refunded_amount: Amount,
    /// What was stored with it.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Where an invoice is paid.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceCheckout {
    /// The page on which it is paid.
    pub url: String,
    /// The invoice.
    #[serde(flatten)]
    pub invoice: Invoice,
}

/// `POST /invoices/pay/:slug`: from a wallet, with a key; or in a sandbox by a test
/// method.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayInvoice {
    /// The wallet that pays; asks for a key that may pay from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wal_01J00000000000000000000000")]
    pub from_wallet_id: Option<String>,
    /// The test method that pays; `paymentMethod` says the same.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "method")]
    #[schema(value_type = Option<super::payment_links::TestMethodChosen>)]
    pub test_method: Option<TestMethod>,
}

impl PayInvoice {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let (from_wallet_id, test_method) = payer(&mut fields);
        fields.finish(Self { from_wallet_id, test_method })
    }
}

/// An invoice as whoever has its address sees it: what a payer needs to know.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayableInvoice {
    /// Which invoice.
    #[schema(value_type = String, example = "inv_01J00000000000000000000000")]
    pub id: InvoiceId,
    /// The secret part of its address.
    pub slug: String,
    /// Its page.
    pub url: String,
    /// `FINALIZED` while it can be paid; `PAID`, `VOIDED`, `UNCOLLECTIBLE` or `REFUNDED`.
    #[schema(example = "FINALIZED")]
    pub status: String,
    /// Whether it is due and its time is over. It can still be paid.
    pub overdue: bool,
    /// The organization that is paid.
    #[schema(example = "Acme")]
    pub payee_name: String,
    /// The wallet that is paid, as policies name it.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// Always `USD`.
    pub currency: String,
    /// The sum of its lines.
    #[schema(value_type = String, example = "70.00")]
    pub subtotal: Amount,
    /// What is due.
    #[schema(value_type = String, example = "70.00")]
    pub total: Amount,
    /// What is billed.
    pub line_items: Vec<LineItem>,
    /// What else there is to say.
    pub memo: Option<String>,
    /// Until when it is to be paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_date: Option<Timestamp>,
    /// When it was paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub paid_at: Option<Timestamp>,
    /// The payment of it.
    #[schema(value_type = Option<String>)]
    pub transaction_id: Option<TransactionId>,
    /// `SANDBOX`, where test methods pay, or `PRODUCTION`.
    pub environment: String,
}

/// Where to send the stablecoin for an invoice.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsdcAddress {
    /// The invoice.
    #[schema(value_type = String)]
    pub invoice_id: InvoiceId,
    /// The address, which takes money for this invoice alone.
    #[schema(example = "0x52908400098527886e0f7030069857d2e4169ee7")]
    pub address: String,
    /// The chain: `SIMULATED` in the sandbox.
    pub chain: String,
    /// How much to send.
    #[schema(value_type = String, example = "70.00")]
    pub amount: Amount,
    /// Always `USDC`.
    pub currency: String,
}

/// `POST /sandbox/usdc-deposits`
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DepositUsdc {
    /// The address of an invoice.
    pub address: String,
    /// What arrives there: the invoice's total; a decimal string or a number.
    #[schema(value_type = String, example = "70.00")]
    pub amount: Amount,
}

impl DepositUsdc {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let address = fields.text("address", NAME_CHARS_MAX);
        let amount = fields.amount("amount");
        let request = Self {
            address: fields.require("address", address),
            amount: fields.require("amount", amount),
        };
        fields.finish(request)
    }
}
