//! Endpoints of webhooks: they take everything.

use std::io::{self, Error};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Times, Watch};
use crate::http::{Connection, request};

/// A local server, and the webhooks that lead to it.
pub(super) struct Endpoints {
    server: SocketAddr,
    key: String,
    webhooks: Vec<String>,
    taken: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Endpoints {
    /// Sets up this many webhooks for payments; of timed payments it notes when
    /// they were told.
    pub(super) async fn open(
        server: SocketAddr,
        key: &str,
        count: usize,
        timed: Option<(Arc<Watch>, Times)>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let taken = Arc::new(AtomicU64::new(0));
        let count_up = Arc::clone(&taken);
        let take = move |body: Bytes| {
            count_up.fetch_add(1, Ordering::Relaxed);
            if let Some((watch, times)) = &timed
                && let Some(took) = watch.since(&body)
            {
                times.note(took);
            }
            async { StatusCode::NO_CONTENT }
        };
        let router = Router::new().route("/{number}", post(take));
        let serving = tokio::spawn(async move {
            // It ends with the process, or when it is aborted.
            let _ = axum::serve(listener, router).await;
        });
        let mut endpoints =
            Self { server, key: key.to_owned(), webhooks: Vec::new(), taken, serving };
        for number in 0..count {
            let url = format!("http://{address}/{number}");
            let body = json!({ "url": url, "events": ["payment.*"] });
            let answer = endpoints.call("POST", "/v1/webhooks", Some(&body.to_string())).await?;
            let id =
                answer["id"].as_str().ok_or_else(|| Error::other("a webhook without an id"))?;
            endpoints.webhooks.push(id.to_owned());
        }
        Ok(endpoints)
    }

    /// Deliveries so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Removes the webhooks.
    pub(super) async fn remove(self) -> io::Result<()> {
        for id in &self.webhooks {
            self.call("DELETE", &format!("/v1/webhooks/{id}"), None).await?;
        }
        Ok(())
    }

    async fn call(&self, method: &str, path: &str, body: Option<&str>) -> io::Result<Value> {
        let mut connection = Connection::open(self.server).await?;
        match connection.exchange(&request(method, path, &self.key, body)).await? {
            200 | 201 => Ok(serde_json::from_slice(connection.body())?),
            204 => Ok(Value::Null),
            status => Err(Error::other(format!("{method} {path}: {status}"))),
        }
    }
}

impl Drop for Endpoints {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
