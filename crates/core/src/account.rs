//! Ledger accounts and what may be posted to them.
//!
//! Every balance is kept credit-positive: credits minus debits. A wallet is a
//! liability of its organization, so its balance is what its owner can spend;
//! an asset account shows a negative number here.

use crate::Amount;

/// What an account stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// A wallet (liability).
    Wallet,
    /// Where sandbox money comes from (asset).
    Treasury,
    /// Money at the bank (asset).
    Bank,
    /// What others owe the organization (asset).
    Receivables,
    /// Deposits that have not settled (liability).
    DepositsPending,
    /// Withdrawals on their way (liability).
    WithdrawalsInTransit,
    /// Card purchases that have not settled (liability). Below zero the network
    /// owes for refunds.
    CardSettlement,
    /// Movements to and from other organizations (liability).
    Clearing,
    /// Fees earned (revenue).
    Fees,
}

impl AccountKind {
    /// The accounts that each organization has once in each environment.
    pub const SYSTEM: [Self; 8] = [
        Self::Treasury,
        Self::Bank,
        Self::Receivables,
        Self::DepositsPending,
        Self::WithdrawalsInTransit,
        Self::CardSettlement,
        Self::Clearing,
        Self::Fees,
    ];

    /// The name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wallet => "WALLET",
            Self::Treasury => "TREASURY",
            Self::Bank => "BANK",
            Self::Receivables => "RECEIVABLES",
            Self::DepositsPending => "DEPOSITS_PENDING",
            Self::WithdrawalsInTransit => "WITHDRAWALS_IN_TRANSIT",
            Self::CardSettlement => "CARD_SETTLEMENT",
            Self::Clearing => "CLEARING",
            Self::Fees => "FEES",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = std::iter::once(Self::Wallet).chain(Self::SYSTEM);
        all.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether a posting may leave the balance below zero. Only accounts that
    /// stand for the world outside, or for what is owed between
    /// organizations or with the card network, may go there; and fees, which
    /// can be given back after they were swept.
    #[must_use]
    pub const fn may_go_negative(self) -> bool {
        matches!(
            self,
            Self::Treasury
                | Self::Bank
                | Self::Receivables
                | Self::CardSettlement
                | Self::Clearing
                | Self::Fees
        )
    }
}

/// The money of one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Posted: the sum of the account's entries.
    pub posted: Amount,
    /// Reserved by pending holds.
    pub held: Amount,
}

impl Balance {
    /// What can be spent.
    #[must_use]
    pub const fn available(self) -> Amount {
        self.posted.saturating_sub(self.held)
    }
}
