//! Kinds of agents, ready to be made.

use wallgent_api::Patch;
use wallgent_api::types::agents::{AgentTemplate, DEFAULT_PERMISSIONS, TemplatePolicy};
use wallgent_api::types::policies::PolicyChange;
use wallgent_core::id::PolicyId;
use wallgent_core::policy::{Policy, Rules};
use wallgent_core::{Amount, Permission, Permissions};

/// A kind of agent. Its limits are in whole dollars.
pub(super) struct Template {
    pub(super) id: &'static str,
    name: &'static str,
    description: &'static str,
    /// What its key may do beside what every agent may.
    further: &'static [Permission],
    policy: &'static str,
    limits: Limits,
}

/// What an agent of this kind may spend.
struct Limits {
    each: i64,
    daily: i64,
    monthly: i64,
    per_day: i64,
    /// A human agrees to what is above.
    approval_above: Option<i64>,
}

const fn limits(each: i64, daily: i64, monthly: i64, per_day: i64) -> Limits {
    Limits { each, daily, monthly, per_day, approval_above: None }
}

const fn approved_above(amount: i64, limits: Limits) -> Limits {
    Limits { approval_above: Some(amount), ..limits }
}

pub(super) const TEMPLATES: &[Template] = &[
    Template {
        id: "tmpl_research",
        name: "Research agent",
        description: "Reads the web and pays small amounts for articles, searches and data.",
        further: &[],
        policy: "Research budget",
        limits: limits(5, 50, 500, 100),
    },
    Template {
        id: "tmpl_shopping",
        name: "Shopping agent",
        description: "Buys things for people; a human agrees to what is expensive.",
        further: &[],
        policy: "Shopping budget",
        limits: approved_above(100, limits(500, 1_000, 5_000, 20)),
    },
    Template {
        id: "tmpl_data_buyer",
        name: "Data buyer",
        description: "Buys data sets and API calls from other agents, many times a day.",
        further: &[],
        policy: "Data budget",
        limits: limits(25, 250, 2_500, 500),
    },
    Template {
        id: "tmpl_invoice_payer",
        name: "Invoice payer",
        description: "Pays suppliers' invoices; a human agrees to large ones.",
        further: &[Permission::InvoicesRead],
        policy: "Invoices",
        limits: approved_above(1_000, limits(10_000, 25_000, 100_000, 50)),
    },
    Template {
        id: "tmpl_marketing",
        name: "Marketing agent",
        description: "Pays for advertisements and tools within a monthly budget.",
        further: &[],
        policy: "Marketing budget",
        limits: approved_above(500, limits(1_000, 2_000, 20_000, 30)),
    },
    Template {
        id: "tmpl_treasury",
        name: "Treasury agent",
        description: "Moves money between an organization's wallets; a human agrees to each movement.",
        further: &[Permission::PoliciesRead, Permission::ApprovalsRead],
        policy: "Treasury movements",
        limits: approved_above(0, limits(50_000, 100_000, 1_000_000, 20)),
    },
];

impl Template {
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.id == id)
    }

    pub(super) fn permissions(&self) -> Permissions {
        DEFAULT_PERMISSIONS.iter().chain(self.further).copied().collect()
    }

    /// Its policy, in the words in which any other is made.
    pub(super) fn policy(&self) -> PolicyChange {
        let dollars = |amount: i64| Patch::Set(Amount::from_cents(amount.saturating_mul(100)));
        let limits = &self.limits;
        PolicyChange {
            name: Patch::Set(self.policy.to_owned()),
            max_transaction_amount: dollars(limits.each),
            daily_spending_limit: dollars(limits.daily),
            monthly_spending_limit: dollars(limits.monthly),
            max_transactions_per_day: Patch::Set(limits.per_day),
            approval_threshold: limits.approval_above.map_or(Patch::Keep, dollars),
            ..PolicyChange::default()
        }
    }

    pub(super) fn wire(&self) -> AgentTemplate {
        let id = PolicyId::from_key(0).expect("not negative");
        let mut policy = Policy { id, name: String::new(), enabled: true, rules: Rules::default() };
        self.policy().apply(&mut policy);
        AgentTemplate {
            id: self.id.to_owned(),
            name: self.name.to_owned(),
            description: self.description.to_owned(),
            permissions: self.permissions().iter().map(|it| it.as_str().to_owned()).collect(),
            policy: TemplatePolicy { name: policy.name, rules: (&policy.rules).into() },
        }
    }
}
