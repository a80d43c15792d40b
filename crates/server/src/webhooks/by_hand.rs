//! Sending to endpoints because somebody asks: outside of any order, and
//! without any effect on what the schedule makes of the event.

use futures_util::future::join_all;
use wallgent_api::ApiError;
use wallgent_api::types::List;
use wallgent_api::types::webhooks::{ResendEvent, WebhookTest};
use wallgent_core::id::{DeliveryId, EventId, WebhookId};

use super::attempt::{Letter, Outcome};
use super::store::{self, WebhookRow};
use super::{Done, delivery, may_touch, not_found, note_done, secrets};
use crate::engine::{Stop, Tx};
use crate::error;
use crate::events::{self, Interest, Ready, Told, catalogue, event_at};
use crate::http::{Answer, Call};
use crate::idempotency::Reply;

/// Bits of the numbers of samples.
const EVENTS_OF_NOBODY_BITS: u32 = 40;

/// Sends a sample, and answers what came of it.
pub(super) async fn test(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let _turn = call.turn(claim.as_ref())?;
    if let Some(answer) = call.earlier(claim.as_ref()).await? {
        return Ok(answer);
    }
    let row = super::routes::find(&call).await?;
    let mut event = catalogue::sample(first_type(&row));
    event.id = never_used();
    event.organization_id = row.organization;
    event.environment = row.environment.as_str().to_owned();
    event.timestamp = call.app.clock.now();
    event.request_id = Some(call.caller.request_id.to_string());
    let id = event.id;
    let outcome = send(&call, &row, &Ready::new(Told { event, wallet: None })).await?;
    let duration_ms = u64::try_from(outcome.duration.as_millis()).unwrap_or(u64::MAX);
    let tested = WebhookTest {
        id,
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
    let interest = Interest::of(&row.events).ok();
    let wanted = |name: &&str| interest.as_ref().is_some_and(|interest| interest.wants(name));
    catalogue::names().find(wanted).unwrap_or("payment.completed")
}

/// Sends the event of an attempt once more, whatever came of it before.
pub(super) async fn resend(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let _turn = call.turn(claim.as_ref())?;
    if let Some(answer) = call.earlier(claim.as_ref()).await? {
        return Ok(answer);
    }
    let missing = || ApiError::not_found("delivery");
    let id: DeliveryId = call.param("id").parse().map_err(|_| missing())?;
    let attempt = call.read(move |connection| store::get_attempt(connection, id)).await?;
    let attempt = attempt.ok_or_else(missing)?;
    let webhook = attempt.webhook;
    let row = call.read(move |connection| store::get(connection, webhook)).await?;
    let row = row.ok_or_else(missing)?;
    may_touch(&call.caller, &row, missing)?;
    let (books, sequence) = (row.books(), attempt.sequence);
    let told = call.read(move |connection| event_at(connection, books, sequence)).await?;
    let done = send_again(&call, &row, &Ready::new(told.ok_or_else(missing)?)).await?;
    call.run(claim, move |tx, _| {
        let id = note(tx, &row, done)?.ok_or_else(missing)?;
        let attempt = store::get_attempt(tx.reader()?, id)?.ok_or_else(missing)?;
        Ok(Reply::json(200, &delivery(&row, attempt), id))
    })
    .await
}

/// Sends an event once more, to one webhook or to all that are told of it.
pub(super) async fn resend_event(call: Call) -> Result<Answer, ApiError> {
    let request = ResendEvent::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.caller.require_owner()?;
    let _turn = call.turn(claim.as_ref())?;
    if let Some(answer) = call.earlier(claim.as_ref()).await? {
        return Ok(answer);
    }
    let told = events::routes::find(&call).await?;
    let rows = recipients(&call, &told, request.webhook_id.as_deref()).await?;
    let ready = Ready::new(told);
    let sent = join_all(rows.iter().map(|row| send_again(&call, row, &ready))).await;
    let sent = sent.into_iter().collect::<Result<Vec<Done>, ApiError>>()?;
    let event = ready.told.event.id;
    call.run(claim, move |tx, _| {
        let mut deliveries = Vec::new();
        for (row, done) in rows.iter().zip(sent) {
            // A webhook that was removed meanwhile has no deliveries any more.
            let Some(id) = note(tx, row, done)? else { continue };
            let attempt = store::get_attempt(tx.reader()?, id)?;
            deliveries.extend(attempt.map(|attempt| delivery(row, attempt)));
        }
        Ok(Reply::json(200, &List::whole(deliveries), event))
    })
    .await
}

/// The webhooks that an event is sent to again.
async fn recipients(
    call: &Call,
    told: &Told,
    only: Option<&str>,
) -> Result<Vec<WebhookRow>, ApiError> {
    if let Some(text) = only {
        let id: WebhookId = text.parse().map_err(|_| not_found(text))?;
        let row = call.read(move |connection| store::get(connection, id)).await?;
        let row = row.ok_or_else(|| not_found(text))?;
        may_touch(&call.caller, &row, || not_found(text))?;
        return Ok(vec![row]);
    }
    let scope = call.caller.scope;
    let mut rows = call.read(move |connection| store::list(connection, scope)).await?;
    let wants =
        |row: &WebhookRow| Interest::of(&row.events).is_ok_and(|it| it.wants(&told.event.kind));
    rows.retain(|row| row.disabled_at.is_none() && wants(row));
    Ok(rows)
}

async fn send_again(call: &Call, row: &WebhookRow, ready: &Ready) -> Result<Done, ApiError> {
    let (id, sequence) = (row.id, ready.told.event.sequence);
    let before = call.read(move |connection| store::attempts_at(connection, id, sequence)).await?;
    let at = call.app.clock.now();
    let outcome = send(call, row, ready).await?;
    Ok(Done {
        sequence,
        event_type: ready.told.event.kind.clone(),
        attempt: before + 1,
        failure: None,
        by_hand: true,
        at,
        ended_at: call.app.clock.now(),
        outcome,
    })
}

async fn send(call: &Call, row: &WebhookRow, ready: &Ready) -> Result<Outcome, ApiError> {
    let now = call.app.clock.now();
    let secrets = secrets(&call.app.vault, row, now).map_err(|cause| {
        tracing::error!(request_id = %call.caller.request_id, %cause, "a secret cannot be opened");
        error::internal()
    })?;
    let (id, body) = (ready.told.event.id.to_string(), ready.text.clone());
    let letter = Letter { url: row.url.clone(), secrets, id, body };
    Ok(call.app.sender.send(&letter).await)
}

fn note(tx: &mut Tx<'_>, row: &WebhookRow, done: Done) -> Result<Option<DeliveryId>, Stop> {
    let noted = note_done(tx, row.id, &[done], 0, &row.events)?;
    store::trim_attempts(tx, row.id)?;
    Ok(noted.first().copied())
}
