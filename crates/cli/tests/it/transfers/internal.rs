//! Internal transfers: instant, free, under policies, inside one organization.

use serde_json::json;

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Server, Store, id, stories};

stories!(
    money_moves_at_once_and_free,
    only_inside_the_organization,
    policies_and_limits_apply,
    a_scoped_key_moves_from_its_own_wallet_only,
    a_frozen_wallet_receives_but_does_not_move,
    it_is_told,
);

fn money_moves_at_once_and_free(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.wallet("Savings"));
    let body = json!({ "fromWalletId": from, "toWalletId": to, "amount": "250.00",
                       "description": "Move to savings" });
    let answer = owner.post("/transfers/internal", &body).ok();
    assert_fields(&answer, shapes::INTERNAL_TRANSFER, &[]);
    assert_id(&answer["id"], "xfr");
    assert_id(&answer["transactionId"], "txn");
    for (field, expected) in [
        ("status", json!("COMPLETED")),
        ("walletId", json!(from)),
        ("fromWalletId", json!(from)),
        ("toWalletId", json!(to)),
        ("amount", json!("250.00")),
        ("currency", json!("USD")),
        ("description", json!("Move to savings")),
    ] {
        assert_eq!(answer[field], expected, "{field}");
    }
    owner.assert_balances(&from, "250.00", "0.00", "250.00");
    owner.assert_balances(&to, "250.00", "0.00", "250.00");
    let read = owner.transfer(&id(&answer));
    assert_fields(&read, shapes::TRANSFER, &["transactionId", "fromWalletId", "toWalletId"]);
    assert_eq!((&read["rail"], &read["fee"]), (&json!("INTERNAL"), &json!("0.00")));
    assert_eq!((&read["direction"], &read["toWalletId"]), (&json!("INTERNAL"), &json!(to)));
    assert_eq!(read["completedAt"], "2026-03-02T09:00:00.000Z");
    for wallet in [&from, &to] {
        assert_eq!(owner.all_ids(&format!("/transfers?walletId={wallet}")), [id(&answer)]);
        let entries = owner.get(&format!("/wallets/{wallet}/transactions")).ok();
        assert_eq!(entries["data"][0]["entryType"], "INTERNAL_TRANSFER");
    }
    assert_eq!(owner.get("/payments").ok()["data"], json!([]), "it is no payment");
    server.assert_nothing_on_its_way();
}

fn only_inside_the_organization(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let from = owner.funded(100);
    for foreign in [stranger.wallet.as_str(), "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        let refused = owner.move_money(&from, foreign, "1.00");
        assert_eq!(refused.refused(404, "WALLET_NOT_FOUND")["walletId"], foreign);
    }
    stranger.owner.move_money(&from, &stranger.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
    let live_wallet = server.account("liveWalletId");
    owner.move_money(&from, live_wallet, "1.00").refused(403, "ENVIRONMENT_MISMATCH");
    owner.move_money(&from, &from, "1.00").refused_fields(&["toWalletId"]);
    let closed = owner.wallet("Closed");
    owner.act(&format!("/wallets/{closed}/close")).ok();
    let refused = owner.move_money(&from, &closed, "1.00");
    assert_eq!(refused.refused(409, "CONFLICT")["status"], "CLOSED");
    owner.post("/transfers/internal", &json!({ "amount": true })).refused_fields(&[
        "fromWalletId",
        "toWalletId",
        "amount",
    ]);
    owner.move_money(&from, server.account("sandboxWalletId"), "0").refused(400, "INVALID_AMOUNT");
    assert_eq!(owner.balance(&from), "100.00");
}

fn policies_and_limits_apply(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to, other) = (owner.funded(500), owner.wallet("To"), owner.wallet("Other"));
    let rules = json!({ "dailySpendingLimit": "100.00", "approvedRecipients": [to] });
    owner.policy(&from, &rules);
    let denied = owner.move_money(&from, &other, "1.00").refused(403, "POLICY_DENIED");
    assert_eq!(denied["rule"], "approvedRecipients");
    owner.move_money(&from, &to, "60.00").ok();
    assert_eq!(owner.used(&from, "dailySpendingLimit"), "60.00");
    let denied = owner.pay(&from, &to, "40.01").refused(403, "POLICY_DENIED");
    assert_eq!(denied["rule"], "dailySpendingLimit", "payments and transfers share the limit");
    owner.move_money(&from, &to, "40.00").ok();
    let kinds = owner.get("/events?type=policy.denied").ok();
    assert_eq!(kinds["data"][0]["data"]["to"], json!(other));
    let details = owner.move_money(&to, &from, "100.01").refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!((&details["balance"], &details["fee"]), (&json!("100.00000000"), &json!("0.00")));
}

fn a_scoped_key_moves_from_its_own_wallet_only(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, other) = (owner.funded_agent(100), owner.funded(100));
    let moved = id(&agent.api.move_money(&agent.id, &other, "10.00").ok());
    agent.api.move_money(&other, &agent.id, "10.00").refused(404, "WALLET_NOT_FOUND");
    let secret = owner.once("private").move_money(&other, &agent.id, "5.00").ok();
    let seen = agent.api.transfer(&id(&secret));
    assert!(seen["idempotencyKey"].is_null(), "the sender's own: {seen:#}");
    assert_eq!(agent.api.all_ids("/transfers"), [id(&secret), moved]);
    assert_eq!(owner.transfer(&id(&secret))["idempotencyKey"], "private");
    let between = id(&owner.move_money(&other, server.account("sandboxWalletId"), "1.00").ok());
    agent.api.get(&format!("/transfers/{between}")).refused(404, "TRANSFER_NOT_FOUND");
}

fn a_frozen_wallet_receives_but_does_not_move(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (frozen, other) = (owner.funded(100), owner.funded(100));
    owner.act(&format!("/wallets/{frozen}/freeze")).ok();
    let keyed = owner.once("frozen-1");
    let first = keyed.move_money(&frozen, &other, "1.00");
    first.refused(403, "WALLET_FROZEN");
    owner.act(&format!("/wallets/{frozen}/unfreeze")).ok();
    keyed.move_money(&frozen, &other, "1.00").assert_replay_of(&first);
    owner.act(&format!("/wallets/{frozen}/freeze")).ok();
    owner.move_money(&other, &frozen, "1.00").ok();
    assert_eq!(owner.balance(&frozen), "101.00");
}

fn it_is_told(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.move_money(&from, &to, "1.00").ok();
    let events = owner.get("/events?type=transfer.*").ok();
    let told: Vec<&str> = events["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(|event| event["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(told, ["transfer.created", "transfer.completed"]);
}
