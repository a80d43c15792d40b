//! The rows of merchants and reports.
//!
//! An organization has one profile: the row that makes it comes first, and before it those that name one name nobody.
//! That another's profile is not found, and that of the other environment a mismatch, is a story of its own.

use serde_json::json;

use super::rows::{Row, Things, row};
use crate::support::{Api, id};

/// The profile that is there, or the ID of none.
pub(super) fn known(owner: &Api) -> String {
    let list = owner.get("/merchants").ok();
    let known = list["data"].as_array().expect("a list").first().map(id);
    known.unwrap_or_else(|| "mer_00000000000000000000000000".to_owned())
}

pub(super) fn merchants(things: &Things) -> Vec<Row> {
    let (read, write) = ("merchants:read", "merchants:write");
    let merchant: &[&str] = &[&things.merchant];
    vec![
        row("POST", "/merchants", &[], write, "")
            .with(json!({ "name": "Shop", "domain": "shop.example" })),
        row("GET", "/merchants", &[], read, "").reading(),
        row("GET", "/merchants/{}", merchant, read, "").reading(),
        row("PATCH", "/merchants/{}", merchant, write, "").with(json!({ "name": "Renamed" })),
        row("POST", "/merchants/{}/verify", merchant, write, ""),
        row("GET", "/merchant/settlement/overview", &[], read, "").reading(),
        row("GET", "/merchant/payments", &[], read, "").reading(),
        row("GET", "/merchant/analytics", &[], read, "").reading(),
    ]
}

pub(super) fn reports(_: &Things) -> Vec<Row> {
    vec![row("GET", "/analytics/spending", &[], "wallets:read", "").reading()]
}
