//! What makes a posting legal.
//!
//! A posting is one ledger transaction: two or more legs over accounts, credits
//! positive and debits negative, that add up to zero, in total and inside each
//! organization's books.

use crate::Amount;
use crate::account::{AccountKind, Balance};
use crate::id::AccountId;

/// The books that an account belongs to: one organization in one environment.
pub type Books = i64;

/// One side of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The account that changes.
    pub account: AccountId,
    /// Whose books it stands in.
    pub books: Books,
    /// Credit when positive, debit when negative.
    pub amount: Amount,
}

/// A balanced set of legs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting(Vec<Leg>);

/// Why legs make no posting. These are programming errors: no request can
/// cause them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostingError {
    /// Fewer than two legs.
    #[error("a posting needs at least two legs")]
    TooFewLegs,
    /// A leg that moves nothing.
    #[error("a leg moves nothing")]
    EmptyLeg,
    /// An account stands in two legs.
    #[error("an account stands in two legs")]
    RepeatedAccount,
    /// Debits and credits differ, in total or in one organization's books.
    #[error("debits and credits differ")]
    Unbalanced,
}

impl Posting {
    /// Checks the legs and makes a posting of them.
    ///
    /// # Errors
    /// [`PostingError`] names the first rule that the legs break.
    pub fn new(legs: Vec<Leg>) -> Result<Self, PostingError> {
        if legs.len() < 2 {
            return Err(PostingError::TooFewLegs);
        }
        if legs.iter().any(|leg| leg.amount.is_zero()) {
            return Err(PostingError::EmptyLeg);
        }
        let repeated =
            |(at, leg): (usize, &Leg)| legs[..at].iter().any(|it| it.account == leg.account);
        if legs.iter().enumerate().any(repeated) {
            return Err(PostingError::RepeatedAccount);
        }
        let balanced = legs.iter().all(|leg| sum_of_books(&legs, leg.books) == 0);
        if !balanced {
            return Err(PostingError::Unbalanced);
        }
        Ok(Self(legs))
    }

    /// The legs, in the order in which they are posted.
    #[must_use]
    pub fn legs(&self) -> &[Leg] {
        &self.0
    }
}

fn sum_of_books(legs: &[Leg], books: Books) -> i128 {
    let own = legs.iter().filter(|leg| leg.books == books);
    own.map(|leg| i128::from(leg.amount.units())).sum()
}

/// Why an account cannot take a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegRefusal {
    /// The result does not fit in an amount.
    TooLarge,
    /// The account would owe what it must not owe.
    BelowZero,
}

/// The balance after a leg. Held funds are not touched: whoever spends them
/// releases the hold first.
///
/// # Errors
/// [`LegRefusal`] when the account cannot take the leg.
pub fn apply(kind: AccountKind, before: Balance, amount: Amount) -> Result<Balance, LegRefusal> {
    let posted = before.posted.checked_add(amount).ok_or(LegRefusal::TooLarge)?;
    let after = Balance { posted, ..before };
    let spends = amount.is_negative();
    if spends && !kind.may_go_negative() && after.available().is_negative() {
        return Err(LegRefusal::BelowZero);
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leg(account: i64, books: Books, cents: i64) -> Leg {
        let account = AccountId::from_key(account).expect("positive");
        Leg { account, books, amount: Amount::from_cents(cents) }
    }

    #[test]
    fn refuses_what_does_not_balance() {
        assert_eq!(Posting::new(vec![leg(1, 1, 5)]), Err(PostingError::TooFewLegs));
        assert_eq!(
            Posting::new(vec![leg(1, 1, 5), leg(2, 1, 0), leg(3, 1, -5)]),
            Err(PostingError::EmptyLeg)
        );
        assert_eq!(
            Posting::new(vec![leg(1, 1, 5), leg(1, 1, -5)]),
            Err(PostingError::RepeatedAccount)
        );
        assert_eq!(Posting::new(vec![leg(1, 1, 5), leg(2, 1, -4)]), Err(PostingError::Unbalanced));
        let across = vec![leg(1, 1, -5), leg(2, 2, 5)];
        assert_eq!(Posting::new(across), Err(PostingError::Unbalanced));
        let through_clearing = vec![leg(1, 1, -5), leg(3, 1, 5), leg(4, 2, -5), leg(2, 2, 5)];
        assert!(Posting::new(through_clearing).is_ok());
    }

    #[test]
    fn held_funds_cannot_be_spent() {
        let balance = Balance { posted: Amount::from_cents(100), held: Amount::from_cents(40) };
        let spend = |cents: i64| apply(AccountKind::Wallet, balance, Amount::from_cents(-cents));
        assert_eq!(spend(60).map(Balance::available), Ok(Amount::ZERO));
        assert_eq!(spend(61), Err(LegRefusal::BelowZero));
        let treasury = apply(AccountKind::Treasury, Balance::default(), Amount::from_cents(-1));
        assert!(treasury.is_ok());
    }

    proptest! {
        #[test]
        fn a_wallet_never_owes(
            posted in 0_i64..1_000, held in 0_i64..1_000, change in -2_000_i64..2_000
        ) {
            let held = held.min(posted);
            let before = Balance {
                posted: Amount::from_units(posted), held: Amount::from_units(held),
            };
            if let Ok(after) = apply(AccountKind::Wallet, before, Amount::from_units(change)) {
                prop_assert!(!after.available().is_negative());
                prop_assert_eq!(after.posted.units(), posted + change);
            } else {
                prop_assert!(posted - held + change < 0);
            }
        }
    }
}
