//! The documentation over HTTP. It needs no key: it says nothing of anybody.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;

use super::{File, SITE, Site};

/// What a page may do: load what is ours, and nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
/// The same for every file.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    // Kept by browsers, and asked for again by its tag.
    (header::CACHE_CONTROL, "no-cache"),
    (header::VARY, "accept-encoding"),
];

/// The documentation, to which `/` leads because nothing else is there.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(async || Redirect::temporary("/docs")))
        .route("/docs", get(serve))
        .route("/docs/", get(async || Redirect::permanent("/docs")))
        .route("/docs/{*path}", get(serve))
}

async fn serve(request: Request) -> Response<Body> {
    let site = site().await;
    match site.files.get(request.uri().path()) {
        Some(file) if is_known(request.headers(), &file.tag) => {
            answer(StatusCode::NOT_MODIFIED, file, Body::empty())
        }
        Some(file) => send(StatusCode::OK, file, request.headers()),
        None => send(StatusCode::NOT_FOUND, &site.missing, request.headers()),
    }
}

/// Rendering takes a tenth of a second, once, and payments need not wait for it.
async fn site() -> &'static Site {
    let rendered = tokio::task::spawn_blocking(|| LazyLock::force(&SITE)).await;
    rendered.expect("what tests render, renders")
}

/// Whether the client has this version of the file.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    tags.is_some_and(|tags| tags.split(',').any(|it| it.trim() == tag))
}

fn send(status: StatusCode, file: &File, headers: &HeaderMap) -> Response<Body> {
    if !takes_gzip(headers) {
        return answer(status, file, Body::from(file.plain.clone()));
    }
    let mut response = answer(status, file, Body::from(file.gzip.clone()));
    let gzip = HeaderValue::from_static("gzip");
    response.headers_mut().insert(header::CONTENT_ENCODING, gzip);
    response
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let mut accepted = accepted.into_iter().flat_map(|text| text.split(','));
    accepted.any(|coding| coding.trim() == "gzip")
}

fn answer(status: StatusCode, file: &File, body: Body) -> Response<Body> {
    let response = Response::builder().status(status);
    let response = response.header(header::CONTENT_TYPE, file.kind).header(header::ETAG, &file.tag);
    let with =
        |response: axum::http::response::Builder, (name, value)| response.header(name, value);
    HEADERS.into_iter().fold(response, with).body(body).expect("headers of ours are valid")
}
