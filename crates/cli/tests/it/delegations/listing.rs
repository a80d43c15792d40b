//! Lists of delegations: granted and received, by wallet, in pages.

use serde_json::{Value, json};

use super::{grant, key, organization};
use crate::support::shapes::{self, assert_fields};
use crate::support::{Api, Server, Store, stories};

stories!(
    both_sides_list_it,
    both_sides_read_it,
    lists_filter_by_role_and_wallet,
    delegations_come_in_pages,
    an_ended_delegation_is_not_listed_as_active,
    bad_filters_are_refused,
    listing_needs_its_permission,
    a_scoped_key_lists_no_others,
);

fn both_sides_list_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let delegation = grant(&owner, &wallet, &organization(&partner.id), &["read"]);
    for caller in [&owner, &partner.owner] {
        let list = caller.get("/delegations").ok();
        assert_fields(&list, shapes::LIST, &[]);
        assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
        let seen = &list["data"][0];
        assert_fields(seen, shapes::DELEGATION, shapes::DELEGATION_EXTRAS);
        assert_eq!((&seen["id"], &seen["walletId"]), (&json!(delegation), &json!(wallet)));
    }
    assert_eq!(partner.live.all_ids("/delegations"), Vec::<String>::new());
}

fn both_sides_read_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (partner, third) = (server.organization("Partner"), server.organization("Third"));
    let wallet = owner.wallet("Ops");
    let delegation = grant(&owner, &wallet, &organization(&partner.id), &["read"]);
    let path = format!("/delegations/{delegation}");
    for caller in [&owner, &partner.owner] {
        let read = caller.get(&path).ok();
        assert_fields(&read, shapes::DELEGATION, shapes::DELEGATION_EXTRAS);
        assert_eq!(caller.get("/delegations").ok()["data"], json!([read]));
    }
    third.owner.get(&path).refused(404, "NOT_FOUND");
    let scoped = server.scoped(&["delegations:read"], &[&owner.wallet("Other")]);
    scoped.get(&path).refused(404, "NOT_FOUND");
    server.live().get(&path).refused(403, "ENVIRONMENT_MISMATCH");
    owner.get("/delegations/nonsense").refused(404, "NOT_FOUND");
    owner.delete(&path).ok();
    let ended = owner.get(&path);
    assert!(ended.status == 404 || ended.json["status"] == "REVOKED", "{}", ended.story());
}

fn lists_filter_by_role_and_wallet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (a, b, theirs) = (owner.wallet("A"), owner.wallet("B"), partner.owner.wallet("Theirs"));
    let on_a = grant(&owner, &a, &organization(&partner.id), &["read"]);
    let on_b = grant(&owner, &b, &organization(&partner.id), &["read"]);
    let mine = server.account("organizationId");
    let received = grant(&partner.owner, &theirs, &organization(mine), &["read"]);
    let (own_key, _) = owner.colleague(&["wallets:read"]);
    let inside = grant(&owner, &a, &key(&own_key), &["wallets:read"]);
    let ids = |caller: &Api, query: &str| caller.all_ids(&format!("/delegations?{query}"));
    assert_eq!(ids(&owner, ""), [inside.clone(), received.clone(), on_b.clone(), on_a.clone()]);
    assert_eq!(ids(&owner, "role=GRANTOR"), [inside.clone(), on_b.clone(), on_a.clone()]);
    assert!(ids(&owner, "role=GRANTEE").contains(&received));
    assert!(!ids(&owner, "role=GRANTEE").contains(&on_a));
    assert_eq!(ids(&partner.owner, "role=GRANTEE"), [on_b.clone(), on_a.clone()]);
    assert_eq!(ids(&partner.owner, "role=GRANTOR"), std::slice::from_ref(&received));
    assert_eq!(ids(&owner, &format!("walletId={a}")), [inside, on_a.clone()]);
    assert_eq!(ids(&partner.owner, &format!("walletId={a}&role=GRANTEE")), [on_a]);
    assert_eq!(ids(&partner.owner, &format!("walletId={a}&role=GRANTOR")), Vec::<String>::new());
    assert_eq!(ids(&owner, &format!("walletId={theirs}")), [received]);
}

fn delegations_come_in_pages(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let mut made: Vec<String> =
        (0..7).map(|_| grant(&owner, &wallet, &organization(&partner.id), &["read"])).collect();
    made.reverse();
    for caller in [&owner, &partner.owner] {
        assert_eq!(caller.all_ids("/delegations?limit=3"), made, "newest first");
        assert_eq!(caller.all_ids(&format!("/delegations?limit=2&walletId={wallet}")), made);
    }
}

fn an_ended_delegation_is_not_listed_as_active(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let revoked = grant(&owner, &wallet, &organization(&partner.id), &["read"]);
    let request = json!({
        "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["read"],
        "expiresAt": "2026-03-02T10:00:00Z",
    });
    owner.post("/delegations", &request).created();
    let stays = grant(&owner, &wallet, &organization(&partner.id), &["read"]);
    owner.delete(&format!("/delegations/{revoked}")).ok();
    server.advance("PT1H");
    for caller in [&owner, &partner.owner] {
        let list = caller.get("/delegations").ok();
        let rows = list["data"].as_array().expect("data").clone();
        let active: Vec<&Value> = rows.iter().filter(|row| row["status"] == "ACTIVE").collect();
        assert_eq!(active.len(), 1, "{list:#}");
        assert_eq!(active[0]["id"], json!(stays));
    }
}

fn bad_filters_are_refused(store: Store) {
    let server = Server::start(store);
    for bad in ["role=OWNER", "role=grantor", "limit=0", "limit=101", "cursor=%00"] {
        server.owner().get(&format!("/delegations?{bad}")).refused(400, "VALIDATION_ERROR");
    }
}

fn listing_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let writer = server.permitted(&["delegations:write", "wallets:read"]);
    let details = writer.get("/delegations").refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "delegations:read");
    server.permitted(&["delegations:read"]).get("/delegations").ok();
}

fn a_scoped_key_lists_no_others(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (mine, other) = (owner.wallet("Mine"), owner.wallet("Other"));
    let foreign = grant(&owner, &other, &organization(&partner.id), &["read"]);
    let scoped = server.scoped(&["delegations:read", "wallets:read"], &[&mine]);
    assert_eq!(scoped.all_ids("/delegations"), Vec::<String>::new());
    let answer = scoped.get(&format!("/delegations?walletId={other}"));
    assert!(!answer.text.contains(&foreign), "{}", answer.story());
    let received = grant(
        &partner.owner,
        &partner.wallet,
        &organization(server.account("organizationId")),
        &["read"],
    );
    assert!(!scoped.all_ids("/delegations").contains(&received), "it is not the scoped key's");
}
