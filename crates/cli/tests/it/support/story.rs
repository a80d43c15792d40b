//! The words that stories are told in: the people of a test, and what they do most.

use serde_json::{Value, json};

use super::answer::Answer;
use super::api::Api;
use super::server::Server;

/// What `wallgent org create` prints.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) owner: Api,
    pub(crate) live: Api,
    pub(crate) wallet: String,
    pub(crate) live_wallet: String,
}

impl Server {
    /// The organization's sandbox key with every right.
    pub(crate) fn owner(&self) -> Api {
        self.nobody().with_key(self.account("sandboxKey"))
    }

    /// Its live key with every right.
    pub(crate) fn live(&self) -> Api {
        self.nobody().with_key(self.account("liveKey"))
    }

    /// A caller whose new key is made of this request.
    #[track_caller]
    pub(crate) fn key(&self, request: &Value) -> Api {
        let key = self.owner().post("/api-keys", request).created();
        self.nobody().with_key(key["secret"].as_str().expect("a secret at creation"))
    }

    /// A caller with these permissions and no wallet scope.
    #[track_caller]
    pub(crate) fn permitted(&self, permissions: &[&str]) -> Api {
        self.key(&json!({ "permissions": permissions }))
    }

    /// A caller that sees these wallets only.
    #[track_caller]
    pub(crate) fn scoped(&self, permissions: &[&str], wallets: &[&str]) -> Api {
        self.key(&json!({ "permissions": permissions, "walletScope": wallets }))
    }

    /// Another organization, made on the command line beside the running server.
    #[track_caller]
    pub(crate) fn organization(&self, name: &str) -> Organization {
        self.organization_on("SELF_HOSTED", name)
    }

    /// Another organization on a plan.
    #[track_caller]
    pub(crate) fn organization_on(&self, plan: &str, name: &str) -> Organization {
        let email = format!("{}@example.com", name.to_lowercase());
        let printed = self
            .admin(&["org", "create", "--name", name, "--email", &email, "--plan", plan, "--json"])
            .expect_success();
        let made: Value =
            serde_json::from_str(&printed).unwrap_or_else(|_| panic!("JSON, not {printed}"));
        super::shapes::assert_fields(
            &made,
            &["organizationId", "sandboxKey", "liveKey", "sandboxWalletId", "liveWalletId"],
            &[],
        );
        let text = |field: &str| made[field].as_str().expect("text").to_owned();
        Organization {
            id: text("organizationId"),
            owner: self.nobody().with_key(&text("sandboxKey")),
            live: self.nobody().with_key(&text("liveKey")),
            wallet: text("sandboxWalletId"),
            live_wallet: text("liveWalletId"),
        }
    }

    /// Moves the test clock forward by an ISO 8601 duration.
    #[track_caller]
    pub(crate) fn advance(&self, duration: &str) {
        self.owner().post("/sandbox/clock", &json!({ "advance": duration })).ok();
    }

    /// Moves the test clock forward to a moment.
    #[track_caller]
    pub(crate) fn advance_to(&self, time: &str) {
        self.owner().post("/sandbox/clock", &json!({ "to": time })).ok();
    }
}

impl Api {
    /// A new wallet's ID.
    #[track_caller]
    pub(crate) fn wallet(&self, name: &str) -> String {
        id(&self.post("/wallets", &json!({ "name": name })).created())
    }

    /// A new wallet holding this whole number of dollars.
    #[track_caller]
    pub(crate) fn funded(&self, dollars: u32) -> String {
        let wallet = self.wallet("Funded");
        self.fund(&wallet, dollars);
        wallet
    }

    /// Puts whole dollars into a wallet, in as many calls as the maximum of one call asks for.
    #[track_caller]
    pub(crate) fn fund(&self, wallet: &str, dollars: u32) {
        let mut rest = dollars;
        while rest > 0 {
            let part = rest.min(10_000);
            self.post(&format!("/wallets/{wallet}/fund"), &json!({ "amount": part.to_string() }))
                .ok();
            rest -= part;
        }
    }

    #[track_caller]
    pub(crate) fn pay(&self, from: &str, to: &str, amount: &str) -> Answer {
        self.post("/payments", &json!({ "from": from, "to": to, "amount": amount }))
    }

    /// A posted payment's ID.
    #[track_caller]
    pub(crate) fn paid(&self, from: &str, to: &str, amount: &str) -> String {
        id(&self.pay(from, to, amount).ok())
    }

    /// A new policy's ID; `rules` are its fields beside the name.
    #[track_caller]
    pub(crate) fn policy(&self, wallet: &str, rules: &Value) -> String {
        let mut policy = rules.clone();
        policy["name"] = json!("Guard");
        id(&self.post(&format!("/wallets/{wallet}/policies"), &policy).created())
    }

    /// The posted balance, as answered.
    #[track_caller]
    pub(crate) fn balance(&self, wallet: &str) -> String {
        self.balances(wallet)["balance"].as_str().expect("a balance is text").to_owned()
    }

    /// The whole answer of `/balance`.
    #[track_caller]
    pub(crate) fn balances(&self, wallet: &str) -> Value {
        self.get(&format!("/wallets/{wallet}/balance")).ok()
    }

    /// `{balance, held, available}` are these.
    #[track_caller]
    pub(crate) fn assert_balances(&self, wallet: &str, balance: &str, held: &str, available: &str) {
        let answered = self.balances(wallet);
        let seen = (&answered["balance"], &answered["held"], &answered["available"]);
        assert_eq!(
            seen,
            (&json!(balance), &json!(held), &json!(available)),
            "balance, held, available of {wallet}"
        );
    }

    /// The IDs of all pages of a list.
    #[track_caller]
    pub(crate) fn all_ids(&self, path: &str) -> Vec<String> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut ids = Vec::new();
        let mut page = self.get(path).ok();
        loop {
            ids.extend(page["data"].as_array().expect("data").iter().map(id));
            match page["cursor"].as_str() {
                Some(cursor) => page = self.get(&format!("{path}{separator}cursor={cursor}")).ok(),
                None => return ids,
            }
        }
    }
}

/// The object's `id`.
#[track_caller]
pub(crate) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("an id in {object:#}")).to_owned()
}
