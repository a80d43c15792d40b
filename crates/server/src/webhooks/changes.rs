//! Telling those who deliver that webhooks changed.
//!
//! A change counts from its commit on: an endpoint that was disabled begins no
//! further attempt, even before anybody has looked at what changed.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// How often webhooks changed.
#[derive(Debug, Default)]
pub struct WebhookChanges {
    count: AtomicU64,
    told: Notify,
}

impl WebhookChanges {
    /// Notes a change. Called after its commit and before anyone is answered.
    pub fn note(&self) {
        self.count.fetch_add(1, Ordering::AcqRel);
        self.told.notify_one();
    }

    /// How many changes there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Waits for a change.
    pub async fn next(&self) {
        self.told.notified().await;
    }
}
