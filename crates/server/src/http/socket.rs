//! WebSockets: the one thing that leaves request and answer behind.

use std::time::Duration;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::Response;
use axum::http::request::Parts;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};

/// What a client may send in one message. It has nothing to say but pongs.
const MESSAGE_BYTES_MAX: usize = 4_096;
/// Kept for each socket, so it bounds what ten thousand idle ones take.
const BUFFER_BYTES: usize = 2_048;
/// How long a client that said goodbye may take to hear ours.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a client may take to let the last frame go.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A request that can become a WebSocket.
pub struct Upgrade(WebSocketUpgrade);

impl Upgrade {
    /// The upgrade that a request asks for, if it does.
    pub(super) async fn of(parts: &mut Parts) -> Option<Self> {
        WebSocketUpgrade::from_request_parts(parts, &()).await.ok().map(Self)
    }

    /// Answers that the connection is a WebSocket from here on, and serves it.
    pub fn serve<F>(self, serve: impl FnOnce(Socket) -> F + Send + 'static) -> Response<Body>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let bounded = self.0.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
        let bounded = bounded.read_buffer_size(BUFFER_BYTES).write_buffer_size(BUFFER_BYTES);
        bounded.on_upgrade(|socket| serve(Socket(socket)))
    }
}

/// Why a socket is closed, by its number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// The server stops; others may go on.
    GoingAway,
    /// Connect again: what the connection may see has changed.
    Reconnect,
    /// The key was revoked, or has expired.
    KeyRevoked,
    /// The client does not read.
    TooSlow,
}

impl Close {
    const fn frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Self::GoingAway => (1001, "the server stops"),
            Self::Reconnect => (1012, "the key changed, connect again"),
            Self::KeyRevoked => (4001, "the key was revoked or has expired"),
            Self::TooSlow => (4008, "events were not read in time"),
        };
        CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
    }
}

/// The connection broke.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection broke")]
pub struct Gone;

/// Why something was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// The connection broke.
    Gone,
    /// The client does not read.
    Stuck,
}

async fn taken(
    patience: Duration,
    sending: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), Unsent> {
    match tokio::time::timeout(patience, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Unsent::Gone),
        Err(_) => Err(Unsent::Stuck),
    }
}

/// What a client sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The answer to a ping.
    Pong,
    /// Something else, which means nothing here.
    Noise,
}

/// A WebSocket.
pub struct Socket(WebSocket);

impl Socket {
    /// Sends texts, and waits until the system has taken them, as long as it takes
    /// something now and then: `patience` is how long it may take nothing.
    pub async fn send(&mut self, texts: Vec<Bytes>, patience: Duration) -> Result<(), Unsent> {
        for text in texts {
            let text = Utf8Bytes::try_from(text).map_err(|_| Unsent::Gone)?;
            taken(patience, self.0.feed(Message::Text(text))).await?;
        }
        taken(patience, self.0.flush()).await
    }

    /// Asks whether the client is still there, and tells it a text.
    pub async fn ping(&mut self, text: String, patience: Duration) -> Result<(), Unsent> {
        taken(patience, self.0.send(Message::Ping(text.into()))).await
    }

    /// Answers a client that has said goodbye.
    pub async fn leave(mut self) {
        let _ = tokio::time::timeout(LEAVE_TIMEOUT, self.0.close()).await;
    }

    /// Waits for what the client sends. Can be dropped while it waits.
    pub async fn hear(&mut self) -> Result<Heard, Gone> {
        match self.0.next().await {
            Some(Ok(Message::Pong(_))) => Ok(Heard::Pong),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Gone),
            Some(Ok(_)) => Ok(Heard::Noise),
        }
    }

    /// Says why, and ends the connection.
    pub async fn close(mut self, why: Close) {
        let ended = async {
            if self.0.send(Message::Close(Some(why.frame()))).await.is_ok() {
                while self.hear().await.is_ok() {}
            }
        };
        // Whoever does not read is not waited for.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, ended).await;
    }
}
