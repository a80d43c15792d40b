//! A receiver of webhooks: a real endpoint that hands on what it is sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{self, Receiver as Arrivals, Sender};
use std::thread;
use std::time::Duration;

use wallgent::DeliveryHeaders;

/// How long a delivery may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A delivery as it arrived.
pub(crate) struct Delivery {
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Delivery {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn headers(&self) -> DeliveryHeaders<'_> {
        DeliveryHeaders {
            id: self.header("webhook-id"),
            timestamp: self.header("webhook-timestamp"),
            signature: self.header("webhook-signature"),
        }
    }
}

/// An endpoint that listens as long as the test runs.
pub(crate) struct Receiver {
    address: SocketAddr,
    status: Arc<AtomicU16>,
    arrivals: Arrivals<Delivery>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, arrivals) = mpsc::channel();
        let status = Arc::new(AtomicU16::new(200));
        let answering = Arc::clone(&status);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sender, status) = (sender.clone(), Arc::clone(&answering));
                thread::spawn(move || serve(stream, &sender, &status));
            }
        });
        Self { address, status, arrivals }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/webhooks", self.address)
    }

    /// Answers with this status from now on; 200 until then.
    pub(crate) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// The next delivery.
    #[track_caller]
    pub(crate) fn next(&self) -> Delivery {
        self.arrivals.recv_timeout(PATIENCE).expect("a delivery")
    }
}

fn serve(stream: TcpStream, sender: &Sender<Delivery>, status: &AtomicU16) {
    let mut reader = BufReader::new(stream);
    while let Some(delivery) = read(&mut reader) {
        let status = status.load(Ordering::SeqCst);
        let answer = format!("HTTP/1.1 {status} Status\r\nContent-Length: 2\r\n\r\nOK");
        if reader.get_mut().write_all(answer.as_bytes()).is_err() || sender.send(delivery).is_err()
        {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Delivery> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut delivery = Delivery { headers, body: Vec::new() };
    delivery.body.resize(delivery.header("content-length").parse().ok()?, 0);
    reader.read_exact(&mut delivery.body).ok()?;
    Some(delivery)
}
