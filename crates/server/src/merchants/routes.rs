//! Merchants over HTTP.

use wallgent_api::types::List;
use wallgent_api::types::merchants::{CreateMerchant, Merchant, UpdateMerchant};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{MerchantsRead, MerchantsWrite};
use wallgent_core::id::MerchantId;

use super::{may_see, not_found, proof, store, unproven, verification, wire};
use crate::http::{Answer, Call, Part, Route};
use crate::{error, merchants};

const CREATES: &[ErrorCode] =
    &[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const ONE: &[ErrorCode] = &[ErrorCode::MerchantNotFound, ErrorCode::EnvironmentMismatch];
const CHANGES: &[ErrorCode] = &[
    ErrorCode::MerchantNotFound,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::Conflict,
    ErrorCode::MerchantSuspended,
];

const PROVES: &[ErrorCode] =
    &[ErrorCode::MerchantNotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/merchants", MerchantsWrite, "Become a merchant", create)
            .takes::<CreateMerchant>()
            .gives::<Merchant>(201)
            .or(CREATES),
        Route::new("GET /v1/merchants", MerchantsRead, "List your merchant profile", list)
            .lists::<Merchant>(),
        Route::new("GET /v1/merchants/{id}", MerchantsRead, "Get your merchant profile", get)
            .gives::<Merchant>(200)
            .or(ONE),
        Route::new("PATCH /v1/merchants/{id}", MerchantsWrite, "Change it", update)
            .takes::<UpdateMerchant>()
            .gives::<Merchant>(200)
            .or(CHANGES),
        Route::new(
            "POST /v1/merchants/{id}/verify",
            MerchantsWrite,
            "Look for the DNS record that proves its domain",
            verify,
        )
        .gives::<Merchant>(200)
        .or(PROVES),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateMerchant::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| merchants::create_in(tx, caller, &request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let scope = call.caller.scope;
    let row = call.read(move |connection| store::of_scope(connection, scope)).await?;
    let seen = row.filter(|row| call.caller.sees(row.settlement_wallet));
    Ok(Answer::ok(&List::whole(seen.iter().map(wire).collect())))
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let text = call.param("id");
    let missing = || not_found().with("merchantId", text);
    let id: MerchantId = text.parse().map_err(|_| missing())?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(missing)?;
    may_see(&call.caller, &row, text)?;
    Ok(Answer::ok(&wire(&row)))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdateMerchant::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| merchants::update_in(tx, caller, &id, &request)).await
}

/// Asks the domain name system between two commands: what it says counts for the
/// domain that was asked for.
async fn verify(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    let begun =
        call.run_part(claim.clone(), move |tx, caller| merchants::begin_proof_in(tx, caller, &id));
    let row = match begun.await? {
        Part::Answered(answer) => return Ok(answer),
        Part::Left(row) => row,
    };
    let wanted = verification(&row);
    let texts = proof::texts_at(call.app.config.dns_server, &wanted.record_name).await;
    let texts = texts.map_err(|cause| {
        tracing::warn!(%cause, "no name server answers");
        error::unavailable()
    })?;
    if !texts.contains(&wanted.record_value) {
        return Err(unproven(&row));
    }
    call.run(claim, move |tx, caller| merchants::prove_in(tx, caller, &row)).await
}
