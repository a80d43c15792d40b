//! What becomes of an authorization.
//!
//! An approved authorization reserves its amount. From there each cent of it
//! goes one way, once: it is captured, or it is released. What was captured can
//! be refunded. So never more is captured than was authorized, and never more
//! refunded than was captured.

use crate::Amount;
use crate::hold::HoldStatus;

/// Where an authorization stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationStatus {
    /// Refused; nothing was ever held.
    Declined,
    /// Its amount is held, less what was released; nothing is captured yet.
    Approved,
    /// A part is captured, another is still held.
    PartiallyCaptured,
    /// Captured, and nothing is held any more.
    Captured,
    /// Released by the merchant, because its single-use card was used up, or because
    /// its wallet ended.
    Reversed,
    /// Released because nobody captured it in time.
    Expired,
    /// A part of what was captured was given back.
    PartiallyRefunded,
    /// All that was captured was given back.
    Refunded,
}

impl AuthorizationStatus {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Declined,
        Self::Approved,
        Self::PartiallyCaptured,
        Self::Captured,
        Self::Reversed,
        Self::Expired,
        Self::PartiallyRefunded,
        Self::Refunded,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declined => "DECLINED",
            Self::Approved => "APPROVED",
            Self::PartiallyCaptured => "PARTIALLY_CAPTURED",
            Self::Captured => "CAPTURED",
            Self::Reversed => "REVERSED",
            Self::Expired => "EXPIRED",
            Self::PartiallyRefunded => "PARTIALLY_REFUNDED",
            Self::Refunded => "REFUNDED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// Why held funds became free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseCause {
    /// The merchant gave them back.
    Reversed,
    /// Nobody captured them in time.
    Expired,
    /// Their card was used up, or its wallet ended.
    Ended,
}

impl ReleaseCause {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reversed => "REVERSED",
            Self::Expired => "EXPIRED",
            Self::Ended => "ENDED",
        }
    }
}

/// How much of an approved authorization went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// What was approved.
    pub authorized: Amount,
    /// What was captured of it.
    pub captured: Amount,
    /// What was released of it.
    pub released: Amount,
    /// What was given back of the captured.
    pub refunded: Amount,
}

/// Why an authorization cannot take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepRefusal {
    /// Nothing is left to take it with.
    NothingLeft,
    /// Less is left than was asked for.
    Exceeds {
        /// What is left.
        maximum: Amount,
    },
}

impl Amounts {
    /// An authorization that was just approved.
    #[must_use]
    pub const fn approved(authorized: Amount) -> Self {
        Self { authorized, captured: Amount::ZERO, released: Amount::ZERO, refunded: Amount::ZERO }
    }

    /// What is still held.
    #[must_use]
    pub const fn held(&self) -> Amount {
        self.authorized.saturating_sub(self.captured).saturating_sub(self.released)
    }

    /// What counts against limits: all but what was released. A refund does not
    /// bring it back: limits bound what is spent, and a refund is new money.
    #[must_use]
    pub const fn counted(&self) -> Amount {
        self.authorized.saturating_sub(self.released)
    }

    /// What can still be refunded.
    #[must_use]
    pub const fn refundable(&self) -> Amount {
        self.captured.saturating_sub(self.refunded)
    }

    /// After capturing `asked`, or all that is held; and how much that is.
    ///
    /// # Errors
    /// [`StepRefusal`] when less is held.
    pub fn capture(self, asked: Option<Amount>) -> Result<(Self, Amount), StepRefusal> {
        let amount = step(asked, self.held())?;
        Ok((Self { captured: self.captured.saturating_add(amount), ..self }, amount))
    }

    /// After releasing `asked`, or all that is held; and how much that is.
    ///
    /// # Errors
    /// [`StepRefusal`] when less is held.
    pub fn release(self, asked: Option<Amount>) -> Result<(Self, Amount), StepRefusal> {
        let amount = step(asked, self.held())?;
        Ok((Self { released: self.released.saturating_add(amount), ..self }, amount))
    }

    /// After refunding `asked`, or all that was captured; and how much that is.
    ///
    /// # Errors
    /// [`StepRefusal`] when less was captured and not refunded yet.
    pub fn refund(self, asked: Option<Amount>) -> Result<(Self, Amount), StepRefusal> {
        let amount = step(asked, self.refundable())?;
        Ok((Self { refunded: self.refunded.saturating_add(amount), ..self }, amount))
    }

    /// Where the authorization stands after a step; `cause` is why something was
    /// released, when this step released it.
    #[must_use]
    pub fn status(&self, cause: Option<ReleaseCause>) -> AuthorizationStatus {
        let (holds, captured) = (self.held().is_positive(), self.captured.is_positive());
        match (holds, captured, cause) {
            (true, false, _) => AuthorizationStatus::Approved,
            (true, true, _) => AuthorizationStatus::PartiallyCaptured,
            (false, false, Some(ReleaseCause::Expired)) => AuthorizationStatus::Expired,
            (false, false, _) => AuthorizationStatus::Reversed,
            (false, true, _) if self.refunded.is_zero() => AuthorizationStatus::Captured,
            (false, true, _) if self.refundable().is_zero() => AuthorizationStatus::Refunded,
            (false, true, _) => AuthorizationStatus::PartiallyRefunded,
        }
    }
}

impl Amounts {
    /// What the authorization's hold is after a step, and its amount: what is
    /// still held; when it ended, what was captured, or else all of it.
    #[must_use]
    pub fn hold(&self, cause: Option<ReleaseCause>) -> (HoldStatus, Amount) {
        match (self.held().is_positive(), self.captured.is_positive(), cause) {
            (true, _, _) => (HoldStatus::Pending, self.held()),
            (false, true, _) => (HoldStatus::Captured, self.captured),
            (false, false, Some(ReleaseCause::Reversed)) => (HoldStatus::Reversed, self.authorized),
            (false, false, _) => (HoldStatus::Released, self.authorized),
        }
    }
}

fn step(asked: Option<Amount>, left: Amount) -> Result<Amount, StepRefusal> {
    if !left.is_positive() {
        return Err(StepRefusal::NothingLeft);
    }
    let amount = asked.unwrap_or(left);
    if !amount.is_positive() || amount > left {
        return Err(StepRefusal::Exceeds { maximum: left });
    }
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn cents(cents: i64) -> Amount {
        Amount::from_cents(cents)
    }

    #[test]
    fn a_cent_more_than_is_held_is_refused() {
        let approved = Amounts::approved(cents(1_000));
        let over = approved.capture(Some(cents(1_001)));
        assert_eq!(over, Err(StepRefusal::Exceeds { maximum: cents(1_000) }));
        let (part, _) = approved.capture(Some(cents(400))).expect("held");
        assert_eq!(part.status(None), AuthorizationStatus::PartiallyCaptured);
        let (done, rest) = part.release(None).expect("held");
        assert_eq!((rest, done.held(), done.counted()), (cents(600), Amount::ZERO, cents(400)));
        assert_eq!(done.status(Some(ReleaseCause::Expired)), AuthorizationStatus::Captured);
        assert_eq!(done.capture(None), Err(StepRefusal::NothingLeft));
        let over = done.refund(Some(cents(401)));
        assert_eq!(over, Err(StepRefusal::Exceeds { maximum: cents(400) }));
        let (refunded, _) = done.refund(None).expect("captured");
        assert_eq!(refunded.status(None), AuthorizationStatus::Refunded);
        assert_eq!(refunded.refund(None), Err(StepRefusal::NothingLeft));
        assert_eq!(refunded.counted(), cents(400), "a refund restores no limit");
    }

    #[test]
    fn how_it_ended_is_told_when_nothing_was_captured() {
        let (ended, _) = Amounts::approved(cents(5)).release(None).expect("held");
        assert_eq!(ended.status(Some(ReleaseCause::Expired)), AuthorizationStatus::Expired);
        assert_eq!(ended.status(Some(ReleaseCause::Reversed)), AuthorizationStatus::Reversed);
        assert_eq!(ended.status(Some(ReleaseCause::Ended)), AuthorizationStatus::Reversed);
        assert_eq!(ended.hold(Some(ReleaseCause::Expired)), (HoldStatus::Released, cents(5)));
        assert_eq!(ended.hold(Some(ReleaseCause::Reversed)), (HoldStatus::Reversed, cents(5)));
    }

    proptest! {
        #[test]
        fn no_sequence_of_steps_makes_money(
            authorized in 1_i64..1_000,
            steps in proptest::collection::vec((0_u8..3, proptest::option::of(-5_i64..1_200)), 0..40)
        ) {
            let mut amounts = Amounts::approved(Amount::from_units(authorized));
            for (kind, asked) in steps {
                let asked = asked.map(Amount::from_units);
                let stepped = match kind {
                    0 => amounts.capture(asked),
                    1 => amounts.release(asked),
                    _ => amounts.refund(asked),
                };
                let before = amounts;
                if let Ok((after, amount)) = stepped {
                    prop_assert!(amount.is_positive());
                    prop_assert!(asked.is_none_or(|asked| asked == amount));
                    amounts = after;
                }
                let units = |amount: Amount| amount.units();
                prop_assert!(!amounts.held().is_negative() && !amounts.refundable().is_negative());
                prop_assert_eq!(
                    units(amounts.held()) + units(amounts.captured) + units(amounts.released),
                    authorized
                );
                prop_assert!(amounts.refunded <= amounts.captured);
                prop_assert!(amounts.counted() <= before.counted(), "steps never count more");
            }
        }
    }
}
