//! The limit of the store: the rows of real payments, written again by a loop
//! that does nothing else.
//!
//! The rows are read from a store that a load has filled, so they are the rows
//! the server writes, whatever its layout is at the time. They go into an empty
//! store that the server has laid out, in batches of a given number of payments,
//! each batch one durable commit.

mod postgres;
mod rows;
mod sqlite;

use std::io::{self, Error};
use std::time::Instant;

pub(crate) use rows::Rows;

use crate::installation::{Kind, Place};
use crate::load::ratio;

/// Writes all payments to an empty store of a kind. Gives payments a second.
pub(crate) fn run(place: &Place, rows: &Rows, batch: usize) -> io::Result<f64> {
    let batches = rows.batches(batch);
    let started = match place.kind {
        Kind::Sqlite => sqlite::write(&place.path, rows, &batches).map_err(Error::other)?,
        Kind::Postgres => postgres::write(&place.database, rows, &batches).map_err(Error::other)?,
    };
    Ok(ratio(rows.payments() as u64, started.elapsed()))
}

/// Both loops give the moment at which they had prepared everything.
type Started<E> = Result<Instant, E>;
