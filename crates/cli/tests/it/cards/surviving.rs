//! SIGKILL while cards buy and merchants capture: what was acknowledged is there, once and whole.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::support::cards::merchant;
use crate::support::{Answer, Api, Server, Store, stories};

stories!(acknowledged_purchases_survive_sigkill);

const ROUNDS: usize = 3;
/// Enough that purchases of several cards are in one commit when it dies.
const BUYERS: usize = 8;
/// The most answers acknowledged before a round's kill.
const LONGEST_ROUND: usize = 80;

/// What was acknowledged under a key: the authorization as it was answered.
type Acknowledged = BTreeMap<String, Option<Value>>;

fn acknowledged_purchases_survive_sigkill(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(10_000);
    let cards: Vec<String> =
        (0..3).map(|_| owner.limited_card(&wallet, "10000.00", "monthly")).collect();
    let mut bought = 0;
    for round in 0..ROUNDS {
        // Where in the load the kill falls is different in every run: that is the point of it.
        let acknowledgements = 1 + RandomState::new().hash_one(round) as usize % LONGEST_ROUND;
        let asked = buy_until_killed(&mut server, &cards, round, acknowledgements);
        server.launch();
        let owner = server.owner();
        for (key, answered) in &asked {
            let again = ask(&owner, &cards, key).expect("an answer");
            assert!([200, 201].contains(&again.status), "{}", again.story());
            if let Some(answered) = answered {
                assert!(again.replayed(), "a retry finds {key}");
                assert_eq!(&again.json, answered);
            }
        }
        bought += asked.keys().filter(|key| key.ends_with("buy")).count();
        server.verify();
    }
    let owner = server.owner();
    let listed: usize = cards
        .iter()
        .map(|card| owner.all_ids(&format!("/cards/{card}/authorizations?limit=100")).len())
        .sum();
    assert_eq!(listed, bought, "each purchase once, and none that nobody asked for");
    owner.assert_balances(
        &wallet,
        &format!("{}.00", 10_000 - bought),
        "0.00",
        &format!("{}.00", 10_000 - bought),
    );
}

/// Buyers buy and capture until so many answers are acknowledged; then the server is killed while they go on.
fn buy_until_killed(
    server: &mut Server,
    cards: &[String],
    round: usize,
    acknowledgements: usize,
) -> Acknowledged {
    let asked = Mutex::new(Acknowledged::new());
    let acknowledged = AtomicUsize::new(0);
    let dead = AtomicBool::new(false);
    let owner = server.owner();
    thread::scope(|scope| {
        for buyer in 0..BUYERS {
            let (asked, acknowledged, dead, owner) = (&asked, &acknowledged, &dead, &owner);
            scope.spawn(move || {
                for number in 0.. {
                    let key = format!("r{round}-b{buyer}-{number}-buy");
                    if dead.load(Ordering::Relaxed)
                        || !note(asked, acknowledged, owner, cards, &key)
                    {
                        return;
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
    let mut asked = asked.into_inner().expect("no buyer panics");
    // What was bought is captured after the restart at the latest.
    let captures: Vec<String> = asked.keys().map(|key| key.replace("buy", "take")).collect();
    for capture in captures {
        asked.entry(capture).or_insert(None);
    }
    asked
}

/// Asks under a key, and then captures; whether both were acknowledged.
fn note(
    asked: &Mutex<Acknowledged>,
    acknowledged: &AtomicUsize,
    owner: &Api,
    cards: &[String],
    key: &str,
) -> bool {
    for key in [key.to_owned(), key.replace("buy", "take")] {
        asked.lock().expect("no buyer panics").insert(key.clone(), None);
        // While it dies the server may answer that it is not available, which acknowledges nothing.
        let answer = ask(owner, cards, &key).filter(|answer| answer.status < 300);
        let Some(answer) = answer else { return false };
        acknowledged.fetch_add(1, Ordering::Relaxed);
        asked.lock().expect("no buyer panics").insert(key, Some(answer.json));
    }
    true
}

/// Buys under a key that ends with `buy`; captures what was bought so under one that ends with `take`.
fn ask(owner: &Api, cards: &[String], key: &str) -> Option<Answer> {
    let Some(stem) = key.strip_suffix("take") else { return buy(owner, cards, key) };
    let bought = buy(owner, cards, &format!("{stem}buy"))?;
    let id = bought.json["id"].as_str()?;
    let path = format!("/sandbox/card-authorizations/{id}/capture");
    owner.once(key).try_send("POST", &path, Some(&json!({})))
}

/// The card depends on the key alone, so that a retry buys with the same one.
fn buy(owner: &Api, cards: &[String], key: &str) -> Option<Answer> {
    let card = &cards[key.bytes().map(usize::from).sum::<usize>() % cards.len()];
    let path = format!("/sandbox/cards/{card}/authorizations");
    let request = json!({ "amount": "1.00", "merchant": merchant() });
    owner.once(key).try_send("POST", &path, Some(&request))
}
