//! Transfers: deposits, withdrawals, and movements inside an organization.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use wallgent_core::bank::AccountNumber;
use wallgent_core::id::{
    ApprovalId, BankAccountId, OrganizationId, TransactionId, TransferId, WalletId,
};
use wallgent_core::transfer::Rail;
use wallgent_core::{Amount, Timestamp};

use super::CURRENCY;
use super::bank_accounts::{account_number, routing_number};
use super::payments::{DESCRIPTION_CHARS_MAX, idempotency_key};
use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// The stablecoin's name as a currency.
pub const USDC: &str = "USDC";

/// `POST /transfers/deposit`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestDeposit {
    /// The wallet that the money goes to.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub wallet_id: String,
    /// How much; a decimal string or a number. The fee is taken from what arrives.
    #[schema(value_type = String, example = "1000.00")]
    pub amount: Amount,
    /// `USD`; with a source of type `USDC` also `USDC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// A verified bank account, drawn from over ACH. This, or a source. Only for
    /// the wallet's owner: not with a wallet-scoped key, nor for a lent wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account_id: Option<String>,
    /// Where the money comes from, when no bank account is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<PartyDetails>,
    /// What it is for; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Makes a retry safe; 1 to 255 visible characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl RequestDeposit {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let wallet_id = fields.text("walletId", NAME_CHARS_MAX);
        let amount = fields.amount("amount");
        let (bank_account_id, source) = party(&mut fields, "source");
        let request = Self {
            wallet_id: fields.require("walletId", wallet_id),
            amount: fields.require("amount", amount),
            currency: currency(&mut fields, source.as_ref()),
            bank_account_id,
            source,
            description: fields.text_or_empty("description", DESCRIPTION_CHARS_MAX),
            idempotency_key: idempotency_key(&mut fields),
        };
        fields.finish(request)
    }
}

/// `POST /transfers/withdraw`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestWithdrawal {
    /// The wallet that the money comes from.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub wallet_id: String,
    /// How much; a decimal string or a number. The fee comes on top.
    #[schema(value_type = String, example = "500.00")]
    pub amount: Amount,
    /// The amount as it was sent.
    #[serde(skip)]
    #[schema(ignore)]
    pub amount_sent: String,
    /// `USD`; with a destination of type `USDC` also `USDC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// A verified bank account, paid over ACH. This, or a destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account_id: Option<String>,
    /// Where the money goes, when no bank account is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<PartyDetails>,
    /// What it is for; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Makes a retry safe; 1 to 255 visible characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl RequestWithdrawal {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let wallet_id = fields.text("walletId", NAME_CHARS_MAX);
        let amount = fields.amount("amount");
        let sent = amount.and_then(|_| fields.amount_text("amount"));
        let (bank_account_id, destination) = party(&mut fields, "destination");
        let request = Self {
            wallet_id: fields.require("walletId", wallet_id),
            amount: fields.require("amount", amount),
            amount_sent: sent.unwrap_or_default().into_owned(),
            currency: currency(&mut fields, destination.as_ref()),
            bank_account_id,
            destination,
            description: fields.text_or_empty("description", DESCRIPTION_CHARS_MAX),
            idempotency_key: idempotency_key(&mut fields),
        };
        fields.finish(request)
    }
}

/// Reads who is on the other side: a linked account, or an object that says it,
/// exactly one of both.
fn party(fields: &mut Fields<'_>, name: &str) -> (Option<String>, Option<PartyDetails>) {
    let bank_account_id = fields.text("bankAccountId", NAME_CHARS_MAX);
    let details = fields.object(name, PartyDetails::read);
    match (&bank_account_id, &details) {
        (Some(_), Some(_)) => {
            fields.refuse(name, "must not be given together with bankAccountId");
        }
        (None, None) if !fields.has(name) => {
            fields.require_noted("bankAccountId", &format!("is required, or {name}"));
        }
        (None, None) => fields.require_noted(name, "is required, or bankAccountId"),
        _ => {}
    }
    (bank_account_id, details)
}

/// A stablecoin may be called by its own name; the ledger counts dollars.
fn currency(fields: &mut Fields<'_>, party: Option<&PartyDetails>) -> Option<String> {
    let currency = fields.text("currency", 8)?;
    let of_coin = party.is_some_and(|party| party.rail() == Some(Rail::Usdc));
    if currency != CURRENCY && !(of_coin && currency == USDC) {
        fields.refuse("currency", "must be USD, or USDC on the rail of that name");
    }
    Some(currency)
}

/// The other side of a transfer: a bank account, in numbers (in the sandbox) or as one that is
/// linked, or an address of the stablecoin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartyDetails {
    /// `ACH`, `WIRE`, `FEDNOW` or `USDC`.
    #[serde(rename = "type")]
    #[schema(example = "ACH")]
    pub kind: String,
    /// A verified bank account, instead of the numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account_id: Option<String>,
    /// The bank's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "021000021")]
    pub routing_number: Option<String>,
    /// The account's number.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "expose_if_any")]
    #[schema(value_type = Option<String>, example = "000123456789")]
    pub account_number: Option<AccountNumber>,
    /// Whose account it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_holder_name: Option<String>,
    /// For `USDC`: the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// For `USDC`: the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
}

#[expect(clippy::ref_option, reason = "serde passes what it serializes so")]
fn expose_if_any<S: Serializer>(
    number: &Option<AccountNumber>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => serializer.serialize_str(number.expose()),
        None => serializer.serialize_none(),
    }
}

impl PartyDetails {
    /// What carries the money.
    #[must_use]
    pub fn rail(&self) -> Option<Rail> {
        Rail::from_name(&self.kind).filter(|rail| *rail != Rail::Internal)
    }

    fn read(fields: &mut Fields<'_>) -> Self {
        let kind = fields.text("type", NAME_CHARS_MAX);
        let read = Self {
            kind: fields.require("type", kind),
            bank_account_id: fields.text("bankAccountId", NAME_CHARS_MAX),
            account_holder_name: fields.text("accountHolderName", NAME_CHARS_MAX),
            address: fields.text("address", NAME_CHARS_MAX),
            chain: fields.text("chain", NAME_CHARS_MAX),
            ..Self::default()
        };
        match read.rail() {
            None if read.kind.is_empty() => read,
            None => {
                fields.refuse("type", "must be ACH, WIRE, FEDNOW or USDC");
                read
            }
            Some(Rail::Usdc) => {
                if read.bank_account_id.is_some() {
                    fields.refuse("bankAccountId", "is no address: USDC goes to an address");
                }
                let address = fields.require("address", read.address.clone());
                // No chain writes addresses so, but IDs are: a policy that lists
                // a wallet must not allow an address that only looks like it.
                if address.contains('_') {
                    fields.refuse("address", "is no address of the stablecoin");
                }
                read
            }
            Some(_) => read.with_numbers(fields),
        }
    }

    /// A bank account is linked, or given by both its numbers.
    fn with_numbers(mut self, fields: &mut Fields<'_>) -> Self {
        self.routing_number = routing_number(fields);
        self.account_number = account_number(fields);
        let given = self.routing_number.is_some() || self.account_number.is_some();
        if self.bank_account_id.is_none() {
            fields.require("routingNumber", self.routing_number.clone());
            fields.require("accountNumber", self.account_number.clone());
        } else if given {
            fields.refuse("bankAccountId", "must not be given together with the numbers");
        }
        self
    }
}

/// `POST /transfers/internal`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MoveInternally {
    /// The wallet that the money comes from.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub from_wallet_id: String,
    /// The wallet of the same organization that it goes to.
    #[schema(example = "wal_01J00000000000000000000000")]
    pub to_wallet_id: String,
    /// How much; a decimal string or a number. There is no fee.
    #[schema(value_type = String, example = "250.00")]
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
}

impl MoveInternally {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let from = fields.text("fromWalletId", NAME_CHARS_MAX);
        let to = fields.text("toWalletId", NAME_CHARS_MAX);
        let amount = fields.amount("amount");
        let sent = amount.and_then(|_| fields.amount_text("amount"));
        super::wallets::currency(&mut fields);
        let request = Self {
            from_wallet_id: fields.require("fromWalletId", from),
            to_wallet_id: fields.require("toWalletId", to),
            amount: fields.require("amount", amount),
            amount_sent: sent.unwrap_or_default().into_owned(),
            description: fields.text_or_empty("description", DESCRIPTION_CHARS_MAX),
            idempotency_key: idempotency_key(&mut fields),
        };
        fields.finish(request)
    }
}

/// `POST /sandbox/transfers/:id/settle`, `fail` and `return`.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct DriveTransfer {
    /// Why; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl DriveTransfer {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let reason = fields.text_or_empty("reason", DESCRIPTION_CHARS_MAX);
        fields.finish(Self { reason })
    }
}

/// A transfer.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// Which transfer.
    #[schema(value_type = String, example = "xfr_01J00000000000000000000000")]
    pub id: TransferId,
    /// `ACH`, `WIRE`, `FEDNOW`, `USDC` or `INTERNAL`.
    pub rail_type: String,
    /// The same as `railType`.
    pub rail: String,
    /// `DEPOSIT`, `WITHDRAWAL` or `INTERNAL`.
    pub direction: String,
    /// `PENDING`, `PROCESSING`, `COMPLETED`, `FAILED`, `CANCELLED` or `RETURNED`; when a human was
    /// asked also `PENDING_APPROVAL`, `REJECTED` or `EXPIRED`.
    pub status: String,
    /// The wallet concerned; of an internal transfer the one that pays.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// Whose it is.
    #[schema(value_type = String)]
    pub organization_id: OrganizationId,
    /// How much.
    #[schema(value_type = String, example = "500.00")]
    pub amount: Amount,
    /// `USD` or `USDC`.
    pub currency: String,
    /// What it costs: taken from what a deposit brings, on top of a withdrawal.
    #[schema(value_type = String, example = "2.50")]
    pub fee: Amount,
    /// The same as `fee`.
    #[schema(value_type = String, example = "2.50")]
    pub customer_fee: Amount,
    /// What the rail calls it.
    pub external_id: Option<String>,
    /// The ledger transaction of the request; null while a human is asked.
    #[schema(value_type = Option<String>)]
    pub ledger_txn_id: Option<TransactionId>,
    /// The ledger transaction of its completion.
    #[schema(value_type = Option<String>)]
    pub settle_txn_id: Option<TransactionId>,
    /// The linked bank account on the other side.
    #[schema(value_type = Option<String>)]
    pub bank_account_id: Option<BankAccountId>,
    /// Where a deposit comes from.
    pub source: Option<Party>,
    /// Where a withdrawal goes.
    pub destination: Option<Party>,
    /// What it is for.
    pub description: Option<String>,
    /// Why it failed, was cancelled or returned.
    pub failure_reason: Option<String>,
    /// The key it was asked for with.
    pub idempotency_key: Option<String>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was completed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// The ledger transaction of an internal transfer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub transaction_id: Option<TransactionId>,
    /// The wallet that an internal transfer comes from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub from_wallet_id: Option<WalletId>,
    /// The wallet that an internal transfer goes to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub to_wallet_id: Option<WalletId>,
    /// The approval it waits or waited for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub approval_id: Option<ApprovalId>,
    /// `PENDING_APPROVAL`, in an answer that asks for a human.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<String>,
    /// The wallet that pays, in an answer that asks for a human.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub from: Option<WalletId>,
    /// The wallet, the bank account or the address that is paid, in an answer that asks for a human.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<String>,
    /// `APPROVAL_REQUIRED`, in an answer that asks for a human.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<Value>,
}

/// The other side of a transfer, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// `ACH`, `WIRE`, `FEDNOW` or `USDC`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The linked bank account.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub bank_account_id: Option<BankAccountId>,
    /// The bank's number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub routing_number: Option<String>,
    /// The account's number but for its last four digits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(example = "****6789")]
    pub account_number: Option<String>,
    /// Whose account it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account_holder_name: Option<String>,
    /// The stablecoin's address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// The stablecoin's chain.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub chain: Option<String>,
}

/// Transfers, page by page, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferList {
    /// The page.
    pub data: Vec<Transfer>,
    /// What to send as `cursor` for the next page; null on the last one.
    pub cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// The same as `data`, for older clients.
    pub transfers: Vec<Transfer>,
    /// The same as `cursor`, for older clients.
    pub next_cursor: Option<String>,
}

/// What an internal transfer came to.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InternalTransfer {
    /// Which transfer.
    #[schema(value_type = String, example = "xfr_01J00000000000000000000000")]
    pub id: TransferId,
    /// `COMPLETED`, or `PENDING_APPROVAL` when a human is asked first.
    pub status: String,
    /// Its ledger transaction.
    #[schema(value_type = String)]
    pub transaction_id: TransactionId,
    /// The wallet that paid.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// The same as `walletId`.
    #[schema(value_type = String)]
    pub from_wallet_id: WalletId,
    /// The wallet that was paid.
    #[schema(value_type = String)]
    pub to_wallet_id: WalletId,
    /// How much.
    #[schema(value_type = String, example = "250.00")]
    pub amount: Amount,
    /// Always `USD`.
    pub currency: String,
    /// What it is for.
    pub description: Option<String>,
    /// The approval it waits or waited for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub approval_id: Option<ApprovalId>,
    /// `PENDING_APPROVAL`, in an answer that asks for a human.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<String>,
    /// The wallet that pays, in an answer that asks for a human.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub from: Option<WalletId>,
    /// The wallet, the bank account or the address that is paid, in an answer that asks for a human.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<String>,
    /// `APPROVAL_REQUIRED`, in an answer that asks for a human.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<Value>,
}
