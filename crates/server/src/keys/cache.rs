//! Keys in memory, for recognizing callers without a query.
//!
//! A change of a key drops it from here after the commit and before anyone is
//! answered; commands check the key once more inside the engine.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

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
}

impl CachedKey {
    fn new(row: KeyRow, scope: ScopeId, plan: Plan) -> Self {
        let parse = |texts: &Vec<String>| texts.iter().filter_map(|text| network(text)).collect();
        let networks = row.allowed_ips.as_ref().map(parse);
        let wallets = row.wallets.clone().map(Into::into);
        let last_used = AtomicI64::new(row.last_used_at.map_or(0, Timestamp::micros));
        Self { row, scope, plan, wallets, networks, last_used }
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
    keys: RwLock<FxHashMap<[u8; 32], Arc<CachedKey>>>,
    /// Raised by every drop, so that a load that began before it is not kept.
    generation: AtomicU64,
}

impl KeyCache {
    /// The key with this digest, if it is in memory.
    #[must_use]
    pub fn get(&self, hash: &[u8; 32], now: Timestamp) -> Option<Arc<CachedKey>> {
        let keys = self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = keys.get(hash)?;
        key.last_used.store(now.micros(), Ordering::Relaxed);
        Some(Arc::clone(key))
    }

    /// How many drops there were.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Keeps a key that was loaded when there had been `generation` drops.
    pub fn keep(&self, hash: [u8; 32], key: &Arc<CachedKey>, generation: u64) {
        let mut keys = self.keys.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.generation() != generation {
            return;
        }
        if keys.len() >= KEYS_MAX {
            keys.clear();
        }
        keys.insert(hash, Arc::clone(key));
    }

    /// Drops a key that changed.
    pub fn forget(&self, id: KeyId) {
        let mut keys = self.keys.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::AcqRel);
        keys.retain(|_, key| key.row.id != id);
    }

    /// Drops every key, when another process may have changed them.
    pub fn clear(&self) {
        let mut keys = self.keys.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::AcqRel);
        keys.clear();
    }

    /// When a key was last used, as far as this process knows.
    #[must_use]
    pub fn last_used(&self, id: KeyId) -> Option<Timestamp> {
        let keys = self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = keys.values().find(|key| key.row.id == id)?;
        let micros = key.last_used.load(Ordering::Relaxed);
        (micros > 0).then(|| Timestamp::from_micros(micros))
    }
}

/// Reads a key by its digest.
pub fn load(connection: &mut Connection, hash: &[u8; 32]) -> DbResult<Option<CachedKey>> {
    let found = store::by_hash(connection, hash)?;
    Ok(found.map(|(row, scope, plan)| CachedKey::new(row, scope, plan)))
}
