//! Reserving funds without posting them.

use crate::Amount;
use crate::account::Balance;

/// What a hold is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldReason {
    /// A payment that waits for a human.
    Approval,
    /// A purchase by card that its merchant may take.
    CardAuthorization,
}

impl HoldReason {
    /// All reasons.
    pub const ALL: [Self; 2] = [Self::Approval, Self::CardAuthorization];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "APPROVAL",
            Self::CardAuthorization => "CARD_AUTHORIZATION",
        }
    }

    /// The reason with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// What became of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldStatus {
    /// The funds are reserved.
    Pending,
    /// The funds are free again.
    Released,
    /// The funds were posted, in part or whole.
    Captured,
    /// The other side gave the funds back.
    Reversed,
}

impl HoldStatus {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Released, Self::Captured, Self::Reversed];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Released => "RELEASED",
            Self::Captured => "CAPTURED",
            Self::Reversed => "REVERSED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// The balance with `amount` more reserved, or `None` when it is not there.
#[must_use]
pub fn reserve(balance: Balance, amount: Amount) -> Option<Balance> {
    let held = balance.held.checked_add(amount)?;
    let after = Balance { held, ..balance };
    (amount.is_positive() && !after.available().is_negative()).then_some(after)
}

/// The balance with `amount` less reserved, or `None` when less was held.
#[must_use]
pub fn release(balance: Balance, amount: Amount) -> Option<Balance> {
    let held = balance.held.checked_sub(amount)?;
    (amount.is_positive() && !held.is_negative()).then_some(Balance { held, ..balance })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_comes_back_whole() {
        let cents = Amount::from_cents;
        let before = Balance { posted: cents(100), held: cents(30) };
        assert_eq!(reserve(before, cents(71)), None);
        let during = reserve(before, cents(70)).expect("funds are there");
        assert_eq!(during.available(), Amount::ZERO);
        assert_eq!(release(during, cents(70)), Some(before));
        assert_eq!(release(before, cents(31)), None);
        assert_eq!(reserve(before, Amount::ZERO), None);
    }
}
