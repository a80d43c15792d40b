//! The caller's organization.

use serde::{Deserialize, Serialize};
use wallgent_core::Timestamp;
use wallgent_core::id::{OrganizationId, UserId};

use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// `PATCH /organizations/me`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateOrganization {
    /// 1 to 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl UpdateOrganization {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let name = fields.text("name", NAME_CHARS_MAX);
        fields.finish(Self { name })
    }
}

/// An organization.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Which organization.
    #[schema(value_type = String)]
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Where its owner is reached.
    pub email: String,
    /// `SELF_HOSTED`, `FREE`, `STARTER`, `GROWTH` or `ENTERPRISE`.
    pub plan: String,
    /// `BUSINESS`.
    pub org_type: String,
    /// Its people.
    pub members: Vec<Member>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// `true`, in the answer to a change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ok: Option<bool>,
}

/// A person of an organization.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Which person.
    #[schema(value_type = String)]
    pub id: UserId,
    /// Where they are reached.
    pub email: String,
    /// `OWNER`.
    pub role: String,
}
