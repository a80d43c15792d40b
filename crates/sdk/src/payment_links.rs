//! Payment links: what somebody who has one may pay into a wallet.

use wallgent_api::types::payment_links::{
    CreatePaymentLink, LinkPayment, PayLink, PayableLink, PaymentLink, UpdatePaymentLink,
};
use wallgent_api::types::payments::Payment;
use wallgent_core::id::{PaymentLinkId, WalletId};
use wallgent_core::payment_link::LinkStatus;

use crate::{Call, Client, Listing, Sent};

/// Which payment links to list; all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaymentLinkFilter {
    /// Only links that pay into this wallet.
    pub wallet_id: Option<WalletId>,
    /// Only links in this state.
    pub status: Option<LinkStatus>,
}

/// Payment links. Another organization's, or one of a wallet outside the key's scope,
/// is `PAYMENT_LINK_NOT_FOUND`; who has its slug may see what is due, and pay.
///
/// ```no_run
/// # async fn example(client: wallgent::Client, wallet: wallgent::id::WalletId) -> Result<(), wallgent::Error> {
/// use wallgent::types::payment_links::CreatePaymentLink;
///
/// let link = CreatePaymentLink {
///     wallet_id: wallet.to_string(),
///     amount: "250.00".parse().expect("an amount"),
///     description: Some("Freelance payment".to_owned()),
///     ..CreatePaymentLink::default()
/// };
/// let link = client.payment_links().create(&link).await?;
/// println!("pay at {}", link.url);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PaymentLinks<'a> {
    client: &'a Client,
}

impl<'a> PaymentLinks<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Makes a link. The wallet is closed: `CONFLICT`.
    pub fn create(&self, link: &CreatePaymentLink) -> Call<PaymentLink> {
        self.client.post("/payment-links", link)
    }

    /// Links, newest first.
    pub fn list(&self, filter: &PaymentLinkFilter) -> Listing<PaymentLink> {
        Listing::of(self.client, "/payment-links")
            .query("walletId", filter.wallet_id)
            .query("status", filter.status.map(LinkStatus::as_str))
    }

    /// One link.
    pub fn get(&self, id: PaymentLinkId) -> Call<PaymentLink> {
        self.client.get(format!("/payment-links/{id}"))
    }

    /// Cancels a link. It was paid already, or has expired: `CONFLICT`.
    pub fn cancel(&self, id: PaymentLinkId) -> Call<PaymentLink> {
        self.client.patch(format!("/payment-links/{id}"), &UpdatePaymentLink::cancel())
    }

    /// What is due, as whoever has the link sees it.
    pub fn payable(&self, slug: &str) -> Call<PayableLink> {
        self.client.get(pay_path(slug))
    }

    /// Pays a link from a wallet, or waits for a human. The link is not active:
    /// `CONFLICT`; it is for somebody else: `PERMISSION_DENIED`; else as any payment.
    pub fn pay(&self, slug: &str, from: WalletId) -> Call<Sent<Payment>> {
        let request = PayLink { from_wallet_id: Some(from.to_string()), ..PayLink::default() };
        self.client.post::<()>(pay_path(slug), &request).read_by(Sent::read)
    }

    /// Pays a link as the request says: from a wallet, in a sandbox by a test method,
    /// with the payer's e-mail address.
    pub fn pay_with(&self, slug: &str, request: &PayLink) -> Call<Sent<LinkPayment>> {
        self.client.post::<()>(pay_path(slug), request).read_by(Sent::read)
    }
}

/// A slug comes from whoever made the link: what is no part of one must not lead
/// anywhere else.
fn pay_path(slug: &str) -> String {
    let slug = slug.replace(|it: char| !it.is_ascii_alphanumeric(), "-");
    format!("/payment-links/pay/{slug}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_stays_a_slug() {
        assert_eq!(pay_path("5v3r"), "/payment-links/pay/5v3r");
        assert_eq!(pay_path("../../api-keys?x"), "/payment-links/pay/------api-keys-x");
    }
}
