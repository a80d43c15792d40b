//! What only a sandbox has: money for nothing, a clock that can be moved, and the
//! hands of banks and merchants.

use std::time::Duration;

use wallgent_api::types::card_authorizations::{
    AuthorizeCard, CardAuthorization, MoveAuthorization,
};
use wallgent_api::types::clock::{ClockReading, MoveClock};
use wallgent_api::types::customers::{PaymentMethod, SaveTestMethod};
use wallgent_api::types::invoices::{DepositUsdc, Invoice};
use wallgent_api::types::transfers::{DriveTransfer, Transfer};
use wallgent_api::types::wallets::{SandboxFund, SandboxFunding};
use wallgent_core::id::{CardAuthorizationId, CardId, CustomerId, TransferId, WalletId};
use wallgent_core::test_method::TestMethod;
use wallgent_core::{Amount, Timestamp};

use crate::{Call, Client};

/// The sandbox. With a live key: `SANDBOX_ONLY`.
///
/// ```no_run
/// # async fn example(client: wallgent::Client, card: wallgent::id::CardId) -> Result<(), wallgent::Error> {
/// use wallgent::types::card_authorizations::{AuthorizeCard, CardMerchant, MoveAuthorization};
///
/// let purchase = AuthorizeCard {
///     amount: "25.00".parse().expect("an amount"),
///     merchant: CardMerchant {
///         name: "ACME Cloud".to_owned(),
///         category: "software".to_owned(),
///         ..CardMerchant::default()
///     },
/// };
/// let authorization = client.sandbox().authorize_card(card, &purchase).await?;
/// match &authorization.decline_reason {
///     Some(reason) => println!("declined: {reason}"),
///     None => {
///         let everything = MoveAuthorization::default();
///         client.sandbox().capture_authorization(authorization.id, &everything).await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sandbox<'a> {
    client: &'a Client,
}

impl<'a> Sandbox<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Puts money in: at most 10,000.00 at once, 100,000.00 in a wallet's life.
    pub fn fund(&self, wallet: WalletId, amount: Amount) -> Call<SandboxFunding> {
        let request = SandboxFund { wallet_id: wallet.to_string(), amount };
        self.client.post("/sandbox/fund", &request)
    }

    /// Moves the clock of `wallgent dev --test-clock` forward, by whole seconds.
    /// A server that has no such clock: `NOT_FOUND`.
    pub fn advance_clock(&self, by: Duration) -> Call<ClockReading> {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.move_clock(&MoveClock { advance: Some(seconds), to: None })
    }

    /// Moves the clock of `wallgent dev --test-clock` to a moment that is not in
    /// its past. A server that has no such clock: `NOT_FOUND`.
    pub fn set_clock(&self, to: Timestamp) -> Call<ClockReading> {
        self.move_clock(&MoveClock { advance: None, to: Some(to) })
    }

    /// Lets a transfer complete. One that has ended: `CONFLICT`, with the state in
    /// `details.status`.
    pub fn settle_transfer(&self, id: TransferId, why: &DriveTransfer) -> Call<Transfer> {
        self.client.post(format!("/sandbox/transfers/{id}/settle"), why)
    }

    /// Lets a transfer fail. One that has ended: `CONFLICT`, with the state in
    /// `details.status`.
    pub fn fail_transfer(&self, id: TransferId, why: &DriveTransfer) -> Call<Transfer> {
        self.client.post(format!("/sandbox/transfers/{id}/fail"), why)
    }

    /// Lets the other side take a completed ACH transfer back. Any other:
    /// `CONFLICT`, with the state in `details.status`.
    pub fn return_transfer(&self, id: TransferId, why: &DriveTransfer) -> Call<Transfer> {
        self.client.post(format!("/sandbox/transfers/{id}/return"), why)
    }

    /// Saves a test method for a customer, as the customer would on a page.
    pub fn save_method(&self, customer: CustomerId, method: TestMethod) -> Call<PaymentMethod> {
        let path = format!("/sandbox/customers/{customer}/payment-methods");
        self.client.post(path, &SaveTestMethod::from(method))
    }

    /// Lets the stablecoin for an invoice arrive at its address. Another amount than its
    /// total: `INVALID_AMOUNT`.
    pub fn deposit_usdc(&self, address: &str, amount: Amount) -> Call<Invoice> {
        let request = DepositUsdc { address: address.to_owned(), amount };
        self.client.post("/sandbox/usdc-deposits", &request)
    }

    /// Buys something with a card, as a merchant. What is approved is held; a
    /// decline is an answer, with its reason in `decline_reason`.
    pub fn authorize_card(&self, id: CardId, purchase: &AuthorizeCard) -> Call<CardAuthorization> {
        self.client.post(format!("/sandbox/cards/{id}/authorizations"), purchase)
    }

    /// Takes what was authorized, in part or all that is left. More than is held:
    /// `INVALID_AMOUNT`, with `details.maximum`; nothing is: `CONFLICT`.
    pub fn capture_authorization(
        &self,
        id: CardAuthorizationId,
        part: &MoveAuthorization,
    ) -> Call<CardAuthorization> {
        self.client.post(format!("/sandbox/card-authorizations/{id}/capture"), part)
    }

    /// Releases what was authorized and not captured, in part or all that is left.
    /// More than is held: `INVALID_AMOUNT`, with `details.maximum`; nothing is:
    /// `CONFLICT`.
    pub fn reverse_authorization(
        &self,
        id: CardAuthorizationId,
        part: &MoveAuthorization,
    ) -> Call<CardAuthorization> {
        self.client.post(format!("/sandbox/card-authorizations/{id}/reverse"), part)
    }

    /// Gives back what was captured, in part or all that is left. More than that:
    /// `INVALID_AMOUNT`, with `details.maximum`; nothing is left: `CONFLICT`.
    pub fn refund_authorization(
        &self,
        id: CardAuthorizationId,
        part: &MoveAuthorization,
    ) -> Call<CardAuthorization> {
        self.client.post(format!("/sandbox/card-authorizations/{id}/refund"), part)
    }

    fn move_clock(&self, change: &MoveClock) -> Call<ClockReading> {
        self.client.post("/sandbox/clock", change)
    }
}
