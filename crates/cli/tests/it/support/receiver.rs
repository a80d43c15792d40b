//! A real endpoint for webhooks: a TCP listener that keeps what it is sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Api, id};

/// How long a delivery may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an endpoint does with a delivery.
#[derive(Clone, Debug)]
pub(crate) enum Answering {
    /// Answers with a status, further headers and a body.
    With(u16, &'static str, String),
    /// Hangs up without an answer.
    HangingUp,
    /// Never answers, and keeps the connection.
    Silent,
    /// Answers when it is told what.
    Waiting,
}

impl Answering {
    pub(crate) fn status(status: u16) -> Self {
        Self::With(status, "", "noted".to_owned())
    }
}

/// A delivery as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) event: Value,
}

impl Delivered {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn sequence(&self) -> i64 {
        self.event["sequence"].as_i64().expect("a sequence")
    }
}

struct Inside {
    answering: Mutex<Answering>,
    told: Condvar,
    delivered: Mutex<Vec<Delivered>>,
    arrived: Condvar,
}

/// An endpoint that listens as long as the test runs.
#[derive(Clone)]
pub(crate) struct Receiver {
    address: SocketAddr,
    inside: Arc<Inside>,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Receiver({})", self.address)
    }
}

impl Receiver {
    pub(crate) fn start() -> Self {
        Self::answering(Answering::status(200))
    }

    pub(crate) fn answering(answering: Answering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Inside {
            answering: Mutex::new(answering),
            told: Condvar::new(),
            delivered: Mutex::default(),
            arrived: Condvar::new(),
        });
        let shared = Arc::clone(&inside);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inside = Arc::clone(&shared);
                std::thread::spawn(move || inside.serve(stream));
            }
        });
        Self { address, inside }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub(crate) fn now_answers(&self, answering: Answering) {
        *self.inside.answering.lock().expect("no panic") = answering;
        self.inside.told.notify_all();
    }

    /// Everything that arrived until now.
    pub(crate) fn delivered(&self) -> Vec<Delivered> {
        self.inside.delivered.lock().expect("no panic").clone()
    }

    /// Waits until such a delivery has arrived.
    #[track_caller]
    pub(crate) fn wait_until(&self, wanted: impl Fn(&Delivered) -> bool) {
        let mut told = self.wait_for(1);
        while !told.iter().any(&wanted) {
            told = self.wait_for(told.len() + 1);
        }
    }

    /// Waits until so many deliveries have arrived in all.
    #[track_caller]
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Delivered> {
        let until = Instant::now() + PATIENCE;
        let mut delivered = self.inside.delivered.lock().expect("no panic");
        while delivered.len() < count {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} of {count} deliveries arrived", delivered.len());
            delivered = self.inside.arrived.wait_timeout(delivered, left).expect("no panic").0;
        }
        delivered.clone()
    }
}

impl Inside {
    /// What it does, once it has been told.
    fn decided(&self, answering: Answering) -> Answering {
        let waits = |answering: &mut Answering| matches!(answering, Answering::Waiting);
        if !waits(&mut answering.clone()) {
            return answering;
        }
        let answering = self.answering.lock().expect("no panic");
        let told = self.told.wait_timeout_while(answering, PATIENCE, waits);
        told.expect("no panic").0.clone()
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(delivered) = read(&mut reader) {
            let answering = self.answering.lock().expect("no panic").clone();
            self.delivered.lock().expect("no panic").push(delivered);
            self.arrived.notify_all();
            let (status, headers, body) = match self.decided(answering) {
                Answering::With(status, headers, body) => (status, headers, body),
                Answering::HangingUp | Answering::Waiting => return,
                // The connection stays open as long as the test runs.
                Answering::Silent => return std::mem::forget(reader),
            };
            let answer = format!(
                "HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n{headers}\r\n{body}",
                body.len()
            );
            if reader.get_mut().write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Delivered> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length?.1.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let event = serde_json::from_str(&body).ok()?;
    Some(Delivered { headers, body, event })
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Both signatures, recomputed from what the documentation says.
pub(crate) fn signatures(secret: &str, id: &str, timestamp: &str, body: &str) -> (String, String) {
    let plain: String = mac(secret.as_bytes(), body).iter().map(|it| format!("{it:02x}")).collect();
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("base64");
    let standard = STANDARD.encode(mac(&key, &format!("{id}.{timestamp}.{body}")));
    (format!("sha256={plain}"), format!("v1,{standard}"))
}

/// Webhooks, as their owner sets them up.
impl Api {
    /// A webhook for these types of events; its ID and its secret.
    #[track_caller]
    pub(crate) fn webhook(&self, receiver: &Receiver, events: &[&str]) -> (String, String) {
        let made =
            self.post("/webhooks", &json!({ "url": receiver.url(), "events": events })).created();
        (id(&made), made["secret"].as_str().expect("a secret").to_owned())
    }

    /// The webhook's attempts, newest first, once there are so many.
    #[track_caller]
    pub(crate) fn attempts(&self, webhook: &str, count: usize) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let list = self.get(&format!("/webhooks/{webhook}/deliveries?limit=100")).ok();
            let attempts = list["data"].as_array().expect("a list").clone();
            if attempts.len() >= count {
                return attempts;
            }
            assert!(Instant::now() < until, "{} of {count} attempts are noted", attempts.len());
            std::thread::yield_now();
        }
    }
}
