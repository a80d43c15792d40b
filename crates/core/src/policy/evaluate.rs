//! The decision itself.

use super::{Policy, Rule, Rules, Spending, Violation, Window};
use crate::id::PolicyId;
use crate::{Amount, Timestamp};

/// What a recipient is called by lists of recipients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecipientNames {
    /// What it is known by for sure: a wallet's ID and network address, a bank
    /// account's ID, a merchant's domain and ID.
    pub proven: Vec<String>,
    /// What it only calls itself. That may forbid it, but never allow it.
    pub claimed: Vec<String>,
}

impl RecipientNames {
    /// A recipient that calls itself nothing else.
    #[must_use]
    pub const fn proven(names: Vec<String>) -> Self {
        Self { proven: names, claimed: Vec::new() }
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        self.claimed.iter().chain(&self.proven)
    }
}

/// Money that is about to leave a wallet at the wallet's initiative.
#[derive(Clone, Copy, Debug)]
pub struct SpendRequest<'a> {
    /// How much, fees not counted.
    pub amount: Amount,
    /// Every name of the recipient, in every spelling that lists have of it.
    pub recipient: &'a RecipientNames,
    /// When.
    pub now: Timestamp,
}

/// What the policies say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// Never.
    Deny,
    /// Only when a human agrees.
    RequireApproval,
}

impl Decision {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "ALLOW",
            Self::Deny => "DENY",
            Self::RequireApproval => "REQUIRE_APPROVAL",
        }
    }
}

/// A decision with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// What the policies say together.
    pub decision: Decision,
    /// Every rule that fails, policy by policy, in the order of the rules.
    pub violations: Vec<Violation>,
    /// The first policy that asks for a human, whatever the decision.
    pub approval_policy: Option<PolicyId>,
}

/// Evaluates all policies of a wallet. An amount equal to a limit passes.
#[must_use]
pub fn evaluate(policies: &[Policy], request: &SpendRequest<'_>, spent: &Spending) -> Evaluation {
    let mut violations = Vec::new();
    let mut approval_policy = None;
    for policy in policies.iter().filter(|policy| policy.enabled) {
        let mut check = Check { policy, request, spent, violations: &mut violations };
        check.all();
        if approval_policy.is_none() && policy.rules.needs_approval(request.amount) {
            approval_policy = Some(policy.id);
        }
    }
    let decision = match (violations.is_empty(), approval_policy) {
        (false, _) => Decision::Deny,
        (true, Some(_)) => Decision::RequireApproval,
        (true, None) => Decision::Allow,
    };
    Evaluation { decision, violations, approval_policy }
}

struct Check<'a> {
    policy: &'a Policy,
    request: &'a SpendRequest<'a>,
    spent: &'a Spending,
    violations: &'a mut Vec<Violation>,
}

impl Check<'_> {
    fn all(&mut self) {
        let rules = &self.policy.rules;
        self.transaction_amount(rules);
        self.window(Rule::DailySpendingLimit, rules.daily_spending_limit, Window::Day);
        self.window(Rule::WeeklySpendingLimit, rules.weekly_spending_limit, Window::Week);
        self.window(Rule::MonthlySpendingLimit, rules.monthly_spending_limit, Window::Month);
        self.transactions_per_day(rules);
        self.recipients(rules);
        self.schedule(rules);
    }

    fn transaction_amount(&mut self, rules: &Rules) {
        let Some(limit) = rules.max_transaction_amount else {
            return;
        };
        if self.request.amount > limit {
            self.violated(Rule::MaxTransactionAmount, |violation| {
                violation.limit = Some(limit.to_string());
                violation.remaining = Some(limit.to_string());
            });
        }
    }

    fn window(&mut self, rule: Rule, limit: Option<Amount>, window: Window) {
        let Some(limit) = limit else { return };
        let spent = self.spent.in_window(window);
        let total = spent.saturating_add(self.request.amount);
        if total > limit {
            let resets_at = window.resets_at(self.request.now);
            self.violated(rule, |violation| {
                violation.limit = Some(limit.to_string());
                violation.observed = Some(total.to_string());
                violation.remaining =
                    Some(limit.saturating_sub(spent).max(Amount::ZERO).to_string());
                violation.resets_at = Some(resets_at);
            });
        }
    }

    fn transactions_per_day(&mut self, rules: &Rules) {
        let Some(limit) = rules.max_transactions_per_day else {
            return;
        };
        let count = self.spent.count_today;
        if count.saturating_add(1) > limit {
            let resets_at = Window::Day.resets_at(self.request.now);
            self.violated(Rule::MaxTransactionsPerDay, |violation| {
                violation.limit = Some(limit.to_string());
                violation.observed = Some(count.saturating_add(1).to_string());
                violation.remaining = Some(limit.saturating_sub(count).max(0).to_string());
                violation.resets_at = Some(resets_at);
            });
        }
    }

    fn recipients(&mut self, rules: &Rules) {
        let names = self.request.recipient;
        let proven = |list: &[String]| list.iter().any(|it| names.proven.contains(it));
        let named = |list: &[String]| list.iter().any(|it| names.all().any(|name| name == it));
        let allowed = rules.approved_recipients.as_deref().is_none_or(proven);
        let blocked = rules.blocked_recipients.as_deref().is_some_and(named);
        let recipient = names.all().next().cloned();
        if !allowed {
            let recipient = recipient.clone();
            self.violated(Rule::ApprovedRecipients, |it| it.observed = recipient);
        }
        if blocked {
            self.violated(Rule::BlockedRecipients, |it| it.observed = recipient);
        }
    }

    fn schedule(&mut self, rules: &Rules) {
        let Some(schedule) = &rules.time_restrictions else {
            return;
        };
        if schedule.contains(self.request.now) {
            return;
        }
        let (start, end, zone) = (schedule.start(), schedule.end(), schedule.zone());
        let limit = format!("{start}-{end} {zone}");
        let observed = self.request.now.to_string();
        self.violated(Rule::TimeRestrictions, |violation| {
            violation.limit = Some(limit);
            violation.observed = Some(observed);
        });
    }

    fn violated(&mut self, rule: Rule, explain: impl FnOnce(&mut Violation)) {
        let mut violation = Violation {
            policy_id: self.policy.id,
            policy_name: self.policy.name.clone(),
            rule,
            limit: None,
            observed: Some(self.request.amount.to_string()),
            remaining: None,
            resets_at: None,
        };
        explain(&mut violation);
        self.violations.push(violation);
    }
}
