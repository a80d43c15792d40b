//! Charging what a customer saved.

use serde_json::{Value, json};

use crate::support::invoicing::DECLINED;
use crate::support::shapes::{CHARGE, assert_fields, assert_id};
use crate::support::{Server, Store, stories};

stories!(
    a_customer_is_charged_an_amount,
    an_invoice_is_charged_for,
    a_customer_without_a_method_is_not_charged,
    a_declined_method_fails_the_charge,
    a_charge_happens_once_for_its_key,
    bad_charges_are_refused,
);

fn a_customer_is_charged_an_amount(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let request = json!({ "walletId": wallet, "customerId": customer, "amount": 99,
                          "description": "Monthly subscription" });
    let charge = owner.post("/invoices/charge", &request).ok();
    assert_fields(&charge, CHARGE, &[]);
    assert_id(&charge["id"], "chg");
    assert_eq!(charge["chargeId"], charge["id"]);
    assert_eq!((&charge["status"], &charge["amount"]), (&json!("SUCCEEDED"), &json!("99.00")));
    let invoice = owner.invoice(charge["invoiceId"].as_str().expect("an invoice"));
    assert_eq!((&invoice["status"], &invoice["total"]), (&json!("PAID"), &json!("99.00")));
    assert_eq!(invoice["lineItems"][0]["description"], "Monthly subscription");
    assert_eq!(owner.balance(&wallet), "99.00");
    let told = &owner.told("charge.succeeded")[0];
    assert_eq!((&told["chargeId"], &told["customerId"]), (&charge["id"], &json!(customer)));
    assert_eq!(told["transactionId"], invoice["transactionId"]);
    for kind in ["invoice.created", "invoice.finalized", "invoice.paid"] {
        assert_eq!(owner.told(kind).len(), 1, "{kind}");
    }
    let plain = owner.charge(&wallet, &customer, "1.00").ok();
    let invoice = owner.invoice(plain["invoiceId"].as_str().expect("an invoice"));
    assert_eq!(invoice["lineItems"][0]["description"], "Charge");
}

fn an_invoice_is_charged_for(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let account = owner.saved(&customer, "bank_account", None);
    owner.saved(&customer, "card", Some(DECLINED));
    let (invoice, _) = owner.finalized(&wallet, &customer, "70.00");
    let request = json!({ "invoiceId": invoice, "paymentMethodId": account });
    let charge = owner.post("/invoices/charge", &request).ok();
    assert_eq!((&charge["status"], &charge["invoiceId"]), (&json!("SUCCEEDED"), &json!(invoice)));
    assert_eq!(owner.invoice_status(&invoice), "PAID");
    assert_eq!(owner.told("charge.succeeded")[0]["paymentMethodId"], account.as_str());
    let again = owner.post("/invoices/charge", &request);
    assert_eq!(again.refused(409, "CONFLICT")["status"], "PAID");
}

fn a_customer_without_a_method_is_not_charged(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let details = owner.charge(&wallet, &customer, "5.00").refused(409, "CONFLICT");
    assert_eq!(details["status"], "NO_PAYMENT_METHOD");
    assert_eq!(owner.all_ids("/invoices").len(), 0, "no invoice is left behind");
    let (invoice, _) = owner.finalized(&wallet, &customer, "5.00");
    owner.post("/invoices/charge", &json!({ "invoiceId": invoice })).refused(409, "CONFLICT");
    let other = owner.saved(&owner.customer("joe@acme.com"), "card", None);
    let theirs = json!({ "invoiceId": invoice, "paymentMethodId": other });
    let missing = owner.post("/invoices/charge", &theirs).refused(404, "NOT_FOUND");
    assert_eq!(missing["resource"], "payment_method");
}

fn a_declined_method_fails_the_charge(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    owner.saved(&customer, "card", Some(DECLINED));
    let caller = owner.once("charge-1");
    let first = caller.charge(&wallet, &customer, "5.00").expect(200);
    let charge = &first.json;
    assert_fields(charge, CHARGE, &["failureReason"]);
    assert_eq!(charge["status"], "FAILED");
    caller.charge(&wallet, &customer, "5.00").assert_replay_of(&first);
    let invoice = charge["invoiceId"].as_str().expect("an invoice");
    assert_eq!(owner.invoice_status(invoice), "FINALIZED", "the customer can still pay it");
    assert_eq!(owner.told("charge.failed")[0]["failureReason"], charge["failureReason"]);
    assert_eq!(owner.told("invoice.payment_failed").len(), 1);
    assert_eq!(owner.balance(&wallet), "0.00");
    let mut repeating = json!({ "walletId": wallet, "customerId": customer, "amount": "5.00" });
    repeating["recurring"] = json!({ "interval": "monthly" });
    let failed = owner.post("/invoices/charge", &repeating).ok();
    assert_eq!((&failed["status"], &failed["recurring"]), (&json!("FAILED"), &Value::Null));
    assert_eq!(owner.all_ids("/invoices/charges/recurring").len(), 0, "what fails does not begin");
}

fn a_charge_happens_once_for_its_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let caller = owner.once("charge-1");
    let first = caller.charge(&wallet, &customer, "5.00").expect(200);
    caller.charge(&wallet, &customer, "5.00").assert_replay_of(&first);
    caller.charge(&wallet, &customer, "6.00").refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(owner.balance(&wallet), "5.00");
}

fn bad_charges_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let refused = |body: Value, paths: &[&str]| {
        owner.post("/invoices/charge", &body).refused_fields(paths);
    };
    refused(json!({}), &["walletId", "customerId", "amount"]);
    let whole = |recurring: Value| json!({ "walletId": wallet, "customerId": customer, "amount": "5", "recurring": recurring });
    refused(whole(json!({})), &["recurring.interval"]);
    refused(whole(json!({ "interval": "hourly" })), &["recurring.interval"]);
    refused(whole(json!("monthly")), &["recurring"]);
    refused(json!({ "invoiceId": "inv_1", "amount": "5.00" }), &["invoiceId"]);
    for amount in ["0", "-1", "x", "99999999999999999"] {
        owner.charge(&wallet, &customer, amount).refused(400, "INVALID_AMOUNT");
    }
    owner.charge(&wallet, "cus_nope", "5.00").refused(404, "NOT_FOUND");
    owner.charge("wal_nope", &customer, "5.00").refused(404, "WALLET_NOT_FOUND");
    let unknown = owner.post("/invoices/charge", &json!({ "invoiceId": "inv_nope" }));
    assert_eq!(unknown.refused(404, "NOT_FOUND")["resource"], "invoice");
    let reader = server.permitted(&["invoices:read"]);
    reader.charge(&wallet, &customer, "5.00").refused(403, "PERMISSION_DENIED");
}
