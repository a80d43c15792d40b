//! The real server on which a case is played, beside the model.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::json;

use super::command::{Caller, Command, Place};
use super::predict::predict;
use super::requests::{Names, request};
use super::state::{Answer as Predicted, FOREIGN, OWN_WALLETS, SCOPED, World};
use crate::support::{Answer, Api, Organization, Server, Store, id};

/// When the clock of the server begins to stand still.
const BEGINNING: &str = "2026-03-02T09:00:30Z";
pub(super) const BEGINNING_MS: i64 = 1_772_442_030_000;

/// One server for many cases, each with an organization of its own.
#[derive(Debug)]
pub(super) struct Stage {
    server: Server,
    stranger: Organization,
    now_ms: Cell<i64>,
    cases: Cell<usize>,
}

impl Stage {
    pub(super) fn new(store: Store) -> Self {
        let server = Server::start_at(store, BEGINNING);
        let stranger = server.organization("Stranger");
        Self { server, stranger, now_ms: Cell::new(BEGINNING_MS), cases: Cell::new(0) }
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
                case.compare_replay(key, &predicted, &answer);
            }
            case.learn(command, &answer, &predicted);
            // Also when the comparison fails: the next case begins at the server's time.
            self.now_ms.set(case.world.now_ms);
            case.compare_world(&story);
            if command.concerns_lists() {
                case.compare_lists(&story);
            }
        }
    }
}

/// One sequence of commands: the model's world, and what the server calls the things in it.
pub(super) struct Case<'a> {
    stage: &'a Stage,
    pub(super) world: World,
    pub(super) names: Names,
    organization: Organization,
    scoped: Api,
    reader: Api,
    revoked: Api,
    /// The agents' keys, in the order of their making.
    agents: Vec<Api>,
    /// The first answer under each key, by the request's path and its key.
    pub(super) first_texts: BTreeMap<String, String>,
}

impl<'a> Case<'a> {
    fn begin(stage: &'a Stage) -> Self {
        let case = stage.cases.get();
        let organization = stage.server.organization(&format!("Case{case}"));
        let owner = &organization.owner;
        let foreign = stage.stranger.owner.wallet("Stranger's");
        let mut addresses = vec![stage.stranger.owner.address(&foreign)];
        let mut wallets = vec![foreign];
        wallets.extend((0..OWN_WALLETS).map(|_| owner.wallet("Own")));
        wallets.push(organization.wallet.clone());
        addresses.extend(wallets[1..].iter().map(|wallet| owner.address(wallet)));
        let permissions = ["wallets:read", "wallets:write", "payments:read", "payments:write"];
        let request = json!({ "permissions": permissions, "walletScope": [wallets[SCOPED]] });
        let (scoped_id, scoped) = owner.new_key(&request);
        let (_, reader) = owner.colleague(&["wallets:read", "payments:read", "policies:read"]);
        let (revoked_id, revoked) = owner.colleague(&["*"]);
        owner.delete(&format!("/api-keys/{revoked_id}")).expect(204);
        let names = Names {
            case,
            wallets,
            policies: Vec::new(),
            payments: Vec::new(),
            approvals: Vec::new(),
            delegations: Vec::new(),
            addresses,
            live: organization.live_wallet.clone(),
            scoped: scoped_id,
            stranger: stage.stranger.id.clone(),
        };
        Self {
            stage,
            world: World::new(stage.now_ms.get()),
            names,
            organization,
            scoped,
            reader,
            revoked,
            agents: Vec::new(),
            first_texts: BTreeMap::new(),
        }
    }

    pub(super) fn caller(&self, caller: Caller) -> Api {
        match caller {
            Caller::Owner => self.organization.owner.clone(),
            Caller::Scoped => self.scoped.clone(),
            Caller::Agent => {
                let acting = self.world.acting_agent().expect("an agent was made");
                let number = self.world.agents.iter().position(|agent| *agent == acting);
                self.agents[number.expect("an agent of this case")].clone()
            }
            Caller::Reader => self.reader.clone(),
            Caller::Revoked => self.revoked.clone(),
            Caller::Nobody => self.stage.server.nobody(),
            Caller::Live => self.organization.live.clone(),
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
            Command::CreateWallet { caller: Caller::Owner, .. }
            | Command::CreateAgent { caller: Caller::Owner, .. }
                if answer.status == 201 =>
            {
                let text = |field: &str| answer.json[field].as_str().map(str::to_owned);
                self.names.wallets.push(id(&answer.json));
                self.names.addresses.push(text("wallgentAddress").expect("an address"));
                self.agents.extend(text("apiKey").map(|key| self.scoped.with_key(&key)));
            }
            Command::Grant { .. } if answer.status == 201 => {
                self.names.delegations.push(id(&answer.json))
            }
            Command::NetworkPay { .. } if predicted.payments > 0 => {
                let named = if answer.status == 202 { "id" } else { "transactionId" };
                self.names.payments.push(answer.json[named].as_str().expect("an ID").to_owned())
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
        self.learn_approvals();
    }

    /// Takes the server's names for the approvals of the payments made last.
    fn learn_approvals(&mut self) {
        for number in self.world.asked().split_off(self.names.approvals.len()) {
            let foreign = self.world.payments[number].from == FOREIGN;
            let payer = self.caller(if foreign { Caller::Stranger } else { Caller::Owner });
            let payment = payer.get(&format!("/payments/{}", self.names.payments[number])).ok();
            let approval = payment["approvalId"].as_str().expect("an approval's ID");
            self.names.approvals.push(approval.to_owned());
        }
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
