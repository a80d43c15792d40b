//! Budgets: money from the organization's wallet to the agent, and back.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields};
use crate::support::{Server, Store, stories};

stories!(
    budget_goes_to_the_agent_and_back,
    an_adjustment_is_repeated_in_its_own_type,
    signed_amounts_have_a_grammar,
    never_more_than_the_organization_has,
    never_below_what_is_available,
    a_paused_agents_budget_moves,
    policies_and_fees_do_not_apply,
    an_adjustment_happens_once,
    adjusting_needs_its_permission,
);

fn budget_goes_to_the_agent_and_back(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    owner.fund(purse, 500);
    let agent = owner.agent("Bot");
    let given = owner.adjust(&agent.id, &json!("200.00")).ok();
    assert_fields(&given, shapes::ADJUSTMENT, &[]);
    assert_eq!(
        given,
        json!({ "id": agent.id, "adjustment": "200.00", "newBalance": "200.00", "currency": "USD" })
    );
    owner.assert_balances(purse, "300.00", "0.00", "300.00");
    let taken = owner.adjust(&agent.id, &json!("-25.00000001")).ok();
    assert_eq!(
        (&taken["adjustment"], &taken["newBalance"]),
        (&json!("-25.00000001"), &json!("174.99999999"))
    );
    owner.assert_balances(purse, "325.00000001", "0.00", "325.00000001");
    owner.assert_balances(&agent.id, "174.99999999", "0.00", "174.99999999");
    for (wallet, direction) in [(purse, "CREDIT"), (agent.id.as_str(), "DEBIT")] {
        let statement = owner.get(&format!("/wallets/{wallet}/transactions")).ok();
        let last = &statement["data"][0];
        assert_eq!(
            (&last["amount"], &last["direction"]),
            (&json!("25.00000001"), &json!(direction)),
            "on the statement of {wallet}"
        );
    }
}

fn an_adjustment_is_repeated_in_its_own_type(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.fund(server.account("sandboxWalletId"), 500);
    let agent = owner.agent("Bot");
    for (sent, repeated, balance) in [
        ("50", json!(50), "50.00"),
        ("-25", json!(-25), "25.00"),
        ("\"50\"", json!("50"), "75.00"),
        ("\"-0.50\"", json!("-0.50"), "74.50"),
        ("12.5", json!(12.5), "87.00"),
        ("-7.25", json!(-7.25), "79.75"),
    ] {
        let body = format!("{{\"amount\":{sent}}}");
        let path = format!("/agents/{}/adjust-budget", agent.id);
        let answer = owner.post_text(&path, &body).ok();
        assert_eq!(
            (&answer["adjustment"], &answer["newBalance"]),
            (&repeated, &json!(balance)),
            "after {sent}"
        );
    }
}

fn signed_amounts_have_a_grammar(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    owner.fund(purse, 500);
    let agent = owner.agent("Bot");
    let path = format!("/agents/{}/adjust-budget", agent.id);
    for bad in [
        "\"0\"",
        "\"0.00\"",
        "\"-0\"",
        "\"-0.00\"",
        "0",
        "-0",
        "0.0",
        "\"+5\"",
        "\"--5\"",
        "\"- 5\"",
        "\"05\"",
        "\"-05\"",
        "\"5.\"",
        "\"-.5\"",
        "\"1.123456789\"",
        "\"ten\"",
        "\"\"",
        "\"-\"",
        "\"1e2\"",
        "1e2",
        "\"92233720368.54775808\"",
        "\"-92233720368.54775809\"",
        "99999999999999999999999999",
    ] {
        let answer = owner.post_text(&path, &format!("{{\"amount\":{bad}}}"));
        answer.refused(400, "INVALID_AMOUNT");
    }
    owner.post(&path, &json!({})).refused_fields(&["amount"]);
    for odd in [Value::Null, json!(true), json!([]), json!({ "value": "5" })] {
        owner.post(&path, &json!({ "amount": odd })).refused_fields(&["amount"]);
    }
    owner.assert_balances(purse, "500.00", "0.00", "500.00");
}

fn never_more_than_the_organization_has(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    let (agent, shop) = (owner.agent("Bot"), owner.wallet("Shop"));
    owner.fund(purse, 100);
    owner.adjust(&agent.id, &json!("100.01")).refused(402, "INSUFFICIENT_FUNDS");
    let ask = owner.policy(purse, &json!({ "requireHumanApproval": true }));
    owner.pay(purse, &shop, "39.75").expect(202);
    owner.delete(&format!("/policies/{ask}")).expect(204);
    let details = owner.adjust(&agent.id, &json!("60.01")).refused(402, "INSUFFICIENT_FUNDS");
    for (field, expected) in [
        ("walletId", json!(purse)),
        ("balance", json!("100.00000000")),
        ("requested", json!("60.01")),
        ("held", json!("40.00")),
        ("available", json!("60.00")),
    ] {
        assert_eq!(details[field], expected, "{field}: what is held is not there to give");
    }
    assert_eq!(owner.adjust(&agent.id, &json!("60.00")).ok()["newBalance"], "60.00");
    owner.assert_balances(purse, "40.00", "40.00", "0.00");
}

fn never_below_what_is_available(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
    agent.api.pay(&agent.id, &shop, "60.00").expect(202);
    let details = owner.adjust(&agent.id, &json!("-39.71")).refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(
        (&details["walletId"], &details["held"], &details["available"]),
        (&json!(agent.id), &json!("60.30"), &json!("39.70"))
    );
    owner.adjust(&agent.id, &json!("-39.70")).ok();
    owner.assert_balances(&agent.id, "60.30", "60.30", "0.00");
    owner.adjust(&agent.id, &json!("-0.00000001")).refused(402, "INSUFFICIENT_FUNDS");
    let empty = owner.agent("Empty");
    owner.adjust(&empty.id, &json!(-1)).refused(402, "INSUFFICIENT_FUNDS");
}

fn a_paused_agents_budget_moves(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.fund(server.account("sandboxWalletId"), 100);
    let agent = owner.funded_agent(10);
    owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    assert_eq!(owner.adjust(&agent.id, &json!("50.00")).ok()["newBalance"], "60.00");
    assert_eq!(owner.adjust(&agent.id, &json!("-60.00")).ok()["newBalance"], "0.00");
    assert_eq!(owner.get(&format!("/agents/{}", agent.id)).ok()["status"], "FROZEN");
}

fn policies_and_fees_do_not_apply(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    owner.fund(purse, 100);
    let agent = owner.agent("Bot");
    for wallet in [purse, agent.id.as_str()] {
        owner.policy(
            wallet,
            &json!({
                "maxTransactionAmount": "0", "dailySpendingLimit": "0", "maxTransactionsPerDay": 0,
                "approvedRecipients": [], "requireHumanApproval": true,
            }),
        );
    }
    owner.adjust(&agent.id, &json!("100.00")).ok();
    owner.adjust(&agent.id, &json!("-40.00")).ok();
    owner.assert_balances(purse, "40.00", "0.00", "40.00");
    owner.assert_balances(&agent.id, "60.00", "0.00", "60.00");
    for wallet in [purse, agent.id.as_str()] {
        assert_eq!(owner.used(wallet, "dailySpendingLimit"), "0.00", "it is no spending");
    }
}

fn an_adjustment_happens_once(store: Store) {
    let mut server = Server::start(store);
    server.owner().fund(server.account("sandboxWalletId"), 100);
    let agent = server.owner().agent("Bot");
    let give =
        |server: &Server, amount: Value| server.owner().once("give-1").adjust(&agent.id, &amount);
    let first = give(&server, json!("30.00")).expect(200);
    for _ in 0..2 {
        give(&server, json!("30.00")).assert_replay_of(&first);
        give(&server, json!("-30.00")).refused(409, "IDEMPOTENCY_KEY_REUSE");
        give(&server, json!("30.01")).refused(409, "IDEMPOTENCY_KEY_REUSE");
        server.restart();
    }
    let owner = server.owner();
    let poor = owner.once("take-1").adjust(&agent.id, &json!("-31.00"));
    poor.refused(402, "INSUFFICIENT_FUNDS");
    owner.fund(&agent.id, 10);
    owner.once("take-1").adjust(&agent.id, &json!("-31.00")).assert_replay_of(&poor);
    assert_eq!(owner.balance(&agent.id), "40.00");
}

fn adjusting_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(10);
    let payer = server.permitted(&["wallets:read", "payments:write"]);
    let details = payer.adjust(&agent.id, &json!("-1.00")).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "wallets:write");
    server.permitted(&["wallets:write"]).adjust(&agent.id, &json!("-1.00")).ok();
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "1.00");
}
