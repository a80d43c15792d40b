//! Events while they happen.
//!
//! Whoever listens to an organization's events reads them here. One task for
//! each organization that anybody listens to reads what was committed, once,
//! and keeps the newest in memory; who is further behind reads the store.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::sync::watch;

use super::{Books, Feed, Interest, Told, read_after};
use crate::db::ReadPool;
use crate::engine::ScopeId;
use crate::organizations;

/// Events kept in memory for each organization. Whoever is further behind reads
/// the store.
const KEPT: usize = 4_096;
/// Events read at once.
const READ_AT_ONCE: i64 = 500;
/// Changes looked through at once.
const EXAMINED_AT_ONCE: usize = 500;
/// Nothing was looked at yet.
const UNKNOWN: i64 = -1;
/// Another process may have written what this one is not told of.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// An event, ready to be sent.
#[derive(Debug)]
pub struct Ready {
    pub told: Told,
    /// The envelope as JSON.
    pub text: Arc<str>,
}

impl Ready {
    /// Renders an event.
    #[must_use]
    pub fn new(told: Told) -> Self {
        let text = serde_json::to_string(&told.event).expect("events have text keys");
        Self { told, text: text.into() }
    }
}

/// The listeners of all organizations.
pub struct Hub {
    reads: ReadPool,
    /// Raised by every commit that made events.
    committed: watch::Receiver<u64>,
    tails: Mutex<FxHashMap<ScopeId, Weak<Tail>>>,
}

/// The newest events of one organization.
struct Tail {
    books: Books,
    newest: RwLock<VecDeque<Arc<Ready>>>,
    /// The last sequence that was looked at.
    last: watch::Sender<i64>,
}

impl Hub {
    /// A hub that is told of commits.
    #[must_use]
    pub fn new(reads: ReadPool, committed: watch::Receiver<u64>) -> Self {
        Self { reads, committed, tails: Mutex::default() }
    }

    /// Listens to an organization's events behind a sequence.
    #[must_use]
    pub fn follow(&self, books: Books, after: i64) -> Follower {
        let tail = self.tail(books);
        let seen = tail.last.subscribe();
        Follower { tail, seen, after, reads: self.reads.clone() }
    }

    fn tail(&self, books: Books) -> Arc<Tail> {
        let mut tails = self.tails.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tail) = tails.get(&books.scope).and_then(Weak::upgrade) {
            return tail;
        }
        let tail =
            Arc::new(Tail { books, newest: RwLock::default(), last: watch::Sender::new(UNKNOWN) });
        tails.retain(|_, tail| tail.strong_count() > 0);
        tails.insert(books.scope, Arc::downgrade(&tail));
        let reading = read_on(Arc::downgrade(&tail), self.reads.clone(), self.committed.clone());
        tokio::spawn(reading);
        tail
    }
}

/// Reads what is committed until nobody listens.
async fn read_on(tail: Weak<Tail>, reads: ReadPool, mut committed: watch::Receiver<u64>) {
    loop {
        committed.mark_unchanged();
        loop {
            let Some(tail) = tail.upgrade() else { return };
            if *tail.last.borrow() == UNKNOWN {
                // What happened before anybody listened is read from the store.
                let scope = tail.books.scope;
                let read = reads.read(move |it| organizations::load_sequence(it, scope)).await;
                let Ok(Ok(newest)) = read else { break };
                tail.last.send_replace(newest);
            }
            let feed = Feed {
                books: tail.books,
                after: *tail.last.borrow(),
                interest: Interest::everything(),
                wallets: None,
                limit: READ_AT_ONCE,
                examined_max: EXAMINED_AT_ONCE,
            };
            let after = feed.after;
            let Ok(Ok(read)) = reads.read(move |it| read_after(it, &feed)).await else { break };
            if read.last == after {
                break;
            }
            tail.keep(read.events.into_iter().map(|told| Arc::new(Ready::new(told))), read.last);
        }
        let wait = tokio::time::timeout(LOOK_PAUSE, committed.changed()).await;
        if matches!(wait, Ok(Err(_))) || tail.strong_count() == 0 {
            return;
        }
    }
}

impl Tail {
    fn keep(&self, events: impl Iterator<Item = Arc<Ready>>, last: i64) {
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        newest.extend(events);
        let surplus = newest.len().saturating_sub(KEPT);
        newest.drain(..surplus);
        drop(newest);
        self.last.send_replace(last);
    }

    /// The events behind a sequence, if all of them are in memory.
    fn behind(&self, after: i64) -> Option<Vec<Arc<Ready>>> {
        let newest = self.newest.read().unwrap_or_else(PoisonError::into_inner);
        let first = newest.front()?.told.event.sequence;
        // Sequences have no gaps: the place of an event is its distance.
        let skipped = usize::try_from(after.checked_add(1)?.checked_sub(first)?).ok()?;
        Some(newest.iter().skip(skipped).cloned().collect())
    }
}

/// Somebody who listens.
pub struct Follower {
    tail: Arc<Tail>,
    seen: watch::Receiver<i64>,
    after: i64,
    reads: ReadPool,
}

impl Follower {
    /// Whose events they are.
    #[must_use]
    pub fn books(&self) -> Books {
        self.tail.books
    }

    /// The last sequence that was answered.
    #[must_use]
    pub const fn after(&self) -> i64 {
        self.after
    }

    /// The next events, in their order; waits for them. Can be dropped while it
    /// waits.
    pub async fn next(&mut self) -> Vec<Arc<Ready>> {
        loop {
            let last = *self.seen.borrow_and_update();
            if last > self.after {
                if let Some(events) = self.tail.behind(self.after) {
                    self.after = events.last().map_or(last, |it| it.told.event.sequence);
                    if !events.is_empty() {
                        return events;
                    }
                    continue;
                }
                if let Some(events) = self.catch_up().await {
                    return events;
                }
            }
            if self.seen.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    async fn catch_up(&mut self) -> Option<Vec<Arc<Ready>>> {
        let feed = Feed {
            books: self.tail.books,
            after: self.after,
            interest: Interest::everything(),
            wallets: None,
            limit: READ_AT_ONCE,
            examined_max: EXAMINED_AT_ONCE,
        };
        match self.reads.read(move |it| read_after(it, &feed)).await {
            Ok(Ok(read)) => {
                self.after = read.last.max(self.after);
                let events = read.events.into_iter().map(|told| Arc::new(Ready::new(told)));
                let events: Vec<Arc<Ready>> = events.collect();
                (!events.is_empty()).then_some(events)
            }
            _ => {
                // The store cannot be read now; it is tried again with the next look.
                tokio::time::sleep(LOOK_PAUSE).await;
                None
            }
        }
    }
}
