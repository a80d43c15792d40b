//! The agent network: finding somebody, and paying them by their address.

use std::collections::HashSet;

use wallgent::types::agents::{Agent, CreateAgent};
use wallgent::types::network::PayAgent;
use wallgent::{Client, DirectoryFilter, ErrorCode, Sent};

use crate::support::{Server, ask_always, assert_refused, funded_agent, usd};

async fn named(client: &Client, name: &str) -> Agent {
    let agent = CreateAgent { name: name.to_owned(), ..CreateAgent::default() };
    client.agents().create(&agent).await.expect("an agent").agent
}

#[tokio::test]
async fn network() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let partner = server.organization().client;
    let recipient = named(&partner, "Data processor").await;
    let (agent, itself) = funded_agent(&server, "100.00").await;
    let order = PayAgent {
        to_address: recipient.wallgent_address.to_string(),
        amount: usd("25.00"),
        description: Some("Data processing fee".to_owned()),
        idempotency_key: Some("order-1".to_owned()),
        ..PayAgent::default()
    };
    let paid = itself.network().pay(&order).await.unwrap().into_posted().unwrap();
    assert_eq!((paid.from, paid.to), (agent.id, recipient.id));
    assert_eq!((paid.to_address, paid.fees), (recipient.wallgent_address, usd("0.00")));
    let again = itself.network().pay(&order).await.unwrap();
    assert_eq!(again.payment().transaction_id, paid.transaction_id);
    assert_eq!(partner.agents().get(recipient.id).await.unwrap().balance, usd("25.00"));

    let nobody = PayAgent { to_address: "nobody".to_owned(), ..PayAgent::default() };
    let nobody = PayAgent { amount: usd("1.00"), ..nobody };
    assert_refused(itself.network().pay(&nobody).await, ErrorCode::WalletNotFound);
    let too_much = PayAgent { amount: usd("75.01"), idempotency_key: None, ..order.clone() };
    assert_refused(itself.network().pay(&too_much).await, ErrorCode::InsufficientFunds);

    ask_always(&client, agent.id).await;
    let more = PayAgent { amount: usd("5.00"), idempotency_key: None, ..order };
    let waits = itself.network().pay(&more).await.unwrap();
    let Sent::PendingApproval(waiting) = &waits else {
        panic!("it waits: {waits:?}");
    };
    let approval = waiting.approval_id.expect("an approval");
    let error = waits.into_posted().expect_err("it waits");
    assert_eq!(error.code(), Some(ErrorCode::ApprovalRequired));
    let approved = client.approvals().approve(approval).await.unwrap();
    assert_eq!(approved.transaction_details.kind, "NETWORK_PAYMENT");
    assert_eq!(partner.agents().get(recipient.id).await.unwrap().balance, usd("30.00"));
}

#[tokio::test]
async fn directory() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let partner = server.organization().client;
    let mut made = HashSet::new();
    for number in 0..5 {
        made.insert(named(&partner, &format!("Zebra Analytics {number}")).await.id);
    }
    let search = |text: &str| DirectoryFilter { search: Some(text.to_owned()) };
    for text in ["zebra", "ANA", "zebra analytics"] {
        let found = client.network().directory(&search(text)).limit(2).all().await.unwrap();
        assert_eq!(found.len(), 5, "{text}");
        assert_eq!(found.iter().map(|it| it.wallet_id).collect::<HashSet<_>>(), made, "{text}");
    }
    let one = named(&client, "Okapi").await;
    let address = one.wallgent_address.to_string();
    let found = client.network().directory(&search(&address)).await.unwrap().data;
    let [entry] = found.as_slice() else {
        panic!("one has this address: {found:?}");
    };
    assert_eq!((entry.wallet_id, entry.name.as_str()), (one.id, "Okapi"));
    assert!(client.network().directory(&search("ebra")).await.unwrap().data.is_empty());
    let everybody = client.network().directory(&DirectoryFilter::default());
    assert_eq!(everybody.all().await.unwrap().len(), 6);
}
