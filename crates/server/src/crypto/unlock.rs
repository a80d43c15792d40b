//! Finding the keys of a store when it is opened.
//!
//! The key of digests is in the store, sealed. It is made with the first key,
//! and so it also tells at once whether the keys that are given are the right
//! ones: a store never gets a second key because somebody forgot the first.

use std::sync::{Arc, RwLock};

use zeroize::Zeroizing;

use super::file::KeyFile;
use super::key::{KEY_BYTES, Key, KeyName, random_bytes};
use super::store::{self, DIGEST_KEY_ROW, SealedColumn};
use super::{Held, Kept, Place, Vault, VaultError};
use crate::config::Config;
use crate::db::{Connection, DbError};
use crate::engine::{Stop, Tx};
use crate::server::StartError;

/// The file beside the store that keeps its encryption key.
const KEY_FILE: &str = "encryption.key";
/// Where the key of digests is sealed.
const DIGEST_KEY: Place = Place { column: SealedColumn::DigestKey, row: DIGEST_KEY_ROW };

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlocking {
    /// To serve requests. A new store gets a key.
    Serve,
    /// For a command, which may do without a key and makes none.
    Operate,
    /// To go on without a key that is lost.
    AfterLoss,
}

/// The name of the configured key.
pub fn key_name(config: &Config) -> Result<Option<KeyName>, VaultError> {
    Ok(configured(config)?.map(|key| key.name))
}

fn configured(config: &Config) -> Result<Option<Key>, VaultError> {
    let key = config.encryption_key.as_deref();
    key.map(|text| Key::from_hex(text, "encryption_key")).transpose()
}

/// The vault of a store.
pub fn unlock(
    connection: &mut Connection,
    config: &Config,
    unlocking: Unlocking,
) -> Result<Vault, StartError> {
    let sealed = store::digest_key(connection)?;
    let file = KeyFile::at(config.data.join(KEY_FILE));
    let (mut keys, file) = match configured(config)? {
        Some(key) => (vec![(key, Kept::Configuration)], None),
        None if config.key_file => {
            let keys = keys_of_file(&file, sealed.as_deref(), unlocking)?;
            (keys.into_iter().map(|key| (key, Kept::File)).collect(), Some(file))
        }
        None => return Err(StartError::NoKey),
    };
    // Without a key that seals, one that only opens would take its place.
    if !keys.is_empty() {
        for text in &config.encryption_keys_retired {
            let retired = Key::from_hex(text, "encryption_keys_retired")?;
            if keys.iter().all(|(key, _)| key.name != retired.name) {
                keys.push((retired, Kept::Configuration));
            }
        }
    }
    let held = |(key, kept)| Held { key: Arc::new(key), kept };
    let mut vault = Vault {
        keys: RwLock::new(keys.into_iter().map(held).collect()),
        digest_key: None,
        file,
        rotating: tokio::sync::Mutex::default(),
    };
    match digest_key(connection, &vault, sealed) {
        Ok(key) => vault.digest_key = Some(key),
        Err(StartError::Key(VaultError::Locked)) if unlocking == Unlocking::Operate => {}
        Err(StartError::Key(VaultError::WrongKey(_))) if unlocking == Unlocking::AfterLoss => {}
        Err(error) => return Err(error),
    }
    Ok(vault)
}

/// The keys in the file; a new one when the store has none yet.
fn keys_of_file(
    file: &KeyFile,
    sealed: Option<&[u8]>,
    unlocking: Unlocking,
) -> Result<Vec<Key>, VaultError> {
    if let Some(keys) = file.read()? {
        return Ok(keys);
    }
    match (unlocking, sealed) {
        (Unlocking::Operate, _) => Ok(Vec::new()),
        (Unlocking::Serve, Some(sealed)) => {
            let name = KeyName::of_sealed(sealed)?;
            Err(VaultError::MissingKey { path: file.name(), name })
        }
        (Unlocking::Serve, None) | (Unlocking::AfterLoss, _) => {
            let key = Key::generate()?;
            file.write([&key])?;
            Ok(vec![key])
        }
    }
}

/// The store's key of digests, which is made when there is none.
fn digest_key(
    connection: &mut Connection,
    vault: &Vault,
    sealed: Option<Vec<u8>>,
) -> Result<Zeroizing<[u8; KEY_BYTES]>, StartError> {
    let sealed = match sealed {
        Some(sealed) => sealed,
        None => {
            let current = vault.current()?;
            // A store from before there was such a row made its digests with a
            // key that came from the encryption key.
            let key = if store::remembers_requests(connection)? {
                current.digest_key()
            } else {
                random_bytes()?
            };
            store::insert_digest_key(connection, vault.seal(DIGEST_KEY, key.as_slice())?)?;
            // Another process may have been faster.
            let there = store::digest_key(connection)?;
            there.ok_or_else(|| DbError::Layout("the key of digests is gone".to_owned()))?
        }
    };
    vault.current()?;
    let opened = match vault.open(DIGEST_KEY, &sealed) {
        Ok(opened) => Zeroizing::new(opened),
        Err(VaultError::UnknownKey(name)) => return Err(VaultError::WrongKey(name).into()),
        Err(error) => return Err(error.into()),
    };
    let key = opened.as_slice().try_into();
    Ok(Zeroizing::new(key.map_err(|_| VaultError::Sealed)?))
}

/// Gives a store whose key is lost a new key of digests. Retries of what named
/// an account's number are refused from then on: they are not recognized, and
/// nothing is done twice.
pub fn replace_lost_digest_key(tx: &mut Tx<'_>) -> Result<(), Stop> {
    if tx.vault().digest_key.is_some() {
        return Ok(());
    }
    let sealed = random_bytes().and_then(|key| tx.vault().seal(DIGEST_KEY, key.as_slice()));
    let sealed = sealed.map_err(|error| DbError::Layout(error.to_string()))?;
    Ok(store::replace_digest_key(tx, sealed)?)
}
