//! Accepting connections.
//!
//! Our own loop, because the framework's sets no time limit for headers, so
//! that slow clients could hold connections for ever.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tower::Service;

use super::edge::Peer;
use super::router;
use crate::app::App;

/// How long a connection may take to send the next request's headers; so also
/// how long it may be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a client may take nothing of what it is sent. Longer than the
/// realtime stream waits, so that its clients are told why it ends.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// The largest headers that are read.
const HEADER_BYTES_MAX: usize = 64 * 1024;
/// How long requests in flight may take when the server stops.
const DRAIN_DEADLINE: Duration = Duration::from_secs(20);
/// Pause after the machine refused a connection, which mostly means that it
/// has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listening server.
pub struct Listening {
    listener: TcpListener,
    router: Router,
    connections: Arc<Semaphore>,
    connections_max: u32,
}

/// Takes an address. Whoever connects waits until the service listens.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    allow_many_files();
    TcpListener::bind(address).await
}

/// Begins to listen.
pub fn listen(app: &Arc<App>, listener: TcpListener) -> Listening {
    let connections_max = app.config.connections_max;
    let connections = Arc::new(Semaphore::new(connections_max as usize));
    Listening { listener, router: router::build(app), connections, connections_max }
}

/// Each connection is a file, and systems mostly begin with a low limit that a
/// process may raise by itself.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

impl Listening {
    /// Serves until `stop` says so, then finishes what is in flight.
    pub async fn serve(self, mut stop: watch::Receiver<bool>) {
        loop {
            let permit = tokio::select! {
                permit = Arc::clone(&self.connections).acquire_owned() => permit,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            let Ok(permit) = permit else { break };
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let connection = connect(self.router.clone(), stream, peer, stop.clone());
                    tokio::spawn(async move {
                        connection.await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(self.listener);
        let all = self.connections.acquire_many(self.connections_max);
        if tokio::time::timeout(DRAIN_DEADLINE, all).await.is_err() {
            tracing::warn!("requests in flight did not end in time");
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Serves one connection, until it has become a WebSocket.
async fn connect(
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
    mut stop: watch::Receiver<bool>,
) {
    // Answers are small and written whole; waiting to fill a packet only
    // delays them.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().call(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Clients that hang up, or send what is no HTTP, are no news.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
