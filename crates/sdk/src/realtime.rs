//! The realtime stream: events as they are committed, through lost connections.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::StreamExt;
use serde_json::Map;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use wallgent_api::ErrorCode;
use wallgent_api::types::events::Event;

use crate::retry::{self, Failure};
use crate::{Client, Error};

/// Events that were read and not taken yet. A reader that is slower makes the
/// server wait, and after a while end the connection; the next one goes on there.
const UNTAKEN_MAX: usize = 64;
/// The server pings twice a minute: after this long a connection is lost.
const SILENCE_MAX: Duration = Duration::from_secs(75);
/// A connection that lasted no longer is not replaced at once.
const BRIEF: Duration = Duration::from_millis(500);
/// Attempts in a row to connect again.
const ATTEMPTS_MAX: u32 = 10;
/// The close code of a key that was revoked, or has expired.
const KEY_REVOKED: u16 = 4001;

/// A connection that carries events.
pub(crate) type Socket = WebSocketStream<reqwest::Upgraded>;

/// Events as they are committed, as a [`Stream`]. A lost connection is replaced
/// by one that goes on where it ended, so nothing is missed and nothing comes
/// twice. An error ends the stream. Dropping it ends the connection.
#[must_use = "events are read by polling the stream"]
pub struct EventStream {
    events: mpsc::Receiver<Result<Event, Error>>,
    reader: JoinHandle<()>,
}

impl EventStream {
    /// Connects, and waits until the server has accepted.
    pub(crate) async fn connect(client: Client, after: Option<i64>) -> Result<Self, Error> {
        let mut socket = client.open_socket(after).await?;
        let (sender, events) = mpsc::channel(UNTAKEN_MAX);
        // Where it begins must be known before it can break.
        let (after, first) = match after {
            Some(after) => (after, None),
            None => begin(&mut socket).await?,
        };
        if let Some(event) = first {
            let _ = sender.try_send(Ok(event));
        }
        let reader = Reader { client, after, events: sender };
        Ok(Self { events, reader: tokio::spawn(reader.run(socket)) })
    }

    /// The next event; `None` behind an error.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for EventStream {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.poll_recv(context)
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EventStream").finish_non_exhaustive()
    }
}

/// Why a connection ended.
enum End {
    /// Another one goes on.
    Lost,
    /// No other would do better.
    Final(Error),
    /// Nobody listens any more.
    Unwanted,
}

struct Reader {
    client: Client,
    /// The last sequence that was seen, or passed over.
    after: i64,
    events: mpsc::Sender<Result<Event, Error>>,
}

impl Reader {
    async fn run(mut self, mut socket: Socket) {
        loop {
            let opened = Instant::now();
            let end = self.read(&mut socket).await;
            // A server that stops waits until it is let go.
            drop(socket);
            let again = match end {
                End::Lost => {
                    if opened.elapsed() < BRIEF {
                        tokio::time::sleep(BRIEF).await;
                    }
                    self.connect_again().await
                }
                End::Final(error) => Err(error),
                End::Unwanted => return,
            };
            socket = match again {
                Ok(socket) => socket,
                Err(error) => {
                    let _ = self.events.send(Err(error)).await;
                    return;
                }
            };
        }
    }

    async fn read(&mut self, socket: &mut Socket) -> End {
        loop {
            let Ok(Some(Ok(message))) = timeout(SILENCE_MAX, socket.next()).await else {
                return End::Lost;
            };
            match message {
                Message::Text(text) => match read(&text) {
                    Ok(event) => {
                        self.after = event.sequence;
                        if self.events.send(Ok(event)).await.is_err() {
                            return End::Unwanted;
                        }
                    }
                    Err(error) => return End::Final(error),
                },
                // It says how far the stream is, also past what this key does not see.
                Message::Ping(place) => {
                    self.after = self.after.max(place_of(&place).unwrap_or_default());
                }
                Message::Close(frame) => return closed(frame),
                _ => {}
            }
        }
    }

    async fn connect_again(&self) -> Result<Socket, Error> {
        let mut repeated = 0;
        loop {
            let error = match self.client.open_socket(Some(self.after)).await {
                Ok(socket) => return Ok(socket),
                Err(error) => error,
            };
            let failure = Failure { error, retry_after: None };
            let Some(wait) = failure.wait(repeated, ATTEMPTS_MAX, retry::chance()) else {
                return Err(failure.error);
            };
            tokio::time::sleep(wait).await;
            repeated += 1;
        }
    }
}

/// Waits until the server has said where the stream begins. What happens
/// meanwhile is the stream's first event.
async fn begin(socket: &mut Socket) -> Result<(i64, Option<Event>), Error> {
    let ended = || Error::broken("the stream ended before it began");
    loop {
        let Ok(Some(Ok(message))) = timeout(SILENCE_MAX, socket.next()).await else {
            return Err(ended());
        };
        match message {
            Message::Ping(place) => {
                if let Some(place) = place_of(&place) {
                    return Ok((place, None));
                }
            }
            Message::Text(text) => {
                let event = read(&text)?;
                return Ok((event.sequence, Some(event)));
            }
            Message::Close(_) => return Err(ended()),
            _ => {}
        }
    }
}

fn read(text: &str) -> Result<Event, Error> {
    serde_json::from_str(text).map_err(|error| Error::from_event(&error))
}

/// The sequence that a ping carries. One of a server in between carries none.
fn place_of(ping: &[u8]) -> Option<i64> {
    std::str::from_utf8(ping).ok()?.parse().ok()
}

fn closed(frame: Option<CloseFrame>) -> End {
    match frame {
        Some(frame) if u16::from(frame.code) == KEY_REVOKED => End::Final(Error::Api {
            code: ErrorCode::ApiKeyRevoked,
            status: ErrorCode::ApiKeyRevoked.status(),
            message: frame.reason.to_string(),
            details: Map::new(),
            request_id: None,
        }),
        _ => End::Lost,
    }
}
