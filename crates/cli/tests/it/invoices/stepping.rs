//! An invoice goes from state to state, and only where a way leads.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    finalizing_gives_an_address,
    every_state_allows_its_own_steps,
    repeated_steps_are_told_again,
    what_an_invoice_does_is_told,
);

fn finalizing_gives_an_address(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let invoice = owner.drafted(&wallet, &customer, "70.00");
    owner.step_invoice(&invoice, "checkout").refused(409, "CONFLICT");
    let finalized = owner.step_invoice(&invoice, "finalize").ok();
    assert_eq!((&finalized["status"], &finalized["total"]), (&json!("FINALIZED"), &json!("70.00")));
    let slug = finalized["slug"].as_str().expect("a slug");
    assert_eq!(slug.len(), 26, "128 bits: {slug}");
    let page = format!("{}/invoice/{slug}", server.account("url").trim_end_matches('/'));
    assert_eq!(finalized["checkoutUrl"], page);
    let checkout = owner.step_invoice(&invoice, "checkout").ok();
    assert_eq!((&checkout["url"], &checkout["id"]), (&json!(page), &json!(invoice)));
    let (_, other) = owner.finalized(&wallet, &customer, "70.00");
    assert_ne!(slug, other);
}

fn every_state_allows_its_own_steps(store: Store) {
    const STEPS: [&str; 5] = ["finalize", "void", "mark-uncollectible", "checkout", "refund"];
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let reach = |state: &str| {
        let invoice = owner.drafted(&wallet, &customer, "5.00");
        let ways: &[&str] = match state {
            "DRAFT" => &[],
            "FINALIZED" => &["finalize"],
            "VOIDED" => &["finalize", "void"],
            "UNCOLLECTIBLE" => &["finalize", "mark-uncollectible"],
            "PAID" => &["finalize", "pay"],
            _ => &["finalize", "pay", "refund"],
        };
        for way in ways {
            match *way {
                "pay" => owner.post("/invoices/charge", &json!({ "invoiceId": invoice })).ok(),
                verb => owner.step_invoice(&invoice, verb).ok(),
            };
        }
        assert_eq!(owner.invoice_status(&invoice), state);
        invoice
    };
    for (state, allowed) in [
        ("DRAFT", &["finalize", "void"][..]),
        ("FINALIZED", &["void", "mark-uncollectible", "checkout"]),
        ("PAID", &["refund"]),
        ("VOIDED", &[]),
        ("UNCOLLECTIBLE", &[]),
        ("REFUNDED", &[]),
    ] {
        for step in STEPS {
            let invoice = reach(state);
            let answer = owner.step_invoice(&invoice, step);
            if allowed.contains(&step) {
                answer.ok();
            } else {
                let details = answer.refused(409, "CONFLICT");
                assert_eq!(
                    (&details["status"], &details["invoiceId"]),
                    (&json!(state), &json!(invoice))
                );
                assert_eq!(owner.invoice_status(&invoice), state, "{step} changed nothing");
            }
        }
        if state != "FINALIZED" {
            let charge = owner.post("/invoices/charge", &json!({ "invoiceId": reach(state) }));
            assert_eq!(charge.refused(409, "CONFLICT")["status"], state);
        }
    }
}

fn repeated_steps_are_told_again(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let invoice = owner.drafted(&wallet, &customer, "5.00");
    for (key, verb) in [("f", "finalize"), ("c", "checkout"), ("v", "void")] {
        let caller = owner.once(key);
        let first = caller.step_invoice(&invoice, verb).expect(200);
        caller.step_invoice(&invoice, verb).assert_replay_of(&first);
    }
    owner.step_invoice(&invoice, "void").refused(409, "CONFLICT");
}

fn what_an_invoice_does_is_told(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.paying_customer("jane@acme.com"));
    let (voided, _) = owner.finalized(&wallet, &customer, "5.00");
    owner.step_invoice(&voided, "void").ok();
    let (given_up, _) = owner.finalized(&wallet, &customer, "5.00");
    owner.step_invoice(&given_up, "mark-uncollectible").ok();
    let (paid, slug) = owner.finalized(&wallet, &customer, "5.00");
    server.nobody().pay_by_card(&slug, None).ok();
    owner.step_invoice(&paid, "refund").ok();
    for (kind, invoice) in [
        ("invoice.voided", &voided),
        ("invoice.uncollectible", &given_up),
        ("invoice.paid", &paid),
        ("invoice.refunded", &paid),
    ] {
        let told = owner.told(kind);
        assert_eq!(told.len(), 1, "{kind} once");
        assert_eq!(told[0]["invoiceId"], invoice.as_str(), "{kind}");
    }
    assert_eq!(owner.told("invoice.finalized").len(), 3);
    let scoped = server.scoped(&["webhooks:read"], &[&owner.wallet("Other")]);
    assert_eq!(scoped.get("/events?type=invoice.*").ok()["data"], json!([]));
}
