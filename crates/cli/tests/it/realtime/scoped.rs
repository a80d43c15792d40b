//! Keys that see some wallets: their events, and nothing else.

use serde_json::{Value, json};

use crate::support::{Server, Socket, Store, stories};

stories!(a_scoped_key_hears_of_its_wallets_only,);

/// The types of so many events, which are all that come.
#[track_caller]
fn kinds(socket: &mut Socket, count: usize) -> Vec<String> {
    let events = socket.events(count);
    let events = events.iter().map(|it| serde_json::from_str::<Value>(it).expect("JSON"));
    events.map(|it| it["type"].as_str().expect("a type").to_owned()).collect()
}

fn a_scoped_key_hears_of_its_wallets_only(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Payer");
    let (other, shop) = (owner.funded(100), owner.wallet("Shop"));
    let reader = server.scoped(&["wallets:read"], &[&shop]);
    let both = server.scoped(&["payments:write"], &[&shop, &agent.id]);
    let seen = owner.last_sequence();
    let callers = [&agent.api, &reader, &both];
    let mut sockets = callers.map(|caller| caller.follow(&format!("?after={seen}")));
    // The number is the organization's, also for those who see little of it.
    let latest = agent.api.follow("").ping();
    assert_eq!(latest, seen.to_string());
    owner.fund(&agent.id, 50);
    agent.api.pay(&agent.id, &shop, "1.00").ok();
    owner.paid(&other, &agent.id, "2.00");
    owner.paid(&other, server.account("sandboxWalletId"), "3.00");
    owner.patch("/organizations/me", &json!({ "name": "Renamed" })).ok();
    owner.wallet("Nobody's");
    owner.new_key(&json!({ "permissions": ["*"] }));
    owner.policy(&other, &json!({ "maxTransactionAmount": "1.00" }));
    owner.pay(&other, &shop, "6.00").refused(403, "POLICY_DENIED");
    // The last that each of them sees shows that nothing came before it.
    owner.act(&format!("/wallets/{}/freeze", agent.id)).ok();
    owner.act(&format!("/wallets/{shop}/freeze")).ok();
    let [agents, readers, boths] = &mut sockets;
    let expected = ["wallet.funded", "payment.completed", "payment.received", "wallet.frozen"];
    assert_eq!(kinds(agents, 4), expected);
    assert_eq!(kinds(readers, 2), ["payment.received", "wallet.frozen"]);
    let expected = [
        "wallet.funded",
        "payment.completed",
        "payment.received",
        "payment.received",
        "wallet.frozen",
        "wallet.frozen",
    ];
    assert_eq!(kinds(boths, 6), expected);
    // What is past is told to them as what is new.
    assert_eq!(kinds(&mut agent.api.follow(&format!("?after={seen}")), 4)[3], "wallet.frozen");
    let received = reader.follow(&format!("?after={seen}")).event();
    let received: Value = serde_json::from_str(&received).expect("JSON");
    for private in ["idempotencyKey", "fee", "balanceAfter", "availableAfter"] {
        assert_eq!(received["data"][private], json!(null), "{private} is the sender's");
    }
}
