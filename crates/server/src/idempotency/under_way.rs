//! Keys whose requests act outside of commands. Their duplicates cannot wait
//! behind them in the writer's queue, and are refused until they have ended.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use wallgent_api::{ApiError, ErrorCode};

use super::KeyHash;

/// The keys of requests that have not ended.
#[derive(Clone, Debug, Default)]
pub struct UnderWay(Arc<Mutex<HashSet<KeyHash>>>);

/// A key is this request's alone until it is dropped.
#[derive(Debug)]
pub struct Turn {
    keys: UnderWay,
    hash: KeyHash,
}

impl UnderWay {
    /// Takes a key.
    ///
    /// # Errors
    /// `IDEMPOTENCY_IN_FLIGHT` while another request has it.
    pub fn take(&self, hash: KeyHash) -> Result<Turn, ApiError> {
        if self.with(|keys| keys.insert(hash)) {
            return Ok(Turn { keys: self.clone(), hash });
        }
        let message = "A request with this idempotency key is still running";
        Err(ApiError::new(ErrorCode::IdempotencyInFlight, message)
            .with("hint", "repeat it with the same key: it tells what came of the first"))
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashSet<KeyHash>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.keys.with(|keys| keys.remove(&self.hash));
    }
}
