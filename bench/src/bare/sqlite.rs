//! The loop on SQLite.

use std::path::Path;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

use super::Started;
use super::rows::{Batch, Rows, Table};

/// Writes all batches and gives the moment at which it began to.
pub(super) fn write(path: &Path, rows: &Rows, batches: &[Batch]) -> Started<rusqlite::Error> {
    let mut store = Connection::open(path)?;
    store.pragma_update(None, "journal_mode", "WAL")?;
    store.pragma_update(None, "synchronous", "FULL")?;
    store.pragma_update(None, "cache_size", -65_536)?;
    let before = store.transaction()?;
    for table in &rows.changed {
        put(&before, table, &table.rows)?;
    }
    before.commit()?;
    let started = Instant::now();
    for batch in batches {
        let commit = store.transaction()?;
        for (table, range) in rows.appended.iter().zip(&batch.inserts) {
            put(&commit, table, &table.rows[range.clone()])?;
        }
        for (table, changes) in rows.changed.iter().zip(&batch.changes) {
            put(&commit, table, changes)?;
        }
        commit.commit()?;
    }
    Ok(started)
}

fn put(store: &Connection, table: &Table, rows: &[Vec<Value>]) -> Result<()> {
    let places = vec!["?"; table.columns.len()].join(", ");
    let mut statement = store.prepare_cached(&table.statement(&format!("VALUES ({places})")))?;
    for row in rows {
        statement.execute(params_from_iter(row))?;
    }
    Ok(())
}
