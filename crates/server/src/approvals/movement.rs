//! What an approval is about: a payment, or a transfer.

use wallgent_api::types::approvals::Approval as Wire;
use wallgent_core::approval::ApprovalStatus;
use wallgent_core::policy::Violation;

use super::store::ApprovalRow;
use crate::caller::Caller;
use crate::db::DbError;
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::payments::{self, PaymentRow};
use crate::transfers::{self, TransferRow};

/// A movement that waits or waited for a human.
pub(super) enum Movement {
    Payment(Box<PaymentRow>),
    Transfer(Box<TransferRow>),
}

impl Movement {
    /// The movement of an approval.
    pub(super) fn load(tx: &mut Tx<'_>, row: &ApprovalRow) -> Result<Self, Stop> {
        let lost = || Stop::Db(DbError::Layout(format!("{} is lost", row.transaction)));
        if let Some(id) = row.transfer {
            let transfer = transfers::get(tx.reader()?, id)?.ok_or_else(lost)?;
            return Ok(Self::Transfer(Box::new(transfer)));
        }
        let payment = payments::load(tx.reader()?, row.transaction)?.ok_or_else(lost)?;
        Ok(Self::Payment(Box::new(payment)))
    }

    /// Decides it as if it were asked for now, but for the question that was
    /// answered. When policies refuse it, `violations` holds why.
    pub(super) fn decide_again(
        &self,
        tx: &mut Tx<'_>,
        violations: &mut Vec<Violation>,
    ) -> Result<(), Stop> {
        match self {
            Self::Payment(row) => payments::decide_again(tx, row, violations),
            Self::Transfer(row) => transfers::decide_again(tx, row, violations),
        }
    }

    /// Carries it out, and tells it in the answer.
    pub(super) fn settle_in(
        self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        wire: &mut Wire,
    ) -> Result<(), Stop> {
        match self {
            Self::Payment(row) => {
                let row = payments::settle_in(tx, caller, *row)?;
                wire.payment = Some(payments::payment(&row));
            }
            Self::Transfer(row) => {
                let row = transfers::agree_in(tx, caller, *row)?;
                wire.transfer = Some(transfers::transfer(&row));
            }
        }
        Ok(())
    }
}

/// Ends what came to nothing. A payment ends with its row, which the approval's
/// own decision writes; a transfer has more to say.
pub(super) fn end_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    row: &ApprovalRow,
    status: ApprovalStatus,
    reason: Option<&str>,
) -> Result<(), Stop> {
    match row.transfer {
        None => Ok(()),
        Some(id) => transfers::end_in(tx, actor, id, status, reason),
    }
}
