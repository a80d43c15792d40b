//! What a movement costs.

use crate::Amount;

/// Parts of a million in the whole.
const MILLION: i128 = 1_000_000;

/// A proportional fee with a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeSchedule {
    /// Parts per million of the amount (5,000 is 0.5 %).
    pub rate_ppm: u32,
    /// The least a movement costs.
    pub minimum: Amount,
}

impl FeeSchedule {
    /// 0.5 %, at least $0.25.
    pub const STANDARD: Self = Self { rate_ppm: 5_000, minimum: Amount::from_cents(25) };
    /// No fee at all.
    pub const FREE: Self = Self { rate_ppm: 0, minimum: Amount::ZERO };

    /// The fee for `amount`, exact to 8 places, halves rounded to even.
    /// `None` when it does not fit.
    #[must_use]
    pub fn fee_for(&self, amount: Amount) -> Option<Amount> {
        let scaled = i128::from(amount.units()) * i128::from(self.rate_ppm);
        let (quotient, rest) = (scaled.div_euclid(MILLION), scaled.rem_euclid(MILLION));
        let half = MILLION / 2;
        let round_up = rest > half || (rest == half && quotient % 2 != 0);
        let units = i64::try_from(quotient + i128::from(round_up)).ok()?;
        Some(Amount::from_units(units).max(self.minimum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fee(amount: &str) -> String {
        let amount = amount.parse().expect("amount");
        FeeSchedule::STANDARD.fee_for(amount).expect("fits").to_string()
    }

    #[test]
    fn half_a_percent_but_not_less_than_a_quarter() {
        assert_eq!(fee("0.01"), "0.25");
        assert_eq!(fee("50.00"), "0.25");
        assert_eq!(fee("50.02"), "0.2501");
        assert_eq!(fee("123.45"), "0.61725");
        assert_eq!(fee("92233720368.54775807"), "461168601.84273879");
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let plain = FeeSchedule { minimum: Amount::ZERO, ..FeeSchedule::STANDARD };
        let units = |units| plain.fee_for(Amount::from_units(units)).map(Amount::units);
        assert_eq!(units(100), Some(0));
        assert_eq!(units(300), Some(2));
        assert_eq!(units(500), Some(2));
        assert_eq!(units(501), Some(3));
        assert_eq!(FeeSchedule::FREE.fee_for(Amount::MAX), Some(Amount::ZERO));
    }
}
