//! The way into the engine: a bounded queue of commands.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crossbeam_channel::{Sender, TrySendError};
use wallgent_api::ApiError;

use super::tx::{Stop, Tx};
use crate::db::DbError;
use crate::idempotency::KeyHash;

/// Commands that may wait. When as many wait, callers are told to come back
/// instead of waiting without end.
pub(super) const QUEUE_LIMIT: usize = 8_192;

/// A handle to the engine.
#[derive(Clone)]
pub struct Engine {
    queue: Sender<Job>,
}

/// Why a command has no result.
#[derive(Debug)]
pub enum EngineError {
    /// The rules forbid it.
    Refused(Box<ApiError>),
    /// The queue is full, the commit failed, or another process is the writer.
    Unavailable,
    /// The command broke.
    Broken,
}

/// What became of the batch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Committed,
    Failed,
}

pub(super) type Answer = Box<dyn FnOnce(Fate) + Send>;

/// What a command wants done with its changes.
pub(super) enum Verdict {
    /// Keep them.
    Keep,
    /// Undo them.
    Undo,
    /// The store failed: the batch cannot go on.
    Abort(DbError),
}

/// A command in the queue.
pub(super) struct Job {
    /// The idempotency keys that it will look up.
    pub(super) hashes: Vec<KeyHash>,
    pub(super) queued_at: Instant,
    pub(super) work: Work,
}

/// Runs against the hot state; what it wants done, and who waits for it.
pub(super) type Command = Box<dyn FnOnce(&mut Tx<'_>) -> (Verdict, Answer) + Send>;

pub(super) enum Work {
    Command(Command),
    /// Finish what is queued and end.
    Stop(Answer),
}

impl Engine {
    pub(super) const fn new(queue: Sender<Job>) -> Self {
        Self { queue }
    }

    /// Runs a command and waits until its effects are durable.
    ///
    /// The command runs on the engine's thread even when the caller goes away.
    pub async fn run<T, F>(&self, hashes: Vec<KeyHash>, command: F) -> Result<T, EngineError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let work = Work::Command(Box::new(move |tx| {
            let result = catch_unwind(AssertUnwindSafe(|| command(tx)));
            let (verdict, result) = match result {
                Ok(Ok(value)) => (Verdict::Keep, Ok(value)),
                Ok(Err(Stop::Refused(error))) => (Verdict::Undo, Err(EngineError::Refused(error))),
                Ok(Err(Stop::Db(DbError::Layout(what)))) => {
                    // What this command found makes no sense; the store itself
                    // is well, so nobody else has to suffer.
                    tracing::error!(%what, "a command broke");
                    (Verdict::Undo, Err(EngineError::Broken))
                }
                Ok(Err(Stop::Db(error))) => (Verdict::Abort(error), Err(EngineError::Unavailable)),
                Err(_) => (Verdict::Undo, Err(EngineError::Broken)),
            };
            let answer: Answer = Box::new(move |fate| {
                let _ = sender.send(match fate {
                    Fate::Committed => result,
                    Fate::Failed => Err(EngineError::Unavailable),
                });
            });
            (verdict, answer)
        }));
        self.push(Job { hashes, queued_at: Instant::now(), work })?;
        receiver.await.unwrap_or(Err(EngineError::Unavailable))
    }

    /// Ends the engine after everything queued so far.
    pub async fn stop(&self) {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let answer: Answer = Box::new(move |_| {
            let _ = sender.send(());
        });
        let job = Job { hashes: Vec::new(), queued_at: Instant::now(), work: Work::Stop(answer) };
        if self.queue.send(job).is_ok() {
            let _ = receiver.await;
        }
    }

    fn push(&self, job: Job) -> Result<(), EngineError> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => EngineError::Unavailable,
        })
    }
}
