//! `wallgent listen`: live events for somebody who is writing a receiver.

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::redirect::Policy;
use sha2::Sha256;
use wallgent::types::events::Event;
use wallgent::{Client, WebhookSecret};

use super::client::Access;
use super::serve::StopSignals;
use super::{Outcome, block_on};
use crate::exit::Failure;

/// How long a receiver may take, as with webhooks.
const TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Args)]
pub(crate) struct Listen {
    /// Send each event there, signed as a webhook's deliveries are
    #[arg(long, value_name = "URL")]
    forward_to: Option<String>,
    /// Only these types, as payment.completed, or families, as payment.*
    #[arg(long, value_delimiter = ',', value_name = "TYPE,…")]
    events: Vec<String>,
    /// Begin behind this sequence, with what happened since
    #[arg(long, value_name = "SEQUENCE")]
    after: Option<i64>,
    /// Print the secret that deliveries are signed with, and exit
    #[arg(long)]
    print_secret: bool,
    #[command(flatten)]
    access: Access,
}

impl Listen {
    pub(super) fn run(self) -> Outcome {
        let secret = secret_of(&self.access.key()?);
        if self.print_secret {
            println!("{secret}");
            return Ok(ExitCode::SUCCESS);
        }
        let client = self.access.client()?;
        block_on(async move {
            let told = StopSignals::install()?;
            self.check_types(&client).await?;
            let receiver = self.forward_to.as_deref().map(|url| Receiver::new(url, &secret));
            let receiver = receiver.transpose()?;
            if receiver.is_some() {
                println!("Deliveries are signed with {secret}");
            }
            tokio::select! {
                ended = self.follow(&client, receiver.as_ref()) => ended?,
                () = told.wait() => {}
            }
            Ok(ExitCode::SUCCESS)
        })
    }

    /// A misspelt type would wait for ever.
    async fn check_types(&self, client: &Client) -> Result<(), Failure> {
        if self.events.is_empty() {
            return Ok(());
        }
        let known = client.webhooks().event_types().await?;
        for name in &self.events {
            if !known.iter().any(|known| means(name, &known.kind)) {
                return Err(Failure::new(format!("--events: {name} is no type of event")));
            }
        }
        Ok(())
    }

    async fn follow(&self, client: &Client, receiver: Option<&Receiver>) -> Result<(), Failure> {
        let mut events = client.events().follow(self.after).await?;
        println!("Listening; stop with Ctrl-C");
        while let Some(event) = events.next().await.transpose()? {
            if !self.events.is_empty() && !self.events.iter().any(|name| means(name, &event.kind)) {
                continue;
            }
            let outcome = match receiver {
                Some(receiver) => receiver.deliver(&event).await?,
                None => String::new(),
            };
            println!("{}  {:<28} {}  {outcome}", event.timestamp, event.kind, event.id);
        }
        Ok(())
    }
}

/// Whether a name means a type: itself, its family, or everything.
fn means(name: &str, kind: &str) -> bool {
    let family = name.strip_suffix('*').filter(|it| it.is_empty() || it.ends_with('.'));
    name == kind || family.is_some_and(|family| kind.starts_with(family))
}

/// The secret for a key: always the same, so that a receiver is set up once.
fn secret_of(key: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    let mut mac = mac.expect("HMAC takes keys of any length");
    mac.update(b"wallgent listen");
    format!("whsec_{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// A local server that takes deliveries.
struct Receiver {
    http: reqwest::Client,
    url: reqwest::Url,
    secret: WebhookSecret,
}

impl Receiver {
    fn new(url: &str, secret: &str) -> Result<Self, Failure> {
        let url = url.parse().map_err(|error| Failure::new(format!("--forward-to: {error}")))?;
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(TIMEOUT).build();
        let http = http.map_err(|error| Failure::new(error.to_string()))?;
        Ok(Self { http, url, secret: WebhookSecret::new(secret)? })
    }

    /// Delivers an event once, and says what came of it. It waits for the
    /// answer, so that events arrive in their order.
    #[expect(clippy::disallowed_methods, reason = "a client has the wall clock only")]
    async fn deliver(&self, event: &Event) -> Result<String, Failure> {
        let body = serde_json::to_vec(event).map_err(|error| Failure::new(error.to_string()))?;
        let signed = self.secret.sign(&body, &event.id.to_string(), SystemTime::now());
        let request = self
            .http
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("wallgent-signature", signed.wallgent_signature)
            .header("webhook-id", signed.id)
            .header("webhook-timestamp", signed.timestamp)
            .header("webhook-signature", signed.signature)
            .body(body);
        let begun = Instant::now();
        let outcome = match request.send().await {
            Ok(answer) => answer.status().as_u16().to_string(),
            Err(error) if error.is_timeout() => "no answer in time".to_owned(),
            Err(error) if error.is_connect() => "nobody listens there".to_owned(),
            Err(error) => error.without_url().to_string(),
        };
        Ok(format!("-> {outcome} ({} ms)", begun.elapsed().as_millis()))
    }
}
