//! Delegations: granting, using, what they never give, how they end, and whose records they leave.

mod bounds;
mod ending;
mod granting;
mod limits;
mod listing;
mod owner_only;
mod privacy;
mod records;
mod refusals;
mod replays;
mod using;

use serde_json::{Value, json};

use crate::support::{Api, id};

/// Grants these permissions on a wallet to whom the grantee fields name; the delegation's ID.
#[track_caller]
pub(crate) fn grant(grantor: &Api, wallet: &str, grantee: &Value, permissions: &[&str]) -> String {
    let mut request = grantee.clone();
    request["walletId"] = json!(wallet);
    request["permissions"] = json!(permissions);
    id(&grantor.post("/delegations", &request).created())
}

/// The grantee fields that name an organization.
pub(crate) fn organization(id: &str) -> Value {
    json!({ "granteeOrgId": id })
}

/// The grantee fields that name a key.
pub(crate) fn key(id: &str) -> Value {
    json!({ "delegateApiKeyId": id })
}

/// Everything that looking and paying needs.
pub(crate) const LOOK_AND_PAY: &[&str] =
    &["wallets:read", "payments:read", "payments:write", "policies:read"];
