//! Webhooks: being told, and knowing who tells.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wallgent::id::WebhookId;
use wallgent::types::webhooks::{CreateWebhook, DeadLetter, UpdateWebhook, WebhookDelivery};
use wallgent::{
    Client, DeadLetterPage, DeliveryError, ErrorCode, Patch, WebhookSecret,
    verify_webhook_signature,
};

use crate::receiver::{Delivery, Receiver};
use crate::support::{Server, assert_refused, funded, funded_agent, new_wallet};

/// How long a delivery may take to be noted.
const PATIENCE: Duration = Duration::from_secs(20);
/// The pauses between attempts. Each may be a tenth longer than it says.
const PAUSE_SECONDS: [u64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

fn webhook(receiver: &Receiver, events: &[&str]) -> CreateWebhook {
    CreateWebhook {
        url: receiver.url(),
        events: events.iter().map(|&it| it.to_owned()).collect(),
        ..CreateWebhook::default()
    }
}

/// A webhook's ID and its secret.
async fn created(client: &Client, webhook: &CreateWebhook) -> (WebhookId, WebhookSecret) {
    let created = client.webhooks().create(webhook).await.expect("a webhook");
    assert!(created.webhook.secret.is_none());
    let secret = created.secret.expect("a new webhook has a secret");
    (created.webhook.id, WebhookSecret::new(secret.reveal()).expect("a secret"))
}

/// The attempts of a webhook, newest first, once there are so many.
async fn attempts(client: &Client, id: WebhookId, count: usize) -> Vec<WebhookDelivery> {
    let until = Instant::now() + PATIENCE;
    loop {
        let attempts = client.webhooks().deliveries(id).limit(3).all().await.expect("a list");
        if attempts.len() >= count {
            return attempts;
        }
        assert!(Instant::now() < until, "{} of {count} attempts are noted", attempts.len());
        thread::yield_now();
    }
}

/// Dead letters, once there are so many.
async fn dead_letters(client: &Client, count: usize) -> Vec<DeadLetter> {
    let until = Instant::now() + PATIENCE;
    loop {
        let letters = client.webhooks().dead_letters(DeadLetterPage::default()).await;
        let letters = letters.expect("a list").data;
        if letters.len() == count {
            return letters;
        }
        assert!(Instant::now() < until, "{} dead letters, not {count}", letters.len());
        thread::yield_now();
    }
}

fn read(delivery: &Delivery) -> Value {
    serde_json::from_slice(&delivery.body).expect("an event")
}

#[tokio::test]
async fn webhooks() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let webhooks = client.webhooks();
    let receiver = Receiver::start();
    let told = CreateWebhook {
        description: Some("Bookkeeping".to_owned()),
        ..webhook(&receiver, &["wallet.*"])
    };
    let (id, _) = created(&client, &told).await;
    let found = webhooks.get(id).await.unwrap();
    assert_eq!((found.url.as_str(), found.enabled), (told.url.as_str(), true));
    assert_eq!((found.status.as_str(), found.disabled_reason), ("ENABLED", None));
    let listed = webhooks.list().await.unwrap();
    assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<_>>(), [id]);

    let change = UpdateWebhook {
        enabled: Patch::Set(false),
        events: Patch::Set(vec!["payment.*".to_owned()]),
        description: Patch::Clear,
        ..UpdateWebhook::default()
    };
    let changed = webhooks.update(id, &change).await.unwrap();
    assert_eq!((changed.status.as_str(), changed.description), ("DISABLED", None));
    assert_eq!((changed.url, changed.events), (told.url, vec!["payment.*".to_owned()]));

    let types = webhooks.event_types().await.unwrap();
    assert!(types.iter().any(|it| it.kind == "payment.completed" && it.sample.kind == it.kind));
    let misspelt = webhook(&receiver, &["wallet.fnuded"]);
    let details = assert_refused(webhooks.create(&misspelt).await, ErrorCode::ValidationError);
    assert_eq!(details["fields"][0]["path"], "events[0]");
    let (_, itself) = funded_agent(&server, "1.00").await;
    assert_refused(itself.webhooks().list().await, ErrorCode::PermissionDenied);

    webhooks.delete(id).await.unwrap();
    assert_refused(webhooks.get(id).await, ErrorCode::WebhookNotFound);
    assert_refused(webhooks.update(id, &change).await, ErrorCode::WebhookNotFound);
    assert_refused(webhooks.delete(id).await, ErrorCode::WebhookNotFound);
    assert!(webhooks.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn deliveries() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let webhooks = client.webhooks();
    let receiver = Receiver::start();
    let request = webhook(&receiver, &["wallet.funded"]);
    let call = webhooks.create(&request).idempotency_key("once");
    let first = call.await.unwrap();
    let again = webhooks.create(&request).idempotency_key("once").await.unwrap();
    assert_eq!((first.webhook.id, &first.secret), (again.webhook.id, &again.secret));
    let (id, shown) = (first.webhook.id, first.secret.expect("a secret"));
    let secret = WebhookSecret::new(shown.reveal()).unwrap();

    let wallet = funded(&client, "Für Ömer 🐙", "50.00").await;
    let delivery = receiver.next();
    let signature = delivery.header("wallgent-signature");
    assert!(verify_webhook_signature(&delivery.body, signature, shown.reveal()));
    assert!(!verify_webhook_signature(b"{}", signature, shown.reveal()));
    let event = secret.receive(&delivery.body, delivery.headers()).unwrap();
    assert_eq!(
        (event.kind.as_str(), delivery.header("webhook-id")),
        ("wallet.funded", event.id.to_string().as_str())
    );
    assert_eq!(event.data["walletId"], json!(wallet));
    assert_eq!(event.data["amount"], "50.00");
    let stored = client.events().get(event.id).await.unwrap();
    assert_eq!(json!(stored), read(&delivery));
    let forged = secret.receive(b"{}", delivery.headers()).err();
    assert_eq!(forged, Some(DeliveryError::Signature));

    let [noted] = &attempts(&client, id, 1).await[..] else { panic!("one attempt") };
    assert_eq!((noted.event_id, noted.attempt, noted.status_code), (event.id, 1, Some(200)));
    assert_eq!((noted.status.as_str(), noted.response.as_deref()), ("SUCCEEDED", Some("OK")));
    let resent = webhooks.resend(noted.id).await.unwrap();
    assert_eq!((resent.event_id, resent.status.as_str()), (event.id, "SUCCEEDED"));
    assert_eq!(receiver.next().body, delivery.body);
    assert_eq!(attempts(&client, id, 2).await.len(), 2);

    // For a day, whoever has either secret can read what is sent.
    let rotated = webhooks.rotate_secret(id).await.unwrap();
    let new = WebhookSecret::new(rotated.secret.expect("a new secret").reveal()).unwrap();
    let test = webhooks.test(id).await.unwrap();
    assert_eq!((test.delivered, test.status_code, test.error), (true, Some(200), None));
    let delivery = receiver.next();
    for secret in [&secret, &new] {
        assert_eq!(secret.receive(&delivery.body, delivery.headers()).unwrap().id, test.id);
    }
    receiver.answer(418);
    let test = webhooks.test(id).await.unwrap();
    assert_eq!((test.delivered, test.status_code), (false, Some(418)));
    assert!(test.error.is_some());
}

#[tokio::test]
async fn dead_letters_wait_for_a_decision() {
    let server = Server::start(&["--test-clock"]);
    let client = server.client("sandboxKey");
    let receiver = Receiver::start();
    receiver.answer(500);
    let (id, _) = created(&client, &webhook(&receiver, &["wallet.created"])).await;
    for name in ["Unheard of", "Unheard of as well"] {
        new_wallet(&client, name).await;
    }
    let told = [receiver.next(), receiver.next()];
    for (round, pause) in PAUSE_SECONDS.into_iter().enumerate() {
        // A pause begins when an attempt has ended, not when it arrived.
        attempts(&client, id, 2 * (round + 1)).await;
        let longest = Duration::from_secs(pause + pause / 10 + 1);
        client.sandbox().advance_clock(longest).await.unwrap();
        receiver.next();
        receiver.next();
    }
    let letters = dead_letters(&client, 2).await;
    let [late, early] = &letters[..] else { panic!("two letters") };
    assert_eq!((early.webhook_id, early.attempts, early.next_retry_at), (id, 10, None));
    assert!(told.iter().any(|it| early.payload == read(it)));
    assert!(told.iter().any(|it| late.payload == read(it)));
    assert_ne!(early.event_id, late.event_id);
    let page = DeadLetterPage { limit: Some(1), offset: Some(1) };
    let page = client.webhooks().dead_letters(page).await.unwrap();
    assert_eq!((page.total, page.data[0].id), (2, early.id));

    let discarded = client.webhooks().discard(late.id).await.unwrap();
    assert_eq!(
        (discarded.id, discarded.status.as_str(), discarded.discarded),
        (late.id, "FAILED", true)
    );
    assert_refused(client.webhooks().discard(late.id).await, ErrorCode::NotFound);
    receiver.answer(200);
    let retried = client.webhooks().retry(early.id).await.unwrap();
    assert_eq!((retried.id, retried.status.as_str(), retried.retried), (early.id, "PENDING", true));
    assert_eq!(read(&receiver.next()), early.payload);
    dead_letters(&client, 0).await;
}
