//! Events: everything that happened, in its order.

use wallgent_api::types::events::Event;
use wallgent_api::types::webhooks::{ResendEvent, WebhookDelivery};
use wallgent_core::id::{EventId, WebhookId};

use crate::call::Answer;
use crate::{Call, Client, Error, EventStream, Listing};

/// Which events to list; all by default.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only events behind this sequence.
    pub after: Option<i64>,
    /// Only this type, as `payment.completed`, or a family, as `payment.*`.
    pub kind: Option<String>,
}

/// Events, the same that webhooks deliver. Reading on from the last sequence that
/// was handled misses nothing. A key that is bound to wallets gets only theirs.
///
/// ```no_run
/// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
/// use wallgent::EventFilter;
///
/// let payments = EventFilter { kind: Some("payment.*".to_owned()), ..EventFilter::default() };
/// let mut events = client.events().list(&payments).stream();
/// while let Some(event) = events.next().await.transpose()? {
///     println!("{} {} {}", event.sequence, event.kind, event.data["amount"]);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Events<'a> {
    client: &'a Client,
}

impl<'a> Events<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// One event; `NOT_FOUND` when there is none.
    pub fn get(&self, id: EventId) -> Call<Event> {
        self.client.get(format!("/events/{id}"))
    }

    /// Delivers an event once more, now: to one webhook, or to all that are told
    /// of it. A refusal is an answer as well.
    pub fn resend(&self, id: EventId, to: Option<WebhookId>) -> Call<Vec<WebhookDelivery>> {
        let request = ResendEvent { webhook_id: to.map(|it| it.to_string()) };
        self.client.post::<()>(format!("/events/{id}/resend"), &request).read_by(Answer::rows)
    }

    /// Events as they are committed, beginning behind a sequence; with what is
    /// new when none is given.
    ///
    /// ```no_run
    /// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
    /// let last_seen = 41;
    /// let mut events = client.events().follow(Some(last_seen)).await?;
    /// while let Some(event) = events.next().await.transpose()? {
    ///     println!("{} {}", event.sequence, event.kind);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Why the server did not accept the connection.
    pub async fn follow(&self, after: Option<i64>) -> Result<EventStream, Error> {
        EventStream::connect(self.client.clone(), after).await
    }

    /// Events, oldest first.
    pub fn list(&self, filter: &EventFilter) -> Listing<Event> {
        Listing::of(self.client, "/events")
            .query("after", filter.after)
            .query("type", filter.kind.as_deref())
    }
}
