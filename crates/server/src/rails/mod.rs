//! Rails: adapters to the outside, each behind the same few questions.
//!
//! Nothing here is asked from inside a command. A command commits an intention;
//! a job asks the adapter, with the transfer's number as its idempotency key, so
//! that asking twice does nothing twice; what it answers is another command's
//! business. An adapter answers within a bounded time, if only that it does not
//! know. Results that come by themselves are heard with [`due`] and [`heard`].

pub mod acquirer;
pub mod issuer;
mod manual;
mod simulator;
pub mod stablecoin;
mod store;

use wallgent_api::types::transfers::Party;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::bank::AccountNumber;
use wallgent_core::id::TransferId;
use wallgent_core::transfer::{Direction, Rail, Step};
use wallgent_core::{Amount, Environment, Timestamp};

use crate::app::App;
use crate::config::Rules;
use crate::db::{Connection, DbResult};
use crate::engine::{EngineError, Stop, Tx};

pub use simulator::force_in;
pub use store::Notice;

/// Who carries transfers out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adapter {
    /// A state machine driven by the clock. No real money moves.
    Simulator,
    /// The operator, who tells on the command line what came of each.
    Manual,
}

impl Adapter {
    /// All adapters.
    pub const ALL: [Self; 2] = [Self::Simulator, Self::Manual];

    /// The name in the store and in settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Simulator => "SIMULATOR",
            Self::Manual => "MANUAL",
        }
    }

    /// The adapter with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// Whether it answers within a time that can be told. A person takes as long
    /// as it takes.
    #[must_use]
    pub const fn has_deadline(self) -> bool {
        matches!(self, Self::Simulator)
    }

    /// Whether what it says of an environment's money counts. What was begun
    /// where the simulator serves production may be found where it does not.
    #[must_use]
    pub fn counts_in(self, rules: &Rules, environment: Environment) -> bool {
        match (self, environment) {
            (Self::Simulator, Environment::Production) => rules.rails.production == Some(self),
            _ => true,
        }
    }
}

/// What the outside is told to do.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// Which transfer: the idempotency key.
    pub id: TransferId,
    /// Which way the money goes.
    pub direction: Direction,
    /// What carries it.
    pub rail: Rail,
    /// How much leaves or arrives at the other side.
    pub amount: Amount,
    /// Since when it may be done.
    pub requested_at: Timestamp,
    /// The other side, as it is shown.
    pub party: Party,
    /// The number of its bank account, whole.
    pub account_number: Option<AccountNumber>,
}

/// What an adapter says to an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// It is taken on, under this name.
    Accepted { external_id: Option<String> },
    /// It will not be done.
    Rejected { reason: String },
    /// Nobody knows; it has to be asked again.
    NoAnswer,
}

/// What an adapter says when a transfer is called back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// It will not be done.
    Cancelled,
    /// It came to this already.
    TooLate(Outcome),
    /// A person has to look.
    Waits,
    /// Nobody knows; it has to be asked again.
    NoAnswer,
}

/// What came of a transfer on the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Settled,
    /// It could not be done.
    Failed(String),
    /// It was done, and the other side took it back.
    Returned(String),
}

impl Outcome {
    /// The name in the store.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Settled => "SETTLED",
            Self::Failed(_) => "FAILED",
            Self::Returned(_) => "RETURNED",
        }
    }

    /// Why it came to this, unless all is well.
    #[must_use]
    pub const fn reason(&self) -> Option<&str> {
        match self {
            Self::Settled => None,
            Self::Failed(reason) | Self::Returned(reason) => Some(reason.as_str()),
        }
    }

    /// The outcome with this name, for this reason.
    #[must_use]
    pub fn from_parts(name: &str, reason: Option<&str>) -> Option<Self> {
        let reason = reason.unwrap_or_default().to_owned();
        let all = [Self::Settled, Self::Failed(reason.clone()), Self::Returned(reason)];
        all.into_iter().find(|it| it.as_str() == name)
    }

    /// What happens to the transfer.
    #[must_use]
    pub const fn step(&self) -> Step {
        match self {
            Self::Settled => Step::Settle,
            Self::Failed(_) => Step::Fail,
            Self::Returned(_) => Step::Return,
        }
    }
}

/// The adapter that serves an environment.
///
/// # Errors
/// `SERVICE_UNAVAILABLE`, with what to configure, when production has none.
pub fn serving(rules: &Rules, environment: Environment) -> Result<Adapter, ApiError> {
    match environment {
        Environment::Sandbox => Ok(Adapter::Simulator),
        Environment::Production => rules.rails.production.ok_or_else(not_configured),
    }
}

fn not_configured() -> ApiError {
    let message = "No rail is configured that moves production money";
    ApiError::new(ErrorCode::ServiceUnavailable, message).with(
        "hint",
        "the operator sets production_rail = \"manual\" (flag --production-rail, variable \
         WALLGENT_PRODUCTION_RAIL) and settles transfers with `wallgent transfer settle`",
    )
}

impl Adapter {
    /// Hands an instruction over.
    pub async fn submit(self, app: &App, instruction: &Instruction) -> Submission {
        match self {
            Self::Simulator => simulator::submit(app, instruction).await,
            Self::Manual => manual::submit(instruction),
        }
    }

    /// Calls a transfer back.
    pub async fn cancel(self, app: &App, id: TransferId) -> Cancellation {
        match self {
            Self::Simulator => simulator::cancel(app, id).await,
            Self::Manual => manual::cancel(id),
        }
    }
}

/// Results that have come in, the oldest first.
pub fn due(connection: &mut Connection, now: Timestamp, limit: i64) -> DbResult<Vec<Notice>> {
    store::due(connection, now, limit)
}

/// Puts a result off that could not be taken in.
pub fn put_off_in(tx: &mut Tx<'_>, notice: &Notice, until: Timestamp) -> Result<(), Stop> {
    Ok(store::put_off_notice(tx, notice.id, until)?)
}

/// Confirms that a result was heard; until then it comes again.
pub async fn heard(app: &App, notice: &Notice) -> Result<(), EngineError> {
    let notice = notice.clone();
    let confirm = move |tx: &mut Tx<'_>| -> Result<(), Stop> { simulator::heard_in(tx, &notice) };
    app.engine.run(Vec::new(), confirm).await
}
