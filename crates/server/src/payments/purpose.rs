//! What a payment is made for, and how that hears of it.
//!
//! A payment for a link or an invoice is a payment like any other; where it is
//! not, it is here. Each function runs in the transaction that changes the
//! payment, so that what was paid for never says anything else than the books. A
//! plain payment passes by.

use wallgent_core::Amount;
use wallgent_core::id::TransactionId;
use wallgent_core::payment::Rail;

use super::PaymentRow;
use crate::engine::{Stop, Tx, Wallet};
use crate::events::Actor;
use crate::{invoices, merchants, payment_links};

/// Refuses a payment that waited, when what it is for cannot be paid any more.
pub(super) fn refuse_unpayable(tx: &mut Tx<'_>, rail: Rail) -> Result<(), Stop> {
    match rail {
        Rail::Ledger | Rail::Network => Ok(()),
        Rail::PaymentLink(id) => payment_links::refuse_dead(tx, id),
        Rail::Invoice(id) => invoices::refuse_unpayable(tx, id),
        Rail::ClosedLoop(id) => merchants::refuse_unpayable(tx, id),
    }
}

/// Refuses to collect for a merchant that is suspended. One that is paid by its
/// name was looked at when it was found.
pub(super) fn refuse_suspended(tx: &mut Tx<'_>, rail: Rail, payee: &Wallet) -> Result<(), Stop> {
    match rail {
        Rail::Ledger | Rail::Network | Rail::ClosedLoop(_) => Ok(()),
        Rail::PaymentLink(_) | Rail::Invoice(_) => merchants::refuse_suspended(tx, payee),
    }
}

/// Counts what a merchant received: paid by its name, or in any other way into the
/// wallet that it is paid into.
pub(super) fn count_received(
    tx: &mut Tx<'_>,
    rail: Rail,
    payee: &Wallet,
    payment: TransactionId,
    amount: Amount,
) -> Result<(), Stop> {
    match rail.merchant().or(payee.merchant) {
        None => Ok(()),
        Some(merchant) => merchants::note_received(tx, merchant, payment, amount),
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
        Rail::Ledger | Rail::Network | Rail::ClosedLoop(_) => Ok(()),
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
        Rail::Ledger | Rail::Network | Rail::PaymentLink(_) | Rail::ClosedLoop(_) => Ok(()),
        Rail::Invoice(id) => invoices::reversed_in(tx, actor, id, payment.reversed),
    }
}
