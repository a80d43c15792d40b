//! Wallets, their money, and lists.

use serde_json::{Map, json};
use wallgent::types::wallets::{ChangeStatus, UpdateWallet};
use wallgent::{Amount, Environment, ErrorCode, Patch, WalletFilter, WalletStatus, WalletType};

use crate::support::{Server, assert_refused, new_wallet, payment, usd};

#[tokio::test]
async fn wallets() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    assert_eq!(client.environment(), Environment::Sandbox);
    let wallet = new_wallet(&client, "Research").await;
    let id = wallet.id;
    let metadata = Map::from_iter([("team".to_owned(), json!("blue"))]);
    let change = UpdateWallet {
        agent_name: Patch::Set("Ada".to_owned()),
        metadata: Patch::Set(metadata.clone()),
        discoverable: Patch::Set(true),
        ..UpdateWallet::default()
    };
    let changed = client.wallets().update(id, &change).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.metadata), ("Research", Some(metadata)));
    let change = UpdateWallet { agent_name: Patch::Clear, ..UpdateWallet::default() };
    client.wallets().update(id, &change).await.unwrap();
    let read = client.wallets().get(id).await.unwrap();
    assert_eq!((read.agent_name, read.discoverable), (None, true));

    let funding = client.wallets().fund(id, usd("100.00")).await.unwrap();
    assert_eq!(funding.new_balance, usd("100.00"));
    let funding = client.sandbox().fund(id, usd("20.50")).await.unwrap();
    assert_eq!(funding.new_balance, usd("120.50"));
    let balance = client.wallets().balance(id).await.unwrap();
    assert_eq!((balance.available, balance.held), (usd("120.50"), Amount::ZERO));
    let entries = client.wallets().transactions(id).limit(1);
    let entries = entries.all().await.unwrap();
    let amounts: Vec<Amount> = entries.iter().map(|it| it.amount).collect();
    assert_eq!(amounts, [usd("20.50"), usd("100.00")]);
    let live = server.client("liveKey");
    assert_refused(live.wallets().get(id).await, ErrorCode::EnvironmentMismatch);

    let why = ChangeStatus { reason: Some("audit".to_owned()) };
    let frozen = client.wallets().freeze(id, &why).await.unwrap();
    assert_eq!(frozen.status, "FROZEN");
    let filter = WalletFilter {
        status: Some(WalletStatus::Frozen),
        wallet_type: Some(WalletType::Standard),
    };
    let page = client.wallets().list(&filter).await.unwrap();
    assert_eq!(page.data.iter().map(|it| it.id).collect::<Vec<_>>(), [id]);
    let sent = client.payments().send(&payment(id, server.own_wallet(), "1.00")).await;
    assert_refused(sent, ErrorCode::WalletFrozen);
    let active = client.wallets().unfreeze(id, &ChangeStatus::default()).await;
    assert_eq!(active.unwrap().status, "ACTIVE");
    assert_refused(client.wallets().close(id, &why).await, ErrorCode::Conflict);
    let empty = new_wallet(&client, "Empty").await.id;
    let closed = client.wallets().close(empty, &why).await.unwrap();
    assert_eq!(closed.status, "CLOSED");
}

#[tokio::test]
async fn lists() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let mut made = vec![server.own_wallet()];
    for number in 0..6 {
        made.push(new_wallet(&client, &format!("Wallet {number}")).await.id);
    }
    made.reverse();
    let list = || client.wallets().list(&WalletFilter::default());
    for limit in [1, 3, 7, 100] {
        let mut items = list().limit(limit).stream();
        let mut seen = Vec::new();
        while let Some(wallet) = items.next().await.transpose().unwrap() {
            seen.push(wallet.id);
        }
        assert_eq!(seen, made, "pages of {limit}");
        assert!(items.next().await.is_none(), "a stream that ended stays ended");
    }
    let first = list().limit(2).await.unwrap();
    assert!(first.has_more);
    let rest = list().cursor(first.cursor.unwrap()).all().await.unwrap();
    assert_eq!(rest.iter().map(|it| it.id).collect::<Vec<_>>(), made[2..]);
    let mut broken = list().cursor("nonsense").stream();
    let failed = broken.next().await.expect("an error");
    assert_refused(failed, ErrorCode::ValidationError);
    assert!(broken.next().await.is_none(), "an error ends the stream");
}
