//! Bank accounts: linking them, proving whose they are, removing them.
//!
//! An account's number is sealed as soon as it arrives, and leaves only towards
//! the rail that needs it; everybody else sees the last four digits. In the
//! sandbox an account is verified at once. In production two small amounts are
//! sent to it, which its owner reads off the statement and tells us.

pub mod routes;
mod store;

use serde_json::{Value, json};
use wallgent_api::ApiError;
use wallgent_api::types::bank_accounts::{
    BankAccount as Wire, LinkBankAccount, RemovedBankAccount, VerifyBankAccount,
};
use wallgent_core::bank::{BankAccountStatus, MicroDeposits, WrongTries, last_four};
use wallgent_core::id::{BankAccountId, OrganizationId};
use wallgent_core::{Amount, Environment};

use crate::admin::TOLD_AT_ONCE;
use crate::caller::Caller;
use crate::crypto::{Place, SealedColumn};
use crate::db::{DbError, DbResult};
use crate::engine::{ScopeId, Stop, Tx};
use crate::error;
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::rails::{self, Adapter};

pub use store::BankAccountRow;

/// Bank accounts of one organization in one environment. The list shows all.
const ACCOUNTS_MAX: usize = 100;

const fn place(id: BankAccountId, column: SealedColumn) -> Place {
    Place { column, row: id.key() }
}

fn seal(tx: &Tx<'_>, id: BankAccountId, column: SealedColumn, text: &str) -> DbResult<Vec<u8>> {
    let sealed = tx.vault().seal(place(id, column), text.as_bytes());
    sealed.map_err(|error| DbError::Layout(error.to_string()))
}

fn open(tx: &Tx<'_>, id: BankAccountId, column: SealedColumn, sealed: &[u8]) -> DbResult<String> {
    let opened = tx.vault().open(place(id, column), sealed);
    let bytes = opened.map_err(|error| DbError::Layout(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| DbError::Layout("a sealed number is no text".to_owned()))
}

/// Links a bank account.
pub fn link_in(tx: &mut Tx<'_>, caller: &Caller, request: &LinkBankAccount) -> Result<Reply, Stop> {
    caller.require_owner()?;
    let adapter = rails::serving(tx.rules(), caller.environment)?;
    if store::list(tx.reader()?, caller.scope)?.len() >= ACCOUNTS_MAX {
        let message = format!("An organization has at most {ACCOUNTS_MAX} bank accounts");
        return Err(error::conflict(message, "FULL").into());
    }
    let id: BankAccountId = tx.next_id();
    let number = request.account_number.expose();
    let verified = caller.environment == Environment::Sandbox;
    let tries = unlocked(tx, caller, &request.routing_number, number)?;
    let micro_deposits = if verified { None } else { Some(choose(tx, id, adapter)?) };
    let row = BankAccountRow {
        id,
        scope: caller.scope,
        organization: caller.organization,
        environment: caller.environment,
        status: if verified { BankAccountStatus::Verified } else { BankAccountStatus::Pending },
        nickname: request.nickname.clone(),
        bank_name: request.bank_name.clone(),
        holder_name: request.account_holder_name.clone(),
        routing_number: request.routing_number.clone(),
        account_number: Some(seal(tx, id, SealedColumn::BankAccountNumber, number)?),
        last_four: last_four(number).to_owned(),
        account_type: request.account_type,
        micro_deposits,
        tries_left: tries.left(tx.now()),
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx, &row)?;
    note(tx, caller, Change::BankAccountLinked, &row)?;
    if verified {
        note(tx, caller, Change::BankAccountVerified, &row)?;
    }
    Ok(Reply::json(201, &wire(&row), id))
}

/// The amounts that are sent to a new account, sealed.
fn choose(tx: &Tx<'_>, id: BankAccountId, adapter: Adapter) -> Result<Vec<u8>, Stop> {
    let deposits = match adapter {
        Adapter::Simulator => MicroDeposits::SIMULATED,
        Adapter::Manual => {
            let chance = getrandom::u64();
            MicroDeposits::of_chance(chance.map_err(|error| DbError::Layout(error.to_string()))?)
        }
    };
    let text = deposits.amounts().map(|amount| amount.to_string()).join(" ");
    Ok(seal(tx, id, SealedColumn::MicroDeposits, &text)?)
}

fn chosen(tx: &Tx<'_>, id: BankAccountId, sealed: &[u8]) -> DbResult<MicroDeposits> {
    let text = open(tx, id, SealedColumn::MicroDeposits, sealed)?;
    let amounts: Option<Vec<Amount>> = text.split(' ').map(|it| it.parse().ok()).collect();
    let amounts = amounts.and_then(|amounts| <[Amount; 2]>::try_from(amounts).ok());
    let broken = || DbError::Layout("sealed micro-deposits cannot be read".to_owned());
    amounts.map(MicroDeposits::of_amounts).ok_or_else(broken)
}

/// Verifies a bank account by the amounts that were sent to it. A wrong guess is
/// counted, and so is remembered under its idempotency key like a right one.
pub fn verify_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: &VerifyBankAccount,
) -> Result<Reply, Stop> {
    let mut row = find_in(tx, caller, id)?;
    caller.require_owner()?;
    let sealed = match (row.status, row.micro_deposits.as_deref()) {
        // In the sandbox there was nothing to tell.
        (BankAccountStatus::Verified, _) => return Ok(Reply::json(200, &wire(&row), row.id)),
        (BankAccountStatus::Pending, Some(sealed)) => sealed.to_vec(),
        (BankAccountStatus::Pending, None) => return Err(not_kept(row.id).into()),
        (BankAccountStatus::Removed, _) => return Err(removed(&row).into()),
    };
    let number = row.account_number.as_deref().ok_or_else(|| not_kept(row.id))?;
    let number = open(tx, row.id, SealedColumn::BankAccountNumber, number)?;
    let tries = unlocked(tx, caller, &row.routing_number, &number)?;
    row.updated_at = tx.now();
    if chosen(tx, row.id, &sealed)?.are(request.amounts) {
        // Whoever reads its statements may mistype again another time.
        keep(tx, &row, &number, WrongTries { count: 0, ..tries })?;
        (row.status, row.micro_deposits) = (BankAccountStatus::Verified, None);
        store::update(tx, &row)?;
        note(tx, caller, Change::BankAccountVerified, &row)?;
        return Ok(Reply::json(200, &wire(&row), row.id));
    }
    let tries = tries.and_one(tx.now());
    keep(tx, &row, &number, tries)?;
    row.tries_left = tries.left(tx.now());
    store::update(tx, &row)?;
    let error = ApiError::invalid_field("amounts", "are not the amounts that were sent");
    Ok(Reply::refused(&error.with("triesLeft", row.tries_left), caller))
}

/// What a number is called where its tries are kept.
fn digest(tx: &Tx<'_>, routing_number: &str, number: &str) -> i64 {
    tx.vault().digest(format!("{routing_number} {number}").as_bytes())
}

/// The wrong tries that count against a number in the caller's organization. In
/// the sandbox there are none.
///
/// # Errors
/// `CONFLICT` with when it can be tried again, when it was tried too often.
fn unlocked(
    tx: &mut Tx<'_>,
    caller: &Caller,
    routing_number: &str,
    number: &str,
) -> Result<WrongTries, Stop> {
    let digest = digest(tx, routing_number, number);
    let known = match caller.environment {
        Environment::Sandbox => None,
        Environment::Production => store::wrong_tries(tx, caller.organization, digest)?,
    };
    let tries = known.unwrap_or(WrongTries { count: 0, last_at: tx.now() });
    if tries.left(tx.now()) == 0 { Err(locked(tries).into()) } else { Ok(tries) }
}

fn keep(
    tx: &mut Tx<'_>,
    row: &BankAccountRow,
    number: &str,
    tries: WrongTries,
) -> Result<(), Stop> {
    let digest = digest(tx, &row.routing_number, number);
    Ok(store::keep_wrong_tries(tx, row.organization, digest, tries)?)
}

/// The refusal of a number that was tried too often.
fn locked(tries: WrongTries) -> ApiError {
    let message = "This account number was tried too often; it can be verified later";
    error::conflict(message, BankAccountStatus::Pending.as_str())
        .with("triesLeft", 0)
        .with("retryAt", tries.end_at())
}

fn not_kept(id: BankAccountId) -> DbError {
    DbError::Layout(format!("{id} waits to be verified and has no sealed number"))
}

/// Removes a bank account. What is on its way to it goes on.
pub fn remove_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let mut row = find_in(tx, caller, id)?;
    caller.require_owner()?;
    if row.status == BankAccountStatus::Removed {
        return Err(removed(&row).into());
    }
    row.status = BankAccountStatus::Removed;
    (row.account_number, row.micro_deposits) = (None, None);
    row.updated_at = tx.now();
    store::update(tx, &row)?;
    note(tx, caller, Change::BankAccountRemoved, &row)?;
    let removed = RemovedBankAccount { id: row.id, deleted: true, removed: true };
    Ok(Reply::json(200, &removed, row.id))
}

fn removed(row: &BankAccountRow) -> ApiError {
    error::conflict("The bank account was removed", row.status.as_str())
}

fn not_found(text: &str) -> ApiError {
    ApiError::not_found("bank_account").with("bankAccountId", text)
}

/// Refuses a bank account that is not the caller's.
fn may_see(caller: &Caller, row: &BankAccountRow, text: &str) -> Result<(), ApiError> {
    if row.organization != caller.organization {
        return Err(not_found(text));
    }
    if row.environment != caller.environment {
        return Err(error::environment_mismatch());
    }
    Ok(())
}

fn find_in(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<BankAccountRow, Stop> {
    let id: BankAccountId = text.parse().map_err(|_| not_found(text))?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(|| not_found(text))?;
    may_see(caller, &row, text)?;
    Ok(row)
}

/// A verified bank account of these books, and its whole number; `asked_by` is the
/// organization of who names it.
///
/// # Errors
/// `NOT_FOUND` for one of other books, `ENVIRONMENT_MISMATCH` for one of the
/// asking organization's other environment, `CONFLICT` for one that is not verified.
pub fn usable_in(
    tx: &mut Tx<'_>,
    scope: ScopeId,
    asked_by: OrganizationId,
    text: &str,
) -> Result<(BankAccountRow, String), Stop> {
    let id: BankAccountId = text.parse().map_err(|_| not_found(text))?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(|| not_found(text))?;
    if row.scope != scope {
        let theirs = tx.scope(scope)?.organization;
        let own = row.organization == asked_by && row.organization == theirs;
        return Err(if own { error::environment_mismatch() } else { not_found(text) }.into());
    }
    match (row.status, row.account_number.as_deref()) {
        (BankAccountStatus::Verified, Some(sealed)) => {
            let number = open(tx, id, SealedColumn::BankAccountNumber, sealed)?;
            Ok((row, number))
        }
        _ => {
            let message = "Only a verified bank account can be used";
            let error = error::conflict(message, row.status.as_str());
            Err(error.with("bankAccountId", id).into())
        }
    }
}

/// What the operator has to send to whom, for `wallgent bank-account list`; after
/// this account, when one is named.
pub fn unverified_in(tx: &mut Tx<'_>, after: Option<&str>) -> Result<Value, Stop> {
    let after = match after {
        None => 0,
        Some(text) => text.parse::<BankAccountId>().map_err(|_| not_found(text))?.key(),
    };
    let mut told = Vec::new();
    for row in store::unverified(tx.reader()?, after, TOLD_AT_ONCE)? {
        let (Some(number), Some(deposits)) = (&row.account_number, &row.micro_deposits) else {
            continue;
        };
        told.push(json!({
            "id": row.id,
            "organizationId": row.organization,
            "routingNumber": row.routing_number,
            // Without the key that sealed them, the rest is still worth knowing.
            "accountNumber": open(tx, row.id, SealedColumn::BankAccountNumber, number).ok(),
            "accountHolderName": row.holder_name,
            "microDeposits": chosen(tx, row.id, deposits).ok().map(MicroDeposits::amounts),
            "triesLeft": row.tries_left,
        }));
    }
    Ok(json!(told))
}

fn note(
    tx: &mut Tx<'_>,
    caller: &Caller,
    change: Change,
    row: &BankAccountRow,
) -> Result<(), Stop> {
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: None };
    events::record(tx, Actor::Key(caller), change, subject, Some(&json!(wire(row))))
}

/// A bank account as answers show it.
fn wire(row: &BankAccountRow) -> Wire {
    Wire {
        id: row.id,
        nickname: row.nickname.clone(),
        bank_name: row.bank_name.clone(),
        account_holder_name: row.holder_name.clone(),
        routing_number: row.routing_number.clone(),
        account_number_last4: row.last_four.clone(),
        account_type: row.account_type.as_str().to_owned(),
        status: row.status.as_str().to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
