//! The engine's thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use tokio::sync::watch;

use super::clock::{Clock, IdGenerator};
use super::lease::{self, Lease};
use super::queue::{Answer, Command, Engine, Fate, Job, QUEUE_LIMIT, Verdict, Work};
use super::rows::{Mark, Rows};
use super::state::State;
use super::tx::{AfterCommit, Tx};
use crate::config::Rules;
use crate::crypto::Vault;
use crate::db::{self, Connection, DbError, DbResult, Location};
use crate::keys::KeyCache;
use crate::metrics::Metrics;
use crate::webhooks::WebhookChanges;
use crate::{idempotency, ledger};

/// Commands in one commit. More would make the first of them wait for the
/// last; fewer would sync more often.
const BATCH_MAX: usize = 512;
/// Pause before a lost database is tried again.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
/// The writer itself finishes a checkpoint when the log has grown to this,
/// so that the log can begin anew. Until then another thread does the copying.
const LOG_BYTES_MAX: u64 = 64 << 20;
/// How many commits between two looks at the log's size.
const COMMITS_PER_LOG_CHECK: u32 = 64;

/// What the engine needs to start.
pub struct EngineOptions {
    /// The store, to open it again when the connection is lost.
    pub location: Location,
    /// Where the time comes from.
    pub clock: Clock,
    /// Fees, windows and limits.
    pub rules: Arc<Rules>,
    /// Seals secrets before they are stored.
    pub vault: Arc<Vault>,
    /// Who takes the writer's place, for people who look.
    pub holder: String,
    /// Where stage times are recorded.
    pub metrics: Arc<Metrics>,
    /// Raised after each commit that made events.
    pub committed: watch::Sender<u64>,
    /// Told after each commit that changed webhooks.
    pub webhook_changes: Arc<WebhookChanges>,
    /// Keys in memory, which a change of a key or of the writer makes old.
    pub keys: Arc<KeyCache>,
    /// Where callers wait.
    pub runtime: tokio::runtime::Handle,
}

/// Starts the engine's thread on an open store.
pub fn start(connection: Connection, options: EngineOptions) -> DbResult<Engine> {
    let (queue, jobs) = bounded(QUEUE_LIMIT);
    let mut writer = Writer::new(connection, options);
    // The embedded store is ours alone (see the file lock), so a failure here
    // is a failure to start. PostgreSQL may have another writer for now.
    writer.try_take_place()?;
    std::thread::Builder::new()
        .name("engine".to_owned())
        .spawn(move || {
            // A command that panics is caught where it runs. Should the engine
            // itself break, a fresh process is safer than one that only reads.
            let run = std::panic::AssertUnwindSafe(|| writer.run(&jobs));
            if std::panic::catch_unwind(run).is_err() {
                tracing::error!("the engine broke; exiting so that the next start recovers");
                std::process::exit(70);
            }
        })
        .map_err(|error| DbError::Layout(format!("no thread for the engine: {error}")))?;
    Ok(Engine::new(queue))
}

struct Writer {
    connection: Connection,
    options: EngineOptions,
    lease: Option<Lease>,
    ids: IdGenerator,
    state: State,
    rows: Rows,
    after_commit: Vec<AfterCommit>,
    commits: u32,
    /// Whether the batch made events.
    told_events: bool,
}

impl Writer {
    fn new(connection: Connection, options: EngineOptions) -> Self {
        Self {
            connection,
            options,
            lease: None,
            ids: IdGenerator::after(0),
            state: State::new(),
            rows: Rows::default(),
            after_commit: Vec::new(),
            commits: 0,
            told_events: false,
        }
    }

    fn try_take_place(&mut self) -> DbResult<()> {
        let Some(lease) = lease::take(&mut self.connection, &self.options.holder)? else {
            return Ok(());
        };
        tracing::info!(fence = lease.fence, "writing");
        self.ids = IdGenerator::after(lease.last_key);
        self.options.clock.move_to(lease.last_time);
        self.state.clear();
        // Another process may have changed them meanwhile.
        self.options.keys.clear();
        self.options.metrics.writer_alive(true);
        self.lease = Some(lease);
        Ok(())
    }

    fn run(mut self, jobs: &Receiver<Job>) {
        let renew = Duration::from_secs(lease::RENEW_SECONDS);
        loop {
            if self.lease.is_none() && !self.recover(jobs) {
                return;
            }
            let first = match jobs.recv_timeout(renew) {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return self.leave(None),
            };
            let mut batch: Vec<Job> = first.into_iter().collect();
            batch.extend(jobs.try_iter().take(BATCH_MAX - 1));
            if batch.is_empty() && self.connection.is_sqlite() {
                // There is no lease to renew.
                continue;
            }
            if let Some(answer) = self.process(batch) {
                return self.leave(Some(answer));
            }
        }
    }

    /// Waits for the writer's place, refusing commands meanwhile. False when
    /// the engine has to end.
    fn recover(&mut self, jobs: &Receiver<Job>) -> bool {
        self.options.metrics.writer_alive(false);
        loop {
            if !self.connection.is_alive() {
                match Connection::open_writer(&self.options.location) {
                    Ok(connection) => self.connection = connection,
                    Err(error) => tracing::warn!(%error, "the store cannot be reached"),
                }
            }
            if self.connection.is_alive()
                && let Err(error) = self.try_take_place()
            {
                tracing::warn!(%error, "the writer's place could not be taken");
            }
            if self.lease.is_some() {
                return true;
            }
            let until = Instant::now() + RETRY_PAUSE;
            while let Ok(job) = jobs.recv_deadline(until) {
                match job.work {
                    // Dropping the command tells its caller.
                    Work::Command(_) => {}
                    Work::Stop(answer) => {
                        answer(Fate::Committed);
                        return false;
                    }
                }
            }
        }
    }

    fn leave(mut self, answer: Option<Answer>) {
        if let Some(lease) = &self.lease
            && let Err(error) = lease::release(&mut self.connection, lease)
        {
            tracing::warn!(%error, "the writer's place could not be given up");
        }
        if let Err(error) = db::checkpoint(&mut self.connection) {
            tracing::warn!(%error, "the log could not be copied");
        }
        drop(self.connection);
        if let Some(answer) = answer {
            answer(Fate::Committed);
        }
    }

    /// Runs a batch; answers who asked for the end.
    fn process(&mut self, batch: Vec<Job>) -> Option<Answer> {
        let mut stop = None;
        let mut answers = Vec::with_capacity(batch.len());
        let queued: Vec<Instant> = batch.iter().map(|job| job.queued_at).collect();
        let begun = Instant::now();
        let result = self.commit(batch, &mut answers, &mut stop);
        let fate = match result {
            Ok(()) => Fate::Committed,
            Err(error) => {
                self.fail(&error);
                Fate::Failed
            }
        };
        for queued_at in queued {
            self.options.metrics.queue.observe(begun - queued_at);
        }
        let answering = Instant::now();
        for then in self.after_commit.drain(..) {
            if fate == Fate::Committed {
                then();
            }
        }
        // One wake for the whole batch: the runtime's own threads wake the
        // callers, while this one goes on with the next batch.
        // Who listens for events is woken there as well.
        let tells = fate == Fate::Committed && self.told_events;
        let committed = self.options.committed.clone();
        self.options.runtime.spawn(async move {
            for answer in answers {
                answer(fate);
            }
            if tells {
                committed.send_modify(|commits| *commits = commits.wrapping_add(1));
            }
        });
        self.options.metrics.answer.observe(answering.elapsed());
        self.state.shed();
        self.keep_log_short();
        stop
    }

    fn commit(
        &mut self,
        batch: Vec<Job>,
        answers: &mut Vec<Answer>,
        stop: &mut Option<Answer>,
    ) -> DbResult<()> {
        let lease = self.lease.clone().ok_or(DbError::Fenced)?;
        let now = self.options.clock.now().max(lease.last_time);
        let begun = Instant::now();
        let commands = batch.len();
        self.connection.begin()?;
        let hashes = batch.iter().flat_map(|job| &job.hashes).copied();
        idempotency::prefetch(&mut self.connection, &mut self.state.records, hashes)?;
        let mut result = Ok(());
        for job in batch {
            match job.work {
                Work::Stop(answer) => *stop = Some(answer),
                Work::Command(_) if result.is_err() => {}
                Work::Command(command) => {
                    let (done, answer) = self.run_one(now, command);
                    result = done;
                    answers.push(answer);
                }
            }
        }
        result?;
        let decided = Instant::now();
        self.told_events = self.state.sequences.is_dirty();
        ledger::flush_state(&mut self.connection, &mut self.state)?;
        let all = self.rows.mark();
        ledger::flush_rows(&mut self.connection, &mut self.rows, all)?;
        // A command may have moved a test clock.
        let now =
            if self.options.clock.is_test() { self.options.clock.now().max(now) } else { now };
        lease::advance(&mut self.connection, &lease, now, self.ids.last())?;
        let stored = Instant::now();
        self.connection.commit()?;
        self.options.clock.move_to(now);
        self.lease = Some(Lease { last_time: now, last_key: self.ids.last(), ..lease });
        let metrics = &self.options.metrics;
        metrics.decide.observe(decided - begun);
        metrics.store.observe(stored - decided);
        metrics.sync.observe(stored.elapsed());
        metrics.batch(commands);
        Ok(())
    }

    fn run_one(
        &mut self,
        now: wallgent_core::Timestamp,
        command: Command,
    ) -> (DbResult<()>, Answer) {
        let mut tx = Tx {
            now,
            mark: self.rows.mark(),
            after_mark: self.after_commit.len(),
            state: &mut self.state,
            rows: &mut self.rows,
            db: &mut self.connection,
            ids: &mut self.ids,
            rules: &self.options.rules,
            vault: &self.options.vault,
            key_cache: &self.options.keys,
            webhook_changes: &self.options.webhook_changes,
            after_commit: &mut self.after_commit,
            caught_up: false,
            flushing: false,
            flushed: Mark::default(),
            savepoint: false,
        };
        let (verdict, answer) = command(&mut tx);
        let (mark, after_mark, savepoint) = (tx.mark, tx.after_mark, tx.savepoint);
        if tx.flushing {
            let error = DbError::Layout("rows of earlier commands were not written".to_owned());
            return (Err(error), answer);
        }
        let done = match verdict {
            Verdict::Keep => {
                self.state.keep();
                if savepoint { self.connection.keep_part() } else { Ok(()) }
            }
            Verdict::Undo => {
                self.undo(mark, after_mark);
                if savepoint { self.connection.undo_part() } else { Ok(()) }
            }
            Verdict::Abort(error) => Err(error),
        };
        (done, answer)
    }

    fn undo(&mut self, mark: Mark, after_mark: usize) {
        self.state.undo();
        self.rows.cut(mark);
        self.after_commit.truncate(after_mark);
    }

    /// Nothing of the batch is acknowledged; the hot state is loaded anew.
    fn fail(&mut self, error: &DbError) {
        tracing::error!(%error, "a batch was not committed");
        if error.is_unknown_outcome() {
            // What reached the disk is unknown to this process. A fresh one
            // reads it from the disk itself.
            tracing::error!("the store failed to sync; exiting so that the next start recovers");
            std::process::exit(74);
        }
        let rolled_back = self.connection.rollback();
        if rolled_back.is_err() || matches!(error, DbError::Fenced) || !self.connection.is_sqlite()
        {
            self.lease = None;
        }
        self.state.clear();
        self.rows.clear();
    }

    fn keep_log_short(&mut self) {
        let Location::Sqlite(path) = &self.options.location else {
            return;
        };
        self.commits = self.commits.wrapping_add(1);
        if self.commits.is_multiple_of(COMMITS_PER_LOG_CHECK)
            && db::wal_bytes(path) > LOG_BYTES_MAX
            && let Err(error) = db::checkpoint(&mut self.connection)
        {
            tracing::warn!(%error, "the log could not be copied");
        }
    }
}
