//! Events: what happened, read in its order.

use wallgent::id::EventId;
use wallgent::{ErrorCode, EventFilter};

use crate::support::{Server, assert_refused, funded, funded_agent, payment};

#[tokio::test]
async fn events() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let buyer = funded(&client, "Buyer", "100.00").await;
    let sent = payment(buyer, server.own_wallet(), "10.00");
    let paid = client.payments().send(&sent).await.unwrap().into_posted().unwrap();

    let all = client.events().list(&EventFilter::default()).limit(2).all().await.unwrap();
    let sequences: Vec<_> = all.iter().map(|it| it.sequence).collect();
    assert_eq!(sequences, (1..=all.len() as i64).collect::<Vec<_>>());
    let last: Vec<_> = all.iter().rev().take(4).rev().map(|it| it.kind.as_str()).collect();
    let expected = ["wallet.created", "wallet.funded", "payment.completed", "payment.received"];
    assert_eq!(last, expected);
    let [.., completed, received] = &all[..] else { panic!("events") };
    assert_eq!(completed.event, completed.kind);
    assert_eq!(completed.data["transactionId"], paid.id.to_string());
    assert_eq!((&completed.data["fee"], &received.data["fee"]), (&"0.25".into(), &().into()));
    assert_eq!((completed.timestamp, completed.environment.as_str()), (paid.created_at, "SANDBOX"));

    let found = client.events().get(completed.id).await.unwrap();
    assert_eq!((found.sequence, &found.data), (completed.sequence, &completed.data));
    let missing: EventId = EventId::from_key(1).expect("no event has it");
    assert_refused(client.events().get(missing).await, ErrorCode::NotFound);

    let behind = EventFilter { after: Some(completed.sequence), kind: None };
    let rest = client.events().list(&behind).await.unwrap().data;
    assert_eq!(rest.iter().map(|it| it.id).collect::<Vec<_>>(), [received.id]);
    let family = EventFilter { kind: Some("payment.*".to_owned()), after: None };
    assert_eq!(client.events().list(&family).all().await.unwrap().len(), 2);
    let nothing = EventFilter { kind: Some("payments.*".to_owned()), after: None };
    assert_refused(client.events().list(&nothing).await, ErrorCode::ValidationError);
    let (_, itself) = funded_agent(&server, "1.00").await;
    assert_refused(itself.events().list(&behind).await, ErrorCode::PermissionDenied);
}
