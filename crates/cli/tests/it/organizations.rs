//! The caller's own organization, and others beside it.

use serde_json::json;

use crate::support::shapes::{self, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, stories};

stories!(
    an_organization_knows_itself,
    an_organization_is_renamed,
    organizations_do_not_see_each_other
);

fn an_organization_knows_itself(store: Store) {
    let server = Server::start(store);
    let acme = server.organization_on("GROWTH", "Acme");
    for caller in [&acme.owner, &acme.live] {
        let me = caller.get("/organizations/me").ok();
        assert_fields(&me, shapes::ORGANIZATION, &["updatedAt"]);
        assert_id(&me["id"], "org");
        assert_time(&me["createdAt"]);
        assert_eq!((&me["id"], &me["name"]), (&json!(acme.id), &json!("Acme")));
        assert_eq!((&me["email"], &me["plan"]), (&json!("acme@example.com"), &json!("GROWTH")));
        for member in me["members"].as_array().expect("members") {
            assert_fields(member, &["id", "email", "role"], &[]);
            assert_id(&member["id"], "usr");
        }
    }
    assert_eq!(server.owner().get("/organizations/me").ok()["plan"], "SELF_HOSTED");
}

fn an_organization_is_renamed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let before = owner.get("/organizations/me").ok();
    let changed = owner.patch("/organizations/me", &json!({ "name": "New Name" })).ok();
    assert_fields(&changed, &[shapes::ORGANIZATION, &["ok"]].concat(), &["updatedAt"]);
    assert_eq!(
        (&changed["ok"], &changed["name"], &changed["id"]),
        (&json!(true), &json!("New Name"), &before["id"])
    );
    assert_eq!(
        server.live().get("/organizations/me").ok()["name"],
        "New Name",
        "one organization, two environments"
    );
    for bad in [json!({ "name": "" }), json!({ "name": 7 }), json!({ "name": "x".repeat(257) })] {
        owner.patch("/organizations/me", &bad).refused_fields(&["name"]);
    }
    server
        .permitted(&["organizations:read"])
        .patch("/organizations/me", &json!({ "name": "Mine" }))
        .refused(403, "PERMISSION_DENIED");
    assert_eq!(owner.get("/organizations/me").ok()["name"], "New Name");
}

fn organizations_do_not_see_each_other(store: Store) {
    let server = Server::start(store);
    let acme = server.organization("Acme");
    let owner = server.owner();
    let (mine, theirs) = (owner.funded(10), acme.owner.funded(10));
    assert!(!owner.all_ids("/wallets").contains(&theirs));
    assert!(!acme.owner.all_ids("/wallets").contains(&mine));
    acme.owner.pay(&mine, &theirs, "1.00").refused(404, "WALLET_NOT_FOUND");
    owner.pay(&mine, &theirs, "1.00").ok();
    acme.owner.get(&format!("/payments?walletId={mine}")).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(acme.owner.all_ids("/payments").len(), 1);
    assert!(
        !owner.all_ids("/api-keys").iter().any(|key| acme.owner.all_ids("/api-keys").contains(key))
    );
}
