//! The client: one API key, one server, and the attempts of a call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Url, redirect};
use tokio_tungstenite::tungstenite::handshake;
use tokio_tungstenite::tungstenite::protocol::Role;
use wallgent_core::Environment;

use crate::call::{Answer, Request};
use crate::realtime::Socket;
use crate::retry::{self, Failure};
use crate::{
    Agents, ApiKeys, Approvals, AuditLogs, BankAccounts, Cards, Customers, Delegations, Error,
    Events, Invoices, Network, Organizations, PaymentLinks, Payments, Policies, Sandbox, Transfers,
    Wallets, Webhooks,
};

/// Where a server listens when nobody says otherwise.
pub const DEFAULT_BASE_URL: &str = "http://localhost:3000";

/// The version of the API that the types are of.
const API_VERSION: &str = "2026-03-01";
/// Nearly everything is answered within milliseconds; this is for a server that is gone.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// Enough for a restart or a lost connection; more would hide an outage.
const REPEATS_MAX: u32 = 2;

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the server is, with or without `/v1`. [`DEFAULT_BASE_URL`] by default.
    pub base_url: String,
    /// How long one attempt may take; 30 seconds by default.
    pub timeout: Duration,
    /// How many times a failed call is repeated; 2 by default.
    pub max_retries: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeout: ATTEMPT_TIMEOUT,
            max_retries: REPEATS_MAX,
        }
    }
}

/// A client with one API key. Clones share their connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    base: Url,
    environment: Environment,
    timeout: Duration,
    max_retries: u32,
}

impl Client {
    /// A client of the server at [`DEFAULT_BASE_URL`].
    ///
    /// # Errors
    /// [`Error::Invalid`] when the key does not begin with `wg_test_` or `wg_live_`.
    pub fn new(api_key: &str) -> Result<Self, Error> {
        Self::with_options(api_key, Options::default())
    }

    /// A client with the key of `WALLGENT_API_KEY`, and the server of
    /// `WALLGENT_BASE_URL` when it is set.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the key is missing, or one of both cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        let read = |name| std::env::var(name).ok().filter(|it| !it.is_empty());
        let api_key = read("WALLGENT_API_KEY")
            .ok_or_else(|| Error::invalid("WALLGENT_API_KEY", "is not set"))?;
        let mut options = Options::default();
        if let Some(base_url) = read("WALLGENT_BASE_URL") {
            options.base_url = base_url;
        }
        Self::with_options(&api_key, options)
    }

    /// A client with options.
    ///
    /// ```
    /// use wallgent::{Client, Environment, Options};
    ///
    /// let options = Options {
    ///     base_url: "http://10.0.0.7:3000".to_owned(),
    ///     max_retries: 5,
    ///     ..Options::default()
    /// };
    /// let client = Client::with_options("wg_test_0123456789", options)?;
    /// assert_eq!(client.environment(), Environment::Sandbox);
    /// # Ok::<(), wallgent::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] when the key or the base URL cannot be used.
    pub fn with_options(api_key: &str, options: Options) -> Result<Self, Error> {
        let environment = environment_of(api_key)?;
        let http = reqwest::Client::builder()
            .default_headers(headers(api_key)?)
            .user_agent(concat!("wallgent-rust/", env!("CARGO_PKG_VERSION")))
            // A payment must not go where nobody sent it.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| Error::invalid("the HTTP client", error.to_string()))?;
        Ok(Self(Arc::new(Inner {
            http,
            base: base_of(&options.base_url)?,
            environment,
            timeout: options.timeout,
            max_retries: options.max_retries,
        })))
    }

    /// Which of the two worlds the key belongs to, by its first characters.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.0.environment
    }

    /// Wallets: what holds the money.
    #[must_use]
    pub const fn wallets(&self) -> Wallets<'_> {
        Wallets::new(self)
    }

    /// Spend policies of wallets.
    #[must_use]
    pub const fn policies(&self) -> Policies<'_> {
        Policies::new(self)
    }

    /// Whom invoices are for, and what they save to be charged.
    #[must_use]
    pub const fn customers(&self) -> Customers<'_> {
        Customers::new(self)
    }

    /// Invoices, and charges of what customers saved.
    #[must_use]
    pub const fn invoices(&self) -> Invoices<'_> {
        Invoices::new(self)
    }

    /// Payment links: what whoever has one may pay.
    #[must_use]
    pub const fn payment_links(&self) -> PaymentLinks<'_> {
        PaymentLinks::new(self)
    }

    /// Payments between wallets.
    #[must_use]
    pub const fn payments(&self) -> Payments<'_> {
        Payments::new(self)
    }

    /// Money that comes in, goes out, or moves inside the organization.
    #[must_use]
    pub const fn transfers(&self) -> Transfers<'_> {
        Transfers::new(self)
    }

    /// What transfers come from and go to.
    #[must_use]
    pub const fn bank_accounts(&self) -> BankAccounts<'_> {
        BankAccounts::new(self)
    }

    /// Virtual cards of wallets.
    #[must_use]
    pub const fn cards(&self) -> Cards<'_> {
        Cards::new(self)
    }

    /// Agents: wallets with a key of their own.
    #[must_use]
    pub const fn agents(&self) -> Agents<'_> {
        Agents::new(self)
    }

    /// Paying by address, and finding addresses.
    #[must_use]
    pub const fn network(&self) -> Network<'_> {
        Network::new(self)
    }

    /// What waits for a human.
    #[must_use]
    pub const fn approvals(&self) -> Approvals<'_> {
        Approvals::new(self)
    }

    /// Wallets lent to others.
    #[must_use]
    pub const fn delegations(&self) -> Delegations<'_> {
        Delegations::new(self)
    }

    /// Who changed what.
    #[must_use]
    pub const fn audit_logs(&self) -> AuditLogs<'_> {
        AuditLogs::new(self)
    }

    /// Addresses that events are sent to.
    #[must_use]
    pub const fn webhooks(&self) -> Webhooks<'_> {
        Webhooks::new(self)
    }

    /// Everything that happened.
    #[must_use]
    pub const fn events(&self) -> Events<'_> {
        Events::new(self)
    }

    /// The organization's API keys.
    #[must_use]
    pub const fn api_keys(&self) -> ApiKeys<'_> {
        ApiKeys::new(self)
    }

    /// The organization of the key.
    #[must_use]
    pub const fn organizations(&self) -> Organizations<'_> {
        Organizations::new(self)
    }

    /// What only a sandbox has.
    #[must_use]
    pub const fn sandbox(&self) -> Sandbox<'_> {
        Sandbox::new(self)
    }

    /// Sends a request until it is answered, or may not be repeated any more.
    pub(crate) async fn send(&self, mut request: Request) -> Result<Answer, Error> {
        if request.changes && request.idempotency_key.is_none() {
            request.idempotency_key = Some(retry::new_key()?);
        }
        let mut repeated = 0;
        loop {
            let failure = match self.attempt(&request).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let wait = failure.wait(repeated, self.0.max_retries, retry::chance());
            let Some(wait) = wait else {
                return Err(failure.error);
            };
            tokio::time::sleep(wait).await;
            repeated += 1;
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Answer, Failure> {
        let key = request.idempotency_key.as_deref();
        let lost = |error| Failure { error: Error::from_network(error, key), retry_after: None };
        let prepared =
            self.prepare(request).map_err(|error| Failure { error, retry_after: None })?;
        let response = prepared.send().await.map_err(lost)?;
        let status = response.status();
        let request_id = text(response.headers(), "x-request-id");
        let retry_after = text(response.headers(), "retry-after");
        let body = response.bytes().await.map_err(lost)?;
        if !status.is_success() {
            return Err(Failure {
                error: Error::from_answer(status.as_u16(), request_id, &body),
                retry_after: retry_after.and_then(|it| it.parse().ok()),
            });
        }
        Ok(Answer {
            status: status.as_u16(),
            request_id,
            idempotency_key: key.map(str::to_owned),
            body: body.into(),
        })
    }

    /// Opens a connection that carries events.
    pub(crate) async fn open_socket(&self, after: Option<i64>) -> Result<Socket, Error> {
        let url = self.address("/realtime", &after.map(|it| ("after", it.to_string())));
        let nonce = handshake::client::generate_key();
        let asked = self.0.http.get(url).header(header::CONNECTION, "Upgrade");
        let asked = asked.header(header::UPGRADE, "websocket");
        let asked = asked.header(header::SEC_WEBSOCKET_VERSION, "13");
        let asked = asked.header(header::SEC_WEBSOCKET_KEY, &nonce);
        let lost = |error| Error::from_network(error, None);
        let response = tokio::time::timeout(self.0.timeout, asked.send()).await;
        let response =
            response.map_err(|_| Error::Timeout { idempotency_key: None })?.map_err(lost)?;
        let status = response.status();
        let accepted = text(response.headers(), "sec-websocket-accept");
        if status != StatusCode::SWITCHING_PROTOCOLS {
            let request_id = text(response.headers(), "x-request-id");
            let body = response.bytes().await.map_err(lost)?;
            return Err(Error::from_answer(status.as_u16(), request_id, &body));
        }
        if accepted != Some(handshake::derive_accept_key(nonce.as_bytes())) {
            return Err(Error::broken("the server opened no WebSocket"));
        }
        let connection = response.upgrade().await.map_err(lost)?;
        Ok(Socket::from_raw_socket(connection, Role::Client, None).await)
    }

    fn prepare(&self, request: &Request) -> Result<reqwest::RequestBuilder, Error> {
        let url = self.address(&request.path, &request.query);
        let timeout = request.timeout.unwrap_or(self.0.timeout);
        let mut prepared = self.0.http.request(request.method.clone(), url);
        prepared = prepared.timeout(timeout);
        if let Some(body) = &request.body {
            prepared = prepared.header(header::CONTENT_TYPE, "application/json").body(body.clone());
        }
        if let Some(key) = &request.idempotency_key {
            let value = HeaderValue::from_bytes(key.as_bytes());
            let value =
                value.map_err(|_| Error::invalid("the idempotency key", "cannot be sent"))?;
            prepared = prepared.header("idempotency-key", value);
        }
        Ok(prepared)
    }

    fn address<'a>(
        &self,
        path: &str,
        query: impl IntoIterator<Item = &'a (&'static str, String)>,
    ) -> Url {
        let mut url = self.0.base.clone();
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}/v1{path}"));
        let mut query = query.into_iter().peekable();
        if query.peek().is_some() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("base_url", &self.0.base.as_str())
            .field("environment", &self.0.environment)
            .finish_non_exhaustive()
    }
}

fn environment_of(api_key: &str) -> Result<Environment, Error> {
    let mut all = Environment::ALL.into_iter();
    let found = all.find(|it| api_key.starts_with(it.key_prefix()));
    found.ok_or_else(|| Error::invalid("the API key", "must begin with wg_test_ or wg_live_"))
}

fn headers(api_key: &str) -> Result<HeaderMap, Error> {
    let mut authorization = HeaderValue::from_str(&format!("Bearer {api_key}"))
        .map_err(|_| Error::invalid("the API key", "has characters that no key has"))?;
    authorization.set_sensitive(true);
    Ok(HeaderMap::from_iter([
        (header::AUTHORIZATION, authorization),
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("wallgent-version"), HeaderValue::from_static(API_VERSION)),
    ]))
}

fn base_of(text: &str) -> Result<Url, Error> {
    let bad = |problem: &str| Error::invalid("the base URL", problem);
    let mut url = Url::parse(text).map_err(|error| bad(&format!("is none: {error}")))?;
    match url.scheme() {
        "http" => {}
        "https" if cfg!(feature = "rustls") => {}
        "https" => return Err(bad("is https, which needs the crate's feature rustls")),
        _ => return Err(bad("must begin with http:// or https://")),
    }
    let extra = !url.username().is_empty() || url.password().is_some();
    if extra || url.query().is_some() || url.fragment().is_some() {
        return Err(bad("must be an address and at most a path"));
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/v1").unwrap_or(path).to_owned();
    url.set_path(&path);
    Ok(url)
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
