//! States of payments and kinds of ledger transactions.

use crate::Amount;

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Waits for a human; the funds are held.
    PendingApproval,
    /// Done.
    Posted,
    /// Done, and partly given back.
    PartiallyReversed,
    /// Done, and given back.
    Reversed,
    /// A human said no.
    Rejected,
    /// Nobody decided in time.
    Expired,
}

impl PaymentStatus {
    /// All states.
    pub const ALL: [Self; 6] = [
        Self::PendingApproval,
        Self::Posted,
        Self::PartiallyReversed,
        Self::Reversed,
        Self::Rejected,
        Self::Expired,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingApproval => "PENDING_APPROVAL",
            Self::Posted => "POSTED",
            Self::PartiallyReversed => "PARTIALLY_REVERSED",
            Self::Reversed => "REVERSED",
            Self::Rejected => "REJECTED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// The state of a posted payment of which `reversed` was given back.
    #[must_use]
    pub fn after_reversal(amount: Amount, reversed: Amount) -> Self {
        if reversed >= amount { Self::Reversed } else { Self::PartiallyReversed }
    }
}

/// What a ledger transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionKind {
    /// One wallet pays another.
    Payment,
    /// A payment, or a part of it, goes back.
    Reversal,
    /// Sandbox money comes in.
    Funding,
    /// Fees go to an organization's wallet.
    FeeSweep,
}

impl TransactionKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Payment, Self::Reversal, Self::Funding, Self::FeeSweep];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "PAYMENT",
            Self::Reversal => "REVERSAL",
            Self::Funding => "FUNDING",
            Self::FeeSweep => "FEE_SWEEP",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}
