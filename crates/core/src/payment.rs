//! States of payments and kinds of ledger transactions.

use crate::Amount;
use crate::id::{InvoiceId, PaymentLinkId};

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Waits for a human; the funds are held.
    PendingApproval,
    /// Done.
    Posted,
    /// Done, and partly given back.
    PartiallyReversed,
    /// Done, and given back.
    Reversed,
    /// A human said no.
    Rejected,
    /// Nobody decided in time.
    Expired,
}

impl PaymentStatus {
    /// All states.
    pub const ALL: [Self; 6] = [
        Self::PendingApproval,
        Self::Posted,
        Self::PartiallyReversed,
        Self::Reversed,
        Self::Rejected,
        Self::Expired,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingApproval => "PENDING_APPROVAL",
            Self::Posted => "POSTED",
            Self::PartiallyReversed => "PARTIALLY_REVERSED",
            Self::Reversed => "REVERSED",
            Self::Rejected => "REJECTED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// The state of a posted payment of which `reversed` was given back.
    #[must_use]
    pub fn after_reversal(amount: Amount, reversed: Amount) -> Self {
        if reversed >= amount { Self::Reversed } else { Self::PartiallyReversed }
    }
}

/// What a ledger transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionKind {
    /// One wallet pays another.
    Payment,
    /// A payment, or a part of it, goes back.
    Reversal,
    /// Sandbox money comes in.
    Funding,
    /// Fees go to an organization's wallet.
    FeeSweep,
    /// An organization gives an agent money, or takes it back.
    BudgetAdjustment,
    /// What a deleted agent leaves goes to its organization.
    Sweep,
    /// A deposit is asked for: what the bank is to bring.
    DepositPending,
    /// A deposit arrives in its wallet.
    Deposit,
    /// A deposit that did not arrive is undone.
    DepositReversal,
    /// A withdrawal leaves its wallet.
    Withdrawal,
    /// A withdrawal reaches the bank.
    WithdrawalSettlement,
    /// A withdrawal that did not reach the bank comes back.
    WithdrawalReversal,
    /// The other side took a deposit back.
    DepositReturn,
    /// The other side gave a withdrawal back.
    WithdrawalReturn,
    /// What a returned deposit left owing is paid.
    Recovery,
    /// From wallet to wallet of one organization.
    InternalTransfer,
    /// A merchant takes what a card authorized, or a part of it.
    CardCapture,
    /// A merchant gives back what it took from a card.
    CardRefund,
    /// What is owed to the card network, or by it, is paid over the bank.
    CardSettlement,
    /// A sandbox's test method pays into a wallet.
    TestPayment,
    /// What a test method paid goes back to it.
    TestRefund,
}

impl TransactionKind {
    /// All kinds.
    pub const ALL: [Self; 21] = [
        Self::Payment,
        Self::Reversal,
        Self::Funding,
        Self::FeeSweep,
        Self::BudgetAdjustment,
        Self::Sweep,
        Self::DepositPending,
        Self::Deposit,
        Self::DepositReversal,
        Self::Withdrawal,
        Self::WithdrawalSettlement,
        Self::WithdrawalReversal,
        Self::DepositReturn,
        Self::WithdrawalReturn,
        Self::Recovery,
        Self::InternalTransfer,
        Self::CardCapture,
        Self::CardRefund,
        Self::CardSettlement,
        Self::TestPayment,
        Self::TestRefund,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "PAYMENT",
            Self::Reversal => "REVERSAL",
            Self::Funding => "FUNDING",
            Self::FeeSweep => "FEE_SWEEP",
            Self::BudgetAdjustment => "BUDGET_ADJUSTMENT",
            Self::Sweep => "SWEEP",
            Self::DepositPending => "DEPOSIT_PENDING",
            Self::Deposit => "DEPOSIT",
            Self::DepositReversal => "DEPOSIT_REVERSAL",
            Self::Withdrawal => "WITHDRAWAL",
            Self::WithdrawalSettlement => "WITHDRAWAL_SETTLEMENT",
            Self::WithdrawalReversal => "WITHDRAWAL_REVERSAL",
            Self::DepositReturn => "DEPOSIT_RETURN",
            Self::WithdrawalReturn => "WITHDRAWAL_RETURN",
            Self::Recovery => "RECOVERY",
            Self::InternalTransfer => "INTERNAL_TRANSFER",
            Self::CardCapture => "CARD_CAPTURE",
            Self::CardRefund => "CARD_REFUND",
            Self::CardSettlement => "CARD_SETTLEMENT",
            Self::TestPayment => "TEST_PAYMENT",
            Self::TestRefund => "TEST_REFUND",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// The way a payment takes, and what it is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rail {
    /// From wallet to wallet, by their IDs.
    #[default]
    Ledger,
    /// Over the agent network, by an address. Free of charge.
    Network,
    /// For a payment link.
    PaymentLink(PaymentLinkId),
    /// For an invoice.
    Invoice(InvoiceId),
}

impl Rail {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ledger => "LEDGER",
            Self::Network => "NETWORK",
            Self::PaymentLink(_) => "PAYMENT_LINK",
            Self::Invoice(_) => "INVOICE",
        }
    }

    /// The number of what is paid for.
    #[must_use]
    pub const fn number(self) -> Option<i64> {
        match self {
            Self::Ledger | Self::Network => None,
            Self::PaymentLink(id) => Some(id.key()),
            Self::Invoice(id) => Some(id.key()),
        }
    }

    /// The rail with this name, for what has this number.
    #[must_use]
    pub fn from_parts(name: &str, number: Option<i64>) -> Option<Self> {
        match name {
            "LEDGER" => Some(Self::Ledger),
            "NETWORK" => Some(Self::Network),
            "PAYMENT_LINK" => PaymentLinkId::from_key(number?).map(Self::PaymentLink),
            "INVOICE" => InvoiceId::from_key(number?).map(Self::Invoice),
            _ => None,
        }
    }

    /// The link that is paid.
    #[must_use]
    pub const fn payment_link(self) -> Option<PaymentLinkId> {
        if let Self::PaymentLink(id) = self { Some(id) } else { None }
    }

    /// The invoice that is paid.
    #[must_use]
    pub const fn invoice(self) -> Option<InvoiceId> {
        if let Self::Invoice(id) = self { Some(id) } else { None }
    }

    /// Whether the sender pays a fee.
    #[must_use]
    pub const fn has_fee(self) -> bool {
        !matches!(self, Self::Network)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rails_read_back() {
        let (link, invoice) = (PaymentLinkId::from_key(7), InvoiceId::from_key(7));
        let made = link.map(Rail::PaymentLink).into_iter().chain(invoice.map(Rail::Invoice));
        for rail in [Rail::Ledger, Rail::Network].into_iter().chain(made) {
            assert_eq!(Rail::from_parts(rail.as_str(), rail.number()), Some(rail));
        }
        assert_eq!(Rail::from_parts("INVOICE", None), None, "an invoice has a number");
        assert_eq!(Rail::from_parts("PIGEON", None), None);
    }
}
