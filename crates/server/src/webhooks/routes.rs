//! Webhooks over HTTP.

use serde_json::json;
use wallgent_api::types::List;
use wallgent_api::types::events::Event;
use wallgent_api::types::webhooks::{
    CreateWebhook, DeadLetter, DeadLetters, DiscardedLetter, ResendEvent, RetriedLetter,
    UpdateWebhook, Webhook, WebhookDelivery, WebhookTest,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{WebhooksRead, WebhooksWrite};
use wallgent_core::id::WebhookId;

use super::store::{self, FailureRow, WebhookRow};
use super::{by_hand, delivery, may_touch, not_found, wire};
use crate::events::{Books, event_at};
use crate::http::{Answer, Call, Route};
use crate::webhooks;

const ONE: &[ErrorCode] = &[ErrorCode::WebhookNotFound, ErrorCode::EnvironmentMismatch];
const OTHERS: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const EVENT: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::WebhookNotFound, ErrorCode::EnvironmentMismatch];
/// Dead letters on one page.
const LETTERS_DEFAULT: i64 = 20;
const LETTERS_MAX: i64 = 100;
/// Dead letters before the page.
const OFFSET_MAX: i64 = 100_000;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = management();
    routes.extend(deliveries());
    routes
}

fn management() -> Vec<Route> {
    vec![
        Route::new("POST /v1/webhooks", WebhooksWrite, "Be told of events", create)
            .takes::<CreateWebhook>()
            .gives::<Webhook>(201)
            .or(&[ErrorCode::Conflict]),
        Route::new("GET /v1/webhooks", WebhooksRead, "List webhooks", list).lists::<Webhook>(),
        Route::new("GET /v1/webhooks/{id}", WebhooksRead, "Get a webhook", get)
            .gives::<Webhook>(200)
            .or(ONE),
        Route::new("PATCH /v1/webhooks/{id}", WebhooksWrite, "Change a webhook", update)
            .takes::<UpdateWebhook>()
            .gives::<Webhook>(200)
            .or(ONE),
        Route::new("DELETE /v1/webhooks/{id}", WebhooksWrite, "Remove a webhook", delete)
            .gives_nothing()
            .or(ONE),
        Route::new(
            "POST /v1/webhooks/{id}/rotate-secret",
            WebhooksWrite,
            "Give it a new secret",
            rotate_secret,
        )
        .gives::<Webhook>(200)
        .or(ONE),
        Route::new("POST /v1/webhooks/{id}/test", WebhooksWrite, "Send it a sample", by_hand::test)
            .gives::<WebhookTest>(200)
            .or(ONE),
    ]
}

fn deliveries() -> Vec<Route> {
    vec![
        Route::new(
            "GET /v1/webhooks/{id}/deliveries",
            WebhooksRead,
            "List the last attempts",
            list_deliveries,
        )
        .paged()
        .lists::<WebhookDelivery>()
        .or(ONE),
        Route::new(
            "POST /v1/webhooks/deliveries/{id}/resend",
            WebhooksWrite,
            "Send an event again, now",
            by_hand::resend,
        )
        .gives::<WebhookDelivery>(200)
        .or(OTHERS),
        Route::new(
            "POST /v1/events/{id}/resend",
            WebhooksWrite,
            "Send an event again, now, to those who are told of it",
            by_hand::resend_event,
        )
        .may_take::<ResendEvent>()
        .lists::<WebhookDelivery>()
        .or(EVENT),
        Route::new("GET /v1/webhooks/dlq", WebhooksRead, "List dead letters", dead_letters)
            .filter("limit", "Rows on a page, 1 to 100; 20 when absent")
            .filter("offset", "Rows before the page; 0 when absent")
            .gives::<DeadLetters>(200),
        Route::new("POST /v1/webhooks/dlq/{id}/retry", WebhooksWrite, "Try it again", retry)
            .gives::<RetriedLetter>(200)
            .or(OTHERS),
        Route::new("POST /v1/webhooks/dlq/{id}/discard", WebhooksWrite, "Give it up", discard)
            .gives::<DiscardedLetter>(200)
            .or(OTHERS),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateWebhook::decode(&call.body)?;
    let (claim, reach) = (call.plain_claim(&request)?, call.app.config.webhook_reach);
    call.run(claim, move |tx, caller| webhooks::create_in(tx, caller, request, reach)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    call.caller.require_owner()?;
    let scope = call.caller.scope;
    let rows = call.read(move |connection| store::list(connection, scope)).await?;
    Ok(Answer::ok(&List::whole(rows.iter().map(wire).collect())))
}

/// The webhook in the path.
pub(super) async fn find(call: &Call) -> Result<WebhookRow, ApiError> {
    let text = call.param("id");
    let id: WebhookId = text.parse().map_err(|_| not_found(text))?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(|| not_found(text))?;
    may_touch(&call.caller, &row, || not_found(text))?;
    Ok(row)
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok(&wire(&find(&call).await?)))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdateWebhook::decode(&call.body)?;
    let (claim, reach) = (call.plain_claim(&request)?, call.app.config.webhook_reach);
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| webhooks::update_in(tx, caller, &id, request, reach)).await
}

async fn delete(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| webhooks::delete_in(tx, caller, &id)).await
}

async fn rotate_secret(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| webhooks::rotate_secret_in(tx, caller, &id)).await
}

async fn list_deliveries(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let row = find(&call).await?;
    let (id, before, limit) = (row.id, page.before, page.limit + 1);
    let read = move |connection: &mut _| store::attempts(connection, id, before, limit);
    let rows = call.read(read).await?;
    Ok(Answer::ok(&page.list(rows, |attempt| attempt.id.key(), |attempt| delivery(&row, attempt))))
}

async fn dead_letters(call: Call) -> Result<Answer, ApiError> {
    call.caller.require_owner()?;
    let limit = call.query_number("limit", LETTERS_DEFAULT, 1..=LETTERS_MAX)?;
    let offset = call.query_number("offset", 0, 0..=OFFSET_MAX)?;
    let books = Books::of(&call.caller);
    let (data, total) = call
        .read(move |connection| {
            let (rows, total) = store::dead_letters(connection, books.scope, limit, offset)?;
            let mut data = Vec::with_capacity(rows.len());
            for row in rows {
                let told = event_at(connection, books, row.sequence)?;
                data.extend(told.map(|told| letter(row, told.event)));
            }
            Ok((data, total))
        })
        .await?;
    Ok(Answer::ok(&DeadLetters { data, total }))
}

fn letter(row: FailureRow, event: Event) -> DeadLetter {
    DeadLetter {
        id: row.id,
        webhook_id: row.webhook,
        event_id: event.id,
        event_type: row.event_type,
        attempts: row.attempts,
        last_attempt_at: row.last_attempt_at,
        next_retry_at: row.next_attempt_at,
        last_error: row.last_error,
        payload: json!(event),
        created_at: row.created_at,
    }
}

async fn retry(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| webhooks::retry_in(tx, caller, &id)).await
}

async fn discard(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| webhooks::discard_in(tx, caller, &id)).await
}
