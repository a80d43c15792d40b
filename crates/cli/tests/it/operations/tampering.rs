//! The store defends its entries, and `verify` finds what got past it.

use serde_json::json;

use crate::support::banking::account;
use crate::support::{Server, Store, stories};

stories!(
    entries_refuse_to_change,
    verify_finds_what_was_changed,
    verify_finds_what_was_changed_about_transfers,
    verify_finds_what_was_changed_of_cards,
    verify_misses_a_day_of_purchases_by_card,
    verify_finds_what_was_changed_of_invoices,
);

/// A stopped server whose store holds payments, a hold and spending.
fn store_with_payments(store: Store) -> Server {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "approvalThreshold": "50.00" }));
    owner.paid(&from, &to, "10.00");
    owner.paid(&from, &to, "20.00");
    owner.pay(&from, &to, "60.00").expect(202);
    assert!(server.stop().success());
    server.verify();
    server
}

/// A stopped server with an invoice that is due, one that is paid, one that was refunded, and a charge that repeats.
fn store_with_invoices(store: Store) -> Server {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (shop, payer) = (owner.wallet("Shop"), owner.funded(100));
    let customer = owner.paying_customer("jane@acme.com");
    owner.finalized(&shop, &customer, "5.00");
    let (refunded, slug) = owner.finalized(&shop, &customer, "6.00");
    owner.pay_invoice(&slug, &payer).ok();
    owner.step_invoice(&refunded, "refund").ok();
    owner.subscribe(&shop, &customer, "weekly");
    server.advance("P7D");
    assert!(server.stop().success());
    server.verify();
    server
}

fn verify_finds_what_was_changed_of_invoices(store: Store) {
    let server = store_with_invoices(store);
    for statement in
        ["DELETE FROM invoices", "DELETE FROM charges", "UPDATE charges SET amount = 1"]
    {
        assert!(server.execute(statement).is_err(), "{statement} should be refused by a trigger");
    }
    let changes = [
        (
            "UPDATE invoices SET status = 'PAID' WHERE status = 'FINALIZED'",
            "UPDATE invoices SET status = 'FINALIZED' WHERE payment_id IS NULL",
        ),
        (
            "UPDATE invoices SET status = 'VOIDED' WHERE status = 'PAID'",
            "UPDATE invoices SET status = 'PAID' WHERE status = 'VOIDED'",
        ),
        (
            "UPDATE invoices SET total = total + 1 WHERE status = 'PAID'",
            "UPDATE invoices SET total = total - 1 WHERE status = 'PAID'",
        ),
        (
            "UPDATE invoices SET refunded = refunded - 1 WHERE status = 'REFUNDED'",
            "UPDATE invoices SET refunded = refunded + 1 WHERE status = 'REFUNDED'",
        ),
        (
            "UPDATE invoices SET refunded = 1 WHERE status = 'PAID'",
            "UPDATE invoices SET refunded = 0 WHERE status = 'PAID'",
        ),
        (
            "UPDATE recurring_charges SET occurrences = occurrences + 1",
            "UPDATE recurring_charges SET occurrences = occurrences - 1",
        ),
    ];
    each_is_found(&server, &changes);
}

fn entries_refuse_to_change(store: Store) {
    let server = store_with_payments(store);
    for statement in [
        "UPDATE entries SET amount = amount + 1",
        "DELETE FROM entries",
        "DELETE FROM transactions",
    ] {
        let refused = server.execute(statement);
        assert!(refused.is_err(), "{statement} should be refused by a trigger");
    }
}

fn verify_finds_what_was_changed(store: Store) {
    let mut server = store_with_payments(store);
    server.disarm("entries");
    let changes = [
        (
            "UPDATE entries SET amount = amount + 1 WHERE id = (SELECT MAX(id) FROM entries)",
            "UPDATE entries SET amount = amount - 1 WHERE id = (SELECT MAX(id) FROM entries)",
        ),
        (
            "UPDATE entries SET balance_after = balance_after + 1 WHERE id = (SELECT MIN(id) FROM entries)",
            "UPDATE entries SET balance_after = balance_after - 1 WHERE id = (SELECT MIN(id) FROM entries)",
        ),
        (
            "UPDATE accounts SET posted = posted + 1 WHERE held > 0",
            "UPDATE accounts SET posted = posted - 1 WHERE held > 0",
        ),
        (
            "UPDATE accounts SET held = held - 1 WHERE held > 0",
            "UPDATE accounts SET held = held + 1 WHERE held > 0",
        ),
        ("UPDATE holds SET amount = amount + 1", "UPDATE holds SET amount = amount - 1"),
        (
            "UPDATE wallet_days SET spent = spent - 1 WHERE spent > 0",
            "UPDATE wallet_days SET spent = spent + 1 WHERE spent > 0",
        ),
        (
            "UPDATE wallet_days SET spent_count = spent_count - 1 WHERE spent > 0",
            "UPDATE wallet_days SET spent_count = spent_count + 1 WHERE spent > 0",
        ),
        (
            "UPDATE transactions SET reversed_amount = 1 WHERE id = (SELECT MAX(id) FROM transactions WHERE status = 'POSTED')",
            "UPDATE transactions SET reversed_amount = 0",
        ),
    ];
    each_is_found(&server, &changes);
    server
        .execute("DELETE FROM entries WHERE id = (SELECT MAX(id) FROM entries)")
        .expect("an entry goes");
    verify(&server, 1, "a missing entry");
}

/// A stopped server with a deposit and a withdrawal on their way, a withdrawal that came back and a return that left
/// something owing.
fn store_with_transfers(store: Store) -> Server {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (wallet, poor) = (owner.funded(1_000), owner.wallet("Poor"));
    let (late, fails) = (account("ACH", "990000000004"), account("ACH", "990000000002"));
    owner.deposit(&wallet, "100.00", &late).expect(202);
    owner.withdraw(&wallet, "100.00", &late).expect(202);
    owner.withdraw(&wallet, "50.00", &fails).expect(202);
    owner.move_money(&wallet, &poor, "1.00").ok();
    owner.deposit(&poor, "100.00", &account("ACH", "990000000003")).expect(202);
    server.advance("PT5S");
    owner.paid(&poor, &wallet, "90.00");
    server.advance("PT5S");
    assert!(server.stop().success());
    server.verify();
    server
}

fn verify_finds_what_was_changed_about_transfers(store: Store) {
    let server = store_with_transfers(store);
    assert!(server.execute("DELETE FROM transfers").is_err(), "transfers stay");
    for (change, undo) in [
        (
            "UPDATE wallets SET pending = pending - 1 WHERE pending > 0",
            "UPDATE wallets SET pending = pending + 1 WHERE pending > 0",
        ),
        (
            "UPDATE transfers SET amount = amount + 1 WHERE direction = 'INTERNAL'",
            "UPDATE transfers SET amount = amount - 1 WHERE direction = 'INTERNAL'",
        ),
        (
            "UPDATE transfers SET fee = fee + 1 WHERE status = 'FAILED'",
            "UPDATE transfers SET fee = fee - 1 WHERE status = 'FAILED'",
        ),
        (
            "UPDATE transfers SET status = 'COMPLETED' WHERE status = 'PROCESSING' AND direction = 'DEPOSIT'",
            "UPDATE transfers SET status = 'PROCESSING' WHERE status = 'COMPLETED' AND direction = 'DEPOSIT'",
        ),
        (
            "UPDATE transfers SET status = 'COMPLETED' WHERE status = 'PROCESSING'",
            "UPDATE transfers SET status = 'PROCESSING' WHERE status = 'COMPLETED' AND direction <> 'INTERNAL'",
        ),
        (
            "UPDATE transfers SET status = 'COMPLETED' WHERE status = 'FAILED'",
            "UPDATE transfers SET status = 'FAILED' WHERE status = 'COMPLETED' AND direction = 'WITHDRAWAL'",
        ),
        (
            "UPDATE transfers SET shortfall = shortfall - 1 WHERE shortfall > 0",
            "UPDATE transfers SET shortfall = shortfall + 1 WHERE shortfall > 0",
        ),
        (
            "UPDATE transfers SET due_at = 1 WHERE status = 'RETURNED'",
            "UPDATE transfers SET due_at = NULL WHERE status = 'RETURNED'",
        ),
    ] {
        verify(&server, 0, "nothing changed");
        let changed = server.execute(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        assert!(changed > 0, "{change} changed nothing");
        verify(&server, 1, change);
        server.execute(undo).unwrap_or_else(|error| panic!("{undo}: {error}"));
    }
    verify(&server, 0, "all is undone");
}

fn verify_finds_what_was_changed_of_cards(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let card = owner.card(&owner.funded(100));
    let bought = owner.approved(&card, "40.00");
    owner.step_by(&bought, "capture", "10.00").ok();
    owner.step_by(&bought, "refund", "5.00").ok();
    owner.step_by(&bought, "reverse", "1.00").ok();
    assert!(server.stop().success());
    server.expect_damage();
    each_is_found(
        &server,
        &[
            (
                "UPDATE card_authorizations SET held = held - 1, released = released + 1",
                "UPDATE card_authorizations SET held = held + 1, released = released - 1",
            ),
            (
                "UPDATE card_authorizations SET captured = captured + 1, released = released - 1",
                "UPDATE card_authorizations SET captured = captured - 1, released = released + 1",
            ),
            (
                "UPDATE card_authorizations SET refunded = refunded + 1",
                "UPDATE card_authorizations SET refunded = refunded - 1",
            ),
            (
                "UPDATE card_postings SET amount = amount + 1",
                "UPDATE card_postings SET amount = amount - 1",
            ),
            (
                "UPDATE card_spending SET amount = amount + 1 WHERE category = 'software'",
                "UPDATE card_spending SET amount = amount - 1 WHERE category = 'software'",
            ),
            (
                "UPDATE card_spending SET card_id = card_id + 1 WHERE category = ''",
                "UPDATE card_spending SET card_id = card_id - 1 WHERE category = ''",
            ),
            (
                "UPDATE card_settlements_due SET id = id + 100",
                "UPDATE card_settlements_due SET id = id - 100",
            ),
            ("UPDATE holds SET status = 'RELEASED'", "UPDATE holds SET status = 'PENDING'"),
        ],
    );
}

fn verify_misses_a_day_of_purchases_by_card(store: Store) {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let card = owner.card(&owner.funded(100));
    server.advance("PT24H");
    owner.approved(&card, "40.00");
    assert!(server.stop().success());
    server.expect_damage();
    verify(&server, 0, "nothing changed");
    let gone = "DELETE FROM wallet_days WHERE spent > 0";
    assert_eq!(server.execute(gone), Ok(1));
    verify(&server, 1, gone);
}

/// Each change is found, and undone before the next is made.
#[track_caller]
fn each_is_found(server: &Server, changes: &[(&str, &str)]) {
    for (change, undo) in changes {
        assert!(
            verify(server, 0, "nothing changed").contains(|c: char| c.is_ascii_digit()),
            "it counts what it checked"
        );
        let changed = server.execute(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        assert!(changed > 0, "{change} changed nothing");
        verify(server, 1, change);
        server.execute(undo).unwrap_or_else(|error| panic!("{undo}: {error}"));
    }
}

/// `wallgent verify` ends with this exit code; what it printed.
#[track_caller]
fn verify(server: &Server, exit_code: i32, after: &str) -> String {
    let said = server.run(&["verify", "--database", &server.database().url]);
    assert_eq!(said.exit_code, exit_code, "after {after}\n{}{}", said.out, said.error);
    said.out
}
