//! Replacing the encryption key of a store, which may be in use meanwhile.
//!
//! 1. A new key is made durable in the key file, before the old one.
//! 2. From then on it seals. The engine is asked for an empty command, so that
//!    whatever was sealed before is committed and can be found.
//! 3. Every ciphertext that names another key is sealed anew, a few in a command.
//! 4. All of them are read again and opened.
//! 5. A key that none of them names leaves the file.
//!
//! So what is stored can be opened with the keys of the file at any moment, also
//! when this is the last one of the process; the next run goes on from there. A
//! running server keeps old keys in memory: it may have read a row just before.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::file::KeyFile;
use super::key::{Key, KeyName};
use super::store::{self, Sealed, SealedColumn};
use super::{Held, Kept, Place, Vault, VaultError};
use crate::admin::{self, Store};
use crate::db::{Connection, DbError};
use crate::engine::{EngineError, Stop, Tx};

/// Rows that are read at once.
const PAGE_ROWS: i64 = 1_000;
/// Ciphertexts that are replaced in one command. Payments wait for it.
const COMMAND_ROWS: usize = 100;

/// What is to be done with the ciphertexts of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Open all of them, and change nothing.
    Check,
    /// Seal all of them with the newest key.
    Rotate,
}

/// Why nothing more was done.
#[derive(Debug, thiserror::Error)]
enum RotateError {
    #[error("{0}")]
    Store(#[from] DbError),
    #[error("{0}")]
    Vault(#[from] VaultError),
    #[error("{}", admin::told(.0))]
    Engine(EngineError),
    #[error(
        "the configured encryption key is {given}, the one in use is {used}: \
         restart the server with the new configuration first"
    )]
    OtherKey { given: String, used: KeyName },
    #[error("{0} was changed since it was read: restart the server first")]
    ChangedFile(String),
}

/// What was found and done.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// The key that seals now.
    key: String,
    /// Whether it is a new one.
    new_key: bool,
    /// What there is of each kind.
    columns: Vec<Counts>,
    /// Keys that left the key file.
    dropped: Vec<String>,
    /// Configured keys that nothing names any more.
    removable: Vec<String>,
    /// Other keys that something still names.
    needed: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    what: &'static str,
    /// Ciphertexts that there are.
    sealed: u64,
    /// Those that were sealed anew.
    resealed: u64,
    /// Those that cannot be opened.
    unreadable: u64,
    /// The keys that are missing for that, by name.
    missing_keys: BTreeSet<String>,
}

/// Checks or replaces the key. `given` is the name of the key that whoever asks
/// has configured.
pub async fn run(store: Store, errand: Errand, given: Option<String>) -> Result<Value, String> {
    let vault = Arc::clone(&store.vault);
    let _alone = vault.rotating.lock().await;
    let engine = Handle::current();
    let rotation = Rotation { store, engine };
    // Both stores are read without waiting for anyone.
    let done = tokio::task::spawn_blocking(move || rotation.run(errand, given)).await;
    let report = done.map_err(|_| "the command broke; the log says why".to_owned())?;
    report.map(|report| json!(report)).map_err(|error| error.to_string())
}

/// One run.
struct Rotation {
    store: Store,
    /// Where the engine is waited for.
    engine: Handle,
}

impl Rotation {
    fn run(&self, errand: Errand, given: Option<String>) -> Result<Report, RotateError> {
        let used = self.vault().current()?.name;
        if let Some(given) = given.filter(|given| *given != used.to_string()) {
            return Err(RotateError::OtherKey { given, used });
        }
        let mut reader = Connection::open_reader(&self.store.location)?;
        let (mut new_key, mut resealed) = (false, vec![0; SealedColumn::ALL.len()]);
        if errand == Errand::Rotate {
            // Nobody but the writer may go on from here.
            self.in_engine(|_| Ok(()))?;
            new_key = self.begin()?;
            self.in_engine(|_| Ok(()))?;
            for (column, count) in SealedColumn::ALL.iter().zip(&mut resealed) {
                *count = self.reseal(&mut reader, *column)?;
            }
        }
        let (mut columns, mut named) = (Vec::new(), BTreeSet::new());
        for (column, resealed) in SealedColumn::ALL.iter().zip(resealed) {
            let counts = self.look_at(&mut reader, *column, &mut named)?;
            columns.push(Counts { resealed, ..counts });
        }
        let dropped = if errand == Errand::Rotate { self.drop_unnamed(&named)? } else { vec![] };
        Ok(self.report(new_key, columns, &dropped, &named))
    }

    fn vault(&self) -> &Vault {
        &self.store.vault
    }

    /// Runs a command and waits for its commit.
    fn in_engine<T: Send + 'static>(
        &self,
        command: impl FnOnce(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, RotateError> {
        let done = self.engine.block_on(self.store.engine.run(Vec::new(), command));
        done.map_err(RotateError::Engine)
    }

    /// Makes a new key, unless an earlier run has made one and did not end. A
    /// configured key is made by the operator.
    fn begin(&self) -> Result<bool, RotateError> {
        let Some(file) = &self.vault().file else { return Ok(false) };
        let known = self.known_keys(file)?;
        if known.len() > 1 {
            return Ok(false);
        }
        let mut key = Key::generate()?;
        // Names are short: one in four billion is taken.
        while self.vault().keys().iter().any(|held| held.key.name == key.name) {
            key = Key::generate()?;
        }
        file.write([&key].into_iter().chain(known.iter().map(AsRef::as_ref)))?;
        self.vault().begin(key);
        Ok(true)
    }

    /// The keys of the file, which must be those that this process works with.
    fn known_keys(&self, file: &KeyFile) -> Result<Vec<Arc<Key>>, RotateError> {
        let known = self.vault().kept(Kept::File);
        let there = file.read()?.unwrap_or_default();
        if there.iter().map(|key| key.name).eq(known.iter().map(|key| key.name)) {
            return Ok(known);
        }
        Err(RotateError::ChangedFile(file.name()))
    }

    /// Seals with the current key what names another one. What cannot be opened
    /// stays as it is.
    fn reseal(&self, reader: &mut Connection, column: SealedColumn) -> Result<u64, RotateError> {
        let mut count = 0;
        each_page(reader, column, |page| {
            let mut renewed = Vec::new();
            for Sealed { row, sealed } in page {
                match self.vault().renew(Place { column, row }, &sealed) {
                    Ok(Some(new)) => renewed.push((row, sealed, new)),
                    Ok(None) | Err(VaultError::Sealed | VaultError::UnknownKey(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            while !renewed.is_empty() {
                let rest = renewed.split_off(renewed.len().min(COMMAND_ROWS));
                let some = std::mem::replace(&mut renewed, rest);
                count += self.in_engine(move |tx| {
                    let mut replaced = 0;
                    for (row, old, new) in some {
                        replaced += store::replace(tx, column, row, old, new)?;
                    }
                    Ok(replaced)
                })?;
            }
            Ok(())
        })?;
        Ok(count)
    }

    /// Opens everything in a column, and notes which keys it names.
    fn look_at(
        &self,
        reader: &mut Connection,
        column: SealedColumn,
        named: &mut BTreeSet<KeyName>,
    ) -> Result<Counts, RotateError> {
        let mut counts = Counts {
            what: column.what(),
            sealed: 0,
            resealed: 0,
            unreadable: 0,
            missing_keys: BTreeSet::new(),
        };
        each_page(reader, column, |page| {
            for Sealed { row, sealed } in page {
                counts.sealed += 1;
                named.extend(KeyName::of_sealed(&sealed).ok());
                match self.vault().open(Place { column, row }, &sealed) {
                    Ok(secret) => drop(zeroize::Zeroizing::new(secret)),
                    Err(error) => {
                        counts.unreadable += 1;
                        if let VaultError::UnknownKey(name) = error {
                            counts.missing_keys.insert(name.to_string());
                        }
                    }
                }
            }
            Ok(())
        })?;
        Ok(counts)
    }

    /// Removes keys from the file that nothing names any more.
    fn drop_unnamed(&self, named: &BTreeSet<KeyName>) -> Result<Vec<KeyName>, RotateError> {
        let Some(file) = &self.vault().file else { return Ok(Vec::new()) };
        let known = self.known_keys(file)?;
        let current = self.vault().current()?.name;
        let (kept, unnamed): (Vec<_>, Vec<_>) =
            known.iter().partition(|key| key.name == current || named.contains(&key.name));
        let unnamed: Vec<KeyName> = unnamed.iter().map(|key| key.name).collect();
        if !unnamed.is_empty() {
            file.write(kept.into_iter().map(AsRef::as_ref))?;
            self.vault().left_file(&unnamed);
        }
        Ok(unnamed)
    }

    fn report(
        &self,
        new_key: bool,
        columns: Vec<Counts>,
        dropped: &[KeyName],
        named: &BTreeSet<KeyName>,
    ) -> Report {
        let keys = self.vault().keys();
        let names = |wanted: &dyn Fn(&Held) -> bool| {
            let those = keys.iter().skip(1).filter(|held| wanted(held));
            those.map(|held| held.key.name.to_string()).collect()
        };
        let is_named = |held: &Held| named.contains(&held.key.name);
        Report {
            key: keys.first().map(|held| held.key.name.to_string()).unwrap_or_default(),
            new_key,
            columns,
            dropped: dropped.iter().map(ToString::to_string).collect(),
            removable: names(&|held| held.kept == Kept::Configuration && !is_named(held)),
            needed: names(&is_named),
        }
    }
}

/// Reads a column page by page.
fn each_page(
    reader: &mut Connection,
    column: SealedColumn,
    mut look: impl FnMut(Vec<Sealed>) -> Result<(), RotateError>,
) -> Result<(), RotateError> {
    let mut after = 0;
    loop {
        let page = store::page(reader, column, after, PAGE_ROWS)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.row;
        look(page)?;
    }
}
