//! Pages stay whole while rows are inserted between them.

use serde_json::json;

use crate::support::shapes::{self, assert_fields};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    pages_are_stable_while_rows_are_inserted,
    many_rows_of_one_moment_are_each_seen_once,
    the_default_page_has_twenty
);

/// Reads a list page by page, doing something between the pages.
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
        between();
    }
}

fn pages_are_stable_while_rows_are_inserted(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    for _ in 0..10 {
        owner.paid(&from, &to, "1.00");
        owner.post("/api-keys", &json!({ "permissions": [] })).created();
    }
    let insert = || {
        owner.paid(&from, &to, "1.00");
        owner.post("/api-keys", &json!({ "permissions": [] })).created();
        owner.wallet("Inserted");
    };
    for path in [
        "/wallets?",
        "/payments?",
        "/api-keys?",
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
