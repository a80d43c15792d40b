//! Paying an invoice: from a wallet of anybody, or by a test method without a key.

use serde_json::{Value, json};

use crate::support::shapes::{PAYABLE_INVOICE, assert_fields, assert_time};
use crate::support::{Server, Store, stories};

stories!(
    whoever_has_the_address_sees_what_is_due,
    a_wallet_pays,
    another_organization_pays,
    a_test_method_pays_without_a_key,
    a_declined_test_method_leaves_it_due,
    a_paid_invoice_is_paid_once,
    a_payment_is_told_again_under_its_key,
    refusals_leave_it_due,
    keys_and_wallets_are_checked,
    production_takes_no_test_method,
);

fn whoever_has_the_address_sees_what_is_due(store: Store) {
    let server = Server::start_at(store, "2026-02-01T09:00:00Z");
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let (invoice, slug) = owner.finalized(&wallet, &customer, "70.00");
    let seen = server.nobody().get(&format!("/invoices/pay/{slug}")).ok();
    assert_fields(&seen, PAYABLE_INVOICE, &[]);
    for (field, expected) in [
        ("id", json!(invoice)),
        ("slug", json!(slug)),
        ("status", json!("FINALIZED")),
        ("overdue", json!(false)),
        ("walletId", json!(wallet)),
        ("total", json!("70.00")),
        ("currency", json!("USD")),
        ("environment", json!("SANDBOX")),
        ("transactionId", Value::Null),
    ] {
        assert_eq!(seen[field], expected, "{field}");
    }
    assert_eq!(owner.get(&format!("/invoices/pay/{slug}")).ok(), seen, "with a key as without");
    for unknown in ["x", "0000000000000000000000000x", &slug.to_uppercase()] {
        let answer = server.nobody().get(&format!("/invoices/pay/{unknown}"));
        assert_eq!(answer.refused(404, "NOT_FOUND")["resource"], "invoice");
    }
    let mut late = crate::support::invoicing::billing(&wallet, &customer, "5.00");
    late["dueDate"] = json!("2026-02-10");
    let late = crate::support::id(&owner.post("/invoices", &late).created());
    let slug = owner.step_invoice(&late, "finalize").ok()["slug"].clone();
    let page = format!("/invoices/pay/{}", slug.as_str().expect("a slug"));
    let overdue = |expected: bool| {
        assert_eq!(server.nobody().get(&page).ok()["overdue"], expected);
    };
    server.advance_to("2026-02-10T23:59:59.999Z");
    overdue(false);
    server.advance_to("2026-02-11T00:00:00Z");
    overdue(true);
    server.nobody().pay_by_card(slug.as_str().expect("a slug"), None).ok();
    overdue(false);
}

fn a_wallet_pays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(100));
    let customer = owner.customer("jane@acme.com");
    let (invoice, slug) = owner.finalized(&wallet, &customer, "70.00");
    let paid = owner.once("pay-1").pay_invoice(&slug, &payer).ok();
    assert_fields(&paid, PAYABLE_INVOICE, &[]);
    assert_eq!((&paid["status"], &paid["id"]), (&json!("PAID"), &json!(invoice)));
    assert_time(&paid["paidAt"]);
    assert_eq!(owner.balance(&wallet), "70.00");
    assert_eq!(owner.balance(&payer), "29.65", "the fee is on top");
    let row = owner.invoice(&invoice);
    assert_eq!((&row["status"], &row["transactionId"]), (&json!("PAID"), &paid["transactionId"]));
    let payment = format!("/payments/{}", paid["transactionId"].as_str().expect("a payment"));
    let payment = owner.get(&payment).ok();
    assert_eq!((&payment["rail"], &payment["invoiceId"]), (&json!("INVOICE"), &json!(invoice)));
    assert_eq!((&payment["fee"], &payment["status"]), (&json!("0.35"), &json!("POSTED")));
    assert_eq!(owner.all_ids("/payments?idempotencyKey=pay-1").len(), 1);
    assert_eq!(owner.told("invoice.paid")[0]["transactionId"], paid["transactionId"]);
    assert_eq!(owner.told("payment.received").len(), 1);
}

fn another_organization_pays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let wallet = owner.wallet("Shop");
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "70.00");
    let payer = stranger.owner.funded(100);
    let agent = stranger.owner.new_key(&json!({
        "permissions": ["payments:write"], "walletScope": [payer],
    }));
    agent.1.pay_invoice(&slug, &payer).ok();
    assert_eq!(owner.invoice_status(&invoice), "PAID");
    stranger.owner.get(&format!("/invoices/{invoice}")).refused(404, "NOT_FOUND");
    let entries = owner.audited("action=invoice.paid");
    assert_eq!(entries[0]["actorType"], "SYSTEM", "nobody learns who acted on the other side");
    assert_eq!(stranger.owner.get("/events?type=invoice.*").ok()["data"], json!([]));
}

fn a_test_method_pays_without_a_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let customer = owner.customer("jane@acme.com");
    for body in [
        json!({ "testMethod": { "type": "card" } }),
        json!({ "paymentMethod": { "type": "bank_account", "last4": "6789" } }),
    ] {
        let (invoice, slug) = owner.finalized(&wallet, &customer, "70.00");
        let paid = server.nobody().post(&format!("/invoices/pay/{slug}"), &body).ok();
        assert_eq!(paid["status"], "PAID");
        assert_eq!(owner.invoice(&invoice)["transactionId"], paid["transactionId"]);
    }
    let (_, slug) = owner.finalized(&wallet, &customer, "70.00");
    owner.pay_by_card(&slug, None).ok();
    assert_eq!(owner.balance(&wallet), "210.00", "without a fee");
    assert_eq!(server.system_cents("BANK"), -21_000);
    let kinds = owner.get(&format!("/wallets/{wallet}/transactions")).ok();
    assert_eq!(kinds["data"][0]["entryType"], "TEST_PAYMENT");
}

fn a_declined_test_method_leaves_it_due(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "70.00");
    let declined = server.nobody().pay_by_card(&slug, Some("0002"));
    declined.refused(402, "INSUFFICIENT_FUNDS");
    let failed = owner.told("invoice.payment_failed");
    assert_eq!((failed.len(), &failed[0]["invoiceId"]), (1, &json!(invoice)));
    assert!(failed[0]["failureReason"].is_string());
    assert_eq!(owner.invoice_status(&invoice), "FINALIZED");
    assert_eq!(owner.balance(&wallet), "0.00");
    server.nobody().pay_by_card(&slug, None).ok();
}

fn a_paid_invoice_is_paid_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(100));
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "10.00");
    owner.pay_invoice(&slug, &payer).ok();
    for again in [owner.pay_invoice(&slug, &payer), server.nobody().pay_by_card(&slug, None)] {
        let details = again.refused(409, "CONFLICT");
        assert_eq!((&details["status"], &details["invoiceId"]), (&json!("PAID"), &json!(invoice)));
    }
    assert_eq!(owner.balance(&wallet), "10.00");
}

fn a_payment_is_told_again_under_its_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(100));
    let customer = owner.customer("jane@acme.com");
    let (_, slug) = owner.finalized(&wallet, &customer, "10.00");
    let caller = owner.once("pay-1");
    let first = caller.pay_invoice(&slug, &payer).expect(200);
    caller.pay_invoice(&slug, &payer).assert_replay_of(&first);
    caller.pay_by_card(&slug, None).refused(409, "IDEMPOTENCY_KEY_REUSE");
    let (_, other) = owner.finalized(&wallet, &customer, "10.00");
    caller.pay_invoice(&other, &payer).refused(409, "IDEMPOTENCY_KEY_REUSE");
    let visitor = server.nobody().once("visit-1");
    let first = visitor.pay_by_card(&other, None).expect(200);
    visitor.pay_by_card(&other, None).assert_replay_of(&first);
    let (_, declining) = owner.finalized(&wallet, &customer, "10.00");
    let declined = visitor.pay_by_card(&declining, Some("0002")).expect(402);
    visitor.pay_by_card(&declining, Some("0002")).assert_replay_of(&declined);
    assert_eq!(owner.told("invoice.payment_failed").len(), 1);
    assert_eq!(owner.balance(&wallet), "20.00");
}

fn refusals_leave_it_due(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "100.00");
    let poor = owner.funded(100);
    let lacking = owner.pay_invoice(&slug, &poor).refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!((&lacking["fee"], &lacking["required"]), (&json!("0.50"), &json!("100.50")));
    let limited = owner.funded(1_000);
    owner.policy(&limited, &json!({ "maxTransactionAmount": "99.99" }));
    owner.pay_invoice(&slug, &limited).refused(403, "POLICY_DENIED");
    let choosy = owner.funded(1_000);
    owner.policy(&choosy, &json!({ "approvedRecipients": [owner.wallet("Else")] }));
    owner.pay_invoice(&slug, &choosy).refused(403, "POLICY_DENIED");
    let frozen = owner.funded(1_000);
    owner.act(&format!("/wallets/{frozen}/freeze")).ok();
    owner.pay_invoice(&slug, &frozen).refused(403, "WALLET_FROZEN");
    owner.pay_invoice(&slug, &wallet).refused_fields(&["fromWalletId"]);
    assert_eq!(owner.invoice_status(&invoice), "FINALIZED");
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    let rich = owner.funded(1_000);
    owner.policy(&rich, &json!({ "approvedRecipients": [wallet], "dailySpendingLimit": "100" }));
    owner.pay_invoice(&slug, &rich).ok();
    assert_eq!(owner.used(&rich, "dailySpendingLimit"), "100.00");
    assert_eq!(owner.balance(&wallet), "100.00", "a frozen wallet still receives");
}

fn keys_and_wallets_are_checked(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, payer) = (owner.wallet("Shop"), owner.funded(100));
    let (invoice, slug) = owner.finalized(&wallet, &owner.customer("jane@acme.com"), "10.00");
    server.nobody().pay_invoice(&slug, &payer).refused(401, "UNAUTHORIZED");
    let bad = server.nobody().with_key("wg_test_unknown");
    bad.pay_by_card(&slug, None).refused(401, "UNAUTHORIZED");
    let reader = server.permitted(&["invoices:write"]);
    let needs = reader.pay_invoice(&slug, &payer).refused(403, "PERMISSION_DENIED");
    assert_eq!(needs["required"], "payments:write");
    let scoped = server.scoped(&["payments:write"], &[&owner.wallet("Mine")]);
    scoped.pay_invoice(&slug, &payer).refused(404, "WALLET_NOT_FOUND");
    server
        .organization("Stranger")
        .owner
        .pay_invoice(&slug, &payer)
        .refused(404, "WALLET_NOT_FOUND");
    let live = server.live();
    live.pay_invoice(&slug, server.account("liveWalletId")).refused(403, "ENVIRONMENT_MISMATCH");
    let path = format!("/invoices/pay/{slug}");
    owner.post(&path, &json!({})).refused_fields(&["fromWalletId"]);
    let both = json!({ "fromWalletId": payer, "testMethod": { "type": "card" } });
    owner.post(&path, &both).refused_fields(&["fromWalletId"]);
    let cash = json!({ "testMethod": { "type": "cash" } });
    server.nobody().post(&path, &cash).refused_fields(&["testMethod.type"]);
    assert_eq!(owner.invoice_status(&invoice), "FINALIZED");
    let gone = "/invoices/pay/0000000000000000000000000x";
    owner.post(gone, &json!({ "fromWalletId": payer })).refused(404, "NOT_FOUND");
}

fn production_takes_no_test_method(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let (wallet, customer) = (live.wallet("Shop"), live.customer("jane@acme.com"));
    let (invoice, slug) = live.finalized(&wallet, &customer, "10.00");
    server.nobody().pay_by_card(&slug, None).refused(403, "SANDBOX_ONLY");
    live.pay_by_card(&slug, None).refused(403, "SANDBOX_ONLY");
    let charge = live.post("/invoices/charge", &json!({ "invoiceId": invoice }));
    assert_eq!(charge.refused(503, "SERVICE_UNAVAILABLE")["configure"], "acquirer");
    live.charge(&wallet, &customer, "10.00").refused(503, "SERVICE_UNAVAILABLE");
    assert_eq!(live.all_ids("/invoices").len(), 1, "a refused charge leaves no invoice");
}
