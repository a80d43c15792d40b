//! What becomes of money that is sent: it moves, or it waits for a human.

use serde::de::DeserializeOwned;
use serde_json::Value;
use wallgent_api::types::network::NetworkPayment;
use wallgent_api::types::payments::Payment;
use wallgent_api::types::transfers::{InternalTransfer, Transfer};

use crate::Error;
use crate::call::Answer;

/// What became of a payment or a transfer that was not refused.
#[derive(Clone, Debug)]
pub enum Sent<T = Payment> {
    /// The money has moved; of a withdrawal, out of the wallet, and its `status`
    /// tells how far the rail is.
    Posted(T),
    /// Amount and fee are held until a human agrees; `approval_id` names what
    /// they decide.
    PendingApproval(T),
}

impl<T> Sent<T> {
    pub(crate) fn read(answer: Answer) -> Result<Self, Error>
    where
        T: DeserializeOwned,
    {
        let waits = answer.status == 202;
        let sent = answer.read()?;
        Ok(if waits { Self::PendingApproval(sent) } else { Self::Posted(sent) })
    }

    const fn either(&self) -> &T {
        match self {
            Self::Posted(sent) | Self::PendingApproval(sent) => sent,
        }
    }

    fn posted(self, why_not: fn(T) -> Option<Value>) -> Result<T, Error> {
        match self {
            Self::Posted(sent) => Ok(sent),
            Self::PendingApproval(sent) => {
                let body = why_not(sent).unwrap_or_default();
                Err(Error::from_body(202, None, &body))
            }
        }
    }
}

impl Sent<Payment> {
    /// The payment, whatever became of it.
    #[must_use]
    pub const fn payment(&self) -> &Payment {
        self.either()
    }

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
    /// The payment, whatever became of it.
    #[must_use]
    pub const fn payment(&self) -> &NetworkPayment {
        self.either()
    }

    /// The payment, if the money has moved.
    ///
    /// # Errors
    /// `APPROVAL_REQUIRED`, with `approvalId` and `expiresAt` in its details, if
    /// it waits for a human.
    pub fn into_posted(self) -> Result<NetworkPayment, Error> {
        self.posted(|payment| payment.error)
    }
}

impl Sent<Transfer> {
    /// The withdrawal, whatever became of it.
    #[must_use]
    pub const fn transfer(&self) -> &Transfer {
        self.either()
    }

    /// The withdrawal, if the money has left the wallet.
    ///
    /// # Errors
    /// `APPROVAL_REQUIRED`, with `approvalId` and `expiresAt` in its details, if
    /// it waits for a human.
    pub fn into_posted(self) -> Result<Transfer, Error> {
        self.posted(|transfer| transfer.error)
    }
}

impl Sent<InternalTransfer> {
    /// The transfer, whatever became of it.
    #[must_use]
    pub const fn transfer(&self) -> &InternalTransfer {
        self.either()
    }

    /// The transfer, if the money has moved.
    ///
    /// # Errors
    /// `APPROVAL_REQUIRED`, with `approvalId` and `expiresAt` in its details, if
    /// it waits for a human.
    pub fn into_posted(self) -> Result<InternalTransfer, Error> {
        self.posted(|transfer| transfer.error)
    }
}
