//! The audit log: who changed what.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wallgent_core::Timestamp;
use wallgent_core::id::{AuditId, OrganizationId};

/// One change, or one sensitive read.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Which entry.
    #[schema(value_type = String, example = "log_01J00000000000000000000000")]
    pub id: AuditId,
    /// Whose resource it concerns.
    #[schema(value_type = String)]
    pub organization_id: OrganizationId,
    /// `SANDBOX` or `PRODUCTION`.
    pub environment: String,
    /// `API_KEY`, `USER` or `SYSTEM`.
    pub actor_type: String,
    /// The key or user that acted; null for the system.
    pub actor_id: Option<String>,
    /// What happened, in the past tense.
    #[schema(example = "wallet.created")]
    pub action: String,
    /// The kind of resource.
    #[schema(example = "wallet")]
    pub resource: String,
    /// Which one.
    pub resource_id: String,
    /// The resource as it was then, or what was refused.
    #[schema(value_type = Value)]
    pub metadata: Value,
    /// Where the request came from, as far as it is known.
    pub ip_address: Option<String>,
    /// The request; null for the system.
    pub request_id: Option<String>,
    /// When it was committed.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}
