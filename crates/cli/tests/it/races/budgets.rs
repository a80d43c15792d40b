//! Budgets moved by many at once: never more than is there, never below what is available.

use serde_json::json;

use crate::support::{Server, Store, all_at_once, stories, succeeded};

stories!(
    the_organizations_wallet_is_never_overdrawn,
    claw_backs_race_payments,
    claw_backs_never_reach_what_is_held,
    an_adjustment_under_one_key_happens_once,
    network_payments_pass_no_limit,
);

fn the_organizations_wallet_is_never_overdrawn(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    owner.fund(purse, 100);
    let agents: Vec<_> = (0..5).map(|_| owner.agent("Bot")).collect();
    let answers = all_at_once(60, |number| owner.adjust(&agents[number % 5].id, &json!("7.00")));
    assert_eq!(succeeded(&answers, 402, "INSUFFICIENT_FUNDS"), 14, "98 of 100");
    owner.assert_balances(purse, "2.00", "0.00", "2.00");
}

fn claw_backs_race_payments(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let answers = all_at_once(100, |number| match number % 2 {
        0 => owner.adjust(&agent.id, &json!("-3.75")),
        _ => agent.api.pay(&agent.id, &shop, "3.50"),
    });
    let moved = succeeded(&answers, 402, "INSUFFICIENT_FUNDS");
    assert_eq!(moved, 26, "3.75 each, 97.50 of 100");
    owner.assert_balances(&agent.id, "2.50", "0.00", "2.50");
    let taken = answers.iter().step_by(2).filter(|one| one.status == 200).count();
    let cents = |amount: usize| format!("{}.{:02}", amount / 100, amount % 100);
    assert_eq!(owner.balance(purse), cents(taken * 375));
    assert_eq!(owner.balance(&shop), cents((moved - taken) * 350));
}

fn claw_backs_never_reach_what_is_held(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
    let answers = all_at_once(60, |number| match number % 2 {
        0 => owner.adjust(&agent.id, &json!("-4.00")),
        _ => agent.api.pay(&agent.id, &shop, "3.75"),
    });
    assert_eq!(succeeded(&answers, 402, "INSUFFICIENT_FUNDS"), 25, "4.00 each");
    let balances = owner.balances(&agent.id);
    assert_eq!((&balances["available"], &balances["balance"]), (&json!("0.00"), &balances["held"]));
    for approval in owner.all_ids("/approvals?status=PENDING&limit=100") {
        owner.approve(&approval).ok();
    }
    owner.assert_balances(&agent.id, "0.00", "0.00", "0.00");
}

fn an_adjustment_under_one_key_happens_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.fund(server.account("sandboxWalletId"), 1_000);
    let agent = owner.agent("Bot");
    let answers = all_at_once(40, |_| owner.once("give-1").adjust(&agent.id, &json!(5)));
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (200, &answers[0].text), "{}", answer.story());
    }
    assert_eq!(answers.iter().filter(|answer| !answer.replayed()).count(), 1);
    assert_eq!(owner.balance(&agent.id), "5.00");
}

fn network_payments_pass_no_limit(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (agent, payee) = (owner.funded_agent(1_000), stranger.owner.agent("Payee"));
    owner.policy(&agent.id, &json!({ "dailySpendingLimit": "30.50" }));
    let answers = all_at_once(100, |number| match number % 2 {
        0 => agent.api.pay(&agent.id, &payee.id, "1.00"),
        _ => {
            let body = json!({ "toAddress": payee.address, "amount": "1.00" });
            agent.api.post("/network/pay", &body)
        }
    });
    assert_eq!(succeeded(&answers, 403, "POLICY_DENIED"), 30, "all ways to pay share one limit");
    assert_eq!(payee.api.balance(&payee.id), "30.00");
}
