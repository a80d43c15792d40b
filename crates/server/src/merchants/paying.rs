//! Who is paid when a merchant is named, and what it received.

use wallgent_api::types::payments::SendPayment;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::id::{MerchantId, TransactionId, WalletId};
use wallgent_core::merchant::{Domain, MerchantStatus};

use super::{not_found, store};
use crate::caller::Caller;
use crate::engine::{Merchant, ReceivedRow, Stop, Tx, Wallet};
use crate::error;

/// The preference that leaves out what is paid here.
const CARD_ONLY: &str = "card_only";

/// The merchant that a payment names, and the wallet that is paid. An ID says
/// more than a domain.
///
/// # Errors
/// `MERCHANT_NOT_FOUND`, `ENVIRONMENT_MISMATCH`, `MERCHANT_SUSPENDED`,
/// `CLOSED_LOOP_UNAVAILABLE`, in this order.
pub fn payee_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &SendPayment,
) -> Result<(MerchantId, WalletId), Stop> {
    let hint = request.merchant_hint.as_ref();
    let (id, merchant) = match (&request.merchant_id, hint) {
        (Some(text), _) => by_id(tx, caller, text)?,
        (None, Some(hint)) => by_domain(tx, caller, &hint.domain)?,
        (None, None) => return Err(not_found().into()),
    };
    refuse_outside_the_loop(id, &merchant)?;
    if request.preference.as_deref() == Some(CARD_ONLY) {
        return Err(unavailable(id, "The payment asks for a card").into());
    }
    Ok((id, merchant.wallet))
}

fn by_id(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<(MerchantId, Merchant), Stop> {
    let missing = || not_found().with("merchantId", text);
    let id: MerchantId = text.parse().map_err(|_| missing())?;
    let merchant = tx.merchant(id)?.ok_or_else(missing)?;
    let scope = tx.scope(merchant.scope)?;
    if scope.environment != caller.environment {
        let own = scope.organization == caller.organization;
        return Err(if own { error::environment_mismatch() } else { missing() }.into());
    }
    Ok((id, merchant))
}

/// The merchant whose domain is nearest above a host. One that is not verified is
/// known to its own organization only.
fn by_domain(tx: &mut Tx<'_>, caller: &Caller, host: &str) -> Result<(MerchantId, Merchant), Stop> {
    let missing = || not_found().with("domain", host);
    let domain = Domain::parse(host).ok_or_else(missing)?;
    let names: Vec<&str> = domain.lineage().collect();
    let found = store::with_domains(tx.reader()?, caller.environment, &names)?;
    let known = found.iter().filter(|row| row.verified_at.is_some() || row.scope == caller.scope);
    let nearest = known.max_by_key(|row| row.domain.len()).ok_or_else(missing)?;
    let merchant = tx.merchant(nearest.id)?.ok_or_else(missing)?;
    Ok((nearest.id, merchant))
}

/// Refuses what nobody may pay, and what cannot be paid by name.
fn refuse_outside_the_loop(id: MerchantId, merchant: &Merchant) -> Result<(), ApiError> {
    if merchant.status == MerchantStatus::Suspended {
        return Err(suspended(id));
    }
    if !merchant.closed_loop {
        return Err(unavailable(id, "The merchant is not paid inside the network"));
    }
    Ok(())
}

/// Refuses a payment by name that waited, when it could not be asked for any more.
///
/// # Errors
/// `MERCHANT_SUSPENDED`, `CLOSED_LOOP_UNAVAILABLE`.
pub fn refuse_unpayable(tx: &mut Tx<'_>, id: MerchantId) -> Result<(), Stop> {
    let merchant = tx.merchant(id)?.ok_or_else(|| not_found().with("merchantId", id))?;
    Ok(refuse_outside_the_loop(id, &merchant)?)
}

/// Refuses to collect money into the wallet of a suspended merchant, for what is
/// made for that: payment links and invoices.
///
/// # Errors
/// `MERCHANT_SUSPENDED`.
pub fn refuse_suspended(tx: &mut Tx<'_>, wallet: &Wallet) -> Result<(), Stop> {
    let Some(id) = wallet.merchant else { return Ok(()) };
    match tx.merchant(id)? {
        Some(merchant) if merchant.status == MerchantStatus::Suspended => Err(suspended(id).into()),
        _ => Ok(()),
    }
}

pub(super) fn suspended(id: MerchantId) -> ApiError {
    let message = "The merchant is suspended and cannot be paid";
    ApiError::new(ErrorCode::MerchantSuspended, message).with("merchantId", id)
}

fn unavailable(id: MerchantId, why: &str) -> ApiError {
    ApiError::new(ErrorCode::ClosedLoopUnavailable, why).with("merchantId", id)
}

/// Counts a payment that was posted into a settlement wallet. Everybody who posts
/// payments tells of each, in the command that posts it.
pub fn note_received(
    tx: &mut Tx<'_>,
    id: MerchantId,
    transaction: TransactionId,
    amount: Amount,
) -> Result<(), Stop> {
    let Some(merchant) = tx.merchant(id)? else { return Ok(()) };
    let number = merchant.received + 1;
    tx.put_merchant(id, Merchant { received: number, ..merchant });
    let day = tx.now().day();
    tx.add_received(ReceivedRow { merchant: id, number, transaction, day, amount });
    Ok(())
}
