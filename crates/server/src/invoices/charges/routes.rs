//! Charges over HTTP.

use wallgent_api::types::charges::{Charge, ChargeCustomer, RecurringCharge};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{InvoicesRead, InvoicesWrite};
use wallgent_core::idempotency::Fingerprint;

use super::store::{self, Of, RecurringRow};
use super::{charge_in, recurring, render};
use crate::http::{Answer, Call, Lasting, Route};

const CHARGES: &[ErrorCode] = &[
    ErrorCode::WalletNotFound,
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::Conflict,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "POST /v1/invoices/charge",
            InvoicesWrite,
            "Charge what a customer saved; a decline is an answer",
            charge,
        )
        .takes::<ChargeCustomer>()
        .gives::<Charge>(200)
        .or(CHARGES),
        Route::new(
            "GET /v1/invoices/charges/recurring",
            InvoicesRead,
            "List charges that repeat",
            list,
        )
        .paged()
        .lists::<RecurringCharge>(),
        Route::new(
            "DELETE /v1/invoices/charges/recurring/{id}",
            InvoicesWrite,
            "Cancel a charge that repeats",
            cancel,
        )
        .gives::<RecurringCharge>(200)
        .or(&[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch]),
    ]
}

async fn charge(call: Call) -> Result<Answer, ApiError> {
    let request = ChargeCustomer::decode(&call.body)?;
    let text = serde_json::to_string(&request).expect("requests have text keys");
    let meaning = Fingerprint::new("charge").text(&text).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| charge_in(tx, caller, &request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let starts = match &call.caller.wallets {
        None => vec![Of::Scope(call.caller.scope)],
        Some(wallets) => wallets.iter().map(|wallet| Of::Wallet(*wallet)).collect(),
    };
    let (before, limit) = (page.before, page.limit + 1);
    let rows = call.read(move |connection| {
        let mut rows: Vec<RecurringRow> = Vec::new();
        for of in starts {
            rows.extend(store::active(connection, of, before, limit)?);
        }
        rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    });
    let rows = rows.await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| render::recurring(&row))))
}

async fn cancel(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| recurring::cancel_in(tx, caller, &id)).await
}
