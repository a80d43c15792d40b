//! Delegations: wallets lent to others.

use std::time::Duration;

use wallgent::types::delegations::CreateDelegation;
use wallgent::types::keys::CreateKey;
use wallgent::{DelegationFilter, DelegationRole, ErrorCode, Permission};

use crate::support::{Server, assert_refused, funded, payment};

#[tokio::test]
async fn delegations() {
    let server = Server::start(&["--test-clock", "2026-01-31T09:00:00Z"]);
    let client = server.client("sandboxKey");
    let partner = server.organization();
    let wallet = funded(&client, "Operations", "100.00").await;
    let rights = [Permission::WalletsRead, Permission::PaymentsWrite];
    let every = [Permission::Everything].into_iter().collect();
    let key = CreateKey { permissions: every, ..CreateKey::default() };
    let key = partner.client.api_keys().create(&key).await.unwrap();
    let delegate = server.client_with(key.secret.expect("a new key").reveal());
    assert_refused(delegate.wallets().get(wallet).await, ErrorCode::WalletNotFound);

    let to_key = CreateDelegation {
        wallet_id: Some(wallet.to_string()),
        delegate_api_key_id: Some(key.key.id.to_string()),
        permissions: rights.into_iter().collect(),
        ..CreateDelegation::default()
    };
    let lent = client.delegations().create(&to_key).await.unwrap();
    assert_eq!((lent.wallet_id, lent.delegate_api_key_id), (wallet, Some(key.key.id)));
    assert_eq!(lent.permissions, ["wallets:read", "payments:write"]);
    assert_eq!(delegate.wallets().get(wallet).await.unwrap().id, wallet);
    let sent = delegate.payments().send(&payment(wallet, server.own_wallet(), "10.00")).await;
    sent.unwrap().into_posted().unwrap();
    assert_refused(partner.client.wallets().get(wallet).await, ErrorCode::WalletNotFound);
    let ended = client.delegations().delete(lent.id).await.unwrap();
    assert!(ended.deleted && ended.id == lent.id);
    assert_refused(delegate.wallets().get(wallet).await, ErrorCode::WalletNotFound);

    let to_all = CreateDelegation {
        delegate_api_key_id: None,
        grantee_org_id: Some(partner.id.to_string()),
        expires_at: Some(lent.created_at.plus_seconds(3_600)),
        ..to_key
    };
    let second = client.delegations().create(&to_all).await.unwrap();
    assert_eq!(second.grantee_org_id, Some(partner.id));
    partner.client.wallets().get(wallet).await.unwrap();
    client.sandbox().advance_clock(Duration::from_secs(3_600)).await.unwrap();
    assert_refused(partner.client.wallets().get(wallet).await, ErrorCode::WalletNotFound);
    assert_refused(client.delegations().create(&to_all).await, ErrorCode::ValidationError);

    let filter = DelegationFilter { wallet_id: Some(wallet), role: Some(DelegationRole::Grantor) };
    let granted = client.delegations().list(&filter).limit(1).all().await.unwrap();
    let rows: Vec<_> = granted.iter().map(|it| (it.id, it.status.as_str())).collect();
    assert_eq!(rows, [(second.id, "EXPIRED"), (lent.id, "REVOKED")]);
    let filter = DelegationFilter { role: Some(DelegationRole::Grantee), ..filter };
    assert!(client.delegations().list(&filter).await.unwrap().data.is_empty());
    let received = partner.client.delegations().list(&filter).await.unwrap().data;
    assert_eq!(received.len(), 2);
    let read = partner.client.delegations().get(lent.id).await.unwrap();
    assert_eq!((read.id, read.revoked_at.is_some()), (lent.id, true));
    assert_refused(partner.client.delegations().delete(lent.id).await, ErrorCode::NotFound);
}
