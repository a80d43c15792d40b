//! The real server on which a case is played, beside the model.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::json;

use super::command::{Caller, Command, Place};
use super::predict::predict;
use super::requests::{Names, request};
use super::state::{Answer as Predicted, OWN_WALLETS, SCOPED, World};
use crate::support::{Answer, Api, Organization, Server, Store, id};

/// When the clock of the server begins to stand still.
const BEGINNING: &str = "2026-03-02T09:00:30Z";
pub(super) const BEGINNING_MS: i64 = 1_772_442_030_000;

/// One server for many cases, each with wallets and keys of its own.
#[derive(Debug)]
pub(super) struct Stage {
    server: Server,
    stranger: Organization,
    reader: Api,
    revoked: Api,
    now_ms: Cell<i64>,
    cases: Cell<usize>,
}

impl Stage {
    pub(super) fn new(store: Store) -> Self {
        let server = Server::start_at(store, BEGINNING);
        let stranger = server.organization("Stranger");
        let reader = server.permitted(&["wallets:read", "payments:read", "policies:read"]);
        let key = server.owner().post("/api-keys", &json!({ "permissions": ["*"] })).created();
        server.owner().delete(&format!("/api-keys/{}", id(&key))).expect(204);
        let revoked = server.nobody().with_key(key["secret"].as_str().expect("text"));
        Self {
            server,
            stranger,
            reader,
            revoked,
            now_ms: Cell::new(BEGINNING_MS),
            cases: Cell::new(0),
        }
    }

    /// Plays the commands on both and compares after each.
    pub(super) fn play(&self, commands: &[Command]) {
        self.cases.set(self.cases.get() + 1);
        let mut case = Case::begin(self);
        for (number, command) in commands.iter().enumerate() {
            let before = case.world.clone();
            let Some(predicted) = predict(&mut case.world, command) else {
                case.world = before;
                continue;
            };
            let (answer, key) = case.send(command, &before);
            let story = || {
                format!(
                    "command {number}, {command:?}\npredicted {predicted:?}\n{}",
                    answer.story()
                )
            };
            case.compare_answer(&predicted, &answer, &story);
            if let Some(key) = key.filter(|_| predicted.is_remembered()) {
                case.compare_replay(key, &answer);
            }
            case.learn(command, &answer, &predicted);
            // Also when the comparison fails: the next case begins at the server's time.
            self.now_ms.set(case.world.now_ms);
            case.compare_world(&story);
        }
    }
}

/// One sequence of commands: the model's world, and what the server calls the things in it.
pub(super) struct Case<'a> {
    stage: &'a Stage,
    pub(super) world: World,
    pub(super) names: Names,
    scoped: Api,
    /// The first answer under each key, by the request's path and its key.
    pub(super) first_texts: BTreeMap<String, String>,
}

impl<'a> Case<'a> {
    fn begin(stage: &'a Stage) -> Self {
        let owner = stage.server.owner();
        let mut wallets = vec![stage.stranger.owner.wallet("Stranger's")];
        wallets.extend((0..OWN_WALLETS).map(|_| owner.wallet("Own")));
        let permissions = ["wallets:read", "wallets:write", "payments:read", "payments:write"];
        let scoped = stage.server.scoped(&permissions, &[&wallets[SCOPED]]);
        let live = stage.server.account("liveWalletId").to_owned();
        let names = Names {
            case: stage.cases.get(),
            wallets,
            policies: Vec::new(),
            payments: Vec::new(),
            live,
        };
        Self {
            stage,
            world: World::new(stage.now_ms.get()),
            names,
            scoped,
            first_texts: BTreeMap::new(),
        }
    }

    pub(super) fn caller(&self, caller: Caller) -> Api {
        match caller {
            Caller::Owner => self.stage.server.owner(),
            Caller::Scoped => self.scoped.clone(),
            Caller::Reader => self.stage.reader.clone(),
            Caller::Revoked => self.stage.revoked.clone(),
            Caller::Nobody => self.stage.server.nobody(),
            Caller::Live => self.stage.server.live(),
            Caller::Stranger => self.stage.stranger.owner.clone(),
        }
    }

    /// The server's answer, and what the command is remembered under.
    fn send(&self, command: &Command, before: &World) -> (Answer, Option<String>) {
        let asked = request(command, before, &self.names);
        let caller = self.caller(asked.caller);
        let caller = asked.key.as_ref().map_or(caller.clone(), |key| caller.once(key));
        let answer = caller.send(asked.method, &asked.path, asked.body.as_ref());
        (answer, asked.key.map(|key| format!("{:?} {} {key}", asked.caller, asked.path)))
    }

    /// Takes the server's names for what the command made.
    fn learn(&mut self, command: &Command, answer: &Answer, predicted: &Predicted) {
        match command {
            Command::CreateWallet { caller: Caller::Owner, .. } if answer.status == 201 => {
                self.names.wallets.push(id(&answer.json))
            }
            Command::AddPolicy { .. } if answer.status == 201 => {
                self.names.policies.push(id(&answer.json))
            }
            Command::Pay { .. } if predicted.payments > 0 => {
                self.names.payments.push(id(&answer.json))
            }
            Command::Batch { .. } if predicted.payments > 0 => {
                let results = answer.json["results"].as_array().expect("results");
                let made = results
                    .iter()
                    .filter_map(|item| item["transactionId"].as_str())
                    .map(str::to_owned);
                self.names.payments.extend(made);
            }
            _ => {}
        }
        assert_eq!(self.names.payments.len(), self.world.payments.len(), "{}", answer.story());
    }
}

/// The ID that a place has for the server.
pub(super) fn place_id(place: Place, world: &World, names: &Names) -> String {
    match (place, world.wallet_at(place)) {
        (_, Some(wallet)) => names.wallets[wallet].clone(),
        (Place::Live, None) => names.live.clone(),
        _ => "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ".to_owned(),
    }
}
