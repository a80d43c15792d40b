//! Webhooks: being told of events.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wallgent_core::Timestamp;
use wallgent_core::id::{DeadLetterId, DeliveryId, EventId, WebhookId};

use super::payments::DESCRIPTION_CHARS_MAX;
use crate::{ApiError, Fields, Patch};

/// Characters of a URL.
const URL_CHARS_MAX: usize = 2_048;
const ID_CHARS_MAX: usize = 256;
/// Names of events in one webhook; more than there are.
const EVENTS_MAX: usize = 200;

/// `POST /webhooks`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct CreateWebhook {
    /// Where events are sent: https, or under `wallgent dev` http and this machine as well.
    #[schema(example = "https://your-app.example/webhooks/wallgent")]
    pub url: String,
    /// Types of events, families (`payment.*`), or `*`.
    #[schema(example = json!(["payment.completed", "wallet.funded"]))]
    pub events: Vec<String>,
    /// Whether events are sent; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// What it is for; at most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl CreateWebhook {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let (url, events) = (fields.text("url", URL_CHARS_MAX), events(&mut fields, "events"));
        let request = Self {
            url: fields.require("url", url),
            events: fields.require("events", events),
            enabled: fields.flag("enabled"),
            description: fields.text_or_empty("description", DESCRIPTION_CHARS_MAX),
        };
        fields.finish(request)
    }
}

/// `PATCH /webhooks/:id`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct UpdateWebhook {
    /// Where events are sent.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub url: Patch<String>,
    /// Types of events, families, or `*`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<String>>)]
    pub events: Patch<Vec<String>>,
    /// Whether events are sent. What happened meanwhile is sent when it is enabled again.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub enabled: Patch<bool>,
    /// What it is for; null clears it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub description: Patch<String>,
}

impl UpdateWebhook {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let request = Self {
            url: fields.patch("url", |it, name| it.text(name, URL_CHARS_MAX)),
            events: fields.patch("events", events),
            enabled: fields.patch("enabled", Fields::flag),
            description: fields
                .patch("description", |it, name| it.text_or_empty(name, DESCRIPTION_CHARS_MAX)),
        };
        let cleared = [
            ("url", request.url == Patch::Clear),
            ("events", request.events == Patch::Clear),
            ("enabled", request.enabled == Patch::Clear),
        ];
        for (name, _) in cleared.into_iter().filter(|(_, cleared)| *cleared) {
            fields.refuse(name, "must not be null");
        }
        fields.finish(request)
    }
}

fn events(fields: &mut Fields<'_>, name: &str) -> Option<Vec<String>> {
    let events = fields.names(name, EVENTS_MAX)?;
    if events.is_empty() {
        fields.refuse(name, "must name at least one type of event");
    }
    Some(events)
}

/// A webhook.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Which webhook.
    #[schema(value_type = String, example = "hook_01J00000000000000000000000")]
    pub id: WebhookId,
    /// Where events are sent.
    pub url: String,
    /// Types of events, families, or `*`.
    pub events: Vec<String>,
    /// Whether events are sent.
    pub enabled: bool,
    /// What it is for.
    pub description: Option<String>,
    /// `ENABLED` or `DISABLED`.
    pub status: String,
    /// Why it is disabled, when nobody asked for it: `GONE` or `FAILING`.
    pub disabled_reason: Option<String>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// What signs its deliveries; shown at creation and at rotation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(example = "whsec_…")]
    pub secret: Option<String>,
}

/// What came of a test.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTest {
    /// The event that was sent.
    #[schema(value_type = String)]
    pub id: EventId,
    /// Whether it was answered with 2xx.
    pub delivered: bool,
    /// What it was answered with.
    pub status_code: Option<u16>,
    /// How long that took.
    pub duration_ms: u64,
    /// The same as `durationMs`.
    pub duration: u64,
    /// Why it was not delivered.
    pub error: Option<String>,
}

/// One attempt to deliver an event.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// Which attempt.
    #[schema(value_type = String, example = "dlv_01J00000000000000000000000")]
    pub id: DeliveryId,
    /// To which webhook.
    #[schema(value_type = String)]
    pub webhook_id: WebhookId,
    /// The event.
    #[schema(value_type = String)]
    pub event_id: EventId,
    /// Its type.
    pub event_type: String,
    /// `SUCCEEDED` or `FAILED`.
    pub status: String,
    /// Which attempt it was at this event, from 1.
    pub attempt: i64,
    /// What it was answered with.
    pub status_code: Option<i64>,
    /// How long that took.
    pub duration_ms: i64,
    /// Why it failed.
    pub error: Option<String>,
    /// The first 2 KiB of the answer.
    pub response: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// `POST /events/:id/resend`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResendEvent {
    /// The only webhook it is sent to; all that are told of it when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_id: Option<String>,
}

impl ResendEvent {
    /// Reads a request's body.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let webhook_id = fields.text("webhookId", ID_CHARS_MAX);
        fields.finish(Self { webhook_id })
    }
}

/// An event that could not be delivered.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// Which dead letter.
    #[schema(value_type = String, example = "dlq_01J00000000000000000000000")]
    pub id: DeadLetterId,
    /// To which webhook.
    #[schema(value_type = String)]
    pub webhook_id: WebhookId,
    /// The event.
    #[schema(value_type = String)]
    pub event_id: EventId,
    /// Its type.
    pub event_type: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was last tried.
    #[schema(value_type = String, format = DateTime)]
    pub last_attempt_at: Timestamp,
    /// When it is tried again; null, until somebody asks for it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_retry_at: Option<Timestamp>,
    /// Why it failed.
    pub last_error: String,
    /// The event, as it is sent.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// When it first failed.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Dead letters, page by page.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeadLetters {
    /// The page.
    pub data: Vec<DeadLetter>,
    /// How many there are in all.
    pub total: i64,
}

/// What became of a dead letter that is tried again.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RetriedLetter {
    /// Which dead letter.
    #[schema(value_type = String)]
    pub id: DeadLetterId,
    /// Always `PENDING`.
    pub status: String,
    /// Always true.
    pub retried: bool,
}

/// What became of a dead letter that is given up.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DiscardedLetter {
    /// Which dead letter.
    #[schema(value_type = String)]
    pub id: DeadLetterId,
    /// Always `FAILED`.
    pub status: String,
    /// Always true.
    pub discarded: bool,
}
