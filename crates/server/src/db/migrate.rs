//! Bringing the store's layout up to date.
//!
//! A migration is one file for both stores, run once, in order, in one
//! transaction, and never changed afterwards. Four words in it differ between
//! the stores and are replaced here: `KEY` (an integer primary key), `BYTES`,
//! `CLUSTERED` (rows kept in the order of the primary key), and the statement
//! `REFUSE table operations` (a trigger that refuses changes).

use super::{Connection, DbError, DbResult};

/// The layout that this program writes.
const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_foundation.sql"),
    include_str!("migrations/0002_control_plane.sql"),
    include_str!("migrations/0003_webhooks.sql"),
    include_str!("migrations/0004_transfers.sql"),
    include_str!("migrations/0005_cards.sql"),
    include_str!("migrations/0006_card_bounds.sql"),
    include_str!("migrations/0007_transfer_results.sql"),
    include_str!("migrations/0008_digest_keys.sql"),
    include_str!("migrations/0009_unposted_results.sql"),
    include_str!("migrations/0010_payment_links.sql"),
    include_str!("migrations/0011_invoices.sql"),
];

/// Serializes migrations between processes that share a PostgreSQL database.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(7310579642113)";

pub(super) fn run(connection: &mut Connection) -> DbResult<()> {
    connection.begin()?;
    let result = run_in(connection);
    match result {
        Ok(()) => connection.commit(),
        Err(error) => {
            connection.rollback()?;
            Err(error)
        }
    }
}

fn run_in(connection: &mut Connection) -> DbResult<()> {
    if !connection.is_sqlite() {
        connection.batch(POSTGRES_LOCK)?;
    }
    connection.batch("CREATE TABLE IF NOT EXISTS layout (version BIGINT NOT NULL)")?;
    let version = current(connection)?;
    refuse_newer(version)?;
    let done = usize::try_from(version).unwrap_or(0);
    for migration in &MIGRATIONS[done..] {
        for statement in statements(migration) {
            let text = translate(&statement, connection.is_sqlite());
            connection.batch(&text)?;
        }
    }
    connection.batch("DELETE FROM layout")?;
    connection.batch(&format!("INSERT INTO layout (version) VALUES ({SCHEMA_VERSION})"))
}

/// Refuses a store that this program would misread.
pub(super) fn require_current(connection: &mut Connection) -> DbResult<()> {
    let version = current(connection)?;
    refuse_newer(version)?;
    if version < SCHEMA_VERSION {
        return Err(DbError::Layout(format!(
            "the store has layout {version}, this program needs {SCHEMA_VERSION}; \
             start `wallgent serve` once to migrate it"
        )));
    }
    Ok(())
}

fn current(connection: &mut Connection) -> DbResult<i64> {
    let text = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM layout";
    let row = connection.query_one(text, &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn refuse_newer(version: i64) -> DbResult<()> {
    if version <= SCHEMA_VERSION {
        return Ok(());
    }
    Err(DbError::Layout(format!(
        "the store has layout {version}, written by a newer wallgent; \
         this one knows {SCHEMA_VERSION}"
    )))
}

/// The statements of a migration, without its comments.
fn statements(migration: &str) -> Vec<String> {
    let lines = migration.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

fn translate(statement: &str, sqlite: bool) -> String {
    if let Some(rest) = statement.strip_prefix("REFUSE ") {
        let mut words = rest.split_whitespace();
        let table = words.next().unwrap_or_default();
        let operations: Vec<&str> = words.collect();
        return refuse(table, &operations, sqlite);
    }
    let (key, bytes, clustered) = if sqlite {
        ("INTEGER PRIMARY KEY", "BLOB", "WITHOUT ROWID")
    } else {
        ("BIGINT PRIMARY KEY", "BYTEA", "")
    };
    let words = statement.split_inclusive(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    let mut text = String::with_capacity(statement.len() + 64);
    for word in words {
        let end = word.trim_end_matches(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        text.push_str(match end {
            "KEY" if !text.trim_end().ends_with("PRIMARY") => key,
            "BYTES" => bytes,
            "CLUSTERED" => clustered,
            other => other,
        });
        text.push_str(&word[end.len()..]);
    }
    text
}

fn refuse(table: &str, operations: &[&str], sqlite: bool) -> String {
    let mut text = String::new();
    if !sqlite {
        text.push_str(&format!(
            "CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION '{table} are never changed'; END $$;"
        ));
    }
    for operation in operations {
        let name = format!("refuse_{table}_{}", operation.to_lowercase());
        text.push_str(&if sqlite {
            format!(
                "CREATE TRIGGER {name} BEFORE {operation} ON {table} \
                 BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END;"
            )
        } else {
            format!(
                "CREATE TRIGGER {name} BEFORE {operation} ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}();"
            )
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_words_only() {
        let text = "CREATE TABLE x (id KEY, api_keys BYTES, PRIMARY KEY (a, b)) CLUSTERED";
        assert_eq!(
            translate(text, true),
            "CREATE TABLE x (id INTEGER PRIMARY KEY, api_keys BLOB, PRIMARY KEY (a, b)) \
             WITHOUT ROWID"
        );
        assert_eq!(
            translate(text, false),
            "CREATE TABLE x (id BIGINT PRIMARY KEY, api_keys BYTEA, PRIMARY KEY (a, b)) "
        );
    }
}
