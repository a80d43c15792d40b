//! Giving back what an invoice brought.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    a_refund_goes_back_to_the_wallet,
    a_refund_goes_back_to_the_test_method,
    a_refund_needs_the_funds,
    a_reversal_is_a_refund,
    a_refund_is_told_again_under_its_key,
    an_old_payment_is_settled,
);

fn a_refund_goes_back_to_the_wallet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (wallet, payer) = (owner.wallet("Shop"), stranger.owner.funded(100));
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "70.00");
    stranger.owner.pay_invoice(&slug, &payer).ok();
    let refunded = owner.step_invoice(&invoice, "refund").ok();
    assert_eq!(
        (&refunded["status"], &refunded["refundedAmount"]),
        (&json!("REFUNDED"), &json!("70.00"))
    );
    assert_eq!(owner.balance(&wallet), "0.00");
    assert_eq!(stranger.owner.balance(&payer), "100.00", "the fee, too");
    let again = owner.step_invoice(&invoice, "refund");
    assert_eq!(again.refused(409, "CONFLICT")["status"], "REFUNDED");
    let told = owner.told("invoice.refunded");
    assert_eq!((told.len(), &told[0]["refundedAmount"]), (1, &json!("70.00")));
}

fn a_refund_goes_back_to_the_test_method(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "70.00");
    server.nobody().pay_by_card(&slug, None).ok();
    assert_eq!(owner.step_invoice(&invoice, "refund").ok()["status"], "REFUNDED");
    assert_eq!(owner.balance(&wallet), "0.00");
    assert_eq!(server.system_cents("BANK"), 0);
    let seen = server.nobody().get(&format!("/invoices/pay/{slug}")).ok();
    assert_eq!(seen["status"], "REFUNDED");
}

fn a_refund_needs_the_funds(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer, other) = (owner.wallet("Shop"), owner.funded(100), owner.wallet("Other"));
    let customer = owner.customer("jane@acme.com");
    let (by_wallet, slug) = owner.finalized(&wallet, &customer, "10.00");
    owner.pay_invoice(&slug, &payer).ok();
    let (by_card, slug) = owner.finalized(&wallet, &customer, "10.00");
    server.nobody().pay_by_card(&slug, None).ok();
    owner.move_money(&wallet, &other, "15.00").ok();
    for invoice in [&by_wallet, &by_card] {
        let lacking = owner.step_invoice(invoice, "refund").refused(402, "INSUFFICIENT_FUNDS");
        assert_eq!(
            (&lacking["required"], &lacking["available"]),
            (&json!("10.00"), &json!("5.00"))
        );
        assert_eq!(owner.invoice_status(invoice), "PAID");
    }
    owner.move_money(&other, &wallet, "15.00").ok();
    for invoice in [&by_wallet, &by_card] {
        owner.step_invoice(invoice, "refund").ok();
    }
}

fn a_reversal_is_a_refund(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(200));
    let customer = owner.customer("jane@acme.com");
    let (invoice, slug) = owner.finalized(&wallet, &customer, "70.00");
    owner.pay_invoice(&slug, &payer).ok();
    let payment = owner.invoice(&invoice)["transactionId"].as_str().expect("text").to_owned();
    let reverse = format!("/payments/{payment}/reverse");
    owner.post(&reverse, &json!({ "amount": "20.00" })).ok();
    let partly = owner.invoice(&invoice);
    assert_eq!((&partly["status"], &partly["refundedAmount"]), (&json!("PAID"), &json!("20.00")));
    let rest = owner.step_invoice(&invoice, "refund").ok();
    assert_eq!((&rest["status"], &rest["refundedAmount"]), (&json!("REFUNDED"), &json!("70.00")));
    assert_eq!(owner.balance(&wallet), "0.00");
    assert_eq!(owner.told("invoice.refunded").len(), 2);
    let (whole, slug) = owner.finalized(&wallet, &customer, "70.00");
    owner.pay_invoice(&slug, &payer).ok();
    let payment = owner.invoice(&whole)["transactionId"].as_str().expect("text").to_owned();
    owner.act(&format!("/payments/{payment}/reverse")).ok();
    assert_eq!(owner.invoice_status(&whole), "REFUNDED");
}

fn a_refund_is_told_again_under_its_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "70.00");
    server.nobody().pay_by_card(&slug, None).ok();
    let caller = owner.once("refund-1");
    let first = caller.step_invoice(&invoice, "refund").expect(200);
    caller.step_invoice(&invoice, "refund").assert_replay_of(&first);
    assert_eq!(owner.balance(&wallet), "0.00");
}

fn an_old_payment_is_settled(store: Store) {
    let server = Server::start_at(store, "2026-02-01T09:00:00Z");
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(100));
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "70.00");
    owner.pay_invoice(&slug, &payer).ok();
    server.advance("P181D");
    let late = owner.step_invoice(&invoice, "refund");
    assert_eq!(late.refused(422, "REVERSAL_NOT_ALLOWED")["reason"], "settled");
    assert_eq!(owner.invoice_status(&invoice), "PAID");
}
