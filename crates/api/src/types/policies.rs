//! Spend policies, their limits and their decisions.

use serde::{Deserialize, Serialize, Serializer};
use wallgent_core::id::{EvaluationId, PolicyId, WalletId};
use wallgent_core::policy::{Limit, Policy as CorePolicy, Rules, Schedule, Violation, Weekday};
use wallgent_core::{Amount, Timestamp};

use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields, Patch};

/// Recipients in one list.
const RECIPIENTS_MAX: usize = 1_000;

/// Every field a policy can be sent with.
const KNOWN: &[&str] = &[
    "name",
    "enabled",
    "maxTransactionAmount",
    "dailySpendingLimit",
    "weeklySpendingLimit",
    "monthlySpendingLimit",
    "maxTransactionsPerDay",
    "approvedRecipients",
    "blockedRecipients",
    "timeRestrictions",
    "requireHumanApproval",
    "approvalMode",
    "approvalThreshold",
    "requireDifferentApprover",
    "idempotencyKey",
];

/// `POST /wallets/:id/policies` and, with every field optional,
/// `PATCH /policies/:id`: null clears a rule.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyChange {
    /// What people call it; required at creation.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = String, example = "Spending Guard", required)]
    pub name: Patch<String>,
    /// Whether it is enforced; true at creation.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub enabled: Patch<bool>,
    /// The most one payment may move.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, example = "100.00")]
    pub max_transaction_amount: Patch<Amount>,
    /// The most in a UTC day.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>, example = "500.00")]
    pub daily_spending_limit: Patch<Amount>,
    /// The most in a UTC week, from Monday.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub weekly_spending_limit: Patch<Amount>,
    /// The most in a UTC month.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub monthly_spending_limit: Patch<Amount>,
    /// Payments in a UTC day.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<i64>)]
    pub max_transactions_per_day: Patch<i64>,
    /// The only recipients allowed; `[]` denies all.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<String>>)]
    pub approved_recipients: Patch<Vec<String>>,
    /// Recipients that are never allowed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<Vec<String>>)]
    pub blocked_recipients: Patch<Vec<String>>,
    /// When payments are allowed.
    #[serde(skip_serializing_if = "Patch::is_keep", serialize_with = "restrictions")]
    #[schema(value_type = Option<TimeRestrictions>)]
    pub time_restrictions: Patch<Schedule>,
    /// A human must agree to each payment. `approvalMode: "HUMAN_IN_THE_LOOP"` says the same.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub require_human_approval: Patch<bool>,
    /// A human must agree to payments above this.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<String>)]
    pub approval_threshold: Patch<Amount>,
    /// The key that asked must not be the one that agrees.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[schema(value_type = Option<bool>)]
    pub require_different_approver: Patch<bool>,
}

impl PolicyChange {
    /// Reads a new policy.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` also for an unknown field; `INVALID_AMOUNT`.
    pub fn decode_new(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?.only(KNOWN);
        let change = Self::read(&mut fields);
        if !matches!(change.name, Patch::Set(_)) {
            fields.require::<String>("name", None);
        }
        fields.finish(change)
    }

    /// Reads a change.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` also for an unknown field; `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?.only(KNOWN);
        let change = Self::read(&mut fields);
        if change.name == Patch::Clear {
            fields.refuse("name", "must not be null");
        }
        fields.finish(change)
    }

    fn read(fields: &mut Fields<'_>) -> Self {
        let mut require_human_approval = fields.patch("requireHumanApproval", Fields::flag);
        if let Some(mode) = fields.text("approvalMode", NAME_CHARS_MAX) {
            match mode.as_str() {
                "HUMAN_IN_THE_LOOP" => require_human_approval = Patch::Set(true),
                "AUTO" | "NONE" => require_human_approval = Patch::Set(false),
                _ => fields.refuse("approvalMode", "must be HUMAN_IN_THE_LOOP, AUTO or NONE"),
            }
        }
        let recipients = |it: &mut Fields<'_>, name: &str| it.names(name, RECIPIENTS_MAX);
        Self {
            name: fields.patch("name", |it, name| it.text(name, NAME_CHARS_MAX)),
            enabled: fields.patch("enabled", Fields::flag),
            max_transaction_amount: fields.patch("maxTransactionAmount", Fields::limit),
            daily_spending_limit: fields.patch("dailySpendingLimit", Fields::limit),
            weekly_spending_limit: fields.patch("weeklySpendingLimit", Fields::limit),
            monthly_spending_limit: fields.patch("monthlySpendingLimit", Fields::limit),
            max_transactions_per_day: fields.patch("maxTransactionsPerDay", Fields::count),
            approved_recipients: fields.patch("approvedRecipients", recipients),
            blocked_recipients: fields.patch("blockedRecipients", recipients),
            time_restrictions: fields.patch("timeRestrictions", schedule),
            require_human_approval,
            approval_threshold: fields.patch("approvalThreshold", Fields::limit),
            require_different_approver: fields.patch("requireDifferentApprover", Fields::flag),
        }
    }

    /// Applies the change.
    pub fn apply(self, policy: &mut CorePolicy) {
        let rules = &mut policy.rules;
        if let Patch::Set(name) = self.name {
            policy.name = name;
        }
        match self.enabled {
            Patch::Keep => {}
            Patch::Set(enabled) => policy.enabled = enabled,
            Patch::Clear => policy.enabled = true,
        }
        self.max_transaction_amount.apply(&mut rules.max_transaction_amount);
        self.daily_spending_limit.apply(&mut rules.daily_spending_limit);
        self.weekly_spending_limit.apply(&mut rules.weekly_spending_limit);
        self.monthly_spending_limit.apply(&mut rules.monthly_spending_limit);
        self.max_transactions_per_day.apply(&mut rules.max_transactions_per_day);
        self.approved_recipients.apply(&mut rules.approved_recipients);
        self.blocked_recipients.apply(&mut rules.blocked_recipients);
        self.time_restrictions.apply(&mut rules.time_restrictions);
        self.approval_threshold.apply(&mut rules.approval_threshold);
        apply_flag(self.require_human_approval, &mut rules.require_human_approval);
        apply_flag(self.require_different_approver, &mut rules.require_different_approver);
    }
}

const fn apply_flag(change: Patch<bool>, flag: &mut bool) {
    match change {
        Patch::Keep => {}
        Patch::Clear => *flag = false,
        Patch::Set(value) => *flag = value,
    }
}

fn schedule(fields: &mut Fields<'_>, name: &str) -> Option<Schedule> {
    fields.object(name, |inner| {
        inner.refuse_others(&["start", "end", "timezone", "days"]);
        let [start, end, zone] = ["start", "end", "timezone"].map(|name| {
            let text = inner.text(name, NAME_CHARS_MAX);
            (text.is_some(), inner.require(name, text))
        });
        let days = inner.names("days", 7);
        let days = days.map(|names| weekdays(inner, &names));
        if !(start.0 && end.0 && zone.0) {
            return None;
        }
        match Schedule::new(&start.1, &end.1, &zone.1, days) {
            Ok(schedule) => Some(schedule),
            Err(error) => {
                inner.refuse(error.field(), error.to_string());
                None
            }
        }
    })?
}

/// A schedule travels as [`TimeRestrictions`].
fn restrictions<S: Serializer>(change: &Patch<Schedule>, to: S) -> Result<S::Ok, S::Error> {
    change.map_ref(|it| TimeRestrictions::from(it)).serialize(to)
}

fn weekdays(fields: &mut Fields<'_>, names: &[String]) -> Vec<Weekday> {
    let mut days = Vec::new();
    if names.is_empty() {
        fields.refuse("days", "must name at least one day");
    }
    for (at, name) in names.iter().enumerate() {
        match Weekday::from_name(name) {
            Some(day) => days.push(day),
            None => {
                fields.refuse(&format!("days[{at}]"), "must be MON, TUE, WED, THU, FRI, SAT or SUN")
            }
        }
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// Hours and days in a time zone.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeRestrictions {
    /// From this time of day on.
    #[schema(example = "09:00")]
    pub start: String,
    /// Until just before this one; earlier than `start` crosses midnight.
    #[schema(example = "17:00")]
    pub end: String,
    /// IANA time zone.
    #[schema(example = "America/New_York")]
    pub timezone: String,
    /// Days on which a span begins; absent is every day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(example = json!(["MON", "TUE"]))]
    pub days: Option<Vec<String>>,
}

impl From<&Schedule> for TimeRestrictions {
    fn from(schedule: &Schedule) -> Self {
        let name = |day: &Weekday| day.as_str().to_owned();
        Self {
            start: schedule.start(),
            end: schedule.end(),
            timezone: schedule.zone().to_owned(),
            days: schedule.days().map(|days| days.iter().map(name).collect()),
        }
    }
}

/// The rules of a policy, as answers show them and as the store keeps them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRules {
    /// The most one payment may move.
    #[schema(value_type = Option<String>, example = "100.00")]
    pub max_transaction_amount: Option<Amount>,
    /// The most in a UTC day.
    #[schema(value_type = Option<String>, example = "500.00")]
    pub daily_spending_limit: Option<Amount>,
    /// The most in a UTC week, from Monday.
    #[schema(value_type = Option<String>)]
    pub weekly_spending_limit: Option<Amount>,
    /// The most in a UTC month.
    #[schema(value_type = Option<String>)]
    pub monthly_spending_limit: Option<Amount>,
    /// Payments in a UTC day.
    pub max_transactions_per_day: Option<i64>,
    /// The only recipients allowed.
    pub approved_recipients: Option<Vec<String>>,
    /// Recipients that are never allowed.
    pub blocked_recipients: Option<Vec<String>>,
    /// When payments are allowed.
    pub time_restrictions: Option<TimeRestrictions>,
    /// Whether a human must agree.
    pub require_human_approval: bool,
    /// Above which a human must agree.
    #[schema(value_type = Option<String>)]
    pub approval_threshold: Option<Amount>,
    /// Whether the key that asked may not agree.
    pub require_different_approver: bool,
}

impl From<&Rules> for PolicyRules {
    fn from(rules: &Rules) -> Self {
        Self {
            max_transaction_amount: rules.max_transaction_amount,
            daily_spending_limit: rules.daily_spending_limit,
            weekly_spending_limit: rules.weekly_spending_limit,
            monthly_spending_limit: rules.monthly_spending_limit,
            max_transactions_per_day: rules.max_transactions_per_day,
            approved_recipients: rules.approved_recipients.clone(),
            blocked_recipients: rules.blocked_recipients.clone(),
            time_restrictions: rules.time_restrictions.as_ref().map(Into::into),
            require_human_approval: rules.require_human_approval
                || rules.approval_threshold.is_some(),
            approval_threshold: rules.approval_threshold,
            require_different_approver: rules.require_different_approver,
        }
    }
}

impl PolicyRules {
    /// The rules in the terms of the evaluation.
    ///
    /// # Errors
    /// A text when the schedule cannot be read.
    pub fn into_rules(self) -> Result<Rules, String> {
        let schedule = self.time_restrictions.map(|it| {
            let names = it.days.unwrap_or_default();
            let days: Option<Vec<Weekday>> =
                names.iter().map(|it| Weekday::from_name(it)).collect();
            let days = days.ok_or_else(|| "unknown weekday".to_owned())?;
            let days = (!days.is_empty()).then_some(days);
            Schedule::new(&it.start, &it.end, &it.timezone, days).map_err(|error| error.to_string())
        });
        Ok(Rules {
            max_transaction_amount: self.max_transaction_amount,
            daily_spending_limit: self.daily_spending_limit,
            weekly_spending_limit: self.weekly_spending_limit,
            monthly_spending_limit: self.monthly_spending_limit,
            max_transactions_per_day: self.max_transactions_per_day,
            approved_recipients: self.approved_recipients,
            blocked_recipients: self.blocked_recipients,
            time_restrictions: schedule.transpose()?,
            require_human_approval: self.require_human_approval,
            approval_threshold: self.approval_threshold,
            require_different_approver: self.require_different_approver,
        })
    }
}

/// A policy.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Which policy.
    #[schema(value_type = String)]
    pub id: PolicyId,
    /// The wallet it guards.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// What people call it.
    pub name: String,
    /// Whether it is enforced.
    pub enabled: bool,
    /// Its rules.
    #[serde(flatten)]
    pub rules: PolicyRules,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A rule that a payment breaks.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyViolation {
    /// Which policy.
    #[schema(value_type = String)]
    pub policy_id: PolicyId,
    /// What people call it.
    pub policy_name: String,
    /// The policy's field, as `dailySpendingLimit`.
    pub rule: String,
    /// The limit, as the policy states it.
    pub limit: Option<String>,
    /// What the payment would have made of it.
    pub observed: Option<String>,
    /// How much is left without the payment.
    pub remaining: Option<String>,
    /// When the window begins anew.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resets_at: Option<Timestamp>,
}

impl From<&Violation> for PolicyViolation {
    fn from(violation: &Violation) -> Self {
        Self {
            policy_id: violation.policy_id,
            policy_name: violation.policy_name.clone(),
            rule: violation.rule.as_str().to_owned(),
            limit: violation.limit.clone(),
            observed: violation.observed.clone(),
            remaining: violation.remaining.clone(),
            resets_at: violation.resets_at,
        }
    }
}

/// How much of one limit is used.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyLimit {
    /// Which policy.
    #[schema(value_type = String)]
    pub policy_id: PolicyId,
    /// The policy's field, as `dailySpendingLimit`.
    pub rule: String,
    /// The limit.
    pub limit: String,
    /// What counts against it; null for a limit on a single payment.
    pub used: Option<String>,
    /// What is left.
    pub remaining: String,
    /// When the window begins anew.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resets_at: Option<Timestamp>,
}

impl From<Limit> for PolicyLimit {
    fn from(limit: Limit) -> Self {
        Self {
            policy_id: limit.policy_id,
            rule: limit.rule.as_str().to_owned(),
            limit: limit.limit,
            used: limit.used,
            remaining: limit.remaining,
            resets_at: limit.resets_at,
        }
    }
}

/// `POST /wallets/:id/policies/check`
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckPolicies {
    /// The recipient: a wallet, an address, or any name that a list may hold.
    pub to: String,
    /// How much.
    #[schema(value_type = String, example = "50.00")]
    pub amount: Amount,
}

impl CheckPolicies {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`, `INVALID_AMOUNT`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let to =
            fields.text("to", NAME_CHARS_MAX).or_else(|| fields.text("toWalletId", NAME_CHARS_MAX));
        let amount = fields.amount("amount");
        let request =
            Self { to: fields.require("to", to), amount: fields.require("amount", amount) };
        fields.finish(request)
    }
}

/// What the policies would say.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyCheck {
    /// `ALLOW`, `DENY` or `REQUIRE_APPROVAL`.
    pub decision: String,
    /// Every rule that fails.
    pub violations: Vec<PolicyViolation>,
    /// What is left of every limit.
    pub limits: Vec<PolicyLimit>,
}

/// A recorded decision that denied, or asked for a human.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyEvaluation {
    /// Which evaluation.
    #[schema(value_type = String)]
    pub id: EvaluationId,
    /// Which wallet.
    #[schema(value_type = String)]
    pub wallet_id: WalletId,
    /// `DENY` or `REQUIRE_APPROVAL`.
    pub result: String,
    /// How much it was about.
    #[schema(value_type = String)]
    pub amount: Amount,
    /// To whom.
    pub to: String,
    /// Every rule that failed.
    pub violations: Vec<PolicyViolation>,
    /// How many times the same was asked within a second.
    pub count: i64,
    /// When it was first asked.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last asked.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
}
