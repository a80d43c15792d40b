//! The system's time and its identifiers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use wallgent_core::Timestamp;
use wallgent_core::id::{Id, Kind, first_key_at};

/// Where the time comes from.
#[derive(Clone)]
pub enum Clock {
    /// The machine's clock, but never before a moment that was committed.
    Wall(Arc<AtomicI64>),
    /// A clock that stands still until it is moved (`dev --test-clock`).
    Test(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn wall() -> Self {
        Self::Wall(Arc::new(AtomicI64::new(0)))
    }

    /// A clock that stands at `start`.
    #[must_use]
    pub fn standing_at(start: Timestamp) -> Self {
        Self::Test(Arc::new(AtomicI64::new(start.micros())))
    }

    /// A clock that stands at a moment in ISO 8601.
    #[must_use]
    pub fn standing_at_text(text: &str) -> Option<Self> {
        let start = Timestamp::parse(text)?;
        (start <= Self::last_moment()).then(|| Self::standing_at(start))
    }

    /// The last moment that identifiers can name, with some room.
    #[must_use]
    pub fn last_moment() -> Timestamp {
        Timestamp::parse("2089-01-01T00:00:00Z").expect("a constant moment")
    }

    /// The time now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Test(micros) => Timestamp::from_micros(micros.load(Ordering::Acquire)),
            Self::Wall(floor) => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let micros =
                    since.map_or(0, |it| i64::try_from(it.as_micros()).unwrap_or(i64::MAX));
                Timestamp::from_micros(micros.max(floor.load(Ordering::Acquire)))
            }
        }
    }

    /// Moves a test clock forward, or notes that a moment was committed, which
    /// the machine's clock will not go behind.
    pub fn move_to(&self, time: Timestamp) {
        let (Self::Test(micros) | Self::Wall(micros)) = self;
        micros.fetch_max(time.micros(), Ordering::AcqRel);
    }

    /// Whether the clock can be moved by hand.
    #[must_use]
    pub const fn is_test(&self) -> bool {
        matches!(self, Self::Test(_))
    }
}

/// Makes identifiers that only grow, also across restarts.
pub struct IdGenerator {
    last: i64,
}

impl IdGenerator {
    /// Continues behind the last identifier that was committed.
    #[must_use]
    pub const fn after(last: i64) -> Self {
        Self { last }
    }

    /// The last identifier made.
    #[must_use]
    pub const fn last(&self) -> i64 {
        self.last
    }

    /// The next number at this time.
    pub fn next_key(&mut self, now: Timestamp) -> i64 {
        self.last = self.last.saturating_add(1).max(first_key_at(now.unix_ms()));
        self.last
    }

    /// The next identifier at this time.
    pub fn next<K: Kind>(&mut self, now: Timestamp) -> Id<K> {
        Id::from_key(self.next_key(now)).expect("keys are never negative")
    }
}
