//! Webhooks: addresses that events are sent to.

use wallgent_api::types::events::EventType;
use wallgent_api::types::webhooks::{
    CreateWebhook, DeadLetters, DiscardedLetter, RetriedLetter, UpdateWebhook, Webhook,
    WebhookDelivery, WebhookTest,
};
use wallgent_core::id::{DeadLetterId, DeliveryId, WebhookId};

use crate::call::Answer;
use crate::{Call, Client, Error, Listing, Secret};

/// A webhook with a new secret.
#[derive(Clone, Debug)]
pub struct SecretWebhook {
    /// The webhook. Its own `secret` is empty.
    pub webhook: Webhook,
    /// What its deliveries are signed with. The server shows it once: a repeated
    /// call with the same idempotency key answers it for a day, and then without.
    pub secret: Option<Secret>,
}

impl SecretWebhook {
    fn read(answer: Answer) -> Result<Self, Error> {
        let mut webhook: Webhook = answer.read()?;
        let secret = webhook.secret.take().map(Secret::new);
        Ok(Self { webhook, secret })
    }
}

/// Which dead letters to list; the first 20 by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeadLetterPage {
    /// How many, 1 to 100.
    pub limit: Option<u32>,
    /// How many to skip.
    pub offset: Option<u32>,
}

/// Webhooks. Out of reach of keys that are bound to wallets. What a receiver
/// checks deliveries with is [`WebhookSecret`](crate::WebhookSecret).
///
/// ```no_run
/// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
/// use wallgent::types::webhooks::CreateWebhook;
///
/// let webhook = CreateWebhook {
///     url: "https://your-app.example/webhooks/wallgent".to_owned(),
///     events: vec!["payment.*".to_owned(), "wallet.funded".to_owned()],
///     ..CreateWebhook::default()
/// };
/// let created = client.webhooks().create(&webhook).await?;
/// let secret = created.secret.expect("a new webhook has a secret");
/// println!("keep {} for {}", secret.reveal(), created.webhook.id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Webhooks<'a> {
    client: &'a Client,
}

impl<'a> Webhooks<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Creates a webhook, which is told of what happens from now on.
    pub fn create(&self, webhook: &CreateWebhook) -> Call<SecretWebhook> {
        let call = self.client.post::<()>("/webhooks", webhook);
        call.read_by(SecretWebhook::read)
    }

    /// One webhook; `WEBHOOK_NOT_FOUND` when there is none.
    pub fn get(&self, id: WebhookId) -> Call<Webhook> {
        self.client.get(format!("/webhooks/{id}"))
    }

    /// All webhooks.
    pub fn list(&self) -> Call<Vec<Webhook>> {
        self.client.get::<()>("/webhooks").read_by(Answer::rows)
    }

    /// Changes a webhook. One that was disabled is told what happened meanwhile
    /// when it is enabled again.
    pub fn update(&self, id: WebhookId, change: &UpdateWebhook) -> Call<Webhook> {
        self.client.patch(format!("/webhooks/{id}"), change)
    }

    /// Removes a webhook, with what it was not told yet.
    pub fn delete(&self, id: WebhookId) -> Call<()> {
        self.client.delete(format!("/webhooks/{id}"))
    }

    /// Delivers a sample once, now, and answers what came of it: a refusal is an
    /// answer as well.
    pub fn test(&self, id: WebhookId) -> Call<WebhookTest> {
        self.client.act(format!("/webhooks/{id}/test"))
    }

    /// Gives a webhook a new secret. The old one signs beside it for a day.
    pub fn rotate_secret(&self, id: WebhookId) -> Call<SecretWebhook> {
        let call = self.client.act::<()>(format!("/webhooks/{id}/rotate-secret"));
        call.read_by(SecretWebhook::read)
    }

    /// The last attempts to deliver to a webhook, newest first.
    pub fn deliveries(&self, id: WebhookId) -> Listing<WebhookDelivery> {
        Listing::of(self.client, format!("/webhooks/{id}/deliveries"))
    }

    /// Delivers the event of an attempt once more, now; `NOT_FOUND` when there is
    /// no such attempt.
    pub fn resend(&self, id: DeliveryId) -> Call<WebhookDelivery> {
        self.client.act(format!("/webhooks/deliveries/{id}/resend"))
    }

    /// What could not be delivered to any webhook in all attempts, newest first.
    pub fn dead_letters(&self, page: DeadLetterPage) -> Call<DeadLetters> {
        self.client.get("/webhooks/dlq").query("limit", page.limit).query("offset", page.offset)
    }

    /// Tries a dead letter again; `NOT_FOUND` when there is none.
    pub fn retry(&self, id: DeadLetterId) -> Call<RetriedLetter> {
        self.client.act(format!("/webhooks/dlq/{id}/retry"))
    }

    /// Gives a dead letter up; `NOT_FOUND` when there is none.
    pub fn discard(&self, id: DeadLetterId) -> Call<DiscardedLetter> {
        self.client.act(format!("/webhooks/dlq/{id}/discard"))
    }

    /// Every type of event that can happen, with a sample.
    pub fn event_types(&self) -> Call<Vec<EventType>> {
        self.client.get::<()>("/webhooks/event-types").read_by(Answer::rows)
    }
}
