//! Every route, on one screen.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::routing::{MethodFilter, MethodRouter, get};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use wallgent_api::{ApiError, ErrorCode};

use super::edge;
use super::openapi;
use super::route::Route;
use crate::app::App;
use crate::{
    agents, approvals, audit, bank_accounts, cards, customers, delegations, events, invoices, keys,
    network, organizations, payment_links, payments, policies, realtime, sandbox, transfers,
    wallets, webhooks,
};

/// All routes of the API, noun by noun.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let nouns = [
        wallets::routes::routes(),
        policies::routes::routes(),
        payments::routes::routes(),
        network::routes::routes(),
        payment_links::routes::routes(),
        customers::routes::routes(),
        invoices::routes::routes(),
        bank_accounts::routes::routes(),
        transfers::routes::routes(),
        agents::routes::routes(),
        approvals::routes::routes(),
        delegations::routes::routes(),
        keys::routes::routes(),
        audit::routes::routes(),
        events::routes::routes(),
        webhooks::routes::routes(),
        realtime::routes::routes(),
        cards::routes::routes(),
        cards::authorizations::routes::routes(),
        organizations::routes::routes(),
        sandbox::routes::routes(),
    ];
    nouns.into_iter().flatten().collect()
}

/// The service that answers requests.
pub(super) fn build(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let handler = serve_route(Arc::clone(app), Arc::new(route.clone()));
        router = router.route(route.path, handler);
    }
    router
        .merge(operations(app))
        .fallback(async |request: Request| {
            let message = format!("No route {}", request.uri().path());
            let error = ApiError::new(ErrorCode::NotFound, message).with("resource", "route");
            edge::lost(&error, request.headers())
        })
        .method_not_allowed_fallback(async |request: Request| {
            let message = format!("This route does not know {}", request.method());
            edge::lost(&ApiError::new(ErrorCode::MethodNotAllowed, message), request.headers())
        })
        .layer(CatchPanicLayer::custom(broke))
        .layer(tower::util::option_layer(cors(&app.config.cors_origins)))
}

/// Lets web pages of these origins call the API; of none when none is named.
fn cors(origins: &[String]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let layer = CorsLayer::new().allow_origin(AllowOrigin::list(origins));
    let layer = layer.allow_methods(AllowMethods::mirror_request());
    let layer = layer.allow_headers(AllowHeaders::mirror_request());
    Some(layer.expose_headers([
        HeaderName::from_static("x-request-id"),
        HeaderName::from_static("idempotent-replayed"),
        HeaderName::from_static("ratelimit"),
        HeaderName::from_static("ratelimit-policy"),
        header::RETRY_AFTER,
    ]))
}

fn serve_route(app: Arc<App>, route: Arc<Route>) -> MethodRouter {
    let filter = MethodFilter::try_from(route.method.clone()).expect("a standard method");
    let handler = move |request: Request| {
        let (app, route) = (Arc::clone(&app), Arc::clone(&route));
        async move { edge::serve(app, &route, request).await }
    };
    axum::routing::on(filter, handler)
}

/// What is there for operators and tools rather than for agents.
fn operations(app: &Arc<App>) -> Router {
    let ready = {
        let app = Arc::clone(app);
        async move || match app.is_ready().await {
            true => plain(StatusCode::OK, "text/plain", "ready\n".to_owned()),
            false => plain(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "not ready\n".to_owned()),
        }
    };
    let metrics = {
        let app = Arc::clone(app);
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        async move || plain(StatusCode::OK, kind, app.metrics.render())
    };
    let document: Arc<str> = openapi::document().into();
    Router::new()
        .route("/healthz", get(async || plain(StatusCode::OK, "text/plain", "ok\n".to_owned())))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route(
            "/openapi.json",
            get(async move || plain(StatusCode::OK, "application/json", document.to_string())),
        )
}

fn plain(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
    response.body(Body::from(text)).expect("a fixed status and content type")
}

/// Answers a request whose handler panicked: the connection goes on, and the
/// caller learns nothing of the cause.
fn broke(_: Box<dyn std::any::Any + Send>) -> Response<Body> {
    tracing::error!("a request panicked");
    edge::lost(&crate::error::internal(), &HeaderMap::new())
}
