//! The limit of HTTP on this machine: a server that parses the same bodies and
//! answers the same shapes without doing anything.

use std::net::SocketAddr;

use axum::extract::Path;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

/// The body of a payment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    from: String,
    to: String,
    amount: String,
    description: Option<String>,
    idempotency_key: Option<String>,
}

/// The answer to a payment, with all fields of the real one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    id: &'static str,
    from: String,
    to: String,
    from_wallet_id: String,
    to_wallet_id: String,
    amount: String,
    fee: &'static str,
    currency: &'static str,
    status: &'static str,
    state: &'static str,
    description: Option<String>,
    idempotency_key: Option<String>,
    rail: &'static str,
    merchant_id: Option<String>,
    batch_id: Option<String>,
    approval_id: Option<String>,
    reversed_amount: &'static str,
    environment: &'static str,
    balance_after: &'static str,
    available_after: &'static str,
    created_at: &'static str,
    settled_at: &'static str,
}

/// The balance of a wallet.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Balance {
    wallet_id: String,
    available: &'static str,
    pending: &'static str,
    held: &'static str,
    balance: &'static str,
    currency: &'static str,
}

/// Serves until it is killed.
pub(crate) fn serve(address: SocketAddr) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let router = Router::new()
            .route("/readyz", get(async || "ready"))
            .route("/v1/payments", post(pay))
            .route("/v1/wallets/{id}/balance", get(balance));
        let listener = tokio::net::TcpListener::bind(address).await?;
        let listener = listener.tap_io(|stream| {
            // As the real server does. Failing means the client has gone.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router).await
    })
}

async fn pay(Json(request): Json<Request>) -> Json<Payment> {
    const NOW: &str = "2026-01-31T09:00:00.000Z";
    Json(Payment {
        id: "txn_00000000000000000000000000",
        from_wallet_id: request.from.clone(),
        to_wallet_id: request.to.clone(),
        from: request.from,
        to: request.to,
        amount: request.amount,
        fee: "0.25",
        currency: "USD",
        status: "POSTED",
        state: "POSTED",
        description: request.description,
        idempotency_key: request.idempotency_key,
        rail: "INTERNAL",
        merchant_id: None,
        batch_id: None,
        approval_id: None,
        reversed_amount: "0.00",
        environment: "SANDBOX",
        balance_after: "9999.74",
        available_after: "9999.74",
        created_at: NOW,
        settled_at: NOW,
    })
}

async fn balance(Path(wallet_id): Path<String>) -> Json<Balance> {
    Json(Balance {
        wallet_id,
        available: "9999.74",
        pending: "0.00",
        held: "0.00",
        balance: "9999.74",
        currency: "USD",
    })
}
