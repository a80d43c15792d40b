//! Payments as answers show them.

use serde_json::Value;
use wallgent_api::types::CURRENCY;
use wallgent_api::types::network::NetworkPayment;
use wallgent_api::types::payments::Payment;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::payment::Rail;

use super::{PaymentRow, View};
use crate::idempotency::encode;

/// A payment as its viewer may see it.
#[must_use]
pub fn payment(row: &PaymentRow) -> Payment {
    let own = row.view == View::Sender;
    let status = row.status.as_str().to_owned();
    Payment {
        id: row.id,
        from: row.from,
        to: row.to,
        from_wallet_id: row.from,
        to_wallet_id: row.to,
        amount: row.amount,
        fee: own.then_some(row.fee),
        currency: CURRENCY.to_owned(),
        state: status.clone(),
        status,
        description: row.description.clone(),
        idempotency_key: row.idempotency_key.clone().filter(|_| own),
        rail: row.rail.as_str().to_owned(),
        merchant_id: None,
        batch_id: row.batch.filter(|_| own),
        approval_id: row.approval.filter(|_| own),
        reversed_amount: row.reversed,
        environment: row.environment.as_str().to_owned(),
        created_at: row.created_at,
        settled_at: row.settled_at,
        balance_after: row.balance_after.filter(|_| own),
        available_after: row.available_after.filter(|_| own),
        reversal_id: row.reversal,
        payment_link_id: row.rail.payment_link(),
        invoice_id: row.rail.invoice(),
        error: None,
    }
}

/// A payment as its events tell it.
#[must_use]
pub fn told(row: &PaymentRow) -> Value {
    let mut told = serde_json::json!(payment(row));
    told["transactionId"] = serde_json::json!(row.id);
    told
}

/// The body of an answer: the payment, and with status 202 what it waits for.
#[must_use]
pub fn encode_reply(row: &PaymentRow, status: u16) -> Vec<u8> {
    let waits = status == ErrorCode::ApprovalRequired.status();
    let error = waits.then(|| approval_required(row));
    match row.rail {
        Rail::Network => encode(&network_payment(row, error)),
        Rail::Ledger | Rail::PaymentLink(_) | Rail::Invoice(_) => {
            encode(&Payment { error, ..payment(row) })
        }
    }
}

fn network_payment(row: &PaymentRow, error: Option<Value>) -> NetworkPayment {
    let status = row.status.as_str().to_owned();
    NetworkPayment {
        transaction_id: row.id,
        id: row.id,
        from: row.from,
        to: row.to,
        to_address: row.to.into(),
        amount: row.amount,
        fees: row.fee,
        currency: CURRENCY.to_owned(),
        state: status.clone(),
        status,
        description: row.description.clone(),
        approval_id: row.approval.filter(|_| row.view == View::Sender),
        error,
    }
}

fn approval_required(row: &PaymentRow) -> Value {
    let message =
        "A policy asks for a human's approval; the payment is queued, do not send it again";
    ApiError::new(ErrorCode::ApprovalRequired, message)
        .with("approvalId", row.approval)
        .with("expiresAt", row.approval_expires_at)
        .body(None)
}
