//! Many at one moment: limits hold to the cent, and of two that exclude each other one happens.

use serde_json::json;

use crate::support::banking::{ACCOUNT, account};
use crate::support::{Server, Store, all_at_once, id, stories, succeeded};

stories!(
    a_hundred_withdrawals_on_one_limit,
    a_hundred_withdrawals_on_one_balance,
    payments_withdrawals_and_transfers_share_a_limit,
    cancelling_against_settling,
    approving_against_rejecting,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

fn a_hundred_withdrawals_on_one_limit(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(5_000);
    owner.policy(&wallet, &json!({ "dailySpendingLimit": "300.00" }));
    let answers = all_at_once(100, |_| owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)));
    assert_eq!(succeeded(&answers, 403, "POLICY_DENIED"), 30);
    assert_eq!(owner.used(&wallet, "dailySpendingLimit"), "300.00");
    server.advance("PT5S");
    assert_eq!(owner.balance(&wallet), "4692.50");
    server.assert_nothing_on_its_way();
}

fn a_hundred_withdrawals_on_one_balance(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let answers =
        all_at_once(100, |_| owner.withdraw(&wallet, "10.00", &account("FEDNOW", ACCOUNT)));
    assert_eq!(succeeded(&answers, 402, "INSUFFICIENT_FUNDS"), 9, "each takes 10.25");
    assert_eq!(owner.balance(&wallet), "7.75");
    server.advance("PT1S");
    server.assert_nothing_on_its_way();
}

fn payments_withdrawals_and_transfers_share_a_limit(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, to) = (owner.funded(5_000), owner.wallet("To"));
    owner.policy(&wallet, &json!({ "dailySpendingLimit": "250.00" }));
    let answers = all_at_once(60, |number| match number % 3 {
        0 => owner.pay(&wallet, &to, "10.00"),
        1 => owner.move_money(&wallet, &to, "10.00"),
        _ => owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)),
    });
    assert_eq!(succeeded(&answers, 403, "POLICY_DENIED"), 25);
    server.advance("PT5S");
    server.assert_nothing_on_its_way();
}

fn cancelling_against_settling(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    for round in 0..12 {
        let transfer =
            id(&owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)).expect(202).json);
        if round % 2 == 0 {
            server.advance("PT1S");
        }
        let answers = all_at_once(4, |number| match number {
            0 => owner.drive(&transfer, "settle"),
            3 => owner.drive(&transfer, "fail"),
            _ => owner.cancel(&transfer),
        });
        assert_eq!(succeeded(&answers, 409, "CONFLICT"), 1, "round {round}");
        let winner = answers.iter().find(|answer| answer.status == 200).expect("a winner");
        assert_eq!(owner.transfer_status(&transfer), winner.json["status"].as_str().expect("text"));
    }
    server.assert_nothing_on_its_way();
}

fn approving_against_rejecting(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.guarded(1_000);
    for _ in 0..8 {
        let asked = owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)).expect(202).json;
        let approval = asked["approvalId"].as_str().expect("text").to_owned();
        let answers = all_at_once(6, |number| {
            if number % 2 == 0 { owner.approve(&approval) } else { owner.reject(&approval) }
        });
        assert_eq!(succeeded(&answers, 409, "CONFLICT"), 1);
    }
    server.advance("PT5S");
    assert_eq!(owner.holds(&wallet, "PENDING"), Vec::<String>::new());
    server.assert_nothing_on_its_way();
}
