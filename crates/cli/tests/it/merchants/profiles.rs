//! Profiles: what they say, what they may say, whose they are.

use serde_json::json;

use crate::support::shapes::{self, assert_fields, assert_id, assert_time, assert_whole_list};
use crate::support::{Server, Store, id, stories};

stories!(
    a_profile_is_made,
    a_profile_is_changed,
    an_organization_has_one_profile_in_each_environment,
    a_domain_belongs_to_one_merchant,
    a_domain_must_be_one_that_somebody_can_own,
    names_of_all_countries_are_folded,
    bad_fields_are_named,
    the_settlement_wallet_is_ones_own,
    others_do_not_find_a_profile,
    a_scoped_key_neither_makes_nor_changes_one,
    a_profile_is_made_once_for_its_key,
    every_change_is_told,
);

const UNKNOWN: &str = "mer_01HZZZZZZZZZZZZZZZZZZZZZZZ";

fn a_profile_is_made(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let request = json!({ "name": "Acme Shop", "domain": "Shop.Example.COM" });
    let made = owner.post("/merchants", &request).created();
    assert_fields(&made, shapes::MERCHANT, &[]);
    assert_id(&made["id"], "mer");
    assert_time(&made["createdAt"]);
    for (field, expected) in [
        ("name", json!("Acme Shop")),
        ("domain", json!("shop.example.com")),
        ("domainVerified", json!(true)),
        ("domainVerification", json!(null)),
        ("settlementWalletId", json!(server.account("sandboxWalletId"))),
        ("closedLoop", json!(true)),
        ("status", json!("ACTIVE")),
    ] {
        assert_eq!(made[field], expected, "{field}");
    }
    assert_eq!(owner.get(&format!("/merchants/{}", id(&made))).ok(), made);
    let list = owner.get("/merchants").ok();
    assert_whole_list(&list);
    assert_eq!(list["data"], json!([made]));
}

fn a_profile_is_changed(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let merchant = owner.merchant("shop.example.com");
    let wallet = owner.wallet("Till");
    server.advance("PT1H");
    let change = json!({ "name": "Renamed", "domain": "www.example.org",
                         "settlementWalletId": wallet, "closedLoop": false });
    let changed = owner.change_merchant(&merchant, &change).ok();
    for (field, expected) in [
        ("name", json!("Renamed")),
        ("domain", json!("www.example.org")),
        ("domainVerified", json!(true)),
        ("settlementWalletId", json!(wallet)),
        ("closedLoop", json!(false)),
        ("createdAt", json!("2026-03-02T09:00:00.000Z")),
        ("updatedAt", json!("2026-03-02T10:00:00.000Z")),
    ] {
        assert_eq!(changed[field], expected, "{field}");
    }
    assert_eq!(owner.get(&format!("/merchants/{merchant}")).ok(), changed);
    let same = owner.change_merchant(&merchant, &json!({})).ok();
    assert_eq!((&same["name"], &same["domain"]), (&json!("Renamed"), &json!("www.example.org")));
}

fn an_organization_has_one_profile_in_each_environment(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let merchant = owner.merchant("shop.example.com");
    let second = json!({ "name": "Second", "domain": "second.example.com" });
    let details = owner.post("/merchants", &second).refused(409, "CONFLICT");
    assert_eq!((&details["merchantId"], &details["status"]), (&json!(merchant), &json!("ACTIVE")));
    // The same domain in the other environment is another profile's.
    let live = server.live().merchant("shop.example.com");
    assert_ne!(live, merchant);
}

fn a_domain_belongs_to_one_merchant(store: Store) {
    let server = Server::start(store);
    let stranger = server.organization("Stranger").owner;
    server.owner().merchant("shop.example.com");
    let request = json!({ "name": "Copy", "domain": "SHOP.example.com" });
    let details = stranger.post("/merchants", &request).refused(409, "CONFLICT");
    assert_eq!(
        (&details["domain"], &details["status"]),
        (&json!("shop.example.com"), &json!("TAKEN"))
    );
    assert_eq!(stranger.all_ids("/merchants"), Vec::<String>::new());
    let other = stranger.merchant("other.example.com");
    let change = json!({ "domain": "shop.example.com" });
    stranger.change_merchant(&other, &change).refused(409, "CONFLICT");
    stranger.change_merchant(&other, &json!({ "domain": "other.example.com" })).ok();
}

fn a_domain_must_be_one_that_somebody_can_own(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for domain in [
        "com",
        "co.uk",
        "github.io",
        "localhost",
        "127.0.0.1",
        "example.com.",
        "https://example.com",
        "example.com:443",
        "exa mple.com",
        "a_b.example.com",
        "*.example.com",
    ] {
        let request = json!({ "name": "Shop", "domain": domain });
        owner.post("/merchants", &request).refused_fields(&["domain"]);
    }
    owner.merchant("somebody.github.io");
}

fn names_of_all_countries_are_folded(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let merchant = owner.merchant("BÜCHER.example");
    let read = owner.get(&format!("/merchants/{merchant}")).ok();
    assert_eq!(read["domain"], "xn--bcher-kva.example");
    let payer = server.organization("Payer").owner;
    let from = payer.funded(10);
    for spelling in ["bücher.example", "xn--bcher-kva.example", "XN--BCHER-KVA.Example"] {
        let paid = payer.pay_domain(&from, spelling, "1.00").ok();
        assert_eq!(paid["merchantId"], json!(merchant));
    }
}

fn bad_fields_are_named(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.post("/merchants", &json!({})).refused_fields(&["name", "domain"]);
    let wrong = json!({ "name": "", "domain": 5, "settlementWalletId": {}, "closedLoop": "yes" });
    let fields = ["name", "domain", "settlementWalletId", "closedLoop"];
    owner.post("/merchants", &wrong).refused_fields(&fields);
    let merchant = owner.merchant("shop.example.com");
    owner.change_merchant(&merchant, &wrong).refused_fields(&fields);
}

fn the_settlement_wallet_is_ones_own(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let closed = owner.wallet("Closed");
    owner.act(&format!("/wallets/{closed}/close")).ok();
    let request = |wallet: &str| json!({ "name": "Shop", "domain": "shop.example.com", "settlementWalletId": wallet });
    for wallet in [stranger.wallet.as_str(), "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        owner.post("/merchants", &request(wallet)).refused(404, "WALLET_NOT_FOUND");
    }
    let live = server.account("liveWalletId");
    owner.post("/merchants", &request(live)).refused(403, "ENVIRONMENT_MISMATCH");
    let details = owner.post("/merchants", &request(&closed)).refused(409, "CONFLICT");
    assert_eq!(details["status"], "CLOSED");
    let merchant = owner.merchant("shop.example.com");
    let change = json!({ "settlementWalletId": stranger.wallet });
    owner.change_merchant(&merchant, &change).refused(404, "WALLET_NOT_FOUND");
}

fn others_do_not_find_a_profile(store: Store) {
    let server = Server::start(store);
    let merchant = server.owner().merchant("shop.example.com");
    let stranger = server.organization("Stranger").owner;
    for merchant in [merchant.as_str(), UNKNOWN, "mer_x", "wal_x"] {
        let path = format!("/merchants/{merchant}");
        stranger.get(&path).refused(404, "MERCHANT_NOT_FOUND");
        stranger.patch(&path, &json!({ "name": "Mine" })).refused(404, "MERCHANT_NOT_FOUND");
    }
    let path = format!("/merchants/{merchant}");
    server.live().get(&path).refused(403, "ENVIRONMENT_MISMATCH");
    server.live().patch(&path, &json!({ "name": "Live" })).refused(403, "ENVIRONMENT_MISMATCH");
    assert_eq!(server.live().get("/merchants").ok()["data"], json!([]));
}

fn a_scoped_key_neither_makes_nor_changes_one(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (till, other) = (owner.wallet("Till"), owner.wallet("Other"));
    let all = &["merchants:read", "merchants:write"];
    let (inside, outside) = (server.scoped(all, &[&till]), server.scoped(all, &[&other]));
    let request = json!({ "name": "Shop", "domain": "shop.example.com" });
    let details = inside.post("/merchants", &request).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["ownerOnly"], true);
    let merchant = owner.merchant_of("shop.example.com", &json!({ "settlementWalletId": till }));
    let path = format!("/merchants/{merchant}");
    assert_eq!(inside.get(&path).ok()["id"], json!(merchant), "its wallet is the one that is paid");
    inside.patch(&path, &json!({ "name": "Mine" })).refused(403, "PERMISSION_DENIED");
    outside.get(&path).refused(404, "MERCHANT_NOT_FOUND");
    outside.patch(&path, &json!({ "name": "Mine" })).refused(404, "MERCHANT_NOT_FOUND");
    assert_eq!(outside.get("/merchants").ok()["data"], json!([]));
    for path in ["/merchant/settlement/overview", "/merchant/payments", "/merchant/analytics"] {
        assert_eq!(inside.get(path).refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    }
}

fn a_profile_is_made_once_for_its_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner().once("profile");
    let request = json!({ "name": "Shop", "domain": "shop.example.com" });
    let first = owner.post("/merchants", &request).expect(201);
    owner.post("/merchants", &request).assert_replay_of(&first);
    let other = json!({ "name": "Shop", "domain": "other.example.com" });
    owner.post("/merchants", &other).refused(409, "IDEMPOTENCY_KEY_REUSE");
}

fn every_change_is_told(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let merchant = owner.merchant("shop.example.com");
    owner.change_merchant(&merchant, &json!({ "name": "Renamed" })).ok();
    let events = owner.get("/events?type=merchant.*").ok();
    let told: Vec<(&str, &str)> = events["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(|event| {
            assert_eq!(event["data"]["id"], json!(merchant));
            let name = event["data"]["name"].as_str().expect("a name");
            (event["type"].as_str().expect("a type"), name)
        })
        .collect();
    assert_eq!(told, [("merchant.created", "Shop"), ("merchant.updated", "Renamed")]);
    let entries = owner.audited("resource=merchant");
    let actions: Vec<&str> =
        entries.iter().map(|entry| entry["action"].as_str().expect("text")).collect();
    assert_eq!(actions, ["merchant.updated", "merchant.created"]);
    assert!(entries.iter().all(|entry| entry["resourceId"] == json!(merchant)));
}
