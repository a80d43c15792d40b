//! Bank accounts over HTTP.

use wallgent_api::types::List;
use wallgent_api::types::bank_accounts::{
    BankAccount, LinkBankAccount, RemovedBankAccount, VerifyBankAccount,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{PaymentsRead, PaymentsWrite};
use wallgent_core::id::BankAccountId;
use wallgent_core::idempotency::Fingerprint;

use super::{may_see, not_found, store, wire};
use crate::bank_accounts;
use crate::http::{Answer, Call, Lasting, Route};

const ONE: &[ErrorCode] = &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch];
const CHANGES: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const VERIFIES: &[ErrorCode] = &[
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::Conflict,
    ErrorCode::InvalidAmount,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/bank-accounts", PaymentsWrite, "Link a bank account", link)
            .takes::<LinkBankAccount>()
            .gives::<BankAccount>(201)
            .or(&[ErrorCode::Conflict]),
        Route::new("GET /v1/bank-accounts", PaymentsRead, "List bank accounts", list)
            .lists::<BankAccount>(),
        Route::new("GET /v1/bank-accounts/{id}", PaymentsRead, "Get a bank account", get)
            .gives::<BankAccount>(200)
            .or(ONE),
        Route::new("DELETE /v1/bank-accounts/{id}", PaymentsWrite, "Remove it", remove)
            .gives::<RemovedBankAccount>(200)
            .or(CHANGES),
        Route::new(
            "POST /v1/bank-accounts/{id}/verify",
            PaymentsWrite,
            "Tell the micro-deposits",
            verify,
        )
        .takes::<VerifyBankAccount>()
        .gives::<BankAccount>(200)
        .or(VERIFIES),
    ]
}

async fn link(call: Call) -> Result<Answer, ApiError> {
    let mut request = LinkBankAccount::decode(&call.body)?;
    request.idempotency_key = call.agreed_key(request.idempotency_key.take())?;
    // What a request means is kept for long: of the number, only a digest that
    // cannot be searched.
    let number = call.app.vault.digest(request.account_number.expose().as_bytes());
    let meaning = Fingerprint::new("link")
        .text(&request.routing_number)
        .number(number)
        .text(&request.account_holder_name)
        .text(request.account_type.as_str())
        .maybe(request.nickname.as_deref())
        .maybe(request.bank_name.as_deref());
    let claim = call.claim(request.idempotency_key.clone(), meaning.finish(), Lasting::Days);
    call.run(claim, move |tx, caller| bank_accounts::link_in(tx, caller, &request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let scope = call.caller.scope;
    let rows = call.read(move |connection| store::list(connection, scope)).await?;
    Ok(Answer::ok(&List::whole(rows.iter().map(wire).collect())))
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let text = call.param("id");
    let id: BankAccountId = text.parse().map_err(|_| not_found(text))?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(|| not_found(text))?;
    may_see(&call.caller, &row, text)?;
    Ok(Answer::ok(&wire(&row)))
}

async fn remove(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| bank_accounts::remove_in(tx, caller, &id)).await
}

async fn verify(call: Call) -> Result<Answer, ApiError> {
    let request = VerifyBankAccount::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| bank_accounts::verify_in(tx, caller, &id, &request)).await
}
