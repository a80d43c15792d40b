//! Which failures a call is repeated after, and when.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wallgent_api::ErrorCode;

use crate::Error;

/// The longest that a server may ask to wait; an agent that has to wait longer
/// should know it.
const ASKED_WAIT_MAX: Duration = Duration::from_secs(30);
/// The wait before the first repetition. It doubles with each.
const WAIT_MS: u64 = 250;
/// Where the doubling ends.
const WAIT_MS_MAX: u64 = 8_000;

/// An attempt that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// The header `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
}

impl Failure {
    /// How long to wait before the next attempt, when `repeated` were repetitions
    /// already; `None` when there is none. `chance` is any number: it keeps
    /// clients that failed together from returning together.
    pub(crate) fn wait(&self, repeated: u32, repeats_max: u32, chance: u64) -> Option<Duration> {
        if repeated >= repeats_max || !self.may_pass() {
            return None;
        }
        if let Some(seconds) = self.asked_seconds() {
            let asked = Duration::from_secs(seconds);
            return (asked <= ASKED_WAIT_MAX).then_some(asked);
        }
        let doubled = WAIT_MS.saturating_mul(1 << repeated.min(16));
        let longest = doubled.min(WAIT_MS_MAX);
        let shortest = longest / 2;
        Some(Duration::from_millis(shortest + chance % (longest - shortest + 1)))
    }

    /// Whether the same request may succeed without any change.
    fn may_pass(&self) -> bool {
        match &self.error {
            Error::Transport { .. } | Error::Timeout { .. } => true,
            Error::Api { code, .. } => code.is_retryable(),
            Error::Unrecognized { status, .. } => matches!(status, 429 | 503),
            _ => false,
        }
    }

    fn asked_seconds(&self) -> Option<u64> {
        let told = match &self.error {
            Error::Api { code, details, .. } if *code == ErrorCode::RateLimitExceeded => {
                details.get("retryAfter").and_then(|it| it.as_u64())
            }
            _ => None,
        };
        told.or(self.retry_after)
    }
}

/// Any number.
pub(crate) fn chance() -> u64 {
    // Without randomness, clients return together: slower, not wrong.
    getrandom::u64().unwrap_or_default()
}

/// A new idempotency key: the time in milliseconds, so that the server's store
/// finds new keys side by side, and 64 random bits.
#[expect(clippy::disallowed_methods, reason = "a client has the wall clock only")]
pub(crate) fn new_key() -> Result<String, Error> {
    let random = getrandom::u64()
        .map_err(|error| Error::invalid("the system's randomness", error.to_string()))?;
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(format!("sdk_{:012x}{random:016x}", since_1970.as_millis()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(code: ErrorCode, details: serde_json::Value, retry_after: Option<u64>) -> Failure {
        let body = json!({"code": code.as_str(), "message": "", "details": details});
        let error = Error::from_body(code.status(), None, &body);
        Failure { error, retry_after }
    }

    fn lost() -> Failure {
        let error = Error::Timeout { idempotency_key: None };
        Failure { error, retry_after: None }
    }

    #[test]
    fn only_what_may_pass_is_repeated() {
        let repeated = [
            ErrorCode::RateLimitExceeded,
            ErrorCode::IdempotencyInFlight,
            ErrorCode::ServiceUnavailable,
        ];
        for code in ErrorCode::ALL {
            let wait = refused(*code, json!({}), None).wait(0, 2, 0);
            assert_eq!(wait.is_some(), repeated.contains(code), "{code:?}");
        }
        for (status, expected) in [(429, true), (503, true), (500, false), (502, false)] {
            let error = Error::from_answer(status, None, b"a proxy");
            let wait = Failure { error, retry_after: None }.wait(0, 2, 0);
            assert_eq!(wait.is_some(), expected, "{status}");
        }
        assert_eq!(lost().wait(1, 2, 0), Some(Duration::from_millis(250)));
        assert_eq!(lost().wait(2, 2, 0), None);
        assert_eq!(lost().wait(0, 0, 0), None);
    }

    #[test]
    fn the_server_may_ask_for_at_most_half_a_minute() {
        let limited = |seconds: u64| {
            refused(ErrorCode::RateLimitExceeded, json!({"retryAfter": seconds}), Some(1))
        };
        assert_eq!(limited(30).wait(0, 2, 7), Some(Duration::from_secs(30)));
        assert_eq!(limited(31).wait(0, 2, 7), None);
        let busy = refused(ErrorCode::ServiceUnavailable, json!({}), Some(1));
        assert_eq!(busy.wait(0, 2, 7), Some(Duration::from_secs(1)));
    }

    #[test]
    fn waits_double_up_to_a_limit_and_are_spread() {
        for repeated in 0..40 {
            for chance in [0, 1, 999, u64::MAX] {
                let wait = lost().wait(repeated, 99, chance).expect("another attempt");
                let most = (WAIT_MS << repeated.min(16)).min(WAIT_MS_MAX);
                assert!(wait >= Duration::from_millis(most / 2));
                assert!(wait <= Duration::from_millis(most));
            }
        }
    }

    #[test]
    fn keys_differ() {
        let [one, other] = [new_key(), new_key()].map(|key| key.expect("randomness"));
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
    }
}
