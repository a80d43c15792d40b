//! Transfers as answers show them.

use serde_json::Value;
use wallgent_api::types::CURRENCY;
use wallgent_api::types::transfers::{InternalTransfer, Transfer};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::id::{TransactionId, WalletId};
use wallgent_core::transfer::{Direction, TransferStatus};

use super::{TransferRow, recipient};
use crate::caller::Caller;
use crate::idempotency::encode;

impl TransferRow {
    /// The transfer without what concerns its sender alone, for whoever sees only
    /// the wallet that is paid. `through` is the wallet that it was found by.
    pub(super) fn seen_by(mut self, caller: &Caller, through: Option<WalletId>) -> Self {
        let own = self.scope == caller.scope && caller.sees(self.wallet);
        if !own && through != Some(self.wallet) {
            (self.idempotency_key, self.approval) = (None, None);
        }
        self
    }

    const fn was_refused(&self) -> bool {
        use TransferStatus as Is;
        matches!(self.status, Is::PendingApproval | Is::Rejected | Is::Expired)
    }
}

/// A transfer.
#[must_use]
pub fn transfer(row: &TransferRow) -> Transfer {
    let posted = (!row.was_refused()).then(|| TransactionId::from(row.id));
    let internal = row.direction == Direction::Internal;
    let party = |direction| row.party.clone().filter(|_| row.direction == direction);
    Transfer {
        id: row.id,
        rail_type: row.rail.as_str().to_owned(),
        rail: row.rail.as_str().to_owned(),
        direction: row.direction.as_str().to_owned(),
        status: row.status.as_str().to_owned(),
        wallet_id: row.wallet,
        organization_id: row.organization,
        amount: row.amount,
        currency: row.currency.clone(),
        fee: row.fee,
        customer_fee: row.fee,
        external_id: row.external_id.clone(),
        ledger_txn_id: posted,
        settle_txn_id: if internal { posted } else { row.settlement },
        bank_account_id: row.bank_account,
        source: party(Direction::Deposit),
        destination: party(Direction::Withdrawal),
        description: row.description.clone(),
        failure_reason: row.failure_reason.clone(),
        idempotency_key: row.idempotency_key.clone(),
        created_at: row.created_at,
        completed_at: row.completed_at,
        updated_at: row.updated_at,
        transaction_id: internal.then(|| row.id.into()),
        from_wallet_id: internal.then_some(row.wallet),
        to_wallet_id: row.to_wallet,
        approval_id: row.approval,
        state: None,
        from: None,
        to: None,
        error: None,
    }
}

fn internal(row: &TransferRow) -> InternalTransfer {
    InternalTransfer {
        id: row.id,
        status: row.status.as_str().to_owned(),
        transaction_id: row.id.into(),
        wallet_id: row.wallet,
        from_wallet_id: row.wallet,
        to_wallet_id: row.to_wallet.unwrap_or(row.wallet),
        amount: row.amount,
        currency: CURRENCY.to_owned(),
        description: row.description.clone(),
        approval_id: row.approval,
        state: None,
        from: None,
        to: None,
        error: None,
    }
}

/// The body of the answer to the request for a transfer: what it is, and what it
/// waits for when a human is asked first.
#[must_use]
pub fn encode_reply(row: &TransferRow) -> Vec<u8> {
    let waits = row.status == TransferStatus::PendingApproval;
    let state = waits.then(|| row.status.as_str().to_owned());
    let (from, to) = (waits.then_some(row.wallet), waits.then(|| recipient(row).to_string()));
    let error = waits.then(|| approval_required(row));
    if row.direction == Direction::Internal {
        encode(&InternalTransfer { state, from, to, error, ..internal(row) })
    } else {
        encode(&Transfer { state, from, to, error, ..transfer(row) })
    }
}

/// The status of that answer: money inside an organization has moved, any other
/// is on its way.
#[must_use]
pub const fn reply_status(row: &TransferRow) -> u16 {
    match (row.direction, row.status) {
        (Direction::Internal, TransferStatus::Completed) => 200,
        _ => 202,
    }
}

fn approval_required(row: &TransferRow) -> Value {
    let message =
        "A policy asks for a human's approval; the transfer is queued, do not send it again";
    ApiError::new(ErrorCode::ApprovalRequired, message)
        .with("approvalId", row.approval)
        .with("expiresAt", row.approval_expires_at)
        .body(None)
}
