//! The page of a payment link.

use maud::{Markup, html};
use wallgent_api::ApiError;
use wallgent_api::types::payment_links::{PayLink, PayableLink};
use wallgent_core::Environment;
use wallgent_core::id::TransactionId;
use wallgent_core::payment_link::LinkStatus;
use wallgent_core::test_method::TestMethod;

use super::frame::{View, page};
use super::parts::{self, Deed, Tone};
use crate::caller::Visitor;
use crate::http::{Answer, Call};
use crate::payment_links;

/// Shows a link, and behind its form that it was paid.
pub(super) async fn see(call: Call<Visitor>) -> Answer {
    let link = match payment_links::payable(&call).await {
        Ok(link) => link,
        Err(error) => return parts::refusal(&error),
    };
    match was_paid(&call).await {
        Ok(true) => show(&call, 200, &link, &Deed::Paid),
        Ok(false) => show(&call, 200, &link, &Deed::Came),
        Err(error) => parts::refusal(&error),
    }
}

/// Whether the address names a payment of this link, as it does behind the form.
async fn was_paid(call: &Call<Visitor>) -> Result<bool, ApiError> {
    match call.query("paid").and_then(|id| id.parse::<TransactionId>().ok()) {
        Some(id) => payment_links::was_paid_by(call, id).await,
        None => Ok(false),
    }
}

/// Takes the form of a link.
pub(super) async fn pay(call: Call<Visitor>) -> Answer {
    let error = match pay_by_form(&call).await {
        // What is reloaded from here on is no form.
        Ok(id) => return Answer::SeeOther(format!("/pay/{}?paid={id}", call.param("slug"))),
        Err(error) => error,
    };
    match payment_links::payable(&call).await {
        Ok(link) => {
            let failed = Deed::Failed(parts::told(&error));
            show(&call, error.code.status(), &link, &failed)
        }
        Err(error) => parts::refusal(&error),
    }
}

async fn pay_by_form(call: &Call<Visitor>) -> Result<TransactionId, ApiError> {
    let form = call.form();
    let method = parts::chosen_method(&form)?;
    let email = form.get("email").filter(|email| !email.is_empty()).cloned();
    let request = PayLink::by_test_method(method, email)?;
    let attempt = parts::attempt_of(&form);
    let payment = payment_links::pay_as_visitor(call, request, attempt).await?;
    Ok(payment.id())
}

fn show(call: &Call<Visitor>, status: u16, link: &PayableLink, deed: &Deed<'_>) -> Answer {
    let path = format!("/v1/payment-links/pay/{}", link.slug);
    let api_url = format!("{}{path}", call.app.config.rules.public_url);
    let is_open = link.status == LinkStatus::Active.as_str() && !deed.is_paid();
    let body = html! {
        h1 { "Pay " (link.payee_name) }
        (parts::amount(link.amount, &link.currency))
        @if let Some(description) = &link.description { p.memo { (description) } }
        (deed.told())
        @if is_open { (due(link, &api_url)) } @else if !deed.is_paid() { (over(link)) }
    };
    let view = View {
        title: &format!("Pay {}", link.payee_name),
        environment: Some(&link.environment),
        watch: is_open.then_some((&path, &link.status)),
        body,
    };
    parts::shown(status, page(&view))
}

fn over(link: &PayableLink) -> Markup {
    match LinkStatus::from_name(&link.status) {
        Some(LinkStatus::Claimed) => {
            parts::state(Tone::Good, "Paid", "This payment link has been paid.")
        }
        Some(LinkStatus::Cancelled) => {
            let text = "Whoever made this payment link took it back. Nothing is due.";
            parts::state(Tone::Over, "Cancelled", text)
        }
        _ => {
            let text = "The time to pay is over. Ask for a new payment link.";
            parts::state(Tone::Over, "Expired", text)
        }
    }
}

fn due(link: &PayableLink, api_url: &str) -> Markup {
    let sandbox = link.environment == Environment::Sandbox.as_str();
    let by_wallet_alone = link.restricted && !link.email_required;
    html! {
        @if let Some(end) = link.expires_at { p.faint { "Due until " (parts::time(end)) } }
        @if link.restricted { p.faint { "This payment link is for certain payers only." } }
        @if sandbox && !by_wallet_alone { (form(link)) }
        (parts::api_call(api_url))
    }
}

fn form(link: &PayableLink) -> Markup {
    html! {
        form method="post" action={ "/pay/" (link.slug) } {
            (parts::attempt())
            (parts::test_methods(TestMethod::Card))
            @if link.email_required {
                label.field {
                    span { "Your e-mail address" }
                    input type="email" name="email" autocomplete="email" maxlength="254" required;
                }
            }
            button.main type="submit" { "Pay " (parts::money(link.amount, &link.currency)) }
        }
    }
}
