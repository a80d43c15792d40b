//! The rows of cards and of the simulator that buys with them.

use serde_json::json;

use super::rows::{Row, Things, row};
use crate::support::cards::merchant;

pub(super) fn cards(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("payments:read", "payments:write", "CARD_NOT_FOUND");
    let card: &[&str] = &[&things.card];
    vec![
        row("POST", "/cards/cardholders", &[], write, "").with(json!({ "name": "Ada Lovelace" })),
        row("POST", "/cards", &[], write, "WALLET_NOT_FOUND")
            .with(json!({ "walletId": things.wallet })),
        row("GET", "/cards", &[], read, "").reading(),
        row("GET", "/cards/{}", card, read, unknown).reading(),
        row("PATCH", "/cards/{}", card, write, unknown).with(json!({ "status": "INACTIVE" })),
        row("DELETE", "/cards/{}", card, write, unknown).reading(),
        row("GET", "/cards/{}/details", card, "cards:sensitive_read", unknown).reading(),
        row("GET", "/cards/{}/authorizations", card, read, unknown).reading(),
    ]
}

pub(super) fn simulator(things: &Things) -> Vec<Row> {
    let write = "payments:write";
    let (approved, captured): (&[&str], &[&str]) = (&[&things.approved], &[&things.captured]);
    vec![
        row("POST", "/sandbox/cards/{}/authorizations", &[&things.card], write, "CARD_NOT_FOUND")
            .with(json!({ "amount": "1.00", "merchant": merchant() })),
        row("POST", "/sandbox/card-authorizations/{}/capture", approved, write, "NOT_FOUND")
            .with(json!({ "amount": "1.00" })),
        row("POST", "/sandbox/card-authorizations/{}/reverse", approved, write, "NOT_FOUND"),
        row("POST", "/sandbox/card-authorizations/{}/refund", captured, write, "NOT_FOUND"),
    ]
}
