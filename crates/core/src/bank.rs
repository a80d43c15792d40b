//! Numbers of banks and their accounts: what makes them valid, how much of them
//! is shown, and how an account is proved to be somebody's.

use std::fmt;

use crate::{Amount, Timestamp};

/// Digits of a routing number.
const ROUTING_DIGITS: usize = 9;
/// The weights of the ABA checksum, over and over.
const ROUTING_WEIGHTS: [u32; 3] = [3, 7, 1];
/// Digits that an account number has.
const ACCOUNT_DIGITS: std::ops::RangeInclusive<usize> = 4..=17;
/// Digits that may leave.
const SHOWN_DIGITS: usize = 4;

/// Whether a text is the routing number of a bank: nine digits whose weighted
/// sum is a multiple of ten.
///
/// ```
/// use wallgent_core::bank::is_routing_number;
/// assert!(is_routing_number("021000021"));
/// assert!(!is_routing_number("021000022"));
/// ```
#[must_use]
pub fn is_routing_number(text: &str) -> bool {
    if text.len() != ROUTING_DIGITS || !is_digits(text) {
        return false;
    }
    let weighted = text.bytes().zip(ROUTING_WEIGHTS.into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    // Nine zeros pass the checksum, and are no bank.
    sum > 0 && sum.is_multiple_of(10)
}

/// Whether a text can be an account number: 4 to 17 digits.
#[must_use]
pub fn is_account_number(text: &str) -> bool {
    ACCOUNT_DIGITS.contains(&text.len()) && is_digits(text)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The last four characters of a number: all of it that may leave.
#[must_use]
pub fn last_four(number: &str) -> &str {
    let start = number.char_indices().rev().nth(SHOWN_DIGITS - 1).map_or(0, |(at, _)| at);
    &number[start..]
}

/// A number as it is shown: `****6789`.
#[must_use]
pub fn mask(number: &str) -> String {
    format!("****{}", last_four(number))
}

/// An account number. It never shows itself whole, whoever prints it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AccountNumber(String);

impl AccountNumber {
    /// Reads a number; `None` unless it has 4 to 17 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_account_number(text).then(|| Self(text.to_owned()))
    }

    /// All of it, for the bank that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// `****6789`.
impl fmt::Debug for AccountNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&mask(&self.0))
    }
}

/// What an account is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountType {
    /// Everyday use.
    #[default]
    Checking,
    /// Keeping.
    Savings,
}

impl AccountType {
    /// All types.
    pub const ALL: [Self; 2] = [Self::Checking, Self::Savings];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Checking => "CHECKING",
            Self::Savings => "SAVINGS",
        }
    }

    /// The type with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// What a linked account can be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankAccountStatus {
    /// Nothing, until it is proved to be its owner's.
    Pending,
    /// Deposits and withdrawals.
    Verified,
    /// Nothing, for good.
    Removed,
}

impl BankAccountStatus {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Verified, Self::Removed];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Verified => "VERIFIED",
            Self::Removed => "REMOVED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// How often the amounts of the micro-deposits may be told.
pub const TRIES_MAX: i64 = 3;
/// How long wrong tries count against a number, in seconds: 30 days.
const TRIES_COUNT_SECONDS: i64 = 30 * 86_400;
/// A micro-deposit has fewer cents than this, and at least one.
const CENTS_END: u32 = 100;

/// The wrong tries to verify one number, under whatever ID it was linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongTries {
    /// How many.
    pub count: i64,
    /// When the last was made.
    pub last_at: Timestamp,
}

impl WrongTries {
    /// When they are forgotten, unless another follows.
    #[must_use]
    pub const fn end_at(self) -> Timestamp {
        self.last_at.plus_seconds(TRIES_COUNT_SECONDS)
    }

    /// How many are left at this moment.
    #[must_use]
    pub fn left(self, now: Timestamp) -> i64 {
        if now >= self.end_at() { TRIES_MAX } else { (TRIES_MAX - self.count).max(0) }
    }

    /// These and one more.
    #[must_use]
    pub fn and_one(self, now: Timestamp) -> Self {
        Self { count: TRIES_MAX - self.left(now) + 1, last_at: now }
    }
}

/// Two small amounts sent to an account. Whoever can tell them sees the
/// account's statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MicroDeposits([Amount; 2]);

impl MicroDeposits {
    /// What the simulator sends: always $0.32 and $0.45.
    pub const SIMULATED: Self = Self([Amount::from_cents(32), Amount::from_cents(45)]);

    /// Two amounts of 1 to 99 cents, made of any number. They differ, so that
    /// nobody has to guess one amount only.
    #[must_use]
    pub fn of_chance(chance: u64) -> Self {
        let choices = u64::from(CENTS_END - 1);
        let first = chance % choices;
        let second = (first + 1 + (chance / choices) % (choices - 1)) % choices;
        Self([first, second].map(|cents| Amount::from_cents(i64::try_from(cents + 1).unwrap_or(1))))
    }

    /// The two amounts.
    #[must_use]
    pub const fn amounts(self) -> [Amount; 2] {
        self.0
    }

    /// The micro-deposits of these amounts, as they were kept.
    #[must_use]
    pub const fn of_amounts(amounts: [Amount; 2]) -> Self {
        Self(amounts)
    }

    /// Whether these are the amounts, in either order.
    #[must_use]
    pub fn are(self, told: [Amount; 2]) -> bool {
        let [first, second] = told;
        self.0 == told || self.0 == [second, first]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn routing_numbers_are_checked() {
        for good in ["021000021", "011401533", "091000019", "110000000"] {
            assert!(is_routing_number(good), "{good}");
        }
        let bad =
            ["", "000000000", "021000022", "12000021", "0210000210", "02100002x", "０21000021"];
        for bad in bad {
            assert!(!is_routing_number(bad), "{bad}");
        }
    }

    #[test]
    fn account_numbers_have_four_to_seventeen_digits() {
        assert!(is_account_number("0001") && is_account_number(&"1".repeat(17)));
        for bad in ["", "001", "12345a", "１234", "-1234", &"1".repeat(18)] {
            assert!(!is_account_number(bad), "{bad}");
        }
    }

    #[test]
    fn four_digits_are_shown() {
        assert_eq!(mask("000123456789"), "****6789");
        assert_eq!(mask("12"), "****12");
        let number = AccountNumber::parse("000123456789").expect("digits");
        assert_eq!(format!("{number:?}"), "****6789");
        assert_eq!(last_four("äöüß€"), "öüß€");
    }

    #[test]
    fn wrong_tries_are_forgotten_after_thirty_days() {
        let start = Timestamp::from_micros(0);
        let mut tries = WrongTries { count: 0, last_at: start };
        for left in [2, 1, 0] {
            tries = tries.and_one(start);
            assert_eq!(tries.left(start), left);
        }
        let end = start.plus_seconds(30 * 86_400);
        assert_eq!((tries.end_at(), tries.left(end.plus_seconds(-1))), (end, 0));
        assert_eq!((tries.left(end), tries.and_one(end).left(end)), (TRIES_MAX, TRIES_MAX - 1));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(at in 0_usize..9, change in 1_u8..10) {
            let mut digits = *b"021000021";
            digits[at] = b'0' + (digits[at] - b'0' + change) % 10;
            prop_assert!(!is_routing_number(std::str::from_utf8(&digits).expect("digits")));
        }

        #[test]
        fn micro_deposits_are_two_different_amounts_of_cents(chance: u64) {
            let [first, second] = MicroDeposits::of_chance(chance).amounts();
            prop_assert_ne!(first, second);
            for amount in [first, second] {
                prop_assert!(amount >= Amount::from_cents(1) && amount <= Amount::from_cents(99));
            }
            let told = MicroDeposits::of_chance(chance);
            prop_assert!(told.are([second, first]) && !told.are([first, first]));
        }
    }
}
