//! The page on which a customer saves a payment method.

use maud::{Markup, html};
use wallgent_api::ApiError;
use wallgent_core::test_method::TestMethod;

use super::frame::{View, page};
use super::parts::{self, Deed, Tone};
use crate::caller::Visitor;
use crate::customers::{self, Setup};
use crate::events::Actor;
use crate::http::{Answer, Call};
use crate::idempotency::Reply;
use crate::slug;

/// Shows the page with this token.
pub(super) async fn see(call: Call<Visitor>) -> Answer {
    match find(&call).await {
        Ok(setup) => show(&call, 200, &setup, &Deed::Came),
        Err(error) => parts::refusal(&error),
    }
}

async fn find(call: &Call<Visitor>) -> Result<Setup, ApiError> {
    let missing = || ApiError::not_found("setup");
    let token = call.param("token").to_owned();
    if !slug::is_one(&token) {
        return Err(missing());
    }
    let found = call.read(move |connection| customers::find_setup(connection, &token)).await?;
    found.ok_or_else(missing)
}

/// Takes the page's form.
pub(super) async fn save(call: Call<Visitor>) -> Answer {
    let error = match save_by_form(&call).await {
        Ok(()) => return Answer::SeeOther(format!("/setup/{}", call.param("token"))),
        Err(error) => error,
    };
    match find(&call).await {
        Ok(setup) => {
            let failed = Deed::Failed(parts::told(&error));
            show(&call, error.code.status(), &setup, &failed)
        }
        Err(error) => parts::refusal(&error),
    }
}

/// Saves the method that was chosen. The page itself is used once, so that no key has
/// to make it safe.
async fn save_by_form(call: &Call<Visitor>) -> Result<(), ApiError> {
    let token = find(call).await?.session.token;
    let method = parts::chosen_method(&call.form())?;
    let saved = call.run(None, move |tx, visitor| {
        let row = customers::complete_setup_in(tx, Actor::Visitor(visitor), &token, method)?;
        Ok(Reply::empty(row.id))
    });
    saved.await.map(drop)
}

fn show(call: &Call<Visitor>, status: u16, setup: &Setup, deed: &Deed<'_>) -> Answer {
    let Setup { session, customer, payee_name } = setup;
    let is_over = session.expires_at <= call.app.clock.now();
    let body = html! {
        h1 { "For " (payee_name) }
        p.amount { "Payment method" }
        (deed.told())
        @if session.used_at.is_some() {
            (parts::state(Tone::Good, "Saved", "Your payment method has been saved."))
        } @else if is_over {
            (parts::state(Tone::Over, "Expired", "The time of this page is over. Ask for a new one."))
        } @else {
            p { "Choose what " (payee_name) " may charge for " strong { (customer.email) } "." }
            (form(&session.token))
        }
        @if let Some(url) = &session.return_url {
            p { a href=(url) rel="noreferrer" { "Go back to " (host_of(url)) } }
        }
    };
    let view = View {
        title: "Save a payment method",
        environment: Some(customer.environment.as_str()),
        watch: None,
        body,
    };
    parts::shown(status, page(&view))
}

fn form(token: &str) -> Markup {
    html! {
        form method="post" action={ "/setup/" (token) } {
            (parts::test_methods(TestMethod::Card))
            button.main type="submit" { "Save" }
        }
    }
}

/// Where an address leads, so that a payer sees it before they go.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    authority.rsplit('@').next().unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payer_sees_where_an_address_leads() {
        assert_eq!(host_of("https://shop.example/back?x=1"), "shop.example");
        assert_eq!(host_of("https://bank.example@evil.example/"), "evil.example");
        assert_eq!(host_of("https://evil.example\\@bank.example"), "evil.example");
    }
}
