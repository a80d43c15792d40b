//! Agents and other holders of keys, and what is done with approvals, as stories name them.

use serde_json::{Value, json};

use super::answer::Answer;
use super::api::Api;
use super::story::id;

/// An agent as its creation answered: who it is, and itself as a caller.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) key_id: String,
    pub(crate) api: Api,
}

/// A payment that waits, and the approval it waits for.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) payment: String,
    pub(crate) approval: String,
}

impl Waiting {
    /// Read from a 202.
    #[track_caller]
    pub(crate) fn of(answer: Answer) -> Self {
        let body = answer.expect(202).json;
        let approval = body["approvalId"].as_str().expect("an approval's ID").to_owned();
        Self { payment: id(&body), approval }
    }
}

impl Api {
    /// A new key of the caller's organization: its ID, and its holder.
    #[track_caller]
    pub(crate) fn new_key(&self, request: &Value) -> (String, Api) {
        let made = self.post("/api-keys", request).created();
        (id(&made), self.with_key(made["secret"].as_str().expect("a secret at creation")))
    }

    /// A new key with these permissions and no scope.
    #[track_caller]
    pub(crate) fn colleague(&self, permissions: &[&str]) -> (String, Api) {
        self.new_key(&json!({ "permissions": permissions }))
    }

    /// A new agent with the permissions that agents have by default.
    #[track_caller]
    pub(crate) fn agent(&self, name: &str) -> Agent {
        self.agent_of(&json!({ "name": name }))
    }

    /// A new agent with these permissions.
    #[track_caller]
    pub(crate) fn agent_with(&self, permissions: &[&str]) -> Agent {
        self.agent_of(&json!({ "name": "Agent", "permissions": permissions }))
    }

    /// A new agent, made of this request.
    #[track_caller]
    pub(crate) fn agent_of(&self, request: &Value) -> Agent {
        let made = self.post("/agents", request).created();
        let text = |field: &str| made[field].as_str().expect("text").to_owned();
        Agent {
            id: id(&made),
            address: text("wallgentAddress"),
            key_id: text("apiKeyId"),
            api: self.with_key(&text("apiKey")),
        }
    }

    /// A new agent holding this whole number of dollars.
    #[track_caller]
    pub(crate) fn funded_agent(&self, dollars: u32) -> Agent {
        let agent = self.agent("Funded");
        self.fund(&agent.id, dollars);
        agent
    }

    /// Moves budget to an agent, or back from it.
    #[track_caller]
    pub(crate) fn adjust(&self, agent: &str, amount: &Value) -> Answer {
        self.post(&format!("/agents/{agent}/adjust-budget"), &json!({ "amount": amount }))
    }

    /// A wallet that pays nothing without a human, holding this whole number of dollars.
    #[track_caller]
    pub(crate) fn guarded(&self, dollars: u32) -> String {
        let wallet = self.funded(dollars);
        self.policy(&wallet, &json!({ "requireHumanApproval": true }));
        wallet
    }

    /// A payment that has to wait for a human.
    #[track_caller]
    pub(crate) fn ask(&self, from: &str, to: &str, amount: &str) -> Waiting {
        Waiting::of(self.pay(from, to, amount))
    }

    #[track_caller]
    pub(crate) fn approve(&self, approval: &str) -> Answer {
        self.act(&format!("/approvals/{approval}/approve"))
    }

    #[track_caller]
    pub(crate) fn reject(&self, approval: &str) -> Answer {
        self.act(&format!("/approvals/{approval}/reject"))
    }

    /// The status of an approval, as answered.
    #[track_caller]
    pub(crate) fn approval_status(&self, approval: &str) -> String {
        let read = self.get(&format!("/approvals/{approval}")).ok();
        read["status"].as_str().expect("a status is text").to_owned()
    }

    /// The status of a payment, as answered.
    #[track_caller]
    pub(crate) fn payment_status(&self, payment: &str) -> String {
        let read = self.get(&format!("/payments/{payment}")).ok();
        read["status"].as_str().expect("a status is text").to_owned()
    }

    /// The amounts of the wallet's holds in this state, newest first.
    #[track_caller]
    pub(crate) fn holds(&self, wallet: &str, status: &str) -> Vec<String> {
        let list = self.get(&format!("/wallets/{wallet}/holds?status={status}")).ok();
        let holds = list["data"].as_array().expect("data");
        holds.iter().map(|hold| hold["amount"].as_str().expect("text").to_owned()).collect()
    }

    /// The wallet's address on the network.
    #[track_caller]
    pub(crate) fn address(&self, wallet: &str) -> String {
        let read = self.get(&format!("/wallets/{wallet}")).ok();
        read["wallgentAddress"].as_str().expect("an address").to_owned()
    }

    /// What is used of a limit of the wallet, as answered.
    #[track_caller]
    pub(crate) fn used(&self, wallet: &str, rule: &str) -> Value {
        let limits = self.get(&format!("/wallets/{wallet}/limits")).ok();
        let rows = limits["data"].as_array().expect("data");
        let row = rows.iter().find(|row| row["rule"] == rule);
        row.unwrap_or_else(|| panic!("{rule} in {limits:#}"))["used"].clone()
    }

    /// The audit entries that fit a query, of all pages, newest first.
    #[track_caller]
    pub(crate) fn audited(&self, query: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut page = self.get(&format!("/audit-logs?limit=100&{query}")).ok();
        loop {
            entries.extend(page["data"].as_array().expect("data").iter().cloned());
            let Some(cursor) = page["cursor"].as_str() else { return entries };
            page = self.get(&format!("/audit-logs?limit=100&{query}&cursor={cursor}")).ok();
        }
    }
}
