//! A name server that knows one text.

use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

/// The longest question that is read.
const QUESTION_BYTES: usize = 1_024;
const HEADER_BYTES: usize = 12;
/// There is no such name.
const NAME_ERROR: u8 = 3;

/// A name and the text that is published there.
type Published = Arc<Mutex<Option<(String, String)>>>;

/// Answers on a free port for as long as the test runs.
#[derive(Debug)]
pub(crate) struct NameServer {
    address: SocketAddr,
    published: Published,
}

impl NameServer {
    pub(crate) fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("a bound port");
        let published = Published::default();
        let known = Arc::clone(&published);
        thread::spawn(move || {
            let mut question = [0; QUESTION_BYTES];
            while let Ok((length, asker)) = socket.recv_from(&mut question) {
                let known = known.lock().expect("no test panics here").clone();
                let answer = answer(&question[..length], known.as_ref());
                let _ = socket.send_to(&answer, asker);
            }
        });
        Self { address, published }
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Publishes a text at a name, in place of what was published before.
    pub(crate) fn publish(&self, name: &str, text: &str) {
        let mut published = self.published.lock().expect("no test panics here");
        *published = Some((name.to_owned(), text.to_owned()));
    }
}

fn answer(question: &[u8], published: Option<&(String, String)>) -> Vec<u8> {
    let (name, end) = name_of(question);
    let text = published.filter(|(known, _)| known.eq_ignore_ascii_case(&name));
    let mut answer = question[..2].to_vec();
    let code = if text.is_some() { 0 } else { NAME_ERROR };
    answer.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(text.is_some()), 0, 0, 0, 0]);
    // The question is repeated: its name, its type and its class.
    answer.extend(&question[HEADER_BYTES..end + 4]);
    if let Some((_, text)) = text {
        let length = u8::try_from(text.len()).expect("a short text");
        // The name above, TXT, IN, not to be remembered.
        answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, length + 1, length]);
        answer.extend(text.as_bytes());
    }
    answer
}

/// The name that is asked for, and where it ends.
fn name_of(question: &[u8]) -> (String, usize) {
    let (mut labels, mut at) = (Vec::new(), HEADER_BYTES);
    while question[at] != 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..at + 1 + length]).into_owned());
        at += 1 + length;
    }
    (labels.join("."), at + 1)
}
