//! Sending several payments together.

use serde_json::Value;
use wallgent_api::types::payments::{
    BatchItem, BatchMode, BatchResult, BatchSummary, SendBatch, SendPayment,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::id::{BatchId, TransactionId};
use wallgent_core::payment::Rail;

use super::{Approval, ROUTE, Sending, fingerprint, send_in};
use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::{self, Body, Claim, Reply};

/// What became of one item.
enum Item {
    /// Posted by an earlier request with the same key.
    Known(TransactionId),
    Posted(TransactionId),
    Pending(TransactionId),
    Failed(Value),
}

impl Item {
    const fn is_posted(&self) -> bool {
        matches!(self, Self::Known(_) | Self::Posted(_))
    }
}

/// Sends a batch: all or nothing, or each on its own.
pub fn batch_in(tx: &mut Tx<'_>, caller: &Caller, request: &SendBatch) -> Result<Reply, Stop> {
    let id: BatchId = tx.next_id();
    let items = match request.mode {
        BatchMode::Independent => each_alone(tx, caller, id, request)?,
        BatchMode::Atomic => all_or_nothing(tx, caller, id, request)?,
    };
    let atomic_failure = request.mode == BatchMode::Atomic && !items.iter().all(Item::is_posted);
    let result = tell(id, items, atomic_failure);
    let failed = result.error.is_some();
    let change = if failed { Change::BatchFailed } else { Change::BatchCompleted };
    let data = serde_json::to_value(&result).unwrap_or_default();
    let subject = Subject { scope: caller.scope, id: id.key(), wallet: None };
    events::record(tx, Actor::Key(caller), change, subject, Some(&data))?;
    Ok(Reply::json(if failed { 207 } else { 200 }, &result, id))
}

fn each_alone(
    tx: &mut Tx<'_>,
    caller: &Caller,
    batch: BatchId,
    request: &SendBatch,
) -> Result<Vec<Item>, Stop> {
    let payments = request.payments.iter();
    payments.map(|payment| item_in(tx, caller, batch, payment)).collect()
}

/// Tries every item on top of those before it, so that the answer tells which
/// would have passed; keeps them only if all did.
fn all_or_nothing(
    tx: &mut Tx<'_>,
    caller: &Caller,
    batch: BatchId,
    request: &SendBatch,
) -> Result<Vec<Item>, Stop> {
    let mut told = Vec::new();
    let attempt = tx.attempt(|tx| {
        let mut failed = false;
        for payment in &request.payments {
            let mut item = atomic_item_in(tx, caller, batch, payment)?;
            // A key that stands in the batch twice names one of its own
            // payments, which falls with the batch.
            if let Item::Known(id) = item
                && told.iter().any(|it| matches!(it, Item::Posted(own) if *own == id))
            {
                item = Item::Posted(id);
            }
            failed |= !item.is_posted();
            told.push(item);
        }
        // Only a refusal undoes; what it says is not read.
        if failed { Err(ApiError::new(ErrorCode::BatchPartialFailure, "").into()) } else { Ok(()) }
    });
    match attempt {
        Ok(()) => Ok(told),
        Err(Stop::Refused(error)) if error.code == ErrorCode::BatchPartialFailure => Ok(told),
        Err(stop) => Err(stop),
    }
}

/// An item whose idempotency key is honoured but which leaves no trace of its
/// own when it fails: then nothing of the batch is kept.
fn atomic_item_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    batch: BatchId,
    payment: &SendPayment,
) -> Result<Item, Stop> {
    if let Some(item) = known(tx, caller, payment)? {
        return Ok(item);
    }
    let sending = sending(payment, batch, Approval::Refused);
    let claim = claim(caller, payment);
    let outcome = tx.attempt(|tx| {
        let reply = send_in(tx, caller, &sending)?;
        match (reply.status, &reply.body) {
            (200, Body::Payment(row)) => {
                let id = row.id;
                if let Some(claim) = &claim {
                    idempotency::once(tx, caller, Some(claim), |_| Ok(reply))?;
                }
                Ok(id)
            }
            (_, Body::Json(bytes)) => Err(ApiError::from_envelope(bytes).into()),
            _ => Err(crate::error::internal().into()),
        }
    });
    match outcome {
        Ok(id) => Ok(Item::Posted(id)),
        Err(Stop::Refused(error)) => Ok(Item::Failed(error.body(None))),
        Err(stop) => Err(stop),
    }
}

/// The item's earlier payment, when its key was used before.
fn known(tx: &mut Tx<'_>, caller: &Caller, payment: &SendPayment) -> Result<Option<Item>, Stop> {
    let Some(claim) = claim(caller, payment) else {
        return Ok(None);
    };
    if tx.record(&claim.hash).is_none() {
        return Ok(None);
    }
    let reply =
        idempotency::once(tx, caller, Some(&claim), |_| Err(crate::error::internal().into()));
    Ok(Some(match outcome(reply)? {
        Item::Posted(id) => Item::Known(id),
        other => other,
    }))
}

fn item_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    batch: BatchId,
    payment: &SendPayment,
) -> Result<Item, Stop> {
    let sending = sending(payment, batch, Approval::Waits);
    let claim = claim(caller, payment);
    let reply = tx.attempt(|tx| {
        idempotency::once(tx, caller, claim.as_ref(), |tx| send_in(tx, caller, &sending))
    });
    outcome(reply)
}

fn sending(payment: &SendPayment, batch: BatchId, approval: Approval) -> Sending {
    Sending { request: payment.clone(), batch: Some(batch), approval, rail: Rail::Ledger }
}

fn claim(caller: &Caller, payment: &SendPayment) -> Option<Claim> {
    let key = payment.idempotency_key.as_deref()?;
    let hash = idempotency::hash(caller, ROUTE, key);
    Some(Claim { hash, fingerprint: fingerprint(payment), forever: true })
}

fn outcome(reply: Result<Reply, Stop>) -> Result<Item, Stop> {
    match reply {
        Ok(reply) => Ok(match (reply.status, reply.body) {
            (200, Body::Payment(row)) => Item::Posted(row.id),
            (202, Body::Payment(row)) => Item::Pending(row.id),
            (_, Body::Json(bytes)) => Item::Failed(ApiError::from_envelope(&bytes).body(None)),
            _ => Item::Failed(crate::error::internal().body(None)),
        }),
        Err(Stop::Refused(error)) => Ok(Item::Failed(error.body(None))),
        Err(stop) => Err(stop),
    }
}

fn tell(batch_id: BatchId, items: Vec<Item>, undone: bool) -> BatchResult {
    let mut summary = BatchSummary { total: items.len(), ..BatchSummary::default() };
    let mut results = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let (status, transaction_id, error) = match item {
            Item::Posted(_) if undone => ("reversed", None, None),
            Item::Known(id) | Item::Posted(id) => ("success", Some(id), None),
            Item::Pending(id) => ("pending_approval", Some(id), None),
            Item::Failed(error) => ("failed", None, Some(error)),
        };
        match status {
            "success" => summary.succeeded += 1,
            "reversed" => summary.reversed += 1,
            "failed" => summary.failed += 1,
            _ => {}
        }
        results.push(BatchItem { index, status: status.to_owned(), transaction_id, error });
    }
    let error = (summary.succeeded != summary.total).then(|| partial(&summary).body(None));
    BatchResult { batch_id, results, summary, error }
}

fn partial(summary: &BatchSummary) -> ApiError {
    let BatchSummary { total, succeeded, .. } = summary;
    let message = format!("{succeeded} of {total} payments were posted");
    ApiError::new(ErrorCode::BatchPartialFailure, message)
        .with("succeeded", succeeded)
        .with("failed", summary.failed)
        .with("reversed", summary.reversed)
}
