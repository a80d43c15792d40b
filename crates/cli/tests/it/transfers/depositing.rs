//! Deposits: what they answer, what they post, when they arrive.

use serde_json::{Value, json};

use crate::support::banking::{ACCOUNT, account};
use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Server, Store, id, stories};

stories!(
    a_deposit_is_answered_at_once_and_arrives_later,
    a_deposit_from_a_linked_account_takes_ach,
    each_rail_takes_its_time,
    a_deposit_has_a_minimum,
    a_frozen_wallet_still_receives,
    what_arrives_for_a_closed_wallet_goes_to_the_organization,
    it_is_told_step_by_step,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

fn a_deposit_is_answered_at_once_and_arrives_later(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.wallet("Till");
    let answer = owner.deposit(&wallet, "100.00", &account("ACH", ACCOUNT)).expect(202).json;
    assert_fields(&answer, shapes::TRANSFER, &[]);
    assert_id(&answer["id"], "xfr");
    assert_id(&answer["ledgerTxnId"], "txn");
    let source = json!({ "type": "ACH", "routingNumber": "021000021",
                         "accountNumber": "****6789", "accountHolderName": "Ada Lovelace" });
    for (field, expected) in [
        ("railType", json!("ACH")),
        ("rail", json!("ACH")),
        ("direction", json!("DEPOSIT")),
        ("status", json!("PENDING")),
        ("walletId", json!(wallet)),
        ("organizationId", json!(server.account("organizationId"))),
        ("amount", json!("100.00")),
        ("currency", json!("USD")),
        ("fee", json!("0.50")),
        ("customerFee", json!("0.50")),
        ("settleTxnId", Value::Null),
        ("source", source),
        ("destination", Value::Null),
        ("completedAt", Value::Null),
        ("createdAt", json!("2026-03-02T09:00:00.000Z")),
    ] {
        assert_eq!(answer[field], expected, "{field}");
    }
    owner.assert_balances(&wallet, "0.00", "0.00", "0.00");
    assert_eq!(owner.pending(&wallet), "100.00");
    assert_eq!(server.system_cents("DEPOSITS_PENDING"), 10_000);
    server.advance("PT4S");
    assert_eq!(owner.transfer_status(&id(&answer)), "PROCESSING");
    assert_id(&owner.transfer(&id(&answer))["externalId"], "sim");
    server.advance("PT1S");
    let arrived = owner.transfer(&id(&answer));
    assert_eq!(arrived["status"], "COMPLETED");
    assert_eq!(arrived["completedAt"], "2026-03-02T09:00:05.000Z");
    assert_id(&arrived["settleTxnId"], "txn");
    owner.assert_balances(&wallet, "99.50", "0.00", "99.50");
    assert_eq!(owner.pending(&wallet), "0.00");
    let entries = owner.get(&format!("/wallets/{wallet}/transactions")).ok();
    assert_eq!(entries["data"][0]["entryType"], "DEPOSIT");
    assert_eq!(entries["data"][0]["relatedTransactionId"], answer["ledgerTxnId"]);
    assert_eq!((server.system_cents("BANK"), server.system_cents("FEES")), (-10_000, 50));
    server.assert_nothing_on_its_way();
}

fn a_deposit_from_a_linked_account_takes_ach(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, bank) = (owner.wallet("Till"), owner.linked());
    let body =
        json!({ "walletId": wallet, "amount": 25, "currency": "USD", "bankAccountId": bank });
    let answer = owner.post("/transfers/deposit", &body).expect(202).json;
    assert_eq!((&answer["rail"], &answer["bankAccountId"]), (&json!("ACH"), &json!(bank)));
    assert_eq!(answer["source"]["bankAccountId"], json!(bank));
    assert_eq!(answer["source"]["accountNumber"], "****6789");
    let wire = json!({ "walletId": wallet, "amount": "25.00", "currency": "USD",
                       "source": { "type": "WIRE", "bankAccountId": bank } });
    let wired = owner.post("/transfers/deposit", &wire).expect(202).json;
    assert_eq!((&wired["rail"], &wired["bankAccountId"]), (&json!("WIRE"), &json!(bank)));
    server.advance("PT5S");
    assert_eq!(owner.balance(&wallet), "49.50");
    server.assert_nothing_on_its_way();
}

fn each_rail_takes_its_time(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.wallet("Till");
    let coin = json!({ "type": "USDC", "address": "0x52908400098527886E0F7030069857D2E4169EE7",
                       "chain": "base" });
    let sources = [
        (account("FEDNOW", ACCOUNT), 1),
        (coin, 2),
        (account("WIRE", ACCOUNT), 3),
        (account("ACH", ACCOUNT), 5),
    ];
    let asked: Vec<(String, i64)> = sources
        .iter()
        .map(|(source, seconds)| {
            (id(&owner.deposit(&wallet, "30", source).expect(202).json), *seconds)
        })
        .collect();
    for now in 1..=5 {
        server.advance("PT1S");
        for (transfer, seconds) in &asked {
            let expected = if now >= *seconds { "COMPLETED" } else { "PROCESSING" };
            assert_eq!(owner.transfer_status(transfer), expected, "{seconds} s rail after {now} s");
        }
    }
    let body = json!({ "walletId": wallet, "amount": "30.00", "currency": "USDC",
                       "source": { "type": "USDC", "address": "0x5290" } });
    let answer = owner.post("/transfers/deposit", &body).expect(202).json;
    assert_eq!((&answer["currency"], &answer["rail"]), (&json!("USDC"), &json!("USDC")));
    server.advance("PT2S");
    assert_eq!(owner.balance(&wallet), "148.75");
    server.assert_nothing_on_its_way();
}

fn a_deposit_has_a_minimum(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Till");
    for amount in ["24.99", "0.01", "24.99999999"] {
        let refused = owner.deposit(&wallet, amount, &account("ACH", ACCOUNT));
        assert_eq!(refused.refused(400, "INVALID_AMOUNT")["minimum"], "25.00", "{amount}");
    }
    owner.deposit(&wallet, "25.00", &account("ACH", ACCOUNT)).expect(202);
    assert_eq!(owner.all_ids("/transfers").len(), 1);
}

fn a_frozen_wallet_still_receives(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.wallet("Till");
    owner.deposit(&wallet, "100.00", &account("ACH", ACCOUNT)).expect(202);
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    owner.deposit(&wallet, "50.00", &account("ACH", ACCOUNT)).expect(202);
    server.advance("PT5S");
    assert_eq!(owner.balance(&wallet), "149.25");
    server.assert_nothing_on_its_way();
}

fn what_arrives_for_a_closed_wallet_goes_to_the_organization(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (agent, till) = (owner.agent("Gone"), owner.wallet("Till"));
    for wallet in [&agent.id, &till] {
        owner.deposit(wallet, "100.00", &account("ACH", ACCOUNT)).expect(202);
    }
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    owner.act(&format!("/wallets/{till}/close")).ok();
    server.advance("PT5S");
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "199.00");
    assert_eq!(
        (owner.balance(&agent.id), owner.pending(&agent.id)),
        ("0.00".into(), "0.00".into())
    );
    let refused = owner.deposit(&till, "100.00", &account("ACH", ACCOUNT));
    assert_eq!(refused.refused(409, "CONFLICT")["status"], "CLOSED");
    server.assert_nothing_on_its_way();
}

fn it_is_told_step_by_step(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.wallet("Till");
    let transfer = id(&owner.deposit(&wallet, "100.00", &account("ACH", ACCOUNT)).expect(202).json);
    server.advance("PT5S");
    let events = owner.get("/events?type=transfer.*&limit=100").ok();
    let told: Vec<(&str, &str)> = events["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(|event| {
            assert_eq!(event["data"]["id"], json!(transfer));
            let text = |value: &'static str| event.pointer(value).and_then(Value::as_str);
            (text("/type").expect("a type"), text("/data/status").expect("a status"))
        })
        .collect();
    let expected = [
        ("transfer.created", "PENDING"),
        ("transfer.processing", "PROCESSING"),
        ("transfer.completed", "COMPLETED"),
    ];
    assert_eq!(told, expected);
    let entries = owner.audited(&format!("resource={transfer}"));
    let actors: Vec<&str> =
        entries.iter().map(|entry| entry["actorType"].as_str().expect("text")).collect();
    assert_eq!(actors, ["SYSTEM", "SYSTEM", "API_KEY"], "newest first");
}
