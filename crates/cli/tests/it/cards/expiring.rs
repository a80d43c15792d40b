//! What nobody captures in seven days is free again, once.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    an_authorization_expires_once,
    what_was_captured_stays,
    many_expire_in_one_jump,
    what_fell_due_while_nobody_ran_is_not_captured,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";
const EXPIRY: &str = "2026-03-09T09:00:00Z";

fn an_authorization_expires_once(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.limited_card(&wallet, "60.00", "all_time");
    owner.policy(&wallet, &json!({ "monthlySpendingLimit": "60.00" }));
    let bought = owner.approved(&card, "60.00");
    server.advance_to("2026-03-09T08:59:59.999Z");
    owner.assert_balances(&wallet, "100.00", "60.00", "40.00");
    server.advance_to(EXPIRY);
    for _ in 0..2 {
        let owner = server.owner();
        let read = owner.authorization(&card, &bought);
        assert_eq!(
            (&read["status"], &read["releasedAmount"], &read["heldAmount"]),
            (&json!("EXPIRED"), &json!("60.00"), &json!("0.00"))
        );
        owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
        assert_eq!(owner.holds(&wallet, "RELEASED"), ["60.00"]);
        assert_eq!(owner.used(&wallet, "monthlySpendingLimit"), "0.00");
        for verb in ["capture", "reverse"] {
            let late = owner.step(&bought, verb);
            assert_eq!(late.refused(409, "CONFLICT")["status"], "EXPIRED");
        }
        let told = owner.told("card.reversed");
        assert_eq!((told.len(), &told[0]["releaseReason"]), (1, &json!("EXPIRED")));
        let entries = owner.audited("action=card.reversed");
        assert_eq!((entries.len(), &entries[0]["actorType"]), (1, &json!("SYSTEM")));
        server.restart();
        server.advance("PT1S");
    }
    server.owner().approved(&card, "60.00");
}

fn what_was_captured_stays(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let (part, whole) = (owner.approved(&card, "60.00"), owner.captured(&card, "10.00"));
    owner.step_by(&part, "capture", "25.00").ok();
    server.advance_to(EXPIRY);
    let read = owner.authorization(&card, &part);
    assert_eq!(
        (&read["status"], &read["capturedAmount"], &read["releasedAmount"]),
        (&json!("CAPTURED"), &json!("25.00"), &json!("35.00"))
    );
    owner.assert_balances(&wallet, "65.00", "0.00", "65.00");
    owner.step(&part, "capture").refused(409, "CONFLICT");
    for captured in [&part, &whole] {
        assert_eq!(owner.step(captured, "refund").ok()["status"], "REFUNDED", "also much later");
    }
    assert_eq!(owner.balance(&wallet), "100.00");
}

/// More than are ended in one commit.
const MANY: usize = 210;

fn many_expire_in_one_jump(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    let cards = [owner.card(&wallet), owner.card(&wallet)];
    for number in 0..MANY {
        owner.approved(&cards[number % 2], "1.00");
    }
    owner.assert_balances(&wallet, "1000.00", "210.00", "790.00");
    server.advance("PT8760H");
    owner.assert_balances(&wallet, "1000.00", "0.00", "1000.00");
    assert_eq!(owner.audited("action=card.reversed").len(), MANY);
}

fn what_fell_due_while_nobody_ran_is_not_captured(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.approved(&card, "60.00");
    assert!(server.stop().success());
    server.launch_at("2026-03-12T09:00:00Z");
    let owner = server.owner();
    // Before anything had time to notice that it is due.
    let late = owner.step(&bought, "capture");
    assert_eq!(late.refused(409, "CONFLICT")["status"], "EXPIRED");
    server.advance("PT1S");
    assert_eq!(owner.authorization(&card, &bought)["status"], "EXPIRED");
    assert_eq!(owner.told("card.reversed").len(), 1);
}
