//! Authorizations of cards, and what the simulator does with them.

use serde::{Deserialize, Serialize};
use wallgent_core::card::{Merchant as Rule, fold_category};
use wallgent_core::id::{CardAuthorizationId, CardId, WalletId};
use wallgent_core::{Amount, Timestamp};

use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// Who asks for an authorization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CardMerchant {
    /// As it stands on the statement.
    #[schema(example = "ACME Cloud")]
    pub name: String,
    /// What it sells; without capitals.
    #[schema(example = "software")]
    pub category: String,
    /// Where it is: two letters.
    #[schema(example = "US")]
    pub country: Option<String>,
    /// Its host name, without capitals and without a dot at its end.
    #[schema(example = "acme.example")]
    pub domain: Option<String>,
    /// What the network calls it, or its merchant ID here.
    pub id: Option<String>,
}

impl From<&CardMerchant> for Rule {
    fn from(merchant: &CardMerchant) -> Self {
        Self {
            name: merchant.name.clone(),
            domain: merchant.domain.clone(),
            id: merchant.id.clone(),
        }
    }
}

impl CardMerchant {
    fn read(fields: &mut Fields<'_>) -> Self {
        let (name, category) =
            (fields.text("name", NAME_CHARS_MAX), fields.text("category", NAME_CHARS_MAX));
        let category = category.map(|category| fold_category(&category));
        if category.as_deref() == Some("") {
            fields.refuse("category", "must not be blank");
        }
        let country = fields.text("country", NAME_CHARS_MAX);
        let two_letters =
            |text: &str| text.len() == 2 && text.bytes().all(|it| it.is_ascii_alphabetic());
        if country.as_deref().is_some_and(|text| !two_letters(text)) {
            fields.refuse("country", "must have two letters");
        }
        let domain = fields.text("domain", NAME_CHARS_MAX).map(|text| fold_domain(&text));
        if domain.as_deref().is_some_and(|text| !is_host(text)) {
            fields.refuse("domain", "must be a host name like acme.example");
        }
        Self {
            name: fields.require("name", name),
            category: fields.require("category", category),
            country: country.map(|text| text.to_ascii_uppercase()),
            domain,
            id: fields.text("id", NAME_CHARS_MAX),
        }
    }
}

/// A host name as host names are compared: without capitals, and without the dot
/// of the root.
fn fold_domain(text: &str) -> String {
    let folded = text.trim().to_lowercase();
    folded.strip_suffix('.').map(str::to_owned).unwrap_or(folded)
}

fn is_host(text: &str) -> bool {
    text.split('.').all(|label| {
        let letters = label.chars().all(|it| it.is_alphanumeric() || it == '-');
        letters && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    })
}

/// `POST /sandbox/cards/:id/authorizations`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct AuthorizeCard {
    /// How much; a decimal string or a number.
    #[schema(value_type = String, example = "25.00")]
    pub amount: Amount,
    /// Who asks.
    pub merchant: CardMerchant,
}

impl AuthorizeCard {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let amount = fields.amount("amount");
        let merchant = fields.object("merchant", CardMerchant::read);
        let request = Self {
            amount: fields.require("amount", amount),
            merchant: fields.require("merchant", merchant),
        };
        fields.finish(request)
    }
}

/// `POST /sandbox/card-authorizations/:id/capture`, `/reverse`, `/refund`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct MoveAuthorization {
    /// How much; all that is left when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "25.00")]
    pub amount: Option<Amount>,
}

impl MoveAuthorization {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let request = Self { amount: fields.amount("amount") };
        fields.finish(request)
    }
}

/// A merchant's question whether a card may spend, and what became of it.
///
/// What is approved is held. Each part of it is then captured, or released: by the
/// merchant (`reverse`), after seven days, when another purchase used up its
/// single-use card, or when the agent is deleted. What was captured can be refunded. `amount` is always the sum of `capturedAmount`,
/// `releasedAmount` and `heldAmount`, unless it was declined.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardAuthorization {
    /// Which authorization.
    #[schema(value_type = String, example = "cau_01J00000000000000000000000")]
    pub id: CardAuthorizationId,
    /// The card.
    #[schema(value_type = String)]
    pub card_id: CardId,
    /// The wallet that it spends from.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// `DECLINED`: refused. `APPROVED`: held, nothing captured yet. `PARTIALLY_CAPTURED`: a part is
    /// captured, another still held. `CAPTURED`: captured, nothing held any more. `REVERSED`: released
    /// without a capture. `EXPIRED`: the same, because its time was over. `PARTIALLY_REFUNDED`,
    /// `REFUNDED`: captured, and a part or all of that was given back.
    pub status: String,
    /// What was asked for.
    #[schema(value_type = String, example = "25.00")]
    pub amount: Amount,
    /// What is still held.
    #[schema(value_type = String, example = "25.00")]
    pub held_amount: Amount,
    /// What was captured.
    #[schema(value_type = String, example = "0.00")]
    pub captured_amount: Amount,
    /// What became free again without being captured.
    #[schema(value_type = String, example = "0.00")]
    pub released_amount: Amount,
    /// What was given back of the captured.
    #[schema(value_type = String, example = "0.00")]
    pub refunded_amount: Amount,
    /// Always `USD`.
    pub currency: String,
    /// Who asked.
    pub merchant: CardMerchant,
    /// Why it was declined: `CARD_CANCELLED`, `CARD_INACTIVE`, `CARD_EXPIRED`, `WALLET_CLOSED`,
    /// `WALLET_FROZEN`, `CATEGORY_NOT_ALLOWED`, `SPENDING_LIMIT`, `POLICY_DENIED`,
    /// `APPROVAL_REQUIRED`, `INSUFFICIENT_FUNDS` or `TOO_MANY_AUTHORIZATIONS`, the first that applies.
    pub decline_reason: Option<String>,
    /// The same as `declineReason`.
    pub reason: Option<String>,
    /// Why it was declined, for people.
    pub decline_message: Option<String>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Until when it can be captured.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}
