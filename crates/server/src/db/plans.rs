//! That lists walk an index, on the SQLite that is built in.

use super::{Connection, Location, Value};

fn plan(text: &str, parameters: usize) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let location = Location::Sqlite(folder.path().join("plans.db"));
    let mut store = Connection::open_writer(&location).expect("a store");
    let values = vec![Value::Int(1); parameters];
    let text = format!("EXPLAIN QUERY PLAN {text}");
    let rows = store.query_composed(&text, &values).expect("a plan");
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
