//! Merchants: being paid by name, and what it adds up to.

use wallgent_api::types::merchants::{
    CreateMerchant, Merchant, MerchantAnalytics, MerchantPayments, SettlementOverview,
    UpdateMerchant,
};
use wallgent_core::id::MerchantId;

use crate::call::Answer;
use crate::{Call, Client, Report};

/// Which payments of a merchant to list; the newest twenty of all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct MerchantPaymentFilter {
    /// How many, 1 to 100.
    pub limit: Option<u32>,
    /// How many of the newest to leave out.
    pub offset: Option<u32>,
    /// The first day.
    pub start: Option<crate::Day>,
    /// The last day, included.
    pub end: Option<crate::Day>,
}

/// The organization as a merchant. Out of reach of keys that are bound to wallets,
/// but for reading the profile; without a profile, the reports are
/// `MERCHANT_NOT_FOUND`. To pay a merchant, name it in a payment.
///
/// ```no_run
/// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
/// use wallgent::types::merchants::CreateMerchant;
///
/// let shop = CreateMerchant {
///     name: "Acme Shop".to_owned(),
///     domain: "shop.example.com".to_owned(),
///     ..CreateMerchant::default()
/// };
/// let shop = client.merchants().create(&shop).await?;
/// let overview = client.merchants().settlement_overview().await?;
/// println!("{} was paid {} today", shop.name, overview.today.total);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Merchants<'a> {
    client: &'a Client,
}

impl<'a> Merchants<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Makes the organization's profile. There is one, or the domain is another's:
    /// `CONFLICT`.
    pub fn create(&self, merchant: &CreateMerchant) -> Call<Merchant> {
        self.client.post("/merchants", merchant)
    }

    /// The organization's profile in this environment, if there is one.
    pub fn list(&self) -> Call<Vec<Merchant>> {
        self.client.get::<()>("/merchants").read_by(Answer::rows)
    }

    /// The profile; `MERCHANT_NOT_FOUND` when it is another organization's.
    pub fn get(&self, id: MerchantId) -> Call<Merchant> {
        self.client.get(format!("/merchants/{id}"))
    }

    /// Changes it; what is left out stays.
    pub fn update(&self, id: MerchantId, change: &UpdateMerchant) -> Call<Merchant> {
        self.client.patch(format!("/merchants/{id}"), change)
    }

    /// Looks for the DNS record that proves the domain (see
    /// [`Merchant::domain_verification`]); `CONFLICT` when it is not there.
    pub fn verify(&self, id: MerchantId) -> Call<Merchant> {
        self.client.act(format!("/merchants/{id}/verify"))
    }

    /// What the merchant has, and was paid lately.
    pub fn settlement_overview(&self) -> Call<SettlementOverview> {
        self.client.get("/merchant/settlement/overview")
    }

    /// What the merchant was paid, newest first.
    pub fn payments(&self, filter: &MerchantPaymentFilter) -> Call<MerchantPayments> {
        self.client
            .get("/merchant/payments")
            .query("limit", filter.limit)
            .query("offset", filter.offset)
            .query("startDate", filter.start)
            .query("endDate", filter.end)
    }

    /// What it adds up to, period by period.
    pub fn analytics(&self, report: &Report) -> Call<MerchantAnalytics> {
        report.ask(self.client.get("/merchant/analytics"))
    }
}
