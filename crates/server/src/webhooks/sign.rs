//! Signing deliveries, in two ways side by side.
//!
//! `Wallgent-Signature` is `sha256=` and the hexadecimal HMAC-SHA256 of the raw
//! body, keyed with the newest secret exactly as it is shown: its readers expect
//! one value. `webhook-signature` is
//! that of Standard Webhooks (<https://www.standardwebhooks.com>): `v1,` and the
//! base64 HMAC-SHA256 of `{id}.{timestamp}.{body}`, keyed with the bytes that the
//! secret encodes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a secret.
const SECRET_BYTES: usize = 32;

/// What signs an endpoint's deliveries.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A new secret.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        getrandom::fill(bytes.as_mut())?;
        Ok(Self(Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(bytes.as_ref())))))
    }

    /// A secret that was stored.
    #[must_use]
    pub fn from_text(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself, to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn standard_key(&self) -> Zeroizing<Vec<u8>> {
        let encoded = self.0.strip_prefix(PREFIX).unwrap_or(&self.0);
        Zeroizing::new(STANDARD.decode(encoded).unwrap_or_else(|_| self.0.as_bytes().to_vec()))
    }
}

/// A delivery's signature headers.
pub struct Signatures {
    /// `Wallgent-Signature`
    pub plain: String,
    /// `webhook-signature`
    pub standard: String,
}

/// Signs a delivery with the secrets that are good now, the newest first.
#[must_use]
pub fn sign(secrets: &[Secret], id: &str, unix_seconds: i64, body: &[u8]) -> Signatures {
    let mut content = format!("{id}.{unix_seconds}.").into_bytes();
    content.extend_from_slice(body);
    let plain = secrets.first().map(|secret| {
        let digest = digest(secret.0.as_bytes(), body);
        let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256={hexadecimal}")
    });
    let standard = secrets.iter().map(|secret| {
        let digest = digest(&secret.standard_key(), &content);
        format!("v1,{}", STANDARD.encode(digest))
    });
    Signatures {
        plain: plain.unwrap_or_default(),
        standard: standard.collect::<Vec<_>>().join(" "),
    }
}

fn digest(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn signs_as_the_standard_says() {
        let secret = Secret::from_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let signed = sign(
            &[secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed.standard, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_secrets_sign() {
        let secrets = [Secret::generate(), Secret::generate()].map(|it| it.expect("randomness"));
        let signed = sign(&secrets, "evt_1", 1, b"{}");
        assert_eq!(signed.standard.split(' ').count(), 2);
        let newest = sign(&secrets[..1], "evt_1", 1, b"{}");
        assert_eq!((&signed.plain, signed.plain.len()), (&newest.plain, 7 + 64));
        assert_ne!(secrets[0].expose(), secrets[1].expose());
    }
}
