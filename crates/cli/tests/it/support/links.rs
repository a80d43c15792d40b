//! Payment links, as stories name them.

use serde_json::{Value, json};

use super::answer::Answer;
use super::api::Api;
use super::story::id;

/// A test card that pays.
pub(crate) fn test_card() -> Value {
    json!({ "testMethod": { "type": "card" } })
}

/// A test card that is declined.
pub(crate) fn declined_card() -> Value {
    json!({ "testMethod": { "type": "card", "last4": "0002" } })
}

impl Api {
    /// A new link with these fields beside its wallet.
    #[track_caller]
    pub(crate) fn link_of(&self, wallet: &str, fields: &Value) -> Value {
        let mut request = fields.clone();
        request["walletId"] = json!(wallet);
        self.post("/payment-links", &request).created()
    }

    /// A new link's ID and slug.
    #[track_caller]
    pub(crate) fn link(&self, wallet: &str, amount: &str) -> (String, String) {
        let link = self.link_of(wallet, &json!({ "amount": amount }));
        (id(&link), link["slug"].as_str().expect("a slug").to_owned())
    }

    /// Pays a link, however the body says.
    #[track_caller]
    pub(crate) fn pay_link(&self, slug: &str, body: &Value) -> Answer {
        self.post(&format!("/payment-links/pay/{slug}"), body)
    }

    /// Pays a link from a wallet.
    #[track_caller]
    pub(crate) fn pay_link_from(&self, slug: &str, wallet: &str) -> Answer {
        self.pay_link(slug, &json!({ "fromWalletId": wallet }))
    }

    /// The link's status, or another field of it.
    #[track_caller]
    pub(crate) fn of_link(&self, link: &str, field: &str) -> Value {
        self.get(&format!("/payment-links/{link}")).ok()[field].clone()
    }
}
