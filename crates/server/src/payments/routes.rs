//! Payments over HTTP.

use wallgent_api::types::payments::{BatchResult, Payment, ReversePayment, SendBatch, SendPayment};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{PaymentsRead, PaymentsWrite};
use wallgent_core::id::{TransactionId, WalletId, first_key_at};
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::payment::PaymentStatus;

use super::{Approval, Filter, PaymentRow, ROUTE, Sending, fingerprint, list, load, payment};
use crate::http::{Answer, Call, Lasting, Route};
use crate::{error, idempotency, organizations, payments};

const SENDS: &[ErrorCode] = &[
    ErrorCode::InvalidAmount,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::MerchantNotFound,
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
    let sending = Sending { request, batch: None, approval: Approval::Waits };
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
    may_see(&call, &row).await?;
    Ok(Answer::ok(&payment(&row.seen_by(call.caller.scope))))
}

async fn may_see(call: &Call, row: &PaymentRow) -> Result<(), ApiError> {
    let missing = || ApiError::not_found("payment");
    let caller = &call.caller;
    if row.concerns(caller.scope) {
        let visible = caller.sees(row.from) || caller.sees(row.to);
        return if visible { Ok(()) } else { Err(missing()) };
    }
    // It may be the caller's, in the other environment.
    let (scope, to_scope) = (row.scope, row.to_scope);
    let organizations = call
        .read(move |connection| {
            let scopes = std::iter::once(scope).chain(to_scope);
            let owners = scopes.map(|id| organizations::load_scope(connection, id));
            owners.map(|scope| Ok(scope?.organization)).collect::<crate::db::DbResult<Vec<_>>>()
        })
        .await?;
    let own = organizations.contains(&caller.organization) && caller.wallets.is_none();
    Err(if own { error::environment_mismatch() } else { missing() })
}

async fn list_payments(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let status = call.query_word("status", PaymentStatus::from_name)?;
    let after = call.query_time("createdAfter")?;
    let before = call.query_time("createdBefore")?;
    let key_at = |time: wallgent_core::Timestamp| first_key_at(time.unix_ms());
    let filter = Filter {
        scope: call.caller.scope,
        wallets: wallets_wanted(&call).await?,
        status,
        key: call.query("idempotencyKey").map(str::to_owned),
        before: before.map_or(page.before, |time| page.before.min(key_at(time))),
        from: after.map_or(0, key_at),
        limit: page.limit + 1,
    };
    let rows = call.read(move |connection| list(connection, &filter)).await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| payment(&row))))
}

async fn wallets_wanted(call: &Call) -> Result<Option<Vec<WalletId>>, ApiError> {
    let Some(text) = call.query("walletId") else {
        return Ok(call.caller.wallets.as_ref().map(|wallets| wallets.to_vec()));
    };
    let missing = || error::wallet_not_found(text);
    let id: WalletId = text.parse().map_err(|_| missing())?;
    let row = call.read(move |connection| crate::wallets::get(connection, id)).await?;
    let row = row.ok_or_else(missing)?;
    call.caller.may_touch(row.organization, row.environment, id, missing)?;
    Ok(Some(vec![id]))
}
