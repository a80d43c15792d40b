//! The loop on PostgreSQL: one statement over arrays for each table of a batch.

use std::time::Instant;

use postgres::types::ToSql;
use postgres::{Client, Error, GenericClient, NoTls, Statement, Transaction};
use rusqlite::types::Value;

use super::Started;
use super::rows::{Batch, ColumnKind, Rows, Table};

/// Writes all batches and gives the moment at which it began to.
pub(super) fn write(url: &str, rows: &Rows, batches: &[Batch]) -> Started<Error> {
    let mut client = Client::connect(url, NoTls)?;
    client.batch_execute("SET synchronous_commit = on; SET jit = off")?;
    let accounts = prepare(&mut client, &rows.accounts)?;
    insert(&mut client, &accounts, &rows.accounts, &rows.accounts.rows)?;
    let inserts = rows.tables.iter().map(|table| prepare(&mut client, table));
    let inserts: Vec<Statement> = inserts.collect::<Result<_, _>>()?;
    let account = client.prepare(
        "UPDATE accounts SET posted = new.posted, last_entry_id = new.entry
         FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[]) AS new (id, posted, entry)
         WHERE accounts.id = new.id",
    )?;
    let day = client.prepare(
        "INSERT INTO wallet_days (day, wallet_id, debits, credits, spent, spent_count)
         SELECT 1, id, amount, amount, amount, 1
         FROM UNNEST($1::BIGINT[], $2::BIGINT[]) AS new (id, amount)
         ON CONFLICT (day, wallet_id) DO UPDATE SET debits = wallet_days.debits + excluded.debits,
         spent = wallet_days.spent + excluded.spent, spent_count = wallet_days.spent_count + 1",
    )?;
    let started = Instant::now();
    for batch in batches {
        let mut commit = client.transaction()?;
        for ((table, range), statement) in rows.tables.iter().zip(&batch.inserts).zip(&inserts) {
            insert(&mut commit, statement, table, &table.rows[range.clone()])?;
        }
        update(&mut commit, &account, &day, batch)?;
        commit.commit()?;
    }
    Ok(started)
}

fn prepare(client: &mut Client, table: &Table) -> Result<Statement, Error> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let arrays = table.columns.iter().zip(1..).map(|(column, place)| {
        let kind = match column.kind {
            ColumnKind::Integer => "BIGINT",
            ColumnKind::Text => "TEXT",
            ColumnKind::Bytes => "BYTEA",
        };
        format!("${place}::{kind}[]")
    });
    client.prepare(&format!(
        "INSERT INTO {} ({}) SELECT * FROM UNNEST({})",
        table.name,
        names.join(", "),
        arrays.collect::<Vec<_>>().join(", ")
    ))
}

fn insert(
    client: &mut impl GenericClient,
    statement: &Statement,
    table: &Table,
    rows: &[Vec<Value>],
) -> Result<(), Error> {
    let columns = table.columns.iter().enumerate();
    let arrays: Vec<Box<dyn ToSql + Sync>> =
        columns.map(|(at, column)| array(column.kind, rows.iter().map(|row| &row[at]))).collect();
    let arrays: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(Box::as_ref).collect();
    client.execute(statement, &arrays).map(drop)
}

/// All values of a column as one parameter.
fn array<'a>(kind: ColumnKind, values: impl Iterator<Item = &'a Value>) -> Box<dyn ToSql + Sync> {
    match kind {
        ColumnKind::Integer => Box::new(values.map(integer).collect::<Vec<_>>()),
        ColumnKind::Text => Box::new(values.map(text).collect::<Vec<_>>()),
        ColumnKind::Bytes => Box::new(values.map(bytes).collect::<Vec<_>>()),
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Blob(bytes) => Some(bytes.clone()),
        _ => None,
    }
}

fn update(
    commit: &mut Transaction<'_>,
    account: &Statement,
    day: &Statement,
    batch: &Batch,
) -> Result<(), Error> {
    let updates = &batch.updates;
    let accounts: Vec<i64> = updates.iter().map(|update| update.account).collect();
    let posted: Vec<i64> = updates.iter().map(|update| update.posted).collect();
    let entries: Vec<i64> = updates.iter().map(|update| update.entry).collect();
    let amounts: Vec<i64> = updates.iter().map(|update| update.amount).collect();
    commit.execute(account, &[&accounts, &posted, &entries])?;
    commit.execute(day, &[&accounts, &amounts])?;
    Ok(())
}
