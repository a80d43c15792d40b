//! Approvals: what waits for a human, and how it ends.

use wallgent::types::approvals::RejectApproval;
use wallgent::types::payments::SendPayment;
use wallgent::{ApprovalFilter, ApprovalStatus, ErrorCode};

use crate::support::{Server, ask_always, assert_refused, funded_agent, new_wallet, payment, usd};

#[tokio::test]
async fn approvals() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let approvals = client.approvals();
    let (agent, itself) = funded_agent(&server, "100.00").await;
    ask_always(&client, agent.id).await;
    let to = new_wallet(&client, "Vendor").await.id;
    let mut asked = Vec::new();
    for amount in ["10.00", "20.00", "30.00"] {
        let waits = itself.payments().send(&payment(agent.id, to, amount)).await.unwrap();
        asked.insert(0, waits.payment().approval_id.expect("an approval"));
    }
    let filter = ApprovalFilter { wallet_id: Some(agent.id), status: None };
    let all = approvals.list(&filter).limit(2).all().await.unwrap();
    assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), asked);

    let waiting = approvals.get(asked[0]).await.unwrap();
    assert_eq!((waiting.status.as_str(), waiting.amount), ("PENDING", usd("30.00")));
    assert_eq!(Some(waiting.requested_by), agent.api_key_id);
    assert_eq!(waiting.expires_at, waiting.created_at.plus_seconds(24 * 60 * 60));
    let about = waiting.transaction_details;
    assert_eq!((about.kind.as_str(), about.recipient), ("PAYMENT", to.to_string()));
    assert_eq!(about.recipient_name.as_deref(), Some("Vendor"));

    let approved = approvals.approve(asked[0]).await.unwrap();
    assert_eq!(approved.status, "APPROVED");
    let posted = approved.payment.expect("the payment");
    assert_eq!((posted.id, posted.status.as_str()), (waiting.transaction_id, "POSTED"));
    let why = RejectApproval { reason: Some("Too dear".to_owned()) };
    let rejected = approvals.reject(asked[1], &why).await.unwrap();
    assert_eq!((rejected.status.as_str(), rejected.reason), ("REJECTED", why.reason.clone()));
    let own_doing = itself.approvals().approve(asked[2]).await;
    let details = assert_refused(own_doing, ErrorCode::PermissionDenied);
    assert_eq!(details["required"], "approvals:write");

    for (status, expected) in [
        (ApprovalStatus::Approved, asked[0]),
        (ApprovalStatus::Rejected, asked[1]),
        (ApprovalStatus::Pending, asked[2]),
    ] {
        let filter = ApprovalFilter { status: Some(status), wallet_id: Some(agent.id) };
        let found = approvals.list(&filter).await.unwrap().data;
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [expected], "{status:?}");
    }
    for decided in &asked[..2] {
        assert_refused(approvals.approve(*decided).await, ErrorCode::Conflict);
        assert_refused(approvals.reject(*decided, &why).await, ErrorCode::Conflict);
    }
    let balance = client.wallets().balance(agent.id).await.unwrap();
    assert_eq!((balance.balance, balance.held), (usd("69.75"), usd("10.25")));
}

#[tokio::test]
async fn a_payment_sent_again_tells_how_it_ended() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let (agent, itself) = funded_agent(&server, "100.00").await;
    ask_always(&client, agent.id).await;
    let order = |key: &str| SendPayment {
        idempotency_key: Some(key.to_owned()),
        ..payment(agent.id, server.own_wallet(), "10.00")
    };
    let mut asked = Vec::new();
    for key in ["yes", "no"] {
        let waits = itself.payments().send(&order(key)).await.unwrap();
        assert_refused_as_waiting(waits.clone());
        asked.push(waits.payment().approval_id.expect("an approval"));
    }
    client.approvals().approve(asked[0]).await.unwrap();
    client.approvals().reject(asked[1], &RejectApproval::default()).await.unwrap();
    let posted = itself.payments().send(&order("yes")).await.unwrap().into_posted().unwrap();
    assert_eq!(posted.approval_id, Some(asked[0]));
    let ended = itself.payments().send(&order("no")).await;
    let details = assert_refused(ended, ErrorCode::PolicyDenied);
    assert_eq!(details["approvalId"], asked[1].to_string());
    assert_eq!(details["approvalStatus"], "REJECTED");
}

fn assert_refused_as_waiting(sent: wallgent::Sent) {
    let error = sent.into_posted().expect_err("it waits");
    assert_eq!(error.code(), Some(ErrorCode::ApprovalRequired));
}
