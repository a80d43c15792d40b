//! API keys, the organization, and the clock of a test server.

use std::time::Duration;

use wallgent::types::keys::{CreateKey, UpdateKey};
use wallgent::types::organizations::UpdateOrganization;
use wallgent::{Environment, ErrorCode, Patch, Permission, Timestamp};

use crate::support::{Server, assert_refused, new_wallet};

#[tokio::test]
async fn api_keys() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let wallet = new_wallet(&client, "Agent").await.id;
    let wanted = CreateKey {
        name: Some("Agent".to_owned()),
        permissions: [Permission::WalletsRead, Permission::PaymentsWrite].into_iter().collect(),
        environment: Some(Environment::Sandbox),
        wallet_scope: Some(vec![wallet.to_string()]),
        allowed_ips: Some(vec!["127.0.0.0/8".to_owned()]),
        expires_at: Timestamp::parse("2999-01-01T00:00:00Z"),
    };
    let created = client.api_keys().create(&wanted).await.unwrap();
    let id = created.key.id;
    assert_eq!(created.key.permissions, ["wallets:read", "payments:write"]);
    let secret = created.secret.as_ref().expect("a new key has a secret").reveal();
    assert!(!format!("{created:?}").contains(secret));
    let agent = server.client_with(secret);
    assert!(!format!("{agent:?} {:?}", agent.wallets().get(wallet)).contains(secret));
    assert_eq!(agent.wallets().get(wallet).await.unwrap().id, wallet);
    assert_refused(agent.wallets().get(server.own_wallet()).await, ErrorCode::WalletNotFound);
    let details = assert_refused(agent.policies().list(wallet).await, ErrorCode::PermissionDenied);
    assert_eq!(details["required"], "policies:read");

    let change = UpdateKey {
        permissions: Patch::Set([Permission::PaymentsRead].into_iter().collect()),
        allowed_ips: Patch::Clear,
        ..UpdateKey::default()
    };
    let narrowed = client.api_keys().update(id, &change).await.unwrap();
    assert_eq!(narrowed.permissions, ["payments:read"]);
    let read = client.api_keys().get(id).await.unwrap();
    assert_eq!((read.name.as_str(), read.allowed_ips), ("Agent", None));
    assert!(read.expires_at.is_some());
    let all = client.api_keys().list().limit(1).all().await.unwrap();
    assert!(all.len() > 1 && all.iter().all(|it| it.secret.is_none()));
    client.api_keys().revoke(id).await.unwrap();
    let refused = agent.wallets().get(wallet).await;
    assert_refused(refused, ErrorCode::ApiKeyRevoked);
}

#[tokio::test]
async fn organizations_and_the_clock() {
    let server = Server::start(&["--test-clock", "2026-01-31T09:00:00Z"]);
    let client = server.client("sandboxKey");
    let change = UpdateOrganization { name: Some("Renamed".to_owned()) };
    let renamed = client.organizations().update(&change).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.ok), ("Renamed", Some(true)));
    let me = client.organizations().me().await.unwrap();
    assert_eq!(
        (me.name.as_str(), me.id.to_string()),
        ("Renamed", server.account("organizationId"))
    );

    let sandbox = client.sandbox();
    let day = Duration::from_secs(24 * 60 * 60);
    let reading = sandbox.advance_clock(day).await.unwrap();
    assert_eq!(reading.now.to_string(), "2026-02-01T09:00:00.000Z");
    let march = Timestamp::parse("2026-03-01T00:00:00Z").unwrap();
    assert_eq!(sandbox.set_clock(march).await.unwrap().now, march);
    let past = sandbox.set_clock(reading.now).await;
    assert_refused(past, ErrorCode::ValidationError);
}
