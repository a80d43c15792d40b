//! Finding entries: by action, resource, actor and time, in pages.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    entries_are_found_by_action,
    entries_are_found_by_resource,
    entries_are_found_by_actor,
    entries_are_found_by_time,
    filters_combine,
    entries_come_in_pages,
    bad_filters_are_refused,
);

fn ids(entries: &[Value]) -> Vec<String> {
    entries.iter().map(id).collect()
}

/// A query answers exactly those entries of the whole log that fit.
#[track_caller]
fn assert_finds(caller: &Api, query: &str, fits: impl Fn(&Value) -> bool) {
    let all = caller.audited("");
    let expected: Vec<String> = ids(&all.into_iter().filter(|one| fits(one)).collect::<Vec<_>>());
    assert!(!expected.is_empty(), "{query} should find something");
    assert_eq!(ids(&caller.audited(query)), expected, "{query}");
}

/// A log with several acts of two people on several things.
fn busy(server: &Server) -> (Api, String, String) {
    let owner = server.owner();
    let (key, other) = owner.colleague(&["wallets:read", "wallets:write", "payments:write"]);
    let (wallet, agent) = (owner.funded(100), owner.agent("Bot"));
    other.act(&format!("/wallets/{wallet}/freeze")).ok();
    owner.act(&format!("/wallets/{wallet}/unfreeze")).ok();
    other.paid(&wallet, &agent.id, "1.00");
    owner.policy(&wallet, &json!({ "maxTransactionAmount": "0" }));
    other.pay(&wallet, &agent.id, "1.00").expect(403);
    other.wallet("Second");
    (owner, key, wallet)
}

fn entries_are_found_by_action(store: Store) {
    let server = Server::start(store);
    let (owner, _, _) = busy(&server);
    for action in
        ["wallet.created", "wallet.frozen", "payment.denied", "api_key.created", "policy.created"]
    {
        assert_finds(&owner, &format!("action={action}"), |entry| entry["action"] == action);
    }
    for none in ["wallet", "wallet.", "created", "wallet.exploded", "WALLET.CREATED", "%25"] {
        assert_eq!(owner.audited(&format!("action={none}")), Vec::<Value>::new(), "{none}");
    }
}

fn entries_are_found_by_resource(store: Store) {
    let server = Server::start(store);
    let (owner, _, wallet) = busy(&server);
    for name in ["resource", "resourceType"] {
        for resource in ["wallet", "payment", "policy", "api_key"] {
            let fits = |entry: &Value| entry["resource"] == resource;
            assert_finds(&owner, &format!("{name}={resource}"), fits);
        }
    }
    let about = |entry: &Value| entry["resourceId"] == json!(wallet);
    assert_finds(&owner, &format!("resource={wallet}"), about);
    let both = format!("resource={wallet}&resourceType=wallet");
    assert_finds(&owner, &both, |entry| about(entry) && entry["resource"] == "wallet");
    for none in ["wal", "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense", "Wallet"] {
        assert_eq!(owner.audited(&format!("resource={none}")), Vec::<Value>::new(), "{none}");
    }
    let contrary = format!("resource={wallet}&resourceType=policy");
    assert_eq!(owner.audited(&contrary), Vec::<Value>::new());
}

fn entries_are_found_by_actor(store: Store) {
    let server = Server::start(store);
    let (owner, key, _) = busy(&server);
    assert_finds(&owner, &format!("actorId={key}"), |entry| entry["actorId"] == json!(key));
    let me = owner.audited("action=policy.created")[0]["actorId"].clone();
    let me = me.as_str().expect("text");
    assert_finds(&owner, &format!("actorId={me}"), |entry| entry["actorId"] == me);
    for none in ["key_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        assert_eq!(owner.audited(&format!("actorId={none}")), Vec::<Value>::new(), "{none}");
    }
}

fn entries_are_found_by_time(store: Store) {
    let server = Server::start_at(store, "2026-01-01T09:00:00Z");
    let owner = server.owner();
    let made: Vec<String> = (0..4)
        .map(|number| {
            let wallet = owner.wallet(&format!("Wallet {number}"));
            server.advance("PT1H");
            wallet
        })
        .collect();
    let found = |query: &str| -> Vec<String> {
        let entries = owner.audited(&format!("action=wallet.created&{query}"));
        let text = |entry: &Value| entry["resourceId"].as_str().expect("text").to_owned();
        let mut wallets: Vec<String> = entries.iter().map(text).collect();
        // The organization's own wallet was made with it.
        wallets.retain(|wallet| wallet != server.account("sandboxWalletId"));
        wallets.reverse();
        wallets
    };
    assert_eq!(found("from=2026-01-01T10:30:00Z"), made[2..]);
    assert_eq!(found("to=2026-01-01T10:30:00.000Z"), made[..2]);
    assert_eq!(found("from=2026-01-01T09:30:00Z&to=2026-01-01T11:30:00Z"), made[1..3]);
    assert_eq!(found("from=2026-01-01T10:00:00Z")[..], made[1..], "the beginning is inside");
    assert_eq!(found("from=2026-02-01T00:00:00Z"), Vec::<String>::new());
    assert_eq!(found("to=2020-01-01T00:00:00Z"), Vec::<String>::new());
    let seeds_own = "from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&resource=wallet&limit=100";
    let page = owner.get(&format!("/audit-logs?action=wallet.created&{seeds_own}")).ok();
    assert_eq!(page["data"].as_array().map(Vec::len), Some(5), "with the organization's own");
}

fn filters_combine(store: Store) {
    let server = Server::start(store);
    let (owner, key, wallet) = busy(&server);
    let query = format!("actorId={key}&resource={wallet}&action=wallet.frozen");
    assert_finds(&owner, &query, |entry| {
        entry["actorId"] == json!(key)
            && entry["resourceId"] == json!(wallet)
            && entry["action"] == "wallet.frozen"
    });
    let none = format!("actorId={key}&action=wallet.unfrozen");
    assert_eq!(owner.audited(&none), Vec::<Value>::new());
}

fn entries_come_in_pages(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for number in 0..25 {
        owner.wallet(&format!("Wallet {number}"));
    }
    owner.funded(10);
    let page = owner.get("/audit-logs").ok();
    assert_fields(&page, shapes::LIST, &[]);
    assert_eq!((page["data"].as_array().map(Vec::len), &page["hasMore"]), (Some(20), &json!(true)));
    assert_eq!(page["cursor"], page["nextCursor"]);
    let all = ids(&owner.audited(""));
    assert_eq!(owner.all_ids("/audit-logs?limit=7"), all);
    let created = ids(&owner.audited("action=wallet.created"));
    assert!(created.len() >= 26);
    assert_eq!(owner.all_ids("/audit-logs?action=wallet.created&limit=5"), created);
    let mut unique = all.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), all.len(), "each has its own ID");
    let first = owner.get("/audit-logs?limit=10").ok();
    owner.wallet("Inserted");
    let cursor = first["cursor"].as_str().expect("a next page");
    let second = owner.get(&format!("/audit-logs?limit=10&cursor={cursor}")).ok();
    assert_eq!(ids(second["data"].as_array().expect("data")), all[10..20], "stable meanwhile");
}

fn bad_filters_are_refused(store: Store) {
    let server = Server::start(store);
    for bad in [
        "from=yesterday",
        "to=2026-13-01T00:00:00Z",
        "limit=0",
        "limit=101",
        "cursor=nonsense",
        "cursor=%00",
        "action=%00",
    ] {
        let answer = server.owner().get(&format!("/audit-logs?{bad}"));
        answer.refused(400, "VALIDATION_ERROR");
    }
}
