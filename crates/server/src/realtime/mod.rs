//! The realtime stream: events over a WebSocket, as they are committed.
//!
//! A socket follows its organization's events from a sequence on, so a client
//! that comes back with the last one it saw misses nothing. Nothing is kept in
//! memory for a client that reads slowly: it follows the store at its own pace,
//! and when it stops reading it is closed.

pub mod routes;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::caller::Caller;
use crate::events::{Follower, Ready};
use crate::http::{Close, Gone, Heard, Socket, Unsent};
use crate::keys;

/// How often a client is asked whether it is still there.
const PING_PAUSE: Duration = Duration::from_secs(30);
/// Pings that may stay without an answer.
const UNANSWERED_MAX: u32 = 2;
/// A client that is further behind does not learn in time from the events what
/// became of its key.
const FAR_BEHIND: i64 = 1_000;
/// How long a client may take nothing while events wait for it.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// One client of the stream.
struct Subscriber {
    caller: Caller,
    app: Arc<App>,
    events: Follower,
    /// Only events behind this sequence are told.
    after: i64,
    /// Changes of the caller's key up to here were known when the stream began.
    opened: i64,
    /// The changes of keys when the caller's own was last looked at.
    looked: Option<u64>,
    stop: watch::Receiver<bool>,
    /// One of the places that there are.
    _place: OwnedSemaphorePermit,
}

/// What a stream goes on with.
enum Step {
    /// Events were committed.
    Happened(Vec<Arc<Ready>>),
    /// The client sent something, or left.
    Heard(Result<Heard, Gone>),
    /// It is time to ask whether the client is still there.
    Ask,
    /// The server stops.
    Stop,
}

/// How a stream ends.
enum End {
    /// We close it.
    Closed(Close),
    /// The client left, or was lost.
    Gone,
}

impl From<Unsent> for End {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::Gone => Self::Gone,
            Unsent::Stuck => Self::Closed(Close::TooSlow),
        }
    }
}

impl Subscriber {
    /// Sends events until the stream ends.
    async fn run(mut self, mut socket: Socket) {
        match self.follow(&mut socket).await {
            End::Closed(why) => socket.close(why).await,
            End::Gone => socket.leave().await,
        }
    }

    async fn follow(&mut self, socket: &mut Socket) -> End {
        // The first, at once, tells a client where it begins.
        let mut pings = interval(PING_PAUSE);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut unanswered = 0;
        loop {
            let step = tokio::select! {
                events = self.events.next() => Step::Happened(events),
                heard = socket.hear() => Step::Heard(heard),
                _ = pings.tick() => Step::Ask,
                _ = self.stop.wait_for(|stop| *stop) => Step::Stop,
            };
            let went_on = match step {
                Step::Happened(events) => self.tell(socket, &events).await,
                Step::Heard(Ok(Heard::Noise)) => Ok(()),
                Step::Heard(Ok(Heard::Pong)) => {
                    unanswered = 0;
                    Ok(())
                }
                Step::Heard(Err(Gone)) => Err(End::Gone),
                Step::Ask => {
                    unanswered += 1;
                    self.ask(socket, unanswered).await
                }
                Step::Stop => Err(End::Closed(Close::GoingAway)),
            };
            if let Err(end) = went_on {
                return end;
            }
        }
    }

    /// Sends the events that the caller may see.
    async fn tell(&mut self, socket: &mut Socket, events: &[Arc<Ready>]) -> Result<(), End> {
        self.refuse_expired()?;
        if self.events.behind() > FAR_BEHIND {
            self.look_at_key().await?;
        }
        let (texts, close) = self.seen_of(events);
        socket.send(texts, SEND_TIMEOUT).await?;
        close.map_or(Ok(()), |close| Err(End::Closed(close)))
    }

    /// What the caller sees of some events, up to one that ends its stream.
    fn seen_of(&self, events: &[Arc<Ready>]) -> (Vec<Bytes>, Option<Close>) {
        let mut texts = Vec::new();
        for ready in events {
            if ready.told.event.sequence > self.after && ready.told.concerns(&self.caller) {
                texts.push(ready.text.clone());
            }
            if let Some(close) = self.ended_by(ready) {
                return (texts, Some(close));
            }
        }
        (texts, None)
    }

    /// Whether an event ends the stream: the caller's own key changed. Events are
    /// in order, so nothing that happened later is told.
    fn ended_by(&self, ready: &Ready) -> Option<Close> {
        let event = &ready.told.event;
        if event.sequence <= self.opened {
            return None;
        }
        let close = match event.kind.as_str() {
            "api_key.revoked" => Close::KeyRevoked,
            "api_key.updated" => Close::Reconnect,
            _ => return None,
        };
        let key = event.data["id"].as_str()?.parse().ok()?;
        (self.caller.key == key).then_some(close)
    }

    /// Asks whether the client is still there, and tells it how far it was told.
    async fn ask(&mut self, socket: &mut Socket, unanswered: u32) -> Result<(), End> {
        self.looked = None;
        self.look_at_key().await?;
        if unanswered > UNANSWERED_MAX {
            return Err(End::Gone);
        }
        Ok(socket.ping(self.events.after().to_string(), SEND_TIMEOUT).await?)
    }

    fn refuse_expired(&self) -> Result<(), End> {
        let now = self.app.clock.now();
        let expired = self.caller.expires_at.is_some_and(|expires_at| expires_at <= now);
        if expired { Err(End::Closed(Close::KeyRevoked)) } else { Ok(()) }
    }

    /// Ends the stream of a key that is good no more. The stream itself tells of
    /// it in its order; a client that is far behind must not go on until then.
    async fn look_at_key(&mut self) -> Result<(), End> {
        self.refuse_expired()?;
        let ended = || End::Closed(Close::KeyRevoked);
        let changes = self.app.keys.generation();
        if self.looked == Some(changes) {
            return Ok(());
        }
        let id = self.caller.key;
        let read = move |connection: &mut _| keys::load_hot(connection, id);
        let Ok(Ok(key)) = self.app.background_reads.read(read).await else { return Ok(()) };
        let key = key.ok_or_else(ended)?;
        let now = self.app.clock.now();
        keys::still_valid(key.revoked_at, key.expires_at, now).map_err(|_| ended())?;
        self.caller.expires_at = key.expires_at;
        self.looked = Some(changes);
        Ok(())
    }
}
