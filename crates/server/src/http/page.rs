//! The ladder of pages: shorter than the API's, for nobody has a key here.
//!
//! A request is counted by its address, a form must come from a page of ours, and
//! every answer, refusals too, is a page that may load nothing but what is ours.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use wallgent_api::{ApiError, ErrorCode};

use super::address;
use super::call::{Answer, Call};
use super::edge::{self, Peer, UNKNOWN};
use super::request_id;
use crate::app::App;
use crate::caller::Visitor;
use crate::pages;

/// The largest form that is read. Ours have three short fields.
const FORM_BYTES_MAX: usize = 16 * 1024;
/// What a page may do: load what is ours, and send forms to us. Nobody may frame it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What every answer carries. Addresses of pages are secrets, so nobody is told them.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];
/// What is never another under the same address.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

type Pending = Pin<Box<dyn Future<Output = Answer> + Send>>;
type Handler = Arc<dyn Fn(Call<Visitor>) -> Pending + Send + Sync>;

/// A page.
#[derive(Clone)]
pub struct PageRoute {
    /// The method.
    pub method: Method,
    /// The path, as `/pay/{slug}`.
    pub path: &'static str,
    /// Method and path together.
    pub name: &'static str,
    handler: Handler,
}

impl PageRoute {
    /// A page, or what its form is sent to.
    pub fn new<F, Fut>(name: &'static str, handler: F) -> Self
    where
        F: Fn(Call<Visitor>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Answer> + Send + 'static,
    {
        let (method, path) = name.split_once(' ').expect("a route is named METHOD /path");
        Self {
            method: method.parse().expect("a known method"),
            path,
            name,
            handler: Arc::new(move |call| Box::pin(handler(call))),
        }
    }
}

/// Serves one request of a page.
pub(super) async fn serve(app: Arc<App>, route: &PageRoute, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let request_id = request_id::of(&parts.headers);
    let answer = match enter(&app, route, &mut parts, body, &request_id).await {
        Ok(call) => (route.handler)(call).await,
        Err(error) => pages::refusal(&error),
    };
    let response = respond(answer, &request_id);
    app.metrics.request(route.name, response.status().as_u16());
    response
}

/// Answers a request that no page serves.
pub(super) fn lost(error: &ApiError, headers: &HeaderMap) -> Response<Body> {
    respond(pages::refusal(error), &request_id::of(headers))
}

async fn enter(
    app: &Arc<App>,
    route: &PageRoute,
    parts: &mut Parts,
    body: Body,
    request_id: &Arc<str>,
) -> Result<Call<Visitor>, ApiError> {
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0);
    let client = address::of_client(peer, &parts.headers, &app.config.trusted_proxies);
    app.limits.count_visit(client.unwrap_or(UNKNOWN))?;
    let body = match route.method {
        Method::POST => {
            refuse_cross_site(&parts.headers)?;
            edge::read_bytes(&parts.headers, body, FORM_BYTES_MAX).await?
        }
        _ => Bytes::new(),
    };
    let ip = client.map(|it| it.to_string());
    Ok(Call {
        app: Arc::clone(app),
        caller: Visitor { ip, request_id: Arc::clone(request_id) },
        route: route.name,
        params: edge::params(parts).await?,
        query: edge::query(parts.uri.query().unwrap_or_default())?,
        body,
        header_key: None,
        upgrade: None,
    })
}

/// Refuses a form that another site sends. Browsers say where it comes from; those
/// that do not know `Sec-Fetch-Site` name the origin.
fn refuse_cross_site(headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let own = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            let origin = text("origin").and_then(|origin| origin.split_once("://"));
            origin.is_some_and(|(_, host)| Some(host) == text("host"))
        }
    };
    if own {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::PermissionDenied, "The form comes from another site"))
}

fn respond(answer: Answer, request_id: &str) -> Response<Body> {
    let text = |value: &str| HeaderValue::from_str(value);
    let (status, kind, keeps, body, place) = match answer {
        Answer::Page { status, html } => {
            (status, "text/html; charset=utf-8", "no-store", html, None)
        }
        Answer::Asset(asset) => (200, asset.kind, FOR_GOOD, asset.text.to_owned(), None),
        Answer::SeeOther(place) => (303, "text/plain", "no-store", String::new(), Some(place)),
        Answer::Json { .. } | Answer::Switched(_) => {
            return respond(pages::refusal(&crate::error::internal()), request_id);
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keeps));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = text(request_id) {
        headers.insert("x-request-id", value);
    }
    if let Some(Ok(place)) = place.as_deref().map(text) {
        headers.insert(header::LOCATION, place);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent_with(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        refuse_cross_site(&pairs.collect()).is_ok()
    }

    #[test]
    fn only_our_own_pages_send_forms() {
        assert!(sent_with(&[("sec-fetch-site", "same-origin")]));
        for site in ["cross-site", "same-site", "none", ""] {
            let origin = ("origin", "https://pay.example.com");
            let host = ("host", "pay.example.com");
            assert!(!sent_with(&[("sec-fetch-site", site), origin, host]), "{site}");
        }
        assert!(sent_with(&[("origin", "https://pay.example.com"), ("host", "pay.example.com")]));
        for origin in ["https://evil.example", "null", "https://pay.example.com.evil.example"] {
            assert!(!sent_with(&[("origin", origin), ("host", "pay.example.com")]), "{origin}");
        }
        assert!(!sent_with(&[("host", "pay.example.com")]), "a browser says where it comes from");
        assert!(!sent_with(&[]));
    }
}
