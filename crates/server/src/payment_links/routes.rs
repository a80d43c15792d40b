//! Payment links over HTTP.

use wallgent_api::types::payment_links::{
    CreatePaymentLink, LinkPayment, PayLink, PayableLink, PaymentLink, UpdatePaymentLink,
};
use wallgent_api::types::payments::Payment;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{InvoicesRead, InvoicesWrite, PaymentsRead, PaymentsWrite};
use wallgent_core::id::PaymentLinkId;
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::payment_link::LinkStatus;

use super::store::{self, Filter, LinkRow};
use super::{not_found, pay, render};
use crate::caller::Visitor;
use crate::events::Actor;
use crate::http::{Answer, Call, Lasting, OpenCall, Route};
use crate::{keys, payment_links, slug};

const ONE: &[ErrorCode] = &[ErrorCode::PaymentLinkNotFound, ErrorCode::EnvironmentMismatch];
const NEW: &[ErrorCode] = &[
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::Conflict,
];
const CHANGES: &[ErrorCode] =
    &[ErrorCode::PaymentLinkNotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const PAYS: &[ErrorCode] = &[
    ErrorCode::PaymentLinkNotFound,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::SandboxOnly,
    ErrorCode::Conflict,
    ErrorCode::WalletFrozen,
    ErrorCode::PolicyDenied,
    ErrorCode::InsufficientFunds,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/payment-links", InvoicesWrite, "Make a payment link", create)
            .takes::<CreatePaymentLink>()
            .gives::<PaymentLink>(201)
            .or(NEW),
        Route::new("GET /v1/payment-links", InvoicesRead, "List payment links", list)
            .paged()
            .filter("walletId", "Only links that pay into this wallet")
            .filter("status", "ACTIVE, CLAIMED, CANCELLED or EXPIRED")
            .lists::<PaymentLink>()
            .or(&[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch]),
        Route::new("GET /v1/payment-links/{id}", InvoicesRead, "Get a payment link", get)
            .gives::<PaymentLink>(200)
            .or(ONE),
        Route::new("PATCH /v1/payment-links/{id}", InvoicesWrite, "Cancel a payment link", update)
            .may_take::<UpdatePaymentLink>()
            .gives::<PaymentLink>(200)
            .or(CHANGES),
        Route::open("GET /v1/payment-links/pay/{slug}", PaymentsRead, "See what is due", see)
            .gives::<PayableLink>(200)
            .or(&[ErrorCode::PaymentLinkNotFound]),
        Route::open("POST /v1/payment-links/pay/{slug}", PaymentsWrite, "Pay a link", pay_link)
            .takes::<PayLink>()
            .gives::<LinkPayment>(200)
            .gives::<Payment>(202)
            .or(PAYS),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreatePaymentLink::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| payment_links::create_in(tx, caller, request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let status = call.query_word("status", LinkStatus::from_name)?;
    let wallets = match call.query("walletId") {
        None => call.caller.wallets.as_ref().map(|wallets| wallets.to_vec()),
        Some(text) => Some(vec![call.usable_wallet(text).await?.id]),
    };
    let scope = call.caller.scope;
    let filter = Filter { scope, wallets, status, before: page.before, limit: page.limit + 1 };
    let rows = call.read(move |connection| store::list(connection, &filter)).await?;
    let (rules, now) = (&call.app.config.rules, call.app.clock.now());
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| render::link(&row, rules, now))))
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let missing = || not_found().with("paymentLinkId", call.param("id"));
    let id: PaymentLinkId = call.param("id").parse().map_err(|_| missing())?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(missing)?;
    call.may_use(row.wallet, row.organization, row.environment, missing).await?;
    Ok(Answer::ok(&render::link(&row, &call.app.config.rules, call.app.clock.now())))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdatePaymentLink::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| payment_links::update_in(tx, caller, &id, &request)).await
}

/// The link in the path, which whoever has it may see.
pub(crate) async fn find_open(call: &Call<Visitor>) -> Result<LinkRow, ApiError> {
    let slug = call.param("slug").to_owned();
    if !slug::is_one(&slug) {
        return Err(not_found());
    }
    let row = call.read(move |connection| store::by_slug(connection, &slug)).await?;
    row.ok_or_else(not_found)
}

async fn see(call: OpenCall) -> Result<Answer, ApiError> {
    let call = call.anybodys();
    let row = find_open(&call).await?;
    Ok(Answer::ok(&render::payable(&row, &call.app.config.rules, call.app.clock.now())))
}

async fn pay_link(call: OpenCall) -> Result<Answer, ApiError> {
    match call {
        OpenCall::Keyed(call) => pay_with_key(call).await,
        OpenCall::Visiting(call) => {
            let request = PayLink::decode(&call.body)?;
            let key = call.key()?;
            pay_without_key(call, request, key).await
        }
    }
}

/// What makes two payments of a link the same.
fn meaning(slug: &str, request: &PayLink) -> i64 {
    let method = request.test_method.map_or("", |method| method.last4());
    Fingerprint::new("pay a link")
        .text(slug)
        .maybe(request.from_wallet_id.as_deref())
        .text(method)
        .maybe(request.payer_email.as_deref())
        .finish()
}

async fn pay_with_key(call: Call) -> Result<Answer, ApiError> {
    let request = PayLink::decode(&call.body)?;
    let slug = call.param("slug").to_owned();
    let key = call.key()?;
    let claim = call.claim(key.clone(), meaning(&slug, &request), Lasting::Forever);
    call.run(claim, move |tx, caller| match (&request.from_wallet_id, request.test_method) {
        (Some(from), _) => pay::pay_in(tx, caller, &slug, from, &request, key),
        (None, Some(method)) => {
            let who = (Actor::Key(caller), caller);
            pay::pay_by_test_method_in(tx, who, &slug, method, &request)
        }
        (None, None) => Err(keys::unknown_key().into()),
    })
    .await
}

/// Pays as a visitor, who has no wallet here.
pub(crate) async fn pay_without_key(
    call: Call<Visitor>,
    request: PayLink,
    key: Option<String>,
) -> Result<Answer, ApiError> {
    let Some(method) = request.test_method else {
        return Err(keys::unknown_key());
    };
    let slug = call.param("slug").to_owned();
    let claim = call.claim(key, &slug, meaning(&slug, &request));
    call.run(claim, move |tx, visitor| {
        let who = (Actor::Visitor(visitor), visitor);
        pay::pay_by_test_method_in(tx, who, &slug, method, &request)
    })
    .await
}
