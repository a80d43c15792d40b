//! Withdrawals: what they take, what they post, when they have left.

use serde_json::{Value, json};

use crate::support::banking::{ACCOUNT, account};
use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Server, Store, id, stories};

stories!(
    a_withdrawal_leaves_the_wallet_at_once,
    the_fee_comes_on_top,
    a_failed_withdrawal_comes_back_whole,
    what_comes_back_for_a_deleted_agent_goes_to_the_organization,
    the_stablecoin_takes_its_own_way,
    it_counts_as_spending_until_it_comes_back,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

fn a_withdrawal_leaves_the_wallet_at_once(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, bank) = (owner.funded(500), owner.linked());
    let answer = owner.withdraw_to(&wallet, "200.00", &bank).expect(202).json;
    assert_fields(&answer, shapes::TRANSFER, &[]);
    assert_id(&answer["id"], "xfr");
    for (field, expected) in [
        ("direction", json!("WITHDRAWAL")),
        ("status", json!("PENDING")),
        ("fee", json!("1.00")),
        ("bankAccountId", json!(bank)),
        ("source", Value::Null),
        ("idempotencyKey", Value::Null),
    ] {
        assert_eq!(answer[field], expected, "{field}");
    }
    assert_eq!(answer["destination"]["accountNumber"], "****6789");
    owner.assert_balances(&wallet, "299.00", "0.00", "299.00");
    assert_eq!(server.system_cents("WITHDRAWALS_IN_TRANSIT"), 20_100);
    assert_eq!(server.system_cents("FEES"), 0, "nothing is earned yet");
    server.advance("PT5S");
    let left = owner.transfer(&id(&answer));
    assert_eq!(left["status"], "COMPLETED");
    assert_id(&left["settleTxnId"], "txn");
    owner.assert_balances(&wallet, "299.00", "0.00", "299.00");
    assert_eq!((server.system_cents("BANK"), server.system_cents("FEES")), (20_000, 100));
    let entries = owner.get(&format!("/wallets/{wallet}/transactions")).ok();
    let newest = &entries["data"][0];
    assert_eq!((&newest["entryType"], &newest["amount"]), (&json!("WITHDRAWAL"), &json!("201.00")));
    server.assert_nothing_on_its_way();
}

fn the_fee_comes_on_top(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let refused = owner.withdraw(&wallet, "99.76", &account("WIRE", ACCOUNT));
    let details = refused.refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!((&details["fee"], &details["required"]), (&json!("0.4988"), &json!("100.2588")));
    owner.withdraw(&wallet, "99.50", &account("WIRE", ACCOUNT)).expect(202);
    assert_eq!(owner.balance(&wallet), "0.0025");
    server.advance("PT3S");
    server.assert_nothing_on_its_way();
}

fn a_failed_withdrawal_comes_back_whole(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let answer = owner.withdraw(&wallet, "50.00", &account("ACH", "990000000002")).expect(202).json;
    owner.assert_balances(&wallet, "49.75", "0.00", "49.75");
    server.advance("PT5S");
    let failed = owner.transfer(&id(&answer));
    assert_eq!((&failed["status"], &failed["settleTxnId"]), (&json!("FAILED"), &Value::Null));
    assert!(failed["failureReason"].as_str().is_some_and(|why| !why.is_empty()));
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    assert_eq!(server.system_cents("FEES"), 0);
    server.assert_nothing_on_its_way();
}

fn what_comes_back_for_a_deleted_agent_goes_to_the_organization(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    owner.withdraw(&agent.id, "50.00", &account("ACH", "990000000002")).expect(202);
    let deleted = owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(deleted["sweptAmount"], "49.75");
    server.advance("PT5S");
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "100.00");
    server.assert_nothing_on_its_way();
}

fn the_stablecoin_takes_its_own_way(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let coin = json!({ "type": "USDC", "address": "0xabc", "chain": "base" });
    let body =
        json!({ "walletId": wallet, "amount": "10.00", "currency": "USDC", "destination": coin });
    let answer = owner.post("/transfers/withdraw", &body).expect(202).json;
    assert_eq!((&answer["rail"], &answer["currency"]), (&json!("USDC"), &json!("USDC")));
    assert_eq!(answer["destination"], coin, "an address is no secret");
    server.advance("PT2S");
    assert_eq!(owner.transfer_status(&id(&answer)), "COMPLETED");
    server.assert_nothing_on_its_way();
}

fn it_counts_as_spending_until_it_comes_back(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    owner.policy(&wallet, &json!({ "dailySpendingLimit": "100.00", "maxTransactionsPerDay": 3 }));
    let used = |rule: &str| owner.used(&wallet, rule);
    owner.withdraw(&wallet, "60.00", &account("ACH", "990000000002")).expect(202);
    assert_eq!(used("dailySpendingLimit"), "60.00", "without its fee");
    let denied = owner.withdraw(&wallet, "40.01", &account("ACH", ACCOUNT));
    assert_eq!(denied.refused(403, "POLICY_DENIED")["rule"], "dailySpendingLimit");
    server.advance("PT5S");
    assert_eq!(used("dailySpendingLimit"), "0.00");
    assert_eq!(used("maxTransactionsPerDay"), "1", "its place is not given back");
    owner.withdraw(&wallet, "100.00", &account("ACH", ACCOUNT)).expect(202);
    server.advance("PT5S");
    assert_eq!(used("dailySpendingLimit"), "100.00");
    server.assert_nothing_on_its_way();
}
