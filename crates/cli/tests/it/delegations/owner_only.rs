//! What an owner alone decides is never lent, whatever permissions are.

use serde_json::{Value, json};

use super::{grant, key, organization};
use crate::support::{Api, Server, Store, stories};

stories!(
    no_permission_lends_an_owners_act,
    not_even_to_one_of_the_own_agents,
    the_permission_of_the_act_does_not_lend_it,
);

/// The method, path and body of every act that is the owner's.
fn acts(wallet: &str, policy: &str, approval: &str) -> Vec<(&'static str, String, Option<Value>)> {
    let nested = format!("/wallets/{wallet}/policies/{policy}");
    vec![
        ("POST", format!("/wallets/{wallet}/unfreeze"), None),
        ("POST", format!("/wallets/{wallet}/close"), None),
        ("POST", format!("/wallets/{wallet}/policies"), Some(json!({ "name": "Mine" }))),
        ("PATCH", format!("/policies/{policy}"), Some(json!({ "enabled": false }))),
        ("PATCH", nested.clone(), Some(json!({ "enabled": false }))),
        ("DELETE", format!("/policies/{policy}"), None),
        ("DELETE", nested, None),
        ("POST", format!("/approvals/{approval}/approve"), None),
        ("POST", format!("/approvals/{approval}/reject"), None),
    ]
}

/// A frozen wallet with a policy and a payment that waits.
struct Guarded {
    wallet: String,
    policy: String,
    approval: String,
}

impl Guarded {
    fn new(owner: &Api) -> Self {
        let (wallet, shop) = (owner.funded(100), owner.wallet("Shop"));
        let policy = owner.policy(&wallet, &json!({ "requireHumanApproval": true }));
        let approval = owner.ask(&wallet, &shop, "10.00").approval;
        owner.act(&format!("/wallets/{wallet}/freeze")).ok();
        Self { wallet, policy, approval }
    }

    /// Each act is refused to the caller as the owner's, and changes nothing.
    #[track_caller]
    fn assert_owners_alone(&self, owner: &Api, caller: &Api) {
        for (method, path, body) in acts(&self.wallet, &self.policy, &self.approval) {
            let answer = caller.send(method, &path, body.as_ref());
            let details = answer.refused(403, "PERMISSION_DENIED");
            assert_eq!(details["ownerOnly"], true, "{}", answer.story());
        }
        let wallet = owner.get(&format!("/wallets/{}", self.wallet)).ok();
        assert_eq!(wallet["status"], "FROZEN");
        let policies = owner.get(&format!("/wallets/{}/policies", self.wallet)).ok();
        assert_eq!(policies["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(policies["data"][0]["enabled"], true);
        assert_eq!(owner.approval_status(&self.approval), "PENDING");
        owner.assert_balances(&self.wallet, "100.00", "10.25", "89.75");
    }
}

fn no_permission_lends_an_owners_act(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let agent = partner.owner.agent_with(&["*"]);
    let guarded = Guarded::new(&owner);
    grant(&owner, &guarded.wallet, &organization(&partner.id), &["*"]);
    grant(&owner, &guarded.wallet, &key(&agent.key_id), &["*"]);
    for caller in [&partner.owner, &agent.api] {
        caller.get(&format!("/wallets/{}", guarded.wallet)).ok();
        caller.get(&format!("/policies/{}", guarded.policy)).ok();
        caller.get(&format!("/approvals/{}", guarded.approval)).ok();
        guarded.assert_owners_alone(&owner, caller);
    }
    owner.act(&format!("/wallets/{}/unfreeze", guarded.wallet)).ok();
    let freeze = format!("/wallets/{}/freeze", guarded.wallet);
    assert_eq!(partner.owner.act(&freeze).ok()["status"], "FROZEN", "to stop it may be lent");
}

fn not_even_to_one_of_the_own_agents(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_with(&["*"]);
    let guarded = Guarded::new(&owner);
    grant(&owner, &guarded.wallet, &key(&agent.key_id), &["*"]);
    agent.api.get(&format!("/wallets/{}", guarded.wallet)).ok();
    guarded.assert_owners_alone(&owner, &agent.api);
}

fn the_permission_of_the_act_does_not_lend_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let guarded = Guarded::new(&owner);
    let all = ["wallets:write", "policies:write", "approvals:write"];
    grant(&owner, &guarded.wallet, &organization(&partner.id), &all);
    guarded.assert_owners_alone(&owner, &partner.owner);
    let (_, caller) = partner.owner.colleague(&all);
    guarded.assert_owners_alone(&owner, &caller);
}
