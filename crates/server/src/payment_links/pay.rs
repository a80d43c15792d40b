//! Paying a link: from a wallet, or in a sandbox by a test method.

use wallgent_api::types::payment_links::{LinkPayment, PayLink};
use wallgent_api::types::payments::SendPayment;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::id::PaymentLinkId;
use wallgent_core::payment::Rail;
use wallgent_core::payment_link::LinkStatus;
use wallgent_core::test_method::TestMethod;

use super::store::{self, LinkRow};
use super::{dead, not_found, save};
use crate::caller::{Asking, Caller};
use crate::db::DbError;
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::idempotency::{Body, Reply};
use crate::payments::{self, Approval, Received, Sending};
use crate::{error, slug};

/// Pays a link from a wallet: a payment, with all its checks, after the link's own.
pub fn pay_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    slug: &str,
    from: &str,
    request: &PayLink,
    key: Option<String>,
) -> Result<Reply, Stop> {
    let row = find_by_slug(tx, slug)?;
    refuse_elsewhere(caller, &row)?;
    let (from, _) = caller.usable_wallet(tx, from)?;
    if from == row.wallet {
        let message = "must be another wallet than the one that is paid";
        return Err(ApiError::invalid_field("fromWalletId", message).into());
    }
    let from = from.to_string();
    refuse_unpayable(tx, &row, Some(&from), request.payer_email.as_deref())?;
    let sending = Sending {
        request: SendPayment {
            from,
            to: Some(row.wallet.to_string()),
            amount: row.amount,
            amount_sent: row.amount.to_string(),
            description: row.description.clone(),
            idempotency_key: key,
            ..SendPayment::default()
        },
        batch: None,
        approval: Approval::Waits,
        rail: Rail::PaymentLink(row.id),
    };
    let reply = payments::send_in(tx, caller, &sending)?;
    if let (Body::Payment(payment), Some(email)) = (&reply.body, &request.payer_email) {
        store::insert_payer(tx, payment.id, row.id, email)?;
    }
    Ok(reply)
}

/// Pays a link by a test method.
pub fn pay_by_test_method_in(
    tx: &mut Tx<'_>,
    (actor, asking): (Actor<'_>, &impl Asking),
    slug: &str,
    method: TestMethod,
    request: &PayLink,
) -> Result<Reply, Stop> {
    let row = find_by_slug(tx, slug)?;
    if let Actor::Key(caller) = actor {
        refuse_elsewhere(caller, &row)?;
    }
    error::require_sandbox(row.environment)?;
    refuse_unpayable(tx, &row, None, request.payer_email.as_deref())?;
    if method.is_declined() {
        return Ok(Reply::refused(&payments::declined(method, row.amount), asking));
    }
    let received = Received {
        method: method.into(),
        to: row.wallet,
        amount: row.amount,
        description: row.description.clone(),
        rail: Rail::PaymentLink(row.id),
    };
    let payment = payments::receive_in(tx, actor, &received)?;
    if let Some(email) = &request.payer_email {
        store::insert_payer(tx, payment.id, row.id, email)?;
    }
    let id = payment.id;
    Ok(Reply::json(200, &LinkPayment::TestMethod(Box::new(payment)), id))
}

fn find_by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<LinkRow, Stop> {
    let found = match slug::is_one(slug) {
        true => store::by_slug(tx.reader()?, slug)?,
        false => None,
    };
    Ok(found.ok_or_else(not_found)?)
}

/// A link can be paid by anybody's key of its environment. That of the other one
/// does not find it, unless it is the caller's own.
fn refuse_elsewhere(caller: &Caller, row: &LinkRow) -> Result<(), ApiError> {
    match (row.environment == caller.environment, row.organization == caller.organization) {
        (true, _) => Ok(()),
        (false, true) => Err(error::environment_mismatch()),
        (false, false) => Err(not_found()),
    }
}

/// Refuses a link that is not active, and a payer whom it does not name.
fn refuse_unpayable(
    tx: &Tx<'_>,
    row: &LinkRow,
    wallet: Option<&str>,
    email: Option<&str>,
) -> Result<(), ApiError> {
    let status = row.status.at(tx.now(), row.expires_at);
    if status != LinkStatus::Active {
        return Err(dead(row, status));
    }
    if row.payers.include(wallet, email) {
        return Ok(());
    }
    let message = "The payment link is for another payer";
    Err(ApiError::new(ErrorCode::PermissionDenied, message)
        .with("reason", "payer_not_allowed")
        .with("hint", "pay from a wallet that the link names, or with the payerEmail it is for"))
}

/// Refuses a payment that waited for a human, when the link has ended meanwhile.
pub fn refuse_dead(tx: &mut Tx<'_>, id: PaymentLinkId) -> Result<(), Stop> {
    let row = reload(tx, id)?;
    match row.status.at(tx.now(), row.expires_at) {
        LinkStatus::Active => Ok(()),
        status => Err(dead(&row, status).into()),
    }
}

/// Counts a use of a link for which a payment was posted just now.
pub fn use_in(tx: &mut Tx<'_>, actor: Actor<'_>, id: PaymentLinkId) -> Result<(), Stop> {
    let mut row = reload(tx, id)?;
    if row.status != LinkStatus::Active || row.uses >= row.uses_max {
        return Err(DbError::Layout(format!("{id} cannot be used again")).into());
    }
    row.uses += 1;
    let status = LinkStatus::after_use(row.uses, row.uses_max);
    save(tx, actor, &mut row, status)
}

fn reload(tx: &mut Tx<'_>, id: PaymentLinkId) -> Result<LinkRow, Stop> {
    let row = store::get(tx.reader()?, id)?;
    row.ok_or_else(|| DbError::Layout(format!("{id} has no row")).into())
}
