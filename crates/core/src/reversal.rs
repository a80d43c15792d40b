//! How much of a payment may still be given back.

use crate::{Amount, Timestamp};

/// Where a payment stands, as far as a reversal cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reversible {
    /// What was paid.
    pub amount: Amount,
    /// What was given back so far.
    pub reversed: Amount,
    /// What the sender paid on top.
    pub fee: Amount,
    /// When it was posted.
    pub settled_at: Timestamp,
}

/// A reversal that may be posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// What goes back to the sender from the receiver.
    pub amount: Amount,
    /// What goes back to the sender from the fees.
    pub fee: Amount,
    /// Whether nothing of the payment is left.
    pub full: bool,
}

/// Why a payment cannot be reversed as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReversalRefusal {
    /// Everything was given back already.
    AlreadyReversed,
    /// It is older than the reversal window.
    Settled,
    /// More than what is left.
    ExceedsRemaining {
        /// What is left.
        remaining: Amount,
    },
}

/// Decides a reversal of `asked`, or of all that is left.
///
/// The fee returns only with a single full reversal.
///
/// # Errors
/// [`ReversalRefusal`] names the first rule that forbids it.
pub fn decide(
    payment: &Reversible,
    asked: Option<Amount>,
    now: Timestamp,
    window_seconds: i64,
) -> Result<Reversal, ReversalRefusal> {
    let remaining = payment.amount.saturating_sub(payment.reversed);
    if !remaining.is_positive() {
        return Err(ReversalRefusal::AlreadyReversed);
    }
    if now > payment.settled_at.plus_seconds(window_seconds) {
        return Err(ReversalRefusal::Settled);
    }
    let amount = asked.unwrap_or(remaining);
    if amount > remaining {
        return Err(ReversalRefusal::ExceedsRemaining { remaining });
    }
    let full = amount == remaining;
    let single = full && payment.reversed.is_zero();
    let fee = if single { payment.fee } else { Amount::ZERO };
    Ok(Reversal { amount, fee, full })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn payment(reversed_cents: i64) -> Reversible {
        Reversible {
            amount: Amount::from_cents(1_000),
            reversed: Amount::from_cents(reversed_cents),
            fee: Amount::from_cents(25),
            settled_at: Timestamp::from_micros(0),
        }
    }

    #[test]
    fn partial_amounts_add_up_to_the_original() {
        let now = Timestamp::from_micros(0);
        let cents = |cents| Some(Amount::from_cents(cents));
        let whole = decide(&payment(0), None, now, DAY).expect("nothing reversed yet");
        assert_eq!(whole.fee, Amount::from_cents(25));
        let last = decide(&payment(400), None, now, DAY).expect("some is left");
        assert_eq!((last.amount, last.full), (Amount::from_cents(600), true));
        assert_eq!(last.fee, Amount::ZERO);
        let remaining = Amount::from_cents(600);
        assert_eq!(
            decide(&payment(400), cents(601), now, DAY),
            Err(ReversalRefusal::ExceedsRemaining { remaining })
        );
        assert_eq!(decide(&payment(1_000), None, now, DAY), Err(ReversalRefusal::AlreadyReversed));
    }

    #[test]
    fn the_window_ends() {
        let last_moment = Timestamp::from_micros(0).plus_seconds(DAY);
        assert!(decide(&payment(0), None, last_moment, DAY).is_ok());
        let after = Timestamp::from_micros(last_moment.micros() + 1);
        assert_eq!(decide(&payment(0), None, after, DAY), Err(ReversalRefusal::Settled));
    }
}
