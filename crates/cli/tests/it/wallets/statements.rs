//! A wallet's statement: every entry, adding up to the balance.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Server, Store, id, stories};

stories!(statements_add_up_to_the_balance,);

fn statements_add_up_to_the_balance(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, other) = (owner.funded(100), owner.funded(50));
    let sent = owner.paid(&wallet, &other, "60.00");
    owner.paid(&other, &wallet, "12.50");
    owner.post(&format!("/payments/{sent}/reverse"), &json!({ "amount": "1.00" })).ok();
    let entries = owner.get(&format!("/wallets/{wallet}/transactions?limit=100")).ok();
    assert_fields(&entries, shapes::LIST, &[]);
    let entries = entries["data"].as_array().expect("data").clone();
    let mut total = 0;
    for entry in &entries {
        assert_fields(entry, shapes::ENTRY, &[]);
        assert_id(&entry["id"], "ent");
        assert_id(&entry["transactionId"], "txn");
        assert_eq!(entry["walletId"], json!(wallet));
        let cents = cents(&entry["amount"]);
        match entry["direction"].as_str() {
            Some("CREDIT") => total += cents,
            Some("DEBIT") => total -= cents,
            other => panic!("DEBIT or CREDIT, not {other:?}"),
        }
    }
    assert_eq!(total, 5_320, "100.00 − 60.00 − 0.30 + 12.50 + 1.00");
    assert_eq!(entries[0]["balanceAfter"], "53.20", "newest first, with the balance after it");
    assert_eq!(owner.balance(&wallet), "53.20");
    assert!(
        entries.iter().any(|entry| entry["transactionId"] == json!(sent)),
        "the payment's own ID is in the statement"
    );
    let one_by_one = owner.all_ids(&format!("/wallets/{wallet}/transactions?limit=1"));
    assert_eq!(one_by_one, entries.iter().map(id).collect::<Vec<_>>());
}

/// Two-decimal text as cents.
fn cents(amount: &Value) -> i64 {
    amount.as_str().expect("an amount is text").replace('.', "").parse().expect("two decimals")
}
