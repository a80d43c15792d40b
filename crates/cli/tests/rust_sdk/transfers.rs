//! Transfers: in, out, inside, called back, and what a human has to agree to.

use std::time::Duration;

use serde_json::json;
use wallgent::id::{BankAccountId, TransferId, WalletId};
use wallgent::types::approvals::RejectApproval;
use wallgent::types::policies::PolicyChange;
use wallgent::types::transfers::{
    DriveTransfer, MoveInternally, PartyDetails, RequestDeposit, RequestWithdrawal, Transfer,
};
use wallgent::{
    AccountNumber, Cancellation, Client, Direction, Error, ErrorCode, Patch, Sent, TransferFilter,
    TransferStatus,
};

use crate::bank_accounts::{ROUTING, linked};
use crate::support::{Server, ask_always, assert_refused, funded, funded_agent, new_wallet, usd};

/// Time stands still, so that nothing completes by itself.
const STILL: &[&str] = &["--test-clock"];
/// An account number at which nothing goes wrong.
const ACCOUNT: &str = "000123456789";
/// One whose bank is never heard of again.
const SILENT: &str = "990000000010";

fn deposit(to: WalletId, amount: &str, from: BankAccountId) -> RequestDeposit {
    RequestDeposit {
        wallet_id: to.to_string(),
        amount: usd(amount),
        bank_account_id: Some(from.to_string()),
        ..RequestDeposit::default()
    }
}

fn withdrawal(from: WalletId, amount: &str, to: BankAccountId) -> RequestWithdrawal {
    RequestWithdrawal {
        wallet_id: from.to_string(),
        amount: usd(amount),
        bank_account_id: Some(to.to_string()),
        ..RequestWithdrawal::default()
    }
}

fn inside(from: WalletId, to: WalletId, amount: &str) -> MoveInternally {
    MoveInternally {
        from_wallet_id: from.to_string(),
        to_wallet_id: to.to_string(),
        amount: usd(amount),
        ..MoveInternally::default()
    }
}

fn because(reason: &str) -> DriveTransfer {
    DriveTransfer { reason: Some(reason.to_owned()) }
}

/// A withdrawal that is on its way.
async fn withdrawn(client: &Client, from: WalletId, amount: &str, to: BankAccountId) -> Transfer {
    let sent = client.transfers().withdraw(&withdrawal(from, amount, to)).await;
    sent.expect("a withdrawal").into_posted().expect("no human is asked")
}

async fn listed(client: &Client, filter: &TransferFilter) -> Vec<TransferId> {
    let found = client.transfers().list(filter).limit(2).all().await.expect("a list");
    found.iter().map(|it| it.id).collect()
}

#[tokio::test]
async fn deposits() {
    let server = Server::start(STILL);
    let client = server.client("sandboxKey");
    let (wallet, bank) = (new_wallet(&client, "Till").await.id, linked(&client, ACCOUNT).await);
    let order = RequestDeposit {
        description: Some("Top-up".to_owned()),
        idempotency_key: Some("top-up-7".to_owned()),
        ..deposit(wallet, "100.00", bank)
    };
    let asked = client.transfers().deposit(&order).await.unwrap();
    assert_eq!(client.transfers().deposit(&order).await.unwrap().id, asked.id);
    assert_eq!((asked.status.as_str(), asked.direction.as_str()), ("PENDING", "DEPOSIT"));
    assert_eq!((asked.rail.as_str(), asked.fee), ("ACH", usd("0.50")));
    assert_eq!(asked.source.as_ref().and_then(|it| it.bank_account_id), Some(bank));
    let balance = client.wallets().balance(wallet).await.unwrap();
    assert_eq!((balance.balance, balance.pending), (usd("0.00"), usd("100.00")));

    let nothing = DriveTransfer::default();
    let settled = client.sandbox().settle_transfer(asked.id, &nothing).await.unwrap();
    assert_eq!(settled.status, "COMPLETED");
    assert!(settled.completed_at.is_some() && settled.settle_txn_id.is_some());
    assert_eq!(client.wallets().get(wallet).await.unwrap().balance, usd("99.50"));
    let why = because("R01");
    let returned = client.sandbox().return_transfer(asked.id, &why).await.unwrap();
    assert_eq!((returned.status.as_str(), returned.failure_reason), ("RETURNED", why.reason));
    assert_eq!(client.wallets().get(wallet).await.unwrap().balance, usd("0.00"));
    let late = client.sandbox().settle_transfer(asked.id, &nothing).await;
    assert_eq!(assert_refused(late, ErrorCode::Conflict)["status"], "RETURNED");

    let failing = client.transfers().deposit(&deposit(wallet, "25.00", bank)).await.unwrap();
    let failed = client.sandbox().fail_transfer(failing.id, &because("No funds")).await.unwrap();
    assert_eq!(
        (failed.status.as_str(), failed.failure_reason.as_deref()),
        ("FAILED", Some("No funds"))
    );
    let little = client.transfers().deposit(&deposit(wallet, "24.99", bank)).await;
    assert_eq!(assert_refused(little, ErrorCode::InvalidAmount)["minimum"], "25.00");
    let live = server.client("liveKey").sandbox().settle_transfer(asked.id, &nothing).await;
    assert_refused(live, ErrorCode::SandboxOnly);
}

#[tokio::test]
async fn withdrawals() {
    let server = Server::start(STILL);
    let client = server.client("sandboxKey");
    let from = funded(&client, "Till", "500.00").await;
    let wire = PartyDetails {
        kind: "WIRE".to_owned(),
        routing_number: Some(ROUTING.to_owned()),
        account_number: AccountNumber::parse(ACCOUNT),
        account_holder_name: Some("Data Vendor".to_owned()),
        ..PartyDetails::default()
    };
    let order = RequestWithdrawal {
        wallet_id: from.to_string(),
        amount: usd("100.00"),
        destination: Some(wire),
        idempotency_key: Some("vendor-1".to_owned()),
        ..RequestWithdrawal::default()
    };
    assert!(!format!("{order:?}").contains(ACCOUNT));
    let sent = client.transfers().withdraw(&order).await.unwrap().into_posted().unwrap();
    assert_eq!((sent.status.as_str(), sent.rail.as_str()), ("PENDING", "WIRE"));
    let shown = sent.destination.expect("a destination").account_number;
    assert_eq!(shown.as_deref(), Some("****6789"));
    assert_eq!(client.wallets().get(from).await.unwrap().balance, usd("399.50"));
    client.sandbox().advance_clock(Duration::from_secs(3)).await.unwrap();
    assert_eq!(client.transfers().get(sent.id).await.unwrap().status, "COMPLETED");
    let again = client.transfers().withdraw(&order).await.unwrap();
    assert_eq!((again.transfer().id, again.transfer().status.as_str()), (sent.id, "PENDING"));

    let coins = PartyDetails {
        kind: "USDC".to_owned(),
        address: Some("0xabc".to_owned()),
        ..PartyDetails::default()
    };
    let order = RequestWithdrawal {
        currency: Some("USDC".to_owned()),
        destination: Some(coins),
        ..RequestWithdrawal { idempotency_key: None, ..order }
    };
    let sent = client.transfers().withdraw(&order).await.unwrap();
    assert_eq!(
        (sent.transfer().rail.as_str(), sent.transfer().currency.as_str()),
        ("USDC", "USDC")
    );
    let bank = linked(&client, ACCOUNT).await;
    let much = client.transfers().withdraw(&withdrawal(from, "1000.00", bank)).await;
    assert_eq!(assert_refused(much, ErrorCode::InsufficientFunds)["requested"], "1000.00");
    let (agent, itself) = funded_agent(&server, "100.00").await;
    let own_doing = itself.transfers().withdraw(&withdrawal(agent.id, "1.00", bank)).await;
    assert_eq!(assert_refused(own_doing, ErrorCode::PermissionDenied)["ownerOnly"], true);
    let allowed = PolicyChange {
        name: Patch::Set("Payroll".to_owned()),
        approved_recipients: Patch::Set(vec![bank.to_string()]),
        ..PolicyChange::default()
    };
    client.policies().create(agent.id, &allowed).await.unwrap();
    assert_eq!(withdrawn(&itself, agent.id, "1.00", bank).await.bank_account_id, Some(bank));
}

#[tokio::test]
async fn transfers_inside_the_organization() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let (from, to) = (funded(&client, "From", "500.00").await, server.own_wallet());
    let order = MoveInternally {
        description: Some("To savings".to_owned()),
        idempotency_key: Some("savings-1".to_owned()),
        ..inside(from, to, "250.00")
    };
    let moved = client.transfers().internal(&order).await.unwrap().into_posted().unwrap();
    assert_eq!((moved.status.as_str(), moved.amount), ("COMPLETED", usd("250.00")));
    assert_eq!((moved.from_wallet_id, moved.to_wallet_id), (from, to));
    let again = client.transfers().internal(&order).await.unwrap();
    assert_eq!(again.transfer().id, moved.id);
    assert_eq!(client.wallets().get(from).await.unwrap().balance, usd("250.00"), "free of charge");
    let read = client.transfers().get(moved.id).await.unwrap();
    assert_eq!((read.rail.as_str(), read.transaction_id), ("INTERNAL", Some(moved.transaction_id)));
    let much = client.transfers().internal(&inside(from, to, "250.01")).await;
    assert_refused(much, ErrorCode::InsufficientFunds);
}

#[tokio::test]
async fn transfers_are_listed() {
    let server = Server::start(STILL);
    let client = server.client("sandboxKey");
    let (wallet, bank) = (funded(&client, "Till", "500.00").await, linked(&client, ACCOUNT).await);
    let to = new_wallet(&client, "To").await.id;
    let keyed =
        RequestDeposit { idempotency_key: Some("in".to_owned()), ..deposit(wallet, "30.00", bank) };
    let into = client.transfers().deposit(&keyed).await.unwrap().id;
    let out = withdrawn(&client, wallet, "10.00", bank).await.id;
    let moved = client.transfers().internal(&inside(wallet, to, "1.00")).await.unwrap();
    let moved = moved.transfer().id;
    let all = TransferFilter::default();
    assert_eq!(listed(&client, &all).await, [moved, out, into]);
    let direction = |direction| TransferFilter { direction: Some(direction), ..all.clone() };
    for (filter, expected) in [
        (direction(Direction::Deposit), into),
        (direction(Direction::Withdrawal), out),
        (direction(Direction::Internal), moved),
        (TransferFilter { wallet_id: Some(to), ..all.clone() }, moved),
        (TransferFilter { status: Some(TransferStatus::Completed), ..all.clone() }, moved),
        (TransferFilter { idempotency_key: Some("in".to_owned()), ..all.clone() }, into),
    ] {
        assert_eq!(listed(&client, &filter).await, [expected], "{filter:?}");
    }
    let partner = server.organization().client;
    assert_refused(partner.transfers().get(into).await, ErrorCode::TransferNotFound);
}

#[tokio::test]
async fn transfers_are_called_back() {
    let server = Server::start(STILL);
    let client = server.client("sandboxKey");
    let from = funded(&client, "Till", "100.00").await;
    let (bank, silent) = (linked(&client, ACCOUNT).await, linked(&client, SILENT).await);
    let early = withdrawn(&client, from, "20.00", bank).await.id;
    let call = client.transfers().cancel(early).idempotency_key("cancel-1");
    let done = call.await.unwrap();
    assert!(matches!(&done, Cancellation::Done(it) if it.status == "CANCELLED"), "{done:?}");
    let again = client.transfers().cancel(early).idempotency_key("cancel-1").await.unwrap();
    assert_eq!(again.transfer().status, "CANCELLED");
    let late = client.transfers().cancel(early).await;
    assert_eq!(assert_refused(late, ErrorCode::Conflict)["status"], "CANCELLED");
    assert_eq!(client.wallets().get(from).await.unwrap().balance, usd("100.00"));

    let lost = withdrawn(&client, from, "20.00", silent).await.id;
    client.sandbox().advance_clock(Duration::from_secs(1)).await.unwrap();
    let asked = client.transfers().cancel(lost).await.unwrap();
    assert!(matches!(&asked, Cancellation::Asked(it) if it.status == "PROCESSING"), "{asked:?}");
    client.sandbox().fail_transfer(lost, &DriveTransfer::default()).await.unwrap();
    assert_eq!(client.wallets().get(from).await.unwrap().balance, usd("100.00"));
}

#[tokio::test]
async fn transfers_that_wait_for_a_human() {
    let server = Server::start(STILL);
    let client = server.client("sandboxKey");
    let (from, bank) = (funded(&client, "From", "100.00").await, linked(&client, ACCOUNT).await);
    ask_always(&client, from).await;
    let out = RequestWithdrawal {
        idempotency_key: Some("out".to_owned()),
        ..withdrawal(from, "10.00", bank)
    };
    let sent = client.transfers().withdraw(&out).await.unwrap();
    let Sent::PendingApproval(leaving) = &sent else { panic!("it waits: {sent:?}") };
    assert_eq!((leaving.status.as_str(), leaving.ledger_txn_id), ("PENDING_APPROVAL", None));
    assert_eq!(leaving.to, Some(bank.to_string()));
    let (leaving, to) = (leaving.clone(), server.own_wallet());
    assert_required(&sent.into_posted().expect_err("it is not posted"));
    let sent = client.transfers().internal(&inside(from, to, "20.00")).await.unwrap();
    let Sent::PendingApproval(moving) = sent.clone() else { panic!("it waits: {sent:?}") };
    assert_required(&sent.into_posted().expect_err("it is not posted"));
    let balance = client.wallets().balance(from).await.unwrap();
    assert_eq!((balance.held, balance.available), (usd("30.25"), usd("69.75")));

    let approved = client.approvals().approve(leaving.approval_id.unwrap()).await.unwrap();
    assert_eq!(approved.transfer_id, Some(leaving.id));
    assert_eq!(approved.transfer.map(|it| it.status).as_deref(), Some("PENDING"));
    let again = client.transfers().withdraw(&out).await.unwrap().into_posted().unwrap();
    assert_eq!(again.approval_id, leaving.approval_id);
    let why = RejectApproval { reason: Some("Not today".to_owned()) };
    client.approvals().reject(moving.approval_id.unwrap(), &why).await.unwrap();
    let rejected = client.transfers().get(moving.id).await.unwrap();
    assert_eq!((rejected.status.as_str(), rejected.failure_reason), ("REJECTED", why.reason));
    assert_eq!(client.wallets().get(from).await.unwrap().available, usd("89.75"));
}

#[track_caller]
fn assert_required(error: &Error) {
    let Error::Api { code, status, details, .. } = error else { panic!("{error:?}") };
    assert_eq!((*code, *status), (ErrorCode::ApprovalRequired, 202));
    assert!(details["approvalId"].is_string() && details["expiresAt"] != json!(null));
}
