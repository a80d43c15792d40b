//! Telling those who deliver that a webhook changed.
//!
//! A change counts from its commit on: an endpoint that was disabled begins no
//! further attempt, even before anybody has looked at what changed. Webhooks are
//! counted apart, so that one that changes all the time delays no other.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;
use wallgent_core::id::WebhookId;

/// Counts of changes. Webhooks that share one only wait for each other.
const SLOTS: usize = 1_024;

/// How often webhooks changed.
#[derive(Debug)]
pub struct WebhookChanges {
    counts: [AtomicU64; SLOTS],
    told: Notify,
}

impl Default for WebhookChanges {
    fn default() -> Self {
        Self { counts: array::from_fn(|_| AtomicU64::new(0)), told: Notify::new() }
    }
}

/// What the counts were at one moment.
pub struct Seen(Vec<u64>);

impl Seen {
    /// How often a webhook had changed.
    #[must_use]
    pub fn count(&self, id: WebhookId) -> u64 {
        self.0[slot(id)]
    }
}

fn slot(id: WebhookId) -> usize {
    usize::try_from(id.key()).unwrap_or_default() % SLOTS
}

impl WebhookChanges {
    /// Notes a change. Called after its commit and before anyone is answered.
    pub fn note(&self, id: WebhookId) {
        self.counts[slot(id)].fetch_add(1, Ordering::AcqRel);
        self.told.notify_one();
    }

    /// How many changes of a webhook there were.
    #[must_use]
    pub fn count(&self, id: WebhookId) -> u64 {
        self.counts[slot(id)].load(Ordering::Acquire)
    }

    /// All counts.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen(self.counts.iter().map(|count| count.load(Ordering::Acquire)).collect())
    }

    /// Waits for a change.
    pub async fn next(&self) {
        self.told.notified().await;
    }
}
