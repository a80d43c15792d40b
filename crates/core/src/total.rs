//! Sums of amounts, which may be larger than any amount.

use std::fmt;
use std::ops::{AddAssign, Sub};

use crate::Amount;

/// Units of 10⁻⁸ in one dollar.
const UNITS: i128 = 100_000_000;
/// Digits after the decimal point.
const SCALE: usize = 8;

/// A sum of any number of amounts, exact. It is written as an amount is.
///
/// ```
/// use wallgent_core::{Amount, Total};
/// let mut total = Total::default();
/// total += Amount::MAX.into();
/// total += Amount::MAX.into();
/// assert_eq!(total.to_string(), "184467440737.09551614");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Total(i128);

impl Total {
    /// The sum of whole dollars and a rest in units, as a store keeps it (see
    /// [`Amount::split`]).
    #[must_use]
    pub const fn of_parts(whole: i64, rest: i64) -> Self {
        Self(whole as i128 * UNITS + rest as i128)
    }

    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) || fraction.len() > SCALE {
            return None;
        }
        let rest: i128 = format!("{fraction:0<SCALE$}").parse().ok()?;
        let units = whole.parse::<i128>().ok()?.checked_mul(UNITS)?.checked_add(rest)?;
        Some(Self(if negative { -units } else { units }))
    }
}

impl From<Amount> for Total {
    fn from(amount: Amount) -> Self {
        Self(i128::from(amount.units()))
    }
}

/// Sums of 64-bit numbers do not reach the end of 128 bits in any number of rows
/// that a store can hold.
impl AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }
}

impl Sub for Total {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// At least two decimals, more only where needed.
impl fmt::Display for Total {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let units = UNITS.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let fraction = format!("{:0SCALE$}", magnitude % units);
        let kept = fraction.trim_end_matches('0').len().max(2);
        write!(formatter, "{sign}{}.{}", magnitude / units, &fraction[..kept])
    }
}

impl serde::Serialize for Total {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Total {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a sum of amounts"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_written_as_an_amount_is(units in any::<i64>()) {
            let amount = Amount::from_units(units);
            let (whole, rest) = amount.split();
            prop_assert_eq!(Total::from(amount).to_string(), amount.to_string());
            prop_assert_eq!(Total::of_parts(whole, rest), amount.into());
        }

        #[test]
        fn every_sum_reads_back(whole in any::<i64>(), rest in any::<i64>()) {
            let total = Total::of_parts(whole, rest);
            prop_assert_eq!(Total::parse(&total.to_string()), Some(total));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = Total::parse(&text);
        }
    }
}
