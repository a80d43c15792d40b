//! Invoices: where one stands, and what its lines add up to.

use crate::Amount;

/// Where an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceStatus {
    /// Being written; nobody can pay it yet.
    Draft,
    /// Fixed, and due.
    Finalized,
    /// Paid in whole.
    Paid,
    /// Withdrawn before anybody paid.
    Voided,
    /// Given up.
    Uncollectible,
    /// Paid, and given back in whole.
    Refunded,
}

/// What happens to an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceStep {
    /// Its text or its lines change.
    Edit,
    /// It is fixed and can be paid.
    Finalize,
    /// It is paid.
    Pay,
    /// It is withdrawn.
    Void,
    /// Nobody expects to be paid any more.
    GiveUp,
    /// Everything goes back to who paid.
    Refund,
}

impl InvoiceStatus {
    /// All states.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Finalized,
        Self::Paid,
        Self::Voided,
        Self::Uncollectible,
        Self::Refunded,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Finalized => "FINALIZED",
            Self::Paid => "PAID",
            Self::Voided => "VOIDED",
            Self::Uncollectible => "UNCOLLECTIBLE",
            Self::Refunded => "REFUNDED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// Where a step leads; `None` when the state does not allow it.
    #[must_use]
    pub const fn after(self, step: InvoiceStep) -> Option<Self> {
        match (self, step) {
            (Self::Draft, InvoiceStep::Edit) => Some(Self::Draft),
            (Self::Draft, InvoiceStep::Finalize) => Some(Self::Finalized),
            (Self::Draft | Self::Finalized, InvoiceStep::Void) => Some(Self::Voided),
            (Self::Finalized, InvoiceStep::Pay) => Some(Self::Paid),
            (Self::Finalized, InvoiceStep::GiveUp) => Some(Self::Uncollectible),
            (Self::Paid, InvoiceStep::Refund) => Some(Self::Refunded),
            _ => None,
        }
    }
}

/// The price of one line: so many units at this price each, unless that is more
/// than an amount can be.
#[must_use]
pub const fn line_total(quantity: i64, unit_price: Amount) -> Option<Amount> {
    match unit_price.units().checked_mul(quantity) {
        Some(units) => Some(Amount::from_units(units)),
        None => None,
    }
}

/// The sum of all lines, unless that is more than an amount can be.
pub fn total(lines: impl IntoIterator<Item = (i64, Amount)>) -> Option<Amount> {
    lines.into_iter().try_fold(Amount::ZERO, |sum, (quantity, unit_price)| {
        sum.checked_add(line_total(quantity, unit_price)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEPS: [InvoiceStep; 6] = [
        InvoiceStep::Edit,
        InvoiceStep::Finalize,
        InvoiceStep::Pay,
        InvoiceStep::Void,
        InvoiceStep::GiveUp,
        InvoiceStep::Refund,
    ];

    #[test]
    fn only_a_draft_can_be_changed_and_only_a_finalized_one_paid() {
        let allowing = |step: InvoiceStep| -> Vec<&str> {
            let states = InvoiceStatus::ALL.into_iter();
            states.filter(|it| it.after(step).is_some()).map(InvoiceStatus::as_str).collect()
        };
        assert_eq!(
            STEPS.map(allowing),
            [
                vec!["DRAFT"],
                vec!["DRAFT"],
                vec!["FINALIZED"],
                vec!["DRAFT", "FINALIZED"],
                vec!["FINALIZED"],
                vec!["PAID"],
            ]
        );
    }

    #[test]
    fn what_has_ended_stays_as_it_is() {
        for status in [InvoiceStatus::Voided, InvoiceStatus::Uncollectible, InvoiceStatus::Refunded]
        {
            assert!(STEPS.iter().all(|step| status.after(*step).is_none()), "{status:?}");
        }
    }

    #[test]
    fn every_state_has_a_name() {
        for status in InvoiceStatus::ALL {
            assert_eq!(InvoiceStatus::from_name(status.as_str()), Some(status));
        }
    }

    #[test]
    fn lines_add_up() {
        let lines = [(1, Amount::from_cents(2_500)), (3, Amount::from_cents(1_500))];
        assert_eq!(total(lines), Some(Amount::from_cents(7_000)));
        assert_eq!(total([]), Some(Amount::ZERO));
        assert_eq!(total([(2, Amount::MAX)]), None);
        assert_eq!(total([(1, Amount::MAX), (1, Amount::from_units(1))]), None);
    }

    proptest! {
        #[test]
        fn a_total_is_exact_or_refused(
            lines in prop::collection::vec((1..=i64::MAX, 0..=i64::MAX), 0..8)
        ) {
            let exact: i128 = lines.iter().map(|(count, price)| {
                i128::from(*count).saturating_mul(i128::from(*price))
            }).fold(0, i128::saturating_add);
            let sum = total(lines.iter().map(|(count, price)| (*count, Amount::from_units(*price))));
            prop_assert_eq!(sum.map(Amount::units), i64::try_from(exact).ok());
        }
    }
}
