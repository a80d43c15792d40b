//! Virtual cards: whom they are issued to, what they may spend, and what they were
//! asked for.

use wallgent_api::types::card_authorizations::CardAuthorization;
use wallgent_api::types::cards::{
    Card, CardDetails, Cardholder, CreateCard, CreateCardholder, UpdateCard,
};
use wallgent_core::card::CardStatus;
use wallgent_core::id::{CardId, WalletId};

use crate::call::Answer;
use crate::{Call, Client, Error, Listing, Secret};

/// What is secret of a card. Printing it shows neither number nor code.
#[derive(Clone, Debug)]
pub struct CardSecrets {
    /// Which card.
    pub id: CardId,
    /// Its number.
    pub number: Secret,
    /// Its security code.
    pub cvc: Secret,
    /// The last month in which it is good.
    pub exp_month: i64,
    /// The year of that month.
    pub exp_year: i64,
}

impl CardSecrets {
    fn read(answer: Answer) -> Result<Self, Error> {
        let CardDetails { id, number, cvc, exp_month, exp_year, .. } = answer.read()?;
        Ok(Self { id, number: Secret::new(number), cvc: Secret::new(cvc), exp_month, exp_year })
    }
}

/// Which cards to list; all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct CardFilter {
    /// Only cards of this wallet.
    pub wallet_id: Option<WalletId>,
    /// Only cards in this state.
    pub status: Option<CardStatus>,
}

/// Virtual cards. A card spends the balance of its wallet, under the wallet's
/// policies and limits of its own. Another organization's, or one of a wallet
/// outside the key's scope, is `CARD_NOT_FOUND`.
///
/// ```no_run
/// # async fn example(client: wallgent::Client, wallet: wallgent::id::WalletId) -> Result<(), wallgent::Error> {
/// use wallgent::Interval;
/// use wallgent::types::cards::{CreateCard, SpendingLimit};
///
/// let monthly = SpendingLimit {
///     amount: "500.00".parse().expect("an amount"),
///     interval: Interval::Monthly.as_str().to_owned(),
///     categories: None,
/// };
/// let card = CreateCard {
///     wallet_id: wallet.to_string(),
///     spending_limits: vec![monthly],
///     ..CreateCard::default()
/// };
/// let card = client.cards().create(&card).await?;
/// let secrets = client.cards().details(card.id).await?;
/// println!("{secrets:?}"); // shows neither number nor code
/// assert!(secrets.number.reveal().ends_with(&card.last4));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cards<'a> {
    client: &'a Client,
}

impl<'a> Cards<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Adds somebody whom cards can be issued to, by their whole `name`; first and
    /// last name may be told beside it.
    pub fn create_cardholder(&self, cardholder: &CreateCardholder) -> Call<Cardholder> {
        self.client.post("/cards/cardholders", cardholder)
    }

    /// Issues a card. No such cardholder: `NOT_FOUND`; the wallet is closed:
    /// `CONFLICT`.
    pub fn create(&self, card: &CreateCard) -> Call<Card> {
        self.client.post("/cards", card)
    }

    /// Cards, newest first.
    pub fn list(&self, filter: &CardFilter) -> Listing<Card> {
        Listing::of(self.client, "/cards")
            .query("walletId", filter.wallet_id)
            .query("status", filter.status.map(CardStatus::as_str))
    }

    /// One card, without what is secret.
    pub fn get(&self, id: CardId) -> Call<Card> {
        self.client.get(format!("/cards/{id}"))
    }

    /// Freezes a card, unfreezes it, or replaces its limits. A cancelled card:
    /// `CONFLICT`.
    pub fn update(&self, id: CardId, change: &UpdateCard) -> Call<Card> {
        self.client.patch(format!("/cards/{id}"), change)
    }

    /// Cancels a card for good. What it authorized before can still be captured.
    pub fn cancel(&self, id: CardId) -> Call<Card> {
        self.client.delete(format!("/cards/{id}")).read_by(Answer::read)
    }

    /// The number and the code of a card, for a key with `cards:sensitive_read`.
    /// Each look is noted in the audit log.
    pub fn details(&self, id: CardId) -> Call<CardSecrets> {
        self.client.get::<()>(format!("/cards/{id}/details")).read_by(CardSecrets::read)
    }

    /// What merchants asked a card for, newest first, and what became of it.
    pub fn authorizations(&self, id: CardId) -> Listing<CardAuthorization> {
        Listing::of(self.client, format!("/cards/{id}/authorizations"))
    }
}
