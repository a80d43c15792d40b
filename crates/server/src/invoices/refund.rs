//! Giving back what an invoice brought.

use wallgent_api::types::payments::ReversePayment;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::invoice::InvoiceStep;

use super::store::InvoiceRow;
use super::{find, refuse_step, reload, render, reversed_in};
use crate::caller::Caller;
use crate::db::DbError;
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::idempotency::Reply;
use crate::{error, ledger, payments};

/// Gives back all that is left of a paid invoice: to the wallet that paid it, as a
/// reversal does, or to the test method.
pub fn refund_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let row = find(tx, caller, id)?;
    refuse_step(&row, InvoiceStep::Refund)?;
    let payment = row.payment.ok_or_else(|| unpaid(&row))?;
    let is_from_wallet = payments::load(tx.reader()?, payment)?.is_some();
    let refused = if is_from_wallet {
        let reply = payments::reverse_in(tx, caller, &payment.to_string(), &whole(&row))?;
        Some(reply).filter(|reply| reply.status != 200)
    } else {
        refund_test_method(tx, caller, &row)?
    };
    if let Some(refused) = refused {
        return Ok(refused);
    }
    let row = reload(tx, row.id)?;
    Ok(Reply::json(200, &render::invoice(&row, tx.rules()), row.id))
}

fn unpaid(row: &InvoiceRow) -> DbError {
    DbError::Layout(format!("{} is paid and names no payment", row.id))
}

fn whole(row: &InvoiceRow) -> ReversePayment {
    let reason = Some(format!("Refund of invoice {}", row.id));
    ReversePayment { reason, ..ReversePayment::default() }
}

/// Answers the refusal, if there are no funds.
fn refund_test_method(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &InvoiceRow,
) -> Result<Option<Reply>, Stop> {
    let payment = row.payment.ok_or_else(|| unpaid(row))?;
    let (from, wallet) = caller.usable_wallet(tx, &row.wallet.to_string())?;
    payments::refuse_closed(&wallet, &from.to_string())?;
    let amount = row.total.checked_sub(row.refunded).ok_or_else(error::balance_too_large)?;
    let balance = tx.account(ledger::account_of(from))?.balance;
    let available = balance.available();
    if available < amount {
        let message = format!(
            "Available funds of {available} are less than the amount {amount} to give back"
        );
        let error = ApiError::new(ErrorCode::InsufficientFunds, message)
            .with("walletId", from)
            .with("balance", balance.posted.to_fixed())
            .with("requested", amount)
            .with("fee", Amount::ZERO)
            .with("required", amount)
            .with("held", balance.held)
            .with("available", available)
            .with("hint", "fund the wallet, then make a new attempt with a new idempotency key");
        return Ok(Some(Reply::refused(&error, caller)));
    }
    payments::refund_in(tx, payment, from, amount)?;
    reversed_in(tx, Actor::Key(caller), row.id, row.total)?;
    Ok(None)
}
