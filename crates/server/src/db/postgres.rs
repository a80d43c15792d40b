//! PostgreSQL.
//!
//! A batch of rows goes out as one statement over arrays, so that its cost does
//! not grow with round trips.

use std::collections::HashMap;
use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{ToSql, Type};
use postgres::{NoTls, Statement};

use super::{Column, DbError, DbResult, Insert, Row, Value};

/// How long the server may take to answer a new connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the network may be silent before a connection counts as lost. A
/// writer that stands still inside a transaction is ended by the server after
/// a time of the same order, so that its locks do not stop its successor.
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// Statements kept prepared; more than the program has.
const STATEMENTS_MAX: usize = 512;

/// A connection to a server.
pub struct Postgres {
    client: postgres::Client,
    statements: HashMap<String, Statement>,
}

impl Postgres {
    pub(super) fn connect(url: &str) -> DbResult<Self> {
        let mut config: postgres::Config = url.parse()?;
        if config.get_application_name().is_none() {
            config.application_name("wallgent");
        }
        config.connect_timeout(CONNECT_TIMEOUT);
        config.tcp_user_timeout(SILENCE_MAX);
        config.keepalives_idle(SILENCE_MAX);
        let mut client = config.connect(NoTls)?;
        // Acknowledged means on disk, whatever the server's default is. The
        // planner's guess for a recursive walk is far off, and compiling it
        // costs more than running it.
        client.batch_execute(
            "SET synchronous_commit = on; SET jit = off; SET TIME ZONE 'UTC'; \
             SET client_min_messages = warning; \
             SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '20s'",
        )?;
        Ok(Self { client, statements: HashMap::new() })
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
        let statement = self.client.prepare(&without_index_names(sql))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> DbResult<u64> {
        let statement = self.statement(sql)?;
        Ok(self.client.execute(&statement, &parameters(values))?)
    }

    pub(super) fn query(&mut self, sql: &str, values: &[Value]) -> DbResult<Vec<Row>> {
        let statement = self.statement(sql)?;
        let rows = self.client.query(&statement, &parameters(values))?;
        rows.iter().map(read_row).collect()
    }

    pub(super) fn query_any(&mut self, sql: &str, keys: &[Vec<u8>]) -> DbResult<Vec<Row>> {
        let statement = self.statement(sql)?;
        let rows = self.client.query(&statement, &[&keys])?;
        rows.iter().map(read_row).collect()
    }

    pub(super) fn stream(
        &mut self,
        sql: &str,
        each: &mut dyn FnMut(Row) -> DbResult<()>,
    ) -> DbResult<()> {
        let statement = self.statement(sql)?;
        let nothing: [&(dyn ToSql + Sync); 0] = [];
        let mut rows = self.client.query_raw(&statement, nothing)?;
        while let Some(row) = rows.next()? {
            each(read_row(&row)?)?;
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
        let parameters: Vec<&(dyn ToSql + Sync)> =
            columns.iter().map(Array::as_parameter).collect();
        self.client.execute(&statement, &parameters)?;
        Ok(())
    }

    pub(super) fn batch(&mut self, sql: &str) -> DbResult<()> {
        Ok(self.client.batch_execute(sql)?)
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
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(postgres::types::IsNull::Yes),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    postgres::types::to_sql_checked!();
}

fn read_row(row: &postgres::Row) -> DbResult<Row> {
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
pub(super) fn explain(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(inner) => format!("{} ({})", inner.message(), inner.code().code()),
        None => error.to_string(),
    }
}
