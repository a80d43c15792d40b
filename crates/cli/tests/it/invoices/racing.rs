//! Many at one moment: an invoice is paid once, and given back once.

use serde_json::json;

use crate::support::{Answer, Server, Store, all_at_once, stories, succeeded};

stories!(
    a_hundred_payers_pay_once,
    paying_and_voiding_agree,
    one_key_charges_once,
    a_hundred_refunds_give_back_once,
    paying_and_the_clock_charge_once,
);

const CROWD: usize = 100;

fn a_hundred_payers_pay_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(1_000));
    let customer = owner.paying_customer("jane@acme.com");
    let (invoice, slug) = owner.finalized(&wallet, &customer, "10.00");
    let answers = all_at_once(CROWD, |number| match number % 3 {
        0 => owner.pay_invoice(&slug, &payer),
        1 => server.nobody().pay_by_card(&slug, None),
        _ => owner.post("/invoices/charge", &json!({ "invoiceId": invoice })),
    });
    assert_eq!(succeeded(&answers, 409, "CONFLICT"), 1);
    assert_eq!(owner.balance(&wallet), "10.00");
    assert_eq!(owner.told("invoice.paid").len(), 1);
}

fn paying_and_voiding_agree(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(1_000));
    let customer = owner.customer("jane@acme.com");
    let mut earned = 0;
    for _ in 0..10 {
        let (invoice, slug) = owner.finalized(&wallet, &customer, "1.00");
        let answers = all_at_once(10, |number| match number {
            4 => owner.step_invoice(&invoice, "void"),
            _ => owner.pay_invoice(&slug, &payer),
        });
        assert_eq!(succeeded(&answers, 409, "CONFLICT"), 1, "one of them came first");
        let paid = owner.invoice_status(&invoice) == "PAID";
        assert_eq!(paid, answers[4].status != 200);
        earned += u32::from(paid);
    }
    assert_eq!(owner.balance(&wallet), format!("{earned}.00"));
}

fn one_key_charges_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let answers = all_at_once(40, |_| owner.once("charge-1").charge(&wallet, &customer, "5.00"));
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (200, &answers[0].text));
    }
    assert_eq!(answers.iter().filter(|answer| !answer.replayed()).count(), 1);
    assert_eq!(owner.balance(&wallet), "5.00");
}

fn a_hundred_refunds_give_back_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(100));
    owner.fund(&wallet, 100);
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "10.00");
    owner.pay_invoice(&slug, &payer).ok();
    let payment = owner.invoice(&invoice)["transactionId"].as_str().expect("text").to_owned();
    let answers: Vec<Answer> = all_at_once(CROWD, |number| match number % 2 {
        0 => owner.step_invoice(&invoice, "refund"),
        _ => owner.act(&format!("/payments/{payment}/reverse")),
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(owner.balance(&wallet), "100.00");
    assert_eq!(owner.invoice(&invoice)["refundedAmount"], "10.00");
}

fn paying_and_the_clock_charge_once(store: Store) {
    let server = Server::start_at(store, "2026-01-15T09:00:00Z");
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    owner.subscribe(&wallet, &customer, "monthly");
    owner.saved(&customer, "card", Some("0002"));
    server.advance_to("2026-02-15T09:00:00Z");
    owner.saved(&customer, "card", None);
    let due = owner.get(&format!("/invoices?customerId={customer}&status=FINALIZED")).ok();
    let slug = due["data"][0]["slug"].as_str().expect("a slug").to_owned();
    let answers = all_at_once(9, |number| match number {
        4 => owner.post("/sandbox/clock", &json!({ "advance": "P1D" })),
        _ => server.nobody().pay_by_card(&slug, None),
    });
    assert_eq!(answers[4].status, 200);
    let paid = answers.iter().filter(|answer| answer.status == 200).count() - 1;
    assert!(paid <= 1, "{paid} payers");
    assert_eq!(owner.balance(&wallet), "198.00", "the first, and this one once");
}
