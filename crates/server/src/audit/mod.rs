//! The audit log: every change, told as who did what.
//!
//! It has no rows of its own: it is read from the changes that make events, so
//! nothing can be in one and not in the other. No endpoint changes it.

pub mod routes;

use wallgent_api::types::audit::AuditEntry;
use wallgent_core::id::{AuditId, KeyId};

use crate::db::{Connection, DbError, DbResult};
use crate::events::{self, Books, Found, Search, Stored};

/// Entries, newest first, and where to go on when not all was looked through.
pub(crate) struct Entries {
    pub(crate) rows: Vec<(i64, AuditEntry)>,
    pub(crate) examined_to: Option<i64>,
}

/// Looks for entries.
pub(crate) fn find(
    connection: &mut Connection,
    books: Books,
    search: &Search,
) -> DbResult<Entries> {
    let Found { rows, examined_to } = events::find(connection, search)?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        entries.push((row.sequence, entry(connection, books, row)?));
    }
    Ok(Entries { rows: entries, examined_to })
}

fn entry(connection: &mut Connection, books: Books, row: Stored) -> DbResult<AuditEntry> {
    let broken = || DbError::Layout("a change's row cannot be read".to_owned());
    let metadata = events::metadata(connection, books, &row)?;
    let number = events::number(books.scope, row.sequence);
    Ok(AuditEntry {
        id: AuditId::from_key(number).ok_or_else(broken)?,
        organization_id: books.organization,
        environment: books.environment.as_str().to_owned(),
        actor_type: if row.actor.is_some() { "API_KEY" } else { "SYSTEM" }.to_owned(),
        actor_id: row.actor.and_then(KeyId::from_key).map(|key| key.to_string()),
        action: row.change.action().to_owned(),
        resource: row.change.resource().to_owned(),
        resource_id: row.change.about().name(row.subject),
        metadata,
        ip_address: row.ip,
        request_id: row.request_id,
        created_at: row.created_at,
    })
}
