//! The wallet's policies decide about cards too.

use serde_json::{Value, json};

use crate::support::cards::reason;
use crate::support::{Server, Store, stories};

stories!(
    purchases_count_with_payments,
    only_listed_merchants_are_paid,
    a_name_is_no_proof,
    blocked_merchants_are_not_paid,
    a_denial_is_recorded_and_told,
    an_approval_that_is_needed_is_recorded,
);

fn merchant(name: &str, domain: Option<&str>, id: Option<&str>) -> Value {
    json!({ "name": name, "category": "software", "domain": domain, "id": id })
}

fn purchases_count_with_payments(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.policy(&wallet, &json!({ "dailySpendingLimit": "100.00", "maxTransactionsPerDay": 3 }));
    let card = owner.card(&wallet);
    owner.approved(&card, "60.00");
    assert_eq!(owner.declined(&card, "40.01"), "POLICY_DENIED");
    owner.pay(&wallet, &to, "40.01").refused(403, "POLICY_DENIED");
    owner.paid(&wallet, &to, "30.00");
    let last = owner.approved(&card, "10.00");
    assert_eq!(owner.declined(&card, "0.01"), "POLICY_DENIED", "the fourth of the day");
    owner.step(&last, "reverse").ok();
    assert_eq!(owner.used(&wallet, "dailySpendingLimit"), "90.00", "its amount came back");
    assert_eq!(owner.declined(&card, "0.01"), "POLICY_DENIED", "its place did not");
    owner.pay(&wallet, &to, "1.00").refused(403, "POLICY_DENIED");
}

fn only_listed_merchants_are_paid(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, shop) = (owner.funded(1_000), owner.wallet("Shop"));
    let card = owner.card(&wallet);
    let list = json!({ "approvedRecipients": ["ACME.example", "mer_7", shop] });
    owner.policy(&wallet, &list);
    for allowed in [
        merchant("ACME*CLOUD 0800", Some("acme.example"), None),
        merchant("anything", Some("Acme.Example"), None),
        merchant("Whoever", Some("whoever.example"), Some("mer_7")),
    ] {
        let answer = owner.buy_from(&card, "1.00", &allowed).created();
        assert_eq!(answer["status"], "APPROVED", "{answer:#}");
    }
    for denied in [
        merchant("ACME", Some("evil-acme.example"), None),
        merchant("Book", None, Some("mer_77")),
        merchant("Nobody", None, None),
    ] {
        assert_eq!(reason(&owner.buy_from(&card, "1.00", &denied)), "POLICY_DENIED");
    }
    owner.paid(&wallet, &shop, "1.00");
    owner.policy(&wallet, &json!({ "approvedRecipients": [] }));
    assert_eq!(owner.declined(&card, "1.00"), "POLICY_DENIED", "an empty list denies all");
}

fn a_name_is_no_proof(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, shop) = (owner.funded(1_000), owner.wallet("Shop"));
    let card = owner.card(&wallet);
    let list = json!({ "approvedRecipients": ["acme.example", "mer_7", "Book Shop", shop] });
    owner.policy(&wallet, &list);
    for name in ["acme.example", "mer_7", "Book Shop", &shop] {
        for claimed in
            [merchant(name, Some("evil.example"), Some("mer_8")), merchant(name, None, None)]
        {
            assert_eq!(reason(&owner.buy_from(&card, "1.00", &claimed)), "POLICY_DENIED");
        }
    }
    let told = &owner.told("policy.denied")[0];
    assert_eq!(told["violations"][0]["observed"], "acme.example", "the name is what is shown");
}

fn blocked_merchants_are_not_paid(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    owner.policy(&wallet, &json!({ "blockedRecipients": ["Casino.example", "Lottery"] }));
    for blocked in [
        merchant("Fun", Some("CASINO.example"), None),
        merchant("Fun", Some("casino.example."), None),
        merchant("casino.EXAMPLE", Some("fun.example"), None),
        merchant("Fun", None, Some("Casino.example")),
        merchant("lottery", None, None),
    ] {
        assert_eq!(reason(&owner.buy_from(&card, "1.00", &blocked)), "POLICY_DENIED");
    }
    for domain in ["", ".", "casino example", "a..b", "https://casino.example", "-a.example"] {
        let odd = owner.buy_from(&card, "1.00", &merchant("Fun", Some(domain), None));
        odd.refused_fields(&["merchant.domain"]);
    }
    owner.approved(&card, "1.00");
}

fn a_denial_is_recorded_and_told(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let policy = owner.policy(&wallet, &json!({ "maxTransactionAmount": "5.00" }));
    let answer = owner.buy(&card, "6.00").created();
    for _ in 0..2 {
        owner.declined(&card, "6.00");
    }
    let list = owner.get(&format!("/wallets/{wallet}/policy-evaluations?result=DENY")).ok();
    let rows = list["data"].as_array().expect("data");
    assert_eq!(rows.len(), 1, "repeats are counted: {list:#}");
    assert_eq!(
        (&rows[0]["to"], &rows[0]["amount"], &rows[0]["count"]),
        (&json!("ACME Cloud"), &json!("6.00"), &json!(3))
    );
    assert_eq!(rows[0]["violations"][0]["policyId"], json!(policy));
    let denied = &owner.told("policy.denied")[0];
    for (field, expected) in [
        ("walletId", json!(wallet)),
        ("policyId", json!(policy)),
        ("amount", json!("6.00")),
        ("to", json!("ACME Cloud")),
        ("cardId", json!(card)),
        ("reason", answer["declineMessage"].clone()),
    ] {
        assert_eq!(denied[field], expected, "{field}");
    }
    assert_eq!(denied["violations"][0]["rule"], "maxTransactionAmount");
    let declined = &owner.told("card.declined")[0];
    assert_eq!((&declined["id"], &declined["reason"]), (&answer["id"], &json!("POLICY_DENIED")));
    assert_eq!(owner.told("policy.denied").len(), 3);
}

fn an_approval_that_is_needed_is_recorded(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    owner.policy(&wallet, &json!({ "approvalThreshold": "20.00" }));
    owner.approved(&card, "20.00");
    assert_eq!(owner.declined(&card, "20.01"), "APPROVAL_REQUIRED");
    let path = format!("/wallets/{wallet}/policy-evaluations?result=REQUIRE_APPROVAL");
    let list = owner.get(&path).ok();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["data"][0]["amount"], "20.01");
    assert_eq!(owner.told("policy.denied").len(), 0);
    owner.assert_balances(&wallet, "100.00", "20.00", "80.00");
}
