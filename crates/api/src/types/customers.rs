//! Customers, and the payment methods that they save.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wallgent_core::Timestamp;
use wallgent_core::id::{CustomerId, PaymentMethodId, SetupSessionId};
use wallgent_core::test_method::TestMethod;

use super::cards::{PHONE_CHARS_MAX, email};
use super::wallets::{METADATA_BYTES_MAX, NAME_CHARS_MAX};
use crate::{ApiError, Fields, Patch};

/// Characters of an address on the web.
const URL_CHARS_MAX: usize = 2_048;

/// `POST /customers`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateCustomer {
    /// Where to write to; no other customer has it.
    #[schema(example = "jane@acme.example")]
    pub email: String,
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The company that they buy for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// Anything, as a JSON object of at most 16 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

impl CreateCustomer {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let email = email(&mut fields, "email");
        let request = Self {
            email: fields.require("email", email),
            name: fields.text_or_empty("name", NAME_CHARS_MAX),
            phone: fields.text_or_empty("phone", PHONE_CHARS_MAX),
            company_name: fields.text_or_empty("companyName", NAME_CHARS_MAX),
            metadata: fields.document("metadata", METADATA_BYTES_MAX),
        };
        fields.finish(request)
    }
}

/// `PATCH /customers/:id`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCustomer {
    /// Where to write to; no other customer has it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub email: Patch<String>,
    /// What they are called; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub name: Patch<String>,
    /// Where to call; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub phone: Patch<String>,
    /// The company that they buy for; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub company_name: Patch<String>,
    /// Replaces the metadata; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Patch<Map<String, Value>>,
}

impl UpdateCustomer {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let request = Self {
            email: fields.patch("email", email),
            name: fields.patch("name", |it, name| it.text_or_empty(name, NAME_CHARS_MAX)),
            phone: fields.patch("phone", |it, name| it.text_or_empty(name, PHONE_CHARS_MAX)),
            company_name: fields
                .patch("companyName", |it, name| it.text_or_empty(name, NAME_CHARS_MAX)),
            metadata: fields.patch("metadata", |it, name| it.document(name, METADATA_BYTES_MAX)),
        };
        if request.email == Patch::Clear {
            fields.refuse("email", "must not be null");
        }
        fields.finish(request)
    }
}

/// Somebody who is invoiced.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Which customer.
    #[schema(value_type = String, example = "cus_01J00000000000000000000000")]
    pub id: CustomerId,
    /// Where to write to.
    pub email: String,
    /// What they are called.
    pub name: Option<String>,
    /// Where to call.
    pub phone: Option<String>,
    /// The company that they buy for.
    pub company_name: Option<String>,
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

/// A card or bank account that a customer saved. Nobody gets to see more of its
/// number.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMethod {
    /// Which payment method.
    #[schema(value_type = String, example = "pm_01J00000000000000000000000")]
    pub id: PaymentMethodId,
    /// Whose it is.
    #[schema(value_type = String)]
    pub customer_id: CustomerId,
    /// `card` or `bank_account`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The card's network, or what the bank is called.
    #[schema(example = "VISA")]
    pub brand: String,
    /// The last digits of its number.
    #[schema(example = "4242")]
    pub last4: String,
    /// The last month in which a card is good.
    #[schema(example = 12)]
    pub exp_month: Option<i64>,
    /// The year of that month.
    #[schema(example = 2029)]
    pub exp_year: Option<i64>,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// `POST /customers/:id/payment-methods/setup`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetUpPaymentMethod {
    /// Where the page links to when it is done: an address of http or https. Nobody is
    /// sent there without a click.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://shop.example/account")]
    pub return_url: Option<String>,
}

impl SetUpPaymentMethod {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let return_url = fields.text("returnUrl", URL_CHARS_MAX);
        if return_url.as_deref().is_some_and(|url| !is_web_address(url)) {
            fields.refuse("returnUrl", "must be an address that begins with http:// or https://");
        }
        fields.finish(Self { return_url })
    }
}

/// Whether a link may lead there: to a host on the web, so that no script and no
/// other program is called.
fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let named = host.is_some_and(|host| !host.is_empty() && !host.contains(['@', '\\']));
    named && !text.contains(|it: char| it.is_control() || it.is_whitespace())
}

/// Where a customer saves a payment method.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentMethodSetup {
    /// Which setup.
    #[schema(value_type = String, example = "pms_01J00000000000000000000000")]
    pub id: SetupSessionId,
    /// A page for the customer, good for one payment method and for 24 hours.
    pub url: String,
}

/// Where a customer replaces a payment method.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentUpdatePage {
    /// A page for the customer, good for one payment method and for 24 hours.
    pub url: String,
}

/// `POST /sandbox/customers/:id/payment-methods`
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SaveTestMethod {
    /// `card` or `bank_account`.
    #[serde(rename = "type")]
    #[schema(example = "card")]
    pub kind: String,
    /// The last digits of one that is declined: `0002` of a card, `1116` of a bank account. One that
    /// pays when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "4242")]
    pub last4: Option<String>,
    /// The method that is meant.
    #[serde(skip)]
    #[schema(ignore)]
    pub method: TestMethod,
}

impl From<TestMethod> for SaveTestMethod {
    fn from(method: TestMethod) -> Self {
        let (kind, last4) = (method.kind().to_owned(), Some(method.last4().to_owned()));
        Self { kind, last4, method }
    }
}

impl SaveTestMethod {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let kind = fields.text("type", NAME_CHARS_MAX);
        let last4 = fields.text("last4", NAME_CHARS_MAX);
        let kind = fields.require("type", kind);
        let found = TestMethod::find(&kind, last4.as_deref());
        if found.is_none() && !kind.is_empty() {
            match TestMethod::find(&kind, None) {
                None => fields.refuse("type", "must be card or bank_account"),
                Some(_) => fields.refuse("last4", "belongs to no test method of this type"),
            }
        }
        fields.finish(Self { kind, last4, method: found.unwrap_or(TestMethod::Card) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_web_or_nowhere() {
        for good in ["https://shop.example", "http://localhost:8080/done?x=1#y", "https://a/b@c"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:///path",
            "http://?x",
            "//shop.example",
            "ftp://shop.example",
            "https://user@shop.example",
            "https://shop.example\\@evil.example",
            "https://shop.example/a b",
            "https://shop.example/\u{7}",
            " https://shop.example",
            "HTTPS//shop",
            "data:text/html,x",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
