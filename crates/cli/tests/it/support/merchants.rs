//! Merchants, as stories name them.

use serde_json::{Value, json};

use super::answer::Answer;
use super::api::Api;
use super::story::id;

impl Api {
    /// A new merchant profile's ID.
    #[track_caller]
    pub(crate) fn merchant(&self, domain: &str) -> String {
        self.merchant_of(domain, &json!({}))
    }

    /// A new merchant profile with these fields beside its name and its domain.
    #[track_caller]
    pub(crate) fn merchant_of(&self, domain: &str, fields: &Value) -> String {
        let mut request = fields.clone();
        request["name"] = json!("Shop");
        request["domain"] = json!(domain);
        id(&self.post("/merchants", &request).created())
    }

    /// Changes a merchant profile.
    #[track_caller]
    pub(crate) fn change_merchant(&self, merchant: &str, fields: &Value) -> Answer {
        self.patch(&format!("/merchants/{merchant}"), fields)
    }

    /// Pays a merchant by its ID.
    #[track_caller]
    pub(crate) fn pay_merchant(&self, from: &str, merchant: &str, amount: &str) -> Answer {
        self.post("/payments", &json!({ "from": from, "merchantId": merchant, "amount": amount }))
    }

    /// Pays whoever has a domain.
    #[track_caller]
    pub(crate) fn pay_domain(&self, from: &str, domain: &str, amount: &str) -> Answer {
        let hint = json!({ "domain": domain });
        self.post("/payments", &json!({ "from": from, "merchantHint": hint, "amount": amount }))
    }

    /// The IDs of what the merchant was paid, as one page of the list tells them, and how many there are in all.
    #[track_caller]
    pub(crate) fn received(&self, query: &str) -> (Vec<String>, i64) {
        let page = self.get(&format!("/merchant/payments?{query}")).ok();
        let ids = page["data"].as_array().expect("data").iter().map(id).collect();
        (ids, page["total"].as_i64().expect("a total"))
    }
}
