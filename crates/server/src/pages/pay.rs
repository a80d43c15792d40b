//! The page of a payment link.

use maud::{Markup, html};
use wallgent_api::types::payment_links::PayableLink;
use wallgent_core::Environment;
use wallgent_core::payment_link::LinkStatus;
use wallgent_core::test_method::TestMethod;

use super::frame::{View, page};
use super::parts::{self, Tone};

/// What a payer just did.
pub(super) enum Deed<'a> {
    /// They came.
    Came,
    /// They paid.
    Paid,
    /// They tried, and this was said.
    Failed(&'a str),
}

/// A page that shows a link. `attempt` makes a repeated form one payment; `api` is
/// what paths of the API begin with.
pub(super) fn render(link: &PayableLink, deed: &Deed<'_>, attempt: &str, api: &str) -> Markup {
    let path = format!("/v1/payment-links/pay/{}", link.slug);
    let active = link.status == LinkStatus::Active.as_str();
    let open = active && !matches!(deed, Deed::Paid);
    let body = html! {
        h1 { "Pay " (link.payee_name) }
        (parts::amount(link.amount, &link.currency))
        @if let Some(description) = &link.description { p.memo { (description) } }
        @match deed {
            Deed::Paid => (parts::state(Tone::Good, "Paid", "Thank you. Your payment has arrived.")),
            Deed::Failed(message) => (parts::alert(message)),
            Deed::Came => {}
        }
        @if open { (due(link, attempt, &format!("{api}{path}"))) } @else if !matches!(deed, Deed::Paid) { (over(link)) }
    };
    page(&View {
        title: &format!("Pay {}", link.payee_name),
        environment: Some(&link.environment),
        watch: open.then_some((&path, &link.status)),
        body,
    })
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

fn due(link: &PayableLink, attempt: &str, api_url: &str) -> Markup {
    let sandbox = link.environment == Environment::Sandbox.as_str();
    let by_wallet_only = link.restricted && !link.email_required;
    html! {
        @if let Some(end) = link.expires_at { p.faint { "Due until " (parts::time(end)) } }
        @if link.restricted {
            p.faint { "This payment link is for certain payers only." }
        }
        @if sandbox && !by_wallet_only { (form(link, attempt)) }
        (parts::api_call(api_url))
    }
}

fn form(link: &PayableLink, attempt: &str) -> Markup {
    html! {
        form method="post" action={ "/pay/" (link.slug) } {
            input type="hidden" name="attempt" value=(attempt);
            (parts::test_methods(TestMethod::Card))
            @if link.email_required {
                label.field {
                    span { "Your e-mail address" }
                    input type="email" name="email" autocomplete="email" maxlength="254" required;
                }
            }
            button.main type="submit" {
                "Pay " (parts::money(link.amount, &link.currency))
            }
        }
    }
}
