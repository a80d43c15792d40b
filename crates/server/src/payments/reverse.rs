//! Giving a payment back.

use wallgent_api::types::payments::ReversePayment;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::account::{AccountKind, Balance};
use wallgent_core::id::{TransactionId, WalletId};
use wallgent_core::payment::{PaymentStatus, TransactionKind};
use wallgent_core::posting::Leg;
use wallgent_core::reversal::{self, ReversalRefusal, Reversible};
use wallgent_core::wallet::{WalletStatus, WalletType};

use super::{PaymentRow, Viewer, purpose, store, told};
use crate::caller::Caller;
use crate::engine::{Stop, TransactionRow, Tx, Wallet};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::{error, ledger};

/// Gives back a payment, in part or whole.
pub fn reverse_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: &ReversePayment,
) -> Result<Reply, Stop> {
    let payment = find(tx, caller, id)?;
    let receiving_scope = payment.to_scope.unwrap_or(payment.scope);
    if receiving_scope != caller.scope || !caller.sees(payment.to) {
        let message = "Only the organization that received the payment can reverse it";
        return Ok(refuse(caller, message, "not_receiver", None));
    }
    let settled_at = match (payment.status, payment.settled_at) {
        (PaymentStatus::PendingApproval | PaymentStatus::Rejected | PaymentStatus::Expired, _)
        | (_, None) => {
            let message = "The payment was not posted, so there is nothing to reverse";
            return Ok(refuse(caller, message, "not_posted", None));
        }
        (_, Some(settled_at)) => settled_at,
    };
    let reversible = Reversible {
        amount: payment.amount,
        reversed: payment.reversed,
        fee: payment.fee,
        settled_at,
    };
    let window = tx.rules().reversal_window_seconds;
    let decided = match reversal::decide(&reversible, request.amount, tx.now(), window) {
        Ok(decided) => decided,
        Err(refusal) => return Ok(refuse_reversal(caller, refusal)),
    };
    let home = home_of(tx, &payment)?;
    let account = tx.account(ledger::account_of(payment.to))?;
    if account.balance.available() < decided.amount {
        return Ok(Reply::refused(&lacking(&payment, decided.amount, account.balance), caller));
    }
    post(tx, caller, payment, home, decided, request.reason.as_deref())
}

/// Where the money goes back to: the wallet that paid, or, when it was a deleted
/// agent's, its organization's own.
fn home_of(tx: &mut Tx<'_>, payment: &PaymentRow) -> Result<WalletId, Stop> {
    let closed = |id: WalletId| {
        let error = error::conflict("The wallet is closed", WalletStatus::Closed.as_str());
        Stop::from(error.with("walletId", id))
    };
    let is_closed = |wallet: &Wallet| wallet.status == WalletStatus::Closed;
    if tx.wallet(payment.to)?.as_ref().is_some_and(is_closed) {
        return Err(closed(payment.to));
    }
    match tx.wallet(payment.from)?.filter(is_closed) {
        None => Ok(payment.from),
        Some(wallet) if wallet.kind == WalletType::Agent => {
            let home = tx.scope(wallet.scope)?.org_wallet;
            if home == payment.to { Err(closed(payment.from)) } else { Ok(home) }
        }
        Some(_) => Err(closed(payment.from)),
    }
}

fn find(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<PaymentRow, Stop> {
    let missing = || ApiError::not_found("payment");
    let id: TransactionId = text.parse().map_err(|_| missing())?;
    let row = store::load(tx.reader()?, id)?.ok_or_else(missing)?;
    if !caller.sees(row.from) && !caller.sees(row.to) {
        return Err(missing().into());
    }
    if row.environment != caller.environment {
        let mut organizations = Vec::with_capacity(2);
        let receives = row.to_scope.filter(|_| row.settled_at.is_some());
        for scope in std::iter::once(row.scope).chain(receives) {
            organizations.push(tx.scope(scope)?.organization);
        }
        let own = organizations.contains(&caller.organization);
        return Err(if own { error::environment_mismatch() } else { missing() }.into());
    }
    if !row.concerns(caller.scope) {
        return Err(missing().into());
    }
    Ok(row.seen_by(&Viewer::of(caller)))
}

fn refuse(caller: &Caller, message: &str, reason: &str, remaining: Option<Amount>) -> Reply {
    let mut error = ApiError::new(ErrorCode::ReversalNotAllowed, message).with("reason", reason);
    if let Some(remaining) = remaining {
        error = error.with("remaining", remaining);
    }
    Reply::refused(&error, caller)
}

fn refuse_reversal(caller: &Caller, refusal: ReversalRefusal) -> Reply {
    match refusal {
        ReversalRefusal::AlreadyReversed => {
            refuse(caller, "The payment is reversed in full", "already_reversed", None)
        }
        ReversalRefusal::Settled => {
            refuse(caller, "The payment is too old to be reversed", "settled", None)
        }
        ReversalRefusal::ExceedsRemaining { remaining } => {
            let message = format!("Only {remaining} of the payment is left to reverse");
            refuse(caller, &message, "exceeds_remaining", Some(remaining))
        }
    }
}

fn lacking(payment: &PaymentRow, amount: Amount, balance: Balance) -> ApiError {
    let available = balance.available();
    let message =
        format!("Available funds of {available} are less than the amount {amount} to give back");
    ApiError::new(ErrorCode::InsufficientFunds, message)
        .with("walletId", payment.to)
        .with("balance", balance.posted.to_fixed())
        .with("requested", amount)
        .with("fee", Amount::ZERO)
        .with("required", amount)
        .with("held", balance.held)
        .with("available", available)
        .with("hint", "fund the wallet, then make a new attempt with a new idempotency key")
}

fn post(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut payment: PaymentRow,
    home: WalletId,
    decided: reversal::Reversal,
    reason: Option<&str>,
) -> Result<Reply, Stop> {
    let (receiver, sender) = (ledger::account_of(payment.to), ledger::account_of(home));
    let mut legs = ledger::legs_between(tx, receiver, sender, decided.amount)?;
    if decided.fee.is_positive() {
        return_fee(tx, &mut legs, payment.scope, decided.fee)?;
    }
    let id: TransactionId = tx.next_id();
    let row = TransactionRow {
        to_scope: (payment.scope != caller.scope).then_some(payment.scope),
        from: Some(payment.to),
        to: Some(home),
        fee: decided.fee,
        description: reason.map(str::to_owned),
        related: Some(payment.id),
        ..TransactionRow::posted(
            id,
            caller.scope,
            TransactionKind::Reversal,
            decided.amount,
            tx.now(),
        )
    };
    ledger::post(tx, row, legs)?;
    let counted_at = payment.settled_at.unwrap_or(payment.created_at);
    let given_back = decided.amount.checked_neg().ok_or_else(error::balance_too_large)?;
    tx.count_spending(payment.from, counted_at, given_back, 0)?;
    payment.reversed = payment.reversed.saturating_add(decided.amount);
    payment.status = PaymentStatus::after_reversal(payment.amount, payment.reversed);
    payment.reversal = Some(id);
    store::set_reversed(tx, payment.id, payment.reversed, payment.status)?;
    record(tx, caller, &payment, decided.amount)?;
    purpose::reversed_in(tx, Actor::Key(caller), &payment)?;
    let body = super::payment(&payment);
    Ok(Reply::json(200, &body, id))
}

/// Takes the fee out of the sender's fees and adds it to what it is credited.
fn return_fee(
    tx: &mut Tx<'_>,
    legs: &mut Vec<Leg>,
    scope: crate::engine::ScopeId,
    fee: Amount,
) -> Result<(), Stop> {
    let fees = tx.scope(scope)?.account(AccountKind::Fees);
    let debit = fee.checked_neg().ok_or_else(error::balance_too_large)?;
    let credit = &mut legs.last_mut().expect("a reversal has legs").amount;
    *credit = credit.checked_add(fee).ok_or_else(error::balance_too_large)?;
    legs.push(Leg { account: fees, books: scope, amount: debit });
    Ok(())
}

fn record(tx: &mut Tx<'_>, caller: &Caller, row: &PaymentRow, amount: Amount) -> Result<(), Stop> {
    let sides = [(row.scope, row.from), (row.to_scope.unwrap_or(row.scope), row.to)];
    let same = row.to_scope.is_none();
    for (scope, wallet) in sides.into_iter().take(if same { 1 } else { 2 }) {
        let own: (i64, WalletId) = (scope, wallet);
        let mut data = told(&row.clone().seen_by(&Viewer::all_of(own.0)));
        data["reversalAmount"] = serde_json::json!(amount);
        let actor = if scope == caller.scope { Actor::Key(caller) } else { Actor::System };
        let subject = Subject { scope, id: row.id.key(), wallet: Some(own.1) };
        events::record(tx, actor, Change::PaymentReversed, subject, Some(&data))?;
    }
    Ok(())
}
