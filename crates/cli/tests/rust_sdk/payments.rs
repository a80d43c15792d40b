//! Payments, the policies that judge them, and batches.

use wallgent::types::payments::{BatchMode, ReversePayment, SendBatch, SendPayment};
use wallgent::types::policies::{CheckPolicies, PolicyChange};
use wallgent::{
    Batch, Decision, Error, ErrorCode, EvaluationFilter, HoldFilter, HoldStatus, Patch,
    PaymentFilter, PaymentStatus, Schedule, Sent, Weekday,
};

use crate::support::{Server, ask_always, assert_refused, funded, new_wallet, payment, usd};

#[tokio::test]
async fn policies() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let policies = client.policies();
    let (from, to) = (funded(&client, "From", "500.00").await, server.own_wallet());
    let always = Schedule::new("00:00", "23:59", "America/New_York", Some(Weekday::ALL.into()));
    let guard = PolicyChange {
        name: Patch::Set("Guard".to_owned()),
        max_transaction_amount: Patch::Set(usd("100.00")),
        daily_spending_limit: Patch::Set(usd("150.00")),
        blocked_recipients: Patch::Set(vec!["nobody".to_owned()]),
        time_restrictions: Patch::Set(always.unwrap()),
        ..PolicyChange::default()
    };
    let policy = policies.create(from, &guard).await.unwrap();
    let hours = policy.rules.time_restrictions.expect("restrictions");
    assert_eq!(
        (hours.timezone.as_str(), hours.days.map(|it| it.len())),
        ("America/New_York", Some(7))
    );
    let change = PolicyChange {
        time_restrictions: Patch::Clear,
        approval_threshold: Patch::Set(usd("50.00")),
        ..PolicyChange::default()
    };
    policies.update(policy.id, &change).await.unwrap();
    let read = policies.get(policy.id).await.unwrap();
    assert!(read.rules.time_restrictions.is_none());
    assert_eq!(read.rules.daily_spending_limit, Some(usd("150.00")));
    assert_eq!(policies.list(from).await.unwrap().len(), 1);

    for (amount, decision) in
        [("50.00", "ALLOW"), ("50.01", "REQUIRE_APPROVAL"), ("100.01", "DENY")]
    {
        let question = CheckPolicies { to: to.to_string(), amount: usd(amount) };
        let answer = policies.check(from, &question).await.unwrap();
        assert_eq!(answer.decision, decision, "{amount}");
    }
    let denied = client.payments().send(&payment(from, to, "100.01")).await;
    let details = assert_refused(denied, ErrorCode::PolicyDenied);
    assert_eq!(details["violations"][0]["rule"], "maxTransactionAmount");
    let filter = EvaluationFilter { result: Some(Decision::Deny) };
    let recorded = client.wallets().policy_evaluations(from, &filter).await;
    assert_eq!(recorded.unwrap().data[0].amount, usd("100.01"));
    let limits = client.wallets().limits(from).await.unwrap();
    assert!(limits.iter().any(|it| it.rule == "dailySpendingLimit" && it.remaining == "150.00"));

    let waits = client.payments().send(&payment(from, to, "60.00")).await.unwrap();
    let filter = HoldFilter { status: Some(HoldStatus::Pending) };
    let holds = client.wallets().holds(from, &filter).await.unwrap();
    assert_eq!(holds[0].reference, waits.payment().id.to_string());
    assert_eq!(holds[0].amount, usd("60.30"));

    policies.delete(policy.id).await.unwrap();
    assert_refused(policies.get(policy.id).await, ErrorCode::PolicyNotFound);
}

#[tokio::test]
async fn payments() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let payments = client.payments();
    let from = funded(&client, "From", "500.00").await;
    let to = new_wallet(&client, "To").await.id;
    let order = SendPayment {
        description: Some("Search results".to_owned()),
        idempotency_key: Some("order-42".to_owned()),
        ..payment(from, to, "50.00")
    };
    let paid = payments.send(&order).await.unwrap().into_posted().unwrap();
    assert_eq!((paid.fee, paid.balance_after), (Some(usd("0.25")), Some(usd("449.75"))));
    let again = payments.send(&order).idempotency_key("order-42").await;
    assert_eq!(again.unwrap().payment().id, paid.id);
    let other = SendPayment { amount: usd("51.00"), ..order.clone() };
    assert_refused(payments.send(&other).await, ErrorCode::IdempotencyKeyReuse);
    let details = assert_refused(
        payments.send(&payment(from, to, "1000.00")).await,
        ErrorCode::InsufficientFunds,
    );
    assert_eq!(details["requested"], "1000.00");

    assert_eq!(payments.get(paid.id).await.unwrap().status, "POSTED");
    let filter = PaymentFilter {
        wallet_id: Some(to),
        status: Some(PaymentStatus::Posted),
        idempotency_key: Some("order-42".to_owned()),
        created_after: Some(paid.created_at),
        created_before: Some(paid.created_at.plus_seconds(1)),
    };
    let found = payments.list(&filter).await.unwrap().data;
    assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [paid.id]);
    let part = ReversePayment { reason: Some("half of it".to_owned()), amount: Some(usd("25.00")) };
    let reversed = payments.reverse(paid.id, &part).await.unwrap();
    assert_eq!(reversed.status, "PARTIALLY_REVERSED");
    assert!(reversed.reversal_id.is_some());
}

#[tokio::test]
async fn payments_that_wait_for_a_human() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let (from, to) = (funded(&client, "From", "100.00").await, server.own_wallet());
    ask_always(&client, from).await;
    let sent = client.payments().send(&payment(from, to, "10.00")).await.unwrap();
    let Sent::PendingApproval(waiting) = &sent else {
        panic!("it waits: {sent:?}");
    };
    assert_eq!(waiting.status, "PENDING_APPROVAL");
    assert!(waiting.approval_id.is_some());
    let Err(Error::Api { code, status, details, .. }) = sent.into_posted() else {
        panic!("it is not posted");
    };
    assert_eq!((code, status), (ErrorCode::ApprovalRequired, 202));
    assert!(details["expiresAt"].is_string());
}

#[tokio::test]
async fn batches() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let (from, to) = (funded(&client, "From", "100.00").await, server.own_wallet());
    let batch = |mode, amounts: &[&str]| SendBatch {
        payments: amounts.iter().map(|it| payment(from, to, it)).collect(),
        mode,
    };
    let small = batch(BatchMode::Atomic, &["1.00", "2.00"]);
    for _ in 0..2 {
        let call = client.payments().batch(&small).idempotency_key("batch-1");
        let done = call.await.unwrap();
        assert!(matches!(done, Batch::Complete(_)));
        assert_eq!(done.result().summary.succeeded, 2);
    }
    let balance = client.wallets().balance(from).await.unwrap();
    assert_eq!(balance.balance, usd("96.50"));

    for (mode, succeeded, reversed) in [(BatchMode::Atomic, 0, 1), (BatchMode::Independent, 1, 0)] {
        let large = batch(mode, &["1.00", "5000.00"]);
        let partial = client.payments().batch(&large).await.unwrap();
        assert!(matches!(partial, Batch::Partial(_)));
        let summary = partial.result().summary;
        assert_eq!((summary.succeeded, summary.reversed, summary.failed), (succeeded, reversed, 1));
        let failures: Vec<_> = partial.failures().collect();
        let [(1, Error::Api { code, status, .. })] = failures.as_slice() else {
            panic!("the second fails: {failures:?}");
        };
        assert_eq!((*code, *status), (ErrorCode::InsufficientFunds, 402));
    }
}
