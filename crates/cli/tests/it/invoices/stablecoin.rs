//! Paying an invoice in a stablecoin.

use serde_json::json;

use crate::support::shapes::assert_fields;
use crate::support::{Server, Store, stories};

stories!(
    what_arrives_at_its_address_pays_an_invoice,
    another_amount_does_not_arrive,
    production_gives_no_address,
);

fn what_arrives_at_its_address_pays_an_invoice(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let customer = owner.customer("jane@acme.com");
    let (invoice, slug) = owner.finalized(&wallet, &customer, "70.00");
    let place = server.nobody().act(&format!("/invoices/pay/{slug}/usdc")).ok();
    assert_fields(&place, &["invoiceId", "address", "chain", "amount", "currency"], &[]);
    assert_eq!((&place["amount"], &place["currency"]), (&json!("70.00"), &json!("USDC")));
    let again = owner.act(&format!("/invoices/pay/{slug}/usdc")).ok();
    assert_eq!(again, place, "one address");
    let (_, other) = owner.finalized(&wallet, &customer, "70.00");
    let elsewhere = server.nobody().act(&format!("/invoices/pay/{other}/usdc")).ok();
    assert_ne!(elsewhere["address"], place["address"]);
    let arrival = json!({ "address": place["address"], "amount": "70.00" });
    let caller = owner.once("arrival-1");
    let first = caller.post("/sandbox/usdc-deposits", &arrival).expect(200);
    assert_eq!((&first.json["id"], &first.json["status"]), (&json!(invoice), &json!("PAID")));
    caller.post("/sandbox/usdc-deposits", &arrival).assert_replay_of(&first);
    assert_eq!(owner.balance(&wallet), "70.00");
    let late = owner.post("/sandbox/usdc-deposits", &arrival);
    assert_eq!(late.refused(409, "CONFLICT")["status"], "PAID");
    let late = server.nobody().act(&format!("/invoices/pay/{slug}/usdc"));
    assert_eq!(late.refused(409, "CONFLICT")["status"], "PAID");
    assert_eq!(owner.told("invoice.paid").len(), 1);
    owner.step_invoice(&invoice, "refund").ok();
    assert_eq!(owner.balance(&wallet), "0.00");
}

fn another_amount_does_not_arrive(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "70.00");
    let place = server.nobody().act(&format!("/invoices/pay/{slug}/usdc")).ok();
    for amount in ["69.99", "70.01"] {
        let arrival = json!({ "address": place["address"], "amount": amount });
        let details = owner.post("/sandbox/usdc-deposits", &arrival);
        assert_eq!(details.refused(400, "INVALID_AMOUNT")["required"], "70.00");
    }
    let arrival = json!({ "address": place["address"], "amount": "70.00" });
    let stranger = server.organization("Stranger").owner;
    stranger.post("/sandbox/usdc-deposits", &arrival).refused(404, "NOT_FOUND");
    let nowhere = json!({ "address": "0x00", "amount": "70.00" });
    let missing = owner.post("/sandbox/usdc-deposits", &nowhere).refused(404, "NOT_FOUND");
    assert_eq!(missing["resource"], "address");
    owner.post("/sandbox/usdc-deposits", &json!({})).refused_fields(&["address", "amount"]);
    assert_eq!(owner.invoice_status(&invoice), "FINALIZED");
}

fn production_gives_no_address(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let (wallet, customer) = (live.wallet("Shop"), live.customer("jane@acme.com"));
    let (_, slug) = live.finalized(&wallet, &customer, "70.00");
    let refused = server.nobody().act(&format!("/invoices/pay/{slug}/usdc"));
    assert_eq!(refused.refused(503, "SERVICE_UNAVAILABLE")["configure"], "usdc");
    let arrival = json!({ "address": "0x00", "amount": "70.00" });
    live.post("/sandbox/usdc-deposits", &arrival).refused(403, "SANDBOX_ONLY");
}
