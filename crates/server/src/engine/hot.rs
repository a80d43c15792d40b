//! A map that a refused command can be undone in.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

/// Rows held in memory, with what the running command changed and what the
/// running batch has to write.
pub struct HotMap<K, V> {
    rows: FxHashMap<K, V>,
    undo: Vec<(K, Option<V>)>,
    dirty: FxHashSet<K>,
}

impl<K: Copy + Eq + Hash, V: Clone> HotMap<K, V> {
    /// An empty map.
    pub fn new() -> Self {
        Self { rows: FxHashMap::default(), undo: Vec::new(), dirty: FxHashSet::default() }
    }

    /// The row, if it is loaded.
    pub fn get(&self, key: K) -> Option<&V> {
        self.rows.get(&key)
    }

    /// Whether the row is loaded.
    pub fn contains(&self, key: K) -> bool {
        self.rows.contains_key(&key)
    }

    /// Takes in a row as the store has it.
    pub fn load(&mut self, key: K, value: V) {
        self.rows.insert(key, value);
    }

    /// Puts in a row that is new or changed, and that someone else writes.
    pub fn put(&mut self, key: K, value: V) {
        let before = self.rows.insert(key, value);
        self.undo.push((key, before));
    }

    /// Puts in a row that is new or changed, to be written with the batch.
    pub fn put_dirty(&mut self, key: K, value: V) {
        self.put(key, value);
        self.dirty.insert(key);
    }

    /// Drops a row, so that it is loaded anew when next needed.
    pub fn forget(&mut self, key: K) {
        self.rows.remove(&key);
    }

    /// The running command stands.
    pub fn keep(&mut self) {
        self.undo.clear();
    }

    /// How many changes the running command made.
    pub fn depth(&self) -> usize {
        self.undo.len()
    }

    /// Undoes the running command's changes but for the first `depth`.
    pub fn undo_to(&mut self, depth: usize) {
        while self.undo.len() > depth {
            let Some((key, before)) = self.undo.pop() else {
                return;
            };
            match before {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
    }

    /// The rows that the batch has to write, in the order of their keys: rows
    /// that are neighbours in the store are written one after the other.
    pub fn drain_dirty(&mut self) -> Vec<(K, V)>
    where
        K: Ord,
    {
        let keys = std::mem::take(&mut self.dirty);
        let mut rows: Vec<(K, V)> =
            keys.into_iter().filter_map(|key| Some((key, self.rows.get(&key)?.clone()))).collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows
    }

    /// Whether the batch has rows to write.
    pub fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.undo.clear();
        self.dirty.clear();
    }

    /// How many rows are loaded.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
}
