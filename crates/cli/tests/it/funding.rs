//! Sandbox funding: amounts in every spelling, the caps, and who may.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Api, Server, Store, stories};

stories!(
    funding_adds_money,
    amounts_are_exact_in_every_spelling,
    malformed_amounts_are_invalid,
    missing_and_mistyped_amounts_are_validation_errors,
    one_call_has_a_maximum,
    the_sandbox_has_a_maximum_in_total,
    live_keys_cannot_conjure_money,
);

fn fund(caller: &Api, wallet: &str, amount: &Value) -> crate::support::Answer {
    caller.post(&format!("/wallets/{wallet}/fund"), &json!({ "amount": amount }))
}

fn funding_adds_money(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Funded");
    let answer = fund(&owner, &wallet, &json!("1000.00")).ok();
    assert_fields(&answer, shapes::FUNDING, &[]);
    assert_id(&answer["transactionId"], "txn");
    assert_eq!(
        (&answer["walletId"], &answer["amount"], &answer["newBalance"], &answer["currency"]),
        (&json!(wallet), &json!("1000.00"), &json!("1000.00"), &json!("USD"))
    );
    let answer = owner.post("/sandbox/fund", &json!({ "walletId": wallet, "amount": "0.5" })).ok();
    assert_fields(&answer, shapes::SANDBOX_FUNDING, &[]);
    assert_eq!(answer, json!({ "walletId": wallet, "amount": "0.50", "newBalance": "1000.50" }));
    owner.assert_balances(&wallet, "1000.50", "0.00", "1000.50");
    assert_eq!(owner.get(&format!("/wallets/{wallet}")).ok()["balance"], "1000.50");
    fund(&owner, server.account("sandboxWalletId"), &json!("5.00")).ok();
    assert_eq!(
        owner.balance(server.account("sandboxWalletId")),
        "5.00",
        "the organization's own wallet as well"
    );
}

fn amounts_are_exact_in_every_spelling(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for (literal, answered) in [
        ("\"50\"", "50.00"),
        ("\"50.5\"", "50.50"),
        ("\"0.00000001\"", "0.00000001"),
        ("\"9999.99999999\"", "9999.99999999"),
        ("\"1.10000000\"", "1.10"),
        ("50", "50.00"),
        ("25.00", "25.00"),
        ("0.1", "0.10"),
        ("1234.56789012", "1234.56789012"),
        ("0.12345678", "0.12345678"),
    ] {
        let wallet = owner.wallet("Exact");
        let answer = owner
            .post_text(&format!("/wallets/{wallet}/fund"), &format!("{{\"amount\": {literal}}}"))
            .ok();
        assert_eq!(
            (&answer["amount"], &answer["newBalance"]),
            (&json!(answered), &json!(answered)),
            "{literal}"
        );
    }
    let wallet = owner.wallet("Sum");
    for literal in ["0.1", "0.2", "0.7"] {
        owner
            .post_text(&format!("/wallets/{wallet}/fund"), &format!("{{\"amount\": {literal}}}"))
            .ok();
    }
    assert_eq!(owner.balance(&wallet), "1.00", "no float anywhere");
}

fn malformed_amounts_are_invalid(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(1);
    for literal in [
        "\"0\"",
        "\"0.00\"",
        "\"-1\"",
        "\"-0.01\"",
        "\"+1\"",
        "\"01\"",
        "\"1.\"",
        "\".5\"",
        "\"1.123456789\"",
        "\"1e2\"",
        "\"1,000\"",
        "\" 1\"",
        "\"1 \"",
        "\"\"",
        "\"$1\"",
        "\"NaN\"",
        "\"Infinity\"",
        "\"١\"",
        "\"0x10\"",
        "\"1.00 USD\"",
        "0",
        "0.00",
        "-1",
        "-0",
        "1e2",
        "1E2",
        "1.123456789",
        "\"92233720368.54775808\"",
        "\"99999999999999999999999999\"",
        "99999999999999999999999999",
        "1e400",
        "\"00\"",
        "\"1_000\"",
        "\"--1\"",
        "\"1.0.0\"",
    ] {
        for (path, body) in [
            (format!("/wallets/{wallet}/fund"), format!("{{\"amount\": {literal}}}")),
            (
                "/sandbox/fund".to_owned(),
                format!("{{\"walletId\": \"{wallet}\", \"amount\": {literal}}}"),
            ),
            (
                "/payments".to_owned(),
                format!(
                    "{{\"from\": \"{wallet}\", \"to\": \"{}\", \"amount\": {literal}}}",
                    server.account("sandboxWalletId")
                ),
            ),
        ] {
            owner.post_text(&path, &body).refused(400, "INVALID_AMOUNT");
        }
    }
    assert_eq!(owner.balance(&wallet), "1.00");
}

fn missing_and_mistyped_amounts_are_validation_errors(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(1);
    let path = format!("/wallets/{wallet}/fund");
    owner.post(&path, &json!({})).refused_fields(&["amount"]);
    for odd in [json!(null), json!(true), json!([]), json!(["1.00"]), json!({ "value": "1.00" })] {
        fund(&owner, &wallet, &odd).refused_fields(&["amount"]);
    }
    let both = owner.post("/payments", &json!({ "from": wallet, "to": 7, "amount": "-1" }));
    assert_eq!(
        both.refused(400, "VALIDATION_ERROR")["fields"][0]["path"],
        "to",
        "other wrong fields win over the amount"
    );
    assert_eq!(owner.balance(&wallet), "1.00");
}

fn one_call_has_a_maximum(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Rich");
    fund(&owner, &wallet, &json!("10000.00")).ok();
    for amount in ["10000.00000001", "10000.01", "92233720368.54775807"] {
        for answer in [
            fund(&owner, &wallet, &json!(amount)),
            owner.post("/sandbox/fund", &json!({ "walletId": wallet, "amount": amount })),
        ] {
            let details = answer.refused(400, "INVALID_AMOUNT");
            assert_eq!(details["maximum"], "10000.00", "{amount}");
        }
    }
    assert_eq!(owner.balance(&wallet), "10000.00");
}

fn the_sandbox_has_a_maximum_in_total(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Richer");
    let fund_in_total = |amount: &str| {
        owner.post("/sandbox/fund", &json!({ "walletId": wallet, "amount": amount }))
    };
    for _ in 0..9 {
        fund_in_total("10000.00").ok();
    }
    fund_in_total("9999.99").ok();
    fund_in_total("0.02").refused(400, "INVALID_AMOUNT");
    fund_in_total("0.01").ok();
    fund_in_total("0.00000001").refused(400, "INVALID_AMOUNT");
    assert_eq!(owner.balance(&wallet), "100000.00");
    let other = owner.wallet("Other");
    owner.post("/sandbox/fund", &json!({ "walletId": other, "amount": "10000.00" })).ok();
}

fn live_keys_cannot_conjure_money(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let wallet = live.wallet("Live");
    fund(&live, &wallet, &json!("1.00")).refused(403, "SANDBOX_ONLY");
    live.post("/sandbox/fund", &json!({ "walletId": wallet, "amount": "1.00" }))
        .refused(403, "SANDBOX_ONLY");
    assert_eq!(live.balance(&wallet), "0.00");
    live.pay(&wallet, server.account("liveWalletId"), "1.00").refused(402, "INSUFFICIENT_FUNDS");
}
