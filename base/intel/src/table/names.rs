//! Names: domains, found with their parents, and access keys. Only their hashes are kept, of 64 bits: of ten million
//! names that are asked for, a list of a million takes one wrongly with a chance of one in a million.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use crate::category::Categories;
use crate::table::{Sets, SetsBuilder};

#[derive(Debug, Default)]
pub(crate) struct Names {
    table: HashTable<(u64, u32)>,
    /// Two bits of one word for each name; 16 bits a name.
    filter: Vec<u64>,
    /// How many labels the longest name has.
    labels: usize,
}

impl Names {
    /// The set of exactly this name.
    pub(crate) fn set(&self, name: &str) -> u32 {
        let hash = xxh3_64(name.as_bytes());
        let word = self.filter.get((hash >> 32) as usize & self.filter.len().wrapping_sub(1));
        let bits = bits(hash);
        if word.is_none_or(|word| word & bits != bits) {
            return Sets::NONE;
        }
        self.table.find(hash, |(known, _)| *known == hash).map_or(Sets::NONE, |(_, set)| *set)
    }

    /// Tells the sets of a domain and of its parents, the most specific first.
    pub(crate) fn parents(&self, domain: &str, mut tell: impl FnMut(u32)) {
        // RFC 1035: 253 characters without the dots at the ends.
        if domain.len() > 253 {
            return;
        }
        let mut labels = labels(domain);
        let mut rest = domain;
        loop {
            if labels <= self.labels {
                let set = self.set(rest);
                if set != Sets::NONE {
                    tell(set);
                }
            }
            match rest.split_once('.') {
                Some((_, parent)) if labels > 2 => rest = parent,
                _ => break,
            }
            labels -= 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub(crate) fn memory(&self) -> usize {
        self.table.capacity() * (size_of::<(u64, u32)>() + 1) + self.filter.len() * 8
    }
}

fn labels(name: &str) -> usize {
    1 + name.bytes().filter(|byte| *byte == b'.').count()
}

fn bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63)
}

/// Gathers names with their tags.
#[derive(Debug, Default)]
pub(crate) struct NamesBuilder {
    entries: Vec<(u64, u32)>,
    labels: usize,
}

impl NamesBuilder {
    pub(crate) fn push(&mut self, name: &str, tag: u32) {
        self.labels = self.labels.max(labels(name));
        self.entries.push((xxh3_64(name.as_bytes()), tag));
    }

    pub(crate) fn finish(self, sets: &mut SetsBuilder) -> Names {
        let Self { mut entries, labels } = self;
        entries.sort_unstable();
        entries.dedup();
        let groups = || entries.chunk_by(|a, b| a.0 == b.0);
        let count = groups().count();
        let filter = vec![0; if count == 0 { 0 } else { count.div_ceil(4).next_power_of_two() }];
        let mut made = Names { table: HashTable::with_capacity(count), filter, labels };
        for group in groups() {
            let set = match group {
                [(_, tag)] => sets.one(*tag),
                _ => {
                    let categories = group.iter().filter_map(|(_, tag)| sets.category(*tag));
                    let none = Categories::NONE;
                    let categories = categories.fold(none, |all, one| all.with(Categories::of(&[one])));
                    sets.set(group.iter().map(|(_, tag)| *tag), categories)
                }
            };
            let Some((hash, _)) = group.first() else { continue };
            let mask = made.filter.len() - 1;
            if let Some(word) = made.filter.get_mut((hash >> 32) as usize & mask) {
                *word |= bits(*hash);
            }
            made.table.insert_unique(*hash, (*hash, set), |(hash, _)| *hash);
        }
        made
    }
}
