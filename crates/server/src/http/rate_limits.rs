//! How often a key and an organization may call.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock as GovernorClock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::plan::Plan;

use crate::engine::Clock;
use crate::keys::CachedKey;

/// Failed authentications that one address may make a minute.
const FAILURES_PER_MINUTE: u32 = 100;

/// Calls without a key that one address may make a minute. An open page asks
/// twenty times; an office behind one address has some open.
const VISITS_PER_MINUTE: u32 = 600;

/// The system's time in the limiter's terms.
#[derive(Clone)]
struct RateClock(Clock);

impl GovernorClock for RateClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let micros = self.0.now().micros();
        Nanos::from(Duration::from_micros(micros.unsigned_abs()))
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, RateClock, StateInformationMiddleware>;

fn limiter<K: Hash + Eq + Clone>(calls: u32, clock: &Clock) -> Limiter<K> {
    let calls = NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN);
    let clock = RateClock(clock.clone());
    let quota = Quota::per_minute(calls);
    Limiter::<K>::new(quota, DashMapStateStore::default(), clock)
}

/// Whether a call reads or changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It reads.
    Read,
    /// It changes something.
    Write,
}

/// What is left, for the headers `RateLimit-Policy` and `RateLimit`
/// (draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Copy, Debug)]
pub struct Left {
    kind: Kind,
    calls: u32,
    remaining: u32,
}

impl Left {
    const fn name(self) -> &'static str {
        match self.kind {
            Kind::Read => "reads",
            Kind::Write => "writes",
        }
    }

    /// The header `RateLimit-Policy`.
    #[must_use]
    pub fn policy(self) -> String {
        format!("\"{}\";q={};w=60", self.name(), self.calls)
    }

    /// The header `RateLimit`.
    #[must_use]
    pub fn state(self) -> String {
        format!("\"{}\";r={};t=60", self.name(), self.remaining)
    }
}

/// The buckets of one plan and kind of call.
struct Buckets {
    calls: u32,
    by_key: Limiter<i64>,
    by_organization: Limiter<i64>,
}

/// All buckets.
pub struct RateLimits {
    plans: Vec<(Plan, Buckets, Buckets)>,
    failures: Limiter<IpAddr>,
    visits: Limiter<IpAddr>,
    clock: RateClock,
}

impl RateLimits {
    /// Empty buckets for every plan that has limits.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let buckets = |calls: u32| Buckets {
            calls,
            by_key: limiter(calls, clock),
            by_organization: limiter(calls.saturating_mul(2), clock),
        };
        let limited = Plan::ALL.into_iter().filter_map(|plan| {
            let calls = plan.calls_per_minute()?;
            Some((plan, buckets(calls.reads), buckets(calls.writes)))
        });
        Self {
            plans: limited.collect(),
            failures: limiter(FAILURES_PER_MINUTE, clock),
            visits: limiter(VISITS_PER_MINUTE, clock),
            clock: RateClock(clock.clone()),
        }
    }

    /// Counts a call. Answers what is left where a limit applies.
    pub fn count(&self, key: &CachedKey, kind: Kind) -> Result<Option<Left>, (ApiError, Left)> {
        let Some((_, reads, writes)) = self.plans.iter().find(|(plan, _, _)| *plan == key.plan)
        else {
            return Ok(None);
        };
        let buckets = if kind == Kind::Read { reads } else { writes };
        let calls = buckets.calls;
        let refused = |wait| (exceeded(wait), Left { kind, calls, remaining: 0 });
        let organization = key.row.organization.key();
        let own = self.take(&buckets.by_key, &key.row.id.key()).map_err(refused)?;
        let shared = self.take(&buckets.by_organization, &organization).map_err(refused)?;
        Ok(Some(Left { kind, calls, remaining: own.min(shared) }))
    }

    /// Counts a failed authentication.
    pub fn count_failure(&self, address: IpAddr) -> Result<(), ApiError> {
        self.take(&self.failures, &address).map(drop).map_err(exceeded)
    }

    /// Counts a call without a key.
    pub fn count_visit(&self, address: IpAddr) -> Result<(), ApiError> {
        self.take(&self.visits, &address).map(drop).map_err(exceeded)
    }

    fn take<K: Hash + Eq + Clone>(&self, limiter: &Limiter<K>, key: &K) -> Result<u32, u64> {
        match limiter.check_key(key) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(refusal) => {
                let wait = refusal.wait_time_from(self.clock.now());
                let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Err(whole.max(1))
            }
        }
    }

    /// Forgets keys that have not called for a while.
    pub fn forget_idle(&self) {
        for (_, reads, writes) in &self.plans {
            for buckets in [reads, writes] {
                buckets.by_key.retain_recent();
                buckets.by_organization.retain_recent();
            }
        }
        self.failures.retain_recent();
        self.visits.retain_recent();
    }
}

fn exceeded(retry_after_seconds: u64) -> ApiError {
    let message = format!("Too many calls; try again in {retry_after_seconds} s");
    ApiError::new(ErrorCode::RateLimitExceeded, message).with("retryAfter", retry_after_seconds)
}
