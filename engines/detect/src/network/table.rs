//! Tables with a limit, which forget what was seen longest ago.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What lies in a [`Table`].
pub(super) trait Row {
    /// Its key's hash.
    fn hash(&self) -> u64;
    /// When it was last seen, in seconds.
    fn last(&self) -> u32;
}

/// Rows by their hash. When full, the quarter that was seen longest ago goes.
pub(super) struct Table<R> {
    rows: HashTable<R>,
    limit: usize,
}

impl<R: Row> Table<R> {
    pub(super) fn new(limit: usize) -> Self {
        Self { rows: HashTable::new(), limit }
    }

    pub(super) fn find(&mut self, hash: u64, same: impl FnMut(&R) -> bool) -> Option<&mut R> {
        self.rows.find_mut(hash, same)
    }

    /// The row, made when it isn't there; and whether it was made.
    pub(super) fn of(
        &mut self,
        hash: u64,
        same: impl Fn(&R) -> bool,
        make: impl FnOnce() -> R,
    ) -> (&mut R, bool) {
        if self.rows.len() >= self.limit && self.rows.find(hash, &same).is_none() {
            self.forget();
        }
        match self.rows.entry(hash, &same, Row::hash) {
            Entry::Occupied(row) => (row.into_mut(), false),
            Entry::Vacant(place) => (place.insert(make()).into_mut(), true),
        }
    }

    pub(super) fn remove(&mut self, hash: u64, same: impl FnMut(&R) -> bool) {
        if let Ok(row) = self.rows.find_entry(hash, same) {
            row.remove();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    fn forget(&mut self) {
        let mut ages: Vec<u32> = self.rows.iter().map(Row::last).collect();
        let quarter = ages.len() / 4;
        if quarter < ages.len() {
            let (_, oldest, _) = ages.select_nth_unstable(quarter);
            let oldest = *oldest;
            self.rows.retain(|row| row.last() > oldest);
        }
    }
}

/// Hashes with a seed of this process: who writes flows can't choose which collide. Results don't depend on it.
#[derive(Clone, Copy)]
pub(super) struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0u64))
    }
}

impl Seed {
    pub(super) fn text(self, text: &str) -> u64 {
        xxh3_64_with_seed(text.as_bytes(), self.0)
    }

    /// Of an address and two numbers.
    pub(super) fn numbers(self, address: u128, number: u32, other: u32) -> u64 {
        let mut bytes = [0u8; 24];
        let (first, rest) = bytes.split_at_mut(16);
        first.copy_from_slice(&address.to_le_bytes());
        let (second, third) = rest.split_at_mut(4);
        second.copy_from_slice(&number.to_le_bytes());
        third.copy_from_slice(&other.to_le_bytes());
        xxh3_64_with_seed(&bytes, self.0)
    }
}
