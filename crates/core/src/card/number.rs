//! Numbers of cards, made from random bytes that the caller brings.

use std::fmt;

use crate::time::Day;

/// The issuer's range: 424242 is known everywhere as a range for tests, which no
/// bank issues.
const TEST_RANGE: u64 = 424_242;
/// Digits between the range and the check digit.
const ACCOUNT_DIGITS: usize = 9;
/// How many account numbers that makes.
const ACCOUNTS: u64 = 1_000_000_000;
/// Digits that are shown to everybody.
const LAST_DIGITS: usize = 4;
/// How long a card is good, in months.
const GOOD_MONTHS: i64 = 36;

/// The number of a card. It is not printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber(String);

impl CardNumber {
    /// A number in the test range. Nothing finds a card by its number, so two
    /// cards may have the same one.
    #[must_use]
    pub fn generate(random: u64) -> Self {
        let account = random % ACCOUNTS;
        let payload = format!("{TEST_RANGE}{account:0ACCOUNT_DIGITS$}");
        let check = check_digit(&payload);
        Self(format!("{payload}{check}"))
    }

    /// A number that was stored; nothing when it is none.
    #[must_use]
    pub fn from_text(text: String) -> Option<Self> {
        let digits = text.len() > LAST_DIGITS && text.bytes().all(|it| it.is_ascii_digit());
        (digits && passes_luhn(&text)).then_some(Self(text))
    }

    /// The number itself, for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is shown everywhere.
    #[must_use]
    pub fn last4(&self) -> &str {
        &self.0[self.0.len() - LAST_DIGITS..]
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CardNumber(…)")
    }
}

/// The sum of the digits from the right, every second one doubled with its own
/// digits added, beginning with the first when `doubles_first`.
fn luhn_sum(digits: &str, doubles_first: bool) -> u32 {
    let values = digits.bytes().rev().map(|digit| u32::from(digit.wrapping_sub(b'0')));
    let weighed = values.enumerate().map(|(at, value)| {
        let doubled = value * 2;
        match (at % 2 == 0) == doubles_first {
            true if doubled > 9 => doubled - 9,
            true => doubled,
            false => value,
        }
    });
    weighed.sum()
}

fn check_digit(payload: &str) -> u32 {
    (10 - luhn_sum(payload, true) % 10) % 10
}

fn passes_luhn(number: &str) -> bool {
    luhn_sum(number, false).is_multiple_of(10)
}

/// The code that stands beside the number. It is not printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct SecurityCode(String);

impl SecurityCode {
    /// A code of three digits.
    #[must_use]
    pub fn generate(random: u64) -> Self {
        Self(format!("{:03}", random % 1_000))
    }

    /// A code that was stored; nothing when it is none.
    #[must_use]
    pub fn from_text(text: String) -> Option<Self> {
        (text.len() == 3 && text.bytes().all(|it| it.is_ascii_digit())).then_some(Self(text))
    }

    /// The code itself, for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecurityCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecurityCode(…)")
    }
}

/// Whose network a card belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brand {
    /// Numbers that begin with 4.
    Visa,
}

impl Brand {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visa => "VISA",
        }
    }
}

/// The last month in which a card is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry {
    /// As 2029.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
}

impl Expiry {
    /// The expiry of a card that is issued on this day.
    #[must_use]
    pub const fn of_issue(day: Day) -> Self {
        let (year, month, _) = day.civil();
        let months = year * 12 + (month - 1) + GOOD_MONTHS;
        Self { year: months.div_euclid(12), month: months.rem_euclid(12) + 1 }
    }

    /// Whether the month is over.
    #[must_use]
    pub fn is_past(self, day: Day) -> bool {
        let (year, month, _) = day.civil();
        self < Self { year, month }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Timestamp::parse(&format!("{text}T12:00:00Z")).expect("a day").day()
    }

    #[test]
    fn known_numbers_pass_the_check() {
        for number in ["4242424242424242", "4000056655665556", "378282246310005"] {
            assert!(passes_luhn(number), "{number}");
        }
        assert!(!passes_luhn("4242424242424241"));
        assert_eq!(CardNumber::generate(424_242_424).expose(), "4242424242424242");
    }

    #[test]
    fn nothing_prints_a_secret() {
        let number = CardNumber::generate(17);
        assert!(!format!("{number:?}").contains("4242"));
        assert_eq!(format!("{:?}", SecurityCode::generate(123)), "SecurityCode(…)");
    }

    #[test]
    fn a_card_is_good_through_its_last_month() {
        let expiry = Expiry::of_issue(day("2026-12-31"));
        assert_eq!(expiry, Expiry { year: 2029, month: 12 });
        assert!(!expiry.is_past(day("2029-12-31")));
        assert!(expiry.is_past(day("2030-01-01")));
        assert_eq!(Expiry::of_issue(day("2026-01-01")), Expiry { year: 2029, month: 1 });
    }

    proptest! {
        #[test]
        fn every_number_is_valid_and_in_the_test_range(random: u64) {
            let number = CardNumber::generate(random);
            prop_assert!(number.expose().starts_with("424242") && number.expose().len() == 16);
            prop_assert!(passes_luhn(number.expose()));
            prop_assert!(number.expose().ends_with(number.last4()));
            let read = CardNumber::from_text(number.expose().to_owned());
            prop_assert_eq!(read, Some(number));
        }

        #[test]
        fn a_mistyped_digit_is_noticed(random: u64, at in 0_usize..16, by in 1_u8..10) {
            let mut digits = CardNumber::generate(random).expose().as_bytes().to_vec();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            let text = String::from_utf8(digits).expect("digits");
            prop_assert_eq!(CardNumber::from_text(text), None);
        }

        #[test]
        fn every_code_has_three_digits(random: u64) {
            let code = SecurityCode::generate(random);
            prop_assert_eq!(SecurityCode::from_text(code.expose().to_owned()), Some(code));
        }
    }
}
