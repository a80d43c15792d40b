//! Rows of webhooks, of what could not be delivered, and of attempts.

use wallgent_core::Environment;
use wallgent_core::Timestamp;
use wallgent_core::id::{DeadLetterId, DeliveryId, OrganizationId, WebhookId};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};
use crate::events::Books;

/// Attempts that are kept of each endpoint.
const ATTEMPTS_KEPT: i64 = 1_000;

/// A webhook.
#[derive(Clone, Debug)]
pub struct WebhookRow {
    pub id: WebhookId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    pub environment: Environment,
    pub url: String,
    pub events: Vec<String>,
    pub description: Option<String>,
    /// Sealed.
    pub secret: Vec<u8>,
    /// Sealed.
    pub old_secret: Option<Vec<u8>>,
    pub old_secret_until: Option<Timestamp>,
    pub disabled_at: Option<Timestamp>,
    pub disabled_reason: Option<String>,
    pub failing_since: Option<Timestamp>,
    /// Every event up to here was delivered, or noted as failed.
    pub position: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl WebhookRow {
    /// Whose events it is told.
    pub(super) const fn books(&self) -> Books {
        Books { scope: self.scope, organization: self.organization, environment: self.environment }
    }
}

const SELECT: &str = "SELECT h.id, h.scope_id, s.organization_id, s.environment, h.url, h.events, \
    h.description, h.secret, h.old_secret, h.old_secret_until, h.disabled_at, h.disabled_reason, \
    h.failing_since, h.position, h.created_at, h.updated_at FROM webhooks h \
    JOIN scopes s ON s.id = h.scope_id";

fn broken() -> DbError {
    DbError::Layout("a webhook's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<WebhookRow> {
    let time = |column| Ok::<_, DbError>(row.maybe_int(column)?.map(Timestamp::from_micros));
    Ok(WebhookRow {
        id: WebhookId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        organization: OrganizationId::from_key(row.int(2)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(3)?).ok_or_else(broken)?,
        url: row.text(4)?.to_owned(),
        events: serde_json::from_str(row.text(5)?).map_err(|_| broken())?,
        description: row.maybe_text(6)?.map(str::to_owned),
        secret: row.bytes(7)?.to_vec(),
        old_secret: row.maybe_bytes(8)?.map(<[u8]>::to_vec),
        old_secret_until: time(9)?,
        disabled_at: time(10)?,
        disabled_reason: row.maybe_text(11)?.map(str::to_owned),
        failing_since: time(12)?,
        position: row.int(13)?,
        created_at: Timestamp::from_micros(row.int(14)?),
        updated_at: Timestamp::from_micros(row.int(15)?),
    })
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &WebhookRow) -> DbResult<()> {
    let text = "INSERT INTO webhooks (id, scope_id, url, events, description, secret, \
                disabled_at, position, created_at, updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::from(row.url.as_str()),
        Value::from(events_text(row)),
        Value::from(row.description.as_deref()),
        Value::Bytes(row.secret.clone()),
        Value::from(row.disabled_at.map(Timestamp::micros)),
        Value::Int(row.position),
        Value::Int(row.created_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

fn events_text(row: &WebhookRow) -> String {
    serde_json::to_string(&row.events).expect("names are texts")
}

/// Writes what an owner or a delivery changes.
pub(super) fn update(tx: &mut Tx<'_>, row: &WebhookRow) -> DbResult<()> {
    let text = "UPDATE webhooks SET url = $2, events = $3, description = $4, secret = $5, \
                old_secret = $6, old_secret_until = $7, disabled_at = $8, disabled_reason = $9, \
                failing_since = $10, updated_at = $11 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.url.as_str()),
        Value::from(events_text(row)),
        Value::from(row.description.as_deref()),
        Value::Bytes(row.secret.clone()),
        Value::from(row.old_secret.clone()),
        Value::from(row.old_secret_until.map(Timestamp::micros)),
        Value::from(row.disabled_at.map(Timestamp::micros)),
        Value::from(row.disabled_reason.as_deref()),
        Value::from(row.failing_since.map(Timestamp::micros)),
        Value::Int(row.updated_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn delete(tx: &mut Tx<'_>, id: WebhookId) -> DbResult<()> {
    let text = "UPDATE webhooks SET deleted_at = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(tx.now().micros())])?;
    tx.execute("DELETE FROM webhook_failures WHERE webhook_id = $1", &[Value::Int(id.key())])?;
    tx.execute("DELETE FROM webhook_attempts WHERE webhook_id = $1", &[Value::Int(id.key())])
        .map(drop)
}

pub(super) fn get(connection: &mut Connection, id: WebhookId) -> DbResult<Option<WebhookRow>> {
    let text = format!("{SELECT} WHERE h.id = $1 AND h.deleted_at IS NULL");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// A scope's webhooks, newest first.
pub(super) fn list(connection: &mut Connection, scope: ScopeId) -> DbResult<Vec<WebhookRow>> {
    let text =
        format!("{SELECT} WHERE h.scope_id = $1 AND h.deleted_at IS NULL ORDER BY h.id DESC");
    let rows = connection.query_composed(&text, &[Value::Int(scope)])?;
    rows.iter().map(read).collect()
}

/// Every webhook that events are sent to.
pub(super) fn enabled(connection: &mut Connection) -> DbResult<Vec<WebhookRow>> {
    let text =
        format!("{SELECT} WHERE h.deleted_at IS NULL AND h.disabled_at IS NULL ORDER BY h.id");
    let rows = connection.query_composed(&text, &[])?;
    rows.iter().map(read).collect()
}

pub(super) fn set_position(tx: &mut Tx<'_>, id: WebhookId, position: i64) -> DbResult<()> {
    let text = "UPDATE webhooks SET position = $2 WHERE id = $1 AND position < $2";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(position)]).map(drop)
}

/// An event whose delivery failed.
#[derive(Clone, Debug)]
pub struct FailureRow {
    pub id: DeadLetterId,
    pub webhook: WebhookId,
    pub sequence: i64,
    pub event_type: String,
    pub attempts: i64,
    pub last_attempt_at: Timestamp,
    /// None for a dead letter.
    pub next_attempt_at: Option<Timestamp>,
    pub last_error: String,
    pub created_at: Timestamp,
}

const FAILURE: &str = "SELECT f.id, f.webhook_id, f.sequence, f.event_type, f.attempts, \
    f.last_attempt_at, f.next_attempt_at, f.last_error, f.created_at FROM webhook_failures f";

fn read_failure(row: &Row) -> DbResult<FailureRow> {
    Ok(FailureRow {
        id: DeadLetterId::from_key(row.int(0)?).ok_or_else(broken)?,
        webhook: WebhookId::from_key(row.int(1)?).ok_or_else(broken)?,
        sequence: row.int(2)?,
        event_type: row.text(3)?.to_owned(),
        attempts: row.int(4)?,
        last_attempt_at: Timestamp::from_micros(row.int(5)?),
        next_attempt_at: row.maybe_int(6)?.map(Timestamp::from_micros),
        last_error: row.text(7)?.to_owned(),
        created_at: Timestamp::from_micros(row.int(8)?),
    })
}

/// Notes that the delivery of an event failed, once more or for the first time.
pub(super) fn put_failure(tx: &mut Tx<'_>, row: &FailureRow) -> DbResult<()> {
    let text = "INSERT INTO webhook_failures (id, webhook_id, sequence, event_type, attempts, \
                last_attempt_at, next_attempt_at, last_error, created_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                ON CONFLICT (webhook_id, sequence) DO UPDATE SET attempts = excluded.attempts, \
                last_attempt_at = excluded.last_attempt_at, \
                next_attempt_at = excluded.next_attempt_at, last_error = excluded.last_error";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.webhook.key()),
        Value::Int(row.sequence),
        Value::from(row.event_type.as_str()),
        Value::Int(row.attempts),
        Value::Int(row.last_attempt_at.micros()),
        Value::from(row.next_attempt_at.map(Timestamp::micros)),
        Value::from(row.last_error.as_str()),
        Value::Int(row.created_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Forgets a failure: the event was delivered, or given up.
pub(super) fn forget_failure(tx: &mut Tx<'_>, webhook: WebhookId, sequence: i64) -> DbResult<()> {
    let text = "DELETE FROM webhook_failures WHERE webhook_id = $1 AND sequence = $2";
    tx.execute(text, &[Value::Int(webhook.key()), Value::Int(sequence)]).map(drop)
}

pub(super) fn get_failure(
    connection: &mut Connection,
    id: DeadLetterId,
) -> DbResult<Option<FailureRow>> {
    let text = format!("{FAILURE} WHERE f.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read_failure).transpose()
}

/// A webhook's failures that are due to be tried again, the oldest event first.
pub(super) fn due_failures(
    connection: &mut Connection,
    webhook: WebhookId,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<FailureRow>> {
    let text = format!(
        "{FAILURE} WHERE f.webhook_id = $1 AND f.next_attempt_at IS NOT NULL \
         AND f.next_attempt_at <= $2 ORDER BY f.next_attempt_at, f.sequence LIMIT $3"
    );
    let values = [webhook.key(), now.micros(), limit].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read_failure).collect()
}

/// A scope's dead letters, newest first, and how many there are.
pub(super) fn dead_letters(
    connection: &mut Connection,
    scope: ScopeId,
    limit: i64,
    offset: i64,
) -> DbResult<(Vec<FailureRow>, i64)> {
    const DEAD: &str = "f.next_attempt_at IS NULL AND f.webhook_id IN \
        (SELECT id FROM webhooks WHERE scope_id = $1 AND deleted_at IS NULL)";
    // Counted in the same statement, so that page and total agree.
    let text = format!(
        "SELECT letters.*, (SELECT COUNT(*) FROM webhook_failures f WHERE {DEAD}) AS total \
         FROM ({FAILURE} WHERE {DEAD} ORDER BY f.id DESC LIMIT $2 OFFSET $3) AS letters"
    );
    let rows = connection.query_composed(&text, &[scope, limit, offset].map(Value::Int))?;
    let letters: Vec<FailureRow> = rows.iter().map(read_failure).collect::<DbResult<_>>()?;
    if let Some(row) = rows.first() {
        return Ok((letters, row.int(9)?));
    }
    let text = format!("SELECT COUNT(*) FROM webhook_failures f WHERE {DEAD}");
    let rows = connection.query_composed(&text, &[Value::Int(scope)])?;
    Ok((letters, rows.first().map_or(Ok(0), |row| row.int(0))?))
}

/// One attempt.
#[derive(Clone, Debug)]
pub struct AttemptRow {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub sequence: i64,
    pub event_type: String,
    pub attempt: i64,
    pub status_code: Option<i64>,
    pub duration_ms: i64,
    pub error: Option<String>,
    pub response: Option<String>,
    pub created_at: Timestamp,
}

const ATTEMPT: &str = "SELECT a.id, a.webhook_id, a.sequence, a.event_type, a.attempt, \
    a.status_code, a.duration_ms, a.error, a.response, a.created_at FROM webhook_attempts a";

fn read_attempt(row: &Row) -> DbResult<AttemptRow> {
    Ok(AttemptRow {
        id: DeliveryId::from_key(row.int(0)?).ok_or_else(broken)?,
        webhook: WebhookId::from_key(row.int(1)?).ok_or_else(broken)?,
        sequence: row.int(2)?,
        event_type: row.text(3)?.to_owned(),
        attempt: row.int(4)?,
        status_code: row.maybe_int(5)?,
        duration_ms: row.int(6)?,
        error: row.maybe_text(7)?.map(str::to_owned),
        response: row.maybe_text(8)?.map(str::to_owned),
        created_at: Timestamp::from_micros(row.int(9)?),
    })
}

pub(super) fn insert_attempt(tx: &mut Tx<'_>, row: &AttemptRow) -> DbResult<()> {
    let text = "INSERT INTO webhook_attempts (id, webhook_id, sequence, event_type, attempt, \
                status_code, duration_ms, error, response, created_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.webhook.key()),
        Value::Int(row.sequence),
        Value::from(row.event_type.as_str()),
        Value::Int(row.attempt),
        Value::from(row.status_code),
        Value::Int(row.duration_ms),
        Value::from(row.error.as_deref()),
        Value::from(row.response.as_deref()),
        Value::Int(row.created_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Drops the attempts of an endpoint that are too old to be kept.
pub(super) fn trim_attempts(tx: &mut Tx<'_>, webhook: WebhookId) -> DbResult<()> {
    let text = "DELETE FROM webhook_attempts WHERE webhook_id = $1 AND id <= \
                (SELECT a.id FROM webhook_attempts a WHERE a.webhook_id = $1 \
                ORDER BY a.id DESC LIMIT 1 OFFSET $2)";
    tx.execute(text, &[Value::Int(webhook.key()), Value::Int(ATTEMPTS_KEPT)]).map(drop)
}

pub(super) fn get_attempt(
    connection: &mut Connection,
    id: DeliveryId,
) -> DbResult<Option<AttemptRow>> {
    let text = format!("{ATTEMPT} WHERE a.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read_attempt).transpose()
}

/// How many attempts there were to tell a webhook of an event.
pub(super) fn attempts_at(
    connection: &mut Connection,
    webhook: WebhookId,
    sequence: i64,
) -> DbResult<i64> {
    let text = "SELECT CAST(COALESCE(MAX(attempt), 0) AS BIGINT) FROM webhook_attempts \
        WHERE webhook_id = $1 AND sequence = $2";
    let rows = connection.query(text, &[Value::Int(webhook.key()), Value::Int(sequence)])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// A webhook's attempts, newest first.
pub(super) fn attempts(
    connection: &mut Connection,
    webhook: WebhookId,
    before: i64,
    limit: i64,
) -> DbResult<Vec<AttemptRow>> {
    let text =
        format!("{ATTEMPT} WHERE a.webhook_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3");
    let rows = connection.query_composed(&text, &[webhook.key(), before, limit].map(Value::Int))?;
    rows.iter().map(read_attempt).collect()
}
