//! What wallets spend and receive, period by period.

use serde_json::{Value, json};

use crate::delegations::{self, grant};
use crate::support::banking::account;
use crate::support::{Api, Server, Store, stories};

stories!(
    a_wallets_days_are_told,
    an_organizations_days_are_the_sums_of_its_wallets,
    everything_that_moves_counts,
    weeks_and_months_are_put_together,
    the_last_thirty_days_are_usual,
    a_scoped_key_sees_its_wallets_only,
    a_lent_wallet_can_be_asked_for,
    others_wallets_are_not_found,
    the_environments_are_apart,
);

const DAYS: &str = "from=2026-03-01&to=2026-03-04";

/// Of each period its date, debits, credits and net.
fn totals(api: &Api, query: &str) -> Vec<[String; 4]> {
    let report = api.get(&format!("/analytics/spending?{query}")).ok();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let points = report["dailyTotals"].as_array().expect("totals").iter();
    points
        .map(|point| ["date", "debits", "credits", "net"].map(|name| text(&point[name])))
        .collect()
}

fn summary(api: &Api, query: &str) -> [String; 3] {
    let report = api.get(&format!("/analytics/spending?{query}")).ok();
    let text = |name| report["summary"][name].as_str().expect("text").to_owned();
    ["totalDebits", "totalCredits", "netFlow"].map(text)
}

fn told<const N: usize>(periods: &[[&str; N]]) -> Vec<[String; N]> {
    periods.iter().map(|period| period.map(str::to_owned)).collect()
}

fn a_wallets_days_are_told(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.paid(&from, &to, "10.00");
    owner.paid(&from, &to, "20.00");
    server.advance("PT48H");
    owner.paid(&to, &from, "5.00");
    assert_eq!(
        totals(&owner, &format!("walletId={from}&{DAYS}")),
        told(&[
            ["2026-03-01", "0.00", "0.00", "0.00"],
            ["2026-03-02", "30.50", "100.00", "69.50"],
            ["2026-03-03", "0.00", "0.00", "0.00"],
            ["2026-03-04", "0.00", "5.00", "5.00"],
        ])
    );
    let spent = summary(&owner, &format!("walletId={to}&{DAYS}"));
    assert_eq!(spent, ["5.25", "30.00", "24.75"]);
}

fn an_organizations_days_are_the_sums_of_its_wallets(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.paid(&from, &to, "10.00");
    owner.paid(&from, &stranger.wallet, "20.00");
    assert_eq!(
        totals(&owner, "from=2026-03-02&to=2026-03-02"),
        told(&[["2026-03-02", "30.50", "110.00", "79.50"]]),
        "what stays inside goes out and comes in"
    );
    assert_eq!(summary(&stranger.owner, DAYS), ["0.00", "20.00", "20.00"]);
    let all =
        [from.as_str(), &to].map(|wallet| summary(&owner, &format!("walletId={wallet}&{DAYS}")));
    assert_eq!(all, [["30.50", "100.00", "69.50"], ["0.00", "10.00", "10.00"]]);
}

fn everything_that_moves_counts(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    let card = owner.card(&wallet);
    owner.captured(&card, "40.00");
    owner.withdraw(&wallet, "100.00", &account("WIRE", "000123456789")).expect(202);
    let other = owner.wallet("Other");
    owner.move_money(&wallet, &other, "10.00").ok();
    let paid = owner.paid(&other, &wallet, "5.00");
    owner.act(&format!("/payments/{paid}/reverse")).ok();
    let today = format!("walletId={wallet}&from=2026-03-02&to=2026-03-02");
    // 40 by card, 100.50 withdrawn, 10 moved, 5 given back; 1,000 funded, 5 received.
    assert_eq!(summary(&owner, &today), ["155.50", "1005.00", "849.50"]);
}

fn weeks_and_months_are_put_together(store: Store) {
    // 2026-03-02 is a Monday.
    let server = Server::start_at(store, "2026-02-27T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.wallet("Wallet");
    for day in ["2026-02-27", "2026-03-01", "2026-03-02"] {
        server.advance_to(&format!("{day}T12:00:00Z"));
        owner.fund(&wallet, 1);
    }
    for query in ["", &format!("walletId={wallet}&")] {
        let weeks = totals(&owner, &format!("{query}from=2026-02-27&to=2026-03-09&groupBy=week"));
        assert_eq!(
            weeks,
            told(&[
                ["2026-02-23", "0.00", "2.00", "2.00"],
                ["2026-03-02", "0.00", "1.00", "1.00"],
                ["2026-03-09", "0.00", "0.00", "0.00"],
            ])
        );
        let months = totals(&owner, &format!("{query}from=2026-01-31&to=2026-03-09&groupBy=month"));
        assert_eq!(
            months,
            told(&[
                ["2026-01-01", "0.00", "0.00", "0.00"],
                ["2026-02-01", "0.00", "1.00", "1.00"],
                ["2026-03-01", "0.00", "2.00", "2.00"],
            ])
        );
    }
}

fn the_last_thirty_days_are_usual(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    owner.funded(7);
    let days = totals(&owner, "");
    assert_eq!((days.len(), days[0][0].as_str()), (30, "2026-02-01"));
    assert_eq!(days[29], ["2026-03-02", "0.00", "7.00", "7.00"].map(str::to_owned));
    assert_eq!(totals(&owner, "from=2026-03-01").len(), 2, "until today");
    assert_eq!(totals(&owner, "to=2026-02-10").len(), 30);
}

fn a_scoped_key_sees_its_wallets_only(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (one, two, other) = (owner.funded(1), owner.funded(2), owner.funded(4));
    let agent = server.scoped(&["wallets:read"], &[&one, &two]);
    assert_eq!(summary(&agent, DAYS), ["0.00", "3.00", "3.00"]);
    assert_eq!(summary(&agent, &format!("walletId={two}&{DAYS}")), ["0.00", "2.00", "2.00"]);
    let path = format!("/analytics/spending?walletId={other}");
    agent.get(&path).refused(404, "WALLET_NOT_FOUND");
    let many: Vec<String> = (0..101).map(|_| owner.wallet("One of many")).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let wide = server.scoped(&["wallets:read"], &names);
    wide.get("/analytics/spending").refused_fields(&["walletId"]);
    assert_eq!(summary(&wide, &format!("walletId={}", many[0])), ["0.00", "0.00", "0.00"]);
}

fn a_lent_wallet_can_be_asked_for(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.funded(3);
    let (key, borrower) = server.organization("Borrower").owner.colleague(&["wallets:read"]);
    let path = format!("/analytics/spending?walletId={wallet}");
    borrower.get(&path).refused(404, "WALLET_NOT_FOUND");
    grant(&owner, &wallet, &delegations::key(&key), &["wallets:read"]);
    assert_eq!(summary(&borrower, &format!("walletId={wallet}&{DAYS}")), ["0.00", "3.00", "3.00"]);
    assert_eq!(summary(&borrower, DAYS), ["0.00", "0.00", "0.00"], "it is not its own");
}

fn others_wallets_are_not_found(store: Store) {
    let server = Server::start(store);
    let stranger = server.organization("Stranger");
    for wallet in [stranger.wallet.as_str(), "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        let path = format!("/analytics/spending?walletId={wallet}");
        server.owner().get(&path).refused(404, "WALLET_NOT_FOUND");
    }
    let live = server.account("liveWalletId");
    let path = format!("/analytics/spending?walletId={live}");
    server.owner().get(&path).refused(403, "ENVIRONMENT_MISMATCH");
}

fn the_environments_are_apart(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    server.owner().funded(9);
    assert_eq!(summary(&server.live(), DAYS), ["0.00", "0.00", "0.00"]);
    let report = server.owner().get("/analytics/spending?from=2026-03-02&to=2026-03-02").ok();
    let point = json!({ "date": "2026-03-02", "debits": "0.00", "credits": "9.00", "net": "9.00" });
    let expected = json!({ "dailyTotals": [point],
        "summary": { "totalDebits": "0.00", "totalCredits": "9.00", "netFlow": "9.00" } });
    assert_eq!(report, expected);
}
