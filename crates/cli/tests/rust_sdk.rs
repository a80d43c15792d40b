//! The Rust SDK against the real binary: every method once, as stories, and what
//! a client does when the network fails it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tempfile::TempDir;
use wallgent::id::WalletId;
use wallgent::types::keys::{CreateKey, UpdateKey};
use wallgent::types::organizations::UpdateOrganization;
use wallgent::types::payments::{BatchMode, ReversePayment, SendBatch, SendPayment};
use wallgent::types::policies::{CheckPolicies, PolicyChange};
use wallgent::types::wallets::{ChangeStatus, CreateWallet, UpdateWallet, Wallet};
use wallgent::{
    Amount, Batch, Client, Decision, Environment, Error, ErrorCode, EvaluationFilter, HoldFilter,
    HoldStatus, Options, Patch, PaymentFilter, PaymentStatus, Permission, Schedule, Sent,
    Timestamp, WalletFilter, WalletStatus, WalletType, Weekday,
};

/// The longest a server may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// `wallgent dev` in a folder of its own, stopped when dropped.
struct Server {
    process: Child,
    folder: TempDir,
    account: Value,
}

impl Server {
    fn start(flags: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallgent"));
        command.args(["dev", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(folder.path()).args(flags);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("WALLGENT_")) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut server = Self {
            process: command.spawn().expect("the binary starts"),
            account: Value::Null,
            folder,
        };
        let deadline = Instant::now() + START_TIMEOUT;
        while server.account.is_null() {
            let ended = server.process.try_wait().expect("a child to wait for");
            assert!(ended.is_none(), "the server ended while starting");
            assert!(Instant::now() < deadline, "the server did not start");
            thread::sleep(Duration::from_millis(5));
            server.account = read_json(&server.folder.path().join("dev.json"));
        }
        server
    }

    fn client(&self, key: &str) -> Client {
        self.client_through(key, &self.account("url"))
    }

    fn client_through(&self, key: &str, base_url: &str) -> Client {
        let options = Options {
            base_url: base_url.to_owned(),
            ..Options::default()
        };
        Client::with_options(&self.account(key), options).expect("a key of the server")
    }

    /// A field of `dev.json`.
    fn account(&self, field: &str) -> String {
        self.account[field].as_str().expect("a field").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Null until the file is there and complete.
fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn usd(text: &str) -> Amount {
    text.parse().expect("an amount")
}

async fn new_wallet(client: &Client, name: &str) -> Wallet {
    let wallet = CreateWallet {
        name: name.to_owned(),
        ..CreateWallet::default()
    };
    client.wallets().create(&wallet).await.expect("a wallet")
}

async fn funded(client: &Client, name: &str, amount: &str) -> WalletId {
    let id = new_wallet(client, name).await.id;
    client.wallets().fund(id, usd(amount)).await.expect("funds");
    id
}

fn payment(from: WalletId, to: WalletId, amount: &str) -> SendPayment {
    SendPayment {
        from: from.to_string(),
        to: Some(to.to_string()),
        amount: usd(amount),
        ..SendPayment::default()
    }
}

#[track_caller]
fn assert_refused<T>(result: Result<T, Error>, code: ErrorCode) -> Map<String, Value> {
    match result.err().expect("a refusal") {
        Error::Api {
            code: found,
            status,
            request_id,
            details,
            ..
        } if found == code => {
            assert_eq!(status, code.status());
            assert!(request_id.is_some(), "{code:?} has a request ID");
            details
        }
        other => panic!("not {code:?}: {other:?}"),
    }
}

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
    let change = UpdateWallet {
        agent_name: Patch::Clear,
        ..UpdateWallet::default()
    };
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

    let why = ChangeStatus {
        reason: Some("audit".to_owned()),
    };
    let frozen = client.wallets().freeze(id, &why).await.unwrap();
    assert_eq!(frozen.status, "FROZEN");
    let filter = WalletFilter {
        status: Some(WalletStatus::Frozen),
        wallet_type: Some(WalletType::Standard),
    };
    let page = client.wallets().list(&filter).await.unwrap();
    assert_eq!(page.data.iter().map(|it| it.id).collect::<Vec<_>>(), [id]);
    let sent = client.payments().send(&payment(id, id_of(&server), "1.00")).await;
    assert_refused(sent, ErrorCode::WalletFrozen);
    let active = client.wallets().unfreeze(id, &ChangeStatus::default()).await;
    assert_eq!(active.unwrap().status, "ACTIVE");
    assert_refused(client.wallets().close(id, &why).await, ErrorCode::Conflict);
    let empty = new_wallet(&client, "Empty").await.id;
    let closed = client.wallets().close(empty, &why).await.unwrap();
    assert_eq!(closed.status, "CLOSED");
}

/// The organization's own wallet.
fn id_of(server: &Server) -> WalletId {
    server.account("sandboxWalletId").parse().expect("a wallet")
}

#[tokio::test]
async fn lists() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let mut made = vec![id_of(&server)];
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

#[tokio::test]
async fn policies() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let policies = client.policies();
    let (from, to) = (funded(&client, "From", "500.00").await, id_of(&server));
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
    assert_eq!((hours.timezone.as_str(), hours.days.map(|it| it.len())), ("America/New_York", Some(7)));
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

    for (amount, decision) in [("50.00", "ALLOW"), ("50.01", "REQUIRE_APPROVAL"), ("100.01", "DENY")] {
        let question = CheckPolicies {
            to: to.to_string(),
            amount: usd(amount),
        };
        let answer = policies.check(from, &question).await.unwrap();
        assert_eq!(answer.decision, decision, "{amount}");
    }
    let denied = client.payments().send(&payment(from, to, "100.01")).await;
    let details = assert_refused(denied, ErrorCode::PolicyDenied);
    assert_eq!(details["violations"][0]["rule"], "maxTransactionAmount");
    let filter = EvaluationFilter {
        result: Some(Decision::Deny),
    };
    let recorded = client.wallets().policy_evaluations(from, &filter).await;
    assert_eq!(recorded.unwrap().data[0].amount, usd("100.01"));
    let limits = client.wallets().limits(from).await.unwrap();
    assert!(limits.iter().any(|it| it.rule == "dailySpendingLimit" && it.remaining == "150.00"));

    let waits = client.payments().send(&payment(from, to, "60.00")).await.unwrap();
    let filter = HoldFilter {
        status: Some(HoldStatus::Pending),
    };
    let holds = client.wallets().holds(from, &filter).await.unwrap();
    assert_eq!(holds[0].reference, waits.payment().id);
    assert_eq!(holds[0].amount, usd("60.30"));

    policies.delete(policy.id).await.unwrap();
    assert_refused(policies.get(policy.id).await, ErrorCode::PolicyNotFound);
}
