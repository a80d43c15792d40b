//! The operator as a rail: a person moves the money, and says so on the command
//! line (`wallgent transfer settle`, `wallgent transfer fail`).

use wallgent_core::id::TransferId;

use super::{Cancellation, Instruction, Submission};

/// The operator finds it in `wallgent transfer list`.
pub(super) fn submit(instruction: &Instruction) -> Submission {
    tracing::info!(transfer = %instruction.id, "a transfer waits for the operator");
    Submission::Accepted { external_id: None }
}

/// Whether the money is on its way already, only the operator knows.
pub(super) fn cancel(id: TransferId) -> Cancellation {
    tracing::info!(transfer = %id, "the operator is asked to cancel a transfer");
    Cancellation::Waits
}
