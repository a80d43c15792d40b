//! Payments, one by one and in batches, and what can become of them.

use wallgent_api::types::payments::{BatchResult, Payment, ReversePayment, SendBatch, SendPayment};
use wallgent_core::Timestamp;
use wallgent_core::id::{TransactionId, WalletId};
use wallgent_core::payment::PaymentStatus;

use crate::call::Answer;
use crate::{Call, Client, Error, Listing, Sent};

/// What became of a batch that was not refused as a whole.
#[derive(Clone, Debug)]
pub enum Batch {
    /// All its payments are posted.
    Complete(BatchResult),
    /// At least one is not: an atomic batch moved nothing, an independent one
    /// what its results say.
    Partial(BatchResult),
}

impl Batch {
    /// The result, whatever became of it.
    #[must_use]
    pub const fn result(&self) -> &BatchResult {
        match self {
            Self::Complete(result) | Self::Partial(result) => result,
        }
    }

    /// Why payments failed, with their places in the request.
    pub fn failures(&self) -> impl Iterator<Item = (usize, Error)> {
        self.result().results.iter().filter_map(|item| {
            let body = item.error.as_ref()?;
            Some((item.index, Error::from_batch_item(body)))
        })
    }

    fn read(answer: Answer) -> Result<Self, Error> {
        let partial = answer.status == 207;
        let result = answer.read()?;
        Ok(if partial { Self::Partial(result) } else { Self::Complete(result) })
    }
}

/// Which payments to list; all by default.
#[derive(Clone, Debug, Default)]
pub struct PaymentFilter {
    /// Only payments from or to this wallet.
    pub wallet_id: Option<WalletId>,
    /// Only payments in this state.
    pub status: Option<PaymentStatus>,
    /// Only payments sent with this key: what a client that crashed has done.
    pub idempotency_key: Option<String>,
    /// Only payments created at this time or later.
    pub created_after: Option<Timestamp>,
    /// Only payments created before this time.
    pub created_before: Option<Timestamp>,
}

/// Payments between wallets, also of different organizations.
#[derive(Clone, Copy, Debug)]
pub struct Payments<'a> {
    client: &'a Client,
}

impl<'a> Payments<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Sends a payment. Refusals are errors, of which `INSUFFICIENT_FUNDS`,
    /// `POLICY_DENIED` and `WALLET_FROZEN` are remembered with the idempotency
    /// key: a new attempt needs a new key.
    pub fn send(&self, payment: &SendPayment) -> Call<Sent> {
        let call = self.client.post::<()>("/payments", payment);
        call.keyed(payment.idempotency_key.as_deref()).read_by(Sent::read)
    }

    /// One payment; `NOT_FOUND` when there is none.
    pub fn get(&self, id: TransactionId) -> Call<Payment> {
        self.client.get(format!("/payments/{id}"))
    }

    /// Payments, newest first.
    pub fn list(&self, filter: &PaymentFilter) -> Listing<Payment> {
        Listing::of(self.client, "/payments")
            .query("walletId", filter.wallet_id)
            .query("status", filter.status.map(PaymentStatus::as_str))
            .query("idempotencyKey", filter.idempotency_key.as_deref())
            .query("createdAfter", filter.created_after)
            .query("createdBefore", filter.created_before)
    }

    /// Gives a payment back, in part or whole, from the wallet that got it. When
    /// that cannot be: `REVERSAL_NOT_ALLOWED`, `details.reason` says why.
    pub fn reverse(&self, id: TransactionId, reversal: &ReversePayment) -> Call<Payment> {
        self.client.post(format!("/payments/{id}/reverse"), reversal)
    }

    /// Sends 1 to 20 payments, all or nothing or each on its own.
    pub fn batch(&self, batch: &SendBatch) -> Call<Batch> {
        self.client.post::<()>("/payments/batch", batch).read_by(Batch::read)
    }
}
