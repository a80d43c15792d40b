//! Delivering events.
//!
//! One task for each endpoint, so that none delays another. It reads on from
//! the endpoint's position, begins first attempts in the order of the events, a
//! few at a time, and tries again what is due. What came of them is noted in
//! commands of their own, not too often: they take turns with payments.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use wallgent_core::id::{DeadLetterId, WebhookId};

use super::attempt::{Letter, Outcome};
use super::store::WebhookRow;
use super::{Done, note_done, secrets, store};
use crate::app::App;
use crate::events::{Follower, Interest, Ready, event_at};

/// First attempts and repeated ones under way to one endpoint.
const IN_FLIGHT_MAX: usize = 8;
/// How often an endpoint's failures are looked at.
const LOOK_PAUSE: Duration = Duration::from_millis(250);
/// Pause between two commands that note results of one endpoint. What was sent
/// and not noted is sent again after a crash, so it is short.
const NOTE_PAUSE: Duration = Duration::from_millis(50);
/// Old attempts are dropped after so many new ones: dropping has to look for
/// them.
const TRIMMED_TOGETHER: usize = 100;
/// Events that are not for an endpoint move its position in the store only now
/// and then.
const QUIET_SEQUENCES: i64 = 1_000;

/// An endpoint's task, as its supervisor knows it.
struct Running {
    version: Version,
    clearance: Arc<Clearance>,
    task: JoinHandle<()>,
}

/// Tells an endpoint's task that it may go on.
#[derive(Default)]
struct Clearance {
    /// The changes of the webhook that were looked at.
    changes: AtomicU64,
    /// What the task wakes for.
    wake: Notify,
}

impl Clearance {
    fn give(&self, changes: u64) {
        self.changes.store(changes, Ordering::Release);
        self.wake.notify_one();
    }
}

/// Delivers to all endpoints until `stop` says so.
pub async fn keep_delivering(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut endpoints: HashMap<WebhookId, Running> = HashMap::new();
    loop {
        if app.metrics.is_writer_alive() {
            start_and_stop(&app, &mut endpoints, &stop).await;
        } else {
            // Another process delivers now.
            endpoints.drain().for_each(|(_, running)| running.task.abort());
        }
        tokio::select! {
            () = app.webhook_changes.next() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    for running in endpoints.into_values() {
        let _ = running.task.await;
    }
}

/// Starts a task for each endpoint that has none, and anew for each that
/// changed; ends those of endpoints that are gone.
async fn start_and_stop(
    app: &Arc<App>,
    endpoints: &mut HashMap<WebhookId, Running>,
    stop: &watch::Receiver<bool>,
) {
    let seen = app.webhook_changes.seen();
    let Ok(Ok(rows)) = app.background_reads.read(store::enabled).await else { return };
    let enabled: HashSet<WebhookId> = rows.iter().map(|row| row.id).collect();
    endpoints.retain(|id, running| {
        let stays = enabled.contains(id) && !running.task.is_finished();
        if !stays {
            running.task.abort();
        }
        stays
    });
    if endpoints.is_empty() && !rows.is_empty() {
        let sender = app.sender.clone();
        tokio::task::spawn_blocking(move || sender.prepare());
    }
    for row in rows {
        let version = Version::of(&row);
        if let Some(running) = endpoints.get(&row.id) {
            if running.version == version {
                running.clearance.give(seen.count(row.id));
                continue;
            }
            running.task.abort();
        }
        let (id, clearance) = (row.id, Arc::new(Clearance::default()));
        clearance.give(seen.count(id));
        let endpoint = Endpoint::new(Arc::clone(app), row, Arc::clone(&clearance));
        let task = tokio::spawn(endpoint.run(stop.clone()));
        endpoints.insert(id, Running { version, clearance, task });
    }
}

/// What of a webhook its task works with. The time of its last change is not
/// enough: a test clock can stand still.
#[derive(PartialEq, Eq)]
struct Version {
    url: String,
    events: Vec<String>,
    secrets: (Vec<u8>, Option<Vec<u8>>),
}

impl Version {
    fn of(row: &WebhookRow) -> Self {
        let secrets = (row.secret.clone(), row.old_secret.clone());
        Self { url: row.url.clone(), events: row.events.clone(), secrets }
    }
}

/// Waits for a commit that is under way; for ever when none is.
async fn ended(noting: &mut Option<JoinHandle<bool>>) -> bool {
    match noting {
        Some(noting) => noting.await.unwrap_or(false),
        None => std::future::pending().await,
    }
}

/// What an endpoint's task goes on with.
enum Step {
    /// Events were heard.
    Heard(Vec<Arc<Ready>>),
    /// An attempt came to something.
    Ended(Done),
    /// Results were noted, or could not be.
    Noted(bool),
    /// The task may go on.
    Cleared,
    /// Results may be noted again.
    MayNote,
    /// It is time to look for what is due.
    Look,
}

/// An endpoint's task.
struct Endpoint {
    app: Arc<App>,
    row: WebhookRow,
    clearance: Arc<Clearance>,
    interest: Interest,
    events: Follower,
    /// Events that were read and not begun.
    waiting: VecDeque<Arc<Ready>>,
    /// First attempts under way, or done and not noted.
    unnoted: BTreeSet<i64>,
    /// Attempts under way. They run on this task, so that they begin in order.
    attempts: FuturesUnordered<Pin<Box<dyn Future<Output = Done> + Send>>>,
    /// Whether there are failures to be tried again that had no place.
    owes: bool,
    /// Failures that are being tried again.
    repeating: HashSet<i64>,
    done: Vec<Done>,
    /// Attempts that were noted since old ones were dropped.
    untrimmed: usize,
    /// How far the store knows, or is being told, that the endpoint was told.
    noted: i64,
    /// How far it knows for certain.
    confirmed: i64,
    noting: Option<JoinHandle<bool>>,
    /// When results may be noted again.
    may_note_at: Instant,
    /// The events whose results are being noted.
    being_noted: Vec<i64>,
}

impl Endpoint {
    fn new(app: Arc<App>, row: WebhookRow, clearance: Arc<Clearance>) -> Self {
        let events = app.hub.follow(row.books(), row.position);
        // Names were checked when they were kept; one that a newer version knew
        // is passed over.
        let known =
            row.events.iter().filter(|name| Interest::of(std::slice::from_ref(name)).is_ok());
        let known: Vec<String> = known.cloned().collect();
        let interest = Interest::of(&known).unwrap_or_else(|_| Interest::everything());
        let noted = row.position;
        Self {
            app,
            row,
            clearance,
            interest,
            events,
            waiting: VecDeque::new(),
            unnoted: BTreeSet::new(),
            attempts: FuturesUnordered::new(),
            owes: false,
            repeating: HashSet::new(),
            done: Vec::new(),
            // What was left over by an earlier task is dropped with the first.
            untrimmed: TRIMMED_TOGETHER,
            noted,
            confirmed: noted,
            noting: None,
            may_note_at: Instant::now(),
            being_noted: Vec::new(),
        }
    }

    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut looks = tokio::time::interval(LOOK_PAUSE);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            self.begin_waiting();
            self.note_if_any();
            let reads_on = self.waiting.is_empty();
            let has_to_note = self.noting.is_none() && !self.done.is_empty();
            let step = tokio::select! {
                events = self.events.next(), if reads_on => Step::Heard(events),
                Some(done) = self.attempts.next() => Step::Ended(done),
                noted = ended(&mut self.noting) => Step::Noted(noted),
                () = sleep_until(self.may_note_at), if has_to_note => Step::MayNote,
                () = self.clearance.wake.notified() => Step::Cleared,
                _ = looks.tick() => Step::Look,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match step {
                Step::Heard(events) => self.take(events),
                Step::Ended(done) => self.done.push(done),
                Step::Noted(noted) => self.noting_ended(noted).await,
                Step::MayNote | Step::Cleared => {}
                Step::Look => self.repeat_due().await,
            }
        }
        // What is in flight is sent again after the next start.
        self.attempts.clear();
        loop {
            self.may_note_at = Instant::now();
            self.note_if_any();
            if self.noting.is_none() || !ended(&mut self.noting).await {
                break;
            }
            self.noting = None;
        }
    }

    fn take(&mut self, events: Vec<Arc<Ready>>) {
        let wanted = events.into_iter().filter(|it| self.interest.wants(&it.told.event.kind));
        self.waiting.extend(wanted);
    }

    /// Whether the webhook changed and nobody has looked yet how.
    fn may_be_out_of_date(&self) -> bool {
        self.app.webhook_changes.count(self.row.id)
            != self.clearance.changes.load(Ordering::Acquire)
    }

    /// Begins first attempts, in the order of the events.
    fn begin_waiting(&mut self) {
        if self.may_be_out_of_date() {
            return;
        }
        // What is tried again must have a place, too.
        let places = IN_FLIGHT_MAX - usize::from(self.owes);
        while self.attempts.len() < places
            && let Some(ready) = self.waiting.pop_front()
        {
            let sequence = ready.told.event.sequence;
            self.unnoted.insert(sequence);
            self.begin(&ready, 1, None);
        }
    }

    fn begin(&mut self, ready: &Arc<Ready>, attempt: i64, failure: Option<DeadLetterId>) {
        let at = self.app.clock.now();
        let event = &ready.told.event;
        let secrets = secrets(&self.app.vault, &self.row, at);
        let letter = secrets.map(|secrets| Letter {
            url: self.row.url.clone(),
            secrets,
            id: event.id.to_string(),
            body: ready.text.clone(),
        });
        let (sender, sequence) = (self.app.sender.clone(), event.sequence);
        let (event_type, clock) = (event.kind.clone(), self.app.clock.clone());
        self.attempts.push(Box::pin(async move {
            let outcome = match letter {
                Ok(letter) => sender.send(&letter).await,
                Err(error) => Outcome::unsent(error.to_string()),
            };
            let ended_at = clock.now();
            Done { sequence, event_type, attempt, failure, by_hand: false, at, ended_at, outcome }
        }));
    }

    /// Tries again what is due.
    async fn repeat_due(&mut self) {
        let free = IN_FLIGHT_MAX.saturating_sub(self.attempts.len());
        if self.may_be_out_of_date() {
            return;
        }
        let (id, now) = (self.row.id, self.app.clock.now());
        // What is under way is still due, and stands first.
        let limit = i64::try_from(free.max(1) + self.repeating.len()).unwrap_or(1);
        let due = move |it: &mut _| store::due_failures(it, id, now, limit);
        let Ok(Ok(due)) = self.app.background_reads.read(due).await else { return };
        let mut due: Vec<_> =
            due.into_iter().filter(|it| !self.repeating.contains(&it.sequence)).collect();
        self.owes = due.len() > free;
        due.truncate(free);
        for failure in due {
            let (books, sequence) = (self.events.books(), failure.sequence);
            let event = move |it: &mut _| event_at(it, books, sequence);
            if let Ok(Ok(Some(told))) = self.app.background_reads.read(event).await {
                self.repeating.insert(sequence);
                let ready = Arc::new(Ready::new(told));
                self.begin(&ready, failure.attempts + 1, Some(failure.id));
            }
        }
    }

    /// Up to where everything was sent and came to something.
    fn position(&self) -> i64 {
        let waiting = self.waiting.front().map(|ready| ready.told.event.sequence);
        let first_open = self.unnoted.first().copied().into_iter().chain(waiting).min();
        first_open.map_or(self.events.after(), |open| open - 1)
    }

    /// Notes results, unless that is under way already or was done just now.
    fn note_if_any(&mut self) {
        if self.noting.is_some() || Instant::now() < self.may_note_at {
            return;
        }
        for done in &self.done {
            self.unnoted.remove(&done.sequence);
        }
        let position = self.position();
        if self.done.is_empty() && position < self.noted + QUIET_SEQUENCES {
            return;
        }
        self.may_note_at = Instant::now() + NOTE_PAUSE;
        let done = std::mem::take(&mut self.done);
        self.being_noted = done.iter().map(|done| done.sequence).collect();
        self.untrimmed += done.len();
        let trims = self.untrimmed >= TRIMMED_TOGETHER;
        if trims {
            self.untrimmed = 0;
        }
        self.noted = position;
        let (app, id, wanted) = (Arc::clone(&self.app), self.row.id, self.row.events.clone());
        self.noting = Some(tokio::spawn(async move {
            let noted = app.engine.run(Vec::new(), move |tx| {
                note_done(tx, id, &done, position, &wanted)?;
                if trims { Ok(store::trim_attempts(tx, id)?) } else { Ok(()) }
            });
            noted.await.is_ok()
        }));
    }

    async fn noting_ended(&mut self, noted: bool) {
        self.noting = None;
        if noted {
            self.confirmed = self.noted;
            // From now on the store says when they are due again.
            for sequence in self.being_noted.drain(..) {
                self.repeating.remove(&sequence);
            }
        } else {
            // The store could not be written. A fresh start of this endpoint
            // sends again what was not noted.
            tracing::warn!(webhook = %self.row.id, "deliveries could not be noted");
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.restart();
        }
    }

    /// Begins again behind what the store knows.
    fn restart(&mut self) {
        let row = WebhookRow { position: self.confirmed, ..self.row.clone() };
        *self = Self::new(Arc::clone(&self.app), row, Arc::clone(&self.clearance));
    }
}
