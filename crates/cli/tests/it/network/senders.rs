//! Who pays when a network payment does not say: the key's only wallet, or the organization's.

use serde_json::{Value, json};

use crate::support::{Api, Server, Store, stories};

stories!(
    an_agent_pays_from_its_only_wallet,
    an_unscoped_key_pays_from_the_organizations_wallet,
    a_named_wallet_pays,
    a_named_wallet_must_be_the_callers,
    a_key_of_two_wallets_names_one,
);

/// What paying a dollar to this address answers, from a named wallet or none.
#[track_caller]
fn pay(caller: &Api, address: &str, from: Option<&str>) -> crate::support::Answer {
    let mut body = json!({ "toAddress": address, "amount": "1.00" });
    if let Some(from) = from {
        body["fromWalletId"] = json!(from);
    }
    caller.post("/network/pay", &body)
}

fn an_agent_pays_from_its_only_wallet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.fund(server.account("sandboxWalletId"), 10);
    let (agent, payee) = (owner.funded_agent(10), owner.agent("Payee"));
    assert_eq!(pay(&agent.api, &payee.address, None).ok()["from"], json!(agent.id));
    assert_eq!(pay(&agent.api, &payee.address, Some(&agent.id)).ok()["from"], json!(agent.id));
    let null = json!({ "toAddress": payee.address, "amount": "1.00", "fromWalletId": null });
    assert_eq!(agent.api.post("/network/pay", &null).ok()["from"], json!(agent.id));
    assert_eq!(owner.balance(&agent.id), "7.00");
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "10.00");
}

fn an_unscoped_key_pays_from_the_organizations_wallet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let purse = server.account("sandboxWalletId");
    let payee = stranger.owner.agent("Payee");
    let details = pay(&owner, &payee.address, None).refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(details["walletId"], purse);
    owner.fund(purse, 10);
    assert_eq!(pay(&owner, &payee.address, None).ok()["from"], purse);
    let colleague = server.permitted(&["payments:write"]);
    assert_eq!(pay(&colleague, &payee.address, None).ok()["from"], purse);
    assert_eq!(owner.balance(purse), "8.00");
}

fn a_named_wallet_pays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    owner.fund(purse, 10);
    let (agent, plain, payee) = (owner.funded_agent(10), owner.funded(10), owner.agent("Payee"));
    for from in [agent.id.as_str(), &plain, purse] {
        assert_eq!(pay(&owner, &payee.address, Some(from)).ok()["from"], from);
        assert_eq!(owner.balance(from), "9.00");
    }
}

fn a_named_wallet_must_be_the_callers(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    owner.fund(server.account("sandboxWalletId"), 10);
    stranger.owner.fund(&stranger.wallet, 10);
    let payee = owner.agent("Payee");
    for from in
        [stranger.wallet.as_str(), "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense", &payee.address]
    {
        let details = pay(&owner, &payee.address, Some(from)).refused(404, "WALLET_NOT_FOUND");
        assert_eq!(details["walletId"], from);
    }
    let live = server.account("liveWalletId");
    pay(&owner, &payee.address, Some(live)).refused(403, "ENVIRONMENT_MISMATCH");
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "10.00");
    assert_eq!(stranger.owner.balance(&stranger.wallet), "10.00");
    assert_eq!(owner.balance(&payee.id), "0.00");
}

fn a_key_of_two_wallets_names_one(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    owner.fund(purse, 10);
    let (a, b, payee) = (owner.funded(10), owner.funded(10), owner.agent("Payee"));
    let scoped = server.scoped(&["payments:write"], &[&a, &b]);
    for from in [&a, &b] {
        assert_eq!(pay(&scoped, &payee.address, Some(from)).ok()["from"], json!(from));
    }
    let unnamed = pay(&scoped, &payee.address, None);
    assert!(
        [400, 404].contains(&unnamed.status),
        "neither wallet is the only one\n{}",
        unnamed.story()
    );
    pay(&scoped, &payee.address, Some(purse)).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(
        [&a, &b, &purse.to_owned()].map(|wallet| Value::from(owner.balance(wallet))),
        [json!("9.00"), json!("9.00"), json!("10.00")]
    );
}
