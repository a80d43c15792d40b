//! Transfers: money that comes in and goes out over a rail, or moves between
//! two wallets of one organization.
//!
//! [`next`] is the state machine, the rest says what moves: who pays the fee,
//! and what a return can still take back.

use crate::Amount;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$about])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == name)
            }
        }
    };
}

words! {
    /// Which way the money goes.
    Direction {
        /// Into a wallet.
        Deposit "DEPOSIT",
        /// Out of a wallet.
        Withdrawal "WITHDRAWAL",
        /// From wallet to wallet of one organization.
        Internal "INTERNAL",
    }
}

words! {
    /// What carries the money.
    Rail {
        /// Batches between banks. What was completed can still be returned.
        Ach "ACH",
        /// Between banks, one by one.
        Wire "WIRE",
        /// Between banks, at once.
        FedNow "FEDNOW",
        /// A stablecoin; one is one dollar.
        Usdc "USDC",
        /// The ledger itself.
        Internal "INTERNAL",
    }
}

impl Rail {
    /// Whether both ends are bank accounts.
    #[must_use]
    pub const fn is_of_banks(self) -> bool {
        matches!(self, Self::Ach | Self::Wire | Self::FedNow)
    }

    /// Whether the other side can take back what was completed.
    #[must_use]
    pub const fn can_return(self) -> bool {
        matches!(self, Self::Ach)
    }
}

words! {
    /// Where a transfer stands.
    TransferStatus {
        /// Waits for a human; the funds are held.
        PendingApproval "PENDING_APPROVAL",
        /// Posted on our side, not yet handed to the rail.
        Pending "PENDING",
        /// With the rail.
        Processing "PROCESSING",
        /// Done.
        Completed "COMPLETED",
        /// The rail could not do it.
        Failed "FAILED",
        /// Its owner called it back in time.
        Cancelled "CANCELLED",
        /// Done, and taken back by the other side.
        Returned "RETURNED",
        /// A human said no.
        Rejected "REJECTED",
        /// Nobody decided in time.
        Expired "EXPIRED",
    }
}

impl TransferStatus {
    /// Whether the rail has still to answer.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Processing)
    }
}

/// What happens to a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A human says yes.
    Approve,
    /// A human says no.
    Reject,
    /// Nobody decides in time.
    Expire,
    /// It goes to the rail.
    HandOver,
    /// The rail has done it.
    Settle,
    /// The rail could not do it.
    Fail,
    /// It is called back.
    Cancel,
    /// The other side takes it back.
    Return,
}

/// Where a step leads; `None` when the state does not allow it.
#[must_use]
pub const fn next(status: TransferStatus, step: Step, rail: Rail) -> Option<TransferStatus> {
    use TransferStatus as To;
    match (status, step) {
        // Between wallets nothing is left to do.
        (To::PendingApproval, Step::Approve) => match rail {
            Rail::Internal => Some(To::Completed),
            _ => Some(To::Pending),
        },
        (To::PendingApproval, Step::Reject) => Some(To::Rejected),
        (To::PendingApproval, Step::Expire) => Some(To::Expired),
        (To::Pending, Step::HandOver) => Some(To::Processing),
        // A result may overtake the note that the rail took it on.
        (To::Pending | To::Processing, Step::Settle) => Some(To::Completed),
        (To::Pending | To::Processing, Step::Fail) => Some(To::Failed),
        (To::Pending | To::Processing, Step::Cancel) => Some(To::Cancelled),
        (To::Completed, Step::Return) if rail.can_return() => Some(To::Returned),
        _ => None,
    }
}

/// Whether what a rail tells cannot be true together with where the transfer
/// stands, so that a person has to look. What it tells again, or too late to
/// matter, contradicts nothing.
#[must_use]
pub const fn contradicts(status: TransferStatus, step: Step, rail: Rail) -> bool {
    use TransferStatus as Is;
    match step {
        Step::Settle => {
            !matches!(status, Is::Pending | Is::Processing | Is::Completed | Is::Returned)
        }
        Step::Fail => matches!(status, Is::Completed | Is::Returned),
        Step::Return => {
            let moved =
                matches!(status, Is::Pending | Is::Processing | Is::Completed | Is::Returned);
            !rail.can_return() || !moved
        }
        _ => false,
    }
}

/// What a deposit puts into the wallet: its fee is taken from what arrives.
/// `None` when nothing would be left.
#[must_use]
pub fn arriving(amount: Amount, fee: Amount) -> Option<Amount> {
    amount.checked_sub(fee).filter(|left| left.is_positive())
}

/// What a withdrawal takes from the wallet: its fee comes on top. `None` when
/// the sum does not fit.
#[must_use]
pub const fn leaving(amount: Amount, fee: Amount) -> Option<Amount> {
    amount.checked_add(fee)
}

/// What a return finds of the money that it takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Taken from the wallet.
    pub taken: Amount,
    /// Owed to the organization from now on.
    pub missing: Amount,
}

/// Takes back what is owed, as far as the wallet's free funds go.
#[must_use]
pub fn recover(owed: Amount, available: Amount) -> Recovery {
    let taken = owed.min(available).max(Amount::ZERO);
    Recovery { taken, missing: owed.saturating_sub(taken) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEPS: [Step; 8] = [
        Step::Approve,
        Step::Reject,
        Step::Expire,
        Step::HandOver,
        Step::Settle,
        Step::Fail,
        Step::Cancel,
        Step::Return,
    ];

    #[test]
    fn what_has_ended_stays_as_it_is() {
        use TransferStatus as To;
        let ends = [To::Failed, To::Cancelled, To::Returned, To::Rejected, To::Expired];
        for rail in Rail::ALL {
            for step in STEPS {
                for end in ends {
                    assert_eq!(next(end, step, *rail), None, "{end:?} {step:?}");
                }
                let returned = (step == Step::Return && *rail == Rail::Ach).then_some(To::Returned);
                assert_eq!(next(To::Completed, step, *rail), returned, "{rail:?} {step:?}");
            }
        }
    }

    #[test]
    fn the_rail_answers_only_what_was_agreed_to() {
        use TransferStatus as To;
        for step in [Step::HandOver, Step::Settle, Step::Fail, Step::Cancel, Step::Return] {
            assert_eq!(next(To::PendingApproval, step, Rail::Ach), None, "{step:?}");
        }
        assert_eq!(next(To::PendingApproval, Step::Approve, Rail::Ach), Some(To::Pending));
        assert_eq!(next(To::PendingApproval, Step::Approve, Rail::Internal), Some(To::Completed));
        assert_eq!(next(To::Processing, Step::HandOver, Rail::Ach), None);
        assert!(To::ALL.iter().all(|it| To::from_name(it.as_str()) == Some(*it)));
    }

    #[test]
    fn a_report_is_posted_repeats_or_contradicts() {
        use TransferStatus as To;
        for rail in [Rail::Ach, Rail::Wire, Rail::FedNow, Rail::Usdc] {
            for step in [Step::Settle, Step::Fail] {
                for open in [To::Pending, To::Processing] {
                    assert!(!contradicts(open, step, rail), "{open:?} {step:?}");
                }
            }
            for moved in [To::Completed, To::Returned] {
                assert!(!contradicts(moved, Step::Settle, rail), "{moved:?}");
                assert!(contradicts(moved, Step::Fail, rail), "{moved:?}");
                assert_eq!(contradicts(moved, Step::Return, rail), rail != Rail::Ach);
            }
            for unmoved in [To::Failed, To::Cancelled, To::Rejected, To::Expired] {
                assert!(!contradicts(unmoved, Step::Fail, rail), "{unmoved:?}");
                assert!(contradicts(unmoved, Step::Settle, rail), "{unmoved:?}");
                assert!(contradicts(unmoved, Step::Return, rail), "{unmoved:?}");
            }
        }
    }

    #[test]
    fn fees_are_paid_on_their_side() {
        let cents = Amount::from_cents;
        assert_eq!(arriving(cents(2_500), cents(25)), Some(cents(2_475)));
        assert_eq!(arriving(cents(25), cents(25)), None);
        assert_eq!(leaving(cents(2_500), cents(25)), Some(cents(2_525)));
        assert_eq!(leaving(Amount::MAX, cents(1)), None);
    }

    proptest! {
        #[test]
        fn a_return_takes_and_misses_exactly_what_is_owed(
            owed in 1_i64..1_000, available in -10_i64..2_000
        ) {
            let (owed, available) = (Amount::from_units(owed), Amount::from_units(available));
            let Recovery { taken, missing } = recover(owed, available);
            prop_assert_eq!(taken.checked_add(missing), Some(owed));
            prop_assert!(!taken.is_negative() && !missing.is_negative());
            prop_assert!(taken <= available.max(Amount::ZERO));
            prop_assert!(missing.is_zero() || taken == available.max(Amount::ZERO));
        }
    }
}
