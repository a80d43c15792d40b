//! Webhooks over HTTP.

use serde_json::json;
use wallgent_api::types::List;
use wallgent_api::types::events::Event;
use wallgent_api::types::webhooks::{
    CreateWebhook, DeadLetter, DeadLetters, DiscardedLetter, RetriedLetter, UpdateWebhook, Webhook,
    WebhookDelivery, WebhookTest,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{WebhooksRead, WebhooksWrite};
use wallgent_core::id::{DeliveryId, EventId, WebhookId};

use super::attempt::{Letter, Outcome};
use super::store::{self, AttemptRow, FailureRow, WebhookRow};
use super::{Done, may_touch, not_found, note_done, secrets, wire};
use crate::events::{self, Books, Ready, catalogue, event_at};
use crate::http::{Answer, Call, Route};
use crate::idempotency::Reply;
use crate::{error, webhooks};

const ONE: &[ErrorCode] = &[ErrorCode::WebhookNotFound, ErrorCode::EnvironmentMismatch];
const OTHERS: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
/// Dead letters on one page.
const LETTERS_DEFAULT: i64 = 20;
const LETTERS_MAX: i64 = 100;
/// Bits of the numbers of samples.
const EVENTS_OF_NOBODY_BITS: u32 = 40;
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
        Route::new("POST /v1/webhooks/{id}/test", WebhooksWrite, "Send it a sample", test)
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
            resend,
        )
        .gives::<WebhookDelivery>(200)
        .or(OTHERS),
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
async fn find(call: &Call) -> Result<WebhookRow, ApiError> {
    let text = call.param("id");
    let id: WebhookId = text.parse().map_err(|_| not_found(text))?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(|| not_found(text))?;
    may_touch(&call.caller, &row, text)?;
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

/// Sends an event to an endpoint, outside any order.
async fn send(
    call: &Call,
    row: &WebhookRow,
    event: &Event,
    body: &str,
) -> Result<Outcome, ApiError> {
    let now = call.app.clock.now();
    let secrets = secrets(&call.app.vault, row, now).map_err(|cause| {
        tracing::error!(request_id = %call.caller.request_id, %cause, "a secret cannot be opened");
        error::internal()
    })?;
    let letter =
        Letter { url: row.url.clone(), secrets, id: event.id.to_string(), body: body.into() };
    Ok(call.app.sender.send(&letter).await)
}

async fn test(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let row = find(&call).await?;
    if let Some(answer) = call.earlier(claim.as_ref()).await? {
        return Ok(answer);
    }
    let mut event = catalogue::sample(first_type(&row));
    event.id = never_used();
    event.organization_id = row.organization;
    event.environment = row.environment.as_str().to_owned();
    event.timestamp = call.app.clock.now();
    event.request_id = Some(call.caller.request_id.to_string());
    let body = serde_json::to_string(&event).expect("events have text keys");
    let outcome = send(&call, &row, &event, &body).await?;
    let duration_ms = u64::try_from(outcome.duration.as_millis()).unwrap_or(u64::MAX);
    let tested = WebhookTest {
        id: event.id,
        delivered: outcome.succeeded(),
        status_code: outcome.status,
        duration_ms,
        duration: duration_ms,
        error: outcome.error,
    };
    call.run(claim, move |_, _| Ok(Reply::json(200, &tested, tested.id))).await
}

/// An identifier that no event has, because no books have the number 0. A new
/// one each time: receivers pass over those that they have seen.
fn never_used() -> EventId {
    let chance = getrandom::u64().unwrap_or_default() >> (u64::BITS - EVENTS_OF_NOBODY_BITS);
    let number = i64::try_from(chance).unwrap_or_default();
    EventId::from_key(number).expect("the number is small")
}

/// The first type of event that the webhook is told of.
fn first_type(row: &WebhookRow) -> &'static str {
    let interest = events::Interest::of(&row.events).ok();
    let wanted = |name: &&str| interest.as_ref().is_some_and(|interest| interest.wants(name));
    catalogue::names().find(wanted).unwrap_or("payment.completed")
}

fn event_id(row: &WebhookRow, sequence: i64) -> EventId {
    let number = events::number(row.scope, sequence);
    EventId::from_key(number).expect("scopes and sequences are positive")
}

fn delivery(row: &WebhookRow, attempt: AttemptRow) -> WebhookDelivery {
    WebhookDelivery {
        id: attempt.id,
        webhook_id: row.id,
        event_id: event_id(row, attempt.sequence),
        event_type: attempt.event_type,
        status: if attempt.error.is_none() { "SUCCEEDED" } else { "FAILED" }.to_owned(),
        attempt: attempt.attempt,
        status_code: attempt.status_code,
        duration_ms: attempt.duration_ms,
        error: attempt.error,
        response: attempt.response,
        created_at: attempt.created_at,
    }
}

async fn list_deliveries(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let row = find(&call).await?;
    let (id, before, limit) = (row.id, page.before, page.limit + 1);
    let read = move |connection: &mut _| store::attempts(connection, id, before, limit);
    let rows = call.read(read).await?;
    Ok(Answer::ok(&page.list(rows, |attempt| attempt.id.key(), |attempt| delivery(&row, attempt))))
}

/// The event of an attempt once more, whatever came of it before.
async fn resend(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let missing = || ApiError::not_found("delivery");
    let id: DeliveryId = call.param("id").parse().map_err(|_| missing())?;
    let attempt = call.read(move |connection| store::get_attempt(connection, id)).await?;
    let attempt = attempt.ok_or_else(missing)?;
    let webhook = attempt.webhook;
    let row = call.read(move |connection| store::get(connection, webhook)).await?;
    let row = row.ok_or_else(missing)?;
    may_touch(&call.caller, &row, "").map_err(|error| {
        if error.code == ErrorCode::WebhookNotFound { missing() } else { error }
    })?;
    if let Some(answer) = call.earlier(claim.as_ref()).await? {
        return Ok(answer);
    }
    let (books, sequence) = (books_of(&row), attempt.sequence);
    let told = call.read(move |connection| event_at(connection, books, sequence)).await?;
    let ready = Ready::new(told.ok_or_else(missing)?);
    let at = call.app.clock.now();
    let outcome = send(&call, &row, &ready.told.event, &ready.text).await?;
    let done = Done {
        sequence,
        event_type: attempt.event_type,
        attempt: attempt.attempt + 1,
        failure: None,
        by_hand: true,
        at,
        outcome,
    };
    call.run(claim, move |tx, _| {
        let missing = || ApiError::not_found("delivery");
        let id = *note_done(tx, webhook, &[done], 0)?.first().ok_or_else(missing)?;
        let attempt = store::get_attempt(tx.reader()?, id)?.ok_or_else(missing)?;
        Ok(Reply::json(200, &delivery(&row, attempt), id))
    })
    .await
}

const fn books_of(row: &WebhookRow) -> Books {
    Books { scope: row.scope, organization: row.organization, environment: row.environment }
}

fn number(call: &Call, name: &str, default: i64, range: (i64, i64)) -> Result<i64, ApiError> {
    match call.query(name).map(str::parse::<i64>) {
        None => Ok(default),
        Some(Ok(number)) if (range.0..=range.1).contains(&number) => Ok(number),
        Some(_) => {
            let message = format!("must be a whole number from {} to {}", range.0, range.1);
            Err(ApiError::invalid_field(name, message))
        }
    }
}

async fn dead_letters(call: Call) -> Result<Answer, ApiError> {
    call.caller.require_owner()?;
    let limit = number(&call, "limit", LETTERS_DEFAULT, (1, LETTERS_MAX))?;
    let offset = number(&call, "offset", 0, (0, OFFSET_MAX))?;
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
