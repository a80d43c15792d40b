//! Refusals that several nouns make, each worded once.

use serde_json::json;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::{Environment, Permission};

/// A wallet that does not exist for the caller.
pub fn wallet_not_found(wallet_id: &str) -> ApiError {
    ApiError::new(ErrorCode::WalletNotFound, "No such wallet").with("walletId", wallet_id)
}

/// A resource of the caller's organization in the other environment.
pub fn environment_mismatch() -> ApiError {
    let message = "This resource lives in the other environment; use a key of that environment";
    ApiError::new(ErrorCode::EnvironmentMismatch, message)
}

/// A key that lacks a right.
pub fn permission_missing(permission: Permission) -> ApiError {
    let message = format!("Missing required permission: {permission}");
    ApiError::new(ErrorCode::PermissionDenied, message).with("required", permission.as_str())
}

/// What a wallet-scoped key may never do.
pub fn owner_only() -> ApiError {
    let message = "A wallet-scoped key cannot do this; ask the owner of the organization";
    ApiError::new(ErrorCode::PermissionDenied, message).with("ownerOnly", true)
}

/// What only sandbox money can do.
pub fn require_sandbox(environment: Environment) -> Result<(), ApiError> {
    match environment {
        Environment::Sandbox => Ok(()),
        Environment::Production => {
            let message = "This is only available in the sandbox (keys that begin with wg_test_)";
            Err(ApiError::new(ErrorCode::SandboxOnly, message))
        }
    }
}

/// A state that forbids the action.
pub fn conflict(message: impl Into<String>, status: &str) -> ApiError {
    ApiError::new(ErrorCode::Conflict, message).with("status", status)
}

/// An amount that makes a balance too large.
pub fn balance_too_large() -> ApiError {
    let message = "The amount makes a balance larger than the ledger can hold";
    ApiError::new(ErrorCode::InvalidAmount, message)
        .with("maximum", wallgent_core::Amount::MAX.to_string())
}

/// An amount that makes a wallet's turnover too large to be counted.
pub fn turnover_too_large() -> ApiError {
    let message = "The amount makes the wallet's spending larger than can be counted";
    ApiError::new(ErrorCode::InvalidAmount, message)
        .with("maximum", wallgent_core::Amount::MAX.to_string())
}

/// An idempotency key that was used for something else.
pub fn key_reuse(resource: Option<&str>) -> ApiError {
    let message = "This idempotency key was used for another request";
    ApiError::new(ErrorCode::IdempotencyKeyReuse, message).with("resourceId", json!(resource))
}

/// The server cannot do it now.
pub fn unavailable() -> ApiError {
    ApiError::new(ErrorCode::ServiceUnavailable, "The service cannot take this now; try again")
}

/// The server broke; the log knows more.
pub fn internal() -> ApiError {
    ApiError::new(ErrorCode::InternalError, "Something went wrong on our side")
}
