//! Paying an invoice may wait for a human, and what happens to it meanwhile.

use serde_json::json;

use crate::support::{Server, Store, Waiting, stories};

stories!(
    an_invoice_is_paid_when_a_human_agrees,
    a_rejected_payment_leaves_it_due,
    one_of_two_that_wait_pays,
    a_voided_invoice_is_not_paid_late,
);

fn an_invoice_is_paid_when_a_human_agrees(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.guarded(100));
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "10.00");
    let caller = owner.once("pay-1");
    let first = caller.pay_invoice(&slug, &payer).expect(202);
    assert_eq!(first.json["error"]["code"], "APPROVAL_REQUIRED");
    let waiting = Waiting::of(first.clone());
    caller.pay_invoice(&slug, &payer).assert_replay_of(&first);
    assert_eq!(owner.invoice_status(&invoice), "FINALIZED");
    owner.assert_balances(&payer, "100.00", "10.25", "89.75");
    let approved = owner.approve(&waiting.approval).ok();
    assert_eq!(approved["transactionDetails"]["type"], "INVOICE_PAYMENT");
    let paid = owner.invoice(&invoice);
    assert_eq!(
        (&paid["status"], &paid["transactionId"]),
        (&json!("PAID"), &json!(waiting.payment))
    );
    let again = caller.pay_invoice(&slug, &payer).ok();
    assert_eq!((&again["id"], &again["status"]), (&json!(waiting.payment), &json!("POSTED")));
    assert_eq!(owner.told("invoice.paid").len(), 1);
}

fn a_rejected_payment_leaves_it_due(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.guarded(100));
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "10.00");
    let waiting = Waiting::of(owner.pay_invoice(&slug, &payer));
    owner.reject(&waiting.approval).ok();
    assert_eq!(owner.invoice_status(&invoice), "FINALIZED");
    owner.assert_balances(&payer, "100.00", "0.00", "100.00");
    server.nobody().pay_by_card(&slug, None).ok();
}

fn one_of_two_that_wait_pays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payers) = (owner.wallet("Shop"), [owner.guarded(100), owner.guarded(100)]);
    let (_, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "10.00");
    let [first, second] =
        [0, 1].map(|at: usize| Waiting::of(owner.pay_invoice(&slug, &payers[at])));
    owner.approve(&second.approval).ok();
    let late = owner.approve(&first.approval);
    assert_eq!(late.refused(409, "CONFLICT")["status"], "PAID");
    assert_eq!(owner.approval_status(&first.approval), "PENDING");
    owner.reject(&first.approval).ok();
    assert_eq!(owner.balance(&wallet), "10.00");
    owner.assert_balances(&payers[0], "100.00", "0.00", "100.00");
}

fn a_voided_invoice_is_not_paid_late(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.guarded(100));
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "10.00");
    let waiting = Waiting::of(owner.pay_invoice(&slug, &payer));
    owner.step_invoice(&invoice, "void").ok();
    let late = owner.approve(&waiting.approval);
    assert_eq!(late.refused(409, "CONFLICT")["status"], "VOIDED");
    assert_eq!(owner.balance(&wallet), "0.00");
}
