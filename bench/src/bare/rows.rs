//! The rows of real payments.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// The tables that a payment adds rows to, with the column that leads back to
/// its transaction.
const APPENDED: [(&str, &str); 4] = [
    ("transactions", "id"),
    ("entries", "transaction_id"),
    ("changes", "subject_id"),
    ("idempotency", "resource_id"),
];

/// All rows of the last payments of a store.
pub(crate) struct Rows {
    pub(super) tables: Vec<Table>,
    /// The accounts as they are at the end, to be there before the loop begins.
    pub(super) accounts: Table,
    transactions: Vec<i64>,
}

/// Rows of one table.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Value>>,
    /// Which payment each row belongs to.
    transactions: Vec<i64>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: ColumnKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Integer,
    Text,
    Bytes,
}

/// What one commit writes.
pub(super) struct Batch {
    /// For each table, which of its rows.
    pub(super) inserts: Vec<Range<usize>>,
    /// Each account once, as its last entry in the batch leaves it.
    pub(super) updates: Vec<Update>,
}

#[derive(Clone, Copy)]
pub(super) struct Update {
    pub(super) account: i64,
    pub(super) posted: i64,
    pub(super) entry: i64,
    pub(super) amount: i64,
}

impl Rows {
    /// Reads the rows of the last `limit` payments of an SQLite store.
    pub(crate) fn read(path: &Path, limit: u32) -> io::Result<Self> {
        read(path, limit).map_err(io::Error::other)
    }

    /// How many payments there are.
    pub(crate) fn payments(&self) -> usize {
        self.transactions.len()
    }

    /// Cuts everything into commits of so many payments.
    pub(super) fn batches(&self, size: usize) -> Vec<Batch> {
        let mut done = vec![0; self.tables.len()];
        let mut batches = Vec::new();
        for payments in self.transactions.chunks(size) {
            let last = payments.last().copied().unwrap_or_default();
            let inserts: Vec<Range<usize>> = self
                .tables
                .iter()
                .zip(&mut done)
                .map(|(table, done)| {
                    let start = *done;
                    *done = table.transactions.partition_point(|id| *id <= last);
                    start..*done
                })
                .collect();
            let updates = self.updates(&inserts);
            batches.push(Batch { inserts, updates });
        }
        batches
    }

    fn updates(&self, inserts: &[Range<usize>]) -> Vec<Update> {
        let Some((table, range)) =
            self.tables.iter().zip(inserts).find(|(it, _)| it.name == "entries")
        else {
            return Vec::new();
        };
        let place = |name| table.place(name);
        let (id, account) = (place("id"), place("account_id"));
        let (amount, posted) = (place("amount"), place("balance_after"));
        let mut last = BTreeMap::new();
        for row in &table.rows[range.clone()] {
            let update = Update {
                account: integer(&row[account]),
                posted: integer(&row[posted]),
                entry: integer(&row[id]),
                amount: integer(&row[amount]),
            };
            last.insert(update.account, update);
        }
        last.into_values().collect()
    }
}

impl Table {
    /// Where a column stands.
    fn place(&self, name: &str) -> usize {
        let place = self.columns.iter().position(|column| column.name == name);
        place.unwrap_or_else(|| panic!("{} has no column {name}", self.name))
    }
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Integer(number) => *number,
        other => panic!("a number in the store is {other:?}"),
    }
}

fn read(path: &Path, limit: u32) -> rusqlite::Result<Rows> {
    let store = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let first: i64 = store.query_row(
        "SELECT MIN(id) FROM (SELECT id FROM transactions ORDER BY id DESC LIMIT ?1)",
        [limit],
        |row| row.get(0),
    )?;
    let tables = APPENDED.iter().map(|(name, transaction)| {
        let filter = format!("WHERE {transaction} >= {first} ORDER BY {transaction}");
        read_table(&store, name, transaction, &filter)
    });
    let tables: Vec<Table> = tables.collect::<rusqlite::Result<_>>()?;
    Ok(Rows {
        transactions: tables[0].transactions.clone(),
        accounts: read_table(&store, "accounts", "id", "ORDER BY id")?,
        tables,
    })
}

fn read_table(
    store: &Connection,
    name: &'static str,
    transaction: &str,
    filter: &str,
) -> rusqlite::Result<Table> {
    let mut columns = Vec::new();
    store.pragma(None, "table_info", name, |row| {
        let kind: String = row.get("type")?;
        columns.push(Column {
            name: row.get("name")?,
            kind: match kind.as_str() {
                "TEXT" => ColumnKind::Text,
                "BLOB" => ColumnKind::Bytes,
                _ => ColumnKind::Integer,
            },
        });
        Ok(())
    })?;
    let mut statement = store.prepare(&format!("SELECT * FROM {name} {filter}"))?;
    let width = columns.len();
    let rows = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect())?;
    let mut table = Table {
        name,
        columns,
        rows: rows.collect::<rusqlite::Result<_>>()?,
        transactions: Vec::new(),
    };
    let place = table.place(transaction);
    table.transactions = table.rows.iter().map(|row| integer(&row[place])).collect();
    Ok(table)
}
