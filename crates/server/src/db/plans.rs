//! That lists walk an index, on the SQLite that is built in.

use super::{Connection, Location, Value};

fn plan(text: &str, parameters: usize) -> String {
    plan_of(text, &vec![Value::Int(1); parameters])
}

/// How a query is answered.
pub(crate) fn plan_of(text: &str, values: &[Value]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let location = Location::Sqlite(folder.path().join("plans.db"));
    let mut store = Connection::open_writer(&location).expect("a store");
    let text = format!("EXPLAIN QUERY PLAN {text}");
    let rows = store.query_composed(&text, values).expect("a plan");
    let steps = rows.iter().map(|row| row.text(3).expect("a step").to_owned());
    steps.collect::<Vec<_>>().join("; ")
}

#[test]
fn a_scopes_payments_are_found_by_its_index() {
    let indexes = [("scope_id", "transactions_by_scope"), ("to_scope_id", "transactions_received")];
    for (side, index) in indexes {
        let plan = plan(
            &format!(
                "SELECT id FROM transactions INDEXED BY {index} WHERE {side} = $1 AND id < $2 \
                 AND id >= $3 AND kind = 'PAYMENT' ORDER BY id DESC LIMIT $4"
            ),
            4,
        );
        let range = format!("{index} ({side}=? AND id>? AND id<?)");
        assert!(plan.contains(&range), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn wallets_are_found_by_their_scope() {
    let plan = plan(
        "SELECT w.id FROM wallets AS w INDEXED BY wallets_by_scope \
         JOIN scopes s ON s.id = w.scope_id LEFT JOIN accounts a ON a.id = w.id \
         WHERE w.scope_id = $1 AND w.id < $2 ORDER BY w.id DESC LIMIT $3",
        3,
    );
    assert!(plan.contains("wallets_by_scope (scope_id=? AND id<?)"), "{plan}");
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
}

#[test]
fn due_things_are_found_by_when_they_are_due() {
    let transfers = "SELECT x.id FROM transfers x JOIN scopes s ON s.id = x.scope_id \
                     WHERE x.due_at IS NOT NULL AND x.due_at <= $1 \
                     ORDER BY x.due_at, x.id LIMIT $2";
    let notices = "SELECT id FROM simulated_notices WHERE due_at <= $1 \
                   ORDER BY due_at, id LIMIT $2";
    let unposted = "SELECT id FROM unposted_results WHERE due_at IS NOT NULL AND due_at <= $1 \
                    ORDER BY due_at, id LIMIT $2";
    for (text, index) in [
        (transfers, "transfers_due"),
        (notices, "simulated_notices_due"),
        (unposted, "unposted_results_due"),
    ] {
        let plan = plan(text, 2);
        assert!(plan.contains(&format!("{index} (due_at")), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn a_cards_decision_reads_by_keys() {
    let spending = plan(
        "SELECT category, starts, ends, amount FROM card_spending WHERE card_id = $1 \
         AND category IN ($2, $3) AND starts IN ($4, $5)",
        5,
    );
    assert!(spending.contains("SEARCH card_spending USING PRIMARY KEY (card_id=?"), "{spending}");
    assert!(spending.contains("starts=?"), "only the periods that are asked for: {spending}");
}

#[test]
fn cards_of_a_status_are_found_by_it() {
    for (column, index) in
        [("scope_id", "cards_by_status"), ("wallet_id", "cards_of_wallet_by_status")]
    {
        let plan = plan(
            &format!(
                "SELECT c.id FROM cards AS c INDEXED BY {index} WHERE c.{column} = $1 \
                 AND c.id < $2 AND c.status = 'ACTIVE' ORDER BY c.id DESC LIMIT $3"
            ),
            3,
        );
        assert!(plan.contains(&format!("{index} ({column}=? AND status=? AND id<?)")), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn holds_of_a_status_are_found_by_it() {
    let plan = plan(
        "SELECT id FROM holds INDEXED BY holds_by_status WHERE wallet_id = $1 AND status = $2 \
         ORDER BY id DESC LIMIT $3",
        3,
    );
    assert!(plan.contains("holds_by_status (wallet_id=? AND status=?)"), "{plan}");
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
}

#[test]
fn what_cards_hold_is_found_without_looking_through_the_past() {
    let due = plan(
        "SELECT a.id FROM card_authorizations a WHERE a.held > 0 AND a.expires_at <= $1 \
         ORDER BY a.expires_at, a.id LIMIT $2",
        2,
    );
    assert!(due.contains("card_authorizations_ending (expires_at<?)"), "{due}");
    let of_wallet = plan(
        "SELECT a.id FROM card_authorizations a WHERE a.wallet_id = $1 AND a.held > 0 \
         ORDER BY a.id",
        1,
    );
    assert!(of_wallet.contains("card_authorizations_open (wallet_id=?"), "{of_wallet}");
    let of_card = plan(
        "SELECT a.id FROM card_authorizations a WHERE a.wallet_id = $1 AND a.card_id = $2 \
         AND a.held > 0 ORDER BY a.id",
        2,
    );
    assert!(of_card.contains("card_authorizations_open (wallet_id=? AND card_id=?"), "{of_card}");
    let number = plan(
        "SELECT COUNT(*) FROM (SELECT id FROM card_authorizations WHERE wallet_id = $1 \
         AND held > 0 LIMIT $2) AS still_open",
        2,
    );
    assert!(number.contains("COVERING INDEX card_authorizations_open (wallet_id=?"), "{number}");
    assert!(!due.contains("SCAN") && !of_wallet.contains("SCAN"), "{due}; {of_wallet}");
}

#[test]
fn invoices_are_found_by_whose_they_are() {
    for (column, index, status) in [
        ("scope_id", "invoices_by_scope", ""),
        ("scope_id", "invoices_by_status", "AND i.status = 'PAID'"),
        ("wallet_id", "invoices_by_wallet", ""),
        ("wallet_id", "invoices_of_wallet_by_status", "AND i.status = 'PAID'"),
        ("customer_id", "invoices_by_customer", "AND i.status = 'PAID'"),
    ] {
        let plan = plan(
            &format!(
                "SELECT i.id FROM invoices AS i INDEXED BY {index} WHERE i.{column} = $1 \
                 AND i.id < $2 {status} ORDER BY i.id DESC LIMIT $3"
            ),
            3,
        );
        assert!(plan.contains(&format!("{index} ({column}=?")), "{plan}");
        assert!(plan.contains("id<?"), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn charges_that_are_due_are_found_by_when() {
    let repeating = "SELECT r.id FROM recurring_charges r WHERE r.due_at IS NOT NULL \
                     AND r.due_at <= $1 ORDER BY r.due_at, r.id LIMIT $2";
    let again = "SELECT id FROM charge_retries WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    for (text, index) in [(repeating, "recurring_charges_due"), (again, "charge_retries_due")] {
        let plan = plan(text, 2);
        assert!(plan.contains(&format!("{index} (due_at")), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
