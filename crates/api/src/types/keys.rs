//! API keys.

use serde::{Deserialize, Serialize, Serializer};
use wallgent_core::id::KeyId;
use wallgent_core::{Environment, Permission, Permissions, Timestamp};

use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields, Patch};

/// Wallets or addresses in one list of a key.
const LIST_ITEMS_MAX: usize = 1_000;

/// `POST /api-keys`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateKey {
    /// `API key` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the key may do; nothing when absent.
    #[serde(serialize_with = "names")]
    #[schema(value_type = Option<Vec<String>>, example = json!(["wallets:read", "payments:write"]))]
    pub permissions: Permissions,
    /// `SANDBOX` or `PRODUCTION`; the caller's when absent.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "environment_name")]
    #[schema(value_type = Option<String>)]
    pub environment: Option<Environment>,
    /// The only wallets it may see and touch; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_scope: Option<Vec<String>>,
    /// The only addresses it may be used from, CIDR allowed; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_ips: Option<Vec<String>>,
    /// When it ends, which must be in the future.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

impl CreateKey {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, also for an unknown field.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        const KNOWN: &[&str] = &[
            "name",
            "permissions",
            "environment",
            "walletScope",
            "allowedIps",
            "expiresAt",
            "idempotencyKey",
        ];
        let mut fields = Fields::parse(body)?.only(KNOWN);
        let request = Self {
            name: fields.text("name", NAME_CHARS_MAX),
            permissions: permissions(&mut fields, "permissions").unwrap_or_default(),
            environment: environment(&mut fields),
            wallet_scope: wallet_scope(&mut fields),
            allowed_ips: fields.names("allowedIps", LIST_ITEMS_MAX),
            expires_at: fields.time("expiresAt"),
        };
        fields.finish(request)
    }
}

/// `PATCH /api-keys/:id`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateKey {
    /// What people call it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub name: Patch<String>,
    /// Replaces what the key may do.
    #[serde(skip_serializing_if = "Patch::is_keep", serialize_with = "new_names")]
    #[schema(value_type = Option<Vec<String>>)]
    pub permissions: Patch<Permissions>,
    /// Replaces where it may be used from; null is anywhere.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<String>>)]
    pub allowed_ips: Patch<Vec<String>>,
    /// Replaces when it ends; null is never.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Patch<Timestamp>,
}

impl UpdateKey {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, also for an unknown field.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        const KNOWN: &[&str] =
            &["name", "permissions", "allowedIps", "expiresAt", "idempotencyKey"];
        let mut fields = Fields::parse(body)?.only(KNOWN);
        let request = Self {
            name: fields.patch("name", |it, name| it.text(name, NAME_CHARS_MAX)),
            permissions: fields.patch("permissions", permissions),
            allowed_ips: fields.patch("allowedIps", |it, name| it.names(name, LIST_ITEMS_MAX)),
            expires_at: fields.patch("expiresAt", Fields::time),
        };
        if request.name == Patch::Clear {
            fields.refuse("name", "must not be null");
        }
        if request.permissions == Patch::Clear {
            fields.refuse("permissions", "must not be null");
        }
        fields.finish(request)
    }
}

pub(crate) fn permissions(fields: &mut Fields<'_>, name: &str) -> Option<Permissions> {
    let names = fields.names(name, LIST_ITEMS_MAX)?;
    let mut permissions = Vec::with_capacity(names.len());
    for (at, text) in names.iter().enumerate() {
        match Permission::from_name(text) {
            Some(permission) => permissions.push(permission),
            None => fields.refuse(&format!("{name}[{at}]"), "is not a permission"),
        }
    }
    Some(permissions.into_iter().collect())
}

pub(crate) fn names<S: Serializer>(permissions: &Permissions, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(permissions.iter().map(Permission::as_str))
}

pub(crate) fn names_if_any<S: Serializer>(
    permissions: &Option<Permissions>,
    to: S,
) -> Result<S::Ok, S::Error> {
    let names = permissions.map(|it| it.iter().map(Permission::as_str).collect::<Vec<_>>());
    names.serialize(to)
}

fn new_names<S: Serializer>(change: &Patch<Permissions>, to: S) -> Result<S::Ok, S::Error> {
    let names = |it: &Permissions| it.iter().map(Permission::as_str).collect::<Vec<_>>();
    change.map_ref(names).serialize(to)
}

fn environment_name<S: Serializer>(it: &Option<Environment>, to: S) -> Result<S::Ok, S::Error> {
    it.map(Environment::as_str).serialize(to)
}

fn environment(fields: &mut Fields<'_>) -> Option<Environment> {
    let name = fields.text("environment", NAME_CHARS_MAX)?;
    let environment = Environment::from_name(&name);
    if environment.is_none() {
        fields.refuse("environment", "must be SANDBOX or PRODUCTION");
    }
    environment
}

fn wallet_scope(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    let wallets = fields.names("walletScope", LIST_ITEMS_MAX)?;
    if wallets.is_empty() {
        fields.refuse("walletScope", "must name at least one wallet");
    }
    Some(wallets)
}

/// An API key, without its secret.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Which key.
    #[schema(value_type = String, example = "key_01J00000000000000000000000")]
    pub id: KeyId,
    /// What people call it.
    pub name: String,
    /// The secret's first characters, to recognize it by.
    #[schema(example = "wg_test_9f3a")]
    pub key_prefix: String,
    /// What it may do.
    pub permissions: Vec<String>,
    /// `SANDBOX` or `PRODUCTION`.
    pub environment: String,
    /// The only wallets it may see and touch; null is all.
    pub wallet_scope: Option<Vec<String>>,
    /// The only addresses it may be used from; null is any.
    pub allowed_ips: Option<Vec<String>>,
    /// `ACTIVE`, `REVOKED` or `EXPIRED`.
    pub status: String,
    /// When it was last used.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The secret, shown once, at creation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub secret: Option<String>,
}
