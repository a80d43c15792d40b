//! Readers: a few threads, each with a connection of its own.
//!
//! Reads never pass through the engine. A reader sees the latest commit, so a
//! caller that has just written reads its own write.

use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::{Connection, DbError, DbResult, Location};
use crate::background;

/// Reads that may wait for a free reader. More than this many callers are told
/// to come back, rather than kept.
const QUEUE_LIMIT: usize = 4_096;
/// Pause before a lost connection is opened again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(250);

type Read = Box<dyn FnOnce(&mut Connection) + Send>;

/// A pool of readers.
#[derive(Clone)]
pub struct ReadPool {
    queue: Sender<Read>,
}

/// The pool could not take a read.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many reads are waiting, or the store cannot be reached")]
pub struct PoolBusy;

impl ReadPool {
    /// Opens `readers` connections.
    pub fn open(location: &Location, readers: usize) -> DbResult<Self> {
        Self::start(location, readers, "reader", || {})
    }

    /// The same for reads that have to wait for others.
    pub fn open_background(location: &Location, readers: usize) -> DbResult<Self> {
        Self::start(location, readers, "background-reader", background::step_back)
    }

    fn start(location: &Location, readers: usize, name: &str, begin: fn()) -> DbResult<Self> {
        let (queue, reads) = bounded::<Read>(QUEUE_LIMIT);
        for number in 0..readers {
            let connection = Connection::open_reader(location)?;
            let (location, reads) = (location.clone(), reads.clone());
            std::thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || {
                    begin();
                    serve(connection, &location, &reads);
                })
                .map_err(|error| DbError::Layout(format!("no thread for a reader: {error}")))?;
        }
        Ok(Self { queue })
    }

    /// Runs a read on some connection.
    pub async fn read<T, F>(&self, read: F) -> Result<DbResult<T>, PoolBusy>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> DbResult<T> + Send + 'static,
    {
        let (answer, receiver) = tokio::sync::oneshot::channel();
        let job: Read = Box::new(move |connection| {
            let _ = answer.send(read(connection));
        });
        match self.queue.try_send(job) {
            Ok(()) => receiver.await.map_err(|_| PoolBusy),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(PoolBusy),
        }
    }
}

fn serve(mut connection: Connection, location: &Location, reads: &Receiver<Read>) {
    for read in reads {
        // A read that panics must not take its reader with it.
        let run = std::panic::AssertUnwindSafe(|| read(&mut connection));
        if std::panic::catch_unwind(run).is_err() {
            tracing::error!("a read panicked");
        }
        if !connection.is_alive() {
            match Connection::open_reader(location) {
                Ok(fresh) => connection = fresh,
                Err(error) => {
                    tracing::warn!(%error, "a reader lost its connection");
                    std::thread::sleep(RECONNECT_PAUSE);
                }
            }
        }
    }
}
