//! What a client does when the network fails it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use wallgent::{Client, Error, ErrorCode, PaymentFilter};

use crate::support::{Server, assert_refused, funded, new_wallet, payment, usd};

/// What stands between a client and the server.
#[derive(Clone, Copy)]
enum Fault {
    /// The server answers, and nobody hears it.
    LoseAnswer,
    /// The server is not asked.
    Answer(&'static str),
}

const BUSY: &str =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const LIMITED: &str = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 84\r\nConnection: close\r\n\r\n\
    {\"error\":{\"code\":\"RATE_LIMIT_EXCEEDED\",\"message\":\"m\",\"details\":{\"retryAfter\":3600}}}";

/// A network in front of the server that fails its first requests, one
/// connection a request.
struct Network {
    address: SocketAddr,
    /// The idempotency key of each request, in their order.
    keys: Arc<Mutex<Vec<Option<String>>>>,
}

impl Network {
    fn before(server: &Server, faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let keys = Arc::new(Mutex::new(Vec::new()));
        let upstream = server.account("url").trim_start_matches("http://").to_owned();
        let (seen, faults) = (Arc::clone(&keys), faults.to_vec());
        thread::spawn(move || {
            let mut faults = faults.into_iter();
            for client in listener.incoming() {
                let mut client = client.expect("a connection");
                let request = read_message(&client);
                seen.lock().expect("no test panicked").push(header(&request, "idempotency-key"));
                let answer = match faults.next() {
                    Some(Fault::Answer(text)) => text.as_bytes().to_vec(),
                    Some(Fault::LoseAnswer) => {
                        exchange(&upstream, &request);
                        continue;
                    }
                    None => exchange(&upstream, &request),
                };
                client.write_all(&answer).expect("the client reads");
            }
        });
        Self { address, keys }
    }

    fn client(&self, server: &Server) -> Client {
        server.client_through("sandboxKey", &format!("http://{}/v1/", self.address))
    }

    fn keys(&self) -> Vec<Option<String>> {
        self.keys.lock().expect("no test panicked").clone()
    }
}

fn exchange(upstream: &str, request: &[u8]) -> Vec<u8> {
    let mut server = TcpStream::connect(upstream).expect("the server accepts");
    server.write_all(request).expect("the server reads");
    read_message(&server)
}

/// One request or answer, which says how long it is.
fn read_message(stream: &TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut message = Vec::new();
    while !message.ends_with(b"\r\n\r\n") {
        let read = reader.read_until(b'\n', &mut message);
        assert!(read.expect("a line") > 0, "the message has an end");
    }
    let length = header(&message, "content-length").map_or(0, |it| it.parse().expect("a length"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a whole body");
    message.extend(body);
    message
}

fn header(message: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(message);
    let mut lines = text.split("\r\n").filter_map(|line| line.split_once(": "));
    let found = lines.find(|(it, _)| it.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.to_owned())
}

#[tokio::test]
async fn a_payment_whose_answer_is_lost_is_paid_once() {
    let server = Server::start(&[]);
    let direct = server.client("sandboxKey");
    let (from, to) = (funded(&direct, "From", "100.00").await, server.own_wallet());
    let network = Network::before(&server, &[Fault::LoseAnswer, Fault::Answer(BUSY)]);
    let order = payment(from, to, "10.00");
    let sent = network.client(&server).payments().send(&order).await;
    let paid = sent.unwrap().into_posted().unwrap();

    let keys = network.keys();
    assert_eq!(keys.len(), 3, "two repetitions");
    assert!(keys[0].is_some() && keys.iter().all(|it| *it == keys[0]), "{keys:?}");
    assert_eq!(paid.idempotency_key, keys[0]);
    let filter = PaymentFilter { wallet_id: Some(from), ..PaymentFilter::default() };
    let all = direct.payments().list(&filter).all().await.unwrap();
    assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), [paid.id]);
    let balance = direct.wallets().balance(from).await.unwrap();
    assert_eq!(balance.balance, usd("89.75"));
}

#[tokio::test]
async fn a_client_that_gives_up_knows_how_to_go_on() {
    let server = Server::start(&[]);
    let direct = server.client("sandboxKey");
    let (from, to) = (funded(&direct, "From", "100.00").await, server.own_wallet());
    let network = Network::before(&server, &[Fault::LoseAnswer; 3]);
    let order = payment(from, to, "10.00");
    let lost = network.client(&server).payments().send(&order).await;
    let lost = lost.expect_err("three attempts are lost");
    assert!(matches!(lost, Error::Transport { .. }), "{lost:?}");
    assert!(!format!("{lost:?} {lost}").contains(&server.account("sandboxKey")));
    let key = lost.idempotency_key().expect("the key it was sent with");
    let again = direct.payments().send(&order).idempotency_key(key).await;
    again.unwrap().into_posted().unwrap();
    let balance = direct.wallets().balance(from).await.unwrap();
    assert_eq!(balance.balance, usd("89.75"));
}

#[tokio::test]
async fn what_would_not_pass_is_not_repeated() {
    let server = Server::start(&[]);
    let network = Network::before(&server, &[Fault::Answer(LIMITED)]);
    let client = network.client(&server);
    assert_eq!(
        client.organizations().me().await.err().and_then(|it| it.code()),
        Some(ErrorCode::RateLimitExceeded)
    );
    let unknown = new_wallet(&server.client("liveKey"), "Live").await.id;
    assert_refused(client.wallets().get(unknown).await, ErrorCode::EnvironmentMismatch);
    assert_eq!(network.keys(), [None, None], "readings have no key");
    let clock = client.sandbox().advance_clock(Duration::from_secs(1)).await;
    assert_refused(clock, ErrorCode::NotFound);
    assert_eq!(network.keys().len(), 3);
}
