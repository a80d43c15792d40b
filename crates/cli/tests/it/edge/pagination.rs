//! Pages stay whole while rows are inserted between them.

use serde_json::json;

use crate::delegations::{grant, key};
use crate::support::shapes::{self, assert_fields};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    pages_are_stable_while_rows_are_inserted,
    many_rows_of_one_moment_are_each_seen_once,
    the_default_page_has_twenty
);

/// Reads a list page by page, doing something between the first pages.
fn read_slowly(caller: &Api, path: &str, between: impl Fn()) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = caller.get(&format!("{path}limit=3{cursor}")).ok();
        assert_fields(&page, shapes::LIST, &[]);
        assert_eq!(page["cursor"], page["nextCursor"]);
        assert_eq!(page["hasMore"], json!(page["cursor"].is_string()));
        seen.extend(page["data"].as_array().expect("data").iter().map(id));
        match page["cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
        if seen.len() <= 9 {
            between();
        }
    }
}

fn pages_are_stable_while_rows_are_inserted(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(10_000), owner.wallet("To"));
    let asking = owner.guarded(1_000);
    let (grantee, _) = owner.colleague(&["wallets:read"]);
    let insert = || {
        owner.paid(&from, &to, "1.00");
        owner.post("/api-keys", &json!({ "permissions": [] })).created();
        owner.wallet("Inserted");
        owner.agent("Inserted");
        owner.ask(&asking, &to, "1.00");
        grant(&owner, &to, &key(&grantee), &["wallets:read"]);
    };
    for _ in 0..10 {
        insert();
    }
    for path in [
        "/wallets?",
        "/payments?",
        "/api-keys?",
        "/agents?",
        "/agents?status=ACTIVE&",
        "/approvals?",
        &format!("/approvals?status=PENDING&walletId={asking}&"),
        "/delegations?",
        &format!("/delegations?role=GRANTOR&walletId={to}&"),
        "/audit-logs?action=wallet.created&",
        "/audit-logs?resource=policy&",
        &format!("/payments?walletId={to}&"),
        &format!("/wallets/{from}/transactions?"),
    ] {
        let before = owner.all_ids(&format!("{path}limit=100"));
        assert_eq!(read_slowly(&owner, path, insert), before, "{path}");
    }
}

fn many_rows_of_one_moment_are_each_seen_once(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let mut made: Vec<String> = (0..25).map(|n| owner.wallet(&format!("Wallet {n}"))).collect();
    made.reverse();
    made.push(server.account("sandboxWalletId").to_owned());
    assert_eq!(read_slowly(&owner, "/wallets?", || ()), made);
}

fn the_default_page_has_twenty(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for n in 0..20 {
        owner.wallet(&format!("Wallet {n}"));
    }
    let page = owner.get("/wallets").ok();
    assert_eq!((page["data"].as_array().map(Vec::len), &page["hasMore"]), (Some(20), &json!(true)));
}
