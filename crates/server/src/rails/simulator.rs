//! The simulated other side: a state machine driven by the clock.
//!
//! It has durable rows of its own and commits them in commands of its own, as a
//! bank would: what it was told is not undone by a crash of whoever told it.
//! Account numbers and addresses that end with ten documented digits switch on
//! a fault (docs/transfers.md).

use wallgent_core::bank::AccountNumber;
use wallgent_core::id::TransferId;
use wallgent_core::transfer::Rail;

use super::store::{self, Simulated, SimulatedStatus};
use super::{Cancellation, Instruction, Notice, Outcome, Submission};
use crate::app::App;
use crate::config::Rails;
use crate::engine::{Stop, Tx};

/// How long a late result takes, in seconds: three days.
const LATE_SECONDS: i64 = 3 * 86_400;
/// Instructions that an unreachable side does not hear.
const UNHEARD_SUBMISSIONS: i64 = 2;

/// What is said of one that is called back too late.
const HAD_FAILED: &str = "It had failed already";
const WAS_RETURNED: &str = "It had been returned already";

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The instruction is refused at once.
    Refuses,
    /// It is taken on, and fails.
    Fails,
    /// It settles, and is returned after as long again (ACH).
    Returns,
    /// It settles after three days.
    Late,
    /// Its settlement is told twice.
    Twice,
    /// Its return is told before its settlement (ACH); else its settlement
    /// before the instruction is answered.
    OutOfOrder,
    /// Its settlement is told, and then that it failed.
    Contradicts,
    /// The instruction is taken on, and its answer is lost.
    TimesOut,
    /// The first two instructions are lost.
    Unreachable,
    /// It is taken on, and nothing is heard of it again.
    Silent,
}

impl Fault {
    /// Each with the digits that switch it on.
    const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self::Refuses, "REFUSES", "0000000001"),
        (Self::Fails, "FAILS", "0000000002"),
        (Self::Returns, "RETURNS", "0000000003"),
        (Self::Late, "LATE", "0000000004"),
        (Self::Twice, "TWICE", "0000000005"),
        (Self::OutOfOrder, "OUT_OF_ORDER", "0000000006"),
        (Self::Contradicts, "CONTRADICTS", "0000000007"),
        (Self::TimesOut, "TIMES_OUT", "0000000008"),
        (Self::Unreachable, "UNREACHABLE", "0000000009"),
        (Self::Silent, "SILENT", "0000000010"),
    ];

    fn of(instruction: &Instruction) -> Option<Self> {
        let address = instruction.party.address.as_deref();
        let end = instruction.account_number.as_ref().map(AccountNumber::expose).or(address)?;
        let found = Self::ALL.into_iter().find(|(_, _, digits)| end.ends_with(digits));
        found.map(|(fault, _, _)| fault)
    }

    pub(super) fn as_str(self) -> &'static str {
        let found = Self::ALL.into_iter().find(|(fault, _, _)| *fault == self);
        found.map_or("", |(_, name, _)| name)
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|(_, known, _)| *known == name);
        found.map(|(fault, _, _)| fault)
    }

    /// Whether the answer to the first instruction is lost.
    const fn loses_first_answer(self) -> bool {
        matches!(self, Self::TimesOut | Self::OutOfOrder)
    }
}

/// How long a rail takes.
const fn takes_seconds(rails: &Rails, rail: Rail) -> i64 {
    match rail {
        Rail::Ach => rails.simulated_ach_seconds,
        Rail::Wire => rails.simulated_wire_seconds,
        Rail::FedNow => rails.simulated_fednow_seconds,
        Rail::Usdc => rails.simulated_usdc_seconds,
        Rail::Internal => 0,
    }
}

/// What is heard of a transfer, and how many seconds after it was asked for.
fn plan(fault: Option<Fault>, rail: Rail, takes: i64) -> Vec<(i64, Outcome)> {
    let settled = (takes, Outcome::Settled);
    let failed = || (takes, Outcome::Failed("The account could not be credited".to_owned()));
    let returned = |at| (at, Outcome::Returned("The account holder disputes it".to_owned()));
    match fault {
        Some(Fault::Refuses | Fault::Silent) => Vec::new(),
        Some(Fault::Fails) => vec![failed()],
        Some(Fault::Returns) if rail.can_return() => {
            vec![settled, returned(takes.saturating_mul(2))]
        }
        Some(Fault::Late) => vec![(LATE_SECONDS, Outcome::Settled)],
        Some(Fault::Twice) => vec![settled.clone(), settled],
        Some(Fault::OutOfOrder) if rail.can_return() => vec![returned(takes), settled],
        Some(Fault::OutOfOrder) => vec![(0, Outcome::Settled)],
        Some(Fault::Contradicts) => vec![settled, failed()],
        None | Some(Fault::Returns | Fault::TimesOut | Fault::Unreachable) => vec![settled],
    }
}

/// Tells the other side what to do. Whatever keeps it from answering, it can be
/// told again.
pub(super) async fn submit(app: &App, instruction: &Instruction) -> Submission {
    let instruction = instruction.clone();
    let told = app.engine.run(Vec::new(), move |tx| receive_in(tx, &instruction)).await;
    told.unwrap_or(Submission::NoAnswer)
}

fn receive_in(tx: &mut Tx<'_>, instruction: &Instruction) -> Result<Submission, Stop> {
    let id = instruction.id;
    let known = store::get(tx, id)?;
    let fault = Fault::of(instruction);
    let submissions = known.as_ref().map_or(0, |it| it.submissions).saturating_add(1);
    let status = known.as_ref().map_or(SimulatedStatus::Unheard, |it| it.status);
    if fault == Some(Fault::Unreachable) && submissions <= UNHEARD_SUBMISSIONS {
        store::put(tx, id, &Simulated { status: SimulatedStatus::Unheard, fault, submissions })?;
        return Ok(Submission::NoAnswer);
    }
    let status = match status {
        SimulatedStatus::Unheard => take_on(tx, instruction, fault)?,
        heard => heard,
    };
    store::put(tx, id, &Simulated { status, fault, submissions })?;
    Ok(match status {
        SimulatedStatus::Refused => {
            Submission::Rejected { reason: "The bank refused the instruction".to_owned() }
        }
        SimulatedStatus::Cancelled => {
            Submission::Rejected { reason: "It was called back".to_owned() }
        }
        _ if submissions == 1 && fault.is_some_and(Fault::loses_first_answer) => {
            Submission::NoAnswer
        }
        _ => Submission::Accepted { external_id: Some(name_of(id)) },
    })
}

fn take_on(
    tx: &mut Tx<'_>,
    instruction: &Instruction,
    fault: Option<Fault>,
) -> Result<SimulatedStatus, Stop> {
    if fault == Some(Fault::Refuses) {
        return Ok(SimulatedStatus::Refused);
    }
    let takes = takes_seconds(&tx.rules().rails, instruction.rail);
    for (seconds, outcome) in plan(fault, instruction.rail, takes) {
        // From when it was asked for, so that a jump of the clock brings
        // everything that falls into it.
        let due_at = instruction.requested_at.plus_seconds(seconds);
        store::add_notice(tx, instruction.id, &outcome, due_at)?;
    }
    Ok(SimulatedStatus::Received)
}

/// What the other side calls a transfer.
fn name_of(id: TransferId) -> String {
    id.to_string().replacen("xfr", "sim", 1)
}

/// Calls a transfer back.
pub(super) async fn cancel(app: &App, id: TransferId) -> Cancellation {
    let asked = app.engine.run(Vec::new(), move |tx| cancel_in(tx, id)).await;
    asked.unwrap_or(Cancellation::NoAnswer)
}

fn cancel_in(tx: &mut Tx<'_>, id: TransferId) -> Result<Cancellation, Stop> {
    let known = store::get(tx, id)?;
    let (fault, submissions) = known.as_ref().map_or((None, 0), |it| (it.fault, it.submissions));
    match known.map(|it| it.status) {
        Some(SimulatedStatus::Received) if fault == Some(Fault::Silent) => {
            return Ok(Cancellation::NoAnswer);
        }
        Some(SimulatedStatus::Settled) => return Ok(Cancellation::TooLate(Outcome::Settled)),
        Some(SimulatedStatus::Returned) => {
            return Ok(Cancellation::TooLate(Outcome::Returned(WAS_RETURNED.to_owned())));
        }
        Some(SimulatedStatus::Failed) => {
            return Ok(Cancellation::TooLate(Outcome::Failed(HAD_FAILED.to_owned())));
        }
        _ => {}
    }
    let now = tx.now();
    if let Some(outcome) = store::first_due(tx, id, now)? {
        return Ok(Cancellation::TooLate(outcome));
    }
    store::forget_notices(tx, id)?;
    store::put(tx, id, &Simulated { status: SimulatedStatus::Cancelled, fault, submissions })?;
    Ok(Cancellation::Cancelled)
}

/// Notes that a result was heard.
pub(super) fn heard_in(tx: &mut Tx<'_>, notice: &Notice) -> Result<(), Stop> {
    if store::forget_notice(tx, notice.id)? {
        close(tx, notice.transfer, &notice.outcome)?;
    }
    Ok(())
}

/// Makes a transfer come to this now, by hand. Whoever calls tells our own side
/// in the same command.
pub fn force_in(tx: &mut Tx<'_>, id: TransferId, outcome: &Outcome) -> Result<(), Stop> {
    store::forget_notices(tx, id)?;
    close(tx, id, outcome)
}

fn close(tx: &mut Tx<'_>, id: TransferId, outcome: &Outcome) -> Result<(), Stop> {
    let known = store::get(tx, id)?;
    let (fault, submissions) = known.map_or((None, 0), |it| (it.fault, it.submissions));
    let status = match outcome {
        Outcome::Settled => SimulatedStatus::Settled,
        Outcome::Failed(_) => SimulatedStatus::Failed,
        Outcome::Returned(_) => SimulatedStatus::Returned,
    };
    Ok(store::put(tx, id, &Simulated { status, fault, submissions })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(fault: Option<Fault>, rail: Rail) -> Vec<(i64, Outcome)> {
        plan(fault, rail, 5)
    }

    #[test]
    fn only_ach_returns() {
        let settled = vec![(5, Outcome::Settled)];
        for rail in [Rail::Wire, Rail::FedNow, Rail::Usdc] {
            assert_eq!(outcomes(Some(Fault::Returns), rail), settled);
            assert_eq!(outcomes(Some(Fault::OutOfOrder), rail), [(0, Outcome::Settled)]);
        }
        let ach = outcomes(Some(Fault::Returns), Rail::Ach);
        assert!(matches!(ach[..], [(5, Outcome::Settled), (10, Outcome::Returned(_))]));
        let ach = outcomes(Some(Fault::OutOfOrder), Rail::Ach);
        assert!(matches!(ach[..], [(5, Outcome::Returned(_)), (5, Outcome::Settled)]));
        assert_eq!(outcomes(None, Rail::Ach), settled);
    }

    #[test]
    fn every_fault_has_its_own_digits_and_name() {
        for (at, (fault, name, digits)) in Fault::ALL.into_iter().enumerate() {
            assert_eq!((fault.as_str(), Fault::from_name(name)), (name, Some(fault)));
            assert_eq!(digits.len(), 10);
            assert!(Fault::ALL[..at].iter().all(|(_, _, other)| !digits.ends_with(other)));
        }
    }
}
