//! Cards and merchants, as stories name them.

use serde_json::{Value, json};

use super::answer::Answer;
use super::api::Api;
use super::story::id;

/// A merchant that sells software.
pub(crate) fn merchant() -> Value {
    json!({ "name": "ACME Cloud", "category": "software", "country": "US", "domain": "acme.example" })
}

/// A merchant of this category.
pub(crate) fn selling(category: &str) -> Value {
    json!({ "name": "Shop", "category": category })
}

impl Api {
    /// A new card's ID.
    #[track_caller]
    pub(crate) fn card(&self, wallet: &str) -> String {
        self.card_of(wallet, &json!({}))
    }

    /// A new card with these fields beside its wallet.
    #[track_caller]
    pub(crate) fn card_of(&self, wallet: &str, fields: &Value) -> String {
        let mut request = fields.clone();
        request["walletId"] = json!(wallet);
        id(&self.post("/cards", &request).created())
    }

    /// A new card with one spending limit.
    #[track_caller]
    pub(crate) fn limited_card(&self, wallet: &str, amount: &str, interval: &str) -> String {
        let limit = json!({ "amount": amount, "interval": interval });
        self.card_of(wallet, &json!({ "spendingLimits": [limit] }))
    }

    /// A merchant asks for an amount; whatever is answered.
    #[track_caller]
    pub(crate) fn buy_from(&self, card: &str, amount: &str, merchant: &Value) -> Answer {
        let path = format!("/sandbox/cards/{card}/authorizations");
        self.post(&path, &json!({ "amount": amount, "merchant": merchant }))
    }

    /// The software merchant asks for an amount.
    #[track_caller]
    pub(crate) fn buy(&self, card: &str, amount: &str) -> Answer {
        self.buy_from(card, amount, &merchant())
    }

    /// An approved authorization's ID.
    #[track_caller]
    pub(crate) fn approved(&self, card: &str, amount: &str) -> String {
        let body = self.buy(card, amount).created();
        assert_eq!(body["status"], "APPROVED", "{body:#}");
        id(&body)
    }

    /// The reason of a decline.
    #[track_caller]
    pub(crate) fn declined(&self, card: &str, amount: &str) -> String {
        reason(&self.buy(card, amount))
    }

    /// `capture`, `reverse` or `refund`, of all that is left.
    #[track_caller]
    pub(crate) fn step(&self, authorization: &str, verb: &str) -> Answer {
        self.act(&format!("/sandbox/card-authorizations/{authorization}/{verb}"))
    }

    /// The same of an amount.
    #[track_caller]
    pub(crate) fn step_by(&self, authorization: &str, verb: &str, amount: &str) -> Answer {
        let path = format!("/sandbox/card-authorizations/{authorization}/{verb}");
        self.post(&path, &json!({ "amount": amount }))
    }

    /// A captured authorization's ID.
    #[track_caller]
    pub(crate) fn captured(&self, card: &str, amount: &str) -> String {
        let authorization = self.approved(card, amount);
        assert_eq!(self.step(&authorization, "capture").ok()["status"], "CAPTURED");
        authorization
    }

    /// An authorization in its card's list.
    #[track_caller]
    pub(crate) fn authorization(&self, card: &str, authorization: &str) -> Value {
        let list = self.get(&format!("/cards/{card}/authorizations?limit=100")).ok();
        let rows = list["data"].as_array().expect("data");
        let row = rows.iter().find(|row| row["id"] == authorization);
        row.unwrap_or_else(|| panic!("{authorization} in {list:#}")).clone()
    }

    /// The status of a card, as answered.
    #[track_caller]
    pub(crate) fn card_status(&self, card: &str) -> Value {
        self.get(&format!("/cards/{card}")).ok()["status"].clone()
    }

    /// The data of the events of a type, oldest first.
    #[track_caller]
    pub(crate) fn told(&self, kind: &str) -> Vec<Value> {
        let list = self.get(&format!("/events?limit=100&type={kind}")).ok();
        let events = list["data"].as_array().expect("data");
        events.iter().map(|event| event["data"].clone()).collect()
    }
}

/// The reason of a decline, which says it in two fields and for people.
#[track_caller]
pub(crate) fn reason(answer: &Answer) -> String {
    let body = answer.clone().created();
    assert_eq!(body["status"], "DECLINED", "{body:#}");
    assert_eq!(body["reason"], body["declineReason"]);
    assert!(body["declineMessage"].as_str().is_some_and(|text| !text.is_empty()), "{body:#}");
    assert_eq!((&body["heldAmount"], &body["expiresAt"]), (&json!("0.00"), &Value::Null));
    body["reason"].as_str().expect("a reason is text").to_owned()
}
