//! The audit log: who did what.

use std::time::Duration;

use wallgent::types::wallets::ChangeStatus;
use wallgent::{AuditFilter, ErrorCode};

use crate::support::{Server, assert_refused, funded_agent, new_wallet};

#[tokio::test]
async fn audit_logs() {
    let server = Server::start(&["--test-clock", "2026-01-31T09:00:00Z"]);
    let client = server.client("sandboxKey");
    let wallet = new_wallet(&client, "Audited").await;
    let later = client.sandbox().advance_clock(Duration::from_secs(60)).await.unwrap().now;
    client.wallets().freeze(wallet.id, &ChangeStatus::default()).await.unwrap();

    let about = AuditFilter { resource: Some(wallet.id.to_string()), ..AuditFilter::default() };
    let entries = client.audit_logs().list(&about).limit(1).all().await.unwrap();
    let actions: Vec<_> = entries.iter().map(|it| it.action.as_str()).collect();
    assert_eq!(actions, ["wallet.frozen", "wallet.created"]);
    let created = &entries[1];
    assert_eq!((created.actor_type.as_str(), created.resource.as_str()), ("API_KEY", "wallet"));
    assert_eq!(created.resource_id, wallet.id.to_string());
    assert_eq!(
        (created.created_at, &created.metadata["name"]),
        (wallet.created_at, &"Audited".into())
    );
    assert!(created.request_id.is_some());

    for (filter, expected) in [
        (AuditFilter { from: Some(later), ..about.clone() }, "wallet.frozen"),
        (AuditFilter { to: Some(later.plus_seconds(-1)), ..about.clone() }, "wallet.created"),
        (
            AuditFilter { action: Some("wallet.frozen".to_owned()), ..about.clone() },
            "wallet.frozen",
        ),
    ] {
        let found = client.audit_logs().list(&filter).await.unwrap().data;
        assert_eq!(found.iter().map(|it| it.action.as_str()).collect::<Vec<_>>(), [expected]);
    }
    let by = AuditFilter { actor_id: created.actor_id.clone(), ..about };
    assert_eq!(client.audit_logs().list(&by).await.unwrap().data.len(), 2);

    let (agent, itself) = funded_agent(&server, "1.00").await;
    let own = AuditFilter {
        actor_id: agent.api_key_id.map(|it| it.to_string()),
        ..AuditFilter::default()
    };
    assert!(client.audit_logs().list(&own).await.unwrap().data.is_empty());
    itself.agents().pause(agent.id).await.unwrap();
    let paused = client.audit_logs().list(&own).all().await.unwrap();
    assert!(paused.iter().any(|it| it.action == "agent.paused"));
    let details = assert_refused(itself.audit_logs().list(&own).await, ErrorCode::PermissionDenied);
    assert_eq!(details["required"], "audit:read");
}
