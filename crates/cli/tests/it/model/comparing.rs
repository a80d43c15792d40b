//! The server's answers and its whole state, held against the model's.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::command::Caller;
use super::money::show;
use super::rules::{cents, used};
use super::stage::Case;
use super::state::{Answer as Predicted, FOREIGN, State, Status};
use crate::support::{Answer, Api};

/// What only those who use the paying wallet are told of a payment.
const THE_SENDERS: [&str; 8] = [
    "/fee",
    "/idempotencyKey",
    "/approvalId",
    "/batchId",
    "/balanceAfter",
    "/availableAfter",
    "/error/details/approvalId",
    "/error/details/expiresAt",
];

/// The payment as it is told to others.
fn without_the_senders(text: &str) -> Value {
    let mut payment: Value = serde_json::from_str(text).expect("a payment");
    for field in THE_SENDERS {
        payment.pointer_mut(field).map(Value::take);
    }
    payment
}

impl Case<'_> {
    /// A replay repeats the first answer byte for byte, unless it tells the outcome of a payment that waited.
    pub(super) fn compare_replay(&mut self, key: String, predicted: &Predicted, answer: &Answer) {
        if answer.replayed() {
            let first = self
                .first_texts
                .get(&key)
                .unwrap_or_else(|| panic!("a replay of nothing\n{}", answer.story()));
            let same = if predicted.private {
                without_the_senders(first) == answer.json
            } else {
                *first == answer.text
            };
            assert!(predicted.outcome || same, "first: {first}\n{}", answer.story());
        } else {
            self.first_texts.insert(key, answer.text.clone());
        }
    }

    pub(super) fn compare_answer(
        &self,
        predicted: &Predicted,
        answer: &Answer,
        story: &dyn Fn() -> String,
    ) {
        let seen = (answer.status, answer.code(), answer.replayed());
        assert_eq!(seen, (predicted.status, predicted.code, predicted.replayed), "{}", story());
        if answer.status >= 400 {
            answer.assert_envelope();
        }
        let listed = if predicted.decision.is_empty() {
            &answer.json["error"]["details"]["violations"]
        } else {
            &answer.json["violations"]
        };
        let violations: BTreeSet<(usize, &str)> = listed
            .as_array()
            .into_iter()
            .flatten()
            .map(|violation| self.violation(violation))
            .collect();
        assert_eq!(violations, predicted.violations, "{}", story());
        assert_eq!(
            answer.json["decision"].as_str().unwrap_or_default(),
            predicted.decision,
            "{}",
            story()
        );
        let results = answer.json["results"].as_array().into_iter().flatten();
        let items: Vec<(&str, &str)> = results
            .map(|item| {
                (
                    item["status"].as_str().unwrap_or("?"),
                    item["error"]["code"].as_str().unwrap_or_default(),
                )
            })
            .collect();
        assert!(
            items
                .iter()
                .zip(&predicted.items)
                .all(|(seen, told)| seen.0 == told.0 && (seen.1 == told.1 || told.1.is_empty())),
            "{}",
            story()
        );
        assert_eq!(items.len(), predicted.items.len(), "{}", story());
        if !predicted.items.is_empty() {
            self.compare_summary(predicted, &answer.json["summary"], story);
        }
    }

    fn compare_summary(&self, predicted: &Predicted, summary: &Value, story: &dyn Fn() -> String) {
        let count =
            |wanted: &str| predicted.items.iter().filter(|(status, _)| *status == wanted).count();
        for (field, expected) in [
            ("total", predicted.items.len()),
            ("succeeded", count("success")),
            ("reversed", count("reversed")),
            ("failed", count("failed")),
        ] {
            assert_eq!(summary[field], json!(expected), "{field}\n{}", story());
        }
    }

    fn violation<'b>(&self, violation: &'b Value) -> (usize, &'b str) {
        let policy = violation["policyId"].as_str().unwrap_or_default();
        let number = self.names.policies.iter().position(|known| known == policy);
        (number.expect("a policy of this case"), violation["rule"].as_str().unwrap_or_default())
    }

    /// Every wallet's status and balances, and every limit of every enabled policy.
    pub(super) fn compare_world(&self, story: &dyn Fn() -> String) {
        for (number, wallet) in self.world.wallets.iter().enumerate() {
            let reader =
                self.caller(if number == FOREIGN { Caller::Stranger } else { Caller::Owner });
            let seen = reader.get(&format!("/wallets/{}", self.names.wallets[number])).ok();
            let status = match wallet.status {
                Status::Active => "ACTIVE",
                Status::Frozen => "FROZEN",
                Status::Closed => "CLOSED",
            };
            let expected = (
                json!(status),
                json!(show(wallet.balance)),
                json!(show(self.world.available(number))),
            );
            let answered =
                (seen["status"].clone(), seen["balance"].clone(), seen["available"].clone());
            assert_eq!(
                answered,
                expected,
                "status, balance, available of wallet {number} after {}",
                story()
            );
            self.compare_limits(&reader, number, story);
        }
    }

    /// Who is an agent, what became of each approval, and which delegations still hold.
    pub(super) fn compare_lists(&self, story: &dyn Fn() -> String) {
        let owner = self.caller(Caller::Owner);
        let living = self.world.agents.iter().rev();
        let living = living.filter(|agent| self.world.wallets[**agent].status != Status::Closed);
        let expected: Vec<&String> = living.map(|agent| &self.names.wallets[*agent]).collect();
        let listed = owner.all_ids("/agents?limit=100");
        assert_eq!(listed.iter().collect::<Vec<_>>(), expected, "agents after {}", story());
        let mut approvals: Vec<(String, &str)> = Vec::new();
        for (number, id) in self.world.asked().into_iter().zip(&self.names.approvals).rev() {
            let payment = &self.world.payments[number];
            let status = match payment.state {
                State::Pending { .. } => "PENDING",
                State::Posted => "APPROVED",
                State::Rejected => "REJECTED",
                State::Expired => "EXPIRED",
            };
            if payment.from != FOREIGN {
                approvals.push((id.clone(), status));
            }
        }
        let seen = statuses(&owner, "/approvals?limit=100");
        let seen: Vec<(String, &str)> =
            seen.iter().map(|(id, status)| (id.clone(), status.as_str())).collect();
        assert_eq!(seen, approvals, "approvals after {}", story());
        self.compare_delegations(&owner, story);
    }

    fn compare_delegations(&self, owner: &Api, story: &dyn Fn() -> String) {
        let open = |wallet: usize| self.world.wallets[wallet].status != Status::Closed;
        let mut expected = Vec::new();
        let mut ended_with_their_wallet = Vec::new();
        for (delegation, id) in self.world.delegations.iter().zip(&self.names.delegations) {
            if !open(delegation.wallet) {
                ended_with_their_wallet.push(id);
            } else if delegation.is_active(self.world.now_ms) {
                expected.push(id.clone());
            }
        }
        expected.reverse();
        let active: Vec<String> = statuses(owner, "/delegations?role=GRANTOR&limit=100")
            .into_iter()
            .filter(|(id, status)| status == "ACTIVE" && !ended_with_their_wallet.contains(&id))
            .map(|(id, _)| id)
            .collect();
        assert_eq!(active, expected, "active delegations after {}", story());
    }

    fn compare_limits(&self, reader: &Api, wallet: usize, story: &dyn Fn() -> String) {
        let mut expected: BTreeMap<(usize, &str), (String, String)> = BTreeMap::new();
        let used = used(&self.world, wallet);
        for (number, policy) in self.world.policies.iter().enumerate() {
            let rules = &policy.rules;
            if policy.wallet != wallet || policy.deleted || !rules.enabled {
                continue;
            }
            for (rule, limit, used) in [
                ("dailySpendingLimit", rules.daily, used.day),
                ("weeklySpendingLimit", rules.weekly, used.week),
                ("monthlySpendingLimit", rules.monthly, used.month),
            ] {
                if let Some(limit) = limit {
                    expected
                        .insert((number, rule), (show(used), show((cents(limit) - used).max(0))));
                }
            }
            if let Some(limit) = rules.count {
                let left = (i128::from(limit) - used.count).max(0);
                expected.insert(
                    (number, "maxTransactionsPerDay"),
                    (used.count.to_string(), left.to_string()),
                );
            }
        }
        if expected.is_empty() {
            return;
        }
        let limits = reader.get(&format!("/wallets/{}/limits", self.names.wallets[wallet])).ok();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut seen = BTreeMap::new();
        for row in limits["data"].as_array().expect("data") {
            let key = self.violation(row);
            if expected.contains_key(&key) {
                seen.insert(key, (text(&row["used"]), text(&row["remaining"])));
            }
        }
        assert_eq!(seen, expected, "used and remaining of wallet {wallet} after {}", story());
    }
}

/// The ID and status of everything on a list's one page.
fn statuses(caller: &Api, path: &str) -> Vec<(String, String)> {
    let page = caller.get(path).ok();
    assert_eq!(page["hasMore"], false, "a case fits on one page");
    let text = |row: &Value, field: &str| row[field].as_str().expect("text").to_owned();
    let rows = page["data"].as_array().expect("data");
    rows.iter().map(|row| (text(row, "id"), text(row, "status"))).collect()
}
