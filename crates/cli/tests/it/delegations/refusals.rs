//! Grants that are refused, and change nothing.

use serde_json::{Value, json};

use crate::support::{Server, Store, stories};

stories!(
    bad_fields_are_named,
    exactly_one_grantee_is_named,
    wallets_must_be_ones_own,
    grantees_must_exist,
    permissions_must_be_known,
    an_expiry_lies_in_the_future,
    environments_are_not_crossed,
    a_scoped_key_grants_nothing,
);

fn bad_fields_are_named(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let good = json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["read"] });
    for (field, bad) in [
        ("walletId", json!(7)),
        ("granteeOrgId", json!([])),
        ("permissions", json!("read")),
        ("permissions", json!([7])),
        ("walletScope", json!("wal_x")),
        ("walletScope", json!([7])),
        ("expiresAt", json!("tomorrow")),
        ("expiresAt", json!(7)),
    ] {
        let mut request = good.clone();
        request[field] = bad;
        owner.post("/delegations", &request).refused(400, "VALIDATION_ERROR");
    }
    owner.post("/delegations", &json!({})).refused(400, "VALIDATION_ERROR");
    let mut wordless = good.clone();
    wordless["permissions"] = Value::Null;
    owner.post("/delegations", &wordless).refused_fields(&["permissions"]);
    let walletless = json!({ "granteeOrgId": partner.id, "permissions": ["read"] });
    owner.post("/delegations", &walletless).refused(400, "VALIDATION_ERROR");
    let empty = json!({ "granteeOrgId": partner.id, "permissions": ["read"], "walletScope": [] });
    owner.post("/delegations", &empty).refused(400, "VALIDATION_ERROR");
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
    owner.post("/delegations", &good).created();
}

fn exactly_one_grantee_is_named(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (key, _) = partner.owner.colleague(&["wallets:read"]);
    let wallet = owner.wallet("Ops");
    for grantees in [
        json!({}),
        json!({ "granteeOrgId": partner.id, "delegateApiKeyId": key }),
        json!({ "delegateOrgId": partner.id, "delegateApiKeyId": key }),
        json!({ "granteeOrgId": partner.id, "delegateOrgId": server.account("organizationId") }),
    ] {
        let mut request = grantees;
        request["walletId"] = json!(wallet);
        request["permissions"] = json!(["read"]);
        owner.post("/delegations", &request).refused(400, "VALIDATION_ERROR");
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
}

fn wallets_must_be_ones_own(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let mine = owner.wallet("Mine");
    for foreign in [partner.wallet.as_str(), "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        for wallets in [
            json!({ "walletId": foreign }),
            json!({ "walletScope": [foreign] }),
            json!({ "walletScope": [mine, foreign] }),
            json!({ "walletId": mine, "walletScope": [foreign] }),
        ] {
            let mut request = wallets;
            request["granteeOrgId"] = json!(partner.id);
            request["permissions"] = json!(["read"]);
            owner.post("/delegations", &request).refused(404, "WALLET_NOT_FOUND");
        }
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
    partner.owner.get(&format!("/wallets/{mine}")).refused(404, "WALLET_NOT_FOUND");
}

fn grantees_must_exist(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Ops");
    for grantee in [
        json!({ "granteeOrgId": "org_01HZZZZZZZZZZZZZZZZZZZZZZZ" }),
        json!({ "delegateOrgId": "nonsense" }),
        json!({ "delegateApiKeyId": "key_01HZZZZZZZZZZZZZZZZZZZZZZZ" }),
        json!({ "delegateApiKeyId": "nonsense" }),
    ] {
        let mut request = grantee;
        request["walletId"] = json!(wallet);
        request["permissions"] = json!(["read"]);
        let answer = owner.post("/delegations", &request);
        assert!(["NOT_FOUND", "VALIDATION_ERROR"].contains(&answer.code()), "{}", answer.story());
        answer.assert_envelope();
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
}

fn permissions_must_be_known(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    for odd in [json!([]), json!(["wallets:destroy"]), json!(["READ"]), json!(["read", ""])] {
        let request = json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": odd });
        owner.post("/delegations", &request).refused(400, "VALIDATION_ERROR");
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
}

fn an_expiry_lies_in_the_future(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let request = |time: &str| json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["read"], "expiresAt": time });
    for past in ["2020-01-01T00:00:00Z", "2026-03-02T08:59:59.999Z", "2026-03-02T11:00:00+02:00"] {
        owner.post("/delegations", &request(past)).refused_fields(&["expiresAt"]);
    }
    owner.post("/delegations", &request("2026-03-02T09:00:00.001Z")).created();
}

fn environments_are_not_crossed(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let partner = server.organization("Partner");
    let wallet = owner.funded(10);
    let request =
        json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["read", "send"] });
    live.post("/delegations", &request).refused(403, "ENVIRONMENT_MISMATCH");
    let delegation = owner.post("/delegations", &request).created();
    partner.live.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
    partner.live.pay(&wallet, &partner.live_wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
    assert_eq!(live.all_ids("/delegations"), Vec::<String>::new());
    let path = format!("/delegations/{}", delegation["id"].as_str().expect("text"));
    live.delete(&path).refused(403, "ENVIRONMENT_MISMATCH");
    let (live_key, live_caller) = partner.live.colleague(&["wallets:read", "payments:write"]);
    let crossed =
        json!({ "walletId": wallet, "delegateApiKeyId": live_key, "permissions": ["read"] });
    let answer = owner.post("/delegations", &crossed);
    assert!((400..500).contains(&answer.status), "{}", answer.story());
    live_caller.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
    partner.owner.get(&format!("/wallets/{wallet}")).ok();
}

fn a_scoped_key_grants_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let scoped = server.scoped(&["*"], &[&wallet]);
    let request =
        json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["wallets:read"] });
    let answer = scoped.post("/delegations", &request);
    assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    let delegation = super::grant(&owner, &wallet, &super::organization(&partner.id), &["read"]);
    let answer = scoped.delete(&format!("/delegations/{delegation}"));
    assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    partner.owner.get(&format!("/wallets/{wallet}")).ok();
}
