//! Keys in memory, for recognizing callers without a query.
//!
//! A change of a key drops it from here after the commit and before anyone is
//! answered; commands check the key once more inside the engine.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use ipnet::IpNet;
use rustc_hash::FxHashMap;
use wallgent_core::Timestamp;
use wallgent_core::id::{KeyId, WalletId};
use wallgent_core::plan::Plan;

use super::store::{self, KeyRow};
use crate::db::{Connection, DbResult};
use crate::engine::ScopeId;

/// Keys held in memory; beyond that all are dropped and loaded anew.
const KEYS_MAX: usize = 100_000;

/// A key, ready to check a request with.
pub struct CachedKey {
    /// The key.
    pub row: KeyRow,
    /// Organization and environment together.
    pub scope: ScopeId,
    /// The organization's plan.
    pub plan: Plan,
    /// The only wallets it sees.
    pub wallets: Option<Arc<[WalletId]>>,
    /// The only networks it may be used from.
    pub networks: Option<Vec<IpNet>>,
    last_used: AtomicI64,
    /// The last use that the store knows of.
    noted: AtomicI64,
}

impl CachedKey {
    fn new(row: KeyRow, scope: ScopeId, plan: Plan) -> Self {
        let parse = |texts: &Vec<String>| texts.iter().filter_map(|text| network(text)).collect();
        let networks = row.allowed_ips.as_ref().map(parse);
        let wallets = row.wallets.clone().map(Into::into);
        let noted = row.last_used_at.map_or(0, Timestamp::micros);
        let (last_used, noted) = (AtomicI64::new(noted), AtomicI64::new(noted));
        Self { row, scope, plan, wallets, networks, last_used, noted }
    }

    fn last_use(&self) -> Option<Timestamp> {
        let micros = self.last_used.load(Ordering::Relaxed);
        (micros > 0).then(|| Timestamp::from_micros(micros))
    }

    fn unnoted_use(&self) -> Option<Timestamp> {
        self.last_use().filter(|at| at.micros() > self.noted.load(Ordering::Relaxed))
    }

    /// Whether it may be used from an address.
    #[must_use]
    pub fn allows(&self, address: Option<IpAddr>) -> bool {
        let Some(networks) = &self.networks else {
            return true;
        };
        // An IPv4 client of a dual-stack socket is an IPv4 client.
        let address = address.map(|it| it.to_canonical());
        address.is_some_and(|it| networks.iter().any(|network| network.contains(&it)))
    }
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether a text is an address or a network.
pub(super) fn is_network(text: &str) -> bool {
    network(text).is_some()
}

/// The keys in memory.
#[derive(Default)]
pub struct KeyCache {
    known: RwLock<Known>,
    /// Raised by every drop, so that a load that began before it is not kept.
    generation: AtomicU64,
}

#[derive(Default)]
struct Known {
    by_digest: FxHashMap<[u8; 32], Arc<CachedKey>>,
    by_id: FxHashMap<KeyId, [u8; 32]>,
    /// Uses of keys that were dropped since uses were last noted.
    uses: FxHashMap<KeyId, Timestamp>,
}

impl Known {
    fn drop_all(&mut self) {
        self.by_id.clear();
        for key in std::mem::take(&mut self.by_digest).into_values() {
            self.remember(&key);
        }
    }

    fn remember(&mut self, key: &CachedKey) {
        if let Some(at) = key.unnoted_use() {
            self.uses.insert(key.row.id, at);
        }
    }
}

impl KeyCache {
    /// The key with this digest, if it is in memory; that is a use of it.
    #[must_use]
    pub fn get(&self, digest: &[u8; 32], now: Timestamp) -> Option<Arc<CachedKey>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let key = known.by_digest.get(digest)?;
        key.last_used.store(now.micros(), Ordering::Relaxed);
        Some(Arc::clone(key))
    }

    /// How many drops there were.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Keeps a key that was loaded, to be used, when there had been `generation`
    /// drops.
    pub fn keep(&self, digest: [u8; 32], key: &Arc<CachedKey>, generation: u64, now: Timestamp) {
        key.last_used.store(now.micros(), Ordering::Relaxed);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if self.generation() != generation {
            known.remember(key);
            return;
        }
        if known.by_digest.len() >= KEYS_MAX {
            known.drop_all();
        }
        known.by_id.insert(key.row.id, digest);
        known.by_digest.insert(digest, Arc::clone(key));
    }

    /// Drops a key that changed.
    pub fn forget(&self, id: KeyId) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::AcqRel);
        let digest = known.by_id.remove(&id);
        if let Some(key) = digest.and_then(|digest| known.by_digest.remove(&digest)) {
            known.remember(&key);
        }
    }

    /// Drops every key, when another process may have changed them.
    pub fn clear(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::AcqRel);
        known.drop_all();
    }

    /// When a key was last used, as far as this process knows.
    #[must_use]
    pub fn last_used(&self, id: KeyId) -> Option<Timestamp> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let digest = known.by_id.get(&id);
        let cached = digest.and_then(|digest| known.by_digest.get(digest));
        cached.and_then(|key| key.last_use()).max(known.uses.get(&id).copied())
    }

    /// The uses that are to be noted: of keys that were dropped, and of those
    /// whose last noted use is older than `older_than_micros`. Whoever takes them
    /// notes them.
    #[must_use]
    pub fn take_uses(&self, older_than_micros: i64) -> Vec<(KeyId, Timestamp)> {
        let dropped = {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut known.uses)
        };
        let mut uses: Vec<_> = dropped.into_iter().collect();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        for key in known.by_digest.values() {
            let Some(at) = key.unnoted_use() else { continue };
            let noted = key.noted.load(Ordering::Relaxed);
            if at.micros().saturating_sub(noted) > older_than_micros {
                key.noted.store(at.micros(), Ordering::Relaxed);
                uses.push((key.row.id, at));
            }
        }
        uses
    }
}

/// Reads a key by its digest.
pub fn load(connection: &mut Connection, hash: &[u8; 32]) -> DbResult<Option<CachedKey>> {
    let found = store::by_hash(connection, hash)?;
    Ok(found.map(|(row, scope, plan)| CachedKey::new(row, scope, plan)))
}
