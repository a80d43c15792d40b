//! Events while they happen.
//!
//! Whoever listens to an organization's events reads them here, page by page.
//! The newest pages are kept in memory, and a page is read from the store once
//! for all who want it, however many there are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Books, Feed, Interest, Told, read_after};
use crate::db::ReadPool;
use crate::engine::ScopeId;
use crate::organizations;

/// Sequences of one page.
const PAGE: i64 = 256;
/// Pages kept for each organization: those that were wanted last.
const PAGES_KEPT: usize = 32;
/// Nothing was looked at yet.
const UNKNOWN: i64 = -1;
/// Another process may have written what this one is not told of; and a store
/// that could not be read is read again.
const LOOK_PAUSE: Duration = Duration::from_secs(1);
/// Commits that are this close together are looked at together.
const GATHER_PAUSE: Duration = Duration::from_millis(1);

/// An event, ready to be sent.
#[derive(Debug)]
pub struct Ready {
    pub told: Told,
    /// The envelope as JSON.
    pub text: Bytes,
}

impl Ready {
    /// Renders an event.
    #[must_use]
    pub fn new(told: Told) -> Self {
        let text = serde_json::to_vec(&told.event).expect("events have text keys");
        Self { told, text: text.into() }
    }
}

/// The listeners of all organizations.
pub struct Hub {
    reads: ReadPool,
    background: Handle,
    /// Raised by every commit that made events.
    committed: watch::Receiver<u64>,
    tails: Mutex<FxHashMap<ScopeId, Weak<Tail>>>,
}

/// The events of one organization, as far as somebody listens to them.
struct Tail {
    books: Books,
    reads: ReadPool,
    background: Handle,
    pages: Mutex<Pages>,
    /// The last sequence that was committed.
    last: watch::Sender<i64>,
}

/// Pages by their number. The page `n` begins behind the sequence `n` × [`PAGE`].
#[derive(Default)]
struct Pages {
    known: BTreeMap<i64, (u64, Arc<Page>)>,
    /// Raised each time that somebody wants a page.
    wanted: u64,
}

impl Pages {
    fn page(&mut self, number: i64) -> Arc<Page> {
        self.wanted += 1;
        let entry = self.known.entry(number).or_default();
        entry.0 = self.wanted;
        let page = Arc::clone(&entry.1);
        if self.known.len() > PAGES_KEPT {
            let oldest = self.known.iter().min_by_key(|(_, (wanted, _))| *wanted);
            let oldest = oldest.map(|(number, _)| *number);
            oldest.map(|number| self.known.remove(&number));
        }
        page
    }
}

/// Some events that stand side by side.
#[derive(Default)]
struct Page {
    read: Mutex<Read>,
    /// Held by whoever reads on.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Read {
    events: Vec<Arc<Ready>>,
    /// The last sequence that was looked at.
    upto: i64,
}

impl Page {
    /// The events behind a sequence, and how far they go; nothing when the page
    /// was not read so far.
    fn behind(&self, after: i64) -> Option<Heard> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.upto <= after {
            return None;
        }
        let skipped = read.events.partition_point(|ready| ready.told.event.sequence <= after);
        Some(Heard { events: read.events[skipped..].to_vec(), upto: read.upto })
    }

    fn upto(&self) -> i64 {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).upto
    }
}

struct Heard {
    events: Vec<Arc<Ready>>,
    upto: i64,
}

impl Hub {
    /// A hub that is told of commits.
    #[must_use]
    pub fn new(reads: ReadPool, background: Handle, committed: watch::Receiver<u64>) -> Self {
        Self { reads, background, committed, tails: Mutex::default() }
    }

    /// Listens to an organization's events behind a sequence.
    #[must_use]
    pub fn follow(&self, books: Books, after: i64) -> Follower {
        let tail = self.tail(books);
        let seen = tail.last.subscribe();
        Follower { tail, seen, after, reading: None }
    }

    fn tail(&self, books: Books) -> Arc<Tail> {
        let mut tails = self.tails.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tail) = tails.get(&books.scope).and_then(Weak::upgrade) {
            return tail;
        }
        let tail = Arc::new(Tail {
            books,
            reads: self.reads.clone(),
            background: self.background.clone(),
            pages: Mutex::default(),
            last: watch::Sender::new(UNKNOWN),
        });
        tails.retain(|_, tail| tail.strong_count() > 0);
        tails.insert(books.scope, Arc::downgrade(&tail));
        self.background.spawn(look_on(Arc::downgrade(&tail), self.committed.clone()));
        tail
    }
}

/// Looks how far the events go, until nobody listens.
async fn look_on(tail: Weak<Tail>, mut committed: watch::Receiver<u64>) {
    loop {
        committed.mark_unchanged();
        let Some(here) = tail.upgrade() else { return };
        let scope = here.books.scope;
        if let Ok(Ok(last)) =
            here.reads.read(move |it| organizations::load_sequence(it, scope)).await
        {
            here.last.send_if_modified(|known| std::mem::replace(known, last) != last);
        }
        drop(here);
        tokio::time::sleep(GATHER_PAUSE).await;
        let wait = tokio::time::timeout(LOOK_PAUSE, committed.changed()).await;
        if matches!(wait, Ok(Err(_))) {
            return;
        }
    }
}

impl Tail {
    fn page_behind(&self, after: i64) -> (i64, Arc<Page>) {
        let number = after.div_euclid(PAGE);
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        (number, pages.page(number))
    }

    /// Reads a page on from the store, unless somebody else just did.
    async fn read_on(&self, number: i64, page: &Page, after: i64) {
        let _reading = page.reading.lock().await;
        let from = page.upto().max(number * PAGE);
        if from > after {
            return;
        }
        let feed = Feed {
            books: self.books,
            after: from,
            interest: Interest::everything(),
            wallets: None,
            limit: PAGE,
            examined_max: usize::try_from(PAGE).unwrap_or(usize::MAX),
        };
        let scope = self.books.scope;
        let found = match self.reads.read(move |it| read_after(it, &feed)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::error!(%error, scope, from, "events cannot be read");
                return;
            }
            Err(_) => return,
        };
        let ends = (number + 1) * PAGE;
        let events = found.events.into_iter().filter(|told| told.event.sequence <= ends);
        let mut read = page.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.events.extend(events.map(|told| Arc::new(Ready::new(told))));
        read.upto = found.last.min(ends);
    }
}

/// Somebody who listens.
pub struct Follower {
    tail: Arc<Tail>,
    seen: watch::Receiver<i64>,
    after: i64,
    /// A page that is being read. It stays when the wait for it is given up, and
    /// when too many others are wanted for it to be kept.
    reading: Option<(Arc<Page>, JoinHandle<()>)>,
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

    /// How many sequences there are behind the last that was answered.
    #[must_use]
    pub fn behind(&self) -> i64 {
        *self.seen.borrow() - self.after
    }

    /// The next events, in their order; waits for them. Can be dropped while it
    /// waits.
    pub async fn next(&mut self) -> Vec<Arc<Ready>> {
        loop {
            if *self.seen.borrow_and_update() <= self.after {
                if self.seen.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                continue;
            }
            let Some(heard) = self.hear().await else {
                // The store cannot be read now, or not yet from where it is read.
                tokio::time::sleep(LOOK_PAUSE).await;
                continue;
            };
            self.after = heard.upto;
            if !heard.events.is_empty() {
                return heard.events;
            }
        }
    }

    /// What comes next: of a page that is in memory, or that has to be read.
    async fn hear(&mut self) -> Option<Heard> {
        if self.reading.is_none() {
            let (_, page) = self.tail.page_behind(self.after);
            if let Some(heard) = page.behind(self.after) {
                return Some(heard);
            }
        }
        self.read().await
    }

    /// Waits until a page was read on.
    async fn read(&mut self) -> Option<Heard> {
        let after = self.after;
        if self.reading.is_none() {
            let (number, page) = self.tail.page_behind(after);
            let (tail, wanted) = (Arc::clone(&self.tail), Arc::clone(&page));
            let reading = async move { tail.read_on(number, &wanted, after).await };
            self.reading = Some((page, self.tail.background.spawn(reading)));
        }
        let (page, reading) = self.reading.as_mut()?;
        let _ = reading.await;
        let heard = page.behind(after);
        self.reading = None;
        heard
    }
}
