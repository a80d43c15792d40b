//! SIGKILL between any two steps: every transfer still ends, once and whole.

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::banking::account;
use crate::support::{Api, Server, Store, id, stories};

stories!(transfers_end_once_across_kills, what_is_asked_while_it_dies_is_there_once_or_never);

const BEGINNING: &str = "2026-03-02T09:00:00Z";
const ROUNDS: usize = 6;
const TRANSFERS: usize = 12;
/// The longest that a round lives after its clock is moved.
const LONGEST_LIFE_MICROS: u64 = 40_000;

/// How each of a round's transfers ends, by what is built into its account.
const ENDS: [(&str, &str); 6] = [
    ("991234567890", "COMPLETED"),
    ("990000000002", "FAILED"),
    ("990000000003", "RETURNED"),
    ("990000000005", "COMPLETED"),
    ("990000000006", "RETURNED"),
    ("990000000008", "COMPLETED"),
];

#[track_caller]
fn ask(owner: &Api, wallet: &str) -> Vec<(String, &'static str)> {
    let mut asked = Vec::new();
    for number in 0..TRANSFERS {
        let (digits, end) = ENDS[number % ENDS.len()];
        let party = account("ACH", digits);
        let answer = if number < TRANSFERS / 2 {
            owner.deposit(wallet, "100.00", &party)
        } else {
            owner.withdraw(wallet, "100.00", &party)
        };
        asked.push((id(&answer.expect(202).json), end));
    }
    asked
}

/// A moment within a round, another one in every run: that is the point of it.
fn a_moment(round: usize) -> Duration {
    Duration::from_micros(RandomState::new().hash_one(round) % LONGEST_LIFE_MICROS)
}

fn transfers_end_once_across_kills(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let wallet = server.owner().funded(10_000);
    let mut asked = Vec::new();
    for round in 0..ROUNDS {
        asked.extend(ask(&server.owner(), &wallet));
        thread::scope(|scope| {
            let clock = server.owner();
            scope.spawn(move || {
                for _ in 0..20 {
                    let step = json!({ "advance": "PT1S" });
                    if clock.try_send("POST", "/sandbox/clock", Some(&step)).is_none() {
                        return;
                    }
                }
            });
            thread::sleep(a_moment(round));
            server.kill();
        });
        server.launch();
        server.verify();
    }
    for _ in 0..20 {
        server.advance("PT10S");
    }
    let owner = server.owner();
    for (transfer, end) in &asked {
        assert_eq!(owner.transfer_status(transfer), *end, "{transfer}");
        for action in ["created", "processing", "completed", "failed", "returned"] {
            let query = format!("resource={transfer}&action=transfer.{action}");
            assert!(owner.audited(&query).len() <= 1, "{transfer} was {action} twice");
        }
    }
    // Of each round three deposits and three withdrawals stay, each with its fee of 0.50.
    let cents = 1_000_000 - i64::try_from(ROUNDS).expect("few") * 6 * 50;
    let left = format!("{}.{:02}", cents / 100, cents % 100);
    owner.assert_balances(&wallet, &left, "0.00", &left);
    assert_eq!(server.system_cents("RECEIVABLES"), 0);
    server.assert_nothing_on_its_way();
}

fn what_is_asked_while_it_dies_is_there_once_or_never(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let (wallet, to) = (server.owner().funded(10_000), server.owner().wallet("To"));
    let party = account("FEDNOW", "991234567890");
    let (mut out, mut inside) = (0, 0);
    for round in 0..ROUNDS {
        let requests: Vec<(String, &str, serde_json::Value)> = (0..16)
            .map(|number| {
                let key = format!("r{round}-{number}");
                let withdraw = json!({ "walletId": wallet, "amount": "1.00", "currency": "USD",
                                       "destination": party, "idempotencyKey": key });
                let moved = json!({ "fromWalletId": wallet, "toWalletId": to, "amount": "1.00",
                                    "idempotencyKey": key });
                if number % 2 == 0 {
                    (key, "/transfers/withdraw", withdraw)
                } else {
                    (key, "/transfers/internal", moved)
                }
            })
            .collect();
        let owner = server.owner();
        let acknowledged: Vec<bool> = thread::scope(|scope| {
            let running: Vec<_> = requests
                .iter()
                .map(|(_, path, body)| {
                    let owner = &owner;
                    scope.spawn(move || {
                        let answer = owner.try_send("POST", path, Some(body));
                        answer.is_some_and(|answer| answer.status < 300)
                    })
                })
                .collect();
            thread::sleep(a_moment(round) / 8);
            server.kill();
            running.into_iter().map(|caller| caller.join().expect("a caller that ends")).collect()
        });
        server.launch();
        let owner = server.owner();
        for ((key, path, body), acknowledged) in requests.iter().zip(acknowledged) {
            let found = owner.all_ids(&format!("/transfers?idempotencyKey={key}"));
            let expected = if acknowledged { 1..=1 } else { 0..=1 };
            assert!(expected.contains(&found.len()), "{key}: {found:?}");
            let again = owner.post(path, body);
            assert!(again.status < 300, "{}", again.story());
            assert!(found.first().is_none_or(|first| *first == id(&again.json)), "{key}");
            if path.ends_with("internal") { inside += 1 } else { out += 1 }
        }
    }
    server.advance("PT1S");
    let cents = 1_000_000 - out * 125 - inside * 100;
    assert_eq!(server.owner().balance(&wallet), format!("{}.{:02}", cents / 100, cents % 100));
    assert_eq!(server.owner().balance(&to), format!("{inside}.00"));
    server.assert_nothing_on_its_way();
}
