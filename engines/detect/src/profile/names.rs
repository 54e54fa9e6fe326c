//! The names behind hashes, for what findings say of habits.

use super::hash::Map;
use super::model::slot_key;
use super::sighting::Feature;

/// Names that are kept; further ones have none, and are left out of lists.
const LIMIT: usize = 1 << 16;

/// Names of acts, places and tools.
#[derive(Default)]
pub(super) struct Names {
    by_key: Map<u32, Box<str>>,
}

impl Names {
    /// Keeps the name of a value. Called once an account has met it, not for each record.
    pub(super) fn keep(&mut self, feature: Feature, value: u64, name: &str) {
        if self.by_key.len() < LIMIT && value != 0 {
            self.by_key.entry(slot_key(feature, value)).or_insert_with(|| name.into());
        }
    }

    /// The name of a value, by the part of its hash that profiles keep.
    pub(super) fn of(&self, key: u32) -> Option<&str> {
        self.by_key.get(&key).map(|name| &**name)
    }
}
