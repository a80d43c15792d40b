//! Customers, invoices and charges, as stories name them.

use serde_json::{Value, json};

use super::answer::Answer;
use super::api::Api;
use super::story::id;

/// The last digits of the test card that is declined.
pub(crate) const DECLINED: &str = "0002";

/// The request for an invoice of one line.
pub(crate) fn billing(wallet: &str, customer: &str, price: &str) -> Value {
    let line = json!({ "description": "API calls", "unitPrice": price });
    json!({ "walletId": wallet, "customerId": customer, "lineItems": [line] })
}

impl Api {
    /// A new customer's ID.
    #[track_caller]
    pub(crate) fn customer(&self, email: &str) -> String {
        id(&self.post("/customers", &json!({ "email": email })).created())
    }

    /// A new customer who saved a test card that pays.
    #[track_caller]
    pub(crate) fn paying_customer(&self, email: &str) -> String {
        let customer = self.customer(email);
        self.saved(&customer, "card", None);
        customer
    }

    /// The ID of a test method that a customer saves.
    #[track_caller]
    pub(crate) fn saved(&self, customer: &str, kind: &str, last4: Option<&str>) -> String {
        let path = format!("/sandbox/customers/{customer}/payment-methods");
        id(&self.post(&path, &json!({ "type": kind, "last4": last4 })).created())
    }

    /// A draft's ID.
    #[track_caller]
    pub(crate) fn drafted(&self, wallet: &str, customer: &str, price: &str) -> String {
        id(&self.post("/invoices", &billing(wallet, customer, price)).created())
    }

    /// The ID of a finalized invoice, and its slug.
    #[track_caller]
    pub(crate) fn finalized(&self, wallet: &str, customer: &str, price: &str) -> (String, String) {
        let invoice = self.drafted(wallet, customer, price);
        let finalized = self.step_invoice(&invoice, "finalize").ok();
        (invoice, finalized["slug"].as_str().expect("a slug").to_owned())
    }

    /// `finalize`, `void`, `refund`, `mark-uncollectible` or `checkout`.
    #[track_caller]
    pub(crate) fn step_invoice(&self, invoice: &str, verb: &str) -> Answer {
        self.act(&format!("/invoices/{invoice}/{verb}"))
    }

    /// An invoice, as answered.
    #[track_caller]
    pub(crate) fn invoice(&self, invoice: &str) -> Value {
        self.get(&format!("/invoices/{invoice}")).ok()
    }

    /// The status of an invoice, as answered.
    #[track_caller]
    pub(crate) fn invoice_status(&self, invoice: &str) -> String {
        self.invoice(invoice)["status"].as_str().expect("a status is text").to_owned()
    }

    /// Pays an invoice from a wallet.
    #[track_caller]
    pub(crate) fn pay_invoice(&self, slug: &str, from: &str) -> Answer {
        self.post(&format!("/invoices/pay/{slug}"), &json!({ "fromWalletId": from }))
    }

    /// Pays an invoice by a test card: the one with these digits.
    #[track_caller]
    pub(crate) fn pay_by_card(&self, slug: &str, last4: Option<&str>) -> Answer {
        let body = json!({ "testMethod": { "type": "card", "last4": last4 } });
        self.post(&format!("/invoices/pay/{slug}"), &body)
    }

    /// Charges what a customer saved.
    #[track_caller]
    pub(crate) fn charge(&self, wallet: &str, customer: &str, amount: &str) -> Answer {
        let body = json!({ "walletId": wallet, "customerId": customer, "amount": amount });
        self.post("/invoices/charge", &body)
    }

    /// Begins a charge that repeats; its ID.
    #[track_caller]
    pub(crate) fn subscribe(&self, wallet: &str, customer: &str, interval: &str) -> String {
        let body = json!({ "walletId": wallet, "customerId": customer, "amount": "99.00",
                           "description": "Subscription", "recurring": { "interval": interval } });
        let charge = self.post("/invoices/charge", &body).ok();
        assert_eq!(charge["recurring"]["id"], charge["id"], "{charge:#}");
        id(&charge)
    }

    /// A charge that repeats, as listed; null when it is not.
    #[track_caller]
    pub(crate) fn repeating(&self, charge: &str) -> Value {
        let list = self.get("/invoices/charges/recurring?limit=100").ok();
        let rows = list["data"].as_array().expect("data");
        rows.iter().find(|row| row["id"] == charge).cloned().unwrap_or_default()
    }
}
