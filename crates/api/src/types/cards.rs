//! Cards and whom they are issued to.

use serde::{Deserialize, Serialize};
use wallgent_core::card::{CardStatus, CardType, Interval, SpendingLimit as Rule};
use wallgent_core::id::{CardId, CardholderId, WalletId};
use wallgent_core::{Amount, Timestamp};

use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields, Patch};

/// Spending limits of one card. All that cover a purchase are asked about it.
const LIMITS_MAX: usize = 20;
/// Categories of all limits of one card together. Each is looked up when a purchase
/// is decided, and everybody waits for that.
const CATEGORIES_MAX: usize = 50;
/// Characters of an e-mail address, as mail itself allows.
const EMAIL_CHARS_MAX: usize = 254;
/// Characters of a telephone number.
pub(super) const PHONE_CHARS_MAX: usize = 32;
/// Bytes of a billing address.
const ADDRESS_BYTES_MAX: usize = 2 * 1024;

/// `POST /cards/cardholders`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateCardholder {
    /// The whole name, 1 to 256 characters; or `firstName` and `lastName`.
    #[schema(example = "Ada Lovelace")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Where to write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where bills go; at most 2 KiB of JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub billing_address: Option<serde_json::Map<String, serde_json::Value>>,
    /// The date of birth, as `1990-12-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1990-12-31")]
    pub dob: Option<String>,
}

impl CreateCardholder {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let name = fields.text("name", NAME_CHARS_MAX);
        let first_name = fields.text("firstName", NAME_CHARS_MAX);
        let last_name = fields.text("lastName", NAME_CHARS_MAX);
        let request = Self {
            name: whole_name(&mut fields, name, first_name.as_deref(), last_name.as_deref()),
            first_name,
            last_name,
            email: email(&mut fields, "email"),
            phone: fields.text("phone", PHONE_CHARS_MAX),
            billing_address: fields.document("billingAddress", ADDRESS_BYTES_MAX),
            dob: date_of_birth(&mut fields),
        };
        fields.finish(request)
    }
}

fn whole_name(
    fields: &mut Fields<'_>,
    name: Option<String>,
    first: Option<&str>,
    last: Option<&str>,
) -> String {
    match (name, first, last) {
        (Some(name), _, _) => name,
        (None, Some(first), Some(last)) => format!("{first} {last}"),
        (None, None, None) => {
            fields.require_noted("name", "is required, or firstName and lastName");
            String::new()
        }
        (None, Some(_), None) => {
            fields.require_noted("lastName", "is required with firstName");
            String::new()
        }
        (None, None, Some(_)) => {
            fields.require_noted("firstName", "is required with lastName");
            String::new()
        }
    }
}

/// Reads an e-mail address. Only its shape is looked at: whether somebody reads
/// what is sent there, sending alone can tell.
pub(crate) fn email(fields: &mut Fields<'_>, name: &str) -> Option<String> {
    let email = fields.text(name, EMAIL_CHARS_MAX)?;
    if !is_email(&email) {
        fields.refuse(name, "must be an e-mail address");
    }
    Some(email)
}

/// Whether a text has the shape of an e-mail address.
pub(crate) fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
        && text.chars().count() <= EMAIL_CHARS_MAX
        && !text.contains(|it: char| it.is_whitespace() || it.is_control())
}

fn date_of_birth(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.text("dob", NAME_CHARS_MAX)?;
    let is_date = text.len() == "1990-12-31".len()
        && Timestamp::parse(&format!("{text}T00:00:00Z")).is_some();
    if !is_date {
        fields.refuse("dob", "must be a date like 1990-12-31");
    }
    Some(text)
}

/// Whom cards are issued to.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cardholder {
    /// Which cardholder.
    #[schema(value_type = String, example = "chd_01J00000000000000000000000")]
    pub id: CardholderId,
    /// The whole name.
    pub name: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// Where to write to.
    pub email: Option<String>,
    /// Where to call.
    pub phone: Option<String>,
    /// Where bills go.
    #[schema(value_type = Option<Object>)]
    pub billing_address: Option<serde_json::Map<String, serde_json::Value>>,
    /// The date of birth.
    pub dob: Option<String>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// What a card may spend in some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpendingLimit {
    /// The most that may be spent; `0` allows nothing.
    #[schema(value_type = String, example = "500.00")]
    pub amount: Amount,
    /// `per_authorization`, `daily`, `weekly`, `monthly`, `yearly` or `all_time`; calendar periods in
    /// UTC.
    #[schema(example = "monthly")]
    pub interval: String,
    /// The merchants' categories that it covers, without capitals; every purchase when absent. When all
    /// limits of a card name categories, others are declined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub categories: Option<Vec<String>>,
}

impl From<&Rule> for SpendingLimit {
    fn from(rule: &Rule) -> Self {
        Self {
            amount: rule.amount,
            interval: rule.interval.as_str().to_owned(),
            categories: rule.categories.clone(),
        }
    }
}

impl SpendingLimit {
    /// The limit as it is evaluated; nothing when its interval is unknown.
    #[must_use]
    pub fn rule(self) -> Option<Rule> {
        let interval = Interval::from_name(&self.interval)?;
        Some(Rule::new(self.amount, interval, self.categories))
    }

    fn read(fields: &mut Fields<'_>) -> Self {
        let amount = fields.limit("amount");
        let interval = fields.text("interval", NAME_CHARS_MAX);
        if interval.as_deref().is_some_and(|name| Interval::from_name(name).is_none()) {
            let names = Interval::ALL.map(Interval::as_str).join(", ");
            fields.refuse("interval", format!("must be one of {names}"));
        }
        let categories = fields.names("categories", CATEGORIES_MAX);
        if categories.as_ref().is_some_and(Vec::is_empty) {
            fields.refuse("categories", "must name at least one category, or be left out");
        }
        if categories.iter().flatten().any(|category| category.trim().is_empty()) {
            fields.refuse("categories", "must not be blank");
        }
        let (amount, interval) =
            (fields.require("amount", amount), fields.require("interval", interval));
        let known = Interval::from_name(&interval).unwrap_or(Interval::AllTime);
        Self::from(&Rule::new(amount, known, categories))
    }
}

/// The limits under any of their names: `spendingLimits`, a list; or
/// `spendingControls`, that list or an object with it; or `spendingLimit`, one
/// limit, or an amount for all time.
fn limits(fields: &mut Fields<'_>) -> Patch<Vec<SpendingLimit>> {
    const NAMES: [&str; 3] = ["spendingLimits", "spendingControls", "spendingLimit"];
    let sent: Vec<&str> = NAMES.into_iter().filter(|name| fields.has(name)).collect();
    if let [_, others @ ..] = sent.as_slice() {
        for other in others {
            fields.refuse(other, "says the same as spendingLimits; send one of them");
        }
    }
    let read = |fields: &mut Fields<'_>, name: &str| match name {
        "spendingLimits" => listed(fields, name),
        "spendingControls" if fields.is_object(name) => {
            fields.object(name, |inner| listed(inner, NAMES[0]).unwrap_or_default())
        }
        "spendingControls" => listed(fields, name),
        _ if fields.is_object(name) => fields.object(name, |it| vec![SpendingLimit::read(it)]),
        _ => fields.limit(name).map(|amount| {
            // Without an interval the strictest is meant.
            vec![SpendingLimit::from(&Rule::new(amount, Interval::AllTime, None))]
        }),
    };
    sent.first().map_or(Patch::Keep, |name| fields.patch(name, read))
}

fn listed(fields: &mut Fields<'_>, name: &str) -> Option<Vec<SpendingLimit>> {
    let limits = fields.objects(name, LIMITS_MAX, SpendingLimit::read);
    let named = limits.iter().flatten().flat_map(|limit| limit.categories.iter().flatten());
    if named.count() > CATEGORIES_MAX {
        let message = format!("must name at most {CATEGORIES_MAX} categories together");
        fields.refuse(name, message);
    }
    limits
}

/// `POST /cards`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateCard {
    /// The wallet that the card spends from.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub wallet_id: String,
    /// `PERSISTENT` (by default) or `SINGLE_USE`.
    #[serde(rename = "type", serialize_with = "type_name")]
    #[schema(value_type = Option<String>)]
    pub kind: CardType,
    /// Whom it is issued to; or `cardholderName`, or neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cardholder_id: Option<String>,
    /// The name on the card, when there is no cardholder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cardholder_name: Option<String>,
    /// What it may spend; everything that the wallet and its policies allow when absent. Also accepted
    /// as `spendingControls`, and a single one as `spendingLimit`.
    #[schema(required = false)]
    pub spending_limits: Vec<SpendingLimit>,
}

fn type_name<S: serde::Serializer>(kind: &CardType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.as_str())
}

impl CreateCard {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let wallet_id = fields.text("walletId", NAME_CHARS_MAX);
        let kind = fields.text("type", NAME_CHARS_MAX);
        let known = kind.as_deref().map_or(Some(CardType::default()), CardType::from_name);
        if known.is_none() {
            fields.refuse("type", "must be PERSISTENT or SINGLE_USE");
        }
        let cardholder_id = fields.text("cardholderId", NAME_CHARS_MAX);
        let cardholder_name = fields.text("cardholderName", NAME_CHARS_MAX);
        if cardholder_id.is_some() && cardholder_name.is_some() {
            fields.refuse("cardholderName", "is the cardholder's; leave it out with cardholderId");
        }
        let spending_limits = match limits(&mut fields) {
            Patch::Set(limits) => limits,
            Patch::Keep | Patch::Clear => Vec::new(),
        };
        let request = Self {
            wallet_id: fields.require("walletId", wallet_id),
            kind: known.unwrap_or_default(),
            cardholder_id,
            cardholder_name,
            spending_limits,
        };
        fields.finish(request)
    }
}

/// `PATCH /cards/:id`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCard {
    /// `INACTIVE` freezes the card, `ACTIVE` unfreezes it (its wallet's owner alone), `CANCELLED` ends
    /// it for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Replaces the limits (its wallet's owner alone); null or an empty list removes them.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<SpendingLimit>>)]
    pub spending_limits: Patch<Vec<SpendingLimit>>,
}

impl UpdateCard {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let status = fields.text("status", NAME_CHARS_MAX);
        if status.as_deref().is_some_and(|name| CardStatus::from_name(name).is_none()) {
            fields.refuse("status", "must be ACTIVE, INACTIVE or CANCELLED");
        }
        let request = Self { status, spending_limits: limits(&mut fields) };
        fields.finish(request)
    }

    /// The status that is asked for.
    #[must_use]
    pub fn status(&self) -> Option<CardStatus> {
        self.status.as_deref().and_then(CardStatus::from_name)
    }
}

/// A card, without what is secret.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Which card.
    #[schema(value_type = String, example = "crd_01J00000000000000000000000")]
    pub id: CardId,
    /// The wallet that it spends from.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// Whom it is issued to.
    #[schema(value_type = Option<String>)]
    pub cardholder_id: Option<CardholderId>,
    /// The cardholder's name, or the wallet's.
    pub cardholder_name: String,
    /// `PERSISTENT` or `SINGLE_USE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `ACTIVE`, `INACTIVE` or `CANCELLED`.
    pub status: String,
    /// The last digits of its number.
    #[schema(example = "4242")]
    pub last4: String,
    /// `VISA`.
    pub brand: String,
    /// The last month in which it is good.
    #[schema(example = 12)]
    pub exp_month: i64,
    /// The year of that month.
    #[schema(example = 2029)]
    pub exp_year: i64,
    /// What it may spend.
    pub spending_limits: Vec<SpendingLimit>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// What is secret of a card. It is not printed by accident.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardDetails {
    /// Which card.
    #[schema(value_type = String)]
    pub id: CardId,
    /// Its number, of a range for tests.
    #[schema(example = "4242424242424242")]
    pub number: String,
    /// The same as `number`.
    pub pan: String,
    /// Its security code.
    #[schema(example = "123")]
    pub cvc: String,
    /// The same as `cvc`.
    pub cvv: String,
    /// The last month in which it is good.
    pub exp_month: i64,
    /// The year of that month.
    pub exp_year: i64,
}

impl std::fmt::Debug for CardDetails {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CardDetails").field("id", &self.id).finish_non_exhaustive()
    }
}
