//! What the model believes: wallets, policies, payments, remembered keys, the time.

use std::collections::{BTreeMap, BTreeSet};

use super::command::{Caller, Grantee, Place, Rules};
use super::money::Units;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Active,
    Frozen,
    Closed,
}

/// The stranger's wallet.
pub(super) const FOREIGN: usize = 0;
/// How many wallets of the organization a case begins with.
pub(super) const OWN_WALLETS: usize = 3;
/// The organization's own wallet.
pub(super) const ORG: usize = 1 + OWN_WALLETS;
/// The only wallet that the scoped key has.
pub(super) const SCOPED: usize = 1;

#[derive(Clone, Debug)]
pub(super) struct Wallet {
    pub(super) status: Status,
    pub(super) balance: Units,
    pub(super) held: Units,
    pub(super) spent: Vec<Spent>,
}

/// One payment as the windows count it: when, and how much of it still counts.
#[derive(Clone, Debug)]
pub(super) struct Spent {
    pub(super) at_ms: i64,
    pub(super) amount: Units,
}

#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) wallet: usize,
    pub(super) rules: Rules,
    pub(super) deleted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Pending { expires_ms: i64 },
    Posted,
    Rejected,
    Expired,
}

#[derive(Clone, Debug)]
pub(super) struct Payment {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) amount: Units,
    pub(super) fee: Units,
    pub(super) reversed: Units,
    pub(super) state: State,
    /// Whether a human was asked, however that ended.
    pub(super) asked: bool,
    pub(super) at_ms: i64,
    /// Its place in the sender's `spent`.
    pub(super) spent: usize,
}

/// Rights on a wallet, given to somebody who has none.
#[derive(Clone, Debug)]
pub(super) struct Delegation {
    pub(super) wallet: usize,
    pub(super) grantee: Grantee,
    pub(super) paying: bool,
    pub(super) expires_ms: Option<i64>,
    pub(super) revoked: bool,
}

/// What the server should answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) code: &'static str,
    /// Policies by number, with the rule that failed.
    pub(super) violations: BTreeSet<(usize, &'static str)>,
    pub(super) replayed: bool,
    /// It tells how a payment that waited ended, and so is not what was answered first.
    pub(super) outcome: bool,
    /// It repeats a payment to somebody to whom its wallet is lent no more, without what is its sender's.
    pub(super) private: bool,
    pub(super) decision: &'static str,
    pub(super) items: Vec<(&'static str, &'static str)>,
    /// How many payments it makes.
    pub(super) payments: usize,
}

impl Answer {
    pub(super) fn of(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(super) fn refusal(status: u16, code: &'static str) -> Self {
        Self { status, code, ..Self::default() }
    }

    /// Whether the answer stays under its key.
    pub(super) fn is_remembered(&self) -> bool {
        self.status < 300
            || self.status == 402
            || self.status == 422
            || ["POLICY_DENIED", "WALLET_FROZEN"].contains(&self.code)
    }
}

/// What a key means, and what it was answered.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    pub(super) meaning: String,
    pub(super) answer: Answer,
    /// The payment that waits behind a 202.
    pub(super) waiting: Option<usize>,
}

/// Route, namespace and key.
pub(super) type Key = (String, String, u8);

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) now_ms: i64,
    pub(super) wallets: Vec<Wallet>,
    pub(super) policies: Vec<Policy>,
    pub(super) payments: Vec<Payment>,
    /// The wallets that are agents, in the order of their making, deleted ones included.
    pub(super) agents: Vec<usize>,
    pub(super) delegations: Vec<Delegation>,
    pub(super) remembered: BTreeMap<Key, Remembered>,
}

impl World {
    /// The stranger's wallet, the organization's first ones, and its own.
    pub(super) fn new(now_ms: i64) -> Self {
        let wallet = Wallet { status: Status::Active, balance: 0, held: 0, spent: Vec::new() };
        let wallets = vec![wallet; ORG + 1];
        Self {
            now_ms,
            wallets,
            policies: Vec::new(),
            payments: Vec::new(),
            agents: Vec::new(),
            delegations: Vec::new(),
            remembered: BTreeMap::new(),
        }
    }

    /// The wallet that a place names.
    pub(super) fn wallet_at(&self, place: Place) -> Option<usize> {
        match place {
            Place::Wallet(number) => Some(number % self.wallets.len()),
            Place::Agent(number) => {
                (!self.agents.is_empty()).then(|| self.agents[number % self.agents.len()])
            }
            Place::Delegated(number) => {
                let delegations = &self.delegations;
                (!delegations.is_empty()).then(|| delegations[number % delegations.len()].wallet)
            }
            Place::Live | Place::Unknown => None,
        }
    }

    /// The payments about which a human was asked, by number.
    pub(super) fn asked(&self) -> Vec<usize> {
        (0..self.payments.len()).filter(|number| self.payments[*number].asked).collect()
    }

    /// The wallet of the agent whose key the agents' caller uses.
    pub(super) fn acting_agent(&self) -> Option<usize> {
        let lives = |agent: &&usize| self.wallets[**agent].status != Status::Closed;
        self.agents.iter().find(lives).or(self.agents.first()).copied()
    }

    pub(super) fn is_agent(&self, wallet: usize) -> bool {
        self.agents.contains(&wallet)
    }

    pub(super) fn available(&self, wallet: usize) -> Units {
        self.wallets[wallet].balance - self.wallets[wallet].held
    }
}

/// Whether this wallet is a caller's own, or in its scope.
pub(super) fn sees(world: &World, caller: Caller, wallet: usize) -> bool {
    match caller {
        Caller::Scoped => wallet == SCOPED,
        Caller::Agent => world.acting_agent() == Some(wallet),
        Caller::Stranger => wallet == FOREIGN,
        _ => wallet != FOREIGN,
    }
}

/// Whose idempotency keys a caller uses.
pub(super) fn namespace(world: &World, caller: Caller) -> String {
    match caller {
        Caller::Scoped => "scoped".to_owned(),
        Caller::Agent => format!("agent {:?}", world.acting_agent()),
        Caller::Stranger => "stranger".to_owned(),
        Caller::Live => "live".to_owned(),
        _ => "owner".to_owned(),
    }
}
