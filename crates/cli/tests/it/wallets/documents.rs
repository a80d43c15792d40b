//! Wallets as documents: making, reading, changing and listing them.

use serde_json::json;

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, id, stories};

stories!(
    a_new_wallet_has_every_field,
    the_organization_has_one_wallet_of_its_own,
    bad_fields_are_named_all_at_once,
    sizes_are_limited,
    unknown_fields_are_ignored,
    a_wallet_is_changed_field_by_field,
    lists_filter_by_status_and_type,
    unknown_wallets_are_not_found,
);

fn a_new_wallet_has_every_field(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let request = json!({ "name": "Research Agent", "agentName": "research-bot", "metadata": { "department": "engineering" } });
    let wallet = owner.post("/wallets", &request).created();
    assert_fields(&wallet, shapes::WALLET, &[]);
    assert_id(&wallet["id"], "wal");
    assert_id(&wallet["accountId"], "acc");
    assert_id(&wallet["wallgentAddress"], "wg");
    assert_time(&wallet["createdAt"]);
    assert_time(&wallet["updatedAt"]);
    for (field, expected) in [
        ("name", json!("Research Agent")),
        ("agentName", json!("research-bot")),
        ("metadata", json!({ "department": "engineering" })),
        ("organizationId", json!(server.account("organizationId"))),
        ("environment", json!("SANDBOX")),
        ("walletType", json!("STANDARD")),
        ("status", json!("ACTIVE")),
        ("balance", json!("0.00")),
        ("available", json!("0.00")),
        ("currency", json!("USD")),
        ("discoverable", json!(false)),
    ] {
        assert_eq!(wallet[field], expected, "{field}");
    }
    assert_eq!(owner.get(&format!("/wallets/{}", id(&wallet))).ok(), wallet);
    let balance = owner.balances(&id(&wallet));
    assert_fields(&balance, shapes::BALANCE, &[]);
    assert_eq!(
        balance,
        json!({ "walletId": wallet["id"], "available": "0.00", "pending": "0.00", "held": "0.00", "balance": "0.00", "currency": "USD" })
    );
}

fn the_organization_has_one_wallet_of_its_own(store: Store) {
    let server = Server::start(store);
    for (caller, field, environment) in [
        (server.owner(), "sandboxWalletId", "SANDBOX"),
        (server.live(), "liveWalletId", "PRODUCTION"),
    ] {
        let wallet = caller.get(&format!("/wallets/{}", server.account(field))).ok();
        assert_fields(&wallet, shapes::WALLET, &[]);
        assert_eq!(
            (&wallet["walletType"], &wallet["environment"]),
            (&json!("ORG"), &json!(environment))
        );
        assert_eq!(caller.all_ids("/wallets?type=ORG"), [server.account(field)]);
    }
}

fn bad_fields_are_named_all_at_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.post("/wallets", &json!({})).refused_fields(&["name"]);
    owner.post("/wallets", &json!({ "name": null })).refused_fields(&["name"]);
    owner
        .post(
            "/wallets",
            &json!({ "name": 7, "agentName": ["x"], "metadata": "y", "discoverable": "yes" }),
        )
        .refused_fields(&["name", "agentName", "metadata", "discoverable"]);
    owner
        .post("/wallets", &json!({ "name": "", "currency": "EUR" }))
        .refused_fields(&["name", "currency"]);
    assert_eq!(owner.all_ids("/wallets?type=STANDARD"), Vec::<String>::new(), "nothing was made");
}

fn sizes_are_limited(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let name = "ä".repeat(256);
    let wallet = owner.post("/wallets", &json!({ "name": name, "agentName": name })).created();
    assert_eq!(wallet["name"], json!(name), "256 characters, whatever their bytes");
    owner
        .post("/wallets", &json!({ "name": "n".repeat(257), "agentName": "a".repeat(257) }))
        .refused_fields(&["name", "agentName"]);
    let metadata =
        |bytes: usize| json!({ "name": "Large", "metadata": { "k": "v".repeat(bytes) } });
    owner.post("/wallets", &metadata(16 * 1024 - 8)).created();
    owner.post("/wallets", &metadata(16 * 1024)).refused_fields(&["metadata"]);
    for odd in [json!([]), json!("text"), json!(1)] {
        owner
            .post("/wallets", &json!({ "name": "Odd", "metadata": odd }))
            .refused_fields(&["metadata"]);
    }
    owner
        .patch(&format!("/wallets/{}", id(&wallet)), &json!({ "name": "" }))
        .refused_fields(&["name"]);
}

fn unknown_fields_are_ignored(store: Store) {
    let server = Server::start(store);
    let wallet = server
        .owner()
        .post("/wallets", &json!({ "name": "Plain", "colour": "red", "balance": "1000.00" }))
        .created();
    assert_fields(&wallet, shapes::WALLET, &[]);
    assert_eq!(wallet["balance"], "0.00");
}

fn a_wallet_is_changed_field_by_field(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let made = owner
        .post("/wallets", &json!({ "name": "Before", "agentName": "bot", "metadata": { "a": 1 } }))
        .created();
    let path = format!("/wallets/{}", id(&made));
    server.advance("PT1H");
    let changed = owner.patch(&path, &json!({ "name": "After", "discoverable": true })).ok();
    let mut expected = made;
    expected["name"] = json!("After");
    expected["discoverable"] = json!(true);
    expected["updatedAt"] = json!("2026-03-02T10:00:00.000Z");
    assert_eq!(changed, expected, "what was not named stays");
    expected["metadata"] = json!({ "b": { "c": [true, null, "x"] } });
    expected["agentName"] = json!("other-bot");
    let request = json!({ "agentName": "other-bot", "metadata": expected["metadata"] });
    assert_eq!(owner.patch(&path, &request).ok(), expected);
    assert_eq!(owner.get(&path).ok(), expected);
}

fn lists_filter_by_status_and_type(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (active, frozen, closed) =
        (owner.wallet("Active"), owner.wallet("Frozen"), owner.wallet("Closed"));
    owner.act(&format!("/wallets/{frozen}/freeze")).ok();
    owner.act(&format!("/wallets/{closed}/close")).ok();
    let organization = server.account("sandboxWalletId").to_owned();
    assert_eq!(
        owner.all_ids("/wallets"),
        [closed.clone(), frozen.clone(), active.clone(), organization.clone()],
        "newest first"
    );
    assert_eq!(owner.all_ids("/wallets?status=ACTIVE"), [active.clone(), organization]);
    assert_eq!(owner.all_ids("/wallets?status=FROZEN"), [frozen]);
    assert_eq!(owner.all_ids("/wallets?status=CLOSED"), [closed]);
    assert_eq!(
        owner.all_ids("/wallets?type=STANDARD&status=ACTIVE"),
        [active],
        "filters combine with AND"
    );
    assert_eq!(owner.all_ids("/wallets?type=AGENT"), Vec::<String>::new());
    owner.get("/wallets?status=SLEEPING").refused(400, "VALIDATION_ERROR");
    let list = owner.get("/wallets?limit=1").ok();
    assert_fields(&list, shapes::LIST, &[]);
    assert_fields(&list["data"][0], shapes::WALLET, &[]);
    assert_eq!((&list["hasMore"], &list["cursor"]), (&json!(true), &list["nextCursor"]));
}

fn unknown_wallets_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let known = owner.wallet("Known");
    for unknown in [
        "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ",
        "wal_1",
        "nonsense",
        &known.to_lowercase(),
        &format!("{known}0"),
        &stranger.wallet,
    ] {
        for path in [
            "",
            "/balance",
            "/transactions",
            "/holds",
            "/policies",
            "/limits",
            "/policy-evaluations",
        ] {
            owner.get(&format!("/wallets/{unknown}{path}")).refused(404, "WALLET_NOT_FOUND");
        }
        for verb in ["freeze", "unfreeze", "close"] {
            owner.act(&format!("/wallets/{unknown}/{verb}")).refused(404, "WALLET_NOT_FOUND");
        }
        owner
            .post(&format!("/wallets/{unknown}/fund"), &json!({ "amount": "1" }))
            .refused(404, "WALLET_NOT_FOUND");
        owner
            .patch(&format!("/wallets/{unknown}"), &json!({ "name": "Mine" }))
            .refused(404, "WALLET_NOT_FOUND");
    }
}
