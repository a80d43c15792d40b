//! SIGKILL while agents are made, payments decided and rights lent: what was acknowledged is there, once and whole.

use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::support::{Answer, Api, Server, Store, Waiting, stories};

stories!(acknowledged_acts_survive_sigkill);

const ROUNDS: usize = 4;
const ACTORS: usize = 8;
/// The most acts acknowledged before a round's kill.
const LONGEST_ROUND: usize = 60;
/// Payments that wait to be decided in one round; more than a round acknowledges.
const WAITING: usize = 80;

/// One act that was asked for: under which name, and what was answered, if anything was.
#[derive(Clone, Debug)]
struct Act {
    kind: Kind,
    name: String,
    answer: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Make,
    Approve,
    Lend,
}

fn acknowledged_acts_survive_sigkill(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(10_000), owner.wallet("To"));
    let partner = server.organization("Partner").id;
    let mut approved = 0;
    for round in 0..ROUNDS {
        let owner = server.owner();
        let waiting: Vec<Waiting> = (0..WAITING).map(|_| owner.ask(&from, &to, "1.00")).collect();
        // Where among the acts the kill falls is different in every run: that is the point of it.
        let acknowledgements = 1 + RandomState::new().hash_one(round) as usize % LONGEST_ROUND;
        // A wallet of its own for each round, because one wallet can be lent only so often.
        let lent = owner.wallet("Lent");
        let grant = json!({ "walletId": lent, "granteeOrgId": partner, "permissions": ["read"] });
        let acts = act_until_killed(&mut server, &waiting, &grant, round, acknowledgements);
        server.launch();
        check(&server.owner(), &acts, &grant);
        approved += settle(&server.owner(), &waiting, &acts);
        server.verify();
    }
    let owner = server.owner();
    assert_eq!(owner.balance(&to), format!("{approved}.00"));
    assert_eq!(owner.holds(&from, "PENDING"), Vec::<String>::new());
    let cents = 1_000_000 - approved * 125;
    let left = format!("{}.{:02}", cents / 100, cents % 100);
    owner.assert_balances(&from, &left, "0.00", &left);
}

/// Actors act until this many acts are acknowledged; then the server is killed while they go on, until nobody answers.
fn act_until_killed(
    server: &mut Server,
    waiting: &[Waiting],
    grant: &Value,
    round: usize,
    acknowledgements: usize,
) -> Vec<Act> {
    let acts = Mutex::new(Vec::new());
    let (acknowledged, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let owner = server.owner();
    thread::scope(|scope| {
        for _ in 0..ACTORS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let kind = [Kind::Make, Kind::Approve, Kind::Lend][number % 3];
                    let name = match waiting.get(number / 3) {
                        Some(one) if kind == Kind::Approve => one.approval.clone(),
                        None if kind == Kind::Approve => continue,
                        _ => format!("r{round}-{number}"),
                    };
                    let told = ask(&owner, kind, &name, grant);
                    let is_over = told.is_none();
                    // While it dies the server may answer that it is not available, which acknowledges nothing.
                    let answer = told.filter(|one| one.status < 300).map(|one| one.json);
                    acknowledged.fetch_add(usize::from(answer.is_some()), Ordering::Relaxed);
                    acts.lock().expect("no actor panics").push(Act { kind, name, answer });
                    if is_over {
                        return;
                    }
                }
            });
        }
        while acknowledged.load(Ordering::Relaxed) < acknowledgements {
            thread::yield_now();
        }
        server.kill();
    });
    acts.into_inner().expect("no actor panics")
}

/// The answer, if one came before the server died.
fn ask(owner: &Api, kind: Kind, name: &str, grant: &Value) -> Option<Answer> {
    let keyed = owner.once(name);
    match kind {
        Kind::Make => keyed.try_send("POST", "/agents", Some(&json!({ "name": name }))),
        Kind::Approve => keyed.try_send("POST", &format!("/approvals/{name}/approve"), None),
        Kind::Lend => keyed.try_send("POST", "/delegations", Some(grant)),
    }
}

/// What was acknowledged is there and works; what was not is there after it was asked for again, and only once.
fn check(owner: &Api, acts: &[Act], grant: &Value) {
    let agents = pages(owner, "/agents?limit=100");
    let delegations = owner.all_ids("/delegations?limit=100");
    for act in acts.iter().filter(|act| act.kind != Kind::Approve) {
        let found = agents.iter().filter(|agent| agent["name"] == act.name.as_str()).count();
        let again = ask(owner, act.kind, &act.name, grant).expect("an answer").created();
        match &act.answer {
            None => assert!(found <= 1, "{act:?} is there {found} times"),
            Some(answer) => {
                assert_eq!(again["id"], answer["id"], "a retry finds {act:?}");
                let id = answer["id"].as_str().expect("an ID").to_owned();
                assert!(act.kind == Kind::Make || delegations.contains(&id), "{act:?} is gone");
                assert!(act.kind == Kind::Lend || found == 1, "{act:?} is there {found} times");
            }
        }
        if let Some(key) = again["apiKey"].as_str() {
            assert_eq!(
                owner.with_key(key).all_ids("/wallets"),
                [again["id"].as_str().expect("text")]
            );
        }
    }
    let all = pages(owner, "/agents?limit=100");
    for act in acts.iter().filter(|act| act.kind == Kind::Make) {
        let found = all.iter().filter(|agent| agent["name"] == act.name.as_str()).count();
        assert_eq!(found, 1, "{act:?} after a retry");
    }
}

/// Each payment is decided as a whole; what waits is rejected now. How many were approved.
fn settle(owner: &Api, waiting: &[Waiting], acts: &[Act]) -> usize {
    let mut approved = 0;
    for one in waiting {
        let decided = owner.approval_status(&one.approval);
        if acts.iter().any(|act| act.name == one.approval && act.answer.is_some()) {
            assert_eq!(decided, "APPROVED", "an acknowledged decision");
        }
        let payment = owner.payment_status(&one.payment);
        match decided.as_str() {
            "APPROVED" => assert_eq!(payment, "POSTED"),
            status => assert_eq!((status, payment.as_str()), ("PENDING", "PENDING_APPROVAL")),
        }
        if decided == "APPROVED" {
            approved += 1;
        } else {
            owner.reject(&one.approval).ok();
        }
    }
    approved
}

/// The rows of all pages.
fn pages(owner: &Api, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut page = owner.get(path).ok();
    loop {
        rows.extend(page["data"].as_array().expect("data").iter().cloned());
        let Some(cursor) = page["cursor"].as_str() else { return rows };
        page = owner.get(&format!("{path}&cursor={cursor}")).ok();
    }
}
