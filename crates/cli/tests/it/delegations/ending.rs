//! How a delegation ends: revoked by its grantor, or by the clock, and at once.

use serde_json::json;

use super::{LOOK_AND_PAY, grant, key, organization};
use crate::support::{Server, Store, id, stories};

stories!(
    a_revoked_delegation_ends_at_once,
    a_delegation_expires_at_its_moment,
    only_the_grantor_revokes,
    revoking_needs_its_permission,
    unknown_delegations_are_not_found,
    what_waits_is_still_decided,
    a_revoked_key_uses_nothing,
    a_body_is_not_needed,
);

fn a_revoked_delegation_ends_at_once(store: Store) {
    let mut server = Server::start(store);
    let partner = server.organization("Partner");
    let wallet = server.owner().funded(100);
    let delegation = grant(&server.owner(), &wallet, &organization(&partner.id), LOOK_AND_PAY);
    partner.owner.paid(&wallet, &partner.wallet, "1.00");
    let answer = server.owner().delete(&format!("/delegations/{delegation}")).ok();
    assert_eq!(answer["deleted"], true);
    for _ in 0..2 {
        let owner = server.owner();
        let grantee = owner.as_holder_of(&partner.owner);
        grantee.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
        grantee.pay(&wallet, &partner.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
        let again = owner.delete(&format!("/delegations/{delegation}"));
        assert!([404, 409].contains(&again.status), "{}", again.story());
        server.restart();
    }
    assert_eq!(server.owner().balance(&wallet), "98.75");
}

fn a_delegation_expires_at_its_moment(store: Store) {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let partner = server.organization("Partner");
    let wallet = server.owner().funded(100);
    let request = json!({
        "walletId": wallet, "granteeOrgId": partner.id, "permissions": LOOK_AND_PAY,
        "expiresAt": "2026-03-02T10:00:00Z",
    });
    let delegation = id(&server.owner().post("/delegations", &request).created());
    server.advance_to("2026-03-02T09:59:59.999Z");
    partner.owner.paid(&wallet, &partner.wallet, "1.00");
    server.advance_to("2026-03-02T10:00:00Z");
    for _ in 0..2 {
        let owner = server.owner();
        let grantee = owner.as_holder_of(&partner.owner);
        grantee.pay(&wallet, &partner.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
        grantee.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
        let again = owner.delete(&format!("/delegations/{delegation}"));
        assert!([404, 409].contains(&again.status), "{}", again.story());
        server.restart();
    }
}

fn only_the_grantor_revokes(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let agent = partner.owner.agent_with(&["*"]);
    let wallet = owner.funded(100);
    let by_organization = grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let by_key = grant(&owner, &wallet, &key(&agent.key_id), LOOK_AND_PAY);
    for caller in [&partner.owner, &agent.api] {
        for delegation in [&by_organization, &by_key] {
            let answer = caller.delete(&format!("/delegations/{delegation}"));
            assert!([403, 404].contains(&answer.status), "{}", answer.story());
        }
        caller.get(&format!("/wallets/{wallet}")).ok();
    }
    let (_, colleague) = owner.colleague(&["delegations:write"]);
    for delegation in [&by_organization, &by_key] {
        colleague.delete(&format!("/delegations/{delegation}")).ok();
    }
    for caller in [&partner.owner, &agent.api] {
        caller.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
    }
}

fn revoking_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let delegation = grant(&owner, &wallet, &organization(&partner.id), &["read"]);
    let reader = server.permitted(&["delegations:read", "wallets:write"]);
    let answer = reader.delete(&format!("/delegations/{delegation}"));
    assert_eq!(answer.refused(403, "PERMISSION_DENIED")["required"], "delegations:write");
    partner.owner.get(&format!("/wallets/{wallet}")).ok();
}

fn unknown_delegations_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let approval = owner.ask(&from, &to, "1.00").approval;
    for unknown in ["del_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense", "%00", &approval] {
        let details = owner.delete(&format!("/delegations/{unknown}")).refused(404, "NOT_FOUND");
        assert!(details["resource"].is_string(), "{details}");
    }
    assert_eq!(owner.approval_status(&approval), "PENDING", "an approval is no delegation");
    let partner = server.organization("Partner");
    let delegation = grant(&owner, &to, &organization(&partner.id), &["read"]);
    owner.approve(&delegation).refused(404, "NOT_FOUND");
    owner.get(&format!("/approvals/{delegation}")).refused(404, "NOT_FOUND");
}

fn what_waits_is_still_decided(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.guarded(100), owner.wallet("Shop"));
    let delegation = grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let first = partner.owner.once("order-1").pay(&wallet, &shop, "10.00").expect(202);
    let approval = first.json["approvalId"].as_str().expect("text");
    owner.delete(&format!("/delegations/{delegation}")).ok();
    owner.assert_balances(&wallet, "100.00", "10.25", "89.75");
    owner.approve(approval).ok();
    owner.assert_balances(&wallet, "89.75", "0.00", "89.75");
    let payment = format!("/payments/{}", id(&first.json));
    partner.owner.get(&payment).refused(404, "NOT_FOUND");
}

fn a_revoked_key_uses_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(100);
    let (grantee, caller) = partner.owner.colleague(&["wallets:read", "payments:write"]);
    grant(&owner, &wallet, &key(&grantee), LOOK_AND_PAY);
    caller.paid(&wallet, &partner.wallet, "1.00");
    partner.owner.delete(&format!("/api-keys/{grantee}")).expect(204);
    caller.pay(&wallet, &partner.wallet, "1.00").refused(401, "API_KEY_REVOKED");
    assert_eq!(owner.balance(&wallet), "98.75");
}

/// Older clients say that a body is JSON when there is none.
fn a_body_is_not_needed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let delegation = grant(&owner, &owner.wallet("Ops"), &organization(&partner.id), &["read"]);
    let path = format!("/delegations/{delegation}");
    owner.send_bytes("DELETE", &path, "application/json", b"").ok();
}
