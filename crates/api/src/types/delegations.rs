//! Delegations: rights on wallets, lent to others.

use serde::{Deserialize, Serialize};
use wallgent_core::id::{DelegationId, KeyId, OrganizationId, WalletId};
use wallgent_core::{Permission, Permissions, Timestamp};

use super::keys::names;
use super::payments::either;
use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// Wallets in one delegation.
const WALLETS_MAX: usize = 100;
/// Permissions in one delegation; more than there are.
const PERMISSIONS_MAX: usize = 100;

/// `POST /delegations`
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateDelegation {
    /// The wallet that is lent. `walletId`, `walletScope` or both.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wal_01J00000000000000000000000")]
    pub wallet_id: Option<String>,
    /// The wallets that are lent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_scope: Option<Vec<String>>,
    /// The organization they are lent to; `delegateOrgId` says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grantee_org_id: Option<String>,
    /// The one key they are lent to, of any organization, instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegate_api_key_id: Option<String>,
    /// What may be done; `read` stands for `wallets:read` and `payments:read`, `send` for `payments:write`.
    #[serde(serialize_with = "names")]
    #[schema(value_type = Vec<String>, example = json!(["wallets:read", "payments:write"]))]
    pub permissions: Permissions,
    /// When it ends, which must be in the future; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

impl CreateDelegation {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let grantee = either(&mut fields, "granteeOrgId", "delegateOrgId");
        let permissions = permissions(&mut fields);
        let request = Self {
            wallet_id: fields.text("walletId", NAME_CHARS_MAX),
            wallet_scope: fields.names("walletScope", WALLETS_MAX),
            grantee_org_id: grantee,
            delegate_api_key_id: fields.text("delegateApiKeyId", NAME_CHARS_MAX),
            permissions: fields.require("permissions", permissions),
            expires_at: fields.time("expiresAt"),
        };
        request.complete(&mut fields);
        fields.finish(request)
    }

    /// What must be there together, or not.
    fn complete(&self, fields: &mut Fields<'_>) {
        let wallets = self.wallet_scope.as_ref().is_some_and(|wallets| !wallets.is_empty());
        if self.wallet_id.is_none() && !wallets {
            let message = "is required, or walletScope with at least one wallet";
            fields.require_noted("walletId", message);
        }
        match (&self.grantee_org_id, &self.delegate_api_key_id) {
            (None, None) => {
                let message = "is required, or delegateApiKeyId";
                fields.require_noted("granteeOrgId", message);
            }
            (Some(_), Some(_)) => {
                fields.refuse("delegateApiKeyId", "name an organization or a key, not both");
            }
            _ => {}
        }
    }
}

fn permissions(fields: &mut Fields<'_>) -> Option<Permissions> {
    let names = fields.names("permissions", PERMISSIONS_MAX)?;
    if names.is_empty() {
        fields.refuse("permissions", "must name at least one permission");
    }
    let mut permissions = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        match (name.as_str(), Permission::from_name(name)) {
            ("read", _) => permissions.extend([Permission::WalletsRead, Permission::PaymentsRead]),
            ("send", _) => permissions.push(Permission::PaymentsWrite),
            (_, Some(permission)) => permissions.push(permission),
            (_, None) => fields.refuse(&format!("permissions[{at}]"), "is not a permission"),
        }
    }
    Some(permissions.into_iter().collect())
}

/// Rights on wallets, lent to an organization or to one key.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delegation {
    /// Which delegation.
    #[schema(value_type = String, example = "del_01J00000000000000000000000")]
    pub id: DelegationId,
    /// The first of its wallets.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// All of its wallets.
    #[schema(value_type = Vec<String>)]
    pub wallet_scope: Vec<WalletId>,
    /// Who lends.
    #[schema(value_type = String)]
    pub grantor_org_id: OrganizationId,
    /// The organization they are lent to; null when they are lent to one key.
    #[schema(value_type = Option<String>)]
    pub grantee_org_id: Option<OrganizationId>,
    /// The same as `granteeOrgId`.
    #[schema(value_type = Option<String>)]
    pub delegate_org_id: Option<OrganizationId>,
    /// The one key they are lent to.
    #[schema(value_type = Option<String>)]
    pub delegate_api_key_id: Option<KeyId>,
    /// What may be done.
    pub permissions: Vec<String>,
    /// `SANDBOX` or `PRODUCTION`.
    pub environment: String,
    /// `ACTIVE`, `REVOKED` or `EXPIRED`.
    pub status: String,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// When it was granted.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A delegation that was revoked.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeletedDelegation {
    /// Which delegation.
    #[schema(value_type = String)]
    pub id: DelegationId,
    /// Always true.
    pub deleted: bool,
}
