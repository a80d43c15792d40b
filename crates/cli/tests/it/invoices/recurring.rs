//! Charges that repeat: each occurrence once, at its time, through restarts and jumps of the clock.

use serde_json::{Value, json};

use crate::support::invoicing::DECLINED;
use crate::support::shapes::{RECURRING_CHARGE, assert_fields};
use crate::support::{Api, Server, Store, stories};

stories!(
    the_end_of_the_month_comes_back,
    a_year_in_one_step_makes_twelve_charges,
    a_restart_and_a_kill_charge_once,
    a_cancelled_charge_comes_no_more,
    what_fails_is_tried_again,
    what_fails_for_good_is_told,
    a_replaced_card_is_charged_next,
    customers_and_wallets_take_their_charges_along,
    a_scoped_key_sees_its_own,
);

/// When and how much a wallet received, oldest first.
fn received(owner: &Api, wallet: &str) -> Vec<String> {
    let mut times = Vec::new();
    let mut path = format!("/wallets/{wallet}/transactions?limit=100");
    loop {
        let page = owner.get(&path).ok();
        let rows = page["data"].as_array().expect("data");
        times.extend(rows.iter().map(|row| row["createdAt"].as_str().expect("text").to_owned()));
        let Some(cursor) = page["cursor"].as_str() else { break };
        path = format!("/wallets/{wallet}/transactions?limit=100&cursor={cursor}");
    }
    times.reverse();
    times
}

fn the_end_of_the_month_comes_back(store: Store) {
    let server = Server::start_at(store, "2028-01-31T09:30:00Z");
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let charge = owner.subscribe(&wallet, &customer, "monthly");
    let row = owner.repeating(&charge);
    assert_fields(&row, RECURRING_CHARGE, &[]);
    for (field, expected) in [
        ("status", json!("ACTIVE")),
        ("interval", json!("monthly")),
        ("walletId", json!(wallet)),
        ("customerId", json!(customer)),
        ("amount", json!("99.00")),
        ("description", json!("Subscription")),
        ("occurrences", json!(1)),
        ("nextChargeAt", json!("2028-02-29T09:30:00.000Z")),
    ] {
        assert_eq!(row[field], expected, "{field}");
    }
    for due in ["2028-02-29", "2028-03-31", "2028-04-30"] {
        server.advance_to(&format!("{due}T09:29:59.999Z"));
        let before = received(&owner, &wallet).len();
        server.advance_to(&format!("{due}T09:30:00Z"));
        assert_eq!(received(&owner, &wallet).len(), before + 1, "{due}");
    }
    assert_eq!(owner.repeating(&charge)["nextChargeAt"], "2028-05-31T09:30:00.000Z");
    let invoices = owner.get(&format!("/invoices?customerId={customer}&status=PAID")).ok();
    assert_eq!(invoices["data"].as_array().map(Vec::len), Some(4));
    assert_eq!(invoices["data"][0]["lineItems"][0]["description"], "Subscription");
    let told = owner.told("charge.succeeded");
    assert!(told.iter().all(|one| one["recurringChargeId"] == charge.as_str()), "{told:#?}");
}

fn a_year_in_one_step_makes_twelve_charges(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:30:00Z");
    let owner = server.owner();
    let wallets = ["weekly", "monthly", "yearly"].map(|interval| {
        let wallet = owner.wallet(interval);
        let customer = owner.paying_customer(&format!("{interval}@acme.com"));
        owner.subscribe(&wallet, &customer, interval);
        wallet
    });
    server.advance_to("2027-01-31T09:30:00Z");
    for (wallet, expected) in wallets.iter().zip([53, 13, 2]) {
        assert_eq!(received(&owner, wallet).len(), expected, "the first and those of the year");
    }
    server.advance("PT1S");
    assert_eq!(received(&owner, &wallets[1]).len(), 13);
}

fn a_restart_and_a_kill_charge_once(store: Store) {
    let mut server = Server::start_at(store, "2026-01-31T09:30:00Z");
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    for number in 0..10 {
        let customer = owner.paying_customer(&format!("c{number}@acme.com"));
        owner.subscribe(&wallet, &customer, "monthly");
    }
    let jump = json!({ "to": "2026-07-31T09:30:00Z" });
    std::thread::scope(|scope| {
        let clock = server.owner();
        scope.spawn(move || clock.try_send("POST", "/sandbox/clock", Some(&jump)));
        // Whether the kill comes before, amid or after the jump: each is a case.
        server.kill();
    });
    server.launch_at("2026-07-31T09:30:00Z");
    server.advance("PT1S");
    assert_eq!(received(&server.owner(), &wallet).len(), 70, "ten first ones, six months of ten");
    server.restart();
    server.advance("PT1S");
    assert_eq!(received(&server.owner(), &wallet).len(), 70);
    server.verify();
}

fn a_cancelled_charge_comes_no_more(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:30:00Z");
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let charge = owner.subscribe(&wallet, &customer, "weekly");
    server.advance("P7D");
    let path = format!("/invoices/charges/recurring/{charge}");
    let cancelled = owner.delete(&path).ok();
    assert_eq!(
        (&cancelled["status"], &cancelled["nextChargeAt"]),
        (&json!("CANCELLED"), &Value::Null)
    );
    assert_eq!(owner.delete(&path).ok(), cancelled);
    assert_eq!(owner.repeating(&charge), Value::Null);
    server.advance("P70D");
    assert_eq!(received(&owner, &wallet).len(), 2);
    let told = owner.told("charge.cancelled");
    assert_eq!((told.len(), &told[0]["chargeId"]), (1, &json!(charge)));
    let unknown = owner.delete("/invoices/charges/recurring/chg_nope");
    assert_eq!(unknown.refused(404, "NOT_FOUND")["resource"], "charge");
}

/// A monthly charge of a customer whose card is declined from now on.
fn failing(server: &Server) -> (String, String, String) {
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let charge = owner.subscribe(&wallet, &customer, "monthly");
    owner.saved(&customer, "card", Some(DECLINED));
    (wallet, customer, charge)
}

fn what_fails_is_tried_again(store: Store) {
    let server = Server::start_at(store, "2026-01-15T09:00:00Z");
    let owner = server.owner();
    let (wallet, customer, _) = failing(&server);
    server.advance_to("2026-02-15T09:00:00Z");
    assert_eq!(owner.told("charge.failed").len(), 1);
    assert_eq!(owner.told("invoice.payment_failed").len(), 0, "it is tried again first");
    server.advance_to("2026-02-16T08:59:59Z");
    assert_eq!(owner.told("charge.failed").len(), 1);
    server.advance_to("2026-02-16T09:00:00Z");
    assert_eq!(owner.told("charge.failed").len(), 2, "after a day");
    owner.saved(&customer, "bank_account", None);
    server.advance_to("2026-02-18T09:00:00Z");
    assert_eq!(received(&owner, &wallet).len(), 2, "after three days");
    server.advance_to("2026-03-14T09:00:00Z");
    assert_eq!(received(&owner, &wallet).len(), 2, "and then no more");
    server.advance_to("2026-03-15T09:00:00Z");
    assert_eq!(received(&owner, &wallet).len(), 3, "the next is due when it always was");
}

fn what_fails_for_good_is_told(store: Store) {
    let server = Server::start_at(store, "2026-01-15T09:00:00Z");
    let owner = server.owner();
    let (_, customer, charge) = failing(&server);
    server.advance_to("2026-02-15T09:00:00Z");
    for (day, failures, final_ones) in [(16, 2, 0), (18, 3, 0), (20, 4, 0), (22, 5, 1), (28, 5, 1)]
    {
        server.advance_to(&format!("2026-02-{day}T09:00:00Z"));
        assert_eq!(owner.told("charge.failed").len(), failures, "on the {day}th");
        assert_eq!(owner.told("invoice.payment_failed").len(), final_ones, "on the {day}th");
    }
    let due = owner.get(&format!("/invoices?customerId={customer}&status=FINALIZED")).ok();
    let slug = due["data"][0]["slug"].as_str().expect("a slug");
    server.nobody().pay_by_card(slug, None).ok();
    assert_eq!(owner.repeating(&charge)["occurrences"], 2, "the next still comes");
    server.advance_to("2026-03-15T09:00:00Z");
    let path = format!("/invoices?customerId={customer}&status=FINALIZED");
    let again = owner.get(&path).ok()["data"][0]["slug"].clone();
    server.nobody().pay_by_card(again.as_str().expect("a slug"), None).ok();
    server.advance_to("2026-03-30T09:00:00Z");
    assert_eq!(owner.told("charge.failed").len(), 6, "what was paid is not tried again");
}

fn a_replaced_card_is_charged_next(store: Store) {
    let server = Server::start_at(store, "2026-01-15T09:00:00Z");
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let old = owner.saved(&customer, "card", None);
    owner.subscribe(&wallet, &customer, "monthly");
    let new = owner.saved(&customer, "bank_account", None);
    owner.delete(&format!("/customers/{customer}/payment-methods/{old}")).expect(204);
    server.advance_to("2026-02-15T09:00:00Z");
    assert_eq!(owner.told("charge.succeeded")[1]["paymentMethodId"], new.as_str());
    owner.delete(&format!("/customers/{customer}/payment-methods/{new}")).expect(204);
    server.advance_to("2026-03-15T09:00:00Z");
    let failed = &owner.told("charge.failed")[0];
    assert_eq!(failed["paymentMethodId"], Value::Null, "there is none");
}

fn customers_and_wallets_take_their_charges_along(store: Store) {
    let server = Server::start_at(store, "2026-01-15T09:00:00Z");
    let owner = server.owner();
    let (wallet, agent) = (owner.wallet("Shop"), owner.agent("Seller"));
    let jane = owner.paying_customer("jane@acme.com");
    let joe = owner.paying_customer("joe@acme.com");
    owner.subscribe(&wallet, &jane, "monthly");
    owner.subscribe(&agent.id, &joe, "monthly");
    let closing = owner.wallet("Closing");
    let late = owner.subscribe(&closing, &joe, "monthly");
    owner.delete(&format!("/customers/{jane}")).ok();
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(owner.all_ids("/invoices/charges/recurring"), [late.as_str()]);
    owner.move_money(&closing, &wallet, "99.00").ok();
    owner.act(&format!("/wallets/{closing}/close")).ok();
    server.advance_to("2026-02-15T09:00:00Z");
    assert_eq!(owner.all_ids("/invoices/charges/recurring").len(), 0);
    assert_eq!(owner.told("charge.cancelled").len(), 3);
    assert_eq!(owner.told("charge.succeeded").len(), 3, "the first ones");
}

fn a_scoped_key_sees_its_own(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (own, other) = (owner.wallet("Own"), owner.wallet("Other"));
    let customer = owner.paying_customer("jane@acme.com");
    let agent = server.scoped(&["invoices:read", "invoices:write"], &[&own]);
    let mine = agent.subscribe(&own, &customer, "monthly");
    let theirs = owner.subscribe(&other, &customer, "monthly");
    assert_eq!(agent.all_ids("/invoices/charges/recurring"), [mine.as_str()]);
    assert_eq!(owner.all_ids("/invoices/charges/recurring?limit=1"), [theirs.as_str(), &mine]);
    let path = format!("/invoices/charges/recurring/{theirs}");
    agent.delete(&path).refused(404, "NOT_FOUND");
    server.live().delete(&path).refused(403, "ENVIRONMENT_MISMATCH");
    server.organization("Stranger").owner.delete(&path).refused(404, "NOT_FOUND");
}
