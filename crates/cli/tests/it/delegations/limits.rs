//! The limits of granting: wallets, lifetimes, keys that still work, and how many at a time.

use serde_json::{Value, json};

use super::{grant, key, organization};
use crate::support::{Server, Store, all_at_once, id, stories, succeeded};

stories!(
    a_grant_names_at_least_one_wallet,
    a_key_that_ends_lends_no_longer,
    an_own_key_of_the_other_environment_is_named_so,
    a_key_that_has_ended_is_not_lent_to,
    a_wallet_has_so_many_delegations_at_a_time,
    the_last_place_is_taken_once,
    lists_page_through_ended_delegations,
    lists_reach_behind_very_many_others,
);

/// Delegations of one wallet that have not ended.
const ACTIVE_MAX: usize = 100;

fn a_grant_names_at_least_one_wallet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let request = |wallets: Value| {
        let mut request = wallets;
        request["granteeOrgId"] = json!(partner.id);
        request["permissions"] = json!(["wallets:read"]);
        owner.post("/delegations", &request)
    };
    for none in [
        json!({}),
        json!({ "walletId": null }),
        json!({ "walletScope": [] }),
        json!({ "walletScope": null }),
        json!({ "walletId": null, "walletScope": [] }),
        json!({ "walletId": null, "walletScope": null }),
    ] {
        request(none).refused(400, "VALIDATION_ERROR");
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
    for one in [
        json!({ "walletId": null, "walletScope": [wallet] }),
        json!({ "walletId": wallet, "walletScope": [] }),
        json!({ "walletId": wallet, "walletScope": null }),
    ] {
        let made = request(one).created();
        assert_eq!(
            (&made["walletId"], &made["walletScope"]),
            (&json!(wallet), &json!([wallet])),
            "{made:#}"
        );
    }
}

fn a_key_that_ends_lends_no_longer(store: Store) {
    let end = "2026-03-03T09:00:00.000Z";
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(100);
    let permissions = ["delegations:write", "wallets:read", "payments:read", "payments:write"];
    let (_, contractor) = owner.new_key(&json!({ "permissions": permissions, "expiresAt": end }));
    let lend = |expires_at: Option<Value>| {
        let mut request = organization(&partner.id);
        request["walletId"] = json!(wallet);
        request["permissions"] = json!(["read", "send"]);
        expires_at.into_iter().for_each(|time| request["expiresAt"] = time);
        contractor.post("/delegations", &request)
    };
    for longer in [
        None,
        Some(Value::Null),
        Some(json!("2026-03-03T09:00:00.001Z")),
        Some(json!("2099-01-01T00:00:00Z")),
    ] {
        let details = lend(longer).refused(403, "PERMISSION_DENIED");
        assert_eq!(details["expiresAt"], end);
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
    lend(Some(json!("2026-03-02T10:00:00Z"))).created();
    lend(Some(json!(end))).created();
    server.advance_to("2026-03-03T08:59:59.999Z");
    partner.owner.paid(&wallet, &partner.wallet, "1.00");
    server.advance_to(end);
    partner.owner.pay(&wallet, &partner.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
    let request =
        json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["read"] });
    owner.post("/delegations", &request).created();
}

fn an_own_key_of_the_other_environment_is_named_so(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let partner = server.organization("Partner");
    let (wallet, live_wallet) = (owner.wallet("Ops"), live.wallet("Ops"));
    let (own, _) = owner.colleague(&["wallets:read"]);
    let (own_live, _) = live.colleague(&["wallets:read"]);
    let (theirs, _) = partner.owner.colleague(&["wallets:read"]);
    let (theirs_live, _) = partner.live.colleague(&["wallets:read"]);
    let lend = |caller: &crate::support::Api, wallet: &str, named: &str| {
        let mut request = key(named);
        request["walletId"] = json!(wallet);
        request["permissions"] = json!(["wallets:read"]);
        caller.post("/delegations", &request)
    };
    lend(&owner, &wallet, &own_live).refused(403, "ENVIRONMENT_MISMATCH");
    lend(&live, &live_wallet, &own).refused(403, "ENVIRONMENT_MISMATCH");
    lend(&owner, &wallet, &theirs_live).refused(404, "NOT_FOUND");
    lend(&live, &live_wallet, &theirs).refused(404, "NOT_FOUND");
    for caller in [&owner, &live] {
        assert_eq!(caller.all_ids("/delegations"), Vec::<String>::new());
    }
    for named in [&own, &theirs] {
        lend(&owner, &wallet, named).created();
    }
}

fn a_key_that_has_ended_is_not_lent_to(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let lend = |named: &str| {
        let mut request = key(named);
        request["walletId"] = json!(wallet);
        request["permissions"] = json!(["wallets:read"]);
        owner.post("/delegations", &request)
    };
    let short = json!({ "permissions": ["wallets:read"], "expiresAt": "2026-03-02T10:00:00Z" });
    let mut keys = Vec::new();
    for holder in [&owner, &partner.owner] {
        let (revoked, _) = holder.colleague(&["wallets:read"]);
        holder.delete(&format!("/api-keys/{revoked}")).expect(204);
        keys.extend([revoked, holder.new_key(&short).0]);
    }
    server.advance_to("2026-03-02T10:00:00Z");
    for named in &keys {
        lend(named).refused(409, "CONFLICT");
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
    lend(&partner.owner.colleague(&["wallets:read"]).0).created();
}

fn a_wallet_has_so_many_delegations_at_a_time(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (full, other) = (owner.wallet("Full"), owner.wallet("Other"));
    let grantee = organization(&partner.id);
    let mut made: Vec<String> =
        (2..ACTIVE_MAX).map(|_| grant(&owner, &full, &grantee, &["wallets:read"])).collect();
    let mut ending = grantee.clone();
    ending["walletScope"] = json!([full, other]);
    ending["permissions"] = json!(["wallets:read"]);
    let both = ending.clone();
    ending["expiresAt"] = json!("2026-03-02T10:00:00Z");
    made.push(id(&owner.post("/delegations", &ending).created()));
    made.push(id(&owner.post("/delegations", &both).created()));
    let mut one = grantee.clone();
    one["walletId"] = json!(full);
    one["permissions"] = json!(["wallets:read"]);
    let refuse = || {
        for request in [&one, &both] {
            let details = owner.post("/delegations", request).refused(409, "CONFLICT");
            assert_eq!(details["walletId"], json!(full));
        }
        let third = json!({
            "walletId": full, "permissions": ["wallets:read"],
            "granteeOrgId": server.account("organizationId"),
        });
        owner.post("/delegations", &third).refused(409, "CONFLICT");
    };
    refuse();
    grant(&owner, &other, &grantee, &["wallets:read"]);
    partner.owner.get(&format!("/wallets/{full}")).ok();
    owner.delete(&format!("/delegations/{}", made[7])).ok();
    owner.post("/delegations", &one).created();
    refuse();
    server.advance_to("2026-03-02T10:00:00Z");
    owner.post("/delegations", &one).created();
    refuse();
    assert_eq!(owner.all_ids(&format!("/delegations?limit=100&walletId={full}")).len(), 102);
}

fn the_last_place_is_taken_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Full");
    for _ in 1..ACTIVE_MAX {
        grant(&owner, &wallet, &organization(&partner.id), &["wallets:read"]);
    }
    let request =
        json!({ "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["payments:read"] });
    let answers = all_at_once(6, |_| owner.post("/delegations", &request));
    assert_eq!(succeeded(&answers, 409, "CONFLICT"), 1);
}

fn lists_page_through_ended_delegations(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (a, b) = (owner.wallet("A"), owner.wallet("B"));
    let (theirs, mine) = (partner.owner.wallet("Theirs"), server.account("organizationId"));
    let (mut on_a, mut on_b, mut received) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..90 {
        let mut request = json!({ "granteeOrgId": partner.id, "permissions": ["wallets:read"] });
        let (grantor, lists): (_, Vec<&mut Vec<String>>) = match number % 5 {
            0 | 1 => {
                request["walletId"] = json!(a);
                (&owner, vec![&mut on_a])
            }
            2 => {
                request["walletScope"] = json!([a, b]);
                (&owner, vec![&mut on_a, &mut on_b])
            }
            3 => {
                request["walletId"] = json!(b);
                (&owner, vec![&mut on_b])
            }
            _ => {
                request["walletId"] = json!(theirs);
                request["granteeOrgId"] = json!(mine);
                (&partner.owner, vec![&mut received])
            }
        };
        let made = id(&grantor.post("/delegations", &request).created());
        if number % 4 != 0 {
            grantor.delete(&format!("/delegations/{made}")).ok();
        }
        lists.into_iter().for_each(|list| list.insert(0, made.clone()));
    }
    let mut granted: Vec<String> = on_a.iter().chain(&on_b).cloned().collect();
    granted.sort_unstable_by(|a, b| b.cmp(a));
    granted.dedup();
    let mut all: Vec<String> = granted.iter().chain(&received).cloned().collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    let none: Vec<String> = Vec::new();
    for limit in [7, 100] {
        for (caller, other, given, taken) in [
            (&owner, "GRANTEE", "GRANTOR", "GRANTEE"),
            (&partner.owner, "GRANTOR", "GRANTEE", "GRANTOR"),
        ] {
            let ids = |query: &str| caller.all_ids(&format!("/delegations?limit={limit}{query}"));
            assert_eq!(ids(""), all);
            assert_eq!(ids(&format!("&role={given}")), granted);
            assert_eq!(ids(&format!("&role={taken}")), received);
            for (wallet, expected) in [(&a, &on_a), (&b, &on_b)] {
                assert_eq!(&ids(&format!("&walletId={wallet}")), expected);
                assert_eq!(&ids(&format!("&walletId={wallet}&role={given}")), expected);
                assert_eq!(ids(&format!("&walletId={wallet}&role={other}")), none);
            }
        }
        let scoped = server.scoped(&["delegations:read"], &[&b]);
        assert_eq!(scoped.all_ids(&format!("/delegations?limit={limit}")), on_b);
    }
}

/// Years of delegations that ended stand between those that are looked for.
fn lists_reach_behind_very_many_others(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (mine, other) = (owner.wallet("Mine"), owner.wallet("Other"));
    let old = grant(&owner, &mine, &organization(&partner.id), &["wallets:read"]);
    server.advance("PT1H");
    let ended = grant(&owner, &other, &organization(&partner.id), &["wallets:read"]);
    owner.delete(&format!("/delegations/{ended}")).ok();
    let numbers = "WITH RECURSIVE numbers (n) AS \
                   (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 6000)";
    let rows = "id, scope_id, grantee_scope_id, grantee_key_id, permissions, wallets, expires_at, \
                revoked_at, ended_at, created_at";
    let copies = rows.replacen("id", "id + n", 1);
    let newest = "(SELECT MAX(id) FROM delegations)";
    for statement in [
        format!(
            "{numbers} INSERT INTO delegated_wallets (wallet_id, delegation_id, ended_at) \
             SELECT wallet_id, delegation_id + n, ended_at FROM delegated_wallets, numbers \
             WHERE delegation_id = {newest}"
        ),
        format!(
            "{numbers} INSERT INTO delegations ({rows}) SELECT {copies} FROM delegations, numbers \
             WHERE id = {newest}"
        ),
    ] {
        assert_eq!(server.execute(&statement), Ok(6_000));
    }
    server.advance("PT1H");
    let new = grant(&owner, &mine, &organization(&partner.id), &["wallets:read"]);
    let scoped = server.scoped(&["delegations:read"], &[&mine]);
    let both = [new, old];
    for list in ["/delegations", "/delegations?limit=1", "/delegations?role=GRANTOR"] {
        assert_eq!(scoped.all_ids(list), both, "{list}");
    }
    assert_eq!(owner.all_ids(&format!("/delegations?walletId={mine}")), both);
    let wrong_side = format!("/delegations?walletId={other}&role=GRANTEE");
    assert_eq!(owner.all_ids(&wrong_side), Vec::<String>::new());
    let all = owner.all_ids(&format!("/delegations?walletId={other}&limit=100"));
    assert_eq!(all.len(), 6_001);
}
