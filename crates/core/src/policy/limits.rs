//! What is left of each limit.

use super::{Policy, Rule, Spending, Window};
use crate::id::PolicyId;
use crate::{Amount, Timestamp};

/// How much of one limit is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Which policy.
    pub policy_id: PolicyId,
    /// Which rule.
    pub rule: Rule,
    /// The limit, as the policy states it.
    pub limit: String,
    /// What counts against it; `None` for a limit on a single payment.
    pub used: Option<String>,
    /// What is left.
    pub remaining: String,
    /// When the window begins anew.
    pub resets_at: Option<Timestamp>,
}

/// The limits of all enabled policies, policy by policy.
#[must_use]
pub fn limits(policies: &[Policy], spent: &Spending, now: Timestamp) -> Vec<Limit> {
    let enabled = policies.iter().filter(|policy| policy.enabled);
    enabled.flat_map(|policy| of_policy(policy, spent, now)).collect()
}

fn of_policy(policy: &Policy, spent: &Spending, now: Timestamp) -> Vec<Limit> {
    let rules = &policy.rules;
    let windows = [
        (Rule::DailySpendingLimit, rules.daily_spending_limit, Window::Day),
        (Rule::WeeklySpendingLimit, rules.weekly_spending_limit, Window::Week),
        (Rule::MonthlySpendingLimit, rules.monthly_spending_limit, Window::Month),
    ];
    let single = rules.max_transaction_amount.map(|limit| Limit {
        policy_id: policy.id,
        rule: Rule::MaxTransactionAmount,
        limit: limit.to_string(),
        used: None,
        remaining: limit.to_string(),
        resets_at: None,
    });
    let spending = windows.into_iter().filter_map(|(rule, limit, window)| {
        let limit = limit?;
        let used = spent.in_window(window);
        Some(Limit {
            policy_id: policy.id,
            rule,
            limit: limit.to_string(),
            used: Some(used.to_string()),
            remaining: limit.saturating_sub(used).max(Amount::ZERO).to_string(),
            resets_at: Some(window.resets_at(now)),
        })
    });
    let count = rules.max_transactions_per_day.map(|limit| Limit {
        policy_id: policy.id,
        rule: Rule::MaxTransactionsPerDay,
        limit: limit.to_string(),
        used: Some(spent.count_today.to_string()),
        remaining: limit.saturating_sub(spent.count_today).max(0).to_string(),
        resets_at: Some(Window::Day.resets_at(now)),
    });
    single.into_iter().chain(spending).chain(count).collect()
}
