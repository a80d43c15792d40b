//! Signatures: how a receiver of webhooks knows that Wallgent sent something.
//!
//! A delivery is signed in two ways. `Wallgent-Signature` is over its body alone,
//! keyed with the secret as it is shown: [`verify_webhook_signature`]. The headers
//! of [Standard Webhooks](https://www.standardwebhooks.com) are over its identifier
//! and time as well, keyed with the bytes that the secret encodes, so that what was
//! sent long ago is refused: [`WebhookSecret`].

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use wallgent_api::types::events::Event;

use crate::Error;
use crate::error::unreadable;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// What the standard's own verifiers allow: clocks differ, and a delivery is on
/// its way for a while.
const TOLERANCE: Duration = Duration::from_secs(300);

/// Whether `signature`, the header `Wallgent-Signature`, is that of a body. The
/// body is what arrived, before anything parsed it. It takes the same time
/// wherever two signatures differ. Where the header has several, separated by
/// commas, one must fit; without a secret nothing does.
///
/// Old deliveries stay valid for ever: [`WebhookSecret::receive`] refuses those.
///
/// ```
/// use wallgent::verify_webhook_signature;
///
/// let signature = "sha256=be82b4032f683bd9abd5e7d6e03c84fff89c5d2219dad97a6c3130bcab2a28d1";
/// assert!(verify_webhook_signature(b"{}", signature, "whsec_AAAA"));
/// assert!(!verify_webhook_signature(b"{ }", signature, "whsec_AAAA"));
/// ```
#[must_use]
pub fn verify_webhook_signature(body: &[u8], signature: &str, secret: &str) -> bool {
    if secret.is_empty() {
        return false;
    }
    let expected = wallgent_signature(body, secret);
    signature.split(',').any(|given| is_equal(given.trim(), &expected))
}

/// The headers of a delivery that Standard Webhooks defines.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryHeaders<'a> {
    /// `webhook-id`
    pub id: &'a str,
    /// `webhook-timestamp`
    pub timestamp: &'a str,
    /// `webhook-signature`
    pub signature: &'a str,
}

/// What a delivery is signed with. Made by [`WebhookSecret::sign`], for tests of
/// receivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Wallgent-Signature`
    pub wallgent_signature: String,
    /// `webhook-id`
    pub id: String,
    /// `webhook-timestamp`
    pub timestamp: String,
    /// `webhook-signature`
    pub signature: String,
}

impl SignedHeaders {
    /// As a receiver reads them.
    #[must_use]
    pub fn as_received(&self) -> DeliveryHeaders<'_> {
        DeliveryHeaders { id: &self.id, timestamp: &self.timestamp, signature: &self.signature }
    }
}

/// Why something is no delivery.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The secret is another webhook's, or something was changed on the way.
    #[error("no signature fits")]
    Signature,
    /// The header `webhook-timestamp` is no number of seconds.
    #[error("the header webhook-timestamp is no time")]
    Timestamp,
    /// It was sent before, or a clock is wrong.
    #[error("the delivery is {age_seconds} seconds old")]
    Untimely {
        /// Its age; negative when it is from the future.
        age_seconds: i64,
    },
    /// It is signed, but no event that this version can read.
    #[error("the body is no event: {reason}")]
    Body {
        /// Where it stops to make sense.
        reason: String,
    },
}

/// A webhook's secret, to check its deliveries with.
///
/// ```
/// use std::time::SystemTime;
/// use wallgent::{DeliveryError, DeliveryHeaders, WebhookSecret};
///
/// let secret = WebhookSecret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// // Of the request:
/// let body = b"{}";
/// let headers = DeliveryHeaders { id: "evt_1", timestamp: "1614265330", signature: "v1,forged" };
/// assert_eq!(secret.receive(body, headers).unwrap_err(), DeliveryError::Signature);
///
/// let signed = secret.sign(body, "evt_1", SystemTime::UNIX_EPOCH);
/// let old = secret.receive(body, signed.as_received()).unwrap_err();
/// assert!(matches!(old, DeliveryError::Untimely { .. }));
/// # Ok::<(), wallgent::Error>(())
/// ```
#[derive(Clone)]
pub struct WebhookSecret {
    text: String,
    key: Vec<u8>,
    tolerance: Duration,
}

impl WebhookSecret {
    /// A secret as the server showed it, `whsec_…`.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is none.
    pub fn new(text: &str) -> Result<Self, Error> {
        let key = text.strip_prefix(PREFIX).and_then(|encoded| STANDARD.decode(encoded).ok());
        let key = key.filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| Error::invalid("the webhook's secret", "is none"))?;
        Ok(Self { text: text.to_owned(), key, tolerance: TOLERANCE })
    }

    /// How far the sender's clock and this one may differ; 5 minutes by default.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Checks a delivery and reads its event. The body is what arrived, before
    /// anything parsed it. An event may come more than once, with the same `id`.
    ///
    /// # Errors
    /// [`DeliveryError`]: answer 400 and do nothing else.
    #[expect(clippy::disallowed_methods, reason = "a receiver has the wall clock only")]
    pub fn receive(
        &self,
        body: &[u8],
        headers: DeliveryHeaders<'_>,
    ) -> Result<Event, DeliveryError> {
        self.receive_at(body, headers, SystemTime::now())
    }

    /// The same, for a receiver with a clock of its own.
    ///
    /// # Errors
    /// As [`WebhookSecret::receive`].
    pub fn receive_at(
        &self,
        body: &[u8],
        headers: DeliveryHeaders<'_>,
        now: SystemTime,
    ) -> Result<Event, DeliveryError> {
        let expected = self.standard_signature(body, headers.id, headers.timestamp);
        if !headers.signature.split(' ').any(|given| is_equal(given, &expected)) {
            return Err(DeliveryError::Signature);
        }
        let age_seconds = age_seconds(headers.timestamp, now)?;
        if age_seconds.unsigned_abs() > self.tolerance.as_secs() {
            return Err(DeliveryError::Untimely { age_seconds });
        }
        serde_json::from_slice(body)
            .map_err(|error| DeliveryError::Body { reason: unreadable(&error) })
    }

    /// What a delivery of a body would be signed with, to test a receiver.
    #[must_use]
    pub fn sign(&self, body: &[u8], id: &str, sent_at: SystemTime) -> SignedHeaders {
        let timestamp = unix_seconds(sent_at).to_string();
        SignedHeaders {
            wallgent_signature: wallgent_signature(body, &self.text),
            signature: self.standard_signature(body, id, &timestamp),
            id: id.to_owned(),
            timestamp,
        }
    }

    fn standard_signature(&self, body: &[u8], id: &str, timestamp: &str) -> String {
        let head = format!("{id}.{timestamp}.");
        format!("v1,{}", STANDARD.encode(digest(&self.key, &[head.as_bytes(), body])))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WebhookSecret")
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}

fn wallgent_signature(body: &[u8], secret: &str) -> String {
    let digest = digest(secret.as_bytes(), &[body]);
    let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hexadecimal}")
}

fn digest(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn is_equal(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

fn age_seconds(timestamp: &str, now: SystemTime) -> Result<i64, DeliveryError> {
    if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DeliveryError::Timestamp);
    }
    let sent: i64 = timestamp.parse().map_err(|_| DeliveryError::Timestamp)?;
    Ok(unix_seconds(now).saturating_sub(sent))
}

/// Whole seconds; 0 before 1970.
fn unix_seconds(time: SystemTime) -> i64 {
    let since_1970 = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"id":"evt_01DXF6NT0000015QG68Z4HNCNR","sequence":42,
        "event":"wallet.funded","type":"wallet.funded","timestamp":"2026-01-31T09:00:00.000Z",
        "organizationId":"org_01M7WHMBHA0000274F06JXK9VP","environment":"SANDBOX",
        "requestId":null,"data":{"amount":"50.00"}}"#;

    fn secret() -> WebhookSecret {
        WebhookSecret::new(SECRET).expect("a secret")
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// The example of the Standard Webhooks specification.
    #[test]
    fn signs_as_the_standard_says() {
        let body = br#"{"test": 2432232314}"#;
        let signed = secret().sign(body, "msg_p5jXN8AQM9LWM0D4loKWxJek", at(1_614_265_330));
        assert_eq!(signed.signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(signed.timestamp, "1614265330");
    }

    /// Test case 2 of RFC 4231.
    #[test]
    fn the_body_alone_is_signed_with_the_secret_as_it_is_shown() {
        let digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let (body, signature) = (b"what do ya want for nothing?", format!("sha256={digest}"));
        assert!(verify_webhook_signature(body, &signature, "Jefe"));
        assert!(verify_webhook_signature(body, &format!("sha256=00, {signature}"), "Jefe"));
        for wrong in [
            digest.to_owned(),
            format!("sha256={}", digest.to_uppercase()),
            format!("sha1={digest}"),
            format!("{signature}0"),
            signature[..70].to_owned(),
            String::new(),
        ] {
            assert!(!verify_webhook_signature(body, &wrong, "Jefe"), "{wrong}");
        }
        assert!(!verify_webhook_signature(b"what do ya want", &signature, "Jefe"));
        assert!(!verify_webhook_signature(body, &signature, "jefe"));
        let unkeyed = wallgent_signature(body, "");
        assert!(!verify_webhook_signature(body, &unkeyed, ""));
    }

    #[test]
    fn a_delivery_is_received() {
        let signed = secret().sign(BODY, "evt_1", at(1_000));
        let event = secret().receive_at(BODY, signed.as_received(), at(1_299)).expect("an event");
        assert_eq!((event.kind.as_str(), event.sequence), ("wallet.funded", 42));
        assert_eq!(event.data["amount"], "50.00");
        // While a secret is replaced, two sign.
        let both = format!("v1,AAAA {} v2,BBBB", signed.signature);
        let headers = DeliveryHeaders { signature: &both, ..signed.as_received() };
        assert!(secret().receive_at(BODY, headers, at(1_000)).is_ok());
    }

    #[test]
    fn nothing_else_is() {
        let signed = secret().sign(BODY, "evt_1", at(1_000));
        let own = signed.as_received();
        let other = WebhookSecret::new("whsec_AAAA").expect("a secret");
        assert_eq!(other.receive_at(BODY, own, at(1_000)).err(), Some(DeliveryError::Signature));
        let changed = [
            DeliveryHeaders { id: "evt_2", ..own },
            DeliveryHeaders { timestamp: "1001", ..own },
            DeliveryHeaders { signature: &own.signature[3..], ..own },
            DeliveryHeaders { signature: "", ..own },
        ];
        for headers in changed {
            let refused = secret().receive_at(BODY, headers, at(1_000));
            assert_eq!(refused.err(), Some(DeliveryError::Signature));
        }
        let refused = secret().receive_at(b"{}", own, at(1_000));
        assert_eq!(refused.err(), Some(DeliveryError::Signature));
        for (now, age_seconds) in [(1_301, 301), (699, -301)] {
            let refused = secret().receive_at(BODY, own, at(now)).err();
            assert_eq!(refused, Some(DeliveryError::Untimely { age_seconds }));
        }
        let patient = secret().tolerance(Duration::from_secs(3_600));
        assert!(patient.receive_at(BODY, own, at(4_600)).is_ok());
        for timestamp in ["soon", "-1", "1e3", "99999999999999999999"] {
            let signature = secret().standard_signature(BODY, "evt_1", timestamp);
            let headers = DeliveryHeaders { id: "evt_1", timestamp, signature: &signature };
            let refused = secret().receive_at(BODY, headers, at(1_000)).err();
            assert_eq!(refused, Some(DeliveryError::Timestamp), "{timestamp}");
        }
        let signed = secret().sign(b"{}", "evt_1", at(1_000));
        let refused = secret().receive_at(b"{}", signed.as_received(), at(1_000)).err();
        assert!(matches!(refused, Some(DeliveryError::Body { .. })));
    }

    #[test]
    fn a_secret_is_not_shown() {
        for wrong in ["", "whsec_", "whsec_*", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Whsec_AAAA"] {
            let error = WebhookSecret::new(wrong).expect_err("no secret");
            assert_eq!(error.to_string(), "the webhook's secret is none");
        }
        assert!(!format!("{:?}", secret()).contains("MfKQ"));
    }
}
