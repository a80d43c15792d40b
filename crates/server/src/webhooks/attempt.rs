//! One attempt to deliver an event.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, UNIX_EPOCH};

use bytes::Bytes;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, StatusCode, Url};

use super::guard::{CheckedResolver, Reach, is_open};
use super::sign::{Secret, sign};
use crate::engine::Clock;

/// How long an endpoint may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long the body of its answer may take, which is only shown.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);
/// Of an answer this much is kept; the rest is not read.
const RESPONSE_BYTES_MAX: usize = 2_048;
/// Longer waits than this are not taken from an endpoint.
const RETRY_AFTER_SECONDS_MAX: i64 = 86_400;

/// Sends deliveries.
#[derive(Clone)]
pub struct Sender {
    /// Made when first needed: the certificates it trusts take much memory.
    client: Arc<OnceLock<Client>>,
    reach: Reach,
}

/// What is sent to an endpoint.
pub struct Letter {
    pub url: String,
    pub secrets: Vec<Secret>,
    /// The event's identifier, the same on every attempt.
    pub id: String,
    pub body: Bytes,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub status: Option<u16>,
    pub duration: Duration,
    /// Why it failed.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub response: Option<String>,
    /// How long the endpoint asks to be left alone.
    pub retry_after_seconds: Option<i64>,
}

impl Outcome {
    /// That nothing was sent.
    #[must_use]
    pub const fn unsent(error: String) -> Self {
        failed(Duration::ZERO, error)
    }

    /// Whether the endpoint took the event.
    #[must_use]
    pub const fn succeeded(&self) -> bool {
        self.error.is_none()
    }

    /// Whether the endpoint says that it will take nothing ever again.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.status == Some(StatusCode::GONE.as_u16())
    }
}

impl Sender {
    /// A sender that follows no redirects and connects to checked addresses.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self { client: Arc::default(), reach }
    }

    /// Makes what the first attempt would have to wait for.
    pub fn prepare(&self) {
        if let Err(error) = self.client() {
            tracing::error!(%error, "webhooks cannot be delivered");
        }
    }

    fn client(&self) -> Result<&Client, reqwest::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // Another part of the process may have chosen one already: that will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .dns_resolver(Arc::new(CheckedResolver(self.reach)))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("Wallgent/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Sends one event once.
    pub async fn send(&self, letter: &Letter) -> Outcome {
        let begun = Instant::now();
        let answered = tokio::time::timeout(TIMEOUT, self.exchange(letter)).await;
        let duration = begun.elapsed();
        match answered {
            Ok(Ok(response)) => read(response, duration).await,
            Ok(Err(error)) => failed(duration, error),
            Err(_) => failed(duration, "no answer within 15 seconds".to_owned()),
        }
    }

    async fn exchange(&self, letter: &Letter) -> Result<Response, String> {
        let url = Url::parse(&letter.url).map_err(|error| error.to_string())?;
        if !is_open(&url, self.reach) {
            return Err("the address is inside a network".to_owned());
        }
        // Receivers compare it with their own clocks, so it is the wall's also where
        // a test clock stands still.
        let unix_seconds = Clock::wall().now().unix_seconds();
        let signed = sign(&letter.secrets, &letter.id, unix_seconds, &letter.body);
        let request = self
            .client()
            .map_err(|error| explain(&error))?
            .post(url)
            .header("content-type", "application/json")
            .header("wallgent-signature", signed.plain)
            .header("webhook-id", &letter.id)
            .header("webhook-timestamp", unix_seconds.to_string())
            .header("webhook-signature", signed.standard)
            .body(letter.body.clone());
        request.send().await.map_err(|error| explain(&error))
    }
}

/// What an answer says. Its status decides; its body is only shown.
async fn read(response: Response, duration: Duration) -> Outcome {
    let status = response.status();
    let retry_after_seconds = retry_after(&response);
    let error = (!status.is_success()).then(|| format!("answered {}", status.as_u16()));
    let response = beginning(response).await;
    Outcome { status: Some(status.as_u16()), duration, error, response, retry_after_seconds }
}

const fn failed(duration: Duration, error: String) -> Outcome {
    let error = Some(error);
    Outcome { status: None, duration, error, response: None, retry_after_seconds: None }
}

/// The innermost cause, which says most, without the URL: it may hold a secret.
fn explain(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn retry_after(response: &Response) -> Option<i64> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse() {
        Ok(seconds) => seconds,
        Err(_) => seconds_until(text)?,
    };
    (seconds > 0).then(|| seconds.min(RETRY_AFTER_SECONDS_MAX))
}

/// How far a date of HTTP is away.
fn seconds_until(date: &str) -> Option<i64> {
    let until = httpdate::parse_http_date(date).ok()?;
    let since_1970 = until.duration_since(UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since_1970.as_secs()).ok()?;
    Some(seconds - Clock::wall().now().unix_seconds())
}

/// The first bytes of an answer, as text. More is not read, so that an endpoint
/// cannot fill our memory; an answer that breaks off is as good as one that ends.
async fn beginning(mut response: Response) -> Option<String> {
    let mut bytes = Vec::new();
    let until = tokio::time::Instant::now() + BODY_TIMEOUT;
    while bytes.len() < RESPONSE_BYTES_MAX {
        match tokio::time::timeout_at(until, response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                let left = RESPONSE_BYTES_MAX - bytes.len();
                bytes.extend_from_slice(&chunk[..chunk.len().min(left)]);
            }
            _ => break,
        }
    }
    let text = String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}");
    (!text.is_empty()).then_some(text)
}
