//! The store: SQLite and PostgreSQL behind one small synchronous interface.
//!
//! One SQL text serves both. Placeholders are `$1`, `$2`, …; values are
//! integers, texts and bytes; time is microseconds, documents are JSON text.
//! What differs is named here and nowhere else: a few words of migrations
//! ([`migrate`]), how many rows are written at once ([`Insert`]), and
//! `INDEXED BY name`, which only SQLite reads.

mod migrate;
#[cfg(test)]
pub(crate) mod plans;
mod pool;
mod postgres;
mod sqlite;
mod value;

pub use pool::ReadPool;
pub use sqlite::{checkpoint, wal_bytes};
pub use value::{Row, Value};

use std::path::PathBuf;

/// Where the store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file.
    Sqlite(PathBuf),
    /// A connection URL, `postgres://…`.
    Postgres(String),
}

impl std::str::FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" => Err("sqlite: needs a path, as in sqlite:./wallgent.db".to_owned()),
                path => Ok(Self::Sqlite(PathBuf::from(path))),
            };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err("must be sqlite:PATH or postgres://…".to_owned())
    }
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The embedded store failed.
    #[error("sqlite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL failed.
    #[error("postgres: {}", postgres::explain(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// The store's layout is not one that this program knows.
    #[error("{0}")]
    Layout(String),
    /// Another process took the writer's place.
    #[error("another process is the writer now")]
    Fenced,
}

impl DbError {
    /// Whether the disk is full: refused now, possible later.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Self::Postgres(error) => {
                error.code() == Some(&tokio_postgres::error::SqlState::DISK_FULL)
            }
            Self::Layout(_) | Self::Fenced => false,
        }
    }

    /// Whether a write may or may not have reached the disk, so that only a
    /// fresh start tells.
    #[must_use]
    pub fn is_unknown_outcome(&self) -> bool {
        let Self::Sqlite(error) = self else {
            return false;
        };
        error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure)
    }
}

/// The result of a store operation.
pub type DbResult<T> = Result<T, DbError>;

/// Many rows for one table, written together.
#[derive(Clone, Copy, Debug)]
pub struct Insert {
    /// The table.
    pub table: &'static str,
    /// Its columns, in the order of the values.
    pub columns: &'static [Column],
    /// What follows the values: an `ON CONFLICT` clause, or nothing.
    pub on_conflict: &'static str,
}

/// A column and what it holds.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// 64-bit integers.
    Int(&'static str),
    /// UTF-8.
    Text(&'static str),
    /// Bytes.
    Bytes(&'static str),
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Int(name) | Self::Text(name) | Self::Bytes(name) => name,
        }
    }
}

/// One connection, owned by one thread.
pub enum Connection {
    /// To a file.
    Sqlite(sqlite::Sqlite),
    /// To a server.
    Postgres(Box<postgres::Postgres>),
}

impl Connection {
    /// Opens the store for its writer and brings its layout up to date.
    pub fn open_writer(location: &Location) -> DbResult<Self> {
        let mut connection = match location {
            Location::Sqlite(path) => Self::Sqlite(sqlite::Sqlite::open_writer(path)?),
            Location::Postgres(url) => Self::connect_postgres(url)?,
        };
        migrate::run(&mut connection)?;
        Ok(connection)
    }

    /// Opens the store for reading; its layout must be current.
    pub fn open_reader(location: &Location) -> DbResult<Self> {
        let mut connection = match location {
            Location::Sqlite(path) => Self::Sqlite(sqlite::Sqlite::open_reader(path)?),
            Location::Postgres(url) => Self::connect_postgres(url)?,
        };
        migrate::require_current(&mut connection)?;
        Ok(connection)
    }

    /// Opens the embedded store to copy its log into its file.
    pub fn open_copier(location: &Location) -> DbResult<Self> {
        match location {
            Location::Sqlite(path) => Ok(Self::Sqlite(sqlite::Sqlite::open_plain(path)?)),
            Location::Postgres(_) => Self::open_reader(location),
        }
    }

    fn connect_postgres(url: &str) -> DbResult<Self> {
        Ok(Self::Postgres(Box::new(postgres::Postgres::connect(url)?)))
    }

    /// Runs one statement; answers how many rows it touched.
    pub fn execute(&mut self, sql: &'static str, values: &[Value]) -> DbResult<u64> {
        match self {
            Self::Sqlite(it) => it.execute(sql, values),
            Self::Postgres(it) => it.execute(sql, values),
        }
    }

    /// Runs one statement that nobody looks at: a store behind a network is told
    /// of it together with the next one, and if it fails, so does that.
    pub fn execute_later(&mut self, sql: &'static str, values: &[Value]) -> DbResult<()> {
        match self {
            Self::Sqlite(it) => it.execute(sql, values).map(drop),
            Self::Postgres(it) => it.execute_later(sql, values),
        }
    }

    /// Runs one query.
    pub fn query(&mut self, sql: &'static str, values: &[Value]) -> DbResult<Vec<Row>> {
        match self {
            Self::Sqlite(it) => it.query(sql, values),
            Self::Postgres(it) => it.query(sql, values),
        }
    }

    /// Runs one query whose text was put together from fixed parts.
    pub fn query_composed(&mut self, sql: &str, values: &[Value]) -> DbResult<Vec<Row>> {
        match self {
            Self::Sqlite(it) => it.query(sql, values),
            Self::Postgres(it) => it.query(sql, values),
        }
    }

    /// The first row of a query.
    pub fn query_one(&mut self, sql: &'static str, values: &[Value]) -> DbResult<Option<Row>> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// Calls `each` for every row without holding them all.
    pub fn stream(
        &mut self,
        sql: &'static str,
        each: &mut dyn FnMut(Row) -> DbResult<()>,
    ) -> DbResult<()> {
        match self {
            Self::Sqlite(it) => it.stream(sql, each),
            Self::Postgres(it) => it.stream(sql, each),
        }
    }

    /// Writes many rows, as [`Self::execute_later`] does. `values` holds them one
    /// after another.
    pub fn insert(&mut self, insert: &'static Insert, values: Vec<Value>) -> DbResult<()> {
        if values.is_empty() {
            return Ok(());
        }
        match self {
            Self::Sqlite(it) => it.insert(insert, &values),
            Self::Postgres(it) => it.insert(insert, values),
        }
    }

    /// Rows whose key column is one of `keys`. `by_key` selects with
    /// `WHERE key = $1`, `by_keys` with `WHERE key = ANY($1)`: the embedded
    /// store looks each one up, PostgreSQL asks once.
    pub fn lookup(
        &mut self,
        by_key: &'static str,
        by_keys: &'static str,
        keys: &[Vec<u8>],
    ) -> DbResult<Vec<Row>> {
        match self {
            Self::Sqlite(it) => {
                let mut rows = Vec::new();
                for key in keys {
                    rows.extend(it.query(by_key, &[Value::Bytes(key.clone())])?);
                }
                Ok(rows)
            }
            Self::Postgres(it) => it.query_any(by_keys, keys),
        }
    }

    /// Begins a transaction that will write.
    pub fn begin(&mut self) -> DbResult<()> {
        match self {
            Self::Sqlite(it) => it.batch("BEGIN IMMEDIATE"),
            Self::Postgres(it) => {
                it.batch_later("BEGIN");
                Ok(())
            }
        }
    }

    /// Begins a transaction that sees one unchanging state.
    pub fn begin_snapshot(&mut self) -> DbResult<()> {
        self.batch(match self {
            Self::Sqlite(_) => "BEGIN",
            Self::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })
    }

    /// Makes the transaction durable.
    pub fn commit(&mut self) -> DbResult<()> {
        self.batch("COMMIT")
    }

    /// Forgets the transaction.
    pub fn rollback(&mut self) -> DbResult<()> {
        match self {
            Self::Sqlite(it) => it.batch("ROLLBACK"),
            Self::Postgres(it) => it.rollback(),
        }
    }

    /// Begins a part of the transaction that can be undone alone.
    pub fn begin_part(&mut self) -> DbResult<()> {
        self.batch("SAVEPOINT part")
    }

    /// Makes the part a part of the transaction for good.
    pub fn keep_part(&mut self) -> DbResult<()> {
        self.batch("RELEASE SAVEPOINT part")
    }

    /// Undoes the part.
    pub fn undo_part(&mut self) -> DbResult<()> {
        self.batch("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
    }

    /// Runs several statements without values.
    pub fn batch(&mut self, sql: &str) -> DbResult<()> {
        match self {
            Self::Sqlite(it) => it.batch(sql),
            Self::Postgres(it) => it.batch(sql),
        }
    }

    /// Copies the embedded store, as it is at one moment, into a new file.
    pub fn copy_into(&mut self, to: &std::path::Path) -> DbResult<()> {
        let Self::Sqlite(sqlite) = self else {
            return Err(DbError::Layout("only the embedded store is copied".to_owned()));
        };
        let to = to.to_string_lossy().into_owned();
        sqlite.execute("VACUUM INTO $1", &[Value::Text(to)]).map(drop)
    }

    /// Whether this is the embedded store.
    #[must_use]
    pub const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Whether the connection can still be used.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(it) => it.is_alive(),
        }
    }
}
