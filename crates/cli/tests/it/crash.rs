//! SIGKILL under load: what was acknowledged is there exactly once, what was not at most once.

use std::collections::BTreeMap;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde_json::json;

use crate::support::{Api, Server, Store, stories};

stories!(acknowledged_payments_survive_sigkill);

/// Names how many rounds are run, over both stores together.
const ROUNDS_VARIABLE: &str = "WALLGENT_CRASH_ROUNDS";
const DEFAULT_ROUNDS: usize = 20;
/// Enough that payments of several callers are in one commit when it dies.
const PAYERS: usize = 12;
/// The most payments acknowledged before a round's kill.
const LONGEST_ROUND: usize = 100;

/// One attempt: its key, and the payment's ID where the server acknowledged it.
type Attempts = BTreeMap<String, Option<String>>;

fn acknowledged_payments_survive_sigkill(store: Store) {
    let rounds = env::var(ROUNDS_VARIABLE)
        .map_or(DEFAULT_ROUNDS, |text| text.parse().expect("a number of rounds"))
        / 2;
    let mut server = Server::start(store);
    let owner = server.owner();
    let wallets: Vec<String> = (0..4).map(|_| owner.funded(50_000)).collect();
    for wallet in &wallets {
        owner.policy(wallet, &json!({ "monthlySpendingLimit": "1000000.00" }));
    }
    let mut paid = 0;
    for round in 0..rounds.max(1) {
        // Where in the load the kill falls is different in every run: that is the point of it.
        let acknowledgements = 1 + RandomState::new().hash_one(round) as usize % LONGEST_ROUND;
        let attempts = pay_until_killed(&mut server, &wallets, round, acknowledgements);
        server.launch();
        paid += check(&server.owner(), &attempts, &wallets);
        server.verify();
    }
    let owner = server.owner();
    assert_eq!(
        owner.all_ids("/payments?limit=100").len(),
        paid,
        "no payment that nobody asked for"
    );
    assert_money(&owner, &wallets, paid);
}

/// Callers pay until this many are acknowledged; then the server is killed while they go on.
fn pay_until_killed(
    server: &mut Server,
    wallets: &[String],
    round: usize,
    acknowledgements: usize,
) -> Attempts {
    let attempts = Mutex::new(Attempts::new());
    let acknowledged = AtomicUsize::new(0);
    let dead = AtomicBool::new(false);
    let owner = server.owner();
    thread::scope(|scope| {
        for payer in 0..PAYERS {
            let (attempts, acknowledged, dead, owner) = (&attempts, &acknowledged, &dead, &owner);
            scope.spawn(move || {
                for number in 0.. {
                    if dead.load(Ordering::Relaxed) {
                        return;
                    }
                    let key = format!("r{round}-p{payer}-{number}");
                    attempts.lock().expect("no payer panics").insert(key.clone(), None);
                    let id = pay(owner, wallets, payer, &key);
                    if id.is_some() {
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                        attempts.lock().expect("no payer panics").insert(key, id);
                    }
                }
            });
        }
        while acknowledged.load(Ordering::Relaxed) < acknowledgements {
            thread::yield_now();
        }
        server.kill();
        dead.store(true, Ordering::Relaxed);
    });
    attempts.into_inner().expect("no payer panics")
}

/// Odd payers pay one by one, even ones in batches of one; the ID when the server acknowledged it.
fn pay(owner: &Api, wallets: &[String], payer: usize, key: &str) -> Option<String> {
    let (from, to) = (&wallets[payer % wallets.len()], &wallets[(payer + 1) % wallets.len()]);
    let payment = json!({ "from": from, "to": to, "amount": "1.00", "idempotencyKey": key });
    let (path, body, pointer) = if payer % 4 == 3 {
        ("/payments/batch", json!({ "payments": [payment] }), "/results/0/transactionId")
    } else {
        ("/payments", payment, "/id")
    };
    let answer = owner.try_send("POST", path, Some(&body))?;
    // While it dies the server may answer that it is not available, which acknowledges nothing.
    (answer.status == 200)
        .then(|| answer.json.pointer(pointer).and_then(|id| id.as_str()).expect("an ID").to_owned())
}

/// Every attempt is there once if it was acknowledged, else at most once; how many there are.
fn check(owner: &Api, attempts: &Attempts, wallets: &[String]) -> usize {
    let mut there = 0;
    for (key, acknowledged) in attempts {
        let found = owner.all_ids(&format!("/payments?idempotencyKey={key}"));
        match acknowledged {
            Some(id) => {
                assert_eq!(found, std::slice::from_ref(id), "acknowledged under {key}");
                let payment = owner.get(&format!("/payments/{id}")).ok();
                assert_eq!(
                    (&payment["status"], &payment["idempotencyKey"]),
                    (&json!("POSTED"), &json!(key))
                );
                there += 1;
            }
            None => {
                assert!(found.len() <= 1, "at most once under {key}: {found:?}");
                let payer: usize = key
                    .split('-')
                    .nth(1)
                    .and_then(|part| part[1..].parse().ok())
                    .expect("the key names its payer");
                let retried = pay(owner, wallets, payer, key).expect("a retry is answered");
                assert!(
                    found.first().is_none_or(|first| *first == retried),
                    "the retry finds the payment of {key}"
                );
                there += 1;
            }
        }
    }
    there
}

/// The wallets hold what was put in, less the fees of what was paid.
fn assert_money(owner: &Api, wallets: &[String], paid: usize) {
    let cents = |wallet: &String| {
        owner.balance(wallet).replace('.', "").parse::<usize>().expect("two decimals")
    };
    let left: usize = wallets.iter().map(cents).sum();
    assert_eq!(left + paid * 25, wallets.len() * 5_000_000, "in cents, with fees of 0.25");
}
