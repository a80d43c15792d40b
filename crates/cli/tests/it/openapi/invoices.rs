//! The rows of customers, invoices and charges.

use serde_json::json;

use super::rows::{Row, Things, row};
use crate::support::Api;
use crate::support::invoicing::billing;

/// What the rows of invoices are about.
#[derive(Debug)]
pub(super) struct Bills {
    customer: String,
    method: String,
    draft: String,
    due: String,
    slug: String,
    address: String,
    paid: String,
    repeating: String,
}

impl Bills {
    /// Of a customer who is this wallet's alone.
    pub(super) fn make(owner: &Api, wallet: &str) -> Self {
        let customer = owner.customer(&format!("{wallet}@acme.com"));
        let method = owner.saved(&customer, "card", None);
        let draft = owner.drafted(wallet, &customer, "1.00");
        let (due, slug) = owner.finalized(wallet, &customer, "1.00");
        let place = owner.act(&format!("/invoices/pay/{slug}/usdc")).ok();
        let charge = owner.charge(wallet, &customer, "1.00").ok();
        let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
        Self {
            method,
            draft,
            due,
            slug,
            address: text(&place["address"]),
            paid: text(&charge["invoiceId"]),
            repeating: owner.subscribe(wallet, &customer, "monthly"),
            customer,
        }
    }
}

pub(super) fn customers(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("invoices:read", "invoices:write", "NOT_FOUND");
    let bills = &things.bills;
    let customer: &[&str] = &[&bills.customer];
    let email = format!("{}@example.com", bills.customer);
    vec![
        row("POST", "/customers", &[], write, "").with(json!({ "email": email })),
        row("GET", "/customers", &[], read, "").reading(),
        row("GET", "/customers/{}", customer, read, unknown).reading(),
        row("PATCH", "/customers/{}", customer, write, unknown).with(json!({ "name": "Renamed" })),
        row("DELETE", "/customers/{}", customer, write, unknown).reading(),
        row("POST", "/customers/{}/payment-methods/setup", customer, write, unknown),
        row("POST", "/customers/{}/payment-update-url", customer, write, unknown),
        row("GET", "/customers/{}/payment-methods", customer, read, unknown).reading(),
        row(
            "DELETE",
            "/customers/{}/payment-methods/{}",
            &[&bills.customer, &bills.method],
            write,
            unknown,
        )
        .reading(),
        row("POST", "/sandbox/customers/{}/payment-methods", customer, write, unknown)
            .with(json!({ "type": "card" })),
    ]
}

pub(super) fn invoices(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("invoices:read", "invoices:write", "NOT_FOUND");
    let bills = &things.bills;
    let (draft, due): (&[&str], &[&str]) = (&[&bills.draft], &[&bills.due]);
    vec![
        row("POST", "/invoices", &[], write, "WALLET_NOT_FOUND").with(billing(
            &things.other,
            &bills.customer,
            "1.00",
        )),
        row("GET", "/invoices", &[], read, "").reading(),
        row("GET", "/invoices/{}", draft, read, unknown).reading(),
        row("PATCH", "/invoices/{}", draft, write, unknown).with(json!({ "memo": "New" })),
        row("POST", "/invoices/{}/finalize", draft, write, unknown),
        row("POST", "/invoices/{}/void", due, write, unknown),
        row("POST", "/invoices/{}/mark-uncollectible", due, write, unknown),
        row("POST", "/invoices/{}/checkout", due, write, unknown),
        row("POST", "/invoices/{}/refund", &[&bills.paid], write, unknown),
    ]
}

pub(super) fn paying(things: &Things) -> Vec<Row> {
    let (read, write) = ("invoices:read", "invoices:write");
    let bills = &things.bills;
    let slug: &[&str] = &[&bills.slug];
    vec![
        row("GET", "/invoices/pay/{}", slug, "payments:read", "").reading().open(),
        row("POST", "/invoices/pay/{}", slug, "payments:write", "WALLET_NOT_FOUND")
            .with(json!({ "fromWalletId": things.wallet }))
            .open(),
        row("POST", "/invoices/pay/{}/usdc", slug, "payments:write", "").reading().open(),
        row("POST", "/sandbox/usdc-deposits", &[], write, "NOT_FOUND")
            .with(json!({ "address": bills.address, "amount": "1.00" })),
        row("POST", "/invoices/charge", &[], write, "WALLET_NOT_FOUND").with(json!({
            "walletId": things.other, "customerId": bills.customer, "amount": "1.00",
            "recurring": { "interval": "monthly" },
        })),
        row("GET", "/invoices/charges/recurring", &[], read, "").reading(),
        row("DELETE", "/invoices/charges/recurring/{}", &[&bills.repeating], write, "NOT_FOUND")
            .reading(),
    ]
}
