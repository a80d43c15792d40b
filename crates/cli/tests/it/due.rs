//! What falls due by itself does so once: at its moment, across restarts, kills and jumps of the clock.

use serde_json::{Value, json};

use crate::support::{Server, Store, Waiting, id, stories};

stories!(
    an_approval_expires_once,
    many_approvals_expire_in_one_jump,
    approvals_expire_in_their_own_order,
    what_fell_due_while_nobody_ran_is_late_and_once,
    a_kill_between_does_not_repeat_it,
    a_decided_approval_does_not_expire,
    a_delegation_expires_once,
    a_revoked_delegation_does_not_expire,
    other_organizations_and_environments_fall_due_too,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";
const EXPIRY: &str = "2026-03-03T09:00:00.000Z";

/// How often this happened to this resource, by the log.
#[track_caller]
fn times(server: &Server, action: &str, resource: &str) -> usize {
    server.owner().audited(&format!("action={action}&resource={resource}")).len()
}

/// The approval has expired once, and nothing of it is left.
#[track_caller]
fn assert_expired_once(server: &Server, waiting: &Waiting, wallet: &str) {
    let owner = server.owner();
    assert_eq!(owner.approval_status(&waiting.approval), "EXPIRED");
    assert_eq!(owner.payment_status(&waiting.payment), "EXPIRED");
    assert_eq!(times(server, "approval.expired", &waiting.approval), 1);
    assert_eq!(owner.holds(wallet, "PENDING"), Vec::<String>::new());
    let late = owner.approve(&waiting.approval);
    assert_eq!(late.refused(409, "CONFLICT")["status"], "EXPIRED");
}

fn an_approval_expires_once(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    server.advance_to("2026-03-03T08:59:59.999Z");
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
    owner.assert_balances(&from, "100.00", "60.30", "39.70");
    server.advance_to(EXPIRY);
    for _ in 0..2 {
        assert_expired_once(&server, &waiting, &from);
        server.owner().assert_balances(&from, "100.00", "0.00", "100.00");
        server.advance("PT9600H");
        server.restart();
        server.advance("PT1S");
    }
}

/// More than are ended in one commit.
const MANY: usize = 250;

fn many_approvals_expire_in_one_jump(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (from, to) = (owner.guarded(1_000), owner.wallet("To"));
    let asked: Vec<Waiting> = (0..MANY).map(|_| owner.ask(&from, &to, "1.00")).collect();
    assert_eq!(owner.holds(&from, "PENDING").len(), MANY);
    server.advance("PT87600H");
    owner.assert_balances(&from, "1000.00", "0.00", "1000.00");
    assert_eq!(owner.all_ids("/approvals?status=EXPIRED&limit=100").len(), MANY);
    server.restart();
    let expired = server.owner().audited("action=approval.expired");
    let mut named: Vec<&str> =
        expired.iter().map(|entry| entry["resourceId"].as_str().expect("text")).collect();
    named.sort_unstable();
    let mut expected: Vec<&str> = asked.iter().map(|one| one.approval.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(named, expected, "each once");
}

fn approvals_expire_in_their_own_order(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let mut asked = Vec::new();
    for _ in 0..3 {
        asked.push(owner.ask(&from, &to, "10.00"));
        server.advance("PT1H");
    }
    for (hour, pending) in [("08:59:59.999", 3), ("09:00:00", 2), ("10:00:00", 1), ("11:00:00", 0)]
    {
        server.advance_to(&format!("2026-03-03T{hour}Z"));
        assert_eq!(owner.all_ids("/approvals?status=PENDING").len(), pending, "at {hour}");
        assert_eq!(owner.holds(&from, "PENDING").len(), pending);
    }
    let expired = owner.audited("action=approval.expired");
    let order: Vec<&str> =
        expired.iter().rev().map(|entry| entry["resourceId"].as_str().expect("text")).collect();
    assert_eq!(order, asked.iter().map(|one| one.approval.as_str()).collect::<Vec<_>>());
}

fn what_fell_due_while_nobody_ran_is_late_and_once(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    let request = json!({
        "walletId": from, "granteeOrgId": partner.id, "permissions": ["read", "send"], "expiresAt": EXPIRY,
    });
    let delegation = id(&owner.post("/delegations", &request).created());
    assert!(server.stop().success());
    server.launch_at("2026-03-05T09:00:00Z");
    let owner = server.owner();
    let grantee = owner.as_holder_of(&partner.owner);
    // Before anything had time to notice that it is due.
    let late = owner.approve(&waiting.approval);
    assert_eq!(late.refused(409, "CONFLICT")["status"], "EXPIRED");
    grantee.pay(&from, &to, "1.00").refused(404, "WALLET_NOT_FOUND");
    server.advance("PT1S");
    assert_expired_once(&server, &waiting, &from);
    assert_eq!(times(&server, "delegation.expired", &delegation), 1);
    server.restart();
    server.advance("PT1S");
    assert_expired_once(&server, &waiting, &from);
    assert_eq!(times(&server, "delegation.expired", &delegation), 1);
}

fn a_kill_between_does_not_repeat_it(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (from, to) = (owner.guarded(1_000), owner.wallet("To"));
    let asked: Vec<Waiting> = (0..40).map(|_| owner.ask(&from, &to, "1.00")).collect();
    let jump = json!({ "to": EXPIRY });
    std::thread::scope(|scope| {
        let clock = server.owner();
        scope.spawn(move || clock.try_send("POST", "/sandbox/clock", Some(&jump)));
        // Whether the kill comes before, amid or after the jump: each is a case.
        server.kill();
    });
    server.launch_at(EXPIRY);
    server.advance("PT1S");
    for waiting in &asked {
        assert_eq!(times(&server, "approval.expired", &waiting.approval), 1);
    }
    assert_expired_once(&server, &asked[0], &from);
    server.owner().assert_balances(&from, "1000.00", "0.00", "1000.00");
    server.verify();
}

fn a_decided_approval_does_not_expire(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let [yes, no] = [owner.ask(&from, &to, "10.00"), owner.ask(&from, &to, "20.00")];
    owner.approve(&yes.approval).ok();
    owner.reject(&no.approval).ok();
    server.advance("PT48H");
    for (waiting, status) in [(&yes, "APPROVED"), (&no, "REJECTED")] {
        assert_eq!(owner.approval_status(&waiting.approval), status);
        assert_eq!(times(&server, "approval.expired", &waiting.approval), 0);
    }
    owner.assert_balances(&from, "89.75", "0.00", "89.75");
}

fn a_delegation_expires_once(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let partner = server.organization("Partner");
    let wallet = server.owner().funded(100);
    let request = json!({
        "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["read", "send"], "expiresAt": EXPIRY,
    });
    let delegations: Vec<String> =
        (0..5).map(|_| id(&server.owner().post("/delegations", &request).created())).collect();
    server.advance_to("2026-03-03T08:59:59.999Z");
    partner.owner.paid(&wallet, &partner.wallet, "1.00");
    server.advance_to(EXPIRY);
    for _ in 0..2 {
        let grantee = server.owner().as_holder_of(&partner.owner);
        grantee.pay(&wallet, &partner.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
        for delegation in &delegations {
            assert_eq!(times(&server, "delegation.expired", delegation), 1);
        }
        server.advance("PT9600H");
        server.restart();
        server.advance("PT1S");
    }
    let entries = server.owner().audited("action=delegation.expired");
    assert!(
        entries.iter().all(|entry| entry["createdAt"] == EXPIRY),
        "at its moment: {entries:#?}"
    );
    let actors: Vec<&Value> = entries.iter().map(|entry| &entry["actorType"]).collect();
    assert_eq!(actors, vec!["SYSTEM"; 5]);
}

fn a_revoked_delegation_does_not_expire(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let request = json!({
        "walletId": owner.wallet("Ops"), "granteeOrgId": partner.id, "permissions": ["read"], "expiresAt": EXPIRY,
    });
    let delegation = id(&owner.post("/delegations", &request).created());
    owner.delete(&format!("/delegations/{delegation}")).ok();
    server.advance("PT48H");
    assert_eq!(times(&server, "delegation.expired", &delegation), 0);
    assert_eq!(times(&server, "delegation.revoked", &delegation), 1);
}

fn other_organizations_and_environments_fall_due_too(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let stranger = server.organization("Stranger");
    let (from, to) = (stranger.owner.guarded(100), stranger.owner.wallet("To"));
    let waiting = stranger.owner.ask(&from, &to, "60.00");
    let request = json!({
        "walletId": stranger.live_wallet, "granteeOrgId": server.account("organizationId"),
        "permissions": ["read"], "expiresAt": EXPIRY,
    });
    let delegation = id(&stranger.live.post("/delegations", &request).created());
    server.live().get(&format!("/wallets/{}", stranger.live_wallet)).ok();
    server.advance_to(EXPIRY);
    assert_eq!(stranger.owner.approval_status(&waiting.approval), "EXPIRED");
    stranger.owner.assert_balances(&from, "100.00", "0.00", "100.00");
    let gone = server.live().get(&format!("/wallets/{}", stranger.live_wallet));
    gone.refused(404, "WALLET_NOT_FOUND");
    let query = format!("action=delegation.expired&resource={delegation}");
    assert_eq!(stranger.live.audited(&query).len(), 1);
}
