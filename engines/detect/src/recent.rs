//! A table that forgets what was not asked for lately.

use std::hash::Hash;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Two generations: when the young one is full it becomes the old one, and what was old is forgotten. What is asked
/// for becomes young.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V, FixedState>,
    old: HashMap<K, V, FixedState>,
    limit: usize,
}

impl<K: Eq + Hash, V: Default> Recent<K, V> {
    /// A table of at most twice `limit` entries.
    pub(crate) fn new(limit: usize) -> Self {
        let map = || HashMap::with_hasher(FixedState::with_seed(11));
        Self { young: map(), old: map(), limit }
    }

    /// The entry of a key, made when there is none.
    pub(crate) fn entry(&mut self, key: K) -> &mut V {
        if !self.young.contains_key(&key) && self.young.len() >= self.limit {
            self.old = std::mem::replace(&mut self.young, HashMap::with_hasher(FixedState::with_seed(11)));
        }
        let before = self.old.remove(&key);
        self.young.entry(key).or_insert_with(|| before.unwrap_or_default())
    }
}
