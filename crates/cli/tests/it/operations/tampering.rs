//! The store defends its entries, and `verify` finds what got past it.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(entries_refuse_to_change, verify_finds_what_was_changed);

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
    // Each change is undone by the next statement before the following one is made.
    for (change, undo) in [
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
    ] {
        assert!(
            verify(&server, 0, "nothing changed").contains(|c: char| c.is_ascii_digit()),
            "it counts what it checked"
        );
        let changed = server.execute(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        assert!(changed > 0, "{change} changed nothing");
        verify(&server, 1, change);
        server.execute(undo).unwrap_or_else(|error| panic!("{undo}: {error}"));
    }
    server
        .execute("DELETE FROM entries WHERE id = (SELECT MAX(id) FROM entries)")
        .expect("an entry goes");
    verify(&server, 1, "a missing entry");
}

/// `wallgent verify` ends with this exit code; what it printed.
#[track_caller]
fn verify(server: &Server, exit_code: i32, after: &str) -> String {
    let said = server.run(&["verify", "--database", &server.database().url]);
    assert_eq!(said.exit_code, exit_code, "after {after}\n{}{}", said.out, said.error);
    said.out
}
