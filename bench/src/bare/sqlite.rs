//! The loop on SQLite.

use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, Result, params, params_from_iter};

use super::Started;
use super::rows::{Batch, Rows, Table};

/// Writes all batches and gives the moment at which it began to.
pub(super) fn write(path: &Path, rows: &Rows, batches: &[Batch]) -> Started<rusqlite::Error> {
    let mut store = Connection::open(path)?;
    store.pragma_update(None, "journal_mode", "WAL")?;
    store.pragma_update(None, "synchronous", "FULL")?;
    store.pragma_update(None, "cache_size", -65_536)?;
    let accounts = store.transaction()?;
    insert(&accounts, &rows.accounts, &rows.accounts.rows)?;
    accounts.commit()?;
    let started = Instant::now();
    for batch in batches {
        let commit = store.transaction()?;
        for (table, range) in rows.tables.iter().zip(&batch.inserts) {
            insert(&commit, table, &table.rows[range.clone()])?;
        }
        update(&commit, batch)?;
        commit.commit()?;
    }
    Ok(started)
}

fn insert(store: &Connection, table: &Table, rows: &[Vec<rusqlite::types::Value>]) -> Result<()> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let places = vec!["?"; names.len()].join(", ");
    let mut statement = store.prepare_cached(&format!(
        "INSERT INTO {} ({}) VALUES ({places})",
        table.name,
        names.join(", ")
    ))?;
    for row in rows {
        statement.execute(params_from_iter(row))?;
    }
    Ok(())
}

fn update(store: &Connection, batch: &Batch) -> Result<()> {
    let mut account = store
        .prepare_cached("UPDATE accounts SET posted = ?2, last_entry_id = ?3 WHERE id = ?1")?;
    let mut day = store.prepare_cached(
        "INSERT INTO wallet_days (day, wallet_id, debits, credits, spent, spent_count)
         VALUES (1, ?1, ?2, ?2, ?2, 1)
         ON CONFLICT (day, wallet_id) DO UPDATE SET debits = wallet_days.debits + excluded.debits,
         spent = wallet_days.spent + excluded.spent, spent_count = wallet_days.spent_count + 1",
    )?;
    for update in &batch.updates {
        account.execute(params![update.account, update.posted, update.entry])?;
        day.execute(params![update.account, update.amount])?;
    }
    Ok(())
}
