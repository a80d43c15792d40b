//! Cards end with their wallet; what comes later goes to the organization.

use serde_json::json;

use crate::support::cards::reason;
use crate::support::{Server, Store, all_at_once, stories};

stories!(
    a_deleted_agent_leaves_no_card_and_no_hold,
    a_wallet_has_so_many_open_authorizations_and_no_more,
    a_hold_is_listed_behind_any_number_that_ended,
    refunds_after_the_end_go_to_the_organization,
    a_wallet_with_holds_is_not_closed,
);

fn a_deleted_agent_leaves_no_card_and_no_hold(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    let cards = [agent.api.card(&agent.id), owner.card(&agent.id)];
    let gone = owner.card(&agent.id);
    owner.delete(&format!("/cards/{gone}")).ok();
    let open = agent.api.approved(&cards[0], "30.00");
    let part = agent.api.approved(&cards[1], "20.00");
    agent.api.step_by(&part, "capture", "5.00").ok();
    let deleted = owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(deleted["sweptAmount"], "95.00");
    for card in &cards {
        assert_eq!(owner.card_status(card), "CANCELLED");
        assert_eq!(owner.declined(card, "1.00"), "CARD_CANCELLED");
    }
    assert_eq!(owner.authorization(&cards[0], &open)["status"], "REVERSED");
    assert_eq!(owner.authorization(&cards[1], &part)["status"], "CAPTURED");
    for authorization in [&open, &part] {
        owner.step(authorization, "capture").refused(409, "CONFLICT");
    }
    owner.assert_balances(&agent.id, "0.00", "0.00", "0.00");
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "95.00");
    assert_eq!(owner.holds(&agent.id, "RELEASED"), ["30.00"]);
    assert_eq!(owner.told("card.cancelled").len(), 3, "each once");
    let released = owner.told("card.reversed");
    assert_eq!((released.len(), &released[0]["releaseReason"]), (2, &json!("ENDED")));
}

fn a_wallet_has_so_many_open_authorizations_and_no_more(store: Store) {
    const CALLERS: usize = 10;
    const OPEN_MAX: usize = 1_000;
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    let cards = [agent.api.card(&agent.id), owner.card(&agent.id)];
    let last = all_at_once(CALLERS, |number| {
        let card = &cards[number % cards.len()];
        (1..OPEN_MAX / CALLERS).for_each(|_| drop(agent.api.approved(card, "0.00000001")));
        agent.api.buy(card, "0.00000001")
    });
    assert!(last.iter().all(|answer| answer.json["status"] == "APPROVED"), "so many are open");
    let over = all_at_once(CALLERS, |_| agent.api.buy(&cards[0], "1.00"));
    for declined in &over {
        assert_eq!(reason(declined), "TOO_MANY_AUTHORIZATIONS");
    }
    let other = owner.card(&owner.funded(100));
    owner.approved(&other, "1.00");
    let ended = last[0].json["id"].as_str().expect("an ID");
    agent.api.step(ended, "reverse").ok();
    agent.api.approved(&cards[0], "1.00");
    assert_eq!(agent.api.declined(&cards[1], "1.00"), "TOO_MANY_AUTHORIZATIONS");
    let spent = "SELECT COUNT(*) FROM card_authorizations WHERE held > 0";
    assert_eq!(server.number(spent), 1_001, "and one of another wallet");
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(server.number(spent), 1, "all of them end at once");
    owner.assert_balances(&agent.id, "0.00", "0.00", "0.00");
}

fn a_hold_is_listed_behind_any_number_that_ended(store: Store) {
    const CALLERS: usize = 10;
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    owner.approved(&card, "30.00");
    let last = all_at_once(CALLERS, |_| {
        (0..100).for_each(|_| drop(owner.step(&owner.approved(&card, "0.01"), "reverse").ok()));
        owner.step(&owner.approved(&card, "0.01"), "reverse")
    });
    assert!(last.iter().all(|answer| answer.status == 200));
    assert_eq!(owner.holds(&wallet, "PENDING"), ["30.00"]);
    assert_eq!(owner.holds(&wallet, "REVERSED").len(), 1_000, "the newest");
    let list = owner.get(&format!("/wallets/{wallet}/holds")).ok();
    let rows = list["data"].as_array().expect("data");
    assert_eq!(rows.len(), 1_001);
    assert_eq!(
        (&rows[1_000]["amount"], &rows[1_000]["status"]),
        (&json!("30.00"), &json!("PENDING"))
    );
}

fn refunds_after_the_end_go_to_the_organization(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    let bought = agent.api.captured(&agent.api.card(&agent.id), "40.00");
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    let purse = server.account("sandboxWalletId");
    assert_eq!(owner.balance(purse), "60.00");
    owner.step_by(&bought, "refund", "15.00").ok();
    assert_eq!(owner.balance(purse), "75.00");
    assert_eq!(owner.balance(&agent.id), "0.00");
    assert_eq!(owner.told("card.refunded")[0]["refundedTo"], purse);
    let entries = owner.get(&format!("/wallets/{purse}/transactions")).ok();
    assert_eq!(entries["data"][0]["entryType"], "CARD_REFUND");
}

fn a_wallet_with_holds_is_not_closed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.approved(&card, "100.00");
    let path = format!("/wallets/{wallet}/close");
    assert_eq!(owner.act(&path).refused(409, "CONFLICT")["held"], "100.00");
    assert_eq!(owner.card_status(&card), "ACTIVE");
    owner.step(&bought, "capture").ok();
    owner.act(&path).ok();
    assert_eq!(owner.card_status(&card), "CANCELLED", "cards end with their wallet");
    assert_eq!(owner.declined(&card, "1.00"), "CARD_CANCELLED");
    owner.step(&bought, "refund").ok();
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "100.00");
}
