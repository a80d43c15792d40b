//! Using a delegation: every call about a wallet reaches it, under the wallet's own policies.

use serde_json::{Value, json};

use super::{LOOK_AND_PAY, grant, key, organization};
use crate::support::shapes::{self, assert_fields};
use crate::support::{Api, Server, Store, Waiting, stories};

stories!(
    every_call_about_the_wallet_reaches_it,
    the_money_is_the_grantors,
    batches_and_network_payments_reach_it,
    a_scoped_key_that_is_named_reaches_it,
    the_wallets_policies_apply,
    an_approval_is_the_grantors,
    an_agents_wallet_is_delegated_too,
    idempotency_belongs_to_the_caller,
);

/// Every reading call about a wallet, and one that asks beforehand.
fn look(caller: &Api, wallet: &str, to: &str) -> Vec<u16> {
    let paths =
        ["", "/balance", "/transactions", "/holds", "/policies", "/limits", "/policy-evaluations"];
    let mut statuses: Vec<u16> =
        paths.iter().map(|path| caller.get(&format!("/wallets/{wallet}{path}")).status).collect();
    let check = json!({ "to": to, "amount": "1.00" });
    statuses.push(caller.post(&format!("/wallets/{wallet}/policies/check"), &check).status);
    statuses
}

fn every_call_about_the_wallet_reaches_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, other) = (owner.funded(100), owner.funded(100));
    let policy = owner.policy(&wallet, &json!({ "dailySpendingLimit": "50.00" }));
    let grantee = &partner.owner;
    assert_eq!(look(grantee, &wallet, &partner.wallet), [404; 8]);
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    assert_eq!(look(grantee, &wallet, &partner.wallet), [200; 8]);
    assert_eq!(look(grantee, &other, &partner.wallet), [404; 8], "nothing but what was granted");
    let seen = grantee.get(&format!("/wallets/{wallet}")).ok();
    assert_fields(&seen, shapes::WALLET, &[]);
    assert_eq!(seen, owner.get(&format!("/wallets/{wallet}")).ok());
    let limits = grantee.get(&format!("/wallets/{wallet}/limits")).ok();
    assert_eq!(limits["data"][0]["policyId"], json!(policy));
    let paid = grantee.paid(&wallet, &other, "10.00");
    let read = grantee.get(&format!("/payments/{paid}")).ok();
    assert_eq!((&read["fee"], &read["from"]), (&json!("0.25"), &json!(wallet)), "as its sender");
    assert_eq!(grantee.all_ids(&format!("/payments?walletId={wallet}")), [paid]);
}

fn the_money_is_the_grantors(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.funded(100), owner.wallet("Shop"));
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let home = partner.owner.paid(&wallet, &shop, "10.00");
    let away = partner.owner.paid(&wallet, &partner.wallet, "20.00");
    owner.assert_balances(&wallet, "69.50", "0.00", "69.50");
    assert_eq!(owner.balance(&shop), "10.00");
    assert_eq!(partner.owner.balance(&partner.wallet), "20.00");
    assert_eq!(owner.all_ids("/payments"), [away, home], "with its fees, in its books");
    partner.owner.pay(&wallet, &shop, "69.50").refused(402, "INSUFFICIENT_FUNDS");
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    partner.owner.pay(&wallet, &shop, "1.00").refused(403, "WALLET_FROZEN");
}

fn batches_and_network_payments_reach_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.funded(100), owner.wallet("Shop"));
    partner.owner.fund(&partner.wallet, 100);
    let network =
        json!({ "toAddress": owner.address(&shop), "amount": "5.00", "fromWalletId": wallet });
    partner.owner.post("/network/pay", &network).refused(404, "WALLET_NOT_FOUND");
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let paid = partner.owner.post("/network/pay", &network).ok();
    assert_eq!((&paid["from"], &paid["to"]), (&json!(wallet), &json!(shop)));
    let item = |from: &str| json!({ "from": from, "to": shop, "amount": "1.00" });
    let batch = json!({ "payments": [item(&wallet), item(&partner.wallet)] });
    partner.owner.post("/payments/batch", &batch).ok();
    assert_eq!(owner.balance(&shop), "7.00");
    owner.assert_balances(&wallet, "93.75", "0.00", "93.75");
    let unnamed = json!({ "toAddress": owner.address(&shop), "amount": "5.00" });
    assert_eq!(partner.owner.post("/network/pay", &unnamed).ok()["from"], json!(partner.wallet));
}

fn a_scoped_key_that_is_named_reaches_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.funded(100), owner.wallet("Shop"));
    for agent in [partner.owner.funded_agent(10), owner.funded_agent(10)] {
        agent.api.get(&format!("/wallets/{wallet}")).refused(404, "WALLET_NOT_FOUND");
        grant(&owner, &wallet, &key(&agent.key_id), &["wallets:read", "payments:write"]);
        agent.api.get(&format!("/wallets/{wallet}")).ok();
        agent.api.paid(&wallet, &shop, "1.00");
        let network = |from: Option<&str>| {
            let mut body = json!({ "toAddress": owner.address(&shop), "amount": "1.00" });
            from.into_iter().for_each(|from| body["fromWalletId"] = json!(from));
            agent.api.post("/network/pay", &body).ok()["from"].clone()
        };
        assert_eq!(network(Some(&wallet)), json!(wallet));
        assert_eq!(network(None), json!(agent.id), "its own wallet is still its only one");
        agent.api.pay(&shop, &wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
    }
    owner.assert_balances(&wallet, "95.50", "0.00", "95.50");
}

fn the_wallets_policies_apply(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.funded(500), owner.wallet("Shop"));
    let rules = json!({ "dailySpendingLimit": "50.00", "blockedRecipients": [partner.wallet] });
    owner.policy(&wallet, &rules);
    partner.owner.policy(&partner.wallet, &json!({ "maxTransactionAmount": "0" }));
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    owner.paid(&wallet, &shop, "20.00");
    partner.owner.paid(&wallet, &shop, "25.00");
    let details = partner.owner.pay(&wallet, &shop, "5.01").refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "dailySpendingLimit", "one window for all");
    let details = partner.owner.pay(&wallet, &partner.wallet, "1.00").refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "blockedRecipients");
    partner.owner.paid(&wallet, &shop, "5.00");
    owner.pay(&wallet, &shop, "0.01").refused(403, "POLICY_DENIED");
}

fn an_approval_is_the_grantors(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.guarded(100), owner.wallet("Shop"));
    let (asker, grantee) = partner.owner.new_key(&json!({ "permissions": ["*"] }));
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let [yes, no]: [Waiting; 2] =
        [grantee.ask(&wallet, &shop, "10.00"), grantee.ask(&wallet, &shop, "20.00")];
    for decide in [grantee.approve(&yes.approval), grantee.reject(&yes.approval)] {
        assert!([403, 404].contains(&decide.status), "{}", decide.story());
    }
    let approval = owner.get(&format!("/approvals/{}", yes.approval)).ok();
    assert_eq!(
        (&approval["status"], &approval["requestedBy"]),
        (&json!("PENDING"), &json!(asker)),
        "who acted is shown"
    );
    owner.approve(&yes.approval).ok();
    owner.reject(&no.approval).ok();
    owner.assert_balances(&wallet, "89.75", "0.00", "89.75");
}

fn an_agents_wallet_is_delegated_too(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    grant(&owner, &agent.id, &organization(&partner.id), LOOK_AND_PAY);
    partner.owner.paid(&agent.id, &shop, "1.00");
    owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    partner.owner.pay(&agent.id, &shop, "1.00").refused(403, "WALLET_FROZEN");
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    let late = partner.owner.pay(&agent.id, &shop, "1.00");
    assert!([404, 409].contains(&late.status), "{}", late.story());
    assert_eq!(owner.balance(&shop), "1.00");
}

fn idempotency_belongs_to_the_caller(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.funded(100), owner.wallet("Shop"));
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let mine = owner.once("order-1").pay(&wallet, &shop, "1.00").expect(200);
    let theirs = partner.owner.once("order-1").pay(&wallet, &shop, "1.00").expect(200);
    assert!(!theirs.replayed(), "another organization's key is another key");
    assert_ne!(theirs.json["id"], mine.json["id"]);
    partner.owner.once("order-1").pay(&wallet, &shop, "1.00").assert_replay_of(&theirs);
    owner.once("order-1").pay(&wallet, &shop, "1.00").assert_replay_of(&mine);
    let body: Value = json!({ "from": wallet, "to": shop, "amount": "2.00" });
    let details = partner
        .owner
        .once("order-1")
        .post("/payments", &body)
        .refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(details["resourceId"], theirs.json["id"]);
    assert_eq!(owner.balance(&shop), "2.00");
}
