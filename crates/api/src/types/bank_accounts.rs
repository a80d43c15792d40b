//! Bank accounts: linking, verifying and removing them.

use serde::{Deserialize, Serialize, Serializer};
use wallgent_core::bank::{AccountNumber, AccountType, is_routing_number};
use wallgent_core::id::BankAccountId;
use wallgent_core::{Amount, Timestamp};

use super::payments::idempotency_key;
use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// Characters of a number that is read before it is checked.
const NUMBER_CHARS_MAX: usize = 64;
/// How many micro-deposits are told.
const MICRO_DEPOSITS: usize = 2;

/// `POST /bank-accounts`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkBankAccount {
    /// The bank's number: nine digits with the ABA checksum.
    #[schema(example = "021000021")]
    pub routing_number: String,
    /// The account's number: 4 to 17 digits. Only the last four ever leave again.
    #[serde(serialize_with = "expose")]
    #[schema(value_type = String, example = "000123456789")]
    pub account_number: AccountNumber,
    /// Whose account it is; 1 to 256 characters.
    pub account_holder_name: String,
    /// `CHECKING` or `SAVINGS`.
    #[serde(serialize_with = "name_of_type")]
    #[schema(value_type = String, example = "CHECKING")]
    pub account_type: AccountType,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// What the bank is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_name: Option<String>,
    /// Makes a retry safe; 1 to 255 visible characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

pub(super) fn expose<S: Serializer>(
    number: &AccountNumber,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(number.expose())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it serializes so")]
fn name_of_type<S: Serializer>(kind: &AccountType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.as_str())
}

impl LinkBankAccount {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let routing_number = routing_number(&mut fields);
        let account_number = account_number(&mut fields);
        let holder = fields.text("accountHolderName", NAME_CHARS_MAX);
        let account_type = account_type(&mut fields);
        let request = Self {
            routing_number: fields.require("routingNumber", routing_number),
            account_number: fields.require("accountNumber", account_number),
            account_holder_name: fields.require("accountHolderName", holder),
            account_type: fields.require("accountType", account_type),
            nickname: fields.text_or_empty("nickname", NAME_CHARS_MAX),
            bank_name: fields.text_or_empty("bankName", NAME_CHARS_MAX),
            idempotency_key: idempotency_key(&mut fields),
        };
        fields.finish(request)
    }
}

fn account_type(fields: &mut Fields<'_>) -> Option<AccountType> {
    let name = fields.text("accountType", NAME_CHARS_MAX)?;
    let kind = AccountType::from_name(&name);
    if kind.is_none() {
        fields.refuse("accountType", "must be CHECKING or SAVINGS");
    }
    kind
}

/// Reads the number of a bank.
pub(super) fn routing_number(fields: &mut Fields<'_>) -> Option<String> {
    let number = fields.text("routingNumber", NUMBER_CHARS_MAX)?;
    if is_routing_number(&number) {
        return Some(number);
    }
    fields.refuse("routingNumber", "must be a routing number: nine digits with a valid checksum");
    None
}

/// Reads the number of an account. What is wrong with it is told without it.
pub(super) fn account_number(fields: &mut Fields<'_>) -> Option<AccountNumber> {
    let number = fields.text("accountNumber", NUMBER_CHARS_MAX)?;
    let number = AccountNumber::parse(&number);
    if number.is_none() {
        fields.refuse("accountNumber", "must have 4 to 17 digits");
    }
    number
}

/// `POST /bank-accounts/:id/verify`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct VerifyBankAccount {
    /// The amounts of the two micro-deposits, in any order.
    #[schema(value_type = Vec<String>, example = json!(["0.32", "0.45"]))]
    pub amounts: [Amount; 2],
}

impl VerifyBankAccount {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let amounts = fields.amounts("amounts", MICRO_DEPOSITS);
        let both = amounts.as_ref().and_then(|amounts| <[Amount; 2]>::try_from(&amounts[..]).ok());
        if amounts.is_some() && both.is_none() {
            fields.refuse("amounts", "must have two amounts");
        }
        let amounts = fields.require("amounts", both);
        fields.finish(Self { amounts })
    }
}

/// A bank account.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BankAccount {
    /// Which account.
    #[schema(value_type = String, example = "ba_01J00000000000000000000000")]
    pub id: BankAccountId,
    /// What people call it.
    pub nickname: Option<String>,
    /// What the bank is called.
    pub bank_name: Option<String>,
    /// Whose account it is.
    pub account_holder_name: String,
    /// The bank's number.
    pub routing_number: String,
    /// The last four digits of its number.
    #[schema(example = "6789")]
    pub account_number_last4: String,
    /// `CHECKING` or `SAVINGS`.
    pub account_type: String,
    /// `PENDING` until it is verified, `VERIFIED`, or `REMOVED`.
    pub status: String,
    /// When it was linked.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// What became of a bank account that was removed.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RemovedBankAccount {
    /// Which account.
    #[schema(value_type = String)]
    pub id: BankAccountId,
    /// Always true.
    pub deleted: bool,
    /// Always true.
    pub removed: bool,
}
