//! The server's answers and its whole state, held against the model's.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::command::Caller;
use super::money::show;
use super::rules::{cents, used};
use super::stage::Case;
use super::state::{Answer as Predicted, FOREIGN, Status};
use crate::support::{Answer, Api};

impl Case<'_> {
    /// A replay repeats the first answer byte for byte, unless it tells the outcome of a payment that waited.
    pub(super) fn compare_replay(&mut self, key: String, answer: &Answer) {
        if answer.replayed() {
            let first = self
                .first_texts
                .get(&key)
                .unwrap_or_else(|| panic!("a replay of nothing\n{}", answer.story()));
            let outcome = first.contains("PENDING_APPROVAL") && answer.code() == "POLICY_DENIED";
            assert!(outcome || *first == answer.text, "first: {first}\n{}", answer.story());
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
