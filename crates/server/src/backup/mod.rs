//! Copying a store while it is in use.

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;

use crate::db::{Connection, DbError, Location};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] DbError),
    /// The target is there already.
    #[error("{0} exists already")]
    Exists(String),
    /// The target cannot be written.
    #[error("the copy cannot be written: {0}")]
    Target(std::io::Error),
    /// `pg_dump` cannot be run.
    #[error("pg_dump could not be started: {0}")]
    NoDump(std::io::Error),
    /// `pg_dump` failed.
    #[error("pg_dump failed: {0}")]
    Dump(String),
}

/// Copies the store as it is at one moment. An embedded store is copied to a
/// file of the same format; PostgreSQL is dumped with its own `pg_dump` in the
/// custom format, to be read by `pg_restore`.
pub fn run(from: &Location, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.display().to_string()));
    }
    // Made first, so that the copy is never readable for anybody else.
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(to).map_err(BackupError::Target)?;
    match from {
        Location::Sqlite(_) => {
            let mut connection = Connection::open_copier(from)?;
            connection.copy_into(to)?;
            Ok(())
        }
        Location::Postgres(url) => dump(url, to),
    }
}

fn dump(url: &str, to: &Path) -> Result<(), BackupError> {
    let output = Command::new("pg_dump")
        .arg("--format=custom")
        .arg("--file")
        .arg(to)
        .arg("--dbname")
        .arg(url)
        .output()
        .map_err(BackupError::NoDump)?;
    if output.status.success() {
        return Ok(());
    }
    Err(BackupError::Dump(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
