//! Encryption at rest.
//!
//! AES-256-GCM. A ciphertext names its key and carries its nonce; the place it
//! is stored at (table, row, column) is authenticated with it, so that moving
//! it to another row makes it unreadable. Losing the key loses what it sealed;
//! a backup needs it as much as the store itself.

use std::io::Write;
use std::path::Path;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use sha2::{Digest, Sha256};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const KEY_ID_BYTES: usize = 4;

/// Seals and opens secrets.
pub struct Vault {
    cipher: Aes256Gcm,
    key_id: [u8; KEY_ID_BYTES],
}

/// Where a ciphertext is stored.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The row's number.
    pub row: i64,
    /// The column.
    pub column: &'static str,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.table, self.row, self.column).into_bytes()
    }
}

/// Why a secret cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key is not 64 hexadecimal digits.
    #[error("the encryption key must be 64 hexadecimal digits")]
    MalformedKey,
    /// The key's file cannot be read or made.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The machine gives no randomness.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// It was sealed with another key, for another place, or it was changed.
    #[error("a sealed value cannot be opened with this encryption key")]
    Sealed,
}

impl Vault {
    /// A vault with the key in hexadecimal.
    pub fn from_hex(text: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        let digits = text.len() == KEY_BYTES * 2 && text.bytes().all(|it| it.is_ascii_hexdigit());
        if !digits {
            return Err(VaultError::MalformedKey);
        }
        let mut key = [0; KEY_BYTES];
        for (at, byte) in key.iter_mut().enumerate() {
            let pair = &text[at * 2..at * 2 + 2];
            *byte = u8::from_str_radix(pair, 16).map_err(|_| VaultError::MalformedKey)?;
        }
        let digest = Sha256::digest(key);
        let mut key_id = [0; KEY_ID_BYTES];
        key_id.copy_from_slice(&digest[..KEY_ID_BYTES]);
        Ok(Self { cipher: Aes256Gcm::new(&key.into()), key_id })
    }

    /// A vault with the key in a file, which is made when it is missing and
    /// readable for its owner alone.
    pub fn from_file(path: &Path) -> Result<Self, VaultError> {
        let failed = |error| VaultError::File { path: path.display().to_string(), error };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_hex(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; KEY_BYTES];
                getrandom::fill(&mut key).map_err(VaultError::Randomness)?;
                let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
                write_private(path, &text).map_err(failed)?;
                Self::from_hex(&text)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Encrypts a secret for one place.
    pub fn seal(&self, place: Place, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(VaultError::Randomness)?;
        let payload = Payload { msg: secret, aad: &place.bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| VaultError::Sealed)?;
        Ok([self.key_id.as_slice(), &nonce, &sealed].concat())
    }

    /// Decrypts what was sealed for this place.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (key_id, rest) = sealed.split_at_checked(KEY_ID_BYTES).ok_or(VaultError::Sealed)?;
        let (nonce, text) = rest.split_at_checked(NONCE_BYTES).ok_or(VaultError::Sealed)?;
        if key_id != self.key_id {
            return Err(VaultError::Sealed);
        }
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| VaultError::Sealed)?;
        let payload = Payload { msg: text, aad: &place.bytes() };
        self.cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| VaultError::Sealed)
    }
}

/// Writes a file that only its owner can read, whole or not at all.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let draft = path.with_extension("draft");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    // The name itself must survive a power loss, too.
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => std::fs::File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { table: "answers", row: 7, column: "sealed" };

    fn vault(digit: char) -> Vault {
        Vault::from_hex(&digit.to_string().repeat(64)).expect("a key")
    }

    #[test]
    fn opens_only_at_its_place_with_its_key() {
        let sealed = vault('a').seal(PLACE, b"secret").expect("sealed");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(vault('a').open(PLACE, &sealed).expect("opened"), b"secret");
        assert!(vault('b').open(PLACE, &sealed).is_err());
        assert!(vault('a').open(Place { row: 8, ..PLACE }, &sealed).is_err());
        let mut changed = sealed.clone();
        changed.last_mut().map(|byte| *byte ^= 1).expect("not empty");
        assert!(vault('a').open(PLACE, &changed).is_err());
        assert!(vault('a').open(PLACE, &sealed[..10]).is_err());
        assert_ne!(vault('a').seal(PLACE, b"secret").expect("sealed"), sealed);
    }
}
