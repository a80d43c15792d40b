//! Where a stablecoin arrives.
//!
//! The one chain so far is the sandbox's, which is simulated. Nothing watches a real
//! one, so production gives no addresses.

use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Environment;

use crate::db::{DbError, DbResult};

/// What the simulated chain is called.
pub const CHAIN: &str = "SIMULATED";
/// What arrives.
pub const CURRENCY: &str = "USDC";
/// Random bytes of an address, as many as chains use.
const ADDRESS_BYTES: usize = 20;

/// Refuses where nobody watches a chain.
///
/// # Errors
/// `SERVICE_UNAVAILABLE` in production, with what to do instead.
pub fn serving(environment: Environment) -> Result<(), ApiError> {
    match environment {
        Environment::Sandbox => Ok(()),
        Environment::Production => {
            let message = "No rail is configured that receives a stablecoin in production";
            let error = ApiError::new(ErrorCode::ServiceUnavailable, message);
            Err(error
                .with("configure", "usdc")
                .with("hint", "pay the invoice from a wallet: POST /v1/invoices/pay/:slug"))
        }
    }
}

/// A new address. Nobody holds the key to it.
pub fn new_address() -> DbResult<String> {
    let mut bytes = [0; ADDRESS_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| DbError::Layout(error.to_string()))?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("0x{digits}"))
}
