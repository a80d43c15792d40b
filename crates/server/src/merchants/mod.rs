//! Merchants: organizations that are paid by name.
//!
//! An organization has one profile in each environment: a name, a domain and the
//! wallet that is paid. [`paying`] finds who is named in a payment and numbers
//! what arrives; [`settlement`] tells what it adds up to. A domain is one
//! profile's alone; others can pay by it once it is verified, in the sandbox at
//! once, in production by a record that only its owner can publish, or by the
//! operator, who alone suspends.

mod paying;
mod proof;
pub mod routes;
pub mod settlement;
mod store;

use serde_json::{Value, json};
use wallgent_api::types::merchants::{
    CreateMerchant, DomainVerification, Merchant as Wire, UpdateMerchant,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Environment;
use wallgent_core::id::{MerchantId, WalletId};
use wallgent_core::merchant::MerchantStatus;
use wallgent_core::wallet::WalletStatus;

use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::error;
use crate::events::{self, Actor, Change, Subject};
use crate::http::Part;
use crate::idempotency::Reply;

pub use paying::{note_received, payee_in, refuse_suspended, refuse_unpayable};
pub use settlement::flush as flush_received;
pub use store::{MerchantRow, flush_state, load_hot, of_scope, of_wallet};

/// What a domain is that nobody has proven.
const UNVERIFIED: &str = "UNVERIFIED";

/// Makes the caller's profile.
pub fn create_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &CreateMerchant,
) -> Result<Reply, Stop> {
    caller.require_owner()?;
    if let Some(known) = store::of_scope(tx.reader()?, caller.scope)? {
        let message = "The organization has a merchant profile in this environment already";
        let error = error::conflict(message, known.status().as_str());
        return Err(error.with("merchantId", known.id).into());
    }
    refuse_taken(tx, caller, &request.domain)?;
    let wallet = match request.settlement_wallet_id.as_deref() {
        Some(text) => open_wallet(tx, caller, text)?,
        None => tx.scope(caller.scope)?.org_wallet,
    };
    let id: MerchantId = tx.next_id();
    let row = MerchantRow {
        id,
        scope: caller.scope,
        organization: caller.organization,
        environment: caller.environment,
        name: request.name.clone(),
        domain: request.domain.clone(),
        verified_at: verified_at_once(tx, caller.environment),
        settlement_wallet: wallet,
        settles_after: id.key(),
        closed_loop: request.closed_loop.unwrap_or(true),
        suspended_at: None,
        received: 0,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx, &row)?;
    row.enter(tx)?;
    note(tx, Actor::Key(caller), Change::MerchantCreated, &row)?;
    Ok(Reply::json(201, &wire(&row), id))
}

/// Changes the caller's profile.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: &UpdateMerchant,
) -> Result<Reply, Stop> {
    let mut row = find_in(tx, id)?;
    may_see(caller, &row, id)?;
    caller.require_owner()?;
    if let Some(domain) = request.domain.as_ref().filter(|domain| **domain != row.domain) {
        refuse_taken(tx, caller, domain)?;
        row.domain.clone_from(domain);
        row.verified_at = verified_at_once(tx, caller.environment);
    }
    if let Some(text) = &request.settlement_wallet_id {
        let wallet = open_wallet(tx, caller, text)?;
        settle_into(tx, &mut row, wallet)?;
    }
    row.name = request.name.clone().unwrap_or(row.name);
    row.closed_loop = request.closed_loop.unwrap_or(row.closed_loop);
    keep(tx, Actor::Key(caller), Change::MerchantUpdated, &mut row)?;
    Ok(Reply::json(200, &wire(&row), row.id))
}

/// Begins to verify the domain of the caller's profile: the answer when there is
/// nothing to prove, else what has to be proven.
pub fn begin_proof_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
) -> Result<Part<Reply, MerchantRow>, Stop> {
    let row = find_in(tx, id)?;
    may_see(caller, &row, id)?;
    caller.require_owner()?;
    Ok(match row.verified_at {
        Some(_) => Part::Answered(Reply::json(200, &wire(&row), row.id)),
        None => Part::Left(row),
    })
}

/// Notes that a domain was proven, if it is still the merchant's.
pub fn prove_in(tx: &mut Tx<'_>, caller: &Caller, proven: &MerchantRow) -> Result<Reply, Stop> {
    let mut row = find_in(tx, &proven.id.to_string())?;
    if row.domain != proven.domain {
        let message = "The merchant has another domain by now";
        return Err(error::conflict(message, UNVERIFIED).into());
    }
    if row.verified_at.is_none() {
        row.verified_at = Some(tx.now());
        keep(tx, Actor::Key(caller), Change::MerchantUpdated, &mut row)?;
    }
    Ok(Reply::json(200, &wire(&row), row.id))
}

/// The refusal of a domain whose record is not there.
fn unproven(row: &MerchantRow) -> ApiError {
    let DomainVerification { record_type, record_name, record_value } = verification(row);
    let message = format!("No {record_type} record at {record_name} says {record_value}");
    error::conflict(message, UNVERIFIED)
        .with("recordType", record_type)
        .with("recordName", record_name)
        .with("recordValue", record_value)
        .with("hint", "publish the record, wait until name servers know it, then try again")
}

/// In the sandbox nothing has to be proven.
fn verified_at_once(tx: &Tx<'_>, environment: Environment) -> Option<wallgent_core::Timestamp> {
    (environment == Environment::Sandbox).then(|| tx.now())
}

fn refuse_taken(tx: &mut Tx<'_>, caller: &Caller, domain: &str) -> Result<(), Stop> {
    let names = [domain];
    if store::with_domains(tx.reader()?, caller.environment, &names)?.is_empty() {
        return Ok(());
    }
    let message = "Another merchant has this domain";
    Err(error::conflict(message, "TAKEN").with("domain", domain).into())
}

/// A wallet of the caller's that can be paid.
fn open_wallet(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<WalletId, Stop> {
    let (id, wallet) = caller.own_wallet(tx, text)?;
    if wallet.status == WalletStatus::Closed {
        let error = error::conflict("The wallet is closed", wallet.status.as_str());
        return Err(error.with("walletId", id).into());
    }
    Ok(id)
}

/// Lets another wallet be paid from now on.
fn settle_into(tx: &mut Tx<'_>, row: &mut MerchantRow, wallet: WalletId) -> Result<(), Stop> {
    if wallet != row.settlement_wallet {
        // Else its owner could collect again for links and invoices that lead there.
        if row.suspended_at.is_some() {
            return Err(paying::suspended(row.id).into());
        }
        name_wallet(tx, row.settlement_wallet, None)?;
        row.settlement_wallet = wallet;
        // All entries from here on have larger numbers.
        row.settles_after = tx.next_id::<wallgent_core::id::Entry>().key();
    }
    Ok(())
}

/// Says in the hot state whose settlement wallet this is.
fn name_wallet(tx: &mut Tx<'_>, id: WalletId, merchant: Option<MerchantId>) -> Result<(), Stop> {
    if let Some(wallet) = tx.wallet(id)? {
        tx.put_wallet(id, crate::engine::Wallet { merchant, ..wallet });
    }
    Ok(())
}

impl MerchantRow {
    /// Whether it may be paid.
    #[must_use]
    pub const fn status(&self) -> MerchantStatus {
        MerchantStatus::of(self.suspended_at)
    }

    /// Shows it to payments as it is now.
    fn enter(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        // What it received is counted there.
        let received = tx.merchant(self.id)?.map_or(self.received, |merchant| merchant.received);
        tx.put_merchant(self.id, self.hot(received));
        name_wallet(tx, self.settlement_wallet, Some(self.id))
    }
}

/// Keeps a changed profile.
fn keep(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    row: &mut MerchantRow,
) -> Result<(), Stop> {
    row.updated_at = tx.now();
    store::update(tx, row)?;
    row.enter(tx)?;
    note(tx, actor, change, row)
}

fn note(tx: &mut Tx<'_>, actor: Actor<'_>, change: Change, row: &MerchantRow) -> Result<(), Stop> {
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: None };
    events::record(tx, actor, change, subject, Some(&json!(wire(row))))
}

/// Says for the operator that a domain is its merchant's. Said twice, it changes
/// nothing; so with the others.
pub fn verify_in(tx: &mut Tx<'_>, id: &str) -> Result<Value, Stop> {
    let mut row = find_in(tx, id)?;
    if row.verified_at.is_none() {
        row.verified_at = Some(tx.now());
        keep(tx, Actor::System, Change::MerchantUpdated, &mut row)?;
    }
    Ok(json!(wire(&row)))
}

/// Lets nobody pay a merchant by name any more.
pub fn suspend_in(tx: &mut Tx<'_>, id: &str) -> Result<Value, Stop> {
    let mut row = find_in(tx, id)?;
    if row.suspended_at.is_none() {
        row.suspended_at = Some(tx.now());
        keep(tx, Actor::System, Change::MerchantSuspended, &mut row)?;
    }
    Ok(json!(wire(&row)))
}

/// Lets a suspended merchant be paid again.
pub fn resume_in(tx: &mut Tx<'_>, id: &str) -> Result<Value, Stop> {
    let mut row = find_in(tx, id)?;
    if row.suspended_at.is_some() {
        row.suspended_at = None;
        keep(tx, Actor::System, Change::MerchantResumed, &mut row)?;
    }
    Ok(json!(wire(&row)))
}

/// The refusal of what is asked of a merchant that is not there.
#[must_use]
pub fn not_found() -> ApiError {
    ApiError::new(ErrorCode::MerchantNotFound, "No such merchant")
}

fn find_in(tx: &mut Tx<'_>, text: &str) -> Result<MerchantRow, Stop> {
    let missing = || not_found().with("merchantId", text);
    let id: MerchantId = text.parse().map_err(|_| missing())?;
    Ok(store::get(tx.reader()?, id)?.ok_or_else(missing)?)
}

/// Refuses a profile that is not the caller's. A key that sees only some wallets
/// sees it with the wallet that is paid.
fn may_see(caller: &Caller, row: &MerchantRow, text: &str) -> Result<(), ApiError> {
    let missing = || not_found().with("merchantId", text);
    caller.may_touch(row.organization, row.environment, row.settlement_wallet, missing)
}

/// A merchant as answers show it.
fn wire(row: &MerchantRow) -> Wire {
    Wire {
        id: row.id,
        name: row.name.clone(),
        domain: row.domain.clone(),
        domain_verified: row.verified_at.is_some(),
        domain_verification: row.verified_at.is_none().then(|| verification(row)),
        settlement_wallet_id: row.settlement_wallet,
        closed_loop: row.closed_loop,
        status: row.status().as_str().to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// What the owner of a domain publishes: only the merchant with this ID gains by
/// it, so that there is nothing to keep secret.
fn verification(row: &MerchantRow) -> DomainVerification {
    DomainVerification {
        record_type: "TXT".to_owned(),
        record_name: format!("_wallgent.{}", row.domain),
        record_value: format!("wallgent-merchant={}", row.id),
    }
}
