//! Clients of the realtime stream.

use std::io::{self, Error};
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::StreamExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Times, Watch};

/// Open sockets, until they are dropped.
pub(super) struct Sockets(#[expect(dead_code, reason = "held to read on")] JoinSet<()>);

impl Sockets {
    /// Opens this many, and reads from them; of timed payments it notes when
    /// they were told.
    pub(super) async fn open(
        address: SocketAddr,
        key: &str,
        count: usize,
        timed: Option<(Arc<Watch>, Times)>,
    ) -> io::Result<Self> {
        let mut readers = JoinSet::new();
        for _ in 0..count {
            let socket = connect(address, key).await?;
            readers.spawn(read(socket, timed.clone()));
        }
        Ok(Self(readers))
    }
}

async fn connect(address: SocketAddr, key: &str) -> io::Result<WebSocketStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let url = format!("ws://{address}/v1/realtime?apiKey={key}");
    let request = url.into_client_request().map_err(Error::other)?;
    let (socket, _) = client_async(request, stream).await.map_err(Error::other)?;
    Ok(socket)
}

async fn read(mut socket: WebSocketStream<TcpStream>, timed: Option<(Arc<Watch>, Times)>) {
    while let Some(Ok(message)) = socket.next().await {
        if let (Message::Text(text), Some((watch, times))) = (&message, &timed)
            && let Some(took) = watch.since(text.as_bytes())
        {
            times.note(took);
        }
    }
}
