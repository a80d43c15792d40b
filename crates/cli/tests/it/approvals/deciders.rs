//! Who may decide: people of the organization, and where a policy says so not the one who asked.

use serde_json::{Value, json};

use crate::support::{Api, Server, Store, stories};

stories!(
    deciding_needs_its_permission,
    a_scoped_key_never_decides,
    a_revoked_key_decides_nothing,
    the_asker_may_decide_unless_a_policy_says_no,
    a_different_approver_is_required,
    the_policies_of_the_moment_say_who_may_approve,
);

fn deciding_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "10.00");
    let payer = server.permitted(&["approvals:read", "payments:write", "policies:write"]);
    for answer in [payer.approve(&waiting.approval), payer.reject(&waiting.approval)] {
        let details = answer.refused(403, "PERMISSION_DENIED");
        assert_eq!(details["required"], "approvals:write");
    }
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
    server.permitted(&["approvals:write"]).approve(&waiting.approval).ok();
    assert_eq!(owner.balance(&to), "10.00");
}

fn a_scoped_key_never_decides(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "10.00");
    for permissions in [&["approvals:write"][..], &["*"], &["approvals:read", "approvals:write"]] {
        for scope in [&[from.as_str()][..], &[&from, &to]] {
            let scoped = server.scoped(permissions, scope);
            for answer in [scoped.approve(&waiting.approval), scoped.reject(&waiting.approval)] {
                let details = answer.refused(403, "PERMISSION_DENIED");
                assert_eq!(details["ownerOnly"], true, "{}", answer.story());
            }
        }
    }
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
    owner.assert_balances(&from, "100.00", "10.25", "89.75");
}

fn a_revoked_key_decides_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "10.00");
    let (key, human) = owner.colleague(&["approvals:write"]);
    owner.delete(&format!("/api-keys/{key}")).expect(204);
    human.approve(&waiting.approval).refused(401, "API_KEY_REVOKED");
    server.nobody().approve(&waiting.approval).refused(401, "UNAUTHORIZED");
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
}

fn the_asker_may_decide_unless_a_policy_says_no(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "10.00");
    let approval = owner.approve(&waiting.approval).ok();
    assert_eq!(approval["decidedBy"], approval["requestedBy"]);
}

/// The approval stays as it is when this caller tries to approve it.
#[track_caller]
fn assert_refuses(owner: &Api, caller: &Api, approval: &str) {
    let before = owner.get(&format!("/approvals/{approval}")).ok();
    caller.approve(approval).refused(403, "PERMISSION_DENIED");
    assert_eq!(owner.get(&format!("/approvals/{approval}")).ok(), before);
    assert_eq!((&before["status"], &before["decidedBy"]), (&json!("PENDING"), &Value::Null));
}

fn a_different_approver_is_required(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let rules = json!({ "requireHumanApproval": true, "requireDifferentApprover": true });
    owner.policy(&from, &rules);
    let (_, first) = owner.colleague(&["payments:write", "approvals:write"]);
    let (_, second) = owner.colleague(&["payments:write", "approvals:write"]);
    for (asker, other) in [(&first, &second), (&second, &first), (&owner, &first)] {
        let waiting = asker.ask(&from, &to, "10.00");
        assert_refuses(&owner, asker, &waiting.approval);
        other.approve(&waiting.approval).ok();
        assert_eq!(owner.payment_status(&waiting.payment), "POSTED");
    }
    let network =
        json!({ "toAddress": owner.address(&to), "amount": "1.00", "fromWalletId": from });
    let waiting = first.post("/network/pay", &network).expect(202);
    let approval = waiting.json["approvalId"].as_str().expect("text");
    assert_refuses(&owner, &first, approval);
    second.reject(approval).ok();
    assert_eq!(owner.balance(&to), "30.00");
}

fn the_policies_of_the_moment_say_who_may_approve(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let policy = owner.policy(&from, &json!({ "requireHumanApproval": true }));
    let waiting = owner.ask(&from, &to, "10.00");
    let change = |different: bool| {
        let body = json!({ "requireDifferentApprover": different });
        owner.patch(&format!("/policies/{policy}"), &body).ok();
    };
    change(true);
    assert_refuses(&owner, &owner, &waiting.approval);
    change(false);
    owner.approve(&waiting.approval).ok();
    assert_eq!(owner.balance(&to), "10.00");
}
