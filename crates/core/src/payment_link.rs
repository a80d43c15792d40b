//! Payment links: who may pay one, and when it ends.

use crate::Timestamp;

/// Where a payment link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStatus {
    /// It can be paid.
    Active,
    /// It was paid, as often as it can be.
    Claimed,
    /// Its owner took it back.
    Cancelled,
    /// Its time is over.
    Expired,
}

impl LinkStatus {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Active, Self::Claimed, Self::Cancelled, Self::Expired];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Claimed => "CLAIMED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// The state at a moment: an active link has expired when its time is over, even
    /// before anybody has noted it.
    #[must_use]
    pub fn at(self, now: Timestamp, expires_at: Option<Timestamp>) -> Self {
        match self {
            Self::Active if expires_at.is_some_and(|end| end <= now) => Self::Expired,
            _ => self,
        }
    }

    /// The state of an active link after a use.
    #[must_use]
    pub const fn after_use(uses: i64, uses_max: i64) -> Self {
        if uses < uses_max { Self::Active } else { Self::Claimed }
    }
}

/// Who may pay a link; everybody when both lists are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payers {
    /// Wallets, by their IDs. That it is this wallet that pays is certain.
    pub wallets: Vec<String>,
    /// E-mail addresses. A payer says so; nothing proves it.
    pub emails: Vec<String>,
}

impl Payers {
    /// Whether a payer is among them, by the wallet that pays or by the address that
    /// they declare.
    ///
    /// ```
    /// use wallgent_core::payment_link::Payers;
    ///
    /// let payers = Payers { emails: vec!["Ada@Example.com".to_owned()], ..Payers::default() };
    /// assert!(payers.include(None, Some("ada@example.com")));
    /// assert!(!payers.include(None, None));
    /// assert!(Payers::default().include(None, None));
    /// ```
    #[must_use]
    pub fn include(&self, wallet: Option<&str>, email: Option<&str>) -> bool {
        if self.wallets.is_empty() && self.emails.is_empty() {
            return true;
        }
        let same = |known: &String| email.is_some_and(|it| it.eq_ignore_ascii_case(known));
        self.wallets.iter().any(|known| wallet == Some(known)) || self.emails.iter().any(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_at_its_last_use() {
        assert_eq!(LinkStatus::after_use(2, 3), LinkStatus::Active);
        assert_eq!(LinkStatus::after_use(3, 3), LinkStatus::Claimed);
    }

    #[test]
    fn only_an_active_link_expires() {
        let (then, now) = (Timestamp::from_micros(1_000), Timestamp::from_micros(1_000));
        assert_eq!(LinkStatus::Active.at(now, Some(then)), LinkStatus::Expired);
        assert_eq!(LinkStatus::Active.at(now, Some(then.plus_seconds(1))), LinkStatus::Active);
        assert_eq!(LinkStatus::Active.at(now, None), LinkStatus::Active);
        assert_eq!(LinkStatus::Claimed.at(now, Some(then)), LinkStatus::Claimed);
    }

    #[test]
    fn either_list_lets_a_payer_in() {
        let (wallets, emails) = (vec!["wal_1".to_owned()], vec!["a@example.com".to_owned()]);
        let payers = Payers { wallets, emails };
        assert!(payers.include(Some("wal_1"), None));
        assert!(payers.include(Some("wal_2"), Some("A@example.com")));
        assert!(!payers.include(Some("wal_2"), Some("b@example.com")));
        assert!(!payers.include(None, None));
    }
}
