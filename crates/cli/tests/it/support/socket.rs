//! A client of the realtime stream: a plain WebSocket, read one message at a time.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, from_str};
use tungstenite::{ClientRequestBuilder, Error, Message, WebSocket, client};

use super::answer::Answer;
use super::api::Api;
use super::http::exchange;

/// How long a message may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a socket hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A message, as its text.
    Event(String),
    /// A ping, with its text.
    Ping(String),
    /// The server closed, with this code.
    Closed(u16),
    /// The connection ended without a word.
    Lost,
}

/// One connection to the stream.
#[derive(Debug)]
pub(crate) struct Socket(WebSocket<TcpStream>);

/// The number of an event.
#[track_caller]
pub(crate) fn sequence_of(text: &str) -> i64 {
    let event: Value = from_str(text).unwrap_or_else(|_| panic!("JSON, not {text}"));
    event["sequence"].as_i64().unwrap_or_else(|| panic!("a sequence in {text}"))
}

impl Socket {
    /// The next thing that is heard; fails the test when nothing is.
    #[track_caller]
    pub(crate) fn hear(&mut self) -> Heard {
        self.hear_within(PATIENCE).expect("the stream is silent")
    }

    /// The next thing that is heard within some time.
    pub(crate) fn hear_within(&mut self, patience: Duration) -> Option<Heard> {
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            self.0.get_ref().set_read_timeout(Some(left)).expect("an open socket");
            match self.0.read() {
                Ok(Message::Text(text)) => return Some(Heard::Event(text.to_string())),
                Ok(Message::Ping(text)) => {
                    return Some(Heard::Ping(String::from_utf8_lossy(&text).into_owned()));
                }
                Ok(Message::Close(frame)) => {
                    // The answer to a close goes out with the next look.
                    let _ = self.0.flush();
                    return Some(frame.map_or(Heard::Lost, |it| Heard::Closed(it.code.into())));
                }
                Ok(_) => {}
                Err(Error::Io(error)) if is_silence(error.kind()) => {}
                Err(_) => return Some(Heard::Lost),
            }
        }
    }

    /// The next event, passing over pings.
    #[track_caller]
    pub(crate) fn event(&mut self) -> String {
        loop {
            match self.hear() {
                Heard::Event(text) => return text,
                Heard::Ping(_) => {}
                ended => panic!("{ended:?} instead of an event"),
            }
        }
    }

    /// So many events.
    #[track_caller]
    pub(crate) fn events(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.event()).collect()
    }

    /// The events up to and with the first of this type.
    #[track_caller]
    pub(crate) fn events_until(&mut self, kind: &str) -> Vec<String> {
        let mut events = Vec::new();
        loop {
            events.push(self.event());
            let last: Value = from_str(&events[events.len() - 1]).expect("JSON");
            if last["type"] == kind {
                return events;
            }
        }
    }

    /// The first ping, which comes at once; fails the test when an event comes before it.
    #[track_caller]
    pub(crate) fn ping(&mut self) -> String {
        match self.hear() {
            Heard::Ping(text) => text,
            other => panic!("{other:?} instead of a ping"),
        }
    }

    /// The events that still come, and how the stream ends.
    #[track_caller]
    pub(crate) fn end(&mut self) -> (Vec<String>, Heard) {
        let mut events = Vec::new();
        loop {
            match self.hear() {
                Heard::Event(text) => events.push(text),
                Heard::Ping(_) => {}
                ended => return (events, ended),
            }
        }
    }

    /// Sends a message. What becomes of the connection shows when it is read.
    pub(crate) fn send(&mut self, message: Message) {
        let _ = self.0.send(message);
    }
}

fn is_silence(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// The stream, as callers open it, and the list that it must agree with.
impl Api {
    /// Follows the stream with the caller's key in a header; `query` is empty or begins with `?`.
    #[track_caller]
    pub(crate) fn follow(&self, query: &str) -> Socket {
        self.try_follow(query).unwrap_or_else(|error| panic!("the stream opens: {error}"))
    }

    /// The same, for a server that may be down.
    pub(crate) fn try_follow(&self, query: &str) -> Result<Socket, Error> {
        let uri = format!("ws://{}/v1/realtime{query}", self.place());
        let mut request = ClientRequestBuilder::new(uri.parse().expect("an address"));
        if let Some(secret) = self.secret() {
            request = request.with_header("Authorization", format!("Bearer {secret}"));
        }
        let stream = TcpStream::connect(self.place())?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let opened = client(request, stream).map_err(|error| match error {
            tungstenite::HandshakeError::Failure(error) => error,
            interrupted @ tungstenite::HandshakeError::Interrupted(_) => {
                Error::Io(std::io::Error::other(interrupted.to_string()))
            }
        })?;
        Ok(Socket(opened.0))
    }

    fn handshake_request(&self, query: &str) -> String {
        let shown = self.secret().map(|it| format!("Authorization: Bearer {it}\r\n"));
        format!(
            "GET /v1/realtime{query} HTTP/1.1\r\nHost: {}\r\n{}Connection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.place(),
            shown.unwrap_or_default(),
        )
    }

    /// The head of the answer to a handshake that succeeds.
    #[track_caller]
    pub(crate) fn handshake_head(&self, query: &str) -> String {
        let mut stream = TcpStream::connect(self.place()).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("an open socket");
        stream.write_all(self.handshake_request(query).as_bytes()).expect("the server reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("a whole head");
            head.extend_from_slice(&byte);
        }
        String::from_utf8(head).expect("text")
    }

    /// What a handshake is answered with, when that is no socket.
    #[track_caller]
    pub(crate) fn handshake(&self, query: &str) -> Answer {
        let asked = format!("GET /v1/realtime{query}");
        let raw = exchange(self.place(), self.handshake_request(query).as_bytes());
        let raw = raw.unwrap_or_else(|error| panic!("no complete answer, {error}, to {asked}"));
        let text = String::from_utf8_lossy(&raw.body).into_owned();
        let json = from_str(&text).unwrap_or(Value::Null);
        Answer { asked, status: raw.status, headers: raw.headers, text, json }
    }

    /// All events behind a sequence, each as the bytes that the list answers.
    #[track_caller]
    pub(crate) fn events_behind(&self, after: i64) -> Vec<String> {
        #[derive(Deserialize)]
        struct Page {
            data: Vec<Box<RawValue>>,
            cursor: Option<String>,
        }
        let mut texts = Vec::new();
        let mut path = format!("/events?limit=100&after={after}");
        loop {
            let text = self.get(&path).expect(200).text;
            let page: Page = from_str(&text).expect("a page");
            texts.extend(page.data.iter().map(|it| it.get().to_owned()));
            let Some(cursor) = page.cursor else { return texts };
            path = format!("/events?limit=100&after={after}&cursor={cursor}");
        }
    }

    /// The sequence of the last event that the caller sees.
    #[track_caller]
    pub(crate) fn last_sequence(&self) -> i64 {
        self.events_behind(0).last().map_or(0, |text| sequence_of(text))
    }
}
