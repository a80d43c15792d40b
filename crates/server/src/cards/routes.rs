//! Cards and cardholders over HTTP.

use wallgent_api::types::cards::{
    Card, CardDetails, Cardholder, CreateCard, CreateCardholder, UpdateCard,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{CardsSensitiveRead, PaymentsRead, PaymentsWrite};
use wallgent_core::card::CardStatus;
use wallgent_core::id::CardId;

use super::store::{self, CardRow, Filter};
use super::{not_found, render};
use crate::cards;
use crate::http::{Answer, Call, Route};

const ONE: &[ErrorCode] = &[ErrorCode::CardNotFound, ErrorCode::EnvironmentMismatch];
const NEW: &[ErrorCode] = &[
    ErrorCode::WalletNotFound,
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::Conflict,
];
const CHANGES: &[ErrorCode] = &[
    ErrorCode::CardNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::Conflict,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/cards/cardholders", PaymentsWrite, "Add a cardholder", add_holder)
            .takes::<CreateCardholder>()
            .gives::<Cardholder>(201),
        Route::new("POST /v1/cards", PaymentsWrite, "Issue a card", create)
            .takes::<CreateCard>()
            .gives::<Card>(201)
            .or(NEW),
        Route::new("GET /v1/cards", PaymentsRead, "List cards", list)
            .paged()
            .filter("walletId", "Only cards of this wallet")
            .filter("status", "ACTIVE, INACTIVE or CANCELLED")
            .lists::<Card>()
            .or(&[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch]),
        Route::new("GET /v1/cards/{id}", PaymentsRead, "Get a card", get)
            .gives::<Card>(200)
            .or(ONE),
        Route::new("PATCH /v1/cards/{id}", PaymentsWrite, "Freeze, unfreeze or limit it", update)
            .takes::<UpdateCard>()
            .gives::<Card>(200)
            .or(CHANGES),
        Route::new("DELETE /v1/cards/{id}", PaymentsWrite, "Cancel a card for good", cancel)
            .gives::<Card>(200)
            .or(ONE),
        Route::new(
            "GET /v1/cards/{id}/details",
            CardsSensitiveRead,
            "Read its number; noted in the audit log",
            details,
        )
        .gives::<CardDetails>(200)
        .or(ONE),
    ]
}

async fn add_holder(call: Call) -> Result<Answer, ApiError> {
    let request = CreateCardholder::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| cards::create_cardholder_in(tx, caller, request)).await
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateCard::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| cards::create_in(tx, caller, request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let status = call.query_word("status", CardStatus::from_name)?;
    let wallets = match call.query("walletId") {
        None => call.caller.wallets.as_ref().map(|wallets| wallets.to_vec()),
        Some(text) => Some(vec![call.usable_wallet(text).await?.id]),
    };
    let scope = call.caller.scope;
    let filter = Filter { scope, wallets, status, before: page.before, limit: page.limit + 1 };
    let rows = call.read(move |connection| store::list(connection, &filter)).await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| render::card(&row))))
}

/// The card in the path, for reading.
pub(super) async fn find(call: &Call) -> Result<CardRow, ApiError> {
    let missing = || not_found(call.param("id"));
    let id: CardId = call.param("id").parse().map_err(|_| missing())?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(missing)?;
    call.may_use(row.wallet, row.organization, row.environment, missing).await?;
    Ok(row)
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok(&render::card(&find(&call).await?)))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdateCard::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| cards::update_in(tx, caller, &id, request)).await
}

async fn cancel(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| cards::cancel_in(tx, caller, &id)).await
}

/// No key makes the server remember a number.
async fn details(call: Call) -> Result<Answer, ApiError> {
    let id = call.param("id").to_owned();
    call.run(None, move |tx, caller| cards::details_in(tx, caller, &id)).await
}
