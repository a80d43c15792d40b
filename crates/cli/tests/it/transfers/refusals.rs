//! Refusals: every one with its code, and in the order of a payment's checks.

use serde_json::{Value, json};

use crate::support::banking::{ACCOUNT, account};
use crate::support::{Serve, Server, Store, stories};

stories!(
    exactly_one_other_side_is_named,
    wrong_numbers_are_refused_without_being_repeated,
    wallets_are_the_callers_own,
    frozen_and_closed_wallets_do_not_withdraw,
    policies_name_bank_accounts_and_addresses,
    numbers_are_for_the_sandbox,
    production_needs_a_rail,
    amounts_are_amounts,
);

fn exactly_one_other_side_is_named(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, bank) = (owner.funded(100), owner.linked());
    for (path, name) in [("/transfers/deposit", "source"), ("/transfers/withdraw", "destination")] {
        let ask = |more: Value| {
            let mut body = json!({ "walletId": wallet, "amount": "50.00", "currency": "USD" });
            for (field, value) in more.as_object().expect("fields") {
                body[field] = value.clone();
            }
            owner.post(path, &body)
        };
        ask(json!({})).refused_fields(&["bankAccountId"]);
        ask(json!({ name: null })).refused_fields(&[name]);
        ask(json!({ name: account("ACH", ACCOUNT), "bankAccountId": bank }))
            .refused_fields(&[name]);
        ask(json!({ name: "ACH" })).refused_fields(&[name]);
        let of = |field: &str| format!("{name}.{field}");
        ask(json!({ name: {} })).refused_fields(&[&of("type")]);
        ask(json!({ name: { "type": "SWIFT" } })).refused_fields(&[&of("type")]);
        ask(json!({ name: { "type": "INTERNAL" } })).refused_fields(&[&of("type")]);
        ask(json!({ name: { "type": "USDC" } })).refused_fields(&[&of("address")]);
        let wallet = json!({ "type": "USDC", "address": wallet });
        ask(json!({ name: wallet })).refused_fields(&[&of("address")]);
        ask(json!({ name: { "type": "WIRE" } }))
            .refused_fields(&[&of("routingNumber"), &of("accountNumber")]);
        let mut both = account("ACH", ACCOUNT);
        both["bankAccountId"] = json!(bank);
        ask(json!({ name: both })).refused_fields(&[&of("bankAccountId")]);
        let coin = json!({ "type": "USDC", "address": "0xabc", "bankAccountId": bank });
        ask(json!({ name: coin })).refused_fields(&[&of("bankAccountId")]);
        ask(json!({ "bankAccountId": bank, "currency": "EUR" })).refused_fields(&["currency"]);
        ask(json!({ "bankAccountId": bank, "currency": "USDC" })).refused_fields(&["currency"]);
    }
    assert_eq!(owner.get("/transfers").ok()["data"], json!([]));
}

fn wrong_numbers_are_refused_without_being_repeated(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    for (field, value) in [
        ("routingNumber", "987654321"),
        ("accountNumber", "987654321987654321"),
        ("accountNumber", "98765432x"),
    ] {
        let mut party = account("ACH", ACCOUNT);
        party[field] = json!(value);
        for (answer, name) in [
            (owner.deposit(&wallet, "50.00", &party), "source"),
            (owner.withdraw(&wallet, "50.00", &party), "destination"),
        ] {
            answer.refused_fields(&[&format!("{name}.{field}")]);
            assert!(!answer.text.contains(value), "{}", answer.story());
        }
    }
}

fn wallets_are_the_callers_own(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let bank = account("ACH", ACCOUNT);
    for wallet in [stranger.wallet.as_str(), "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        owner.deposit(wallet, "50.00", &bank).refused(404, "WALLET_NOT_FOUND");
        owner.withdraw(wallet, "50.00", &bank).refused(404, "WALLET_NOT_FOUND");
    }
    let live = server.account("liveWalletId");
    owner.deposit(live, "50.00", &bank).refused(403, "ENVIRONMENT_MISMATCH");
    owner.withdraw(live, "50.00", &bank).refused(403, "ENVIRONMENT_MISMATCH");
    let agent = owner.agent("Bot");
    let other = owner.funded(100);
    agent.api.deposit(&other, "50.00", &bank).refused(404, "WALLET_NOT_FOUND");
    agent.api.withdraw(&other, "50.00", &bank).refused(404, "WALLET_NOT_FOUND");
    let reader = server.permitted(&["payments:read"]);
    for answer in [
        reader.deposit(&other, "50.00", &bank),
        reader.withdraw(&other, "50.00", &bank),
        reader.move_money(&other, &agent.id, "50.00"),
    ] {
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["required"], "payments:write");
    }
}

fn frozen_and_closed_wallets_do_not_withdraw(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, closed) = (owner.funded(100), owner.wallet("Closed"));
    let bank = account("ACH", ACCOUNT);
    owner.act(&format!("/wallets/{closed}/close")).ok();
    let refused = owner.withdraw(&closed, "50.00", &bank);
    assert_eq!(refused.refused(409, "CONFLICT")["status"], "CLOSED");
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    let keyed = owner.once("frozen-1");
    let first = keyed.withdraw(&wallet, "50.00", &bank);
    first.refused(403, "WALLET_FROZEN");
    owner.act(&format!("/wallets/{wallet}/unfreeze")).ok();
    keyed.withdraw(&wallet, "50.00", &bank).assert_replay_of(&first);
    let keyed = owner.once("poor-1");
    let first = keyed.withdraw(&wallet, "500.00", &bank);
    let details = first.refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(
        (&details["balance"], &details["requested"]),
        (&json!("100.00000000"), &json!("500.00"))
    );
    owner.fund(&wallet, 1_000);
    keyed.withdraw(&wallet, "500.00", &bank).assert_replay_of(&first);
    assert_eq!(owner.balance(&wallet), "1100.00");
}

fn policies_name_bank_accounts_and_addresses(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, bank, other) = (owner.funded(1_000), owner.linked(), owner.linked());
    let coin = |address: &str| json!({ "type": "USDC", "address": address });
    let guard = owner.policy(&wallet, &json!({ "approvedRecipients": [bank, "0xgood"] }));
    owner.withdraw_to(&wallet, "10.00", &bank).expect(202);
    owner.withdraw(&wallet, "10.00", &coin("0xgood")).expect(202);
    for refused in [
        owner.withdraw_to(&wallet, "10.00", &other),
        owner.withdraw(&wallet, "10.00", &coin("0xother")),
        // The same account by its number is nobody's that a list could name.
        owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)),
    ] {
        let details = refused.refused(403, "POLICY_DENIED");
        assert_eq!(details["rule"], "approvedRecipients");
    }
    owner.delete(&format!("/policies/{guard}")).expect(204);
    owner.policy(&wallet, &json!({ "blockedRecipients": [bank, "0xbad"] }));
    for refused in [
        owner.withdraw_to(&wallet, "10.00", &bank),
        owner.withdraw(&wallet, "10.00", &coin("0xbad")),
    ] {
        assert_eq!(refused.refused(403, "POLICY_DENIED")["rule"], "blockedRecipients");
    }
    let denials = owner.get(&format!("/wallets/{wallet}/policy-evaluations")).ok();
    assert_eq!(denials["data"].as_array().map(Vec::len), Some(5));
    let keyed = owner.once("denied-1");
    let first = keyed.withdraw_to(&wallet, "10.00", &bank);
    keyed.withdraw_to(&wallet, "10.00", &bank).assert_replay_of(&first);
}

fn numbers_are_for_the_sandbox(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let wallet = server.account("liveWalletId");
    live.deposit(wallet, "50.00", &account("ACH", ACCOUNT)).refused(403, "SANDBOX_ONLY");
    live.withdraw(wallet, "50.00", &account("WIRE", ACCOUNT)).refused(403, "SANDBOX_ONLY");
    live.deposit(wallet, "50.00", &json!({ "type": "USDC", "address": "0xabc" })).expect(202);
}

fn production_needs_a_rail(store: Store) {
    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let mut server = Server::start_with(store, &["--encryption-key", KEY]);
    assert!(server.stop().success());
    let database = server.database().url.clone();
    let serve = Serve::start(&server, &["--database", &database, "--encryption-key", KEY])
        .expect("serve starts");
    let live = serve.nobody().with_key(server.account("liveKey"));
    let owner = serve.nobody().with_key(server.account("sandboxKey"));
    let coin = json!({ "type": "USDC", "address": "0xabc" });
    let wallet = server.account("liveWalletId");
    let link = json!({ "routingNumber": "021000021", "accountNumber": ACCOUNT,
                       "accountHolderName": "Ada", "accountType": "SAVINGS" });
    for refused in [
        live.deposit(wallet, "50.00", &coin),
        live.withdraw(wallet, "50.00", &coin),
        live.post("/bank-accounts", &link),
    ] {
        let details = refused.refused(503, "SERVICE_UNAVAILABLE");
        let hint = details["hint"].as_str().expect("what to configure");
        assert!(hint.contains("production_rail"), "{hint}");
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    let sandbox = owner.deposit(server.account("sandboxWalletId"), "50.00", &coin).expect(202);
    assert_eq!(sandbox.json["status"], "PENDING", "the sandbox goes on");
    assert_eq!(serve.stop(), Some(0));
}

fn amounts_are_amounts(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let bank = account("ACH", ACCOUNT);
    for amount in ["0", "-1", "1e3", "", "0.000000001", "92233720368.54775808"] {
        owner.deposit(&wallet, amount, &bank).refused(400, "INVALID_AMOUNT");
        owner.withdraw(&wallet, amount, &bank).refused(400, "INVALID_AMOUNT");
        owner.move_money(&wallet, "wal_", amount).refused(400, "INVALID_AMOUNT");
    }
    let most = "92233720368.54775807";
    owner.withdraw(&wallet, most, &bank).refused(400, "INVALID_AMOUNT");
    let first = owner.deposit(&wallet, most, &bank).expect(202);
    assert_eq!(first.json["amount"], most);
    owner.deposit(&wallet, "25.00", &bank).refused(400, "INVALID_AMOUNT");
    let transfer = crate::support::id(&first.json);
    let answer = owner.cancel(&transfer);
    assert!([200, 409].contains(&answer.status), "{}", answer.story());
}
