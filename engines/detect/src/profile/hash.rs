//! Hashes with a fixed seed: the same records give the same findings on every machine.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// A map whose keys are hashes already.
pub(super) type Map<K, V> = HashMap<K, V, BuildHasherDefault<Already>>;

/// The hash of a text; never 0, which says that there is none. An empty text has 0.
pub(super) fn text(text: &str) -> u64 {
    if text.is_empty() { 0 } else { xxh3_64(text.as_bytes()).max(1) }
}

/// The hash of a text after another hash.
pub(super) fn after(hash: u64, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), hash).max(1)
}

/// Two hashes as one; the order counts.
pub(super) fn both(a: u64, b: u64) -> u64 {
    let mixed = (a ^ b.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ (mixed >> 29)
}

/// A hasher that hands on the key's own bits.
#[derive(Clone, Copy, Default)]
pub(super) struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn write_u32(&mut self, key: u32) {
        self.0 = u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
