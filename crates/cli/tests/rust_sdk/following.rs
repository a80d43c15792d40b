//! Events as they happen, through connections that break and servers that die.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::time::timeout;
use wallgent::types::events::Event;
use wallgent::types::keys::CreateKey;
use wallgent::{Client, ErrorCode, EventFilter, EventStream, Permission};

use crate::proxy::{Breaking, Proxy};
use crate::support::{Server, assert_refused, funded, funded_agent, new_wallet, payment, usd};

/// How long an event may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections that break, each after any number of bytes up to this one.
const BREAKS: usize = 100;
const BREAK_BYTES_MAX: u64 = 12_000;
/// How often the server is killed meanwhile.
const KILLS: usize = 5;
/// Where nobody listens.
const NOWHERE: &str = "127.0.0.1:9";

async fn next(events: &mut EventStream) -> Event {
    let next = timeout(PATIENCE, events.next()).await.expect("an event in time");
    next.expect("the stream goes on").expect("an event")
}

async fn listed(client: &Client, after: i64) -> Vec<Event> {
    let filter = EventFilter { after: Some(after), kind: None };
    client.events().list(&filter).limit(100).all().await.expect("a list")
}

#[tokio::test]
async fn events_are_followed() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let mut new = client.events().follow(None).await.unwrap();
    let wallet = funded(&client, "Buyer", "5.00").await;
    let all = listed(&client, 0).await;
    let mut past = client.events().follow(Some(0)).await.unwrap();
    for expected in &all {
        let event = next(&mut past).await;
        assert_eq!((event.id, event.sequence), (expected.id, expected.sequence));
        assert_eq!((event.kind, event.data), (expected.kind.clone(), expected.data.clone()));
    }
    assert_eq!(next(&mut new).await.kind, "wallet.created");
    assert_eq!(next(&mut new).await.data["walletId"], wallet.to_string());
    drop(past);

    let (agent, itself) = funded_agent(&server, "5.00").await;
    let mut own = itself.events().follow(Some(0)).await.unwrap();
    let first = next(&mut own).await;
    assert_eq!(
        (first.kind.as_str(), &first.data["id"]),
        ("wallet.created", &agent.id.to_string().into())
    );
    let rotated = client.agents().rotate_key(agent.id).await.unwrap();
    assert!(rotated.api_key.is_some());
    let refused = loop {
        match timeout(PATIENCE, own.next()).await.expect("an end in time") {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("an end without a reason"),
        }
    };
    assert_eq!(refused.code(), Some(ErrorCode::ApiKeyRevoked));
    assert!(own.next().await.is_none(), "behind an error nothing comes");
    assert_refused(itself.events().follow(None).await, ErrorCode::ApiKeyRevoked);
    assert_refused(client.events().follow(Some(-1)).await, ErrorCode::ValidationError);
}

#[tokio::test]
async fn a_key_that_may_not_follow_is_told() {
    let server = Server::start(&[]);
    let key = CreateKey {
        permissions: [Permission::PaymentsRead].into_iter().collect(),
        ..CreateKey::default()
    };
    let created = server.client("sandboxKey").api_keys().create(&key).await.unwrap();
    let client = server.client_with(created.secret.expect("a secret").reveal());
    let details = assert_refused(client.events().follow(None).await, ErrorCode::PermissionDenied);
    assert_eq!(details["required"], "webhooks:read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missed_and_nothing_comes_twice() {
    let mut server = Server::start(&[]);
    let direct = server.client("sandboxKey");
    let (from, to) = (funded(&direct, "From", "9000.00").await, server.own_wallet());
    let (breaking, whole) = (Proxy::before(&server.address()), Proxy::before(&server.address()));
    let by =
        |proxy: &Proxy| server.client_through("sandboxKey", &format!("http://{}", proxy.address()));
    let (reader, payer) = (by(&breaking), by(&whole));
    let mut events = reader.events().follow(Some(0)).await.unwrap();
    let paying = Arc::new(AtomicBool::new(true));
    let goes_on = Arc::clone(&paying);
    let payments = tokio::spawn(async move {
        let mut paid = 0;
        while goes_on.load(Ordering::SeqCst) {
            let sent = payer.payments().send(&payment(from, to, "0.01")).await;
            paid += usize::from(sent.is_ok());
        }
        paid
    });
    breaking.breaks(Breaking::Within(BREAK_BYTES_MAX));
    let mut heard = Vec::new();
    for kill in 1..=KILLS + 1 {
        // The first connection is whole, so that it is the first kill that ends it.
        while kill > 1 && breaking.broken() < (kill - 1) * BREAKS / KILLS {
            heard.push(next(&mut events).await.sequence);
        }
        if kill <= KILLS {
            server.kill_and_start();
            breaking.lead_to(&server.address());
            whole.lead_to(&server.address());
        }
    }
    breaking.breaks(Breaking::Never);
    paying.store(false, Ordering::SeqCst);
    assert!(payments.await.expect("a payer that ends") > BREAKS);
    let client = server.client("sandboxKey");
    new_wallet(&client, "Last").await;
    let all: Vec<i64> = listed(&client, 0).await.iter().map(|it| it.sequence).collect();
    while heard.len() < all.len() {
        heard.push(next(&mut events).await.sequence);
    }
    assert_eq!(all, (1..=all.len() as i64).collect::<Vec<_>>());
    assert_eq!(heard, all);
    let late = timeout(Duration::from_millis(50), events.next()).await;
    assert!(late.is_err(), "nothing comes twice: {late:?}");
    assert!(client.wallets().balance(from).await.unwrap().balance < usd("9000.00"));
}

/// What it was connected to ended before anything was heard; where it began is known all the same.
#[tokio::test]
async fn a_stream_goes_on_where_it_began() {
    let server = Server::start(&[]);
    let direct = server.client("sandboxKey");
    let proxy = Proxy::before(&server.address());
    proxy.breaks(Breaking::BehindHead);
    let url = format!("http://{}", proxy.address());
    let client = server.client_through("sandboxKey", &url);
    // To say that it did not come about would do as well.
    let Ok(mut events) = client.events().follow(None).await else { return };
    proxy.lead_to(NOWHERE);
    new_wallet(&direct, "Missed").await;
    proxy.breaks(Breaking::Never);
    proxy.lead_to(&server.address());
    new_wallet(&direct, "Heard").await;
    assert_eq!(next(&mut events).await.data["name"], "Missed");
    assert_eq!(next(&mut events).await.data["name"], "Heard");
}

/// A client that looks for the next server must not keep the last one waiting.
#[tokio::test]
async fn a_server_that_stops_is_let_go() {
    let mut server = Server::start(&[]);
    let events = server.client("sandboxKey").events().follow(None).await.unwrap();
    let begun = Instant::now();
    tokio::task::spawn_blocking(move || server.stop()).await.expect("a server that stops");
    assert!(begun.elapsed() < Duration::from_secs(3), "it took {:?}", begun.elapsed());
    drop(events);
}
