//! One request as handlers see it, and what they answer.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use bytes::Bytes;
use wallgent_api::types::List;
use wallgent_api::types::payments::{idempotency_key, is_idempotency_key};
use wallgent_api::{ApiError, Fields};
use wallgent_core::Environment;
use wallgent_core::Timestamp;
use wallgent_core::id::{OrganizationId, WalletId};
use wallgent_core::idempotency::Fingerprint;

use super::cursor;
use super::socket::Upgrade;
use crate::app::App;
use crate::caller::{Asking, Caller, Visitor};
use crate::db::{Connection, DbResult};
use crate::engine::{EngineError, Stop, Tx};
use crate::idempotency::{self, Claim, KeyHash, Reply, Turn};
use crate::wallets::{self, WalletRow};
use crate::{delegations, error};

/// Rows on one page of a list.
const PAGE_ROWS_MAX: i64 = 100;
const PAGE_ROWS_DEFAULT: i64 = 20;

/// An authenticated request, whose permission is checked already; or that of a
/// [`Visitor`].
pub struct Call<By = Caller> {
    /// The service.
    pub app: Arc<App>,
    /// Who calls.
    pub caller: By,
    /// The route's method and path, where idempotency keys count.
    pub route: &'static str,
    /// The values of the path's parameters.
    pub params: Vec<(String, String)>,
    /// The query.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// The header `Idempotency-Key`.
    pub header_key: Option<String>,
    /// On a route that streams: the WebSocket that is asked for.
    pub upgrade: Option<Upgrade>,
}

/// A request on a route that is open to everybody: with a key, or without one.
pub enum OpenCall {
    /// With a key that may do it.
    Keyed(Call),
    /// Without a key.
    Visiting(Call<Visitor>),
}

impl OpenCall {
    /// The request as anybody's, where a key makes no difference.
    #[must_use]
    pub fn anybodys(self) -> Call<Visitor> {
        match self {
            Self::Keyed(call) => {
                let visitor = call.caller.as_visitor();
                call.by(visitor)
            }
            Self::Visiting(call) => call,
        }
    }
}

/// What a handler answers.
pub enum Answer {
    /// JSON.
    Json {
        /// The HTTP status.
        status: u16,
        /// The body; empty for none.
        body: Vec<u8>,
        /// Whether it is the answer of an earlier request.
        replayed: bool,
    },
    /// From here on the connection speaks another protocol.
    Switched(Response<Body>),
}

/// Some bodies tell what is secret: how long one is will do for a log.
impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { status, body, .. } => {
                write!(formatter, "Json({status}, {} bytes)", body.len())
            }
            Self::Switched(response) => {
                formatter.debug_tuple("Switched").field(&response.status()).finish()
            }
        }
    }
}

impl Answer {
    /// 200 with a body.
    #[must_use]
    pub fn ok(body: &impl serde::Serialize) -> Self {
        Self::Json { status: 200, body: idempotency::encode(body), replayed: false }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Json { status: reply.status, replayed: reply.replayed, body: reply.bytes() }
    }
}

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Rows to answer.
    pub limit: i64,
    /// Only rows behind this number; the largest number on the first page.
    pub before: i64,
    /// Which list it is, so that no other list takes its cursor.
    tag: [u8; 4],
}

impl Page {
    /// Makes a list of rows of which one more than `limit` was read.
    pub fn list<R, T>(
        &self,
        mut rows: Vec<R>,
        number: impl Fn(&R) -> i64,
        tell: impl Fn(R) -> T,
    ) -> List<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let cursor =
            rows.last().filter(|_| has_more).map(|row| cursor::encode(number(row), self.tag));
        let data = rows.into_iter().map(tell).collect();
        List { data, has_more, next_cursor: cursor.clone(), cursor }
    }
}

impl Page {
    /// Makes a list of rows that were found among many: when not all could be
    /// looked through, the next page goes on there.
    pub fn list_examined<R, T>(
        &self,
        rows: Vec<R>,
        examined_to: Option<i64>,
        number: impl Fn(&R) -> i64,
        tell: impl Fn(R) -> T,
    ) -> List<T> {
        let mut list = self.list(rows, number, tell);
        if let Some(number) = examined_to.filter(|_| !list.has_more) {
            list.has_more = true;
            list.cursor = Some(cursor::encode(number, self.tag));
            list.next_cursor = list.cursor.clone();
        }
        list
    }
}

/// The part of a list that is asked for, in an order of its own.
#[derive(Clone, Debug)]
pub struct KeyedPage<P> {
    /// Rows to answer.
    pub limit: i64,
    /// Only rows behind this place.
    pub after: Option<P>,
    tag: [u8; 4],
}

impl<P> KeyedPage<P> {
    /// Makes a list of rows of which one more than `limit` was read.
    pub fn list<R, T>(
        &self,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> Vec<u8>,
        tell: impl Fn(R) -> T,
    ) -> List<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| has_more);
        let cursor = last.map(|row| cursor::encode_place(&place(row), self.tag));
        let data = rows.into_iter().map(tell).collect();
        List { data, has_more, next_cursor: cursor.clone(), cursor }
    }
}

/// The part of a list that is asked for, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct RisingPage {
    /// Rows to answer.
    pub limit: i64,
    /// Only rows behind this number.
    pub after: i64,
    tag: [u8; 4],
}

impl RisingPage {
    /// Makes a list of rows of which one more than `limit` was looked for, and
    /// which says where to go on when not everything could be looked through.
    pub fn list<T>(
        &self,
        mut data: Vec<T>,
        examined_to: Option<i64>,
        number: impl Fn(&T) -> i64,
    ) -> List<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = data.len() > limit;
        data.truncate(limit);
        let last = if has_more { data.last().map(number) } else { examined_to };
        let cursor = last.map(|number| cursor::encode(number, self.tag));
        List { data, has_more: cursor.is_some(), next_cursor: cursor.clone(), cursor }
    }
}

impl<By> Call<By> {
    /// The same request by somebody else.
    pub(super) fn by<Other>(self, caller: Other) -> Call<Other> {
        let Self { app, caller: _, route, params, query, body, header_key, upgrade } = self;
        Call { app, caller, route, params, query, body, header_key, upgrade }
    }

    /// A parameter of the path.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(it, _)| it == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// A parameter of the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().rev().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter of the query that is one of a few words.
    pub fn query_word<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        match read(text) {
            Some(value) => Ok(Some(value)),
            None => Err(ApiError::invalid_field(name, "is not one of the values documented")),
        }
    }

    /// A moment in the query.
    pub fn query_time(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        let message = "must be an ISO 8601 time with a zone";
        Timestamp::parse(text).map(Some).ok_or_else(|| ApiError::invalid_field(name, message))
    }

    /// A whole number in the query.
    pub fn query_number(
        &self,
        name: &str,
        default: i64,
        range: RangeInclusive<i64>,
    ) -> Result<i64, ApiError> {
        match self.query(name).map(str::parse) {
            None => Ok(default),
            Some(Ok(number)) if range.contains(&number) => Ok(number),
            Some(_) => {
                let (least, most) = range.into_inner();
                let message = format!("must be a whole number from {least} to {most}");
                Err(ApiError::invalid_field(name, message))
            }
        }
    }

    /// The page that the query asks for.
    pub fn page(&self) -> Result<Page, ApiError> {
        let tag = cursor::tag(self.route, &self.params);
        let before = self.cursor(|text| cursor::decode(text, tag))?;
        Ok(Page { limit: self.limit()?, before: before.unwrap_or(i64::MAX), tag })
    }

    /// The page that the query asks for, of a list that is in an order of its
    /// own; `read` reads a place in it.
    pub fn keyed_page<P>(
        &self,
        read: impl FnOnce(&[u8]) -> Option<P>,
    ) -> Result<KeyedPage<P>, ApiError> {
        let tag = cursor::tag(self.route, &self.params);
        let after = self.cursor(|text| read(&cursor::decode_place(text, tag)?))?;
        Ok(KeyedPage { limit: self.limit()?, after, tag })
    }

    /// The page that the query asks for, of a list that is oldest first.
    pub fn rising_page(&self) -> Result<RisingPage, ApiError> {
        let tag = cursor::tag(self.route, &self.params);
        let after = self.cursor(|text| cursor::decode(text, tag))?;
        Ok(RisingPage { limit: self.limit()?, after: after.unwrap_or_default(), tag })
    }

    fn limit(&self) -> Result<i64, ApiError> {
        self.query_number("limit", PAGE_ROWS_DEFAULT, 1..=PAGE_ROWS_MAX)
    }

    fn cursor<P>(&self, read: impl FnOnce(&str) -> Option<P>) -> Result<Option<P>, ApiError> {
        let Some(text) = self.query("cursor") else { return Ok(None) };
        match read(text) {
            Some(place) => Ok(Some(place)),
            None => Err(ApiError::invalid_field("cursor", "must be a cursor that a list answered")),
        }
    }

    /// Reads from the store.
    pub async fn read<T, F>(&self, read: F) -> Result<T, ApiError>
    where
        By: Asking,
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> DbResult<T> + Send + 'static,
    {
        match self.app.reads.read(read).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(cause)) => {
                tracing::error!(request_id = %self.caller.request_id(), %cause, "a read failed");
                Err(error::internal())
            }
            Err(busy) => {
                tracing::warn!(request_id = %self.caller.request_id(), %busy, "a read was refused");
                Err(error::unavailable())
            }
        }
    }

    /// The idempotency key of the header or of the body, which must agree.
    pub fn key(&self) -> Result<Option<String>, ApiError> {
        if self.body.is_empty() {
            return self.agreed_key(None);
        }
        let mut fields = Fields::parse(&self.body)?;
        let key = idempotency_key(&mut fields);
        let key = fields.finish(key)?;
        self.agreed_key(key)
    }

    /// The idempotency key of the header, or the body's that was read already.
    pub fn agreed_key(&self, body_key: Option<String>) -> Result<Option<String>, ApiError> {
        if let Some(header) = &self.header_key {
            if !is_idempotency_key(header) {
                let message = "must have 1 to 255 visible characters";
                return Err(ApiError::invalid_field("Idempotency-Key", message));
            }
            if body_key.as_ref().is_some_and(|body| body != header) {
                let message = "differs from the header Idempotency-Key";
                return Err(ApiError::invalid_field("idempotencyKey", message));
            }
        }
        Ok(body_key.or_else(|| self.header_key.clone()))
    }
}

impl Call {
    /// Checks for a read that the wallet is the caller's own, or lent to it for
    /// what this request does.
    pub async fn may_use(
        &self,
        wallet: WalletId,
        organization: OrganizationId,
        environment: Environment,
        missing: impl FnOnce() -> ApiError,
    ) -> Result<(), ApiError> {
        let own = self.caller.may_touch(organization, environment, wallet, missing);
        let Err(refusal) = own else { return Ok(()) };
        let (caller, now) = (self.caller.clone(), self.app.clock.now());
        let lent = self
            .read(move |connection| delegations::lent(connection, &caller, wallet, now))
            .await?;
        self.caller.may_use_lent(lent, refusal)
    }

    /// A wallet that the caller may read: its own, or one lent to it.
    pub async fn usable_wallet(&self, text: &str) -> Result<WalletRow, ApiError> {
        let missing = || error::wallet_not_found(text);
        let id: WalletId = text.parse().map_err(|_| missing())?;
        let row = self.read(move |connection| wallets::get(connection, id)).await?;
        let row = row.ok_or_else(missing)?;
        self.may_use(id, row.organization, row.environment, missing).await?;
        Ok(row)
    }

    /// The claim of a key for this route.
    #[must_use]
    pub fn claim(&self, key: Option<String>, fingerprint: i64, lasting: Lasting) -> Option<Claim> {
        let hash = idempotency::hash(&self.caller, self.route, &key?);
        Some(Claim { hash, fingerprint, forever: lasting == Lasting::Forever })
    }

    /// The claim of a request that moves no money: its meaning is its path and
    /// what was read of its body.
    pub fn plain_claim(&self, request: &impl serde::Serialize) -> Result<Option<Claim>, ApiError> {
        let mut meaning = Fingerprint::new(self.route);
        for (_, value) in &self.params {
            meaning = meaning.text(value);
        }
        let text = serde_json::to_string(request).expect("requests have text keys");
        Ok(self.claim(self.key()?, meaning.text(&text).finish(), Lasting::Days))
    }

    /// Makes the key this request's alone while it acts outside of a command.
    pub fn turn(&self, claim: Option<&Claim>) -> Result<Option<Turn>, ApiError> {
        claim.map(|claim| self.app.under_way.take(claim.hash)).transpose()
    }

    /// The answer of an earlier request with the same key, for what is done
    /// outside of a command.
    pub async fn earlier(&self, claim: Option<&Claim>) -> Result<Option<Answer>, ApiError> {
        let Some(claim) = claim.cloned() else { return Ok(None) };
        let caller = self.caller.clone();
        let hashes = vec![claim.hash];
        let found = self.app.engine.run(hashes, move |tx| {
            caller.recheck(tx)?;
            idempotency::earlier(tx, &caller, &claim)
        });
        Ok(refusal_of(found.await)?.map(Into::into))
    }

    /// Runs the first part of what ends outside of a command: its answer, once
    /// for its key, or what is left to do.
    pub async fn run_part<T, F>(
        &self,
        claim: Option<Claim>,
        command: F,
    ) -> Result<Part<Answer, T>, ApiError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Caller) -> Result<Part<Reply, T>, Stop> + Send + 'static,
    {
        let hashes = claim.iter().map(|claim| claim.hash).collect();
        let caller = self.caller.clone();
        let found = self.app.engine.run(hashes, move |tx| {
            caller.recheck(tx)?;
            if let Some(claim) = &claim
                && let Some(reply) = idempotency::earlier(tx, &caller, claim)?
            {
                return Ok(Part::Answered(reply));
            }
            match command(tx, &caller)? {
                Part::Left(rest) => Ok(Part::Left(rest)),
                Part::Answered(reply) => {
                    let once = idempotency::once(tx, &caller, claim.as_ref(), |_| Ok(reply));
                    once.map(Part::Answered)
                }
            }
        });
        Ok(match refusal_of(found.await)? {
            Part::Answered(reply) => Part::Answered(reply.into()),
            Part::Left(rest) => Part::Left(rest),
        })
    }

    /// Runs a command once for its key, and waits until it is durable.
    pub async fn run<F>(&self, claim: Option<Claim>, command: F) -> Result<Answer, ApiError>
    where
        F: FnOnce(&mut Tx<'_>, &Caller) -> Result<Reply, Stop> + Send + 'static,
    {
        let hashes = claim.iter().map(|claim| claim.hash).collect();
        self.run_with(hashes, claim, command).await
    }

    /// The same for a command that looks up further keys.
    pub async fn run_with<F>(
        &self,
        hashes: Vec<KeyHash>,
        claim: Option<Claim>,
        command: F,
    ) -> Result<Answer, ApiError>
    where
        F: FnOnce(&mut Tx<'_>, &Caller) -> Result<Reply, Stop> + Send + 'static,
    {
        let caller = self.caller.clone();
        let result = self
            .app
            .engine
            .run(hashes, move |tx| {
                caller.recheck(tx)?;
                idempotency::once(tx, &caller, claim.as_ref(), |tx| command(tx, &caller))
            })
            .await;
        refusal_of(result).map(Into::into)
    }
}

impl Call<Visitor> {
    /// The claim of a visitor's key, which counts for what the request is about.
    #[must_use]
    pub fn claim(&self, key: Option<String>, about: &str, fingerprint: i64) -> Option<Claim> {
        let hash = idempotency::hash_of_visitor(self.route, about, &key?);
        Some(Claim { hash, fingerprint, forever: true })
    }

    /// Runs a command once for its key.
    pub async fn run<F>(&self, claim: Option<Claim>, command: F) -> Result<Answer, ApiError>
    where
        F: FnOnce(&mut Tx<'_>, &Visitor) -> Result<Reply, Stop> + Send + 'static,
    {
        let hashes = claim.iter().map(|claim| claim.hash).collect();
        let visitor = self.caller.clone();
        let result = self.app.engine.run(hashes, move |tx| {
            idempotency::once_for_anybody(tx, claim.as_ref(), |tx| command(tx, &visitor))
        });
        refusal_of(result.await).map(Into::into)
    }
}

fn refusal_of<T>(result: Result<T, EngineError>) -> Result<T, ApiError> {
    result.map_err(|error| match error {
        EngineError::Refused(error) => *error,
        EngineError::Unavailable => error::unavailable(),
        EngineError::Broken => error::internal(),
    })
}

/// How far a request is answered after its first command.
#[derive(Debug)]
pub enum Part<A, T> {
    /// It is.
    Answered(A),
    /// This is left to do.
    Left(T),
}

/// How long an idempotency key is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// For 30 days.
    Days,
    /// For ever: money moves.
    Forever,
}
