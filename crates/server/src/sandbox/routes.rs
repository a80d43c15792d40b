//! The sandbox over HTTP.

use serde_json::json;
use wallgent_api::types::clock::{ClockReading, MoveClock};
use wallgent_api::types::wallets::{SandboxFund, SandboxFunding};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{OrganizationsWrite, WalletsWrite};
use wallgent_core::Timestamp;
use wallgent_core::idempotency::Fingerprint;

use crate::engine::{Clock, Stop, Tx};
use crate::http::{Answer, Call, Lasting, Route};
use crate::idempotency::Reply;
use crate::wallets::{self, FundingRoute};
use crate::{error, jobs};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/sandbox/fund", WalletsWrite, "Put sandbox money in", fund)
            .takes::<SandboxFund>()
            .gives::<SandboxFunding>(200)
            .or(&[
                ErrorCode::WalletNotFound,
                ErrorCode::EnvironmentMismatch,
                ErrorCode::InvalidAmount,
                ErrorCode::SandboxOnly,
                ErrorCode::WalletFrozen,
                ErrorCode::Conflict,
            ]),
        Route::new("POST /v1/sandbox/clock", OrganizationsWrite, "Move the test clock", clock)
            .takes::<MoveClock>()
            .gives::<ClockReading>(200)
            .or(&[ErrorCode::SandboxOnly, ErrorCode::NotFound]),
    ]
}

async fn fund(call: Call) -> Result<Answer, ApiError> {
    let request = SandboxFund::decode(&call.body)?;
    let amount = request.amount;
    let meaning = Fingerprint::new("fund").text(&request.wallet_id).number(amount.units());
    let claim = call.claim(call.key()?, meaning.finish(), Lasting::Forever);
    call.run(claim, move |tx, caller| {
        wallets::fund_in(tx, caller, &request.wallet_id, amount, FundingRoute::Sandbox)
    })
    .await
}

async fn clock(call: Call) -> Result<Answer, ApiError> {
    call.caller.require_sandbox()?;
    call.caller.require_owner()?;
    let request = MoveClock::decode(&call.body)?;
    let clock = call.app.clock.clone();
    if !clock.is_test() {
        let error = ApiError::not_found("clock");
        return Err(error.with("hint", "start `wallgent dev --test-clock` to move the time"));
    }
    let claim = call.plain_claim(&request)?;
    let answer = call
        .run(claim, move |tx, _| {
            let to = target(tx, &request)?;
            clock.move_to(to);
            Ok(Reply::json(200, &json!(ClockReading { now: to }), "clock"))
        })
        .await?;
    // What falls due has happened when the caller reads the answer.
    jobs::run_due(&call.app).await.map_err(|_| error::unavailable())?;
    Ok(answer)
}

fn target(tx: &Tx<'_>, request: &MoveClock) -> Result<Timestamp, Stop> {
    let now = tx.now();
    let to = match (request.advance, request.to) {
        (Some(seconds), _) => now.plus_seconds(seconds),
        (None, Some(to)) => to,
        (None, None) => now,
    };
    let field = if request.advance.is_some() { "advance" } else { "to" };
    if to < now {
        let message = format!("must not be before the clock, which shows {now}");
        return Err(ApiError::invalid_field(field, message).into());
    }
    if to > Clock::last_moment() {
        return Err(ApiError::invalid_field(field, "lies too far in the future").into());
    }
    Ok(to)
}
