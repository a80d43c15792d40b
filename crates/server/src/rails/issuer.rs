//! Who issues cards.
//!
//! An adapter makes cards. The only one so far is the simulator, where it moves
//! the money as well: its cards exist in this store alone, and authorizations
//! come from the sandbox's routes.

use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Environment;
use wallgent_core::card::{Brand, CardNumber, Expiry, SecurityCode};
use wallgent_core::time::Day;

use super::{Adapter, serving};
use crate::config::Rules;

/// An issuer of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// The one that is built in.
    Simulator,
}

/// A card as its issuer made it.
#[derive(Debug)]
pub struct Issued {
    /// Its number.
    pub number: CardNumber,
    /// The code beside it.
    pub security_code: SecurityCode,
    /// Whose network it belongs to.
    pub brand: Brand,
    /// How long it is good.
    pub expiry: Expiry,
}

impl Issuer {
    /// The issuer of an environment.
    ///
    /// # Errors
    /// `SERVICE_UNAVAILABLE` where there is none: no simulator moves real money.
    pub fn of(rules: &Rules, environment: Environment) -> Result<Self, ApiError> {
        match serving(rules, environment) {
            Ok(Adapter::Simulator) => Ok(Self::Simulator),
            Ok(Adapter::Manual) | Err(_) => {
                let message = "No card issuer is configured for production; cards can be created \
                               in the sandbox, or in production under `wallgent dev`";
                Err(ApiError::new(ErrorCode::ServiceUnavailable, message)
                    .with("configure", "issuer"))
            }
        }
    }

    /// Makes a card.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn issue(self, today: Day) -> Result<Issued, getrandom::Error> {
        match self {
            Self::Simulator => Ok(Issued {
                number: CardNumber::generate(getrandom::u64()?),
                security_code: SecurityCode::generate(getrandom::u64()?),
                brand: Brand::Visa,
                expiry: Expiry::of_issue(today),
            }),
        }
    }
}
