//! Parts that several pages are made of.

use std::collections::BTreeMap;

use maud::{Markup, html};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::test_method::TestMethod;
use wallgent_core::{Amount, Timestamp};

use super::frame::{View, page};
use crate::http::Answer;
use crate::slug;

/// What a visitor of a page just did.
pub(super) enum Deed<'a> {
    /// They came.
    Came,
    /// They paid.
    Paid,
    /// They tried, and this was said.
    Failed(&'a str),
}

impl Deed<'_> {
    /// Whether they paid.
    pub(super) const fn is_paid(&self) -> bool {
        matches!(self, Self::Paid)
    }

    /// What they are told of it.
    pub(super) fn told(&self) -> Markup {
        match self {
            Self::Came => html! {},
            Self::Paid => state(Tone::Good, "Paid", "Thank you. Your payment has arrived."),
            Self::Failed(message) => html! { div.alert role="alert" { p { (message) } } },
        }
    }
}

/// A page as it is answered.
pub(super) fn shown(status: u16, markup: Markup) -> Answer {
    Answer::Page { status, html: markup.into_string() }
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
        ErrorCode::MethodNotAllowed | ErrorCode::ValidationError | ErrorCode::PayloadTooLarge => {
            ("This cannot be read", "Open the link again.")
        }
        _ => ("Something went wrong on our side", "Nothing was paid here. Try again in a minute."),
    };
    let body = html! { h1 { "Wallgent" } (state(Tone::Over, title, text)) };
    shown(error.code.status(), page(&View { title, environment: None, watch: None, body }))
}

/// What whoever sent a form is told of its refusal.
pub(super) fn told(error: &ApiError) -> &str {
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

/// A new attempt, so that a form that is sent twice pays once. What is no attempt's
/// name is no idempotency key either.
pub(super) fn attempt() -> Markup {
    let attempt = slug::generate().unwrap_or_default();
    html! { input type="hidden" name="attempt" value=(attempt); }
}

/// The attempt that a form belongs to.
pub(super) fn attempt_of(form: &BTreeMap<String, String>) -> Option<String> {
    form.get("attempt").filter(|attempt| slug::is_one(attempt)).cloned()
}

/// How a state is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// All is well.
    Good,
    /// Nothing can be done any more.
    Over,
}

/// Where a thing stands, told in words.
pub(super) fn state(tone: Tone, title: &str, text: &str) -> Markup {
    let over = tone == Tone::Over;
    html! {
        div.state.over[over] role="status" { p { strong { (title) } (text) } }
    }
}

/// An amount, large.
pub(super) fn amount(amount: Amount, currency: &str) -> Markup {
    html! { p.amount { (money(amount, currency)) } }
}

/// An amount with its currency: `$1,250.00`, `1,250.00 USDC`.
pub(super) fn money(amount: Amount, currency: &str) -> String {
    let text = amount.to_string();
    let (whole, rest) = text.split_once('.').unwrap_or((&text, "00"));
    let mut amount = String::with_capacity(text.len() + whole.len() / 3 + 1);
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            amount.push(',');
        }
        amount.push(digit);
    }
    amount.push('.');
    amount.push_str(rest);
    match currency {
        "USD" => format!("${amount}"),
        _ => format!("{amount} {currency}"),
    }
}

/// A moment, for people and for machines.
pub(super) fn time(moment: Timestamp) -> Markup {
    let text = moment.to_string();
    let (day, rest) = text.split_once('T').unwrap_or((&text, ""));
    let minutes = rest.get(..5).unwrap_or_default();
    html! { time datetime=(text) { (day) " " (minutes) " UTC" } }
}

/// A sandbox's ways to pay, one of which is chosen.
pub(super) fn test_methods(chosen: TestMethod) -> Markup {
    html! {
        fieldset {
            legend { "Test payment method" }
            @for method in TestMethod::ALL {
                label.choice {
                    input type="radio" name="method" value=(method.last4()) required
                        checked[method == chosen];
                    span { (name(method)) }
                }
            }
        }
    }
}

fn name(method: TestMethod) -> String {
    let kind = if method.kind() == "card" { "Test card" } else { "Test bank account" };
    let effect = if method.is_declined() { "is declined" } else { "pays" };
    format!("{kind} ending in {}: {effect}", method.last4())
}

/// The test method that was chosen in a form.
pub(super) fn chosen_method(form: &BTreeMap<String, String>) -> Result<TestMethod, ApiError> {
    let chosen = form.get("method");
    let method =
        TestMethod::ALL.into_iter().find(|it| chosen.is_some_and(|last4| it.last4() == last4));
    method.ok_or_else(|| ApiError::invalid_field("method", "is required"))
}

/// How something is paid from a Wallgent wallet: a call to the API, ready to copy.
/// The key is the caller's own business; no page asks for it.
pub(super) fn api_call(url: &str) -> Markup {
    let call = format!(
        "curl -X POST {url} \\\n  \
         -H \"Authorization: Bearer $WALLGENT_API_KEY\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"fromWalletId\": \"wal_…\"}}'"
    );
    html! {
        section aria-labelledby="by-wallet" {
            h2 #by-wallet { "Pay from a Wallgent wallet" }
            p.faint {
                "Call the API with your own key, and your wallet's ID. This page shows when it is paid."
            }
            pre { code #call { (call) } }
            button type="button" data-copies="call" hidden { "Copy" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_with_its_currency() {
        for (cents, told) in [(5, "$0.05"), (25_000, "$250.00"), (125_000, "$1,250.00")] {
            assert_eq!(money(Amount::from_cents(cents), "USD"), told);
        }
        assert_eq!(money(Amount::from_cents(12_345_678_900), "USDC"), "123,456,789.00 USDC");
    }

    #[test]
    fn texts_are_escaped() {
        let shown = Deed::Failed("<script>alert(1)</script>").told().into_string();
        assert!(shown.contains("&lt;script&gt;") && !shown.contains("<script>"), "{shown}");
    }
}
