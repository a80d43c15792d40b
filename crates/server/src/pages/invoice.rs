//! The page of an invoice.

use maud::{Markup, html};
use wallgent_api::ApiError;
use wallgent_api::types::invoices::PayableInvoice;
use wallgent_core::Environment;
use wallgent_core::invoice::InvoiceStatus;
use wallgent_core::test_method::TestMethod;

use super::frame::{View, page};
use super::parts::{self, Deed, Tone};
use crate::caller::Visitor;
use crate::http::{Answer, Call};
use crate::invoices;

/// Shows an invoice.
pub(super) async fn see(call: Call<Visitor>) -> Answer {
    match invoices::payable(&call).await {
        Ok(invoice) => show(&call, 200, &invoice, &Deed::Came),
        Err(error) => parts::refusal(&error),
    }
}

/// Takes the form of an invoice.
pub(super) async fn pay(call: Call<Visitor>) -> Answer {
    let error = match pay_by_form(&call).await {
        // What is reloaded from here on is no form.
        Ok(invoice) => return Answer::SeeOther(format!("/invoice/{}", invoice.slug)),
        Err(error) => error,
    };
    match invoices::payable(&call).await {
        Ok(invoice) => {
            let failed = Deed::Failed(parts::told(&error));
            show(&call, error.code.status(), &invoice, &failed)
        }
        Err(error) => parts::refusal(&error),
    }
}

async fn pay_by_form(call: &Call<Visitor>) -> Result<PayableInvoice, ApiError> {
    let form = call.form();
    let method = parts::chosen_method(&form)?;
    invoices::pay_as_visitor(call, method, parts::attempt_of(&form)).await
}

fn show(call: &Call<Visitor>, status: u16, invoice: &PayableInvoice, deed: &Deed<'_>) -> Answer {
    let path = format!("/v1/invoices/pay/{}", invoice.slug);
    let api_url = format!("{}{path}", call.app.config.rules.public_url);
    let is_open = invoice.status == InvoiceStatus::Finalized.as_str();
    let body = html! {
        h1 { "Invoice from " (invoice.payee_name) }
        (parts::amount(invoice.total, &invoice.currency))
        p.faint { (invoice.id) }
        (deed.told())
        (standing(invoice))
        (lines(invoice))
        @if let Some(memo) = &invoice.memo { p.memo { (memo) } }
        @if is_open { (due(invoice, &api_url)) }
    };
    let view = View {
        title: &format!("Invoice from {}", invoice.payee_name),
        environment: Some(&invoice.environment),
        watch: is_open.then_some((&path, &invoice.status)),
        body,
    };
    parts::shown(status, page(&view))
}

/// Where the invoice stands.
fn standing(invoice: &PayableInvoice) -> Markup {
    match InvoiceStatus::from_name(&invoice.status) {
        Some(InvoiceStatus::Finalized) if invoice.overdue => {
            parts::state(Tone::Over, "Overdue", "The due date has passed. It can still be paid.")
        }
        Some(InvoiceStatus::Paid) => {
            parts::state(Tone::Good, "Paid", "Thank you. The payment has arrived.")
        }
        Some(InvoiceStatus::Refunded) => {
            parts::state(Tone::Over, "Refunded", "What was paid went back.")
        }
        Some(InvoiceStatus::Voided) => {
            let text = "Whoever sent this invoice took it back. Nothing is due.";
            parts::state(Tone::Over, "Void", text)
        }
        Some(InvoiceStatus::Uncollectible) => {
            let text = "This invoice is not collected any more. It cannot be paid here.";
            parts::state(Tone::Over, "Uncollectible", text)
        }
        Some(InvoiceStatus::Draft | InvoiceStatus::Finalized) | None => html! {},
    }
}

fn lines(invoice: &PayableInvoice) -> Markup {
    let money = |amount| parts::money(amount, &invoice.currency);
    html! {
        table {
            thead { tr { th scope="col" { "What" } th scope="col" { "How much" } } }
            tbody {
                @for line in &invoice.line_items {
                    tr {
                        td {
                            (line.description)
                            span.faint { (line.quantity) " × " (money(line.unit_price)) }
                        }
                        td { (money(line.total)) }
                    }
                }
            }
            tfoot { tr { th scope="row" { "Total" } td { (money(invoice.total)) } } }
        }
    }
}

fn due(invoice: &PayableInvoice, api_url: &str) -> Markup {
    html! {
        @if let Some(end) = invoice.due_date { p.faint { "Due until " (parts::time(end)) } }
        @if invoice.environment == Environment::Sandbox.as_str() {
            form method="post" action={ "/invoice/" (invoice.slug) } {
                (parts::attempt())
                (parts::test_methods(TestMethod::Card))
                button.main type="submit" { "Pay " (parts::money(invoice.total, &invoice.currency)) }
            }
        }
        (parts::api_call(api_url))
    }
}
