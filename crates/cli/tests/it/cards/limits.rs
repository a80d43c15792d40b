//! A card's own limits: to the cent, in calendar periods, by category.

use serde_json::json;

use crate::support::cards::{reason, selling};
use crate::support::{Server, Store, stories};

stories!(
    a_limit_is_passed_by_a_cent,
    each_interval_begins_anew,
    categories_have_limits_of_their_own,
    what_was_released_can_be_spent_again,
    a_release_gives_back_to_its_own_window,
    a_refund_restores_no_limit,
    a_new_limit_knows_what_was_spent,
    limits_are_of_the_card_alone,
    zero_allows_nothing,
);

fn a_limit_is_passed_by_a_cent(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    for interval in ["daily", "weekly", "monthly", "yearly", "all_time"] {
        let card = owner.limited_card(&wallet, "50.00", interval);
        owner.approved(&card, "30.00");
        assert_eq!(owner.declined(&card, "20.01"), "SPENDING_LIMIT", "{interval}");
        owner.approved(&card, "20.00");
        assert_eq!(owner.declined(&card, "0.01"), "SPENDING_LIMIT", "{interval}");
    }
    let card = owner.limited_card(&wallet, "50.00", "per_authorization");
    assert_eq!(owner.declined(&card, "50.01"), "SPENDING_LIMIT");
    for _ in 0..2 {
        owner.approved(&card, "50.00");
    }
    let told = owner.buy(&owner.limited_card(&wallet, "5.00", "daily"), "5.01").created();
    let message = told["declineMessage"].as_str().expect("text");
    assert!(message.contains("daily limit of 5.00"), "{message}");
}

/// A Saturday; the week ends before the month.
const BEGINNING: &str = "2026-01-31T12:00:00Z";

fn each_interval_begins_anew(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    let cards = ["daily", "weekly", "monthly", "yearly", "all_time"]
        .map(|interval| owner.limited_card(&wallet, "10.00", interval));
    for card in &cards {
        owner.captured(card, "10.00");
    }
    for (moment, free) in [
        ("2026-01-31T23:59:59.999Z", 0),
        ("2026-02-01T00:00:00Z", 2),
        ("2026-02-02T00:00:00Z", 3),
        ("2026-12-31T23:59:59Z", 3),
        ("2027-01-01T00:00:00Z", 4),
    ] {
        server.advance_to(moment);
        for card in &cards {
            let body = owner.buy(card, "0.01").created();
            if body["status"] == "APPROVED" {
                owner.step(body["id"].as_str().expect("text"), "reverse").ok();
            }
        }
        let approved = cards.iter().filter(|card| {
            let list = owner.get(&format!("/cards/{card}/authorizations?limit=1")).ok();
            list["data"][0]["status"] == "REVERSED"
        });
        assert_eq!(approved.count(), free, "at {moment}");
    }
}

fn categories_have_limits_of_their_own(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    let software =
        json!({ "amount": "50.00", "interval": "monthly", "categories": ["software", "books"] });
    let card = owner.card_of(&wallet, &json!({ "spendingLimits": [software] }));
    assert_eq!(reason(&owner.buy_from(&card, "1.00", &selling("travel"))), "CATEGORY_NOT_ALLOWED");
    assert_eq!(
        owner.buy_from(&card, "30.00", &selling("SOFTWARE")).created()["status"],
        "APPROVED"
    );
    assert_eq!(reason(&owner.buy_from(&card, "20.01", &selling("books"))), "SPENDING_LIMIT");
    assert_eq!(owner.buy_from(&card, "20.00", &selling("books")).created()["status"], "APPROVED");
    let all = json!({ "amount": "100.00", "interval": "monthly" });
    let both = json!({ "spendingLimits": [software, all] });
    owner.patch(&format!("/cards/{card}"), &both).ok();
    assert_eq!(reason(&owner.buy_from(&card, "0.01", &selling("books"))), "SPENDING_LIMIT");
    assert_eq!(reason(&owner.buy_from(&card, "50.01", &selling("travel"))), "SPENDING_LIMIT");
    assert_eq!(owner.buy_from(&card, "50.00", &selling("travel")).created()["status"], "APPROVED");
}

fn what_was_released_can_be_spent_again(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let card = owner.limited_card(&owner.funded(1_000), "50.00", "all_time");
    let first = owner.approved(&card, "50.00");
    owner.step_by(&first, "reverse", "20.00").ok();
    assert_eq!(owner.declined(&card, "20.01"), "SPENDING_LIMIT");
    let second = owner.approved(&card, "20.00");
    owner.step(&second, "capture").ok();
    owner.step_by(&first, "capture", "10.00").ok();
    owner.step(&first, "reverse").ok();
    assert_eq!(owner.declined(&card, "20.01"), "SPENDING_LIMIT");
    owner.approved(&card, "20.00");
}

fn a_release_gives_back_to_its_own_window(store: Store) {
    let server = Server::start_at(store, "2026-03-03T12:00:00Z");
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    owner.policy(
        &wallet,
        &json!({ "dailySpendingLimit": "60.00", "weeklySpendingLimit": "100.00" }),
    );
    let card = owner.limited_card(&wallet, "50.00", "daily");
    let monday = owner.approved(&card, "50.00");
    assert_eq!(owner.used(&wallet, "dailySpendingLimit"), "50.00");
    server.advance("PT24H");
    owner.approved(&card, "50.00");
    owner.step(&monday, "reverse").ok();
    assert_eq!(owner.declined(&card, "0.01"), "SPENDING_LIMIT", "today is used up");
    assert_eq!(owner.used(&wallet, "dailySpendingLimit"), "50.00");
    assert_eq!(owner.used(&wallet, "weeklySpendingLimit"), "50.00");
}

fn a_refund_restores_no_limit(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    owner.policy(&wallet, &json!({ "dailySpendingLimit": "50.00" }));
    let card = owner.limited_card(&wallet, "50.00", "all_time");
    let bought = owner.captured(&card, "50.00");
    owner.step(&bought, "refund").ok();
    assert_eq!(owner.balance(&wallet), "100.00");
    assert_eq!(owner.declined(&card, "0.01"), "SPENDING_LIMIT");
    assert_eq!(owner.used(&wallet, "dailySpendingLimit"), "50.00");
}

fn a_new_limit_knows_what_was_spent(store: Store) {
    let mut server = Server::start(store);
    let wallet = server.owner().funded(1_000);
    let card = server.owner().card(&wallet);
    server.owner().approved(&card, "30.00");
    server.restart();
    let owner = server.owner();
    let software = json!({ "amount": "31.00", "interval": "weekly", "categories": ["software"] });
    owner.patch(&format!("/cards/{card}"), &json!({ "spendingLimits": [software] })).ok();
    assert_eq!(owner.declined(&card, "1.01"), "SPENDING_LIMIT");
    owner.approved(&card, "1.00");
}

fn limits_are_of_the_card_alone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let cards = [(); 2].map(|()| owner.limited_card(&wallet, "40.00", "daily"));
    for card in &cards {
        owner.approved(card, "40.00");
    }
    assert_eq!(owner.declined(&owner.card(&wallet), "20.01"), "INSUFFICIENT_FUNDS");
}

fn zero_allows_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    for interval in ["per_authorization", "daily", "all_time"] {
        let card = owner.limited_card(&wallet, "0", interval);
        assert_eq!(owner.declined(&card, "0.01"), "SPENDING_LIMIT");
    }
}
