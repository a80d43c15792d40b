//! Payments over HTTP.

use wallgent_api::types::payments::{BatchResult, Payment, ReversePayment, SendBatch, SendPayment};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{PaymentsRead, PaymentsWrite};
use wallgent_core::id::{TransactionId, WalletId, first_key_at};
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::payment::{PaymentStatus, Rail};

use super::{
    Approval, Filter, PaymentRow, ROUTE, Sending, Viewer, fingerprint, list, load, payment,
};
use crate::http::{Answer, Call, Lasting, Route};
use crate::{idempotency, organizations, payments};

const SENDS: &[ErrorCode] = &[
    ErrorCode::InvalidAmount,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::MerchantNotFound,
    ErrorCode::MerchantSuspended,
    ErrorCode::ClosedLoopUnavailable,
    ErrorCode::Conflict,
    ErrorCode::WalletFrozen,
    ErrorCode::PolicyDenied,
    ErrorCode::InsufficientFunds,
];
const BATCHES: &[ErrorCode] = &[ErrorCode::InvalidAmount];
const REVERSES: &[ErrorCode] = &[
    ErrorCode::InvalidAmount,
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::Conflict,
    ErrorCode::ReversalNotAllowed,
    ErrorCode::InsufficientFunds,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(ROUTE, PaymentsWrite, "Send a payment", send)
            .takes::<SendPayment>()
            .gives::<Payment>(200)
            .gives::<Payment>(202)
            .or(SENDS),
        Route::new("GET /v1/payments", PaymentsRead, "List payments", list_payments)
            .paged()
            .filter("walletId", "Only payments from or to this wallet")
            .filter(
                "status",
                "PENDING_APPROVAL, POSTED, PARTIALLY_REVERSED, REVERSED, REJECTED or EXPIRED",
            )
            .filter("idempotencyKey", "Only payments sent with this key")
            .filter("createdAfter", "Only payments created at this time or later")
            .filter("createdBefore", "Only payments created before this time")
            .lists::<Payment>()
            .or(&[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch]),
        Route::new("GET /v1/payments/{id}", PaymentsRead, "Get a payment", get)
            .gives::<Payment>(200)
            .or(&[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch]),
        Route::new("POST /v1/payments/{id}/reverse", PaymentsWrite, "Give a payment back", reverse)
            .may_take::<ReversePayment>()
            .gives::<Payment>(200)
            .or(REVERSES),
        Route::new("POST /v1/payments/batch", PaymentsWrite, "Send several payments", batch)
            .takes::<SendBatch>()
            .gives::<BatchResult>(200)
            .gives::<BatchResult>(207)
            .or(BATCHES),
    ]
}

async fn send(call: Call) -> Result<Answer, ApiError> {
    let begun = std::time::Instant::now();
    let mut request = SendPayment::decode(&call.body)?;
    request.idempotency_key = call.agreed_key(request.idempotency_key.take())?;
    call.app.metrics.parse.observe(begun.elapsed());
    let meaning = fingerprint(&request);
    let claim = call.claim(request.idempotency_key.clone(), meaning, Lasting::Forever);
    let sending = Sending { request, batch: None, approval: Approval::Waits, rail: Rail::Ledger };
    call.run(claim, move |tx, caller| payments::send_in(tx, caller, &sending)).await
}

async fn batch(call: Call) -> Result<Answer, ApiError> {
    let request = SendBatch::decode(&call.body)?;
    let mut meaning = Fingerprint::new("batch").number(request.mode as i64);
    let mut hashes = Vec::with_capacity(request.payments.len() + 1);
    for payment in &request.payments {
        meaning = meaning.number(fingerprint(payment)).maybe(payment.idempotency_key.as_deref());
        let key = payment.idempotency_key.as_deref();
        hashes.extend(key.map(|key| idempotency::hash(&call.caller, ROUTE, key)));
    }
    let claim = call.claim(call.key()?, meaning.finish(), Lasting::Forever);
    hashes.extend(claim.iter().map(|claim| claim.hash));
    call.run_with(hashes, claim, move |tx, caller| payments::batch_in(tx, caller, &request)).await
}

async fn reverse(call: Call) -> Result<Answer, ApiError> {
    let request = ReversePayment::decode(&call.body)?;
    let id = call.param("id").to_owned();
    let amount = request.amount.map_or(0, wallgent_core::Amount::units);
    let meaning = Fingerprint::new("reverse").text(&id).number(amount);
    let meaning = meaning.maybe(request.reason.as_deref()).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| payments::reverse_in(tx, caller, &id, &request)).await
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let missing = || ApiError::not_found("payment");
    let id: TransactionId = call.param("id").parse().map_err(|_| missing())?;
    let row = call.read(move |connection| load(connection, id)).await?.ok_or_else(missing)?;
    let viewer = viewer(&call, &row).await?;
    Ok(Answer::ok(&payment(&row.seen_by(&viewer))))
}

/// The side from which the caller sees a payment: its own organization's, or
/// that of a wallet that was lent to it.
async fn viewer(call: &Call, row: &PaymentRow) -> Result<Viewer, ApiError> {
    let caller = &call.caller;
    if row.scope == caller.scope && caller.sees(row.from) {
        return Ok(Viewer::of(caller));
    }
    let sides = [(row.scope, row.from), (row.to_scope.unwrap_or(row.scope), row.to)];
    let mut refusal = ApiError::not_found("payment");
    for (scope, wallet) in sides {
        if !row.concerns(scope) {
            continue;
        }
        let owner =
            call.read(move |connection| organizations::load_scope(connection, scope)).await?;
        let missing = || ApiError::not_found("payment");
        match call.may_use(wallet, owner.organization, owner.environment, missing).await {
            Ok(()) if scope == caller.scope && caller.sees(wallet) => {
                return Ok(Viewer::of(caller));
            }
            Ok(()) => return Ok(Viewer::of_wallet(scope, wallet)),
            // It may be the caller's, in the other environment.
            Err(error) if error.code != ErrorCode::NotFound => refusal = error,
            Err(_) => {}
        }
    }
    Err(refusal)
}

async fn list_payments(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let status = call.query_word("status", PaymentStatus::from_name)?;
    let after = call.query_time("createdAfter")?;
    let before = call.query_time("createdBefore")?;
    let key_at = |time: wallgent_core::Timestamp| first_key_at(time.unix_ms());
    let (viewer, wallets) = wanted(&call).await?;
    let filter = Filter {
        scope: viewer.scope,
        key_scope: call.caller.scope,
        viewer,
        wallets,
        status,
        key: call.query("idempotencyKey").map(str::to_owned),
        before: before.map_or(page.before, |time| page.before.min(key_at(time))),
        from: after.map_or(0, key_at),
        limit: page.limit + 1,
    };
    let rows = call.read(move |connection| list(connection, &filter)).await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| payment(&row))))
}

/// Who looks, and the wallets whose payments are asked for: the caller's own, or
/// one lent to it.
async fn wanted(call: &Call) -> Result<(Viewer, Option<Vec<WalletId>>), ApiError> {
    let Some(text) = call.query("walletId") else {
        let own = call.caller.wallets.as_ref().map(|wallets| wallets.to_vec());
        return Ok((Viewer::of(&call.caller), own));
    };
    let row = call.usable_wallet(text).await?;
    let own = row.scope == call.caller.scope && call.caller.sees(row.id);
    let viewer = if own { Viewer::of(&call.caller) } else { Viewer::of_wallet(row.scope, row.id) };
    Ok((viewer, Some(vec![row.id])))
}
