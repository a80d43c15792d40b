//! Agents: a wallet and a key scoped to it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use wallgent_core::id::{AddressId, KeyId, PolicyId, WalletId};
use wallgent_core::{Amount, Permission, Permissions, Timestamp};

use super::keys::{names_if_any, permissions};
use super::policies::PolicyRules;
use super::wallets::{METADATA_BYTES_MAX, NAME_CHARS_MAX};
use crate::{ApiError, Fields};

/// What an agent's key may do unless told.
pub const DEFAULT_PERMISSIONS: [Permission; 4] = [
    Permission::WalletsRead,
    Permission::WalletsWrite,
    Permission::PaymentsRead,
    Permission::PaymentsWrite,
];

/// `POST /agents`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateAgent {
    /// What people call it; 1 to 256 characters.
    #[schema(example = "Research Bot")]
    pub name: String,
    /// What its key may do; [`DEFAULT_PERMISSIONS`] when absent.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "names_if_any")]
    #[schema(value_type = Option<Vec<String>>, example = json!(["wallets:read", "payments:write"]))]
    pub permissions: Option<Permissions>,
    /// The agent's name for itself; at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    /// Anything of yours; at most 16 KiB of JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// Whether other organizations find it in the agent directory; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discoverable: Option<bool>,
}

impl CreateAgent {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let name = fields.text("name", NAME_CHARS_MAX);
        let request = Self {
            name: fields.require("name", name),
            permissions: permissions(&mut fields, "permissions"),
            agent_name: fields.text_or_empty("agentName", NAME_CHARS_MAX),
            metadata: fields.document("metadata", METADATA_BYTES_MAX),
            discoverable: fields.flag("discoverable"),
        };
        fields.finish(request)
    }
}

impl CreateAgent {
    /// What its key may do.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        self.permissions.unwrap_or_else(|| DEFAULT_PERMISSIONS.into_iter().collect())
    }
}

/// `POST /agents/from-template`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateFromTemplate {
    /// Which template.
    #[schema(example = "tmpl_research")]
    pub template_id: String,
    /// What people call the agent; 1 to 256 characters.
    #[schema(example = "Research Bot")]
    pub name: String,
}

impl CreateFromTemplate {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let template_id = fields.text("templateId", NAME_CHARS_MAX);
        let name = fields.text("name", NAME_CHARS_MAX);
        let request = Self {
            template_id: fields.require("templateId", template_id),
            name: fields.require("name", name),
        };
        fields.finish(request)
    }
}

/// `POST /agents/:id/adjust-budget`
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AdjustBudget {
    /// How much the agent gets from its organization's own wallet, or, below zero, gives back;
    /// a decimal string or a number.
    #[schema(value_type = String, example = "-25.00")]
    pub amount: Amount,
    /// The amount as it was sent.
    #[serde(skip)]
    #[schema(ignore)]
    pub amount_sent: Option<Box<RawValue>>,
}

impl AdjustBudget {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let amount = fields.signed_amount("amount");
        let request = Self {
            amount: fields.require("amount", amount),
            amount_sent: fields.verbatim("amount"),
        };
        fields.finish(request)
    }
}

/// An agent. Its ID is its wallet's.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Which agent.
    #[schema(value_type = String, example = "wal_01J00000000000000000000000")]
    pub id: WalletId,
    /// The same: its wallet.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// What people call it.
    pub name: String,
    /// The agent's name for itself.
    pub agent_name: Option<String>,
    /// `ACTIVE` or `FROZEN`.
    pub status: String,
    /// Everything in its wallet, held funds included.
    #[schema(value_type = String, example = "125.00")]
    pub balance: Amount,
    /// What it can spend now.
    #[schema(value_type = String, example = "125.00")]
    pub available: Amount,
    /// Always `USD`.
    pub currency: String,
    /// What counts against its daily limits since midnight UTC.
    #[schema(value_type = String, example = "0.00")]
    pub spent_today: Amount,
    /// Its key.
    #[schema(value_type = Option<String>)]
    pub api_key_id: Option<KeyId>,
    /// What its key may do.
    pub permissions: Vec<String>,
    /// `SANDBOX` or `PRODUCTION`.
    pub environment: String,
    /// Its address on the agent network.
    #[schema(value_type = String, example = "wg_01J00000000000000000000000")]
    pub wallgent_address: AddressId,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// The key's secret, shown once, at creation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub api_key: Option<String>,
    /// The policy of its template, at creation from one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub policy_id: Option<PolicyId>,
    /// Its template, at creation from one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub template_id: Option<String>,
}

/// What a change of an agent's budget came to.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BudgetAdjustment {
    /// Which agent.
    #[schema(value_type = String)]
    pub id: WalletId,
    /// The amount, in the JSON type in which it was sent.
    #[schema(value_type = Value, example = json!("50.00"))]
    pub adjustment: Box<RawValue>,
    /// What the agent has now.
    #[schema(value_type = String, example = "175.00")]
    pub new_balance: Amount,
    /// Always `USD`.
    pub currency: String,
}

/// What pausing or resuming made of an agent.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AgentStatus {
    /// Which agent.
    #[schema(value_type = String)]
    pub id: WalletId,
    /// `ACTIVE` or `FROZEN`.
    pub status: String,
}

/// A new key in place of an old one.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotatedKey {
    /// The new key's secret, shown once.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub api_key: Option<String>,
    /// The new key.
    #[schema(value_type = String)]
    pub api_key_id: KeyId,
    /// The old key, which is refused from now on.
    #[schema(value_type = String)]
    pub revoked_key_id: KeyId,
}

/// What became of a deleted agent's money.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedAgent {
    /// Which agent.
    #[schema(value_type = String)]
    pub id: WalletId,
    /// Always true.
    pub deleted: bool,
    /// What went to the organization's own wallet.
    #[schema(value_type = String, example = "125.00")]
    pub swept_amount: Amount,
}

/// A kind of agent, ready to be made.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentTemplate {
    /// Which template.
    #[schema(example = "tmpl_research")]
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What the agent's key may do.
    pub permissions: Vec<String>,
    /// What the agent may spend.
    pub policy: TemplatePolicy,
}

/// The policy that a template gives its agents.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplatePolicy {
    /// What people call it.
    pub name: String,
    /// What it asks for.
    #[serde(flatten)]
    pub rules: PolicyRules,
}
