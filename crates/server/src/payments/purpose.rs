//! What a payment is made for, and how that hears of it.
//!
//! A payment for a link or an invoice is a payment like any other; where it is
//! not, it is here. Each function runs in the transaction that changes the
//! payment, so that what was paid for never says anything else than the books. A
//! plain payment passes by.

use wallgent_core::id::TransactionId;
use wallgent_core::payment::Rail;

use super::PaymentRow;
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::{invoices, payment_links};

/// Refuses a payment that waited, when what it is for cannot be paid any more.
pub(super) fn refuse_unpayable(tx: &mut Tx<'_>, rail: Rail) -> Result<(), Stop> {
    match rail {
        Rail::Ledger | Rail::Network => Ok(()),
        Rail::PaymentLink(id) => payment_links::refuse_dead(tx, id),
        Rail::Invoice(id) => invoices::refuse_unpayable(tx, id),
    }
}

/// A payment, or a test method's, was posted.
pub(super) fn paid_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    rail: Rail,
    payment: TransactionId,
) -> Result<(), Stop> {
    match rail {
        Rail::Ledger | Rail::Network => Ok(()),
        Rail::PaymentLink(id) => payment_links::use_in(tx, actor, id),
        Rail::Invoice(id) => invoices::paid_in(tx, actor, id, payment),
    }
}

/// A payment was given back, `payment.reversed` of it in all. A link that was
/// used stays used.
pub(super) fn reversed_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    payment: &PaymentRow,
) -> Result<(), Stop> {
    match payment.rail {
        Rail::Ledger | Rail::Network | Rail::PaymentLink(_) => Ok(()),
        Rail::Invoice(id) => invoices::reversed_in(tx, actor, id, payment.reversed),
    }
}
