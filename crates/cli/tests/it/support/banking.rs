//! Money in and out, as stories name it.

use serde_json::{Value, json};

use super::answer::Answer;
use super::api::Api;
use super::server::Server;
use super::story::id;

/// A routing number whose checksum is right.
pub(crate) const ROUTING: &str = "021000021";
/// An account number at which nothing goes wrong.
pub(crate) const ACCOUNT: &str = "000123456789";

/// A bank account by its numbers, over a rail.
pub(crate) fn account(rail: &str, number: &str) -> Value {
    json!({ "type": rail, "routingNumber": ROUTING, "accountNumber": number,
            "accountHolderName": "Ada Lovelace" })
}

/// The request to link a bank account with this number.
pub(crate) fn link_request(number: &str) -> Value {
    json!({ "routingNumber": ROUTING, "accountNumber": number,
            "accountHolderName": "Ada Lovelace", "accountType": "CHECKING" })
}

impl Api {
    /// A linked bank account's ID.
    #[track_caller]
    pub(crate) fn linked(&self) -> String {
        id(&self.post("/bank-accounts", &link_request(ACCOUNT)).created())
    }

    /// Asks for a deposit from a bank account by its number.
    #[track_caller]
    pub(crate) fn deposit(&self, wallet: &str, amount: &str, source: &Value) -> Answer {
        let body = json!({ "walletId": wallet, "amount": amount, "currency": "USD",
                           "source": source });
        self.post("/transfers/deposit", &body)
    }

    /// Asks for a withdrawal to a bank account by its number.
    #[track_caller]
    pub(crate) fn withdraw(&self, wallet: &str, amount: &str, destination: &Value) -> Answer {
        let body = json!({ "walletId": wallet, "amount": amount, "currency": "USD",
                           "destination": destination });
        self.post("/transfers/withdraw", &body)
    }

    /// Asks for a withdrawal to a linked bank account.
    #[track_caller]
    pub(crate) fn withdraw_to(&self, wallet: &str, amount: &str, bank_account: &str) -> Answer {
        let body = json!({ "walletId": wallet, "amount": amount, "currency": "USD",
                           "bankAccountId": bank_account });
        self.post("/transfers/withdraw", &body)
    }

    /// Moves money between two wallets of the organization.
    #[track_caller]
    pub(crate) fn move_money(&self, from: &str, to: &str, amount: &str) -> Answer {
        let body = json!({ "fromWalletId": from, "toWalletId": to, "amount": amount });
        self.post("/transfers/internal", &body)
    }

    /// A transfer, as answered.
    #[track_caller]
    pub(crate) fn transfer(&self, transfer: &str) -> Value {
        self.get(&format!("/transfers/{transfer}")).ok()
    }

    /// The status of a transfer, as answered.
    #[track_caller]
    pub(crate) fn transfer_status(&self, transfer: &str) -> String {
        self.transfer(transfer)["status"].as_str().expect("a status is text").to_owned()
    }

    #[track_caller]
    pub(crate) fn cancel(&self, transfer: &str) -> Answer {
        self.act(&format!("/transfers/{transfer}/cancel"))
    }

    /// Drives a sandbox transfer by hand: `settle`, `fail` or `return`.
    #[track_caller]
    pub(crate) fn drive(&self, transfer: &str, how: &str) -> Answer {
        self.act(&format!("/sandbox/transfers/{transfer}/{how}"))
    }

    /// The pending money of a wallet, as answered.
    #[track_caller]
    pub(crate) fn pending(&self, wallet: &str) -> String {
        self.balances(wallet)["pending"].as_str().expect("text").to_owned()
    }
}

impl Server {
    /// What `wallgent transfer list` shows.
    #[track_caller]
    pub(crate) fn listed_by_hand(&self) -> Vec<Value> {
        let printed = self.admin(&["transfer", "list", "--json"]).expect_success();
        serde_json::from_str(&printed).expect("a JSON list")
    }

    /// Nothing is on its way: the accounts that transfers pass through are empty.
    #[track_caller]
    pub(crate) fn assert_nothing_on_its_way(&self) {
        let passing = "SELECT COUNT(*) FROM accounts WHERE posted <> 0 \
                       AND kind IN ('DEPOSITS_PENDING', 'WITHDRAWALS_IN_TRANSIT')";
        assert_eq!(self.number(passing), 0, "accounts that are passed through and not empty");
        assert_eq!(self.number("SELECT COUNT(*) FROM wallets WHERE pending <> 0"), 0);
    }

    /// The balance of all system accounts of a kind together, in dollars and cents; an asset's
    /// with its sign turned, as people read it.
    pub(crate) fn system_cents(&self, kind: &str) -> i64 {
        let text = format!(
            "SELECT CAST(COALESCE(SUM(posted), 0) / 1000000 AS BIGINT) FROM accounts \
             WHERE kind = '{kind}'"
        );
        self.number(&text)
    }
}
