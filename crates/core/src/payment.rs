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
    /// An organization gives an agent money, or takes it back.
    BudgetAdjustment,
    /// What a deleted agent leaves goes to its organization.
    Sweep,
}

impl TransactionKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Payment,
        Self::Reversal,
        Self::Funding,
        Self::FeeSweep,
        Self::BudgetAdjustment,
        Self::Sweep,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "PAYMENT",
            Self::Reversal => "REVERSAL",
            Self::Funding => "FUNDING",
            Self::FeeSweep => "FEE_SWEEP",
            Self::BudgetAdjustment => "BUDGET_ADJUSTMENT",
            Self::Sweep => "SWEEP",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// The way a payment takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rail {
    /// From wallet to wallet, by their IDs.
    #[default]
    Ledger,
    /// Over the agent network, by an address. Free of charge.
    Network,
}

impl Rail {
    /// All rails.
    pub const ALL: [Self; 2] = [Self::Ledger, Self::Network];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ledger => "LEDGER",
            Self::Network => "NETWORK",
        }
    }

    /// The rail with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// Whether the sender pays a fee.
    #[must_use]
    pub const fn has_fee(self) -> bool {
        matches!(self, Self::Ledger)
    }
}
