//! The rows of bank accounts and transfers.

use serde_json::json;

use super::rows::{Row, Things, row};
use crate::support::banking::{ACCOUNT, account, link_request};
use crate::support::{Api, id};

/// An account whose transfers take three days.
const LATE: &str = "990000000004";

/// A linked account, a transfer that stays on its way, and one that is complete.
pub(super) fn make(owner: &Api, wallet: &str) -> (String, String, String) {
    let on_its_way = owner.deposit(wallet, "25.00", &account("ACH", LATE)).expect(202).json;
    let completed = owner.deposit(wallet, "25.00", &account("ACH", LATE)).expect(202).json;
    owner.drive(&id(&completed), "settle").ok();
    (linked(owner), id(&on_its_way), id(&completed))
}

/// One that is there, or a new one: an organization has at most a hundred.
fn linked(owner: &Api) -> String {
    let known = owner.get("/bank-accounts").ok();
    let known = known["data"].as_array().expect("a list").iter();
    let mut usable = known.filter(|account| account["status"] == "VERIFIED");
    usable.next().map_or_else(|| owner.linked(), id)
}

pub(super) fn bank_accounts(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("payments:read", "payments:write", "NOT_FOUND");
    let bank: &[&str] = &[&things.bank];
    vec![
        row("POST", "/bank-accounts", &[], write, "").with(link_request(ACCOUNT)),
        row("GET", "/bank-accounts", &[], read, "").reading(),
        row("GET", "/bank-accounts/{}", bank, read, unknown).reading(),
        row("DELETE", "/bank-accounts/{}", bank, write, unknown).reading(),
        row("POST", "/bank-accounts/{}/verify", bank, write, unknown)
            .with(json!({ "amounts": ["0.32", "0.45"] })),
    ]
}

pub(super) fn transfers(things: &Things) -> Vec<Row> {
    let (read, write) = ("payments:read", "payments:write");
    let (no_wallet, unknown) = ("WALLET_NOT_FOUND", "TRANSFER_NOT_FOUND");
    let (on_its_way, completed): (&[&str], &[&str]) = (&[&things.on_its_way], &[&things.completed]);
    let deposit = json!({ "walletId": things.wallet, "amount": "25.00", "currency": "USD",
                          "source": account("ACH", LATE) });
    let withdraw = json!({ "walletId": things.wallet, "amount": "1.00", "currency": "USD",
                           "destination": account("WIRE", LATE) });
    let moved = json!({ "fromWalletId": things.wallet, "toWalletId": things.other,
                        "amount": "1.00", "description": "Savings" });
    vec![
        row("POST", "/transfers/deposit", &[], write, no_wallet).with(deposit),
        row("POST", "/transfers/withdraw", &[], write, no_wallet).with(withdraw),
        row("POST", "/transfers/internal", &[], write, no_wallet).with(moved),
        row("GET", "/transfers", &[], read, "").reading(),
        row("GET", "/transfers/{}", on_its_way, read, unknown).reading(),
        row("POST", "/transfers/{}/cancel", on_its_way, write, unknown),
        row("POST", "/sandbox/transfers/{}/settle", on_its_way, write, unknown),
        row("POST", "/sandbox/transfers/{}/fail", on_its_way, write, unknown)
            .with(json!({ "reason": "No such account" })),
        row("POST", "/sandbox/transfers/{}/return", completed, write, unknown),
    ]
}
