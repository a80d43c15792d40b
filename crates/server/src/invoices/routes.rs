//! Invoices over HTTP.

use std::future::Future;

use wallgent_api::types::invoices::{
    CreateInvoice, DepositUsdc, Invoice, InvoiceCheckout, PayInvoice, PayableInvoice,
    UpdateInvoice, UsdcAddress,
};
use wallgent_api::types::payments::Payment;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{InvoicesRead, InvoicesWrite, PaymentsRead, PaymentsWrite};
use wallgent_core::id::{CustomerId, InvoiceId};
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::invoice::InvoiceStatus;

use super::store::{self, Filter, InvoiceRow};
use super::{charges, not_found, pay, refund, render, usdc};
use crate::caller::{Caller, Visitor};
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::http::{Answer, Call, Lasting, OpenCall, Route};
use crate::idempotency::Reply;
use crate::{invoices, keys, slug};

const ONE: &[ErrorCode] = &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch];
const NEW: &[ErrorCode] = &[
    ErrorCode::WalletNotFound,
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::Conflict,
];
const MOVES: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const REFUNDS: &[ErrorCode] = &[
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::Conflict,
    ErrorCode::InsufficientFunds,
    ErrorCode::ReversalNotAllowed,
];
const PAYS: &[ErrorCode] = &[
    ErrorCode::NotFound,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::SandboxOnly,
    ErrorCode::InvalidAmount,
    ErrorCode::Conflict,
    ErrorCode::WalletFrozen,
    ErrorCode::PolicyDenied,
    ErrorCode::InsufficientFunds,
];

const DEPOSITS: &[ErrorCode] = &[
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::SandboxOnly,
    ErrorCode::InvalidAmount,
    ErrorCode::Conflict,
];

pub(crate) fn routes() -> Vec<Route> {
    [documents(), steps(), paying(), charges::routes::routes()].concat()
}

fn documents() -> Vec<Route> {
    vec![
        Route::new("POST /v1/invoices", InvoicesWrite, "Draft an invoice", create)
            .takes::<CreateInvoice>()
            .gives::<Invoice>(201)
            .or(NEW),
        Route::new("GET /v1/invoices", InvoicesRead, "List invoices", list)
            .paged()
            .filter("walletId", "Only invoices that pay into this wallet")
            .filter("customerId", "Only invoices for this customer")
            .filter("status", "DRAFT, FINALIZED, PAID, VOIDED, UNCOLLECTIBLE or REFUNDED")
            .lists::<Invoice>()
            .or(&[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch]),
        Route::new("GET /v1/invoices/{id}", InvoicesRead, "Get an invoice", get)
            .gives::<Invoice>(200)
            .or(ONE),
        Route::new("PATCH /v1/invoices/{id}", InvoicesWrite, "Change a draft", update)
            .takes::<UpdateInvoice>()
            .gives::<Invoice>(200)
            .or(NEW),
    ]
}

fn steps() -> Vec<Route> {
    vec![
        Route::new(
            "POST /v1/invoices/{id}/finalize",
            InvoicesWrite,
            "Fix a draft, so that it can be paid",
            finalize,
        )
        .gives::<Invoice>(200)
        .or(MOVES),
        Route::new(
            "POST /v1/invoices/{id}/void",
            InvoicesWrite,
            "Withdraw an invoice that nobody paid",
            void,
        )
        .gives::<Invoice>(200)
        .or(MOVES),
        Route::new(
            "POST /v1/invoices/{id}/mark-uncollectible",
            InvoicesWrite,
            "Give an invoice up",
            give_up,
        )
        .gives::<Invoice>(200)
        .or(MOVES),
        Route::new(
            "POST /v1/invoices/{id}/checkout",
            InvoicesWrite,
            "Ask where an invoice is paid",
            checkout,
        )
        .gives::<InvoiceCheckout>(200)
        .or(MOVES),
        Route::new(
            "POST /v1/invoices/{id}/refund",
            InvoicesWrite,
            "Give back what an invoice brought",
            refund,
        )
        .gives::<Invoice>(200)
        .or(REFUNDS),
    ]
}

fn paying() -> Vec<Route> {
    vec![
        Route::open("GET /v1/invoices/pay/{slug}", PaymentsRead, "See what is due", see)
            .gives::<PayableInvoice>(200)
            .or(&[ErrorCode::NotFound]),
        Route::open("POST /v1/invoices/pay/{slug}", PaymentsWrite, "Pay an invoice", pay_invoice)
            .takes::<PayInvoice>()
            .gives::<PayableInvoice>(200)
            .gives::<Payment>(202)
            .or(PAYS),
        Route::open(
            "POST /v1/invoices/pay/{slug}/usdc",
            PaymentsWrite,
            "Ask where to send the stablecoin for an invoice",
            usdc_address,
        )
        .gives::<UsdcAddress>(200)
        .or(&[ErrorCode::NotFound, ErrorCode::Conflict]),
        Route::new(
            "POST /v1/sandbox/usdc-deposits",
            InvoicesWrite,
            "Let a stablecoin arrive at an invoice's address",
            deposit_usdc,
        )
        .takes::<DepositUsdc>()
        .gives::<Invoice>(200)
        .or(DEPOSITS),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateInvoice::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| invoices::create_in(tx, caller, request)).await
}

/// The state with this name. Clients of the published package ask for `VOID`.
fn status(name: &str) -> Option<InvoiceStatus> {
    InvoiceStatus::from_name(if name == "VOID" { "VOIDED" } else { name })
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let status = call.query_word("status", status)?;
    let customer = call.query_word("customerId", |text| text.parse::<CustomerId>().ok())?;
    let wallets = match call.query("walletId") {
        None => call.caller.wallets.as_ref().map(|wallets| wallets.to_vec()),
        Some(text) => Some(vec![call.usable_wallet(text).await?.id]),
    };
    let scope = call.caller.scope;
    let (before, limit) = (page.before, page.limit + 1);
    let filter = Filter { scope, wallets, customer, status, before, limit };
    let rows = call.read(move |connection| store::list(connection, &filter)).await?;
    let rules = &call.app.config.rules;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| render::invoice(&row, rules))))
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let missing = || not_found().with("invoiceId", call.param("id"));
    let id: InvoiceId = call.param("id").parse().map_err(|_| missing())?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(missing)?;
    call.may_use(row.wallet, row.organization, row.environment, missing).await?;
    Ok(Answer::ok(&render::invoice(&row, &call.app.config.rules)))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdateInvoice::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| invoices::update_in(tx, caller, &id, request)).await
}

/// A step of an invoice that needs no more than its ID.
type Step = fn(&mut Tx<'_>, &Caller, &str) -> Result<Reply, Stop>;

fn finalize(call: Call) -> impl Future<Output = Result<Answer, ApiError>> {
    take(call, invoices::finalize_in)
}

fn void(call: Call) -> impl Future<Output = Result<Answer, ApiError>> {
    take(call, invoices::void_in)
}

fn give_up(call: Call) -> impl Future<Output = Result<Answer, ApiError>> {
    take(call, invoices::give_up_in)
}

fn checkout(call: Call) -> impl Future<Output = Result<Answer, ApiError>> {
    take(call, invoices::checkout_in)
}

async fn take(call: Call, step: Step) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| step(tx, caller, &id)).await
}

async fn refund(call: Call) -> Result<Answer, ApiError> {
    let id = call.param("id").to_owned();
    let meaning = Fingerprint::new("refund an invoice").text(&id).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| refund::refund_in(tx, caller, &id)).await
}

/// The invoice in the path, which whoever has its address may see.
pub(crate) async fn find_open(call: &Call<Visitor>) -> Result<InvoiceRow, ApiError> {
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

async fn pay_invoice(call: OpenCall) -> Result<Answer, ApiError> {
    match call {
        OpenCall::Keyed(call) => pay_with_key(call).await,
        OpenCall::Visiting(call) => {
            let request = PayInvoice::decode(&call.body)?;
            let key = call.key()?;
            pay_without_key(call, request, key).await
        }
    }
}

/// What makes two payments of an invoice the same.
fn meaning(slug: &str, request: &PayInvoice) -> i64 {
    let method = request.test_method.map_or("", |method| method.last4());
    let meaning = Fingerprint::new("pay an invoice").text(slug);
    meaning.maybe(request.from_wallet_id.as_deref()).text(method).finish()
}

async fn pay_with_key(call: Call) -> Result<Answer, ApiError> {
    let request = PayInvoice::decode(&call.body)?;
    let slug = call.param("slug").to_owned();
    let key = call.key()?;
    let claim = call.claim(key.clone(), meaning(&slug, &request), Lasting::Forever);
    call.run(claim, move |tx, caller| match (&request.from_wallet_id, request.test_method) {
        (Some(from), _) => pay::pay_in(tx, caller, &slug, from, key),
        (None, Some(method)) => {
            let who = (Actor::Key(caller), caller);
            pay::pay_by_test_method_in(tx, who, &slug, method)
        }
        (None, None) => Err(keys::unknown_key().into()),
    })
    .await
}

/// Pays as a visitor, who has no wallet here.
pub(crate) async fn pay_without_key(
    call: Call<Visitor>,
    request: PayInvoice,
    key: Option<String>,
) -> Result<Answer, ApiError> {
    let Some(method) = request.test_method else {
        return Err(keys::unknown_key());
    };
    let slug = call.param("slug").to_owned();
    let claim = call.claim(key, &slug, meaning(&slug, &request));
    call.run(claim, move |tx, visitor| {
        let who = (Actor::Visitor(visitor), visitor);
        pay::pay_by_test_method_in(tx, who, &slug, method)
    })
    .await
}

async fn usdc_address(call: OpenCall) -> Result<Answer, ApiError> {
    let call = call.anybodys();
    let slug = call.param("slug").to_owned();
    let meaning = Fingerprint::new("usdc").text(&slug).finish();
    let claim = call.claim(call.key()?, &slug, meaning);
    call.run(claim, move |tx, _| usdc::address_in(tx, &slug)).await
}

async fn deposit_usdc(call: Call) -> Result<Answer, ApiError> {
    call.caller.require_sandbox()?;
    let request = DepositUsdc::decode(&call.body)?;
    let meaning = Fingerprint::new("usdc deposit").text(&request.address);
    let meaning = meaning.number(request.amount.units()).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| usdc::deposit_in(tx, caller, &request)).await
}
