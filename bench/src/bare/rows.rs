//! The rows of real payments.

use std::collections::BTreeSet;
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

/// The tables in which a payment changes a row of each account it touches, with
/// their keys; the last column of the key leads to the account.
const CHANGED: [(&str, &[&str]); 2] =
    [("accounts", &["id"]), ("wallet_days", &["day", "wallet_id"])];

/// All rows of the last payments of a store.
pub(crate) struct Rows {
    /// What is added to.
    pub(super) appended: Vec<Table>,
    /// What is changed, as it is at the end: what is written is as large then
    /// as it was on the way there.
    pub(super) changed: Vec<Table>,
    transactions: Vec<i64>,
}

/// Rows of one table.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: Vec<Column>,
    /// The columns of the key, when rows are replaced.
    pub(super) key: &'static [&'static str],
    pub(super) rows: Vec<Vec<Value>>,
    /// Which payment or which account each row belongs to.
    owners: Vec<i64>,
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
    /// For each table that is added to, which of its rows.
    pub(super) inserts: Vec<Range<usize>>,
    /// For each table that is changed, its rows of the accounts touched.
    pub(super) changes: Vec<Vec<Vec<Value>>>,
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
        let mut done = vec![0; self.appended.len()];
        let mut batches = Vec::new();
        for payments in self.transactions.chunks(size) {
            let last = payments.last().copied().unwrap_or_default();
            let tables = self.appended.iter().zip(&mut done);
            let inserts = tables.map(|(table, done)| {
                let start = *done;
                *done = table.owners.partition_point(|id| *id <= last);
                start..*done
            });
            let inserts: Vec<Range<usize>> = inserts.collect();
            let touched = self.touched(&inserts);
            let changes = self.changed.iter().map(|table| table.rows_of(&touched));
            batches.push(Batch { changes: changes.collect(), inserts });
        }
        batches
    }

    /// The accounts that the entries of a batch are in.
    fn touched(&self, inserts: &[Range<usize>]) -> BTreeSet<i64> {
        let mut tables = self.appended.iter().zip(inserts);
        let entries = tables.find(|(table, _)| table.name == "entries");
        let (table, range) = entries.expect("a payment has entries");
        let account = table.place("account_id");
        table.rows[range.clone()].iter().map(|row| integer(&row[account])).collect()
    }
}

impl Table {
    fn rows_of(&self, owners: &BTreeSet<i64>) -> Vec<Vec<Value>> {
        let rows = self.rows.iter().zip(&self.owners);
        rows.filter(|(_, owner)| owners.contains(owner)).map(|(row, _)| row.clone()).collect()
    }

    /// The statement that writes a row, or replaces the one with its key.
    /// `values` says where they come from: a list of places, or a query.
    pub(super) fn statement(&self, values: &str) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let rest = names.iter().filter(|name| !self.key.contains(name));
        let rest: Vec<String> = rest.map(|name| format!("{name} = excluded.{name}")).collect();
        let conflict = if self.key.is_empty() {
            String::new()
        } else {
            format!(" ON CONFLICT ({}) DO UPDATE SET {}", self.key.join(", "), rest.join(", "))
        };
        format!("INSERT INTO {} ({}) {values}{conflict}", self.name, names.join(", "))
    }

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
    let appended = APPENDED.iter().map(|(name, transaction)| {
        let filter = format!("WHERE {transaction} >= {first} ORDER BY {transaction}");
        read_table(&store, name, transaction, &[], &filter)
    });
    let changed = CHANGED.iter().map(|(name, key)| {
        let account = key.last().copied().unwrap_or_default();
        read_table(&store, name, account, key, "")
    });
    let appended: Vec<Table> = appended.collect::<rusqlite::Result<_>>()?;
    Ok(Rows {
        transactions: appended[0].owners.clone(),
        changed: changed.collect::<rusqlite::Result<_>>()?,
        appended,
    })
}

fn read_table(
    store: &Connection,
    name: &'static str,
    owner: &str,
    key: &'static [&'static str],
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
        key,
        owners: Vec::new(),
    };
    let place = table.place(owner);
    table.owners = table.rows.iter().map(|row| integer(&row[place])).collect();
    Ok(table)
}
