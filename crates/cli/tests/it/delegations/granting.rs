//! Granting: three ways to name the grantee, two to name wallets, and aliases of permissions.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Server, Store, stories};

stories!(
    a_delegation_has_every_field,
    an_organization_has_two_names,
    a_key_is_named_by_its_id,
    several_wallets_are_granted_at_once,
    aliases_stand_for_permissions,
    an_expiry_may_be_written_with_an_offset,
    a_grant_happens_once,
    granting_needs_its_permission,
    only_what_the_grantor_holds_is_granted,
);

/// The names in a list, in the alphabet's order.
fn sorted(list: &Value) -> Vec<String> {
    let names = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names
}

fn a_delegation_has_every_field(store: Store) {
    let server = Server::start_at(store, "2026-01-05T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (key, _) = partner.owner.colleague(&["wallets:read", "payments:write"]);
    let wallet = owner.wallet("Ops");
    let request = json!({
        "walletId": wallet, "delegateApiKeyId": key, "permissions": ["wallets:read", "payments:write"],
        "walletScope": [wallet], "expiresAt": "2026-06-01T00:00:00Z",
    });
    let made = owner.post("/delegations", &request).created();
    assert_fields(&made, shapes::DELEGATION, shapes::DELEGATION_EXTRAS);
    assert_id(&made["id"], "del");
    for (field, expected) in [
        ("walletId", json!(wallet)),
        ("walletScope", json!([wallet])),
        ("delegateApiKeyId", json!(key)),
        ("status", json!("ACTIVE")),
        ("expiresAt", json!("2026-06-01T00:00:00.000Z")),
        ("createdAt", json!("2026-01-05T09:00:00.000Z")),
    ] {
        assert_eq!(made[field], expected, "{field}");
    }
    assert_eq!(sorted(&made["permissions"]), ["payments:write", "wallets:read"]);
    let list = owner.get("/delegations").ok();
    assert_fields(&list, shapes::LIST, &[]);
    assert_eq!(list["data"], json!([made]), "a list tells the same");
}

fn an_organization_has_two_names(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    for field in ["granteeOrgId", "delegateOrgId"] {
        let wallet = owner.funded(10);
        let request =
            json!({ "walletId": wallet, field: partner.id, "permissions": ["wallets:read"] });
        let made = owner.post("/delegations", &request).created();
        assert_fields(&made, shapes::DELEGATION, shapes::DELEGATION_EXTRAS);
        assert_eq!(
            (&made["granteeOrgId"], &made["delegateApiKeyId"], &made["expiresAt"]),
            (&json!(partner.id), &Value::Null, &Value::Null)
        );
        assert_eq!(partner.owner.balance(&wallet), "10.00", "by {field}");
    }
}

fn a_key_is_named_by_its_id(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (theirs, their_key) = partner.owner.colleague(&["wallets:read"]);
    let other = owner.wallet("Other");
    let own_request = json!({ "permissions": ["wallets:read"], "walletScope": [other] });
    let (own, own_key) = owner.new_key(&own_request);
    for (key, caller) in [(theirs, their_key), (own, own_key)] {
        let wallet = owner.funded(10);
        caller.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
        let request =
            json!({ "walletId": wallet, "delegateApiKeyId": key, "permissions": ["wallets:read"] });
        let made = owner.post("/delegations", &request).created();
        assert_eq!(made["delegateApiKeyId"], json!(key));
        assert_eq!(caller.balance(&wallet), "10.00");
    }
}

fn several_wallets_are_granted_at_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallets: Vec<String> = (0..3).map(|_| owner.funded(10)).collect();
    let base = |fields: Value| {
        let mut request = json!({ "granteeOrgId": partner.id, "permissions": ["wallets:read"] });
        for (name, value) in fields.as_object().expect("fields") {
            request[name] = value.clone();
        }
        owner.post("/delegations", &request).created()
    };
    let by_scope = base(json!({ "walletScope": [wallets[0], wallets[1]] }));
    assert_eq!(sorted(&by_scope["walletScope"]), sorted(&json!([wallets[0], wallets[1]])));
    for (wallet, reached) in wallets.iter().zip([true, true, false]) {
        let status = partner.owner.get(&format!("/wallets/{wallet}")).status;
        assert_eq!(status, if reached { 200 } else { 404 });
    }
    let both = base(json!({ "walletId": wallets[2], "walletScope": [wallets[0]] }));
    assert_eq!(sorted(&both["walletScope"]), sorted(&json!([wallets[0], wallets[2]])));
    partner.owner.get(&format!("/wallets/{}", wallets[2])).ok();
}

fn aliases_stand_for_permissions(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    for (asked, granted) in [
        (&["read"][..], &["payments:read", "wallets:read"][..]),
        (&["send"], &["payments:write"]),
        (&["read", "send"], &["payments:read", "payments:write", "wallets:read"]),
        (
            &["read", "wallets:read", "policies:read"],
            &["payments:read", "policies:read", "wallets:read"],
        ),
    ] {
        let wallet = owner.funded(10);
        let request =
            json!({ "walletId": wallet, "delegateOrgId": partner.id, "permissions": asked });
        let made = owner.post("/delegations", &request).created();
        assert_eq!(sorted(&made["permissions"]), granted, "{asked:?}");
    }
    let wallet = owner.funded(10);
    super::grant(&owner, &wallet, &super::organization(&partner.id), &["read", "send"]);
    partner.owner.get(&format!("/wallets/{wallet}")).ok();
    partner.owner.paid(&wallet, &partner.wallet, "1.00");
}

fn an_expiry_may_be_written_with_an_offset(store: Store) {
    let server = Server::start_at(store, "2026-01-05T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    for (sent, read) in [
        ("2027-01-01T00:00:00.123456+00:00", "2027-01-01T00:00:00.123Z"),
        ("2027-01-01T02:00:00+02:00", "2027-01-01T00:00:00.000Z"),
    ] {
        let request = json!({ "walletId": wallet, "delegateOrgId": partner.id, "permissions": ["read"], "expiresAt": sent });
        assert_eq!(owner.post("/delegations", &request).created()["expiresAt"], read);
    }
}

fn a_grant_happens_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let request =
        json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["read"] });
    let first = owner.once("grant-1").post("/delegations", &request).expect(201);
    owner.once("grant-1").post("/delegations", &request).assert_replay_of(&first);
    let other = json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["send"] });
    owner.once("grant-1").post("/delegations", &other).refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(owner.all_ids("/delegations").len(), 1);
}

fn granting_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let request =
        json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["wallets:read"] });
    let reader = server.permitted(&["wallets:read", "delegations:read"]);
    let details = reader.post("/delegations", &request).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "delegations:write");
    server
        .permitted(&["wallets:read", "delegations:write"])
        .post("/delegations", &request)
        .created();
}

fn only_what_the_grantor_holds_is_granted(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(10);
    let grantor = server.permitted(&["delegations:write", "delegations:read", "wallets:read"]);
    for wanted in
        [&["payments:write"][..], &["read"], &["send"], &["wallets:read", "wallets:write"], &["*"]]
    {
        let request =
            json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": wanted });
        let answer = grantor.post("/delegations", &request);
        assert!(
            answer.code() == "PERMISSION_DENIED" || (wanted == ["*"] && answer.status == 400),
            "{}",
            answer.story()
        );
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
    super::grant(&grantor, &wallet, &super::organization(&partner.id), &["wallets:read"]);
    partner.owner.get(&format!("/wallets/{wallet}")).ok();
    let pay = partner.owner.pay(&wallet, &partner.wallet, "1.00");
    assert!([403, 404].contains(&pay.status), "{}", pay.story());
}
