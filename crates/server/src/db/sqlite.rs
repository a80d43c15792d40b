//! The embedded store.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{OpenFlags, ToSql};

use super::{DbError, DbResult, Insert, Row, Value};

/// How long a connection waits for another one's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements kept prepared; more than the program has.
const PREPARED_STATEMENTS: usize = 256;
/// Pages of a connection's cache, as kibibytes when negative. A larger cache of
/// the writer costs more than it saves: SQLite looks through all of it at a
/// commit whose inserts split a page.
const WRITER_CACHE: i64 = -16_384;
const READER_CACHE: i64 = -8_192;

/// A connection to a file.
pub struct Sqlite(rusqlite::Connection);

impl Sqlite {
    pub(super) fn open_writer(path: &Path) -> DbResult<Self> {
        let connection = rusqlite::Connection::open(path)?;
        let it = Self::prepare(connection, WRITER_CACHE)?;
        // The log is synced at each commit, before anyone is answered. Copying
        // it into the file is a job of its own, see [`checkpoint`].
        it.0.pragma_update(None, "journal_mode", "WAL")?;
        it.0.pragma_update(None, "synchronous", "FULL")?;
        it.0.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(it)
    }

    pub(super) fn open_plain(path: &Path) -> DbResult<Self> {
        // Not SQLITE_OPEN_READ_ONLY: a reader of a WAL store may have to
        // rebuild its index.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(path, flags)?;
        let it = Self::prepare(connection, READER_CACHE)?;
        it.0.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(it)
    }

    pub(super) fn open_reader(path: &Path) -> DbResult<Self> {
        let it = Self::open_plain(path)?;
        it.0.pragma_update(None, "query_only", true)?;
        Ok(it)
    }

    fn prepare(connection: rusqlite::Connection, cache: i64) -> DbResult<Self> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        connection.pragma_update(None, "cache_size", cache)?;
        connection.pragma_update(None, "foreign_keys", false)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(Self(connection))
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> DbResult<u64> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        let touched = statement.execute(rusqlite::params_from_iter(values))?;
        Ok(touched as u64)
    }

    pub(super) fn query(&mut self, sql: &str, values: &[Value]) -> DbResult<Vec<Row>> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        let width = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read_row(row, width)?);
        }
        Ok(found)
    }

    pub(super) fn stream(
        &mut self,
        sql: &str,
        each: &mut dyn FnMut(Row) -> DbResult<()>,
    ) -> DbResult<()> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        let width = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(read_row(row, width)?)?;
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, insert: &Insert, values: &[Value]) -> DbResult<()> {
        let mut statement = self.0.prepare_cached(&numbered(&insert_text(insert)))?;
        for row in values.chunks_exact(insert.columns.len()) {
            statement.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }

    pub(super) fn batch(&mut self, sql: &str) -> DbResult<()> {
        Ok(self.0.execute_batch(sql)?)
    }
}

/// To SQLite `$2` is a name, numbered by its first appearance; `?2` is the
/// second value.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn insert_text(insert: &Insert) -> String {
    let columns: Vec<&str> = insert.columns.iter().map(|column| column.name()).collect();
    let places: Vec<String> = (1..=columns.len()).map(|at| format!("${at}")).collect();
    format!(
        "INSERT INTO {} ({}) VALUES ({}) {}",
        insert.table,
        columns.join(", "),
        places.join(", "),
        insert.on_conflict
    )
}

fn read_row(row: &rusqlite::Row<'_>, width: usize) -> DbResult<Row> {
    let mut values = Vec::with_capacity(width);
    for column in 0..width {
        values.push(match row.get_ref(column)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Int(number),
            ValueRef::Text(bytes) => {
                let text = std::str::from_utf8(bytes)
                    .map_err(|_| DbError::Layout(format!("column {column} is not UTF-8")))?;
                Value::Text(text.to_owned())
            }
            ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
            ValueRef::Real(_) => {
                return Err(DbError::Layout(format!("column {column} holds a float")));
            }
        });
    }
    Ok(Row(values))
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Copies what it can of the log into the file without stopping anyone;
/// answers how many of the log's frames are in the file now.
pub fn checkpoint(connection: &mut super::Connection) -> DbResult<i64> {
    let super::Connection::Sqlite(sqlite) = connection else {
        return Ok(0);
    };
    let rows = sqlite.query("PRAGMA wal_checkpoint(PASSIVE)", &[])?;
    rows.first().map_or(Ok(0), |row| row.int(2))
}

/// The size of the log beside the file.
#[must_use]
pub fn wal_bytes(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).map_or(0, |metadata| metadata.len())
}
