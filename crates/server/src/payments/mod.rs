//! Payments between wallets.
//!
//! A payment is one ledger transaction. [`send`] decides and posts it, holds
//! it for a human, or refuses it; [`reverse`] gives it back; [`batch`] sends
//! several together. What a payment is made for hears of it in [`purpose`];
//! [`test_method`] lets a sandbox's test method pay.

mod batch;
mod purpose;
mod render;
mod reverse;
pub mod routes;
mod send;
mod settle;
mod store;
mod test_method;

pub use batch::batch_in;
pub use render::{encode_reply, payment, told};
pub use reverse::reverse_in;
pub use send::{Approval, Sending, fingerprint, frozen, insufficient, refuse_closed, send_in};
pub use settle::{decide_again, settle_in};
pub use store::{Filter, PaymentRow, View, Viewer, list, load, load_all, rail};
pub use test_method::{Received, declined, receive_in, refund_in};

use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::id::{ApprovalId, TransactionId};
use wallgent_core::payment::{PaymentStatus, TransactionKind};

use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::idempotency::{Body, Reply, encode};
use crate::{approvals, delegations};

/// The route under which a payment's idempotency key counts, alone or in a
/// batch.
pub const ROUTE: &str = "POST /v1/payments";

/// The answer to a request that was made before: the payment as it was first
/// answered, or, when it had to wait for a human, what came of it. None when the
/// transaction is no payment.
pub fn replay(tx: &mut Tx<'_>, caller: &Caller, id: TransactionId) -> Result<Option<Reply>, Stop> {
    let Some(mut row) = find_in(tx, id)? else { return Ok(None) };
    if !may_still_use(tx, caller, &row)? {
        // What was lent is over: nothing of the wallet's is told any more, nor
        // what its owner decided about it.
        row.view = View::Receiver;
        (row.approval, row.approval_expires_at) = (None, None);
    }
    Ok(Some(match row.status {
        PaymentStatus::PendingApproval => Reply::payment(202, row),
        PaymentStatus::Rejected | PaymentStatus::Expired => {
            let error = not_approved(tx, &row)?;
            let body = encode(&error.envelope(&caller.request_id));
            let mut reply = Reply::payment(error.code.status(), row);
            reply.body = Body::Json(body);
            reply
        }
        _ => {
            row.status = PaymentStatus::Posted;
            row.reversed = wallgent_core::Amount::ZERO;
            Reply::payment(200, row)
        }
    }))
}

fn may_still_use(tx: &mut Tx<'_>, caller: &Caller, row: &PaymentRow) -> Result<bool, Stop> {
    if row.scope == caller.scope && caller.sees(row.from) {
        return Ok(true);
    }
    let now = tx.now();
    let lent = delegations::lent(tx.reader()?, caller, row.from, now)?;
    Ok(lent.is_some_and(|lent| lent.allows(caller.needs)))
}

/// A payment, also when a command of this batch made it. Other transactions are
/// none, such as the first of a transfer.
fn find_in(tx: &mut Tx<'_>, id: TransactionId) -> Result<Option<PaymentRow>, Stop> {
    let Some(row) = tx.added_transaction(id).cloned() else {
        return Ok(load(tx.reader()?, id)?);
    };
    if row.kind != TransactionKind::Payment {
        return Ok(None);
    }
    let environment = tx.scope(row.scope)?.environment;
    let approval = row.approval.and_then(ApprovalId::from_key);
    let expires_at = match approval {
        Some(approval) => approvals::expires_at(tx.reader()?, approval)?,
        None => None,
    };
    Ok(Some(send::answered(row, environment, expires_at)))
}

fn not_approved(tx: &mut Tx<'_>, row: &PaymentRow) -> Result<ApiError, Stop> {
    let reason = match row.approval {
        Some(approval) => approvals::reason(tx.reader()?, approval)?,
        None => None,
    };
    let message = match row.status {
        PaymentStatus::Expired => "Nobody approved the payment in time",
        _ => "The payment was not approved",
    };
    Ok(ApiError::new(ErrorCode::PolicyDenied, message)
        .with("approvalId", row.approval)
        .with("approvalStatus", row.status.as_str())
        .with("reason", reason))
}
