//! Sending one payment.

use wallgent_api::types::payments::SendPayment;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::account::{AccountKind, Balance};
use wallgent_core::id::{BatchId, PolicyId, TransactionId, WalletId};
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::payment::{PaymentStatus, Rail, TransactionKind};
use wallgent_core::policy::{Decision, Violation};
use wallgent_core::posting::Leg;
use wallgent_core::wallet::WalletStatus;

use super::{PaymentRow, View, purpose, told};
use crate::approvals;
use crate::caller::Caller;
use crate::engine::{ScopeId, Stop, TransactionRow, Tx, Wallet};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::policies::Recipient;
use crate::{error, ledger, policies};

/// A payment to send.
#[derive(Clone, Debug)]
pub struct Sending {
    /// What was asked.
    pub request: SendPayment,
    /// The batch it is part of.
    pub batch: Option<BatchId>,
    /// Whether it may wait for a human.
    pub approval: Approval,
    /// The way it takes, and what it is for.
    pub rail: Rail,
}

/// What happens to a payment that needs a human.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// It is held until somebody decides.
    Waits,
    /// It is refused: what it belongs to cannot wait.
    Refused,
}

/// What makes two payments the same.
#[must_use]
pub fn fingerprint(request: &SendPayment) -> i64 {
    let hint = request.merchant_hint.as_ref().map(|hint| hint.domain.as_str());
    Fingerprint::new("payment")
        .text(&request.from)
        .maybe(request.to.as_deref())
        .number(request.amount.units())
        .maybe(request.description.as_deref())
        .maybe(request.merchant_id.as_deref())
        .maybe(hint)
        .maybe(request.preference.as_deref())
        .finish()
}

/// Both ends of a payment, found and allowed.
struct Parties {
    from: WalletId,
    payer: Wallet,
    to: WalletId,
    payee: Wallet,
}

/// Decides a payment and carries it out. The order of the checks is part of
/// the API.
pub fn send_in(tx: &mut Tx<'_>, caller: &Caller, sending: &Sending) -> Result<Reply, Stop> {
    let request = &sending.request;
    let parties = find_parties(tx, caller, request)?;
    refuse_closed(&parties.payer, &request.from)?;
    refuse_closed(&parties.payee, request.to.as_deref().unwrap_or_default())?;
    if parties.payer.status == WalletStatus::Frozen {
        return fail(tx, caller, &parties, request, frozen(parties.from));
    }
    let to = Recipient::Wallet(parties.to);
    let verdict = policies::decide(tx, parties.from, &parties.payer, &to, request.amount)?;
    if verdict.decision == Decision::Deny {
        return deny(tx, caller, &parties, request, &verdict.violations);
    }
    let fee = fee_for(tx, sending)?;
    let required = request.amount.checked_add(fee).ok_or_else(error::balance_too_large)?;
    let account = tx.account(ledger::account_of(parties.from))?;
    if account.balance.available() < required {
        let sent = &request.amount_sent;
        let error = insufficient(parties.from, request.amount, sent, fee, account.balance);
        return fail(tx, caller, &parties, request, error);
    }
    match verdict.approval_policy {
        Some(_) if sending.approval == Approval::Refused => Err(cannot_wait().into()),
        Some(policy) => hold(tx, caller, sending, &parties, fee, policy),
        None => post(tx, caller, sending, &parties, fee),
    }
}

fn fee_for(tx: &Tx<'_>, sending: &Sending) -> Result<Amount, ApiError> {
    if !sending.rail.has_fee() {
        return Ok(Amount::ZERO);
    }
    let fee = tx.rules().payment_fee.fee_for(sending.request.amount);
    fee.ok_or_else(error::balance_too_large)
}

fn find_parties(tx: &mut Tx<'_>, caller: &Caller, request: &SendPayment) -> Result<Parties, Stop> {
    let (from, payer) = caller.usable_wallet(tx, &request.from)?;
    let Some(to_text) = request.to.as_deref() else {
        return Err(merchant_not_found(request).into());
    };
    if request.merchant_id.is_some() || request.merchant_hint.is_some() {
        let message = "name either a wallet or a merchant, not both";
        return Err(ApiError::invalid_field("to", message).into());
    }
    let (to, payee, _) = caller.any_wallet(tx, to_text)?;
    if from == to {
        let message = "must be another wallet than the one that pays";
        return Err(ApiError::invalid_field("to", message).into());
    }
    Ok(Parties { from, payer, to, payee })
}

fn merchant_not_found(request: &SendPayment) -> ApiError {
    let error = ApiError::new(ErrorCode::MerchantNotFound, "No such merchant");
    match (&request.merchant_id, &request.merchant_hint) {
        (Some(id), _) => error.with("merchantId", id),
        (None, Some(hint)) => error.with("domain", &hint.domain),
        (None, None) => error,
    }
}

/// Refuses a wallet that is closed.
pub fn refuse_closed(wallet: &Wallet, id: &str) -> Result<(), ApiError> {
    match wallet.status {
        WalletStatus::Closed => {
            let status = wallet.status.as_str();
            Err(error::conflict("The wallet is closed", status).with("walletId", id))
        }
        WalletStatus::Active | WalletStatus::Frozen => Ok(()),
    }
}

/// The refusal to pay from a frozen wallet.
pub fn frozen(wallet: WalletId) -> ApiError {
    let message = "The wallet is frozen; its owner has to unfreeze it before it can pay";
    ApiError::new(ErrorCode::WalletFrozen, message).with("walletId", wallet).with(
        "hint",
        "ask the owner to unfreeze the wallet, then make a new attempt with a new key",
    )
}

/// The refusal of a movement that the wallet's free funds do not cover;
/// `requested` is the amount as it was sent.
pub fn insufficient(
    wallet: WalletId,
    amount: Amount,
    requested: &str,
    fee: Amount,
    balance: Balance,
) -> ApiError {
    let available = balance.available();
    let message = if balance.posted < amount {
        format!("Wallet balance of {} is less than the requested amount {amount}", balance.posted)
    } else if available < amount {
        format!(
            "Wallet balance of {} covers the requested amount {amount}, but {} of it is held",
            balance.posted, balance.held
        )
    } else {
        format!(
            "Available funds of {available} cover the requested amount {amount} but not its fee of {fee}"
        )
    };
    ApiError::new(ErrorCode::InsufficientFunds, message)
        .with("walletId", wallet)
        .with("balance", balance.posted.to_fixed())
        .with("requested", requested)
        .with("fee", fee)
        .with("required", amount.saturating_add(fee))
        .with("held", balance.held)
        .with("available", available)
        .with("hint", "fund the wallet, then make a new attempt with a new idempotency key")
}

fn cannot_wait() -> ApiError {
    let message = "A policy asks for a human's approval, which an atomic batch cannot wait for";
    ApiError::new(ErrorCode::ApprovalRequired, message)
        .with("hint", "send this payment alone, or use mode independent")
}

fn fail(
    tx: &mut Tx<'_>,
    caller: &Caller,
    parties: &Parties,
    request: &SendPayment,
    error: ApiError,
) -> Result<Reply, Stop> {
    let data = attempt(parties, request, &error);
    let subject = subject_of(parties.payer.scope, parties.from.key(), parties.from);
    events::record(tx, Actor::Key(caller), Change::PaymentFailed, subject, Some(&data))?;
    Ok(Reply::refused(&error, caller))
}

fn deny(
    tx: &mut Tx<'_>,
    caller: &Caller,
    parties: &Parties,
    request: &SendPayment,
    violations: &[Violation],
) -> Result<Reply, Stop> {
    let error = policies::denied(violations);
    let to = parties.to.to_string();
    policies::note_denial(tx, parties.from, parties.payer.scope, request.amount, &to, violations)?;
    let data = attempt(parties, request, &error);
    let subject = subject_of(parties.payer.scope, parties.from.key(), parties.from);
    events::record(tx, Actor::Key(caller), Change::PaymentDenied, subject, Some(&data))?;
    Ok(Reply::refused(&error, caller))
}

/// A request that made no payment, for its events.
fn attempt(parties: &Parties, request: &SendPayment, error: &ApiError) -> serde_json::Value {
    serde_json::json!({
        "walletId": parties.from,
        "from": parties.from,
        "to": parties.to,
        "amount": request.amount,
        "description": request.description,
        "idempotencyKey": request.idempotency_key,
        "code": error.code.as_str(),
        "reason": error.message,
        "policyId": error.details.get("policyId"),
        "violations": error.details.get("violations"),
    })
}

const fn subject_of(scope: ScopeId, id: i64, wallet: WalletId) -> Subject {
    Subject { scope, id, wallet: Some(wallet) }
}

/// The row of a payment, before it is known how it ends.
fn draft(tx: &mut Tx<'_>, sending: &Sending, parties: &Parties, fee: Amount) -> TransactionRow {
    let request = &sending.request;
    let (scope, to_scope) = (parties.payer.scope, parties.payee.scope);
    let (id, now) = (tx.next_id(), tx.now());
    TransactionRow {
        to_scope: (scope != to_scope).then_some(to_scope),
        from: Some(parties.from),
        to: Some(parties.to),
        fee,
        description: request.description.clone(),
        idempotency_key: request.idempotency_key.clone(),
        batch: sending.batch.map(|batch| batch.key()),
        rail: sending.rail,
        settled_at: None,
        ..TransactionRow::posted(id, scope, TransactionKind::Payment, request.amount, now)
    }
}

/// Appends the payment to the chains of both its wallets.
fn chain(tx: &mut Tx<'_>, row: &mut TransactionRow, parties: &Parties) -> Result<(), Stop> {
    for (wallet, previous) in
        [(parties.from, &mut row.previous_from), (parties.to, &mut row.previous_to)]
    {
        let id = ledger::account_of(wallet);
        let mut account = tx.account(id)?;
        *previous = account.last_payment;
        account.last_payment = row.id.key();
        tx.put_account(id, account);
    }
    Ok(())
}

fn post(
    tx: &mut Tx<'_>,
    caller: &Caller,
    sending: &Sending,
    parties: &Parties,
    fee: Amount,
) -> Result<Reply, Stop> {
    let mut row = draft(tx, sending, parties, fee);
    let legs = legs_of(tx, parties.from, parties.to, row.scope, row.amount, fee)?;
    tx.count_spending(parties.from, row.created_at, row.amount, 1)?;
    chain(tx, &mut row, parties)?;
    row.settled_at = Some(row.created_at);
    let before = tx.account(ledger::account_of(parties.from))?.balance;
    let spent = row.amount.saturating_add(fee);
    row.balance_after = Some(before.posted.saturating_sub(spent));
    row.available_after = Some(before.available().saturating_sub(spent));
    ledger::post(tx, row.clone(), legs)?;
    let answered = answered(row, caller.environment, None);
    record_posted(tx, caller, &answered)?;
    purpose::paid_in(tx, Actor::Key(caller), answered.rail, answered.id)?;
    Ok(Reply::payment(200, answered))
}

/// What a payment moves: the amount to the receiver, and the fee, which the
/// sender pays on top, to the sender's organization's fees.
pub(super) fn legs_of(
    tx: &mut Tx<'_>,
    from: WalletId,
    to: WalletId,
    scope: ScopeId,
    amount: Amount,
    fee: Amount,
) -> Result<Vec<Leg>, Stop> {
    let (payer, payee) = (ledger::account_of(from), ledger::account_of(to));
    let mut legs = ledger::legs_between(tx, payer, payee, amount)?;
    if fee.is_positive() {
        let fees = tx.scope(scope)?.account(AccountKind::Fees);
        let debit = &mut legs.first_mut().expect("a payment has legs").amount;
        *debit = debit.checked_sub(fee).ok_or_else(error::balance_too_large)?;
        legs.push(Leg { account: fees, books: scope, amount: fee });
    }
    Ok(legs)
}

pub(super) fn record_posted(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &PaymentRow,
) -> Result<(), Stop> {
    let actor = Actor::Key(caller);
    let sender = subject_of(row.scope, row.id.key(), row.from);
    let Some(to_scope) = row.to_scope else {
        return events::record(tx, actor, Change::PaymentPosted, sender, None);
    };
    events::record(tx, actor, Change::PaymentSent, sender, None)?;
    // The receiving organization must not learn who acted on the other side.
    let receiver = subject_of(to_scope, row.id.key(), row.to);
    events::record(tx, Actor::System, Change::PaymentReceived, receiver, None)
}

fn hold(
    tx: &mut Tx<'_>,
    caller: &Caller,
    sending: &Sending,
    parties: &Parties,
    fee: Amount,
    policy: PolicyId,
) -> Result<Reply, Stop> {
    let mut row = draft(tx, sending, parties, fee);
    row.status = PaymentStatus::PendingApproval;
    let (scope, wallet) = (row.scope, parties.from);
    policies::note_approval(tx, wallet, scope, row.amount, &parties.to.to_string())?;
    tx.count_spending(parties.from, row.created_at, row.amount, 1)?;
    chain(tx, &mut row, parties)?;
    let total = row.amount.saturating_add(fee);
    let asked = approvals::Asked { scope, wallet, policy, transaction: row.id, total };
    let approval = approvals::ask(tx, caller, &asked)?;
    let balance = tx.account(ledger::account_of(parties.from))?.balance;
    row.approval = Some(approval.id.key());
    row.balance_after = Some(balance.posted);
    row.available_after = Some(balance.available());
    tx.add_transaction(row.clone());
    let answered = answered(row, caller.environment, Some(approval.expires_at));
    // Its row changes when somebody decides: this is how it was before.
    let data = told(&answered);
    let subject = subject_of(scope, answered.id.key(), wallet);
    events::record(tx, Actor::Key(caller), Change::PaymentHeld, subject, Some(&data))?;
    let subject = subject_of(scope, approval.id.key(), wallet);
    events::record(tx, Actor::Key(caller), Change::ApprovalCreated, subject, None)?;
    Ok(Reply::payment(202, answered))
}

pub(super) fn answered(
    row: TransactionRow,
    environment: wallgent_core::Environment,
    approval_expires_at: Option<wallgent_core::Timestamp>,
) -> PaymentRow {
    PaymentRow {
        id: row.id,
        scope: row.scope,
        to_scope: row.to_scope,
        environment,
        view: View::Sender,
        status: row.status,
        from: row.from.expect("a payment has a sender"),
        to: row.to.expect("a payment has a receiver"),
        amount: row.amount,
        fee: row.fee,
        balance_after: row.balance_after,
        available_after: row.available_after,
        reversed: row.reversed,
        description: row.description,
        idempotency_key: row.idempotency_key,
        batch: row.batch.and_then(BatchId::from_key),
        approval: row.approval.and_then(wallgent_core::id::ApprovalId::from_key),
        approval_expires_at,
        reversal: None::<TransactionId>,
        rail: row.rail,
        created_at: row.created_at,
        settled_at: row.settled_at,
    }
}
