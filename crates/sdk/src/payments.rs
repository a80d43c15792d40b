//! Payments, one by one and in batches, and what can become of them.

use serde::de::DeserializeOwned;
use serde_json::Value;
use wallgent_api::types::network::NetworkPayment;
use wallgent_api::types::payments::{BatchResult, Payment, ReversePayment, SendBatch, SendPayment};
use wallgent_core::Timestamp;
use wallgent_core::id::{TransactionId, WalletId};
use wallgent_core::payment::PaymentStatus;

use crate::call::Answer;
use crate::{Call, Client, Error, Listing};

/// What became of a payment that was not refused.
#[derive(Clone, Debug)]
pub enum Sent<T = Payment> {
    /// The money has moved.
    Posted(T),
    /// Amount and fee are held until a human agrees; `approval_id` names what
    /// they decide.
    PendingApproval(T),
}

impl<T> Sent<T> {
    /// The payment, whatever became of it.
    #[must_use]
    pub const fn payment(&self) -> &T {
        match self {
            Self::Posted(payment) | Self::PendingApproval(payment) => payment,
        }
    }

    pub(crate) fn read(answer: Answer) -> Result<Self, Error>
    where
        T: DeserializeOwned,
    {
        let waits = answer.status == 202;
        let payment = answer.read()?;
        Ok(if waits { Self::PendingApproval(payment) } else { Self::Posted(payment) })
    }

    fn posted(self, why_not: fn(T) -> Option<Value>) -> Result<T, Error> {
        match self {
            Self::Posted(payment) => Ok(payment),
            Self::PendingApproval(payment) => {
                let body = why_not(payment).unwrap_or_default();
                Err(Error::from_body(202, None, &body))
            }
        }
    }
}

impl Sent<Payment> {
    /// The payment, if the money has moved.
    ///
    /// # Errors
    /// `APPROVAL_REQUIRED`, with `approvalId` and `expiresAt` in its details, if
    /// it waits for a human.
    pub fn into_posted(self) -> Result<Payment, Error> {
        self.posted(|payment| payment.error)
    }
}

impl Sent<NetworkPayment> {
    /// The payment, if the money has moved.
    ///
    /// # Errors
    /// `APPROVAL_REQUIRED`, with `approvalId` and `expiresAt` in its details, if
    /// it waits for a human.
    pub fn into_posted(self) -> Result<NetworkPayment, Error> {
        self.posted(|payment| payment.error)
    }
}

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
        let call = match &payment.idempotency_key {
            Some(key) => call.idempotency_key(key),
            None => call,
        };
        call.read_by(Sent::read)
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
