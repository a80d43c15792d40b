//! Money from a sandbox's test method: what a card or a bank account would pay.
//!
//! It comes over the Bank account, as it would from an acquirer, straight into
//! the wallet that is paid, without a fee. It is a ledger transaction of its own
//! kind, for nobody's wallet pays.

use serde_json::json;
use wallgent_api::types::CURRENCY;
use wallgent_api::types::payments::{TestMethodShown, TestPayment};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::account::AccountKind;
use wallgent_core::id::{TransactionId, WalletId};
use wallgent_core::payment::{PaymentStatus, Rail, TransactionKind};
use wallgent_core::test_method::TestMethod;
use wallgent_core::{Amount, Environment, Timestamp};

use super::send::refuse_closed;
use super::{purpose, settle};
use crate::engine::{Stop, TransactionRow, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::{error, ledger};

/// What a test method pays.
#[derive(Clone, Debug)]
pub struct Received {
    /// With what.
    pub method: TestMethodShown,
    /// The wallet that is paid.
    pub to: WalletId,
    /// How much.
    pub amount: Amount,
    /// What it is for, in words.
    pub description: Option<String>,
    /// What it is for.
    pub rail: Rail,
}

/// The refusal of a test method that is declined, as a card's or an account's bank
/// would refuse it.
#[must_use]
pub fn declined(method: TestMethod, amount: Amount) -> ApiError {
    let name = match method.kind() {
        "card" => "card",
        _ => "bank account",
    };
    let message = format!("The test {name} ending in {} was declined", method.last4());
    ApiError::new(ErrorCode::InsufficientFunds, message)
        .with("declineReason", "INSUFFICIENT_FUNDS")
        .with("requested", amount)
        .with("paymentMethod", TestMethodShown::from(method))
        .with("hint", "make a new attempt with another payment method and a new idempotency key")
}

/// Posts what a test method pays, and tells what it is for. Whether the method is
/// declined was asked before.
///
/// # Errors
/// `SANDBOX_ONLY` for a wallet with real money; `CONFLICT` for a closed one.
pub fn receive_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    received: &Received,
) -> Result<TestPayment, Stop> {
    let wallet = settle::wallet_of(tx, received.to)?;
    let scope = tx.scope(wallet.scope)?;
    error::require_sandbox(scope.environment)?;
    refuse_closed(&wallet, &received.to.to_string())?;
    let (bank, account) = (scope.account(AccountKind::Bank), ledger::account_of(received.to));
    let legs = ledger::legs_between(tx, bank, account, received.amount)?;
    let (id, now): (TransactionId, _) = (tx.next_id(), tx.now());
    let kind = TransactionKind::TestPayment;
    let row = TransactionRow {
        to: Some(received.to),
        description: received.description.clone(),
        rail: received.rail,
        ..TransactionRow::posted(id, wallet.scope, kind, received.amount, now)
    };
    ledger::post(tx, row, legs)?;
    let payment = told(id, received, now);
    let subject = Subject { scope: wallet.scope, id: id.key(), wallet: Some(received.to) };
    let data = json!(payment);
    events::record(tx, actor, Change::TestPaymentReceived, subject, Some(&data))?;
    purpose::paid_in(tx, actor, received.rail, id)?;
    Ok(payment)
}

/// Gives back what a test method paid, all of it: from the wallet to the bank. The
/// caller has seen to the funds, and says what was refunded.
pub fn refund_in(
    tx: &mut Tx<'_>,
    payment: TransactionId,
    from: WalletId,
    amount: Amount,
) -> Result<TransactionId, Stop> {
    let wallet = settle::wallet_of(tx, from)?;
    let bank = tx.scope(wallet.scope)?.account(AccountKind::Bank);
    let legs = ledger::legs_between(tx, ledger::account_of(from), bank, amount)?;
    let id: TransactionId = tx.next_id();
    let row = TransactionRow {
        from: Some(from),
        related: Some(payment),
        ..TransactionRow::posted(id, wallet.scope, TransactionKind::TestRefund, amount, tx.now())
    };
    ledger::post(tx, row, legs)?;
    Ok(id)
}

fn told(id: TransactionId, received: &Received, now: Timestamp) -> TestPayment {
    let status = PaymentStatus::Posted.as_str().to_owned();
    TestPayment {
        id,
        transaction_id: id,
        from: None,
        to: received.to,
        amount: received.amount,
        currency: CURRENCY.to_owned(),
        state: status.clone(),
        status,
        description: received.description.clone(),
        rail: received.rail.as_str().to_owned(),
        payment_link_id: received.rail.payment_link(),
        invoice_id: received.rail.invoice(),
        payment_method: received.method.clone(),
        environment: Environment::Sandbox.as_str().to_owned(),
        created_at: now,
        settled_at: now,
    }
}
