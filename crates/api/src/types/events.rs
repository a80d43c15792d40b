//! Events: everything that happened, told in order.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wallgent_core::Timestamp;
use wallgent_core::id::{EventId, OrganizationId};

/// Something that happened. Webhooks and the realtime stream send the same.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Which event; the same on every delivery.
    #[schema(value_type = String, example = "evt_01J00000000000000000000000")]
    pub id: EventId,
    /// Its place among the events of its organization and environment, without gaps.
    pub sequence: i64,
    /// What happened.
    #[schema(example = "payment.completed")]
    pub event: String,
    /// The same as `event`.
    #[serde(rename = "type")]
    #[schema(example = "payment.completed")]
    pub kind: String,
    /// When it was committed.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// Whose event it is.
    #[schema(value_type = String)]
    pub organization_id: OrganizationId,
    /// `SANDBOX` or `PRODUCTION`.
    pub environment: String,
    /// The request that caused it; null when none of this organization's did.
    pub request_id: Option<String>,
    /// The object concerned, as the API would have answered it then.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A type of event.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventType {
    /// Its name.
    #[serde(rename = "type")]
    #[schema(example = "payment.completed")]
    pub kind: String,
    /// When it happens.
    pub description: String,
    /// One, as it could be.
    pub sample: Event,
}
