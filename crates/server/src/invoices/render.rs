//! Invoices as answers, payers and events see them.

use serde_json::{Value, json};
use wallgent_api::types::CURRENCY;
use wallgent_api::types::invoices::{Invoice, InvoiceCheckout, PayableInvoice};
use wallgent_core::Timestamp;
use wallgent_core::invoice::InvoiceStatus;

use super::store::InvoiceRow;
use crate::config::Rules;

/// An invoice as its owner sees it.
#[must_use]
pub(super) fn invoice(row: &InvoiceRow, rules: &Rules) -> Invoice {
    Invoice {
        id: row.id,
        status: row.status.as_str().to_owned(),
        wallet_id: row.wallet,
        customer_id: row.customer,
        currency: CURRENCY.to_owned(),
        subtotal: row.total,
        total: row.total,
        line_items: row.line_items.clone(),
        memo: row.memo.clone(),
        due_date: row.due_at,
        slug: row.slug.clone(),
        checkout_url: row.slug.as_deref().map(|slug| page(slug, rules)),
        paid_at: row.paid_at,
        transaction_id: row.payment,
        refunded_amount: row.refunded,
        metadata: row.metadata.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// An invoice with where it is paid.
#[must_use]
pub(super) fn checkout(row: &InvoiceRow, rules: &Rules) -> InvoiceCheckout {
    let slug = row.slug.as_deref().unwrap_or_default();
    InvoiceCheckout { url: page(slug, rules), invoice: invoice(row, rules) }
}

/// An invoice as whoever has its address sees it.
#[must_use]
pub(super) fn payable(row: &InvoiceRow, rules: &Rules, now: Timestamp) -> PayableInvoice {
    let slug = row.slug.clone().unwrap_or_default();
    PayableInvoice {
        id: row.id,
        url: page(&slug, rules),
        slug,
        status: row.status.as_str().to_owned(),
        overdue: row.status == InvoiceStatus::Finalized && row.due_at.is_some_and(|due| due < now),
        payee_name: row.payee_name.clone(),
        wallet_id: row.wallet,
        currency: CURRENCY.to_owned(),
        subtotal: row.total,
        total: row.total,
        line_items: row.line_items.clone(),
        memo: row.memo.clone(),
        due_date: row.due_at,
        paid_at: row.paid_at,
        transaction_id: row.payment,
        environment: row.environment.as_str().to_owned(),
    }
}

fn page(slug: &str, rules: &Rules) -> String {
    format!("{}/invoice/{slug}", rules.public_url)
}

/// An invoice as its events tell it.
#[must_use]
pub(super) fn told(row: &InvoiceRow, rules: &Rules) -> Value {
    let mut told = json!(invoice(row, rules));
    told["invoiceId"] = json!(row.id);
    told
}
