//! Invoices: what customers are asked to pay, and charges of what they saved.

use wallgent_api::types::charges::{Charge, ChargeCustomer, RecurringCharge};
use wallgent_api::types::invoices::{
    CreateInvoice, Invoice, InvoiceCheckout, PayInvoice, PayableInvoice, UpdateInvoice, UsdcAddress,
};
use wallgent_api::types::payments::Payment;
use wallgent_core::id::{ChargeId, CustomerId, InvoiceId, WalletId};
use wallgent_core::invoice::InvoiceStatus;

use crate::call::Answer;
use crate::{Call, Client, Error, Listing};

/// Which invoices to list; all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct InvoiceFilter {
    /// Only invoices that pay into this wallet.
    pub wallet_id: Option<WalletId>,
    /// Only invoices for this customer.
    pub customer_id: Option<CustomerId>,
    /// Only invoices in this state.
    pub status: Option<InvoiceStatus>,
}

/// What became of the payment of an invoice that was not refused.
#[derive(Clone, Debug)]
pub enum InvoicePayment {
    /// The invoice is paid.
    Paid(Box<PayableInvoice>),
    /// Amount and fee are held until a human agrees; the invoice is still due.
    PendingApproval(Box<Payment>),
}

impl InvoicePayment {
    fn read(answer: Answer) -> Result<Self, Error> {
        Ok(match answer.status {
            202 => Self::PendingApproval(answer.read()?),
            _ => Self::Paid(answer.read()?),
        })
    }
}

/// Invoices. Another organization's, or one of a wallet outside the key's scope, is
/// `NOT_FOUND`; who has its slug may see what is due, and pay.
///
/// ```no_run
/// # async fn example(client: wallgent::Client, wallet: wallgent::id::WalletId, jane: wallgent::id::CustomerId) -> Result<(), wallgent::Error> {
/// use wallgent::types::invoices::{CreateInvoice, NewLineItem};
///
/// let line = NewLineItem {
///     description: "Data processing".to_owned(),
///     quantity: 3,
///     unit_price: "15.00".parse().expect("an amount"),
/// };
/// let invoice = CreateInvoice {
///     wallet_id: wallet.to_string(),
///     customer_id: jane.to_string(),
///     line_items: vec![line],
///     ..CreateInvoice::default()
/// };
/// let draft = client.invoices().create(&invoice).await?;
/// let due = client.invoices().finalize(draft.id).await?;
/// println!("{} is due at {:?}", due.total, due.checkout_url);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Invoices<'a> {
    client: &'a Client,
}

impl<'a> Invoices<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Drafts an invoice. The wallet is closed: `CONFLICT`; the lines add up to more
    /// than an amount can be: `INVALID_AMOUNT`.
    pub fn create(&self, invoice: &CreateInvoice) -> Call<Invoice> {
        self.client.post("/invoices", invoice)
    }

    /// Invoices, newest first.
    pub fn list(&self, filter: &InvoiceFilter) -> Listing<Invoice> {
        Listing::of(self.client, "/invoices")
            .query("walletId", filter.wallet_id)
            .query("customerId", filter.customer_id)
            .query("status", filter.status.map(InvoiceStatus::as_str))
    }

    /// One invoice.
    pub fn get(&self, id: InvoiceId) -> Call<Invoice> {
        self.client.get(format!("/invoices/{id}"))
    }

    /// Changes a draft. It is none any more: `CONFLICT`.
    pub fn update(&self, id: InvoiceId, change: &UpdateInvoice) -> Call<Invoice> {
        self.client.patch(format!("/invoices/{id}"), change)
    }

    /// Fixes a draft, which can be paid from then on at its `checkout_url`.
    pub fn finalize(&self, id: InvoiceId) -> Call<Invoice> {
        self.client.act(format!("/invoices/{id}/finalize"))
    }

    /// Withdraws an invoice that nobody paid. Somebody did: `CONFLICT`.
    pub fn void(&self, id: InvoiceId) -> Call<Invoice> {
        self.client.act(format!("/invoices/{id}/void"))
    }

    /// Gives up an invoice that is due.
    pub fn mark_uncollectible(&self, id: InvoiceId) -> Call<Invoice> {
        self.client.act(format!("/invoices/{id}/mark-uncollectible"))
    }

    /// Where an invoice is paid that is due.
    pub fn checkout(&self, id: InvoiceId) -> Call<InvoiceCheckout> {
        self.client.act(format!("/invoices/{id}/checkout"))
    }

    /// Gives back all that is left of a paid invoice. The wallet has not got it:
    /// `INSUFFICIENT_FUNDS`.
    pub fn refund(&self, id: InvoiceId) -> Call<Invoice> {
        self.client.act(format!("/invoices/{id}/refund"))
    }

    /// What is due, as whoever has the invoice's slug sees it.
    pub fn payable(&self, slug: &str) -> Call<PayableInvoice> {
        self.client.get(pay_path(slug))
    }

    /// Pays an invoice from a wallet, or waits for a human. It is not due: `CONFLICT`;
    /// else as any payment.
    pub fn pay(&self, slug: &str, from: WalletId) -> Call<InvoicePayment> {
        let request =
            PayInvoice { from_wallet_id: Some(from.to_string()), ..PayInvoice::default() };
        self.pay_with(slug, &request)
    }

    /// Pays an invoice as the request says: from a wallet, or in a sandbox by a test
    /// method.
    pub fn pay_with(&self, slug: &str, request: &PayInvoice) -> Call<InvoicePayment> {
        self.client.post::<()>(pay_path(slug), request).read_by(InvoicePayment::read)
    }

    /// Where to send the stablecoin for an invoice. In production, as long as nothing
    /// watches a chain: `SERVICE_UNAVAILABLE`.
    pub fn usdc_address(&self, slug: &str) -> Call<UsdcAddress> {
        self.client.act(format!("{}/usdc", pay_path(slug)))
    }

    /// Charges what a customer saved. It is declined: an answer, with the status
    /// `FAILED`; nothing is saved: `CONFLICT`.
    pub fn charge(&self, charge: &ChargeCustomer) -> Call<Charge> {
        self.client.post("/invoices/charge", charge)
    }

    /// Charges that repeat, newest first.
    pub fn recurring_charges(&self) -> Listing<RecurringCharge> {
        Listing::of(self.client, "/invoices/charges/recurring")
    }

    /// Cancels a charge that repeats.
    pub fn cancel_recurring_charge(&self, id: ChargeId) -> Call<RecurringCharge> {
        self.client.delete(format!("/invoices/charges/recurring/{id}")).read_by(Answer::read)
    }
}

/// A slug comes from whoever sent the invoice: what is no part of one must not lead
/// anywhere else.
fn pay_path(slug: &str) -> String {
    let slug = slug.replace(|it: char| !it.is_ascii_alphanumeric(), "-");
    format!("/invoices/pay/{slug}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_stays_a_slug() {
        assert_eq!(pay_path("5v3r"), "/invoices/pay/5v3r");
        assert_eq!(pay_path("../../api-keys?x"), "/invoices/pay/------api-keys-x");
    }
}
