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
        let options = Options { base_url: base_url.to_owned(), ..Options::default() };
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
    let wallet = CreateWallet { name: name.to_owned(), ..CreateWallet::default() };
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
        Error::Api { code: found, status, request_id, details, .. } if found == code => {
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
    assert_eq!(holds[0].reference, waits.payment().id);
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
    let (from, to) = (funded(&client, "From", "100.00").await, id_of(&server));
    let ask = PolicyChange {
        name: Patch::Set("Ask".to_owned()),
        require_human_approval: Patch::Set(true),
        ..PolicyChange::default()
    };
    client.policies().create(from, &ask).await.unwrap();
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
    let (from, to) = (funded(&client, "From", "100.00").await, id_of(&server));
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
    let options = Options { base_url: server.account("url"), ..Options::default() };
    let agent = Client::with_options(secret, options).unwrap();
    assert!(!format!("{agent:?} {:?}", agent.wallets().get(wallet)).contains(secret));
    assert_eq!(agent.wallets().get(wallet).await.unwrap().id, wallet);
    assert_refused(agent.wallets().get(id_of(&server)).await, ErrorCode::WalletNotFound);
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

/// What stands between a client and the server.
#[derive(Clone, Copy)]
enum Fault {
    /// The server answers, and nobody hears it.
    LoseAnswer,
    /// The server is not asked.
    Answer(&'static str),
}

const BUSY: &str =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const LIMITED: &str = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 84\r\nConnection: close\r\n\r\n\
    {\"error\":{\"code\":\"RATE_LIMIT_EXCEEDED\",\"message\":\"m\",\"details\":{\"retryAfter\":3600}}}";

/// A network in front of the server that fails its first requests, one
/// connection a request.
struct Network {
    address: SocketAddr,
    /// The idempotency key of each request, in their order.
    keys: Arc<Mutex<Vec<Option<String>>>>,
}

impl Network {
    fn before(server: &Server, faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let keys = Arc::new(Mutex::new(Vec::new()));
        let upstream = server.account("url").trim_start_matches("http://").to_owned();
        let (seen, faults) = (Arc::clone(&keys), faults.to_vec());
        thread::spawn(move || {
            let mut faults = faults.into_iter();
            for client in listener.incoming() {
                let mut client = client.expect("a connection");
                let request = read_message(&client);
                seen.lock().expect("no test panicked").push(header(&request, "idempotency-key"));
                let answer = match faults.next() {
                    Some(Fault::Answer(text)) => text.as_bytes().to_vec(),
                    Some(Fault::LoseAnswer) => {
                        exchange(&upstream, &request);
                        continue;
                    }
                    None => exchange(&upstream, &request),
                };
                client.write_all(&answer).expect("the client reads");
            }
        });
        Self { address, keys }
    }

    fn client(&self, server: &Server) -> Client {
        server.client_through("sandboxKey", &format!("http://{}/v1/", self.address))
    }

    fn keys(&self) -> Vec<Option<String>> {
        self.keys.lock().expect("no test panicked").clone()
    }
}

fn exchange(upstream: &str, request: &[u8]) -> Vec<u8> {
    let mut server = TcpStream::connect(upstream).expect("the server accepts");
    server.write_all(request).expect("the server reads");
    read_message(&server)
}

/// One request or answer, which says how long it is.
fn read_message(stream: &TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut message = Vec::new();
    while !message.ends_with(b"\r\n\r\n") {
        let read = reader.read_until(b'\n', &mut message);
        assert!(read.expect("a line") > 0, "the message has an end");
    }
    let length = header(&message, "content-length").map_or(0, |it| it.parse().expect("a length"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a whole body");
    message.extend(body);
    message
}

fn header(message: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(message);
    let mut lines = text.split("\r\n").filter_map(|line| line.split_once(": "));
    let found = lines.find(|(it, _)| it.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.to_owned())
}

#[tokio::test]
async fn a_payment_whose_answer_is_lost_is_paid_once() {
    let server = Server::start(&[]);
    let direct = server.client("sandboxKey");
    let (from, to) = (funded(&direct, "From", "100.00").await, id_of(&server));
    let network = Network::before(&server, &[Fault::LoseAnswer, Fault::Answer(BUSY)]);
    let order = payment(from, to, "10.00");
    let sent = network.client(&server).payments().send(&order).await;
    let paid = sent.unwrap().into_posted().unwrap();

    let keys = network.keys();
    assert_eq!(keys.len(), 3, "two repetitions");
    assert!(keys[0].is_some() && keys.iter().all(|it| *it == keys[0]), "{keys:?}");
    assert_eq!(paid.idempotency_key, keys[0]);
    let filter = PaymentFilter { wallet_id: Some(from), ..PaymentFilter::default() };
    let all = direct.payments().list(&filter).all().await.unwrap();
    assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), [paid.id]);
    let balance = direct.wallets().balance(from).await.unwrap();
    assert_eq!(balance.balance, usd("89.75"));
}

#[tokio::test]
async fn a_client_that_gives_up_knows_how_to_go_on() {
    let server = Server::start(&[]);
    let direct = server.client("sandboxKey");
    let (from, to) = (funded(&direct, "From", "100.00").await, id_of(&server));
    let network = Network::before(&server, &[Fault::LoseAnswer; 3]);
    let order = payment(from, to, "10.00");
    let lost = network.client(&server).payments().send(&order).await;
    let lost = lost.expect_err("three attempts are lost");
    assert!(matches!(lost, Error::Transport { .. }), "{lost:?}");
    assert!(!format!("{lost:?} {lost}").contains(&server.account("sandboxKey")));
    let key = lost.idempotency_key().expect("the key it was sent with");
    let again = direct.payments().send(&order).idempotency_key(key).await;
    again.unwrap().into_posted().unwrap();
    let balance = direct.wallets().balance(from).await.unwrap();
    assert_eq!(balance.balance, usd("89.75"));
}

#[tokio::test]
async fn what_would_not_pass_is_not_repeated() {
    let server = Server::start(&[]);
    let network = Network::before(&server, &[Fault::Answer(LIMITED)]);
    let client = network.client(&server);
    assert_eq!(
        client.organizations().me().await.err().and_then(|it| it.code()),
        Some(ErrorCode::RateLimitExceeded)
    );
    let unknown = new_wallet(&server.client("liveKey"), "Live").await.id;
    assert_refused(client.wallets().get(unknown).await, ErrorCode::EnvironmentMismatch);
    assert_eq!(network.keys(), [None, None], "readings have no key");
    let clock = client.sandbox().advance_clock(Duration::from_secs(1)).await;
    assert_refused(clock, ErrorCode::NotFound);
    assert_eq!(network.keys().len(), 3);
}
