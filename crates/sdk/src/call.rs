//! One call: made by a resource, changed by its options, done by awaiting it.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wallgent_api::types::List;

use crate::error::unreadable;
use crate::{Client, Error};

/// A call that is done when it is awaited, and answers a `T`.
///
/// ```no_run
/// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
/// use std::time::Duration;
///
/// let quick = client.organizations().me().timeout(Duration::from_secs(2));
/// println!("{}", quick.await?.name);
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is done when it is awaited"]
pub struct Call<T> {
    pub(crate) client: Client,
    pub(crate) request: Request,
    read: fn(Answer) -> Result<T, Error>,
}

/// What is sent.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Behind `/v1`.
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    /// Whether it has an effect, which must not come twice.
    pub(crate) changes: bool,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) timeout: Option<Duration>,
}

/// What came back, with a status of success.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl<T> Call<T> {
    /// Uses this idempotency key instead of a new one: 1 to 255 visible
    /// characters. The same call with the same key has one effect and one answer,
    /// from whatever process it comes. On a call that only reads it has no meaning.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        if self.request.changes {
            self.request.idempotency_key = Some(key.into());
        }
        self
    }

    /// How long one attempt may take, instead of the client's timeout.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = Some(timeout);
        self
    }

    /// The same call, with the key that its body has as well.
    pub(crate) fn keyed(self, key: Option<&str>) -> Self {
        match key {
            Some(key) => self.idempotency_key(key),
            None => self,
        }
    }

    /// The same call, for a method that sends without changing anything.
    pub(crate) fn that_only_asks(mut self) -> Self {
        self.request.changes = false;
        self
    }

    /// The same call, read differently.
    pub(crate) fn read_by<U>(self, read: fn(Answer) -> Result<U, Error>) -> Call<U> {
        Call { client: self.client, request: self.request, read }
    }

    pub(crate) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        let value = value.map(|it| (name, it.to_string()));
        self.request.query.extend(value);
        self
    }

    /// Does the call and leaves it there for another time.
    pub(crate) fn start(&self) -> Running<T>
    where
        T: 'static,
    {
        let (client, request, read) = (self.client.clone(), self.request.clone(), self.read);
        Box::pin(async move { read(client.send(request).await?) })
    }
}

/// A call that is being done.
pub(crate) type Running<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<T: 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { client, request, read } = self;
        Box::pin(async move { read(client.send(request).await?) })
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Call({} {})", self.request.method, self.request.path)
    }
}

impl Answer {
    /// The answer as one value.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Decode {
            status: self.status,
            reason: unreadable(&error),
            request_id: self.request_id,
            idempotency_key: self.idempotency_key,
        })
    }

    /// The rows of a list that always fits on one page.
    pub(crate) fn rows<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        self.read::<List<T>>().map(|list| list.data)
    }

    /// Nothing is said, and nothing is expected.
    pub(crate) fn nothing(self) -> Result<(), Error> {
        Ok(())
    }
}

/// How resources make their calls.
impl Client {
    pub(crate) fn get<T: DeserializeOwned>(&self, path: impl Into<String>) -> Call<T> {
        self.call(Method::GET, path.into(), None)
    }

    pub(crate) fn post<T>(&self, path: impl Into<String>, body: &impl Serialize) -> Call<T>
    where
        T: DeserializeOwned,
    {
        self.call(Method::POST, path.into(), Some(encode(body)))
    }

    /// A change that its path says all about.
    pub(crate) fn act<T: DeserializeOwned>(&self, path: impl Into<String>) -> Call<T> {
        self.call(Method::POST, path.into(), None)
    }

    pub(crate) fn patch<T>(&self, path: impl Into<String>, body: &impl Serialize) -> Call<T>
    where
        T: DeserializeOwned,
    {
        self.call(Method::PATCH, path.into(), Some(encode(body)))
    }

    pub(crate) fn delete(&self, path: impl Into<String>) -> Call<()> {
        self.call::<()>(Method::DELETE, path.into(), None).read_by(Answer::nothing)
    }

    fn call<T>(&self, method: Method, path: String, body: Option<Vec<u8>>) -> Call<T>
    where
        T: DeserializeOwned,
    {
        let changes = method != Method::GET;
        Call {
            client: self.clone(),
            request: Request {
                method,
                path,
                query: Vec::new(),
                body,
                changes,
                idempotency_key: None,
                timeout: None,
            },
            read: Answer::read,
        }
    }
}

fn encode(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("a request is a struct of texts, numbers and lists")
}
