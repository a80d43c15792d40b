//! The secret of a key: shown once, stored only as its SHA-256.

use std::fmt;

use sha2::{Digest, Sha256};
use wallgent_core::Environment;

/// Random bytes in a secret. With 192 bits it cannot be guessed, so a plain
/// digest is as good as a slow one.
const SECRET_BYTES: usize = 24;
/// Characters of a secret that are shown later, behind its `wg_test_`.
const SHOWN_CHARS: usize = 4;

/// A key's secret. It is not printed by accident.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A new secret.
    pub fn generate(environment: Environment) -> Result<Self, getrandom::Error> {
        use base64::Engine;
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes)?;
        // A dash or an underscore breaks a double-clicked selection.
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        let text = text.replace(['-', '_'], "0");
        Ok(Self(format!("{}{text}", environment.key_prefix())))
    }

    /// The secret itself, for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is shown later.
    #[must_use]
    pub fn prefix(&self) -> String {
        self.0.chars().take("wg_test_".len() + SHOWN_CHARS).collect()
    }

    /// What is stored.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// The stored form of a secret that a caller presents. Keys are found by this
/// digest, so how long a look-up takes says nothing about the secret.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
