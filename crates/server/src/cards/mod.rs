//! Cards: virtual ones that spend a wallet's balance.
//!
//! A card belongs to its wallet: whoever may use the wallet may use its cards.
//! Its number is sealed, and only [`details`] opens it. What it spends is decided
//! in [`authorizations`].

pub mod authorizations;
mod cardholders;
mod details;
mod render;
pub mod routes;
mod store;

use serde_json::{Value, json};
use wallgent_api::types::cards::{CreateCard, SpendingLimit as WireLimit, UpdateCard};
use wallgent_api::{ApiError, ErrorCode, Patch};
use wallgent_core::card::{CardStatus, SpendingLimit};
use wallgent_core::id::{CardId, CardholderId, WalletId};
use wallgent_core::wallet::WalletStatus;

use crate::caller::Caller;
use crate::crypto::{Place, SealedColumn};
use crate::db::DbError;
use crate::engine::{Stop, Tx, Wallet};
use crate::error;
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::rails::issuer::{Issued, Issuer};
use store::{CardRow, NewCard};

pub use authorizations::{any_ending, any_unsettled, expire_in, settle_in};
pub use cardholders::create_cardholder_in;
pub use details::details_in;

/// Cards of one wallet that are not cancelled. All of them are cancelled in the
/// commit that ends the wallet.
const USABLE_MAX: i64 = 200;

/// Where a card's secret is sealed.
const fn place(id: CardId, column: SealedColumn) -> Place {
    Place { column, row: id.key() }
}

/// Issues a card.
pub fn create_in(tx: &mut Tx<'_>, caller: &Caller, request: CreateCard) -> Result<Reply, Stop> {
    let (wallet_id, wallet) = caller.usable_wallet(tx, &request.wallet_id)?;
    if wallet.status == WalletStatus::Closed {
        let error = error::conflict("The wallet is closed", wallet.status.as_str());
        return Err(error.with("walletId", wallet_id).into());
    }
    let environment = tx.scope(wallet.scope)?.environment;
    let issuer = Issuer::of(tx.rules(), environment)?;
    let cardholder = match &request.cardholder_id {
        Some(text) => Some(find_cardholder(tx, &wallet, text)?),
        None => None,
    };
    if store::count_usable(tx, wallet_id, USABLE_MAX)? >= USABLE_MAX {
        let message = format!("A wallet has at most {USABLE_MAX} cards that are not cancelled");
        return Err(error::conflict(message, "FULL").with("walletId", wallet_id).into());
    }
    let id: CardId = tx.next_id();
    let issued = issuer.issue(tx.now().day());
    let issued = issued.map_err(|error| DbError::Layout(error.to_string()))?;
    let new = NewCard {
        id,
        scope: wallet.scope,
        wallet: wallet_id,
        cardholder,
        cardholder_name: request.cardholder_name,
        kind: request.kind,
        limits: rules(request.spending_limits),
    };
    insert(tx, &new, &issued)?;
    let row = reload(tx, id)?;
    note(tx, Actor::Key(caller), Change::CardCreated, &row, &json!({}))?;
    Ok(Reply::json(201, &render::card(&row), id))
}

fn rules(limits: Vec<WireLimit>) -> Vec<SpendingLimit> {
    limits.into_iter().filter_map(WireLimit::rule).collect()
}

/// Writes a new card with its secrets sealed.
fn insert(tx: &mut Tx<'_>, new: &NewCard, issued: &Issued) -> Result<(), Stop> {
    let seal = |column: SealedColumn, secret: &str| {
        let sealed = tx.vault().seal(place(new.id, column), secret.as_bytes());
        sealed.map_err(|error| DbError::Layout(error.to_string()))
    };
    let number = seal(SealedColumn::CardNumber, issued.number.expose())?;
    let code = seal(SealedColumn::CardSecurityCode, issued.security_code.expose())?;
    Ok(store::insert(tx, new, issued, number, code)?)
}

/// A cardholder of the organization that owns the wallet.
fn find_cardholder(tx: &mut Tx<'_>, wallet: &Wallet, text: &str) -> Result<CardholderId, Stop> {
    let missing = || ApiError::not_found("cardholder").with("cardholderId", text);
    let id: CardholderId = text.parse().map_err(|_| missing())?;
    let scope = store::cardholder_scope(tx, id)?.ok_or_else(missing)?;
    if scope == wallet.scope {
        return Ok(id);
    }
    let (theirs, ours) = (tx.scope(scope)?, tx.scope(wallet.scope)?);
    let own = theirs.organization == ours.organization;
    Err(if own { error::environment_mismatch() } else { missing() }.into())
}

/// Freezes, unfreezes or cancels a card, or replaces its limits. Whoever may use
/// its wallet may stop it; to let it spend again, or something else, is its
/// owner's alone.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: UpdateCard,
) -> Result<Reply, Stop> {
    let (mut row, wallet) = find(tx, caller, id)?;
    let status = request.status().unwrap_or(row.status);
    let changes_limits = !request.spending_limits.is_keep();
    if row.status == CardStatus::Cancelled && (status != row.status || changes_limits) {
        return Err(cancelled(&row).into());
    }
    let limits = replaced(request.spending_limits).filter(|it| *it != row.limits);
    let unfreezes = row.status == CardStatus::Inactive && status == CardStatus::Active;
    if unfreezes || limits.is_some() {
        caller.require_owner_of(&wallet)?;
    }
    if let Some(limits) = limits {
        row.limits = limits;
        save(tx, Actor::Key(caller), Change::CardUpdated, &mut row, &json!({}))?;
    }
    if status != row.status {
        turn(tx, caller, &mut row, status)?;
    }
    Ok(Reply::json(200, &render::card(&row), row.id))
}

fn turn(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &mut CardRow,
    status: CardStatus,
) -> Result<(), Stop> {
    let change = match status {
        CardStatus::Active => Change::CardUnfrozen,
        CardStatus::Inactive => Change::CardFrozen,
        CardStatus::Cancelled => return cancel(tx, Actor::Key(caller), row, "REQUESTED"),
    };
    row.status = status;
    save(tx, Actor::Key(caller), change, row, &json!({}))
}

/// The limits that were sent.
fn replaced(limits: Patch<Vec<WireLimit>>) -> Option<Vec<SpendingLimit>> {
    match limits {
        Patch::Keep => None,
        Patch::Clear => Some(Vec::new()),
        Patch::Set(limits) => Some(rules(limits)),
    }
}

fn cancelled(row: &CardRow) -> ApiError {
    let message = "The card is cancelled, which is for good";
    error::conflict(message, row.status.as_str()).with("cardId", row.id)
}

/// Cancels a card for good. What it authorized before stays as it is: its
/// merchants were promised the money. A cancelled card stays cancelled.
pub fn cancel_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let (mut row, _) = find(tx, caller, id)?;
    if row.status != CardStatus::Cancelled {
        cancel(tx, Actor::Key(caller), &mut row, "REQUESTED")?;
    }
    Ok(Reply::json(200, &render::card(&row), row.id))
}

fn cancel(tx: &mut Tx<'_>, actor: Actor<'_>, row: &mut CardRow, why: &str) -> Result<(), Stop> {
    row.status = CardStatus::Cancelled;
    save(tx, actor, Change::CardCancelled, row, &json!({ "cancelReason": why }))
}

/// Cancels the cards of a wallet that is about to end, and frees what they hold.
pub fn end_all_in(tx: &mut Tx<'_>, caller: &Caller, wallet: WalletId) -> Result<(), Stop> {
    for mut row in store::usable_of(tx.reader()?, wallet)? {
        cancel(tx, Actor::Key(caller), &mut row, "WALLET_ENDED")?;
    }
    authorizations::release_all_of(tx, caller, wallet)
}

/// Writes what may change of a card, and notes it.
fn save(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    row: &mut CardRow,
    more: &Value,
) -> Result<(), Stop> {
    row.updated_at = tx.now();
    store::update(tx, row)?;
    note(tx, actor, change, row, more)
}

fn note(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    row: &CardRow,
    more: &Value,
) -> Result<(), Stop> {
    let data = render::told(row, more);
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    events::record(tx, actor, change, subject, Some(&data))
}

fn not_found(text: &str) -> ApiError {
    ApiError::new(ErrorCode::CardNotFound, "No such card").with("cardId", text)
}

/// A card on whose wallet the caller may act.
fn find(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<(CardRow, Wallet), Stop> {
    let missing = || not_found(text);
    let id: CardId = text.parse().map_err(|_| missing())?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    let wallet = tx.wallet(row.wallet)?.ok_or_else(missing)?;
    caller.may_use(tx, row.wallet, &wallet, missing)?;
    Ok((row, wallet))
}

/// A card that is known to exist.
fn reload(tx: &mut Tx<'_>, id: CardId) -> Result<CardRow, Stop> {
    let row = store::get(tx.reader()?, id)?;
    row.ok_or_else(|| DbError::Layout(format!("{id} has no row")).into())
}
