//! The loop on PostgreSQL: one statement over arrays for each table of a batch.

use std::time::Instant;

use postgres::types::ToSql;
use postgres::{Client, Error, GenericClient, NoTls, Statement};
use rusqlite::types::Value;

use super::Started;
use super::rows::{Batch, ColumnKind, Rows, Table};

/// Writes all batches and gives the moment at which it began to.
pub(super) fn write(url: &str, rows: &Rows, batches: &[Batch]) -> Started<Error> {
    let mut client = Client::connect(url, NoTls)?;
    client.batch_execute("SET synchronous_commit = on; SET jit = off")?;
    let mut appended = Vec::new();
    for table in &rows.appended {
        appended.push(prepare(&mut client, table)?);
    }
    let mut changed = Vec::new();
    for table in &rows.changed {
        let statement = prepare(&mut client, table)?;
        put(&mut client, &statement, table, &table.rows)?;
        changed.push(statement);
    }
    let started = Instant::now();
    for batch in batches {
        let mut commit = client.transaction()?;
        for ((table, range), statement) in rows.appended.iter().zip(&batch.inserts).zip(&appended) {
            put(&mut commit, statement, table, &table.rows[range.clone()])?;
        }
        for ((table, changes), statement) in rows.changed.iter().zip(&batch.changes).zip(&changed) {
            put(&mut commit, statement, table, changes)?;
        }
        commit.commit()?;
    }
    Ok(started)
}

fn prepare(client: &mut Client, table: &Table) -> Result<Statement, Error> {
    let arrays = table.columns.iter().zip(1..).map(|(column, place)| {
        let kind = match column.kind {
            ColumnKind::Integer => "BIGINT",
            ColumnKind::Text => "TEXT",
            ColumnKind::Bytes => "BYTEA",
        };
        format!("${place}::{kind}[]")
    });
    let arrays: Vec<String> = arrays.collect();
    client.prepare(&table.statement(&format!("SELECT * FROM UNNEST({})", arrays.join(", "))))
}

fn put(
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
