//! Names: domains, found with their parents, and access keys. One after the other in one text, found by hash, behind
//! a filter that says of nearly all others at once that they are not there.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use crate::category::Categories;
use crate::table::{Sets, SetsBuilder};

#[derive(Debug, Default)]
pub(crate) struct Names {
    text: String,
    table: HashTable<Slot>,
    /// Two bits of one word for each name; 16 bits a name.
    filter: Vec<u64>,
    /// How many labels the longest name has.
    labels: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    start: u32,
    length: u16,
    set: u32,
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
        self.table.find(hash, |slot| self.name(slot) == name).map_or(Sets::NONE, |slot| slot.set)
    }

    /// Tells the sets of a domain and of its parents, the most specific first.
    pub(crate) fn parents(&self, domain: &str, mut tell: impl FnMut(u32)) {
        // RFC 1035: 253 characters without the dots at the ends.
        if domain.len() > 253 {
            return;
        }
        let mut labels = 1 + domain.bytes().filter(|byte| *byte == b'.').count();
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

    fn name(&self, slot: &Slot) -> &str {
        let start = slot.start as usize;
        self.text.get(start..start + usize::from(slot.length)).unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub(crate) fn memory(&self) -> usize {
        self.text.len() + self.table.capacity() * (size_of::<Slot>() + 1) + self.filter.len() * 8
    }
}

fn bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63)
}

/// Gathers names with their tags.
#[derive(Debug, Default)]
pub(crate) struct NamesBuilder {
    text: String,
    entries: Vec<(u32, u16, u32)>,
}

impl NamesBuilder {
    /// Adds a name; `false` when the table is full.
    pub(crate) fn push(&mut self, name: &str, tag: u32) -> bool {
        let (Ok(start), Ok(length)) = (u32::try_from(self.text.len()), u16::try_from(name.len())) else {
            return false;
        };
        self.text.push_str(name);
        self.entries.push((start, length, tag));
        true
    }

    pub(crate) fn finish(self, sets: &mut SetsBuilder) -> Names {
        let Self { text, mut entries } = self;
        let name = |entry: &(u32, u16, u32)| {
            text.get(entry.0 as usize..entry.0 as usize + usize::from(entry.1)).unwrap_or_default()
        };
        entries.sort_unstable_by(|a, b| name(a).cmp(name(b)).then(a.2.cmp(&b.2)));
        entries.dedup_by(|a, b| name(a) == name(b) && a.2 == b.2);
        let mut made = Names::default();
        let groups = || entries.chunk_by(|a, b| name(a) == name(b));
        let count = groups().count();
        made.filter = vec![0; if count == 0 { 0 } else { count.div_ceil(4).next_power_of_two() }];
        let hash = |text: &str, slot: &Slot| {
            let start = slot.start as usize;
            xxh3_64(text.get(start..start + usize::from(slot.length)).unwrap_or_default().as_bytes())
        };
        made.table.reserve(count, |slot| hash(&made.text, slot));
        for group in groups() {
            let Some(first) = group.first() else { continue };
            let name = name(first);
            let set = match group {
                [one] => sets.one(one.2),
                _ => {
                    let categories = group.iter().filter_map(|entry| sets.category(entry.2));
                    let categories =
                        categories.fold(Categories::NONE, |all, one| all.with(Categories::of(&[one])));
                    sets.set(group.iter().map(|entry| entry.2), categories)
                }
            };
            let start = u32::try_from(made.text.len()).unwrap_or(u32::MAX);
            made.text.push_str(name);
            made.labels = made.labels.max(1 + name.bytes().filter(|byte| *byte == b'.').count());
            let code = xxh3_64(name.as_bytes());
            let mask = made.filter.len() - 1;
            if let Some(word) = made.filter.get_mut((code >> 32) as usize & mask) {
                *word |= bits(code);
            }
            let slot = Slot { start, length: first.1, set };
            made.table.insert_unique(code, slot, |slot| hash(&made.text, slot));
        }
        made.text.shrink_to_fit();
        made
    }
}
