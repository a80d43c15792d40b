//! Exact decimal money.
//!
//! An [`Amount`] is a whole number of 10⁻⁸ units in 64 bits. Arithmetic is
//! checked: a result that does not fit is an error, never a wrapped number.

use std::fmt;

/// Units in one dollar.
const UNITS: i64 = 100_000_000;
/// Digits after the decimal point that an amount can hold.
const SCALE: usize = 8;

/// An exact amount of money in units of 10⁻⁸.
///
/// ```
/// use wallgent_core::Amount;
/// let price: Amount = "0.61725".parse().unwrap();
/// assert_eq!(price.to_string(), "0.61725");
/// assert_eq!("250".parse::<Amount>().unwrap().to_string(), "250.00");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

/// Why a text or a result is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text does not follow `(0|[1-9][0-9]*)(\.[0-9]{1,8})?`.
    #[error("not a decimal number with at most 8 places")]
    Malformed,
    /// The value does not fit in 64 bits of 10⁻⁸ units.
    #[error("too large")]
    TooLarge,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount: 92,233,720,368.54775807.
    pub const MAX: Self = Self(i64::MAX);

    /// An amount of whole cents. Meant for constants.
    #[must_use]
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents * (UNITS / 100))
    }

    /// The amount of `units` times 10⁻⁸.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// The whole number of 10⁻⁸ units.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Parses an amount that may have a leading `-`.
    ///
    /// # Errors
    /// [`AmountError`] when the text breaks the grammar or is too large.
    pub fn parse_signed(text: &str) -> Result<Self, AmountError> {
        match text.strip_prefix('-') {
            Some(rest) => rest.parse::<Self>().map(|amount| Self(-amount.0)),
            None => text.parse(),
        }
    }

    /// The sum, unless it does not fit.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(units) => Some(Self(units)),
            None => None,
        }
    }

    /// The difference, unless it does not fit.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(units) => Some(Self(units)),
            None => None,
        }
    }

    /// The same amount with the other sign, unless it does not fit.
    #[must_use]
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(units) => Some(Self(units)),
            None => None,
        }
    }

    /// The sum, held at the largest amount. For totals that are only compared
    /// with a limit, where "more than everything" is still more.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, held at the smallest amount.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The whole dollars and the rest in units, both with the amount's sign.
    /// For sums of any size, which are kept in two numbers.
    #[must_use]
    pub const fn split(self) -> (i64, i64) {
        (self.0 / UNITS, self.0 % UNITS)
    }

    /// Whether the amount is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether the amount is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the amount is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The amount with all 8 decimals, as `details.balance` shows it.
    #[must_use]
    pub fn to_fixed(self) -> String {
        let (sign, whole, fraction) = self.parts();
        format!("{sign}{whole}.{fraction:08}")
    }

    fn parts(self) -> (&'static str, u64, u64) {
        let magnitude = self.0.unsigned_abs();
        let units = UNITS.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        (sign, magnitude / units, magnitude % units)
    }
}

impl std::str::FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let padded_zero = whole.len() > 1 && whole.starts_with('0');
        if !is_digits(whole) || padded_zero {
            return Err(AmountError::Malformed);
        }
        let fraction = fraction.unwrap_or("0");
        if !is_digits(fraction) || fraction.len() > SCALE {
            return Err(AmountError::Malformed);
        }
        let digits = whole.bytes().chain(fraction.bytes());
        let padding = std::iter::repeat_n(b'0', SCALE - fraction.len());
        digits
            .chain(padding)
            .try_fold(0_i64, |units, digit| {
                units.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
            })
            .map(Self)
            .ok_or(AmountError::TooLarge)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// At least two decimals, more only where needed.
impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, whole, mut fraction) = self.parts();
        let mut width = SCALE;
        while width > 2 && fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        write!(formatter, "{sign}{whole}.{fraction:0width$}")
    }
}

impl serde::Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse_signed(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_grammar_and_nothing_else() {
        for (text, units) in
            [("0", 0), ("50", 5_000_000_000), ("0.00000001", 1), ("92233720368.54775807", i64::MAX)]
        {
            assert_eq!(text.parse(), Ok(Amount(units)), "{text}");
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "01",
            "00",
            "+1",
            "-1",
            " 1",
            "1 ",
            "1e2",
            "1_0",
            "1,0",
            "0.123456789",
            "١",
            "NaN",
            "0x1",
            "1.2.3",
            "--1",
        ] {
            assert_eq!(text.parse::<Amount>(), Err(AmountError::Malformed), "{text:?}");
        }
        let too_large = "92233720368.54775808".parse::<Amount>();
        assert_eq!(too_large, Err(AmountError::TooLarge));
        assert_eq!(Amount::parse_signed("-25"), Ok(Amount::from_cents(-2_500)));
        assert_eq!(Amount::parse_signed("--25"), Err(AmountError::Malformed));
    }

    #[test]
    fn splits_into_dollars_and_the_rest() {
        assert_eq!(Amount::from_cents(5_025).split(), (50, 25_000_000));
        assert_eq!(Amount::from_cents(-5_025).split(), (-50, -25_000_000));
    }

    #[test]
    fn prints_two_decimals_or_as_many_as_needed() {
        assert_eq!(Amount::from_cents(25_000).to_string(), "250.00");
        assert_eq!(Amount(61_725_000).to_string(), "0.61725");
        assert_eq!(Amount(-1).to_string(), "-0.00000001");
        assert_eq!(Amount(i64::MIN).to_string(), "-92233720368.54775808");
        assert_eq!(Amount::from_cents(4_500).to_fixed(), "45.00000000");
    }

    proptest! {
        #[test]
        fn every_amount_reads_back(units in any::<i64>().prop_filter("min has no positive", |u| *u != i64::MIN)) {
            let amount = Amount(units);
            prop_assert_eq!(Amount::parse_signed(&amount.to_string()), Ok(amount));
            prop_assert_eq!(Amount::parse_signed(&amount.to_fixed()), Ok(amount));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = Amount::parse_signed(&text);
        }
    }
}
