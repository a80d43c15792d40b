//! The ladder that every request climbs.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Environment;

use super::address;
use super::call::{Answer, Call, OpenCall};
use super::rate_limits::{Kind, Left};
use super::request_id;
use super::route::Route;
use super::socket::Upgrade;
use crate::app::App;
use crate::caller::{Caller, Visitor};
use crate::keys::{self, CachedKey};
use crate::{error, idempotency};

/// The largest body that is read.
const BODY_BYTES_MAX: usize = 1 << 20;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Clients whose address is not known fail together.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
/// The versions of this API.
const VERSIONS: &[&str] = &["2026-03-01"];

/// Where the connection's other end is.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// What goes back with an answer.
struct Return {
    request_id: Arc<str>,
    version: &'static str,
    left: Option<Left>,
}

/// Serves one request of a known route.
pub(super) async fn serve(app: Arc<App>, route: &Route, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let request_id = request_id::of(&parts.headers);
    let mut back = Return { request_id, version: VERSIONS[0], left: None };
    let result = climb(&app, route, &mut parts, body, &mut back).await;
    let answer = match result {
        Ok(answer) => respond(answer, &back),
        Err(error) => refuse(&error, &back),
    };
    app.metrics.request(route.name, answer.status().as_u16());
    answer
}

async fn climb(
    app: &Arc<App>,
    route: &Route,
    parts: &mut Parts,
    body: Body,
    back: &mut Return,
) -> Result<Answer, ApiError> {
    let begun = Instant::now();
    back.version = version(&parts.headers)?;
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0);
    let client = address::of_client(peer, &parts.headers, &app.config.trusted_proxies);
    let who = identify(app, route, parts, client, back).await?;
    app.metrics.auth.observe(begun.elapsed());
    let header_key = header_text(&parts.headers, "idempotency-key")?;
    let params = params(parts).await?;
    let query = query(parts.uri.query().unwrap_or_default())?;
    let body = if route.is_write() { read_body(&parts.headers, body).await? } else { Bytes::new() };
    let upgrade = if route.is_stream { Upgrade::of(parts).await } else { None };
    let app = Arc::clone(app);
    let call =
        Call { app, caller: (), route: route.name, params, query, body, header_key, upgrade };
    let call = match who {
        Who::Caller(caller) => OpenCall::Keyed(call.by(caller)),
        Who::Visitor(visitor) => OpenCall::Visiting(call.by(visitor)),
    };
    (route.handler)(call).await
}

/// Who makes a request.
enum Who {
    Caller(Caller),
    Visitor(Visitor),
}

/// Recognizes the key, counts the call and checks the permission. On a route that is
/// open to everybody, a request without a key is counted by its address.
async fn identify(
    app: &Arc<App>,
    route: &Route,
    parts: &Parts,
    client: Option<IpAddr>,
    back: &mut Return,
) -> Result<Who, ApiError> {
    if route.is_open && !parts.headers.contains_key(header::AUTHORIZATION) {
        app.limits.count_visit(client.unwrap_or(UNKNOWN))?;
        let ip = client.map(|it| it.to_string());
        return Ok(Who::Visitor(Visitor { ip, request_id: Arc::clone(&back.request_id) }));
    }
    let secret = secret_of(route, parts);
    let key = authenticate(app, secret.as_deref(), client).await?;
    let caller = caller(&key, route, client, &back.request_id);
    let kind = if route.is_write() { Kind::Write } else { Kind::Read };
    back.left = count(app, &key, kind, back)?;
    may(&caller, route)?;
    Ok(Who::Caller(caller))
}

fn version(headers: &HeaderMap) -> Result<&'static str, ApiError> {
    let Some(asked) = headers.get("wallgent-version") else {
        return Ok(VERSIONS[0]);
    };
    let known = VERSIONS.iter().find(|version| asked.as_bytes() == version.as_bytes());
    known.copied().ok_or_else(|| {
        let message = format!("must be one of {}", VERSIONS.join(", "));
        ApiError::invalid_field("Wallgent-Version", message).with("versions", VERSIONS)
    })
}

async fn authenticate(
    app: &Arc<App>,
    secret: Option<&str>,
    client: Option<IpAddr>,
) -> Result<Arc<CachedKey>, ApiError> {
    match recognize(app, secret).await {
        Ok(key) => {
            let now = app.clock.now();
            keys::still_valid(key.row.revoked_at, key.row.expires_at, now)?;
            refuse_elsewhere(&key, client)?;
            refuse_past_plan(&key)?;
            Ok(key)
        }
        Err(error) if error.code == ErrorCode::Unauthorized => {
            app.limits.count_failure(client.unwrap_or(UNKNOWN))?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

async fn recognize(app: &Arc<App>, secret: Option<&str>) -> Result<Arc<CachedKey>, ApiError> {
    let secret = secret.ok_or_else(keys::unknown_key)?;
    let hash = keys::hash_secret(secret);
    if let Some(key) = app.keys.get(&hash, app.clock.now()) {
        return Ok(key);
    }
    let generation = app.keys.generation();
    let found = app.reads.read(move |connection| keys::load(connection, &hash)).await;
    let key = match found {
        Ok(Ok(key)) => Arc::new(key.ok_or_else(keys::unknown_key)?),
        Ok(Err(cause)) => {
            tracing::error!(%cause, "a key could not be read");
            return Err(error::internal());
        }
        Err(_) => return Err(error::unavailable()),
    };
    app.keys.keep(hash, &key, generation, app.clock.now());
    Ok(key)
}

/// The key's secret. Browsers send no headers with a WebSocket, so a stream
/// takes it from its query as well.
fn secret_of<'a>(route: &Route, parts: &'a Parts) -> Option<Cow<'a, str>> {
    let secret = bearer(&parts.headers).map(Cow::Borrowed).or_else(|| {
        let query = parts.uri.query().filter(|_| route.is_stream)?;
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "apiKey").map(|it| it.1)
    })?;
    let ours = Environment::ALL.iter().any(|it| secret.starts_with(it.key_prefix()));
    ours.then_some(secret)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

fn refuse_elsewhere(key: &CachedKey, client: Option<IpAddr>) -> Result<(), ApiError> {
    if key.allows(client) {
        return Ok(());
    }
    let message = "The API key cannot be used from this address";
    Err(ApiError::new(ErrorCode::PermissionDenied, message)
        .with("ipAddress", client.map(|it| it.to_string())))
}

fn refuse_past_plan(key: &CachedKey) -> Result<(), ApiError> {
    if key.row.environment == Environment::Sandbox || key.plan.includes_production() {
        return Ok(());
    }
    let plan = key.plan.as_str();
    let message = format!("The plan {plan} does not include production");
    Err(ApiError::new(ErrorCode::PermissionDenied, message).with("plan", plan))
}

fn caller(key: &CachedKey, route: &Route, client: Option<IpAddr>, request_id: &Arc<str>) -> Caller {
    Caller {
        key: key.row.id,
        organization: key.row.organization,
        environment: key.row.environment,
        scope: key.scope,
        permissions: key.row.permissions,
        needs: route.needs,
        wallets: key.wallets.clone(),
        expires_at: key.row.expires_at,
        ip: client.map(|it| it.to_string()),
        request_id: Arc::clone(request_id),
    }
}

fn count(
    app: &App,
    key: &CachedKey,
    kind: Kind,
    back: &mut Return,
) -> Result<Option<Left>, ApiError> {
    app.limits.count(key, kind).map_err(|(error, left)| {
        back.left = Some(left);
        error
    })
}

fn may(caller: &Caller, route: &Route) -> Result<(), ApiError> {
    if route.is_stream {
        return caller.may_follow(caller.permissions);
    }
    if caller.permissions.allows(route.needs) {
        return Ok(());
    }
    Err(error::permission_missing(route.needs))
}

fn header_text(headers: &HeaderMap, name: &str) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = std::str::from_utf8(value.as_bytes());
    let text = text.map_err(|_| ApiError::invalid_field(name, "must be valid UTF-8"))?;
    Ok(Some(text.to_owned()))
}

async fn params(parts: &mut Parts) -> Result<Vec<(String, String)>, ApiError> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    // A path that is not UTF-8 names nothing.
    let params = params.map_err(|_| ApiError::not_found("route"))?;
    Ok(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn query(text: &str) -> Result<Vec<(String, String)>, ApiError> {
    let pairs = form_urlencoded::parse(text.as_bytes());
    let pairs: Vec<(String, String)> =
        pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    match pairs.iter().find(|(_, value)| value.contains('\0')) {
        Some((name, _)) => Err(ApiError::invalid_field(name, "must not contain U+0000")),
        None => Ok(pairs),
    }
}

async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    let declared: Option<usize> = declared.and_then(|it| it.parse().ok());
    if declared.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Err(too_large());
    }
    let read = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, BODY_BYTES_MAX)).await;
    let bytes = match read {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            let text = error.to_string();
            let over = text.contains("length limit exceeded");
            return Err(if over { too_large() } else { incomplete() });
        }
        Err(_) => return Err(incomplete()),
    };
    if !bytes.is_empty() && !is_json(headers) {
        let message = "The body must be JSON, with Content-Type: application/json";
        return Err(ApiError::new(ErrorCode::UnsupportedMediaType, message));
    }
    Ok(bytes)
}

fn too_large() -> ApiError {
    ApiError::new(ErrorCode::PayloadTooLarge, "The body is larger than 1 MiB")
        .with("maximum", BODY_BYTES_MAX)
}

fn incomplete() -> ApiError {
    ApiError::invalid_field("body", "did not arrive completely")
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = declared.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|it| it.eq_ignore_ascii_case("application/json"))
}

fn respond(answer: Answer, back: &Return) -> Response<Body> {
    let (status, body, replayed) = match answer {
        Answer::Json { status, body, replayed } => (status, body, replayed),
        Answer::Switched(mut response) => {
            sign(response.headers_mut(), back);
            return response;
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = envelope_response(status, body, back);
    if replayed {
        let name = HeaderName::from_static("idempotent-replayed");
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    response
}

fn refuse(error: &ApiError, back: &Return) -> Response<Body> {
    let status = StatusCode::from_u16(error.code.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = idempotency::encode(&error.envelope(&back.request_id));
    let mut response = envelope_response(status, body, back);
    let headers = response.headers_mut();
    if let Some(seconds) = retry_after(error) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if error.code == ErrorCode::Unauthorized || error.code == ErrorCode::ApiKeyRevoked {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn retry_after(error: &ApiError) -> Option<u64> {
    match error.code {
        ErrorCode::RateLimitExceeded => error.details.get("retryAfter")?.as_u64(),
        ErrorCode::ServiceUnavailable | ErrorCode::IdempotencyInFlight => Some(1),
        _ => None,
    }
}

fn envelope_response(status: StatusCode, body: Vec<u8>, back: &Return) -> Response<Body> {
    let has_body = !body.is_empty();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if has_body {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    sign(headers, back);
    response
}

/// What every answer carries.
fn sign(headers: &mut HeaderMap, back: &Return) {
    headers.insert("wallgent-version", HeaderValue::from_static(back.version));
    if let Ok(value) = HeaderValue::from_str(&back.request_id) {
        headers.insert("x-request-id", value);
    }
    if let Some(left) = back.left {
        for (name, text) in [("ratelimit-policy", left.policy()), ("ratelimit", left.state())] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
    }
}

/// Answers a request that no route serves.
pub(super) fn lost(error: &ApiError, headers: &HeaderMap) -> Response<Body> {
    let back = Return { request_id: request_id::of(headers), version: VERSIONS[0], left: None };
    refuse(error, &back)
}
