//! A key, and the name by which ciphertexts call it.

use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::VaultError;

pub(super) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const NAME_BYTES: usize = 4;
/// Keeps a key of digests apart from the key of ciphertexts that it comes from.
const DIGEST_USE: &[u8] = b"wallgent digest";

/// What a ciphertext calls its key: the beginning of the key's digest. It tells
/// keys apart and says nothing of them, so it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName([u8; NAME_BYTES]);

impl KeyName {
    /// Which key a ciphertext names.
    pub(super) fn of_sealed(sealed: &[u8]) -> Result<Self, VaultError> {
        sealed.first_chunk().copied().map(Self).ok_or(VaultError::Sealed)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A key.
pub(super) struct Key {
    pub(super) name: KeyName,
    cipher: Aes256Gcm,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl Key {
    fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let digest: [u8; KEY_BYTES] = Sha256::digest(*bytes).into();
        let name = KeyName(*digest.first_chunk().expect("a digest is longer than a name"));
        Self { name, cipher: Aes256Gcm::new(&(*bytes).into()), bytes }
    }

    /// A key that nobody had before.
    pub(super) fn generate() -> Result<Self, VaultError> {
        Ok(Self::new(random_bytes()?))
    }

    /// The key that somebody wrote down; `place` says where.
    pub(super) fn from_hex(text: &str, place: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        let digits = text.len() == KEY_BYTES * 2 && text.bytes().all(|it| it.is_ascii_hexdigit());
        if !digits {
            return Err(VaultError::MalformedKey(place.to_owned()));
        }
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        for (at, byte) in bytes.iter_mut().enumerate() {
            let pair = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16);
            *byte = pair.map_err(|_| VaultError::MalformedKey(place.to_owned()))?;
        }
        Ok(Self::new(bytes))
    }

    /// The key as it is written down.
    pub(super) fn hex(&self) -> Zeroizing<String> {
        use fmt::Write;
        let mut text = Zeroizing::new(String::with_capacity(KEY_BYTES * 2));
        for byte in self.bytes.iter() {
            write!(text, "{byte:02x}").expect("a text takes what is written");
        }
        text
    }

    /// The key of digests that comes from this one.
    pub(super) fn digest_key(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        let key = Sha256::new().chain_update(DIGEST_USE).chain_update(*self.bytes).finalize();
        Zeroizing::new(key.into())
    }

    pub(super) fn seal(&self, place: &[u8], secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(VaultError::Randomness)?;
        let payload = Payload { msg: secret, aad: place };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| VaultError::Sealed)?;
        Ok([self.name.0.as_slice(), &nonce, &sealed].concat())
    }

    pub(super) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (_, rest) = sealed.split_at_checked(NAME_BYTES).ok_or(VaultError::Sealed)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Sealed)?;
        let payload = Payload { msg: text, aad: place };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| VaultError::Sealed)
    }
}

/// Bytes that nobody can guess.
pub(super) fn random_bytes() -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(bytes.as_mut()).map_err(VaultError::Randomness)?;
    Ok(bytes)
}
