//! A table with a limit that forgets what was not touched for longest.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// Values by keys that are hashes already. When half of the limit was touched since the last time, all that was not
/// touched since then is forgotten: two generations, so that nothing has to be kept in order.
#[derive(Debug)]
pub(crate) struct Aging<V> {
    young: Map<V>,
    old: Map<V>,
    limit: usize,
}

type Map<V> = HashMap<u64, V, BuildHasherDefault<Direct>>;

impl<V> Aging<V> {
    /// At most this many values.
    pub(crate) fn new(limit: usize) -> Self {
        Self { young: Map::default(), old: Map::default(), limit }
    }

    /// The value of a key; a default one when it is new or forgotten.
    pub(crate) fn entry(&mut self, key: u64) -> &mut V
    where
        V: Default,
    {
        if self.young.len() >= self.limit / 2 && !self.young.contains_key(&key) {
            // Both keep their memory.
            std::mem::swap(&mut self.old, &mut self.young);
            self.young.clear();
        }
        match self.young.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.old.remove(&key).unwrap_or_default()),
        }
    }

    /// The value of a key that is known; it counts as touched only when it was touched in this generation already.
    pub(crate) fn find(&mut self, key: u64) -> Option<&mut V> {
        match self.young.get_mut(&key) {
            Some(value) => Some(value),
            None => self.old.get_mut(&key),
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

/// The key is its own hash.
#[derive(Default)]
pub(crate) struct Direct(u64);

impl Hasher for Direct {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64(bytes);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_its_limit_and_keeps_what_is_used() {
        let mut table: Aging<u32> = Aging::new(100);
        for key in 0..10_000u64 {
            *table.entry(7) += 1;
            *table.entry(key.wrapping_mul(0x9e37_79b9_7f4a_7c15)) += 1;
            assert!(table.len() <= 100);
        }
        assert_eq!(*table.entry(7), 10_000);
        assert!(table.find(1u64.wrapping_mul(0x9e37_79b9_7f4a_7c15)).is_none());
    }
}
