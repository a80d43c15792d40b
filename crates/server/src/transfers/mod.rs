//! Transfers: deposits, withdrawals, and movements inside an organization.
//!
//! A request posts its first ledger transaction and commits ([`deposit_in`],
//! [`withdraw_in`], [`internal_in`]). A job hands it to its rail and brings back
//! what came of it ([`carry_on`]); each result is a command of its own, and one
//! about a transfer that has ended changes nothing ([`states`]).

mod agree;
mod carry;
mod deposit;
mod internal;
mod operate;
mod party;
mod posting;
mod render;
mod results;
pub mod routes;
mod states;
mod store;
mod withdraw;

use serde_json::json;
use wallgent_api::types::CURRENCY;
use wallgent_api::types::transfers::Party;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::bank::AccountNumber;
use wallgent_core::id::{BankAccountId, PolicyId, TransferId, WalletId};
use wallgent_core::payment::{PaymentStatus, TransactionKind};
use wallgent_core::policy::Violation;
use wallgent_core::transfer::{Direction, Rail, TransferStatus};

use crate::approvals;
use crate::caller::Caller;
use crate::crypto::{Place, SealedColumn, Vault};
use crate::db::{DbError, DbResult};
use crate::engine::{Stop, Tx, Wallet};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::{Body, Reply};
use crate::policies::{self, Recipient};

pub use agree::{agree_in, decide_again, end_in, replay};
pub use carry::carry_on;
pub use deposit::deposit_in;
pub use internal::internal_in;
pub use operate::{fail_in, list_in, recover_in, return_in, settle_in};
pub use render::{encode_reply, transfer};
pub use store::{TransferRow, get};
pub use withdraw::withdraw_in;

/// Where the number of a transfer's bank account is sealed.
const fn place(id: TransferId) -> Place {
    Place { column: SealedColumn::TransferAccountNumber, row: id.key() }
}

fn seal(vault: &Vault, id: TransferId, number: &str) -> DbResult<Vec<u8>> {
    let sealed = vault.seal(place(id), number.as_bytes());
    sealed.map_err(|error| DbError::Layout(error.to_string()))
}

/// The whole number of the bank account on the other side.
fn open(vault: &Vault, row: &TransferRow) -> DbResult<Option<AccountNumber>> {
    let Some(sealed) = &row.account_number else { return Ok(None) };
    let opened = vault.open(place(row.id), sealed);
    let bytes = opened.map_err(|error| DbError::Layout(error.to_string()))?;
    let number = std::str::from_utf8(&bytes).ok().and_then(AccountNumber::parse);
    number.map(Some).ok_or_else(|| DbError::Layout("what is sealed is no number".to_owned()))
}

fn not_found(text: &str) -> ApiError {
    ApiError::new(ErrorCode::TransferNotFound, "No such transfer").with("transferId", text)
}

/// A transfer on which the caller may act.
fn find_in(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<TransferRow, Stop> {
    let missing = || not_found(text);
    let id: TransferId = text.parse().map_err(|_| missing())?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    let wallet = tx.wallet(row.wallet)?.ok_or_else(missing)?;
    caller.may_use(tx, row.wallet, &wallet, missing)?;
    Ok(row)
}

/// A transfer that is known to exist.
fn load(tx: &mut Tx<'_>, id: TransferId) -> Result<TransferRow, Stop> {
    let row = store::get(tx.reader()?, id)?;
    row.ok_or_else(|| DbError::Layout(format!("{id} has no row")).into())
}

/// A new transfer, before it is known what it waits for.
fn draft(
    tx: &mut Tx<'_>,
    direction: Direction,
    rail: Rail,
    from: (WalletId, &Wallet),
    amount: Amount,
) -> Result<TransferRow, Stop> {
    let (wallet, scope) = (from.0, from.1.scope);
    let owner = tx.scope(scope)?;
    let now = tx.now();
    Ok(TransferRow {
        id: tx.next_id(),
        scope,
        organization: owner.organization,
        environment: owner.environment,
        wallet,
        to_wallet: None,
        direction,
        rail,
        status: TransferStatus::Pending,
        amount,
        fee: Amount::ZERO,
        currency: CURRENCY.to_owned(),
        bank_account: None,
        party: None,
        account_number: None,
        description: None,
        idempotency_key: None,
        approval: None,
        approval_expires_at: None,
        adapter: None,
        external_id: None,
        accepted_at: None,
        attempts: 0,
        failure_reason: None,
        settlement: None,
        shortfall: Amount::ZERO,
        cancel_asked_at: None,
        cancel_claim: None,
        requested_at: now,
        due_at: None,
        deadline_at: None,
        completed_at: None,
        created_at: now,
        updated_at: now,
    })
}

/// Who gets the money, by the names that policies may call it.
fn recipient(row: &TransferRow) -> Recipient {
    match row.to_wallet {
        Some(wallet) => Recipient::Wallet(wallet),
        None => party::recipient(row.bank_account, row.party.as_ref()),
    }
}

/// The answer to the request for a transfer.
fn answer(row: &TransferRow) -> Reply {
    Reply {
        status: render::reply_status(row),
        body: Body::Json(render::encode_reply(row)),
        resource: Some(row.id.to_string()),
        secret: None,
        replayed: false,
    }
}

/// What the other side of a transfer is called and named, for those who are asked
/// about it; `party` is how its row keeps it.
#[must_use]
pub fn told_recipient(
    account: Option<BankAccountId>,
    party: Option<&str>,
) -> (String, Option<String>) {
    let party = party.and_then(|text| serde_json::from_str::<Party>(text).ok());
    let name = party::recipient(account, party.as_ref()).to_string();
    (name, party.and_then(|party| party.account_holder_name))
}

/// Refuses a transfer that the policies of its wallet forbid.
fn deny(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &TransferRow,
    violations: &[Violation],
) -> Result<Reply, Stop> {
    let error = policies::denied(violations);
    let to = recipient(row).to_string();
    policies::note_denial(tx, row.wallet, row.scope, row.amount, &to, violations)?;
    let data = json!({
        "walletId": row.wallet,
        "from": row.wallet,
        "to": to,
        "amount": row.amount,
        "direction": row.direction.as_str(),
        "description": row.description,
        "idempotencyKey": row.idempotency_key,
        "code": error.code.as_str(),
        "reason": error.message,
        "policyId": error.details.get("policyId"),
        "violations": error.details.get("violations"),
    });
    let subject = Subject { scope: row.scope, id: row.wallet.key(), wallet: Some(row.wallet) };
    events::record(tx, Actor::Key(caller), Change::TransferDenied, subject, Some(&data))?;
    Ok(Reply::refused(&error, caller))
}

/// Holds a transfer for a human.
fn hold(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut row: TransferRow,
    policy: PolicyId,
    kind: TransactionKind,
) -> Result<Reply, Stop> {
    let to = recipient(&row).to_string();
    policies::note_approval(tx, row.wallet, row.scope, row.amount, &to)?;
    tx.count_spending(row.wallet, row.created_at, row.amount, 1)?;
    let total = row.amount.saturating_add(row.fee);
    let transaction = row.id.into();
    let (scope, wallet) = (row.scope, row.wallet);
    let asked = approvals::Asked { scope, wallet, policy, transaction, total };
    let approval = approvals::ask(tx, caller, &asked)?;
    row.status = TransferStatus::PendingApproval;
    (row.approval, row.approval_expires_at) = (Some(approval.id), Some(approval.expires_at));
    let mut first = posting::first(&row, kind);
    (first.status, first.settled_at) = (PaymentStatus::PendingApproval, None);
    tx.add_transaction(first);
    store::insert(tx, &row)?;
    note(tx, Actor::Key(caller), Change::TransferCreated, &row)?;
    let subject = Subject { scope, id: approval.id.key(), wallet: Some(wallet) };
    events::record(tx, Actor::Key(caller), Change::ApprovalCreated, subject, None)?;
    let body = Body::Transfer(Box::new(row));
    Ok(Reply { status: 202, body, resource: None, secret: None, replayed: false })
}

fn note(tx: &mut Tx<'_>, actor: Actor<'_>, change: Change, row: &TransferRow) -> Result<(), Stop> {
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    events::record(tx, actor, change, subject, Some(&json!(transfer(row))))
}
