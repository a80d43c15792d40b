//! What goes into the store and comes out of it.

use super::{DbError, DbResult};

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A 64-bit integer.
    Int(i64),
    /// UTF-8.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer, read by column number.
#[derive(Clone, Debug)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// The integer in a column.
    pub fn int(&self, column: usize) -> DbResult<i64> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(*number),
            other => Err(unexpected(column, "an integer", other)),
        }
    }

    /// The integer in a column, or nothing.
    pub fn maybe_int(&self, column: usize) -> DbResult<Option<i64>> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// The text in a column.
    pub fn text(&self, column: usize) -> DbResult<&str> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(unexpected(column, "a text", other)),
        }
    }

    /// The text in a column, or nothing.
    pub fn maybe_text(&self, column: usize) -> DbResult<Option<&str>> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    /// The bytes in a column.
    pub fn bytes(&self, column: usize) -> DbResult<&[u8]> {
        match self.0.get(column) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            other => Err(unexpected(column, "bytes", other)),
        }
    }

    /// The bytes in a column, or nothing.
    pub fn maybe_bytes(&self, column: usize) -> DbResult<Option<&[u8]>> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.bytes(column).map(Some),
        }
    }
}

fn unexpected(column: usize, wanted: &str, found: Option<&Value>) -> DbError {
    let found = match found {
        None => "no such column",
        Some(Value::Null) => "nothing",
        Some(Value::Int(_)) => "an integer",
        Some(Value::Text(_)) => "a text",
        Some(Value::Bytes(_)) => "bytes",
    };
    DbError::Layout(format!("column {column} should hold {wanted} but holds {found}"))
}
