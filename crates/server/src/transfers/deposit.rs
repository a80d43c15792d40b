//! Asking for a deposit.

use wallgent_api::types::transfers::RequestDeposit;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::transfer::{Direction, arriving};

use super::{answer, draft, note, party, posting, seal, store};
use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::events::{Actor, Change};
use crate::idempotency::Reply;
use crate::{error, payments, rails, wallets};

/// Posts a deposit to Deposits pending; a rail brings it. A frozen wallet may
/// still receive.
pub fn deposit_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &RequestDeposit,
) -> Result<Reply, Stop> {
    refuse_below(request.amount, tx.rules().deposit_minimum)?;
    let (id, wallet) = caller.usable_wallet(tx, &request.wallet_id)?;
    let (linked, source) = (request.bank_account_id.as_deref(), request.source.as_ref());
    if linked.is_some() || source.is_some_and(|source| source.bank_account_id.is_some()) {
        // For a wallet without limits its balance is the limit: only the owner
        // raises it with the organization's own money.
        caller.require_owner_of(&wallet)?;
    }
    let found = party::find(tx, caller, wallet.scope, linked, source)?;
    let environment = tx.scope(wallet.scope)?.environment;
    let adapter = rails::serving(tx.rules(), environment)?;
    payments::refuse_closed(&wallet, &request.wallet_id)?;
    let fee =
        tx.rules().payment_fee.fee_for(request.amount).ok_or_else(error::balance_too_large)?;
    if arriving(request.amount, fee).is_none() {
        // Something has to be left to arrive.
        return Err(refused_minimum(fee.saturating_add(Amount::from_units(1))).into());
    }
    let mut row = draft(tx, Direction::Deposit, found.rail, (id, &wallet), request.amount)?;
    row.fee = fee;
    row.account_number =
        found.account_number.map(|number| seal(tx.vault(), row.id, &number)).transpose()?;
    (row.bank_account, row.party) = (found.bank_account, Some(found.party));
    row.description.clone_from(&request.description);
    row.idempotency_key.clone_from(&request.idempotency_key);
    row.currency = request.currency.clone().unwrap_or(row.currency);
    (row.adapter, row.due_at) = (Some(adapter), Some(row.requested_at));
    posting::expect_deposit(tx, &row)?;
    wallets::add_pending(tx, id, row.amount)?;
    store::insert(tx, &row)?;
    note(tx, Actor::Key(caller), Change::TransferCreated, &row)?;
    Ok(answer(&row))
}

fn refuse_below(amount: Amount, minimum: Amount) -> Result<(), ApiError> {
    if amount >= minimum { Ok(()) } else { Err(refused_minimum(minimum)) }
}

fn refused_minimum(minimum: Amount) -> ApiError {
    let message = format!("A deposit of less than {minimum} is not worth its way");
    ApiError::new(ErrorCode::InvalidAmount, message).with("minimum", minimum)
}
