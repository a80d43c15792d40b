//! Work that has to wait for payments: telling of events.
//!
//! It has threads of its own, which step back while the processor is wanted by
//! others. What cannot be told at once is told later; no payment waits for it.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// Threads that tell. They mostly wait for others.
const THREADS: usize = 2;
/// How far they step back, of 19: about a tenth of a busy processor is left to
/// them.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Lets the calling thread step back. Only Linux knows it of a thread; elsewhere
/// it would be the whole process, so nothing is done.
pub fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "events are told with the same right as payments are made");
    }
}

/// A runtime whose threads step back.
pub struct Background(Option<Runtime>);

impl Background {
    /// Starts its threads.
    pub fn start() -> io::Result<Self> {
        let mut threads = Builder::new_multi_thread();
        threads.worker_threads(THREADS).enable_all();
        let threads = threads.thread_name("background").on_thread_start(step_back);
        Ok(Self(Some(threads.build()?)))
    }

    /// Where to run something.
    pub fn handle(&self) -> Handle {
        self.0.as_ref().expect("it is there until it is dropped").handle().clone()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Whoever drops it may be a task, which must not wait for threads.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
