//! Encryption at rest.
//!
//! AES-256-GCM. A ciphertext names its key and carries its nonce; the place it
//! is stored at (table, row, column) is authenticated with it, so that moving
//! it to another row makes it unreadable. Losing the key loses what it sealed;
//! a backup needs it as much as the store itself.
//!
//! The key can be replaced while the store is in use: see [`mod@rotate`].

mod file;
mod key;
mod rotate;
mod store;
mod unlock;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use file::KeyFile;
use key::{KEY_BYTES, Key};

pub use file::write_private;
pub use key::KeyName;
pub use rotate::{Errand, run};
pub use store::SealedColumn;
pub use unlock::{Unlocking, key_name, replace_lost_digest_key, unlock};

/// Seals and opens secrets.
pub struct Vault {
    /// The current key first. Whoever only reads pays for a lock that nobody
    /// else wants, except while the key is being replaced.
    keys: RwLock<Vec<Held>>,
    digest_key: Option<Zeroizing<[u8; KEY_BYTES]>>,
    /// Where keys are kept that are not configured.
    file: Option<KeyFile>,
    /// Held while the key is being replaced, so that no two do it at once.
    rotating: tokio::sync::Mutex<()>,
}

/// A key and where it is kept.
#[derive(Clone)]
struct Held {
    key: Arc<Key>,
    kept: Kept,
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// In the key file, which is ours to change.
    File,
    /// In the configuration, which is the operator's.
    Configuration,
    /// In this process only: nothing in the store names it any more, but
    /// something that was read before may.
    Memory,
}

/// Where a ciphertext is stored.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The table and the column.
    pub column: SealedColumn,
    /// The row's number.
    pub row: i64,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.column.table(), self.row, self.column.column()).into_bytes()
    }
}

/// Why a secret cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A key is not 64 hexadecimal digits; where it was found.
    #[error("{0}: an encryption key is 64 hexadecimal digits")]
    MalformedKey(String),
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
    /// This process was started without a key.
    #[error("there is no encryption key")]
    Locked,
    /// It was sealed with a key that is not here.
    #[error("a sealed value needs the encryption key {0}, which is not here")]
    UnknownKey(KeyName),
    /// It was sealed for another place, or it was changed.
    #[error("a sealed value cannot be opened")]
    Sealed,
    /// The store was sealed with a key that is not here.
    #[error(
        "this store needs the encryption key {0}, which is not among the given ones; \
         when it is lost for good, see `wallgent keys rotate-encryption --key-lost`"
    )]
    WrongKey(KeyName),
    /// The store was sealed with a key of which the file is gone.
    #[error(
        "{path} is missing: this store needs the encryption key {name} that was in it; \
         when it is lost for good, see `wallgent keys rotate-encryption --key-lost`"
    )]
    MissingKey {
        /// Which file.
        path: String,
        /// Which key.
        name: KeyName,
    },
}

impl Vault {
    fn keys(&self) -> RwLockReadGuard<'_, Vec<Held>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Encrypts a secret for one place.
    pub fn seal(&self, place: Place, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let current = self.current()?;
        current.seal(&place.bytes(), secret)
    }

    /// Decrypts what was sealed for this place.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let name = KeyName::of_sealed(sealed)?;
        let keys = self.keys();
        let named = keys.iter().find(|held| held.key.name == name);
        named.ok_or(VaultError::UnknownKey(name))?.key.open(&place.bytes(), sealed)
    }

    /// A digest of a secret that nobody can search for without the key: what has
    /// few digits is found from a plain digest by trying them all. It stays the
    /// same when the encryption key is replaced.
    #[must_use]
    pub fn digest(&self, secret: &[u8]) -> i64 {
        let key = self.digest_key.as_ref().expect("whoever serves requests has unlocked the vault");
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice())
            .expect("a keyed digest takes a key of any length");
        mac.update(secret);
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        i64::from_be_bytes(*digest.first_chunk().expect("a digest is longer than a number"))
    }

    fn current(&self) -> Result<Arc<Key>, VaultError> {
        let keys = self.keys();
        keys.first().map(|held| Arc::clone(&held.key)).ok_or(VaultError::Locked)
    }

    /// The same secret sealed with the current key; nothing when it is already.
    fn renew(&self, place: Place, sealed: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        if KeyName::of_sealed(sealed)? == self.current()?.name {
            return Ok(None);
        }
        let secret = Zeroizing::new(self.open(place, sealed)?);
        self.seal(place, &secret).map(Some)
    }

    /// The keys that are kept in one way, the current one first.
    fn kept(&self, kept: Kept) -> Vec<Arc<Key>> {
        let keys = self.keys();
        let those = keys.iter().filter(|held| held.kept == kept);
        those.map(|held| Arc::clone(&held.key)).collect()
    }

    /// Seals with a new key from now on, which is in the key file already.
    fn begin(&self, key: Key) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(0, Held { key: Arc::new(key), kept: Kept::File });
    }

    /// Notes that these keys are in the key file no more.
    fn left_file(&self, names: &[KeyName]) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        for held in keys.iter_mut().filter(|held| names.contains(&held.key.name)) {
            held.kept = Kept::Memory;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { column: SealedColumn::Answer, row: 7 };

    fn vault(digits: &str) -> Vault {
        let key = |digit: char| Key::from_hex(&digit.to_string().repeat(64), "a test").unwrap();
        let keys: Vec<Held> = digits
            .chars()
            .map(|digit| Held { key: Arc::new(key(digit)), kept: Kept::File })
            .collect();
        let digest_key = Some(keys.last().unwrap().key.digest_key());
        let keys = RwLock::new(keys);
        Vault { keys, digest_key, file: None, rotating: tokio::sync::Mutex::default() }
    }

    #[test]
    fn a_digest_needs_the_key() {
        assert_eq!(vault("a").digest(b"0001"), vault("a").digest(b"0001"));
        assert_ne!(vault("a").digest(b"0001"), vault("a").digest(b"0002"));
        assert_ne!(vault("a").digest(b"0001"), vault("b").digest(b"0001"));
    }

    #[test]
    fn opens_only_at_its_place_with_its_key() {
        let sealed = vault("a").seal(PLACE, b"secret").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(vault("a").open(PLACE, &sealed).unwrap(), b"secret");
        assert!(matches!(vault("b").open(PLACE, &sealed), Err(VaultError::UnknownKey(_))));
        assert!(vault("a").open(Place { row: 8, ..PLACE }, &sealed).is_err());
        let elsewhere = Place { column: SealedColumn::CardNumber, ..PLACE };
        assert!(vault("a").open(elsewhere, &sealed).is_err());
        let mut changed = sealed.clone();
        changed.last_mut().map(|byte| *byte ^= 1).unwrap();
        assert!(matches!(vault("a").open(PLACE, &changed), Err(VaultError::Sealed)));
        assert!(vault("a").open(PLACE, &sealed[..10]).is_err());
        assert!(vault("a").open(PLACE, &sealed[..3]).is_err());
        assert_ne!(vault("a").seal(PLACE, b"secret").unwrap(), sealed);
    }

    #[test]
    fn a_retired_key_opens_and_does_not_seal() {
        let old = vault("a").seal(PLACE, b"secret").unwrap();
        let both = vault("ba");
        assert_eq!(both.open(PLACE, &old).unwrap(), b"secret");
        let new = both.renew(PLACE, &old).unwrap().unwrap();
        assert_eq!(vault("b").open(PLACE, &new).unwrap(), b"secret");
        assert!(both.renew(PLACE, &new).unwrap().is_none(), "once is enough");
        assert!(vault("b").renew(PLACE, &old).is_err());
        assert!(both.renew(Place { row: 8, ..PLACE }, &old).is_err());
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let vault = vault("a");
        let digest = vault.digest(b"0001");
        let old = vault.seal(PLACE, b"secret").unwrap();
        vault.begin(Key::generate().unwrap());
        let new = vault.seal(PLACE, b"secret").unwrap();
        assert_ne!(old[..4], new[..4]);
        let names: Vec<_> = vault.kept(Kept::File).iter().map(|key| key.name).collect();
        vault.left_file(&names[1..]);
        assert_eq!(vault.kept(Kept::File).len(), 1);
        for sealed in [old, new] {
            assert_eq!(vault.open(PLACE, &sealed).unwrap(), b"secret");
        }
        assert_eq!(vault.digest(b"0001"), digest);
    }
}
