//! Money out of the house: a wallet-scoped key withdraws only to whom the owner has named.

use serde_json::{Value, json};

use crate::support::banking::{ACCOUNT, account, link_request};
use crate::support::{Server, Store, stories};

stories!(
    no_destination_is_open_that_the_owner_did_not_name,
    what_the_owner_named_is_open,
    a_scoped_key_with_every_right_is_no_owner,
    it_cannot_open_a_destination_itself,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

fn no_destination_is_open_that_the_owner_did_not_name(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (agent, bank) = (owner.funded_agent(100), owner.linked());
    let coin = json!({ "type": "USDC", "address": "0xabc" });
    let mut linked = json!({ "type": "WIRE" });
    linked["bankAccountId"] = json!(bank);
    let try_all = |why: &str| {
        for answer in [
            agent.api.withdraw_to(&agent.id, "10.00", &bank),
            agent.api.withdraw(&agent.id, "10.00", &linked),
            agent.api.withdraw(&agent.id, "10.00", &account("ACH", ACCOUNT)),
            agent.api.withdraw(&agent.id, "10.00", &coin),
        ] {
            assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true, "{why}");
        }
    };
    try_all("without any policy");
    owner.policy(&agent.id, &json!({ "maxTransactionAmount": "50.00" }));
    try_all("with a policy that names nobody");
    let disabled = json!({ "approvedRecipients": [bank, "0xabc", "****6789"], "enabled": false });
    owner.policy(&agent.id, &disabled);
    try_all("with a policy that is not enabled");
    owner.policy(&agent.id, &json!({ "approvedRecipients": [agent.id, "****6789"] }));
    try_all("with a policy that names others");
    let elsewhere = owner.wallet("Elsewhere");
    owner.policy(&elsewhere, &json!({ "approvedRecipients": [bank] }));
    try_all("with a policy of another wallet");
    owner.assert_balances(&agent.id, "100.00", "0.00", "100.00");
    assert_eq!(owner.all_ids("/transfers"), Vec::<String>::new());
}

fn what_the_owner_named_is_open(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (agent, bank) = (owner.funded_agent(100), owner.linked());
    let named = json!({ "approvedRecipients": [bank, "0xabc"], "dailySpendingLimit": "30.00" });
    let policy = owner.policy(&agent.id, &named);
    agent.api.withdraw_to(&agent.id, "10.00", &bank).expect(202);
    let coin = json!({ "type": "USDC", "address": "0xabc" });
    agent.api.withdraw(&agent.id, "10.00", &coin).expect(202);
    agent.api.withdraw_to(&agent.id, "10.01", &bank).refused(403, "POLICY_DENIED");
    owner.patch(&format!("/policies/{policy}"), &json!({ "enabled": false })).ok();
    let closed = agent.api.withdraw_to(&agent.id, "10.00", &bank);
    assert_eq!(closed.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    server.advance("PT5S");
    server.assert_nothing_on_its_way();
}

fn a_scoped_key_with_every_right_is_no_owner(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, bank) = (owner.funded(100), owner.linked());
    // `*` covers the scope as well, so that only the other rights together are scoped.
    let rights = [
        "wallets:read",
        "wallets:write",
        "payments:read",
        "payments:write",
        "policies:read",
        "policies:write",
        "approvals:read",
        "approvals:write",
        "api_keys:read",
        "api_keys:write",
        "organizations:write",
    ];
    let scoped = server.scoped(&rights, &[&wallet]);
    let refused = scoped.withdraw_to(&wallet, "10.00", &bank);
    assert_eq!(refused.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    owner.withdraw_to(&wallet, "10.00", &bank).expect(202);
    server.advance("PT5S");
    server.assert_nothing_on_its_way();
}

fn it_cannot_open_a_destination_itself(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let bank = owner.linked();
    let agent =
        owner.agent_with(&["payments:read", "payments:write", "policies:read", "policies:write"]);
    let policy = owner.policy(&agent.id, &json!({ "approvedRecipients": [] }));
    let named: Value = json!({ "approvedRecipients": [bank] });
    let mut new = named.clone();
    new["name"] = json!("Open");
    for answer in [
        agent.api.patch(&format!("/policies/{policy}"), &named),
        agent.api.post(&format!("/wallets/{}/policies", agent.id), &new),
        agent.api.delete(&format!("/policies/{policy}")),
        agent.api.post("/bank-accounts", &link_request(ACCOUNT)),
    ] {
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    }
}
