//! Who charges the cards and bank accounts that customers save.
//!
//! There is one so far, the simulator of the sandbox: its test methods pay, or are
//! declined, by their last digits. Nothing charges real ones, under `wallgent dev`
//! neither: no number of a real card ever reaches this server.

use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Environment;

/// Refuses where nobody charges payment methods.
///
/// # Errors
/// `SERVICE_UNAVAILABLE` in production, with what to do instead.
pub fn serving(environment: Environment) -> Result<(), ApiError> {
    match environment {
        Environment::Sandbox => Ok(()),
        Environment::Production => {
            let message = "No acquirer is configured that charges cards and bank accounts in \
                           production";
            let error = ApiError::new(ErrorCode::ServiceUnavailable, message);
            Err(error.with("configure", "acquirer").with(
                "hint",
                "finalize an invoice and have it paid from a wallet, at its checkoutUrl",
            ))
        }
    }
}
