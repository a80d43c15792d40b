//! Authorizations over HTTP: a card's list, and the simulator's hands.

use std::future::Future;

use wallgent_api::types::card_authorizations::{
    AuthorizeCard, CardAuthorization, MoveAuthorization,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::Permission::{PaymentsRead, PaymentsWrite};
use wallgent_core::idempotency::Fingerprint;

use super::{capture_in, refund_in, render, reverse_in, store};
use crate::caller::Caller;
use crate::cards::routes::find as find_card;
use crate::engine::{Stop, Tx};
use crate::http::{Answer, Call, Lasting, Route};
use crate::idempotency::Reply;

const CARD: &[ErrorCode] = &[ErrorCode::CardNotFound, ErrorCode::EnvironmentMismatch];
const ASKS: &[ErrorCode] = &[
    ErrorCode::CardNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::SandboxOnly,
];
const MOVES: &[ErrorCode] = &[
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::SandboxOnly,
    ErrorCode::Conflict,
];

pub(crate) fn routes() -> Vec<Route> {
    let step = |route: Route| {
        route.may_take::<MoveAuthorization>().gives::<CardAuthorization>(200).or(MOVES)
    };
    vec![
        Route::new(
            "GET /v1/cards/{id}/authorizations",
            PaymentsRead,
            "List what a card was asked for",
            list,
        )
        .paged()
        .lists::<CardAuthorization>()
        .or(CARD),
        Route::new(
            "POST /v1/sandbox/cards/{id}/authorizations",
            PaymentsWrite,
            "Buy with a card, as a merchant; a decline is an answer",
            authorize,
        )
        .takes::<AuthorizeCard>()
        .gives::<CardAuthorization>(201)
        .or(ASKS),
        step(Route::new(
            "POST /v1/sandbox/card-authorizations/{id}/capture",
            PaymentsWrite,
            "Take what was authorized",
            capture,
        )),
        step(Route::new(
            "POST /v1/sandbox/card-authorizations/{id}/reverse",
            PaymentsWrite,
            "Release what was authorized",
            reverse,
        )),
        step(Route::new(
            "POST /v1/sandbox/card-authorizations/{id}/refund",
            PaymentsWrite,
            "Give back what was captured",
            refund,
        )),
    ]
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let card = find_card(&call).await?.id;
    let (before, limit) = (page.before, page.limit + 1);
    let rows = call.read(move |connection| store::list(connection, card, before, limit)).await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| render::authorization(&row))))
}

async fn authorize(call: Call) -> Result<Answer, ApiError> {
    call.caller.require_sandbox()?;
    let request = AuthorizeCard::decode(&call.body)?;
    let id = call.param("id").to_owned();
    let merchant = serde_json::to_string(&request.merchant).expect("a merchant has text keys");
    let meaning = Fingerprint::new("authorize").text(&id).number(request.amount.units());
    let meaning = meaning.text(&merchant).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| super::authorize_in(tx, caller, &id, &request)).await
}

/// A step of an authorization, with the amount that was sent.
type Step = fn(&mut Tx<'_>, &Caller, &str, Option<Amount>) -> Result<Reply, Stop>;

fn capture(call: Call) -> impl Future<Output = Result<Answer, ApiError>> {
    take(call, capture_in)
}

fn reverse(call: Call) -> impl Future<Output = Result<Answer, ApiError>> {
    take(call, reverse_in)
}

fn refund(call: Call) -> impl Future<Output = Result<Answer, ApiError>> {
    take(call, refund_in)
}

async fn take(call: Call, step: Step) -> Result<Answer, ApiError> {
    call.caller.require_sandbox()?;
    let request = MoveAuthorization::decode(&call.body)?;
    let id = call.param("id").to_owned();
    // No amount is zero, so zero stands for all that is left.
    let amount = request.amount.map_or(0, Amount::units);
    let meaning = Fingerprint::new(call.route).text(&id).number(amount).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| step(tx, caller, &id, request.amount)).await
}
