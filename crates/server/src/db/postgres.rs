//! PostgreSQL.
//!
//! A batch of rows goes out as one statement over arrays, and statements whose
//! outcome nobody looks at go out together with the next one whose outcome
//! matters: the cost of a commit is its round trips, and so it has three.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{join, join_all};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, NoTls, Statement};

use super::{Column, DbError, DbResult, Insert, Row, Value};

/// How long the server may take to answer a new connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the network may be silent before a connection counts as lost. A
/// writer that stands still inside a transaction is ended by the server after
/// a time of the same order, so that its locks do not stop its successor.
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// Statements kept prepared; more than the program has.
const STATEMENTS_MAX: usize = 512;

/// A connection to a server. It belongs to one thread, which waits for it.
pub struct Postgres {
    runtime: Runtime,
    client: Client,
    statements: HashMap<String, Statement>,
    /// What the server is told together with the next statement.
    waiting: Vec<Write>,
}

/// A statement whose outcome is not looked at, but for its failure.
enum Write {
    /// Text without values.
    Text(String),
    /// One row of values.
    Row(Statement, Vec<Value>),
    /// A column of values each.
    Columns(Statement, Vec<Array>),
}

impl Write {
    async fn send(&self, client: &Client) -> Result<(), Error> {
        match self {
            Self::Text(text) => client.batch_execute(text).await,
            Self::Row(statement, values) => {
                client.execute(statement, &parameters(values)).await.map(drop)
            }
            Self::Columns(statement, columns) => {
                let columns: Vec<&(dyn ToSql + Sync)> =
                    columns.iter().map(Array::as_parameter).collect();
                client.execute(statement, &columns).await.map(drop)
            }
        }
    }
}

impl Postgres {
    pub(super) fn connect(url: &str) -> DbResult<Self> {
        let mut config: tokio_postgres::Config = url.parse()?;
        if config.get_application_name().is_none() {
            config.application_name("wallgent");
        }
        config.connect_timeout(CONNECT_TIMEOUT);
        config.tcp_user_timeout(SILENCE_MAX);
        config.keepalives_idle(SILENCE_MAX);
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| DbError::Layout(error.to_string()))?;
        let (client, connection) = runtime.block_on(config.connect(NoTls))?;
        // It ends with the client, and tells it of errors itself.
        runtime.spawn(async { drop(connection.await) });
        let (statements, waiting) = (HashMap::new(), Vec::new());
        let mut postgres = Self { runtime, client, statements, waiting };
        // Acknowledged means on disk, whatever the server's default is. The
        // planner's guess for a recursive walk is far off, and compiling it
        // costs more than running it.
        postgres.batch(
            "SET synchronous_commit = on; SET jit = off; SET TIME ZONE 'UTC'; \
             SET client_min_messages = warning; \
             SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '20s'",
        )?;
        Ok(postgres)
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.client.is_closed()
    }

    fn statement(&mut self, sql: &str) -> DbResult<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS_MAX {
            // Dropped statements are closed on the server as well.
            self.statements.clear();
        }
        let text = without_index_names(sql);
        let statement = self.runtime.block_on(self.client.prepare(&text))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Does something behind everything that waits, in one round trip.
    fn settle<T>(&mut self, last: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> DbResult<T> {
        let waiting = std::mem::take(&mut self.waiting);
        let client = &self.client;
        self.runtime.block_on(async {
            // Polled in this order, they are sent in this order.
            let earlier = join_all(waiting.iter().map(|write| write.send(client)));
            let (earlier, last) = join(earlier, last(client)).await;
            // Behind a failure all others fail; the first one says why.
            earlier.into_iter().collect::<Result<(), Error>>()?;
            Ok(last?)
        })
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> DbResult<u64> {
        let statement = self.statement(sql)?;
        self.settle(async |client| client.execute(&statement, &parameters(values)).await)
    }

    pub(super) fn execute_later(&mut self, sql: &str, values: &[Value]) -> DbResult<()> {
        let statement = self.statement(sql)?;
        self.waiting.push(Write::Row(statement, values.to_vec()));
        Ok(())
    }

    pub(super) fn query(&mut self, sql: &str, values: &[Value]) -> DbResult<Vec<Row>> {
        let statement = self.statement(sql)?;
        let rows = async |client: &Client| client.query(&statement, &parameters(values)).await;
        self.settle(rows)?.iter().map(read_row).collect()
    }

    pub(super) fn query_any(&mut self, sql: &str, keys: &[Vec<u8>]) -> DbResult<Vec<Row>> {
        let statement = self.statement(sql)?;
        let rows = async |client: &Client| client.query(&statement, &[&keys]).await;
        self.settle(rows)?.iter().map(read_row).collect()
    }

    pub(super) fn stream(
        &mut self,
        sql: &str,
        each: &mut dyn FnMut(Row) -> DbResult<()>,
    ) -> DbResult<()> {
        let statement = self.statement(sql)?;
        let nothing: [&(dyn ToSql + Sync); 0] = [];
        let rows = self.settle(async |client| client.query_raw(&statement, nothing).await)?;
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = self.runtime.block_on(rows.next()) {
            each(read_row(&row?)?)?;
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, insert: &Insert, values: Vec<Value>) -> DbResult<()> {
        let statement = self.statement(&insert_text(insert))?;
        let mut columns: Vec<Array> = insert.columns.iter().map(Array::new).collect();
        let width = columns.len();
        for (at, value) in values.into_iter().enumerate() {
            columns[at % width].push(value)?;
        }
        self.waiting.push(Write::Columns(statement, columns));
        Ok(())
    }

    pub(super) fn batch(&mut self, sql: &str) -> DbResult<()> {
        self.settle(async |client| client.batch_execute(sql).await)
    }

    pub(super) fn batch_later(&mut self, sql: &str) {
        self.waiting.push(Write::Text(sql.to_owned()));
    }

    pub(super) fn rollback(&mut self) -> DbResult<()> {
        // What waits belongs to what is being undone.
        self.waiting.clear();
        self.batch("ROLLBACK")
    }
}

/// PostgreSQL chooses its indexes by what it knows of the rows; naming one is
/// SQLite's way.
fn without_index_names(sql: &str) -> String {
    let mut words = sql.split(' ');
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        if word == "INDEXED" {
            // BY, and the name.
            words.nth(1);
        } else {
            kept.push(word);
        }
    }
    kept.join(" ")
}

fn insert_text(insert: &Insert) -> String {
    let names: Vec<&str> = insert.columns.iter().map(|column| column.name()).collect();
    let arrays: Vec<String> = insert
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let kind = match column {
                Column::Int(_) => "BIGINT",
                Column::Text(_) => "TEXT",
                Column::Bytes(_) => "BYTEA",
            };
            format!("${}::{kind}[]", at + 1)
        })
        .collect();
    format!(
        "INSERT INTO {} ({}) SELECT * FROM UNNEST({}) {}",
        insert.table,
        names.join(", "),
        arrays.join(", "),
        insert.on_conflict
    )
}

/// The values of one column.
enum Array {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Array {
    const fn new(column: &Column) -> Self {
        match column {
            Column::Int(_) => Self::Int(Vec::new()),
            Column::Text(_) => Self::Text(Vec::new()),
            Column::Bytes(_) => Self::Bytes(Vec::new()),
        }
    }

    fn push(&mut self, value: Value) -> DbResult<()> {
        match (self, value) {
            (Self::Int(array), Value::Int(number)) => array.push(Some(number)),
            (Self::Int(array), Value::Null) => array.push(None),
            (Self::Text(array), Value::Text(text)) => array.push(Some(text)),
            (Self::Text(array), Value::Null) => array.push(None),
            (Self::Bytes(array), Value::Bytes(bytes)) => array.push(Some(bytes)),
            (Self::Bytes(array), Value::Null) => array.push(None),
            _ => return Err(DbError::Layout("a value of another type".to_owned())),
        }
        Ok(())
    }

    fn as_parameter(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Int(array) => array,
            Self::Text(array) => array,
            Self::Bytes(array) => array,
        }
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(tokio_postgres::types::IsNull::Yes),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    tokio_postgres::types::to_sql_checked!();
}

fn read_row(row: &tokio_postgres::Row) -> DbResult<Row> {
    let mut values = Vec::with_capacity(row.len());
    for (at, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(at)?.into(),
            Type::TEXT => row.try_get::<_, Option<String>>(at)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at)?.into(),
            ref other => {
                let name = column.name();
                return Err(DbError::Layout(format!("column {name} has type {other}")));
            }
        };
        values.push(value);
    }
    Ok(Row(values))
}

/// The server's own words, which the library's `Display` leaves out.
pub(super) fn explain(error: &Error) -> String {
    match error.as_db_error() {
        Some(inner) => format!("{} ({})", inner.message(), inner.code().code()),
        None => error.to_string(),
    }
}
