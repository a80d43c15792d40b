//! Paying an invoice in a stablecoin, of which one is one dollar.
//!
//! Each invoice has an address of its own, so that what arrives there says what it is
//! for. The sandbox's chain is simulated: somebody lets the money arrive by hand.

use wallgent_api::types::invoices::{DepositUsdc, UsdcAddress};
use wallgent_api::types::payments::TestMethodShown;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::invoice::InvoiceStep;

use super::pay::{find_by_slug, receive};
use super::store::{self, InvoiceRow};
use super::{refuse_step, reload, render};
use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::idempotency::Reply;
use crate::rails::stablecoin;

/// Tells where the stablecoin for an invoice is to be sent; the same address each
/// time.
pub(super) fn address_in(tx: &mut Tx<'_>, slug: &str) -> Result<Reply, Stop> {
    let row = find_by_slug(tx, slug)?;
    stablecoin::serving(row.environment)?;
    refuse_step(&row, InvoiceStep::Pay)?;
    let address = match &row.usdc_address {
        Some(known) => known.clone(),
        None => {
            let address = stablecoin::new_address()?;
            store::set_usdc_address(tx, row.id, &address)?;
            address
        }
    };
    let told = UsdcAddress {
        invoice_id: row.id,
        address,
        chain: stablecoin::CHAIN.to_owned(),
        amount: row.total,
        currency: stablecoin::CURRENCY.to_owned(),
    };
    Ok(Reply::json(200, &told, row.id))
}

/// Lets the stablecoin arrive at an invoice's address, which pays the invoice.
pub(super) fn deposit_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &DepositUsdc,
) -> Result<Reply, Stop> {
    let missing = || ApiError::not_found("address").with("address", &request.address);
    let row = store::by_usdc_address(tx.reader()?, &request.address)?.ok_or_else(missing)?;
    let wallet = tx.wallet(row.wallet)?.ok_or_else(missing)?;
    caller.may_use(tx, row.wallet, &wallet, missing)?;
    refuse_step(&row, InvoiceStep::Pay)?;
    refuse_other_amount(&row, request)?;
    let from = TestMethodShown {
        kind: "usdc".to_owned(),
        brand: stablecoin::CHAIN.to_owned(),
        last4: request.address.chars().skip(request.address.len().saturating_sub(4)).collect(),
    };
    receive(tx, Actor::Key(caller), &row, from)?;
    let row = reload(tx, row.id)?;
    Ok(Reply::json(200, &render::invoice(&row, tx.rules()), row.id))
}

/// An invoice is paid whole or not at all.
fn refuse_other_amount(row: &InvoiceRow, request: &DepositUsdc) -> Result<(), ApiError> {
    if request.amount == row.total {
        return Ok(());
    }
    let message = format!("The invoice is over {}, and is paid by no other amount", row.total);
    Err(ApiError::new(ErrorCode::InvalidAmount, message)
        .with("required", row.total)
        .with("invoiceId", row.id))
}
