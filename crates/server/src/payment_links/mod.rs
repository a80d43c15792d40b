//! Payment links: who has one may pay what it says into a wallet.
//!
//! A link is paid by a payment like any, made for the link ([`pay`]); what is
//! posted for it is counted in the same transaction, so that it is never used more
//! often than it says.

mod pay;
mod render;
pub mod routes;
mod store;

use wallgent_api::types::payment_links::{CreatePaymentLink, UpdatePaymentLink};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::id::{PaymentLinkId, WalletId};
use wallgent_core::payment_link::{LinkStatus, Payers};

use crate::app::App;
use crate::caller::Caller;
use crate::db::DbError;
use crate::engine::{Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::{error, keys, payments, slug};
use store::LinkRow;

pub use pay::{refuse_dead, use_in};

/// Links of one wallet that are active. All of them are cancelled in the commit that
/// ends the wallet.
const ACTIVE_MAX: i64 = 1_000;
/// Links that expire in one commit. More wait for the next, so that nobody else waits
/// long.
const EXPIRED_AT_ONCE: i64 = 200;

impl LinkRow {
    /// Whether only some may pay.
    fn is_restricted(&self) -> bool {
        self.payers != Payers::default()
    }
}

/// Makes a link.
pub fn create_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: CreatePaymentLink,
) -> Result<Reply, Stop> {
    let (wallet_id, wallet) = caller.usable_wallet(tx, &request.wallet_id)?;
    payments::refuse_closed(&wallet, &request.wallet_id)?;
    keys::refuse_past(tx.now(), request.expires_at)?;
    if store::count_active(tx, wallet_id, ACTIVE_MAX)? >= ACTIVE_MAX {
        let message = format!("A wallet has at most {ACTIVE_MAX} active payment links");
        return Err(error::conflict(message, "FULL").with("walletId", wallet_id).into());
    }
    let scope = tx.scope(wallet.scope)?;
    let slug = slug::generate().map_err(|error| DbError::Layout(error.to_string()))?;
    let restrictions = request.recipient_restrictions.unwrap_or_default();
    let row = LinkRow {
        id: tx.next_id(),
        scope: wallet.scope,
        organization: scope.organization,
        organization_name: String::new(),
        environment: scope.environment,
        wallet: wallet_id,
        slug,
        amount: request.amount,
        currency: request.currency.unwrap_or_else(|| wallgent_api::types::CURRENCY.to_owned()),
        description: request.description,
        status: LinkStatus::Active,
        uses: 0,
        uses_max: request.max_uses.unwrap_or(1),
        payers: Payers { wallets: restrictions.wallet_ids, emails: restrictions.emails },
        metadata: request.metadata,
        expires_at: request.expires_at,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx, &row)?;
    note(tx, Actor::Key(caller), Change::PaymentLinkCreated, &row)?;
    Ok(Reply::json(201, &render::link(&row, tx.rules(), tx.now()), row.id))
}

/// Cancels a link, or leaves it as it is. A cancelled link stays cancelled.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: &UpdatePaymentLink,
) -> Result<Reply, Stop> {
    let mut row = find(tx, caller, id)?;
    let status = row.status.at(tx.now(), row.expires_at);
    match status {
        _ if !request.cancels() => {}
        LinkStatus::Cancelled => {}
        LinkStatus::Active => save(tx, Actor::Key(caller), &mut row, LinkStatus::Cancelled)?,
        LinkStatus::Claimed | LinkStatus::Expired => return Err(dead(&row, status).into()),
    }
    Ok(Reply::json(200, &render::link(&row, tx.rules(), tx.now()), row.id))
}

/// Cancels the links of a wallet that is about to end.
pub fn end_all_in(tx: &mut Tx<'_>, caller: &Caller, wallet: WalletId) -> Result<(), Stop> {
    for mut row in store::active_of(tx.reader()?, wallet)? {
        match row.status.at(tx.now(), row.expires_at) {
            LinkStatus::Expired => save(tx, Actor::System, &mut row, LinkStatus::Expired)?,
            _ => save(tx, Actor::Key(caller), &mut row, LinkStatus::Cancelled)?,
        }
    }
    Ok(())
}

/// Whether a link is due to end.
pub async fn any_due(app: &App) -> bool {
    let now = app.clock.now();
    let due = app.reads.read(move |connection| store::due(connection, now, 1)).await;
    matches!(due, Ok(Ok(due)) if !due.is_empty())
}

/// Ends the links whose time is over. Each is read again inside the command, so that
/// it ends once.
pub fn expire_in(tx: &mut Tx<'_>) -> Result<(), Stop> {
    let now = tx.now();
    for mut row in store::due(tx.reader()?, now, EXPIRED_AT_ONCE)? {
        save(tx, Actor::System, &mut row, LinkStatus::Expired)?;
    }
    Ok(())
}

/// Writes where a link stands, and tells how it ended if it did.
fn save(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    row: &mut LinkRow,
    status: LinkStatus,
) -> Result<(), Stop> {
    (row.status, row.updated_at) = (status, tx.now());
    store::update(tx, row)?;
    let change = match status {
        LinkStatus::Active => return Ok(()),
        LinkStatus::Claimed => Change::PaymentLinkClaimed,
        LinkStatus::Cancelled => Change::PaymentLinkCancelled,
        LinkStatus::Expired => Change::PaymentLinkExpired,
    };
    note(tx, actor, change, row)
}

fn note(tx: &mut Tx<'_>, actor: Actor<'_>, change: Change, row: &LinkRow) -> Result<(), Stop> {
    let data = render::told(row, tx.rules(), tx.now());
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    events::record(tx, actor.seen_from(row.scope), change, subject, Some(&data))
}

fn not_found() -> ApiError {
    ApiError::new(ErrorCode::PaymentLinkNotFound, "No such payment link")
}

/// The refusal of what only an active link allows.
fn dead(row: &LinkRow, status: LinkStatus) -> ApiError {
    let message = match status {
        LinkStatus::Active => "The payment link is active",
        LinkStatus::Claimed => "The payment link was paid already",
        LinkStatus::Cancelled => "The payment link was cancelled",
        LinkStatus::Expired => "The payment link has expired",
    };
    error::conflict(message, status.as_str()).with("paymentLinkId", row.id)
}

/// A link to whose wallet the caller may do this.
fn find(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<LinkRow, Stop> {
    let missing = || not_found().with("paymentLinkId", text);
    let id: PaymentLinkId = text.parse().map_err(|_| missing())?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    let wallet = tx.wallet(row.wallet)?.ok_or_else(missing)?;
    caller.may_use(tx, row.wallet, &wallet, missing)?;
    Ok(row)
}
