//! A card's number: who may read it, that each look is noted, and that it is nowhere else.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields};
use crate::support::{Receiver, Server, Store, stories};

stories!(
    whoever_may_reads_the_number,
    every_look_is_noted,
    nobody_else_reads_it,
    the_number_is_nowhere_else,
);

/// By the check that every card number passes.
fn passes_luhn(number: &str) -> bool {
    let digits = number.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    sum.is_multiple_of(10)
}

fn whoever_may_reads_the_number(store: Store) {
    let mut server = Server::start(store);
    let wallet = server.owner().wallet("Research");
    let card = server.owner().card(&wallet);
    let path = format!("/cards/{card}/details");
    let read = |server: &Server| server.owner().get(&path).ok();
    let details = read(&server);
    assert_fields(&details, shapes::CARD_DETAILS, &[]);
    let number = details["number"].as_str().expect("text");
    assert!(number.len() == 16 && number.starts_with("424242") && passes_luhn(number), "{number}");
    assert_eq!((&details["pan"], &details["cvv"]), (&details["number"], &details["cvc"]));
    assert_eq!(details["cvc"].as_str().map(str::len), Some(3));
    let card_read = server.owner().get(&format!("/cards/{card}")).ok();
    assert!(number.ends_with(card_read["last4"].as_str().expect("text")));
    for field in ["id", "expMonth", "expYear"] {
        assert_eq!(details[field], card_read[field], "{field}");
    }
    server.restart();
    assert_eq!(read(&server), details, "it stays the same");
    server.owner().delete(&format!("/cards/{card}")).ok();
    assert_eq!(read(&server), details, "also of a cancelled card");
    let other = server.owner().card(&wallet);
    let other = server.owner().get(&format!("/cards/{other}/details")).ok();
    assert_ne!(other["number"], details["number"]);
}

fn every_look_is_noted(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let card = owner.card(&owner.wallet("Research"));
    let path = format!("/cards/{card}/details");
    let (key, reader) = owner.colleague(&["cards:sensitive_read"]);
    for look in 1..=3 {
        // A key for retries makes no look go by unnoticed, and is not remembered.
        let request = format!("look-{look}");
        let answer = reader.once("look").with_header("X-Request-Id", &request).get(&path);
        assert!(!answer.replayed());
        answer.ok();
        let entries = owner.audited(&format!("action=card.details_viewed&resource={card}"));
        assert_eq!(entries.len(), look);
        assert_eq!(
            (&entries[0]["actorId"], &entries[0]["requestId"]),
            (&json!(key), &json!(request))
        );
        assert_eq!(owner.told("card.details_viewed").len(), look);
    }
}

fn nobody_else_reads_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let card = agent.api.card(&agent.id);
    let path = format!("/cards/{card}/details");
    let details = agent.api.get(&path).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "cards:sensitive_read");
    let all = ["payments:read", "payments:write", "wallets:read", "audit:read"];
    server.permitted(&all).get(&path).refused(403, "PERMISSION_DENIED");
    let elsewhere = server.scoped(&["cards:sensitive_read"], &[&owner.wallet("Other")]);
    elsewhere.get(&path).refused(404, "CARD_NOT_FOUND");
    server.organization("Stranger").owner.get(&path).refused(404, "CARD_NOT_FOUND");
    server.live().get(&path).refused(403, "ENVIRONMENT_MISMATCH");
    owner.get("/cards/crd_1/details").refused(404, "CARD_NOT_FOUND");
    assert_eq!(owner.audited("action=card.details_viewed").len(), 0);
    server.scoped(&["cards:sensitive_read"], &[&agent.id]).get(&path).ok();
}

fn the_number_is_nowhere_else(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let receiver = Receiver::start();
    let (webhook, _) = owner.webhook(&receiver, &["card.*"]);
    let wallet = owner.funded(100);
    let issue = || owner.once("card-1").post("/cards", &json!({ "walletId": wallet })).created();
    let (card, again) = (issue(), issue());
    let card = card["id"].as_str().expect("text");
    let details = owner.once("look-1").get(&format!("/cards/{card}/details")).ok();
    let number = details["number"].as_str().expect("text").to_owned();
    owner.captured(card, "10.00");
    owner.patch(&format!("/cards/{card}"), &json!({ "status": "INACTIVE" })).ok();
    owner.delete(&format!("/cards/{card}")).ok();
    owner.attempts(&webhook, 1);
    let heard: Vec<Value> = vec![
        again,
        json!(owner.audited("")),
        owner.get("/events?limit=100").ok(),
        owner.get("/cards").ok(),
        owner.get(&format!("/cards/{card}/authorizations")).ok(),
        owner.get(&format!("/webhooks/{webhook}/deliveries")).ok(),
        owner.get(&format!("/wallets/{wallet}/transactions")).ok(),
    ];
    for text in heard.iter().map(Value::to_string) {
        assert!(!text.contains(&number), "{text}");
    }
    assert!(server.stop().success());
    let log = std::fs::read_to_string(server.folder().join("server.log")).expect("a log");
    assert!(!log.contains(&number), "{log}");
    if store == Store::Postgres {
        assert!(!server.all_rows().iter().any(|row| row.contains(&number)));
    } else {
        let path = server.database().url.trim_start_matches("sqlite:").to_owned();
        let bytes = std::fs::read(path).expect("the store's file");
        assert!(!bytes.windows(number.len()).any(|window| window == number.as_bytes()));
    }
}
