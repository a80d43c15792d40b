//! Reading events in their order.

use std::collections::HashSet;
use std::sync::Arc;

use wallgent_core::Environment;
use wallgent_core::id::{EventId, OrganizationId, WalletId};

use super::{Change, SEQUENCE_BITS, Stored, Told, catalogue, events_of, payments_of, store};
use crate::caller::Caller;
use crate::db::{Connection, DbResult};
use crate::engine::ScopeId;

/// Changes read at once.
const ROWS_AT_ONCE: usize = 500;

/// Whose events they are.
#[derive(Clone, Copy, Debug)]
pub struct Books {
    pub scope: ScopeId,
    pub organization: OrganizationId,
    pub environment: Environment,
}

impl Books {
    /// The caller's own.
    #[must_use]
    pub const fn of(caller: &Caller) -> Self {
        Self {
            scope: caller.scope,
            organization: caller.organization,
            environment: caller.environment,
        }
    }
}

/// The scope and the sequence of an event.
#[must_use]
pub const fn place_of(id: EventId) -> (ScopeId, i64) {
    (id.key() >> SEQUENCE_BITS, id.key() & ((1 << SEQUENCE_BITS) - 1))
}

/// Types of events that somebody wants to hear of.
#[derive(Clone, Debug)]
pub struct Interest(Option<Arc<HashSet<&'static str>>>);

impl Interest {
    /// All there are.
    #[must_use]
    pub const fn everything() -> Self {
        Self(None)
    }

    /// Those named: by their type, their family (`payment.*`) or `*`.
    ///
    /// # Errors
    /// The first name that names nothing.
    pub fn of(names: &[String]) -> Result<Self, String> {
        let mut wanted = HashSet::new();
        let mut everything = false;
        for name in names {
            let family = name.strip_suffix('*').filter(|family| family.ends_with('.'));
            let means =
                |kind: &&str| kind == name || family.is_some_and(|family| kind.starts_with(family));
            let meant: Vec<&str> = catalogue::names().filter(means).collect();
            if meant.is_empty() && name != "*" {
                return Err(name.clone());
            }
            everything |= name == "*";
            wanted.extend(meant);
        }
        Ok(if everything { Self::everything() } else { Self(Some(Arc::new(wanted))) })
    }

    /// Whether a type is wanted.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.0.as_ref().is_none_or(|wanted| wanted.contains(kind))
    }

    fn wants_any_of(&self, change: Change) -> bool {
        change.events().iter().any(|kind| self.wants(kind))
    }
}

/// A reader of events.
#[derive(Clone, Debug)]
pub struct Feed {
    pub books: Books,
    /// Only events behind this sequence.
    pub after: i64,
    pub interest: Interest,
    /// Only events of these wallets.
    pub wallets: Option<Arc<[WalletId]>>,
    /// How many events are wanted.
    pub limit: i64,
    /// How many changes may be looked through for them.
    pub examined_max: usize,
}

impl Feed {
    /// Whether a change can make an event that is wanted. The other wallet of a
    /// payment is known only when it is told.
    fn may_concern(&self, row: &Stored) -> bool {
        self.interest.wants_any_of(row.change)
            && (row.change == Change::PaymentPosted || self.sees(row.wallet))
    }

    fn sees(&self, wallet: Option<WalletId>) -> bool {
        match (&self.wallets, wallet) {
            (None, _) => true,
            (Some(wallets), Some(wallet)) => wallets.contains(&wallet),
            (Some(_), None) => false,
        }
    }

    /// Whether an event is wanted.
    #[must_use]
    pub fn wants(&self, told: &Told) -> bool {
        let Told { event, wallet } = told;
        event.sequence > self.after && self.interest.wants(&event.kind) && self.sees(*wallet)
    }
}

/// Events in their order.
#[derive(Debug)]
pub struct Read {
    pub events: Vec<Told>,
    /// Where to go on when not everything was looked through.
    pub examined_to: Option<i64>,
    /// The last sequence that was looked at, wanted or not.
    pub last: i64,
}

/// Reads the next events of a feed.
pub fn read_after(connection: &mut Connection, feed: &Feed) -> DbResult<Read> {
    let limit = usize::try_from(feed.limit).unwrap_or(usize::MAX);
    let (mut events, mut last, mut examined) = (Vec::new(), feed.after, 0);
    while events.len() < limit {
        let left = feed.examined_max - examined;
        if left == 0 {
            return Ok(Read { events, examined_to: Some(last), last });
        }
        let wanted = left.min(ROWS_AT_ONCE);
        let rows = store::after(connection, feed.books.scope, last, wanted)?;
        examined += rows.len();
        let concerned = rows.iter().filter(|row| feed.may_concern(row));
        let payments = payments_of(connection, concerned)?;
        for row in &rows {
            let ends = row.sequence + row.change.events().len() as i64 - 1;
            if feed.may_concern(row) {
                let told = events_of(connection, feed.books, row, &payments)?;
                events.extend(told.into_iter().filter(|told| feed.wants(told)));
            }
            last = last.max(ends);
            if events.len() >= limit {
                break;
            }
        }
        if rows.len() < wanted {
            break;
        }
    }
    Ok(Read { events, examined_to: None, last })
}

/// One event.
pub fn event_at(
    connection: &mut Connection,
    books: Books,
    sequence: i64,
) -> DbResult<Option<Told>> {
    let feed = Feed {
        books,
        after: sequence - 1,
        interest: Interest::everything(),
        wallets: None,
        limit: 1,
        examined_max: 1,
    };
    let read = read_after(connection, &feed)?;
    Ok(read.events.into_iter().find(|told| told.event.sequence == sequence))
}
