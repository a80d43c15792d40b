//! The audit log: who changed what.

use wallgent_api::types::audit::AuditEntry;
use wallgent_core::Timestamp;

use crate::{Client, Listing};

/// Which entries to list; all by default.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only this, as `payment.denied`.
    pub action: Option<String>,
    /// Only about this kind of thing, as `wallet`, or about the one with this ID.
    pub resource: Option<String>,
    /// Only what this key or person did.
    pub actor_id: Option<String>,
    /// Only from this moment on.
    pub from: Option<Timestamp>,
    /// Only up to this moment.
    pub to: Option<Timestamp>,
}

/// The audit log of the key's organization and environment.
#[derive(Clone, Copy, Debug)]
pub struct AuditLogs<'a> {
    client: &'a Client,
}

impl<'a> AuditLogs<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Entries, newest first.
    pub fn list(&self, filter: &AuditFilter) -> Listing<AuditEntry> {
        Listing::of(self.client, "/audit-logs")
            .query("action", filter.action.as_deref())
            .query("resource", filter.resource.as_deref())
            .query("actorId", filter.actor_id.as_deref())
            .query("from", filter.from)
            .query("to", filter.to)
    }
}
