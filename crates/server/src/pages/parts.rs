//! Parts that several pages are made of.

use maud::{Markup, html};
use wallgent_core::test_method::TestMethod;
use wallgent_core::{Amount, Timestamp};

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

/// Why something did not work.
pub(super) fn alert(message: &str) -> Markup {
    html! { div.alert role="alert" { p { (message) } } }
}

/// An amount, large.
pub(super) fn amount(amount: Amount, currency: &str) -> Markup {
    html! { p.amount { (money(amount, currency)) } }
}

/// An amount with its currency: `$250.00`, `250.00 USDC`.
pub(super) fn money(amount: Amount, currency: &str) -> String {
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

/// The test method with these last digits.
pub(super) fn test_method(last4: &str) -> Option<TestMethod> {
    TestMethod::ALL.into_iter().find(|method| method.last4() == last4)
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
        let amount = Amount::from_cents(25_000);
        assert_eq!(money(amount, "USD"), "$250.00");
        assert_eq!(money(amount, "USDC"), "250.00 USDC");
    }

    #[test]
    fn texts_are_escaped() {
        let shown = alert("<script>alert(1)</script>").into_string();
        assert!(shown.contains("&lt;script&gt;") && !shown.contains("<script>"), "{shown}");
    }
}
