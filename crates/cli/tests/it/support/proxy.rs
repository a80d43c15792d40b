//! A network between a client and a server: TCP connections that break when told to.

use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// When a new connection breaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Breaking {
    Never,
    /// After any number of bytes to the client, up to this one.
    Within(u64),
    /// Behind the head of the first answer.
    BehindHead,
}

#[derive(Debug)]
struct Inside {
    /// Where connections lead.
    upstream: Mutex<String>,
    breaking: Mutex<Breaking>,
    broken: AtomicUsize,
}

/// Listens as long as the test runs, also while the server does not.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    inside: Arc<Inside>,
}

impl Proxy {
    /// Leads to this address, given without a scheme.
    pub(crate) fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Inside {
            upstream: Mutex::new(upstream.to_owned()),
            breaking: Mutex::new(Breaking::Never),
            broken: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&inside);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let inside = Arc::clone(&shared);
                thread::spawn(move || inside.carry(&client));
            }
        });
        Self { address, inside }
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// New connections lead there.
    pub(crate) fn lead_to(&self, upstream: &str) {
        upstream.clone_into(&mut self.inside.upstream.lock().expect("no panic"));
    }

    /// When new connections break.
    pub(crate) fn breaks(&self, breaking: Breaking) {
        *self.inside.breaking.lock().expect("no panic") = breaking;
    }

    /// How many connections were broken.
    pub(crate) fn broken(&self) -> usize {
        self.inside.broken.load(Ordering::SeqCst)
    }
}

impl Inside {
    /// Carries one connection until it ends or breaks.
    fn carry(&self, client: &TcpStream) {
        let upstream = self.upstream.lock().expect("no panic").clone();
        // A server that is not there is a connection that ends at once.
        let Ok(server) = TcpStream::connect(upstream) else { return };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let breaking = *self.breaking.lock().expect("no panic");
        thread::scope(|scope| {
            scope.spawn(|| {
                copy(client, &server, Breaking::Never);
                end(client, &server);
            });
            if copy(&server, client, breaking) {
                self.broken.fetch_add(1, Ordering::SeqCst);
            }
            end(client, &server);
        });
    }
}

fn end(client: &TcpStream, server: &TcpStream) {
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}

/// Copies until the connection ends, or is to break: then true.
fn copy(mut from: &TcpStream, mut to: &TcpStream, breaking: Breaking) -> bool {
    let mut left = match breaking {
        // Where it breaks is different in every run: that is the point of it.
        Breaking::Within(bytes) => 1 + RandomState::new().hash_one(bytes) % bytes,
        _ => u64::MAX,
    };
    let mut buffer = [0_u8; 4_096];
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(buffer.len()).min(buffer.len());
        let Ok(count @ 1..) = from.read(&mut buffer[..wanted]) else { return false };
        let head = find(&buffer[..count], b"\r\n\r\n").map(|at| at + 4);
        let head = head.filter(|_| matches!(breaking, Breaking::BehindHead));
        let carried = head.unwrap_or(count);
        if to.write_all(&buffer[..carried]).is_err() {
            return false;
        }
        left = if head.is_some() { 0 } else { left - carried as u64 };
    }
    true
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
