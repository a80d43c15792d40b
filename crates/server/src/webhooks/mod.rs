//! Webhooks: endpoints that are told of events.
//!
//! The events themselves are the outbox: each endpoint has a position in their
//! sequence, and rows only for what failed. [`deliver`] reads on from there; a
//! restart loses nothing, and repeats at most what was in flight.

mod attempt;
mod by_hand;
mod changes;
mod deliver;
mod guard;
pub mod routes;
mod sign;
mod store;

use serde_json::json;
use wallgent_api::types::webhooks::{
    CreateWebhook, UpdateWebhook, Webhook as Wire, WebhookDelivery,
};
use wallgent_api::{ApiError, ErrorCode, Patch};
use wallgent_core::Timestamp;
use wallgent_core::id::{DeadLetterId, DeliveryId, EventId, WebhookId};

use crate::caller::Caller;
use crate::crypto::{Place, SealedColumn, Vault};
use crate::db::DbError;
use crate::engine::{Stop, Tx};
use crate::error;
use crate::events::{self, Actor, Change, Interest, Subject};
use crate::idempotency::{Reply, encode};
use attempt::Outcome;
use sign::Secret;
use store::{AttemptRow, FailureRow, WebhookRow};

pub use attempt::Sender;
pub use changes::WebhookChanges;
pub use deliver::keep_delivering;
pub use guard::Reach;

/// Webhooks of one organization in one environment.
const WEBHOOKS_MAX: usize = 500;
/// How long an old secret signs beside the new one.
const OLD_SECRET_SECONDS: i64 = 86_400;
/// An endpoint that only failed for so long is disabled.
const FAILING_SECONDS_MAX: i64 = 5 * 86_400;
/// Pauses are longer by up to one part in so many, so that many events that
/// failed together do not come back together.
const JITTER_PARTS: i64 = 10;

const fn place(id: WebhookId, column: SealedColumn) -> Place {
    Place { column, row: id.key() }
}

fn sealed(tx: &Tx<'_>, id: WebhookId, secret: &Secret) -> Result<Vec<u8>, Stop> {
    let sealed =
        tx.vault().seal(place(id, SealedColumn::WebhookSecret), secret.expose().as_bytes());
    Ok(sealed.map_err(|error| DbError::Layout(error.to_string()))?)
}

fn generate() -> Result<Secret, Stop> {
    Ok(Secret::generate().map_err(|error| DbError::Layout(error.to_string()))?)
}

/// Sets up a webhook. It is told of what happens from now on.
pub fn create_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: CreateWebhook,
    reach: Reach,
) -> Result<Reply, Stop> {
    caller.require_owner()?;
    guard::check_url(&request.url, reach)?;
    check_events(&request.events)?;
    if store::list(tx.reader()?, caller.scope)?.len() >= WEBHOOKS_MAX {
        let message = format!("An organization has at most {WEBHOOKS_MAX} webhooks");
        return Err(error::conflict(message, "FULL").into());
    }
    let id: WebhookId = tx.next_id();
    let secret = generate()?;
    let row = WebhookRow {
        id,
        scope: caller.scope,
        organization: caller.organization,
        environment: caller.environment,
        url: request.url,
        events: request.events,
        description: request.description,
        secret: sealed(tx, id, &secret)?,
        old_secret: None,
        old_secret_until: None,
        disabled_at: (request.enabled == Some(false)).then(|| tx.now()),
        disabled_reason: None,
        failing_since: None,
        position: tx.last_sequence(caller.scope)?,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert(tx, &row)?;
    note(tx, Actor::Key(caller), Change::WebhookCreated, &row)?;
    tx.webhook_changed(id);
    let mut wire = wire(&row);
    let mut reply = Reply::json(201, &wire, id);
    wire.secret = Some(secret.expose().to_owned());
    reply.secret = Some(encode(&wire));
    Ok(reply)
}

fn check_events(names: &[String]) -> Result<(), ApiError> {
    match Interest::of(names) {
        Ok(_) => Ok(()),
        Err(name) => {
            let at = names.iter().position(|it| *it == name).unwrap_or_default();
            let message = "is no type of event; GET /v1/webhooks/event-types lists them";
            Err(ApiError::invalid_field(&format!("events[{at}]"), message))
        }
    }
}

/// Changes a webhook.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: UpdateWebhook,
    reach: Reach,
) -> Result<Reply, Stop> {
    let mut row = find_in(tx, caller, id)?;
    if let Patch::Set(url) = request.url {
        guard::check_url(&url, reach)?;
        row.url = url;
    }
    if let Patch::Set(events) = request.events {
        check_events(&events)?;
        row.events = events;
    }
    request.description.apply(&mut row.description);
    match request.enabled {
        Patch::Set(true) if row.disabled_at.is_some() => {
            (row.disabled_at, row.disabled_reason, row.failing_since) = (None, None, None);
        }
        Patch::Set(false) if row.disabled_at.is_none() => row.disabled_at = Some(tx.now()),
        _ => {}
    }
    row.updated_at = tx.now();
    store::update(tx, &row)?;
    note(tx, Actor::Key(caller), Change::WebhookUpdated, &row)?;
    tx.webhook_changed(row.id);
    Ok(Reply::json(200, &wire(&row), row.id))
}

/// Removes a webhook, with what it was not told yet.
pub fn delete_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let row = find_in(tx, caller, id)?;
    store::delete(tx, row.id)?;
    note(tx, Actor::Key(caller), Change::WebhookDeleted, &row)?;
    tx.webhook_changed(row.id);
    Ok(Reply::empty(row.id))
}

/// Gives a webhook a new secret. The old one signs beside it for a day.
pub fn rotate_secret_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let mut row = find_in(tx, caller, id)?;
    let old = open(tx.vault(), row.id, SealedColumn::WebhookSecret, &row.secret)?;
    let secret = generate()?;
    let kept =
        tx.vault().seal(place(row.id, SealedColumn::WebhookOldSecret), old.expose().as_bytes());
    row.old_secret = Some(kept.map_err(|error| DbError::Layout(error.to_string()))?);
    row.old_secret_until = Some(tx.now().plus_seconds(OLD_SECRET_SECONDS));
    row.secret = sealed(tx, row.id, &secret)?;
    row.updated_at = tx.now();
    store::update(tx, &row)?;
    note(tx, Actor::Key(caller), Change::WebhookSecretRotated, &row)?;
    tx.webhook_changed(row.id);
    let mut wire = wire(&row);
    let mut reply = Reply::json(200, &wire, row.id);
    wire.secret = Some(secret.expose().to_owned());
    reply.secret = Some(encode(&wire));
    Ok(reply)
}

fn open(
    vault: &Vault,
    id: WebhookId,
    column: SealedColumn,
    sealed: &[u8],
) -> Result<Secret, DbError> {
    let opened = vault.open(place(id, column), sealed);
    let bytes = opened.map_err(|error| DbError::Layout(error.to_string()))?;
    let text = String::from_utf8(bytes);
    Ok(Secret::from_text(text.map_err(|_| DbError::Layout("a secret is no text".to_owned()))?))
}

/// The secrets that sign now, the newest first.
fn secrets(vault: &Vault, row: &WebhookRow, now: Timestamp) -> Result<Vec<Secret>, DbError> {
    let mut secrets = vec![open(vault, row.id, SealedColumn::WebhookSecret, &row.secret)?];
    let still_good = row.old_secret_until.is_some_and(|until| now < until);
    if let Some(old) = row.old_secret.as_ref().filter(|_| still_good) {
        secrets.push(open(vault, row.id, SealedColumn::WebhookOldSecret, old)?);
    }
    Ok(secrets)
}

fn not_found(text: &str) -> ApiError {
    ApiError::new(ErrorCode::WebhookNotFound, "No such webhook").with("webhookId", text)
}

/// Refuses a webhook that is not the caller's; `missing` is what the caller
/// reads when it does not exist for them.
fn may_touch(
    caller: &Caller,
    row: &WebhookRow,
    missing: impl FnOnce() -> ApiError,
) -> Result<(), ApiError> {
    if row.organization != caller.organization {
        return Err(missing());
    }
    if row.environment != caller.environment {
        return Err(error::environment_mismatch());
    }
    caller.require_owner()
}

fn find_in(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<WebhookRow, Stop> {
    let id: WebhookId = text.parse().map_err(|_| not_found(text))?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(|| not_found(text))?;
    may_touch(caller, &row, || not_found(text))?;
    Ok(row)
}

fn note(tx: &mut Tx<'_>, actor: Actor<'_>, change: Change, row: &WebhookRow) -> Result<(), Stop> {
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: None };
    events::record(tx, actor, change, subject, Some(&json!(wire(row))))
}

fn wire(row: &WebhookRow) -> Wire {
    let enabled = row.disabled_at.is_none();
    Wire {
        id: row.id,
        url: row.url.clone(),
        events: row.events.clone(),
        enabled,
        description: row.description.clone(),
        status: if enabled { "ENABLED" } else { "DISABLED" }.to_owned(),
        disabled_reason: row.disabled_reason.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        secret: None,
    }
}

fn event_id(row: &WebhookRow, sequence: i64) -> EventId {
    let number = events::number(row.scope, sequence);
    EventId::from_key(number).expect("scopes and sequences are positive")
}

/// An attempt as answers show it.
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

/// What came of sending an event to an endpoint.
#[derive(Clone, Debug)]
struct Done {
    sequence: i64,
    event_type: String,
    /// Which attempt it was, from 1.
    attempt: i64,
    /// The failure that was tried again.
    failure: Option<DeadLetterId>,
    /// Whether somebody asked for it, outside the schedule.
    by_hand: bool,
    at: Timestamp,
    /// When it came to something.
    ended_at: Timestamp,
    outcome: Outcome,
}

/// Notes what came of some attempts, and how far the endpoint was told of the
/// types that were `wanted`. Answers the attempts' numbers.
fn note_done(
    tx: &mut Tx<'_>,
    id: WebhookId,
    done: &[Done],
    position: i64,
    wanted: &[String],
) -> Result<Vec<DeliveryId>, Stop> {
    let Some(mut row) = store::get(tx.reader()?, id)? else { return Ok(Vec::new()) };
    let before = (row.failing_since, row.disabled_at);
    let mut attempts = Vec::with_capacity(done.len());
    for done in done {
        attempts.push(note_one(tx, &mut row, done)?);
    }
    // Somebody who looked for other types has passed over what is wanted now.
    if row.events == wanted {
        store::set_position(tx, id, position)?;
    }
    if (row.failing_since, row.disabled_at) != before {
        store::update(tx, &row)?;
    }
    if row.disabled_at.is_some() && before.1.is_none() {
        note(tx, Actor::System, Change::WebhookDisabled, &row)?;
        tx.webhook_changed(row.id);
    }
    Ok(attempts)
}

fn note_one(tx: &mut Tx<'_>, row: &mut WebhookRow, done: &Done) -> Result<DeliveryId, Stop> {
    let outcome = &done.outcome;
    let attempt = AttemptRow {
        id: tx.next_id(),
        webhook: row.id,
        sequence: done.sequence,
        event_type: done.event_type.clone(),
        attempt: done.attempt,
        status_code: outcome.status.map(i64::from),
        duration_ms: i64::try_from(outcome.duration.as_millis()).unwrap_or(i64::MAX),
        error: outcome.error.clone(),
        response: outcome.response.clone(),
        created_at: done.at,
    };
    store::insert_attempt(tx, &attempt)?;
    if outcome.succeeded() {
        row.failing_since = None;
        store::forget_failure(tx, row.id, done.sequence)?;
        return Ok(attempt.id);
    }
    if done.by_hand {
        // What the schedule makes of the event does not change by that.
        return Ok(attempt.id);
    }
    let since = *row.failing_since.get_or_insert(done.at);
    let too_long = done.at.seconds_since(since) >= FAILING_SECONDS_MAX;
    if row.disabled_at.is_none() && (outcome.is_gone() || too_long) {
        row.disabled_at = Some(tx.now());
        row.disabled_reason = Some(if outcome.is_gone() { "GONE" } else { "FAILING" }.to_owned());
    }
    let failure = FailureRow {
        id: done.failure.unwrap_or_else(|| tx.next_id()),
        webhook: row.id,
        sequence: done.sequence,
        event_type: done.event_type.clone(),
        attempts: done.attempt,
        last_attempt_at: done.at,
        next_attempt_at: next_attempt(done, &tx.rules().webhook_retry_seconds)
            .filter(|_| !outcome.is_gone()),
        last_error: outcome.error.clone().unwrap_or_default(),
        created_at: done.at,
    };
    store::put_failure(tx, &failure)?;
    Ok(attempt.id)
}

/// When an event that failed is tried again; never after the last attempt.
fn next_attempt(done: &Done, schedule: &[i64]) -> Option<Timestamp> {
    let at = usize::try_from(done.attempt.checked_sub(1)?).ok()?;
    let pause = *schedule.get(at)?;
    let longest = (pause / JITTER_PARTS).max(1);
    let chance = getrandom::u64().unwrap_or_default() % longest.unsigned_abs();
    let pause = pause + i64::try_from(chance).unwrap_or_default();
    let asked = done.outcome.retry_after_seconds.unwrap_or_default();
    Some(done.ended_at.plus_seconds(pause.max(asked)))
}

/// Gives a dead letter another round of attempts, beginning now.
fn retry_in(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Reply, Stop> {
    let mut letter = find_letter(tx, caller, text)?;
    (letter.attempts, letter.next_attempt_at) = (0, Some(tx.now()));
    store::put_failure(tx, &letter)?;
    let answer = json!({ "id": letter.id, "status": "PENDING", "retried": true });
    Ok(Reply::json(200, &answer, letter.id))
}

/// Gives a dead letter up.
fn discard_in(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Reply, Stop> {
    let letter = find_letter(tx, caller, text)?;
    store::forget_failure(tx, letter.webhook, letter.sequence)?;
    let answer = json!({ "id": letter.id, "status": "FAILED", "discarded": true });
    Ok(Reply::json(200, &answer, letter.id))
}

fn find_letter(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<FailureRow, Stop> {
    let missing = || ApiError::not_found("dead_letter");
    let id: DeadLetterId = text.parse().map_err(|_| missing())?;
    let letter = store::get_failure(tx.reader()?, id)?.ok_or_else(missing)?;
    let row = store::get(tx.reader()?, letter.webhook)?.ok_or_else(missing)?;
    may_touch(caller, &row, missing)?;
    if letter.next_attempt_at.is_some() {
        return Err(error::conflict("The event is still tried", "PENDING").into());
    }
    Ok(letter)
}
