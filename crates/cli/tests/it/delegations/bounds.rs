//! What a delegation never gives: more than was granted, more than the grantee's key may, or anything to other keys.

use serde_json::{Value, json};

use super::{LOOK_AND_PAY, grant, key, organization};
use crate::support::{Api, Server, Store, stories};

stories!(
    the_right_is_what_both_hold,
    an_organizations_delegation_extends_no_scoped_key,
    naming_one_key_extends_no_other,
    it_gives_no_owners_acts,
    it_is_not_passed_on,
    a_third_organization_gets_nothing,
    two_delegations_add_up,
);

/// Refused for want of a permission, or because the wallet does not exist for the caller.
#[track_caller]
fn assert_out_of_reach(answer: &crate::support::Answer) {
    let fits = [(403, "PERMISSION_DENIED"), (404, "WALLET_NOT_FOUND"), (404, "POLICY_NOT_FOUND")];
    assert!(fits.contains(&(answer.status, answer.code())), "{}", answer.story());
}

fn the_right_is_what_both_hold(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(100);
    grant(&owner, &wallet, &organization(&partner.id), &["wallets:read", "payments:write"]);
    let pay = |caller: &Api| caller.pay(&wallet, &partner.wallet, "1.00");
    let read = |caller: &Api| caller.get(&format!("/wallets/{wallet}"));
    let policies = |caller: &Api| caller.get(&format!("/wallets/{wallet}/policies"));
    let rename =
        |caller: &Api| caller.patch(&format!("/wallets/{wallet}"), &json!({ "name": "X" }));
    let full = &partner.owner;
    read(full).ok();
    pay(full).ok();
    assert_out_of_reach(&policies(full));
    assert_out_of_reach(&rename(full));
    let (_, reader) = partner.owner.colleague(&["wallets:read", "policies:read"]);
    read(&reader).ok();
    let details = pay(&reader).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "payments:write", "the grantee's key lacks it");
    assert_out_of_reach(&policies(&reader));
    let (_, payer) = partner.owner.colleague(&["payments:write"]);
    pay(&payer).ok();
    read(&payer).refused(403, "PERMISSION_DENIED");
    assert_eq!(owner.balance(&wallet), "97.50");
    assert_eq!(owner.get(&format!("/wallets/{wallet}")).ok()["name"], "Funded");
}

fn an_organizations_delegation_extends_no_scoped_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(100);
    let agent = partner.owner.funded_agent(10);
    let mighty = partner.owner.agent_with(&["*"]);
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    partner.owner.paid(&wallet, &partner.wallet, "1.00");
    for scoped in [&agent.api, &mighty.api] {
        scoped.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
        scoped.pay(&wallet, &partner.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
        let network =
            json!({ "toAddress": agent.address, "amount": "1.00", "fromWalletId": wallet });
        scoped.post("/network/pay", &network).refused(404, "WALLET_NOT_FOUND");
        assert!(!scoped.all_ids("/wallets").contains(&wallet));
    }
    owner.assert_balances(&wallet, "98.75", "0.00", "98.75");
}

fn naming_one_key_extends_no_other(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(100);
    let agent = partner.owner.agent("Named");
    let (_, twin) =
        partner.owner.new_key(&json!({ "permissions": ["*"], "walletScope": [agent.id] }));
    grant(&owner, &wallet, &key(&agent.key_id), LOOK_AND_PAY);
    agent.api.get(&format!("/wallets/{wallet}")).ok();
    for other in [&partner.owner, &twin, &partner.owner.agent("Other").api] {
        other.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
        other.pay(&wallet, &partner.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
    }
    let rotated = partner.owner.act(&format!("/agents/{}/rotate-key", agent.id)).ok();
    agent.api.get(&format!("/wallets/{wallet}")).refused(401, "API_KEY_REVOKED");
    let new = partner.owner.with_key(rotated["apiKey"].as_str().expect("text"));
    new.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
}

fn it_gives_no_owners_acts(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let agent = owner.funded_agent(100);
    let policy = owner.policy(&agent.id, &json!({ "maxTransactionAmount": "50.00" }));
    grant(&owner, &agent.id, &organization(&partner.id), LOOK_AND_PAY);
    let acts: Vec<(&str, String, Option<Value>)> = vec![
        ("POST", format!("/wallets/{}/close", agent.id), None),
        ("POST", format!("/wallets/{}/unfreeze", agent.id), None),
        ("POST", format!("/wallets/{}/policies", agent.id), Some(json!({ "name": "Mine" }))),
        ("PATCH", format!("/policies/{policy}"), Some(json!({ "enabled": false }))),
        ("DELETE", format!("/policies/{policy}"), None),
        ("POST", format!("/agents/{}/adjust-budget", agent.id), Some(json!({ "amount": "-1.00" }))),
        ("POST", format!("/agents/{}/resume", agent.id), None),
        ("POST", format!("/agents/{}/rotate-key", agent.id), None),
        ("DELETE", format!("/agents/{}", agent.id), None),
    ];
    for (method, path, body) in &acts {
        assert_out_of_reach(&partner.owner.send(method, path, body.as_ref()));
    }
    let scope = json!({ "permissions": ["wallets:read"], "walletScope": [agent.id] });
    let answer = partner.owner.post("/api-keys", &scope);
    assert!((400..500).contains(&answer.status), "{}", answer.story());
    let read = owner.get(&format!("/agents/{}", agent.id)).ok();
    assert_eq!((&read["status"], &read["balance"]), (&json!("ACTIVE"), &json!("100.00")));
    assert_eq!(owner.get(&format!("/policies/{policy}")).ok()["enabled"], true);
    agent.api.get("/wallets").ok();
}

fn it_is_not_passed_on(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (partner, third) = (server.organization("Partner"), server.organization("Third"));
    let wallet = owner.funded(100);
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let request =
        json!({ "walletId": wallet, "granteeOrgId": third.id, "permissions": ["wallets:read"] });
    let answer = partner.owner.post("/delegations", &request);
    assert_out_of_reach(&answer);
    third.owner.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(owner.all_ids("/delegations").len(), 1);
}

fn a_third_organization_gets_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (partner, third) = (server.organization("Partner"), server.organization("Third"));
    let wallet = owner.funded(100);
    let delegation = grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    third.owner.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
    third.owner.pay(&wallet, &third.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
    assert_eq!(third.owner.all_ids("/delegations"), Vec::<String>::new());
    third.owner.delete(&format!("/delegations/{delegation}")).refused(404, "NOT_FOUND");
    partner.owner.get(&format!("/wallets/{wallet}")).ok();
}

fn two_delegations_add_up(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(100);
    let reading = grant(&owner, &wallet, &organization(&partner.id), &["wallets:read"]);
    let paying = grant(&owner, &wallet, &organization(&partner.id), &["payments:write"]);
    partner.owner.get(&format!("/wallets/{wallet}")).ok();
    partner.owner.paid(&wallet, &partner.wallet, "1.00");
    owner.delete(&format!("/delegations/{reading}")).ok();
    assert_out_of_reach(&partner.owner.get(&format!("/wallets/{wallet}")));
    partner.owner.paid(&wallet, &partner.wallet, "1.00");
    owner.delete(&format!("/delegations/{paying}")).ok();
    partner.owner.pay(&wallet, &partner.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
}
