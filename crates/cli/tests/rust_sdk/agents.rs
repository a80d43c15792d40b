//! Agents, from their creation to their end.

use wallgent::types::agents::{CreateAgent, CreateFromTemplate};
use wallgent::types::approvals::RejectApproval;
use wallgent::{AgentFilter, Amount, ErrorCode, Permission, Permissions, Sent, WalletStatus};

use crate::support::{Server, ask_always, assert_refused, funded_agent, new_wallet, payment, usd};

const USUAL: [&str; 4] = ["wallets:read", "wallets:write", "payments:read", "payments:write"];

#[tokio::test]
async fn agents() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let agents = client.agents();
    let wanted = CreateAgent {
        name: "Research Bot".to_owned(),
        agent_name: Some("research-bot".to_owned()),
        ..CreateAgent::default()
    };
    let created = agents.create(&wanted).await.unwrap();
    let (id, secret) = (created.agent.id, created.api_key.as_ref().expect("a new key").reveal());
    assert!(!format!("{created:?}").contains(secret));
    assert_eq!(created.agent.permissions, USUAL);
    assert_eq!((created.agent.wallet_id, created.agent.balance), (id, Amount::ZERO));
    let read = agents.get(id).await.unwrap();
    assert_eq!(
        (read.agent_name.as_deref(), read.status.as_str()),
        (Some("research-bot"), "ACTIVE")
    );
    assert!(read.api_key.is_none());

    client.wallets().fund(server.own_wallet(), usd("100.00")).await.unwrap();
    let given = agents.adjust_budget(id, usd("60.00")).await.unwrap();
    assert_eq!((given.id, given.new_balance), (id, usd("60.00")));
    assert_eq!(given.adjustment.get(), "\"60.00\"");
    let taken = agents.adjust_budget(id, usd("10.00").checked_neg().unwrap()).await.unwrap();
    assert_eq!((taken.adjustment.get(), taken.new_balance), ("\"-10.00\"", usd("50.00")));
    let details =
        assert_refused(agents.adjust_budget(id, usd("50.01")).await, ErrorCode::InsufficientFunds);
    assert_eq!(details["walletId"], server.account("sandboxWalletId"));

    let itself = server.client_with(secret);
    let to = new_wallet(&client, "Vendor").await.id;
    let paid = itself.payments().send(&payment(id, to, "10.00")).await.unwrap();
    assert!(matches!(paid, Sent::Posted(_)));
    assert_eq!(agents.get(id).await.unwrap().spent_today, usd("10.00"));
    assert_eq!(agents.pause(id).await.unwrap().status, "FROZEN");
    let stopped = itself.payments().send(&payment(id, to, "10.00")).await;
    assert_refused(stopped, ErrorCode::WalletFrozen);
    let details = assert_refused(itself.agents().resume(id).await, ErrorCode::PermissionDenied);
    assert_eq!(details["ownerOnly"], true);
    assert_eq!(agents.resume(id).await.unwrap().status, "ACTIVE");

    let rotated = agents.rotate_key(id).await.unwrap();
    assert_eq!(Some(rotated.revoked_key_id), created.agent.api_key_id);
    let secret = rotated.api_key.as_ref().expect("a new key").reveal();
    assert!(!format!("{rotated:?}").contains(secret));
    assert_refused(itself.agents().get(id).await, ErrorCode::ApiKeyRevoked);
    let renewed = server.client_with(secret).agents().get(id).await.unwrap();
    assert_eq!(renewed.api_key_id, Some(rotated.api_key_id));
}

#[tokio::test]
async fn the_end_of_an_agent() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let (agent, itself) = funded_agent(&server, "100.00").await;
    let to = new_wallet(&client, "Vendor").await.id;
    itself.payments().send(&payment(agent.id, to, "20.00")).await.unwrap();
    ask_always(&client, agent.id).await;
    let waits = itself.payments().send(&payment(agent.id, to, "30.00")).await.unwrap();
    let approval = waits.payment().approval_id.expect("an approval");

    let deleted = client.agents().delete(agent.id).await.unwrap();
    assert_eq!((deleted.deleted, deleted.swept_amount), (true, usd("79.75")));
    let balance = client.wallets().balance(server.own_wallet()).await.unwrap();
    assert_eq!(balance.balance, usd("79.75"));
    assert_refused(client.agents().get(agent.id).await, ErrorCode::WalletNotFound);
    assert_refused(itself.wallets().get(agent.id).await, ErrorCode::ApiKeyRevoked);
    assert_eq!(client.wallets().get(agent.id).await.unwrap().status, "CLOSED");
    assert_eq!(client.approvals().get(approval).await.unwrap().status, "REJECTED");
    let late = client.approvals().reject(approval, &RejectApproval::default()).await;
    assert_eq!(assert_refused(late, ErrorCode::Conflict)["status"], "REJECTED");
}

#[tokio::test]
async fn agents_of_templates_and_lists_of_agents() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let agents = client.agents();
    let templates = agents.templates().await.unwrap();
    assert!(templates.len() >= 6);
    let mut made = Vec::new();
    for template in &templates {
        let wanted =
            CreateFromTemplate { template_id: template.id.clone(), name: template.name.clone() };
        let created = agents.from_template(&wanted).await.unwrap();
        assert!(created.api_key.is_some());
        assert_eq!(created.agent.permissions, template.permissions);
        assert_eq!(created.agent.template_id.as_ref(), Some(&template.id));
        let policy = created.agent.policy_id.expect("a policy");
        let policy = client.policies().get(policy).await.unwrap();
        assert_eq!((policy.wallet_id, &policy.name), (created.agent.id, &template.policy.name));
        let limit = template.policy.rules.daily_spending_limit;
        assert_eq!(policy.rules.daily_spending_limit, limit);
        made.insert(0, created.agent.id);
    }
    let unknown =
        CreateFromTemplate { template_id: "tmpl_unknown".to_owned(), name: "Nobody".to_owned() };
    assert_refused(agents.from_template(&unknown).await, ErrorCode::NotFound);

    let all = agents.list(&AgentFilter::default()).limit(4).all().await.unwrap();
    assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), made);
    agents.pause(made[2]).await.unwrap();
    for (filter, expected) in [
        (AgentFilter { status: Some(WalletStatus::Frozen), ..AgentFilter::default() }, made[2]),
        (AgentFilter { wallet_id: Some(made[4]), ..AgentFilter::default() }, made[4]),
    ] {
        let found = agents.list(&filter).await.unwrap().data;
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [expected]);
    }
}

#[tokio::test]
async fn an_agent_may_be_given_less_than_usual() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let reader = CreateAgent {
        name: "Reader".to_owned(),
        permissions: [Permission::WalletsRead].into_iter().collect::<Permissions>().into(),
        ..CreateAgent::default()
    };
    let created = client.agents().create(&reader).await.unwrap();
    assert_eq!(created.agent.permissions, ["wallets:read"]);
    let itself = server.client_with(created.api_key.expect("a new key").reveal());
    let sent = itself.payments().send(&payment(created.agent.id, server.own_wallet(), "1.00"));
    let details = assert_refused(sent.await, ErrorCode::PermissionDenied);
    assert_eq!(details["required"], "payments:write");
}
