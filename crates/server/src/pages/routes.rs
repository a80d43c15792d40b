//! Pages over HTTP.

use maud::{Markup, html};
use wallgent_api::types::payment_links::{PayLink, PayableLink};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::id::TransactionId;

use super::frame::{View, page};
use super::parts::{self, Tone};
use super::pay::{self, Deed};
use super::{SCRIPT, STYLE};
use crate::caller::Visitor;
use crate::http::{Answer, Call, PageRoute};
use crate::{payment_links, slug};

pub(crate) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::new("GET /pay/{slug}", see_link),
        PageRoute::new("POST /pay/{slug}", pay_link),
        PageRoute::new("GET /assets/{name}", asset),
    ]
}

/// The page that says why there is no other.
pub fn refusal(error: &ApiError) -> Answer {
    let (title, text) = match error.code {
        ErrorCode::PaymentLinkNotFound | ErrorCode::NotFound => {
            ("Nothing is here", "Check the address, or ask for a new link.")
        }
        ErrorCode::RateLimitExceeded => ("Too many calls", "Wait a minute, then try again."),
        ErrorCode::PermissionDenied => {
            ("This form was sent from elsewhere", "Open the link again and pay on its own page.")
        }
        ErrorCode::MethodNotAllowed | ErrorCode::ValidationError => {
            ("This cannot be read", "Open the link again.")
        }
        _ => ("Something went wrong on our side", "Nothing was paid here. Try again in a minute."),
    };
    let body = parts::state(Tone::Over, title, text);
    let view =
        View { title, environment: None, watch: None, body: html! { h1 { "Wallgent" } (body) } };
    shown(error.code.status(), page(&view))
}

fn shown(status: u16, markup: Markup) -> Answer {
    Answer::Page { status, html: markup.into_string() }
}

async fn asset(call: Call<Visitor>) -> Answer {
    let name = call.param("name");
    let found = [&*STYLE, &*SCRIPT].into_iter().find(|it| it.path.ends_with(&format!("/{name}")));
    found.map_or_else(|| refusal(&ApiError::not_found("page")), Answer::Asset)
}

async fn see_link(call: Call<Visitor>) -> Answer {
    let link = match payment_links::payable(&call).await {
        Ok(link) => link,
        Err(error) => return refusal(&error),
    };
    match was_paid(&call).await {
        Ok(true) => shown_link(&call, 200, &link, &Deed::Paid),
        Ok(false) => shown_link(&call, 200, &link, &Deed::Came),
        Err(error) => refusal(&error),
    }
}

/// Whether the address names a payment of this link, as it does behind the form.
async fn was_paid(call: &Call<Visitor>) -> Result<bool, ApiError> {
    match call.query("paid").and_then(|id| id.parse::<TransactionId>().ok()) {
        Some(id) => payment_links::was_paid_by(call, id).await,
        None => Ok(false),
    }
}

fn shown_link(call: &Call<Visitor>, status: u16, link: &PayableLink, deed: &Deed<'_>) -> Answer {
    // What is no attempt's name is no idempotency key either.
    let attempt = slug::generate().unwrap_or_default();
    shown(status, pay::render(link, deed, &attempt, &call.app.config.rules.public_url))
}

async fn pay_link(call: Call<Visitor>) -> Answer {
    let link = match payment_links::payable(&call).await {
        Ok(link) => link,
        Err(error) => return refusal(&error),
    };
    let error = match pay(&call).await {
        // What is reloaded from here on is no form.
        Ok(id) => return Answer::SeeOther(format!("/pay/{}?paid={id}", link.slug)),
        Err(error) => error,
    };
    // The link may have ended meanwhile.
    let link = payment_links::payable(&call).await.unwrap_or(link);
    shown_link(&call, error.code.status(), &link, &Deed::Failed(told(&error)))
}

/// Pays by what the form says.
async fn pay(call: &Call<Visitor>) -> Result<TransactionId, ApiError> {
    let form = call.form();
    let method = form.get("method").and_then(|last4| parts::test_method(last4));
    let method = method.ok_or_else(|| ApiError::invalid_field("method", "is required"))?;
    let email = form.get("email").filter(|email| !email.is_empty()).cloned();
    let request = PayLink::by_test_method(method, email)?;
    let attempt = form.get("attempt").filter(|attempt| slug::is_one(attempt)).cloned();
    let payment = payment_links::pay_as_visitor(call, request, attempt).await?;
    Ok(payment.id())
}

/// What a payer is told of a refusal.
fn told(error: &ApiError) -> &str {
    match error.code {
        ErrorCode::InsufficientFunds => {
            "The test method was declined. Nothing was paid. Choose another one."
        }
        ErrorCode::PermissionDenied => "This payment link is for another payer.",
        ErrorCode::ValidationError => "Choose a test method, and fill in what is asked for.",
        ErrorCode::Conflict | ErrorCode::SandboxOnly | ErrorCode::MerchantSuspended => {
            &error.message
        }
        _ => "Something went wrong on our side. Nothing was paid. Try again in a minute.",
    }
}
