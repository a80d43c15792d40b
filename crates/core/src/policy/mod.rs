//! Spend policies: what a wallet may pay, to whom, when, and who must agree.
//!
//! [`evaluate`] is a function of the request, the wallet's policies, what the
//! wallet spent, and the time. Every enabled policy must allow; what cannot be
//! evaluated denies.

mod evaluate;
mod limits;
mod schedule;
mod spending;

pub use evaluate::{Decision, Evaluation, RecipientNames, SpendRequest, evaluate};
pub use limits::{Limit, limits};
pub use schedule::{Schedule, ScheduleError, Weekday};
pub use spending::{Spending, Window};

use crate::id::PolicyId;
use crate::{Amount, Timestamp};

/// One policy of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Which policy.
    pub id: PolicyId,
    /// What people call it.
    pub name: String,
    /// Whether it is enforced.
    pub enabled: bool,
    /// What it asks for.
    pub rules: Rules,
}

/// The rules of a policy; `None` is not enforced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The most one payment may move.
    pub max_transaction_amount: Option<Amount>,
    /// The most the wallet may spend in a UTC day.
    pub daily_spending_limit: Option<Amount>,
    /// The most the wallet may spend in a UTC week, from Monday.
    pub weekly_spending_limit: Option<Amount>,
    /// The most the wallet may spend in a UTC month.
    pub monthly_spending_limit: Option<Amount>,
    /// How many payments the wallet may make in a UTC day.
    pub max_transactions_per_day: Option<i64>,
    /// The only recipients allowed; an empty list denies all.
    pub approved_recipients: Option<Vec<String>>,
    /// Recipients that are never allowed.
    pub blocked_recipients: Option<Vec<String>>,
    /// When payments are allowed.
    pub time_restrictions: Option<Schedule>,
    /// Whether a human must agree to each payment.
    pub require_human_approval: bool,
    /// A human must agree to payments above this.
    pub approval_threshold: Option<Amount>,
    /// The key that asked must not be the key that agrees.
    pub require_different_approver: bool,
}

impl Rules {
    /// Whether a payment of `amount` needs a human.
    #[must_use]
    pub fn needs_approval(&self, amount: Amount) -> bool {
        match self.approval_threshold {
            Some(threshold) => amount > threshold,
            None => self.require_human_approval,
        }
    }
}

/// The rule that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// [`Rules::max_transaction_amount`]
    MaxTransactionAmount,
    /// [`Rules::daily_spending_limit`]
    DailySpendingLimit,
    /// [`Rules::weekly_spending_limit`]
    WeeklySpendingLimit,
    /// [`Rules::monthly_spending_limit`]
    MonthlySpendingLimit,
    /// [`Rules::max_transactions_per_day`]
    MaxTransactionsPerDay,
    /// [`Rules::approved_recipients`]
    ApprovedRecipients,
    /// [`Rules::blocked_recipients`]
    BlockedRecipients,
    /// [`Rules::time_restrictions`]
    TimeRestrictions,
}

impl Rule {
    /// The name on the wire: the policy's field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MaxTransactionAmount => "maxTransactionAmount",
            Self::DailySpendingLimit => "dailySpendingLimit",
            Self::WeeklySpendingLimit => "weeklySpendingLimit",
            Self::MonthlySpendingLimit => "monthlySpendingLimit",
            Self::MaxTransactionsPerDay => "maxTransactionsPerDay",
            Self::ApprovedRecipients => "approvedRecipients",
            Self::BlockedRecipients => "blockedRecipients",
            Self::TimeRestrictions => "timeRestrictions",
        }
    }
}

/// A rule that a request breaks, with the numbers that explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which policy.
    pub policy_id: PolicyId,
    /// What people call it.
    pub policy_name: String,
    /// Which rule.
    pub rule: Rule,
    /// The limit, as the policy states it.
    pub limit: Option<String>,
    /// What the request would have made of it.
    pub observed: Option<String>,
    /// How much is left before the request.
    pub remaining: Option<String>,
    /// When the window begins anew.
    pub resets_at: Option<Timestamp>,
}
