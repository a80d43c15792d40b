//! What is sealed in a store, the keys it is sealed with, and replacing them.

use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answer::Answer;
use super::api::Api;
use super::banking::{ACCOUNT, account, link_request};
use super::receiver::{Receiver, signatures};
use super::server::Server;
use super::store::Store;
use super::story::id;

pub(crate) const ROTATE: [&str; 3] = ["keys", "rotate-encryption", "--json"];
pub(crate) const CHECK: [&str; 4] = ["keys", "rotate-encryption", "--check", "--json"];

/// One secret of each kind, as it was told when it was sealed.
pub(crate) struct Secrets {
    key: Answer,
    receiver: Receiver,
    webhook: String,
    webhook_secrets: [String; 2],
    wallet: String,
    card: String,
    card_details: Value,
    withdrawal: Answer,
    link: Answer,
    production_link: Answer,
}

/// The request of a key with a secret.
fn key_request() -> Value {
    json!({ "name": "Sealed", "permissions": ["wallets:read"] })
}

impl Secrets {
    /// Seals one of each on a server whose clock stands.
    #[track_caller]
    pub(crate) fn seal(server: &Server) -> Self {
        let owner = server.owner();
        let receiver = Receiver::start();
        let (webhook, old) = owner.webhook(&receiver, &["wallet.funded"]);
        let rotated = owner.act(&format!("/webhooks/{webhook}/rotate-secret")).ok();
        let new = rotated["secret"].as_str().expect("a secret").to_owned();
        let wallet = owner.funded(500);
        receiver.wait_for(1);
        let card = owner.card(&wallet);
        let live = server.live();
        Self {
            key: owner.once("key").post("/api-keys", &key_request()).expect(201),
            receiver,
            webhook,
            webhook_secrets: [new, old],
            card_details: owner.get(&format!("/cards/{card}/details")).ok(),
            card,
            withdrawal: owner
                .once("out")
                .withdraw(&wallet, "50.00", &account("ACH", ACCOUNT))
                .expect(202),
            link: owner.once("link").post("/bank-accounts", &link_request(ACCOUNT)).expect(201),
            production_link: live
                .once("link")
                .post("/bank-accounts", &link_request(ACCOUNT))
                .expect(201),
            wallet,
        }
    }

    /// All of them are what they were, and retries are recognized.
    #[track_caller]
    pub(crate) fn assert_whole(&self, server: &Server) {
        let owner = server.owner();
        owner.once("key").post("/api-keys", &key_request()).assert_replay_of(&self.key);
        let details = owner.get(&format!("/cards/{}/details", self.card)).ok();
        assert_eq!(details, self.card_details);
        let bank = account("ACH", ACCOUNT);
        let retried = owner.once("out").withdraw(&self.wallet, "50.00", &bank);
        retried.assert_replay_of(&self.withdrawal);
        let other = account("ACH", "999123456789");
        let reused = owner.once("out").withdraw(&self.wallet, "50.00", &other);
        reused.refused(409, "IDEMPOTENCY_KEY_REUSE");
        let request = link_request(ACCOUNT);
        owner.once("link").post("/bank-accounts", &request).assert_replay_of(&self.link);
        let live = server.live();
        live.once("link").post("/bank-accounts", &request).assert_replay_of(&self.production_link);
        self.assert_signed(&owner);
    }

    /// What is told now is signed with both secrets of the webhook.
    #[track_caller]
    fn assert_signed(&self, owner: &Api) {
        let before = self.receiver.delivered().len();
        owner.fund(&self.wallet, 1);
        let told = self.receiver.wait_for(before + 1).remove(before);
        let expected = self.webhook_secrets.each_ref().map(|secret| {
            let (id, at) = (told.header("webhook-id"), told.header("webhook-timestamp"));
            signatures(secret, id, at, &told.body).1
        });
        assert_eq!(told.header("webhook-signature"), expected.join(" "), "{}", self.webhook);
    }

    /// What was sealed can be used to its end: the transfer reaches its rail, linked accounts
    /// are used and proven.
    #[track_caller]
    pub(crate) fn assert_usable(&self, server: &Server) {
        let owner = server.owner();
        let bank = id(&self.link.json);
        owner.withdraw_to(&self.wallet, "1.00", &bank).expect(202);
        server.advance("PT10S");
        assert_eq!(owner.transfer_status(&id(&self.withdrawal.json)), "COMPLETED");
        let path = format!("/bank-accounts/{}/verify", id(&self.production_link.json));
        let amounts = json!({ "amounts": ["0.32", "0.45"] });
        assert_eq!(server.live().post(&path, &amounts).ok()["status"], "VERIFIED");
    }
}

/// How many of a kind a report counts.
#[track_caller]
pub(crate) fn counted(report: &Value, what: &str, field: &str) -> u64 {
    let columns = report["columns"].as_array().expect("columns");
    let column = columns.iter().find(|column| column["what"] == what);
    column.unwrap_or_else(|| panic!("{what} in {report:#}"))[field].as_u64().expect("a count")
}

/// How many there are of all kinds together.
#[track_caller]
pub(crate) fn counted_in_all(report: &Value, field: &str) -> u64 {
    let columns = report["columns"].as_array().expect("columns");
    columns.iter().map(|column| column[field].as_u64().expect("a count")).sum()
}

/// What ciphertexts call a key that is written in hexadecimal digits.
pub(crate) fn name_of(key: &str) -> String {
    let bytes: Vec<u8> = (0..key.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&key[at..at + 2], 16).expect("hexadecimal digits"))
        .collect();
    Sha256::digest(bytes)[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Api {
    /// Whether the number of a card cannot be opened, which is an internal failure.
    #[track_caller]
    pub(crate) fn details_are_unreadable(&self, card: &str) -> bool {
        let answer = self.try_send("GET", &format!("/cards/{card}/details"), None);
        answer.expect("an answer").status == 500
    }
}

impl Server {
    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder().join("encryption.key")
    }

    /// The keys in the key file, the current one first.
    #[track_caller]
    pub(crate) fn encryption_keys(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.key_file()).expect("a key file");
        text.lines().map(str::to_owned).collect()
    }

    /// What a run of the command reports that ends well.
    #[track_caller]
    pub(crate) fn report(&self, arguments: &[&str]) -> Value {
        let printed = self.admin(arguments).expect_success();
        serde_json::from_str(&printed).unwrap_or_else(|_| panic!("JSON, not {printed}"))
    }

    /// How many answers with a secret are sealed with this key.
    pub(crate) fn answers_sealed_with(&self, key: &str) -> i64 {
        let name = match self.store() {
            Store::Sqlite => "LOWER(HEX(SUBSTR(sealed, 1, 4)))",
            Store::Postgres => "ENCODE(SUBSTR(sealed, 1, 4), 'hex')",
        };
        let key = name_of(key);
        self.number(&format!("SELECT COUNT(*) FROM answers WHERE {name} = '{key}'"))
    }

    /// The files of the data folder in which this text stands.
    pub(crate) fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder()).expect("the data folder");
        let files = entries.map(|entry| entry.expect("an entry").path()).filter(|it| it.is_file());
        let has = |path: &PathBuf| {
            let bytes = std::fs::read(path).expect("a file");
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        };
        files.filter(has).collect()
    }
}
