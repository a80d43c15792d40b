//! A server for each story, and what most of them begin with.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Map, Value};
use tempfile::TempDir;
use wallgent::id::{OrganizationId, WalletId};
use wallgent::types::agents::{Agent, CreateAgent};
use wallgent::types::payments::SendPayment;
use wallgent::types::policies::PolicyChange;
use wallgent::types::wallets::{CreateWallet, Wallet};
use wallgent::{Amount, Client, Error, ErrorCode, Options, Patch};

/// The longest a server may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// `wallgent dev` in a folder of its own, stopped when dropped.
pub(crate) struct Server {
    process: Child,
    folder: TempDir,
    account: Value,
}

impl Server {
    /// Starts it on a free port.
    pub(crate) fn start(flags: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let process = spawn(folder.path(), flags);
        let mut server = Self { process, account: Value::Null, folder };
        server.wait_until_told(None);
        server
    }

    /// Kills it without a warning, and starts it again on the same folder.
    pub(crate) fn kill_and_start(&mut self) {
        let told_before = modified(&self.account_file());
        self.process.kill().expect("SIGKILL was sent");
        self.process.wait().expect("a child to wait for");
        self.process = spawn(self.folder.path(), &[]);
        self.wait_until_told(told_before);
    }

    /// SIGTERM, and waits for the end.
    pub(crate) fn stop(&mut self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        assert!(self.process.wait().expect("a child to wait for").success());
    }

    /// Waits until it has written where it is and which keys there are.
    fn wait_until_told(&mut self, told_before: Option<SystemTime>) {
        let deadline = Instant::now() + START_TIMEOUT;
        self.account = Value::Null;
        while self.account.is_null() {
            let ended = self.process.try_wait().expect("a child to wait for");
            assert!(ended.is_none(), "the server ended while starting");
            assert!(Instant::now() < deadline, "the server did not start");
            thread::sleep(Duration::from_millis(5));
            if modified(&self.account_file()) != told_before {
                self.account = read_json(&self.account_file());
            }
        }
    }

    fn account_file(&self) -> PathBuf {
        self.folder.path().join("dev.json")
    }

    /// Where it listens, without a scheme.
    pub(crate) fn address(&self) -> String {
        self.account("url").trim_start_matches("http://").to_owned()
    }

    /// A client with a key of `dev.json`.
    pub(crate) fn client(&self, key: &str) -> Client {
        self.client_through(key, &self.account("url"))
    }

    /// The same, by way of another address.
    pub(crate) fn client_through(&self, key: &str, base_url: &str) -> Client {
        let options = Options { base_url: base_url.to_owned(), ..Options::default() };
        Client::with_options(&self.account(key), options).expect("a key of the server")
    }

    /// A client with a key that the server made later.
    pub(crate) fn client_with(&self, secret: &str) -> Client {
        let options = Options { base_url: self.account("url"), ..Options::default() };
        Client::with_options(secret, options).expect("a key of the server")
    }

    /// Another organization, founded beside the running server.
    pub(crate) fn organization(&self) -> Organization {
        let store = format!("sqlite:{}", self.folder.path().join("wallgent.db").display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallgent"));
        command.args(["org", "create", "--json", "--name", "Partner", "--email", "p@example.test"]);
        command.args(["--database", &store, "--data"]).arg(self.folder.path());
        let output = command.output().expect("the binary starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let made: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let id = made["organizationId"].as_str().and_then(|it| it.parse().ok());
        let secret = made["sandboxKey"].as_str().expect("a key");
        Organization { id: id.expect("an organization"), client: self.client_with(secret) }
    }

    /// The organization's own wallet.
    pub(crate) fn own_wallet(&self) -> WalletId {
        self.account("sandboxWalletId").parse().expect("a wallet")
    }

    /// A field of `dev.json`.
    pub(crate) fn account(&self, field: &str) -> String {
        self.account[field].as_str().expect("a field").to_owned()
    }
}

/// A further organization on the same server.
pub(crate) struct Organization {
    pub(crate) id: OrganizationId,
    pub(crate) client: Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(folder: &Path, flags: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallgent"));
    command.args(["dev", "--listen", "127.0.0.1:0", "--data"]).arg(folder).args(flags);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("WALLGENT_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.spawn().expect("the binary starts")
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|it| it.modified()).ok()
}

/// Null until the file is there and complete.
fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

pub(crate) fn usd(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub(crate) async fn new_wallet(client: &Client, name: &str) -> Wallet {
    let wallet = CreateWallet { name: name.to_owned(), ..CreateWallet::default() };
    client.wallets().create(&wallet).await.expect("a wallet")
}

pub(crate) async fn funded(client: &Client, name: &str, amount: &str) -> WalletId {
    let id = new_wallet(client, name).await.id;
    client.wallets().fund(id, usd(amount)).await.expect("funds");
    id
}

pub(crate) fn payment(from: WalletId, to: WalletId, amount: &str) -> SendPayment {
    SendPayment {
        from: from.to_string(),
        to: Some(to.to_string()),
        amount: usd(amount),
        ..SendPayment::default()
    }
}

#[track_caller]
pub(crate) fn assert_refused<T>(result: Result<T, Error>, code: ErrorCode) -> Map<String, Value> {
    match result.err().expect("a refusal") {
        Error::Api { code: found, status, request_id, details, .. } if found == code => {
            assert_eq!(status, code.status());
            assert!(request_id.is_some(), "{code:?} has a request ID");
            details
        }
        other => panic!("not {code:?}: {other:?}"),
    }
}

/// A new agent with a budget from the organization's own wallet, and a client
/// with the agent's key.
pub(crate) async fn funded_agent(server: &Server, budget: &str) -> (Agent, Client) {
    let client = server.client("sandboxKey");
    let agent = CreateAgent { name: "Agent".to_owned(), ..CreateAgent::default() };
    let created = client.agents().create(&agent).await.expect("an agent");
    client.wallets().fund(server.own_wallet(), usd(budget)).await.expect("funds");
    client.agents().adjust_budget(created.agent.id, usd(budget)).await.expect("a budget");
    let secret = created.api_key.expect("a new agent has a key");
    (created.agent, server.client_with(secret.reveal()))
}

/// Makes a human agree to everything that a wallet pays.
pub(crate) async fn ask_always(client: &Client, wallet: WalletId) {
    let ask = PolicyChange {
        name: Patch::Set("Ask".to_owned()),
        require_human_approval: Patch::Set(true),
        ..PolicyChange::default()
    };
    client.policies().create(wallet, &ask).await.expect("a policy");
}
