//! Cards: their numbers, what they may spend, and what becomes of an
//! authorization.

mod authorization;
mod limit;
mod merchant;
mod number;

pub use authorization::{Amounts, AuthorizationStatus, ReleaseCause, StepRefusal};
pub use limit::{
    Interval, LimitRefusal, Period, SpendingLimit, Spent, check_limits, fold_category,
};
pub use merchant::{Merchant, listed_names};
pub use number::{Brand, CardNumber, Expiry, SecurityCode};

/// How often a card can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CardType {
    /// Until somebody cancels it.
    #[default]
    Persistent,
    /// It is cancelled after its first capture.
    SingleUse,
}

impl CardType {
    /// All types.
    pub const ALL: [Self; 2] = [Self::Persistent, Self::SingleUse];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Persistent => "PERSISTENT",
            Self::SingleUse => "SINGLE_USE",
        }
    }

    /// The type with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// What a card can do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardStatus {
    /// Authorize.
    Active,
    /// Nothing, until it is active again.
    Inactive,
    /// Nothing, for good. What it authorized before can still be captured.
    Cancelled,
}

impl CardStatus {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Cancelled];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// Why an authorization was declined, in the order in which it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclineReason {
    /// The card is cancelled.
    CardCancelled,
    /// The card is frozen.
    CardInactive,
    /// The card's last month is over.
    CardExpired,
    /// The wallet is closed.
    WalletClosed,
    /// The wallet is frozen.
    WalletFrozen,
    /// No spending limit of the card covers the merchant's category.
    CategoryNotAllowed,
    /// A spending limit of the card is used up.
    SpendingLimit,
    /// A policy of the wallet forbids it.
    PolicyDenied,
    /// A policy asks for a human, which a merchant does not wait for.
    ApprovalRequired,
    /// The wallet's free funds do not cover it.
    InsufficientFunds,
    /// As many of the wallet's authorizations as there may be still hold something.
    TooManyAuthorizations,
}

impl DeclineReason {
    /// All reasons.
    pub const ALL: [Self; 11] = [
        Self::CardCancelled,
        Self::CardInactive,
        Self::CardExpired,
        Self::WalletClosed,
        Self::WalletFrozen,
        Self::CategoryNotAllowed,
        Self::SpendingLimit,
        Self::PolicyDenied,
        Self::ApprovalRequired,
        Self::InsufficientFunds,
        Self::TooManyAuthorizations,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CardCancelled => "CARD_CANCELLED",
            Self::CardInactive => "CARD_INACTIVE",
            Self::CardExpired => "CARD_EXPIRED",
            Self::WalletClosed => "WALLET_CLOSED",
            Self::WalletFrozen => "WALLET_FROZEN",
            Self::CategoryNotAllowed => "CATEGORY_NOT_ALLOWED",
            Self::SpendingLimit => "SPENDING_LIMIT",
            Self::PolicyDenied => "POLICY_DENIED",
            Self::ApprovalRequired => "APPROVAL_REQUIRED",
            Self::InsufficientFunds => "INSUFFICIENT_FUNDS",
            Self::TooManyAuthorizations => "TOO_MANY_AUTHORIZATIONS",
        }
    }

    /// The reason with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}
