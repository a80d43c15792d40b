//! API keys over HTTP.

use wallgent_api::types::keys::{ApiKey, CreateKey, UpdateKey};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{ApiKeysRead, ApiKeysWrite};
use wallgent_core::id::KeyId;

use super::{KeyRow, may_see, store, wire};
use crate::http::{Answer, Call, Route};
use crate::keys;

const ONE: &[ErrorCode] = &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch];
const CHANGES: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "POST /v1/api-keys",
            ApiKeysWrite,
            "Create a key; its secret is shown once",
            create,
        )
        .takes::<CreateKey>()
        .gives::<ApiKey>(201)
        .or(&[ErrorCode::EnvironmentMismatch, ErrorCode::WalletNotFound]),
        Route::new("GET /v1/api-keys", ApiKeysRead, "List keys", list).paged().lists::<ApiKey>(),
        Route::new("GET /v1/api-keys/{id}", ApiKeysRead, "Get a key", get)
            .gives::<ApiKey>(200)
            .or(ONE),
        Route::new("PATCH /v1/api-keys/{id}", ApiKeysWrite, "Narrow or widen a key", update)
            .takes::<UpdateKey>()
            .gives::<ApiKey>(200)
            .or(CHANGES),
        Route::new("DELETE /v1/api-keys/{id}", ApiKeysWrite, "Revoke a key at once", revoke)
            .gives_nothing()
            .or(CHANGES),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateKey::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| keys::create_in(tx, caller, request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    call.caller.require_owner()?;
    let organization = call.caller.organization;
    let environment = call.caller.environment;
    let (before, limit) = (page.before, page.limit + 1);
    let rows = call
        .read(move |connection| store::list(connection, organization, environment, before, limit))
        .await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| shown(&call, row))))
}

fn shown(call: &Call, mut row: KeyRow) -> ApiKey {
    row.last_used_at = call.app.keys.last_used(row.id).max(row.last_used_at);
    wire(&row, call.app.clock.now())
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let missing = || ApiError::not_found("api_key");
    let id: KeyId = call.param("id").parse().map_err(|_| missing())?;
    let row = call.read(move |connection| store::get(connection, id)).await?.ok_or_else(missing)?;
    may_see(&call.caller, &row)?;
    if call.caller.wallets.is_some() && row.id != call.caller.key {
        return Err(missing());
    }
    Ok(Answer::ok(&shown(&call, row)))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdateKey::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| keys::update_in(tx, caller, &id, request)).await
}

async fn revoke(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| keys::revoke_in(tx, caller, &id)).await
}
