//! Ways to pay that exist in a sandbox only.

/// A method that pays, or is declined, as its tests need it. Its digits belong to
/// no card and no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestMethod {
    /// A card that pays.
    Card,
    /// A card whose bank says no.
    DeclinedCard,
    /// A bank account that pays.
    BankAccount,
    /// A bank account without the funds.
    DeclinedBankAccount,
}

impl TestMethod {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Card, Self::DeclinedCard, Self::BankAccount, Self::DeclinedBankAccount];

    /// The word for its type: `card` or `bank_account`.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Card | Self::DeclinedCard => "card",
            Self::BankAccount | Self::DeclinedBankAccount => "bank_account",
        }
    }

    /// Whose it is.
    #[must_use]
    pub const fn brand(self) -> &'static str {
        match self {
            Self::Card | Self::DeclinedCard => "VISA",
            Self::BankAccount | Self::DeclinedBankAccount => "TEST BANK",
        }
    }

    /// Its last four digits, by which it is known.
    #[must_use]
    pub const fn last4(self) -> &'static str {
        match self {
            Self::Card => "4242",
            Self::DeclinedCard => "0002",
            Self::BankAccount => "6789",
            Self::DeclinedBankAccount => "1116",
        }
    }

    /// Whether it does not pay.
    #[must_use]
    pub const fn is_declined(self) -> bool {
        matches!(self, Self::DeclinedCard | Self::DeclinedBankAccount)
    }

    /// The method of this type with these last digits; the one that pays when none
    /// are given.
    ///
    /// ```
    /// use wallgent_core::test_method::TestMethod;
    ///
    /// assert_eq!(TestMethod::find("card", None), Some(TestMethod::Card));
    /// assert_eq!(TestMethod::find("card", Some("0002")), Some(TestMethod::DeclinedCard));
    /// assert_eq!(TestMethod::find("card", Some("6789")), None);
    /// ```
    #[must_use]
    pub fn find(kind: &str, last4: Option<&str>) -> Option<Self> {
        let fits = |it: &Self| it.kind() == kind && last4.is_none_or(|last4| it.last4() == last4);
        Self::ALL.into_iter().find(fits)
    }
}
