//! The rows of payment links.

use serde_json::json;

use super::rows::{Row, Things, row};

pub(super) fn payment_links(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("invoices:read", "invoices:write", "PAYMENT_LINK_NOT_FOUND");
    let (link, slug): (&[&str], &[&str]) = (&[&things.link], &[&things.slug]);
    let pay = json!({ "fromWalletId": things.wallet });
    vec![
        row("POST", "/payment-links", &[], write, "WALLET_NOT_FOUND")
            .with(json!({ "walletId": things.wallet, "amount": "1.00" })),
        row("GET", "/payment-links", &[], read, "").reading(),
        row("GET", "/payment-links/{}", link, read, unknown).reading(),
        row("PATCH", "/payment-links/{}", link, write, unknown)
            .with(json!({ "status": "CANCELLED" })),
        row("GET", "/payment-links/pay/{}", slug, "payments:read", "").reading().open(),
        row("POST", "/payment-links/pay/{}", slug, "payments:write", "WALLET_NOT_FOUND")
            .with(pay)
            .open(),
    ]
}
