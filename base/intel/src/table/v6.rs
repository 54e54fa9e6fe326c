//! IPv6 addresses. Ranges within a /48 are found by the hash of its prefix, behind a bitmap; those that are wider, of
//! which lists have few, by halving among those with the same first 16 bits.

use hashbrown::HashTable;

use crate::table::{Segments, Sets};

#[derive(Debug, Default)]
pub(crate) struct V6 {
    narrow: Segments<u128>,
    /// Where the narrow segments of a /48 are.
    sites: HashTable<Site>,
    /// A bit a hash of a /48 that has narrow segments; 16 bits for each.
    filter: Vec<u64>,
    wide: Segments<u128>,
    /// A bit for the first 16 bits of what wide segments hold. Empty without wide segments.
    wide_blocks: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Site {
    prefix: u64,
    from: u32,
    to: u32,
}

/// The first 48 bits.
fn site(address: u128) -> u64 {
    (address >> 80) as u64
}

/// Spreads prefixes over 64 bits (the finalizer of SplitMix64).
fn spread(prefix: u64) -> u64 {
    let mixed = (prefix ^ (prefix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl V6 {
    pub(crate) fn new(segments: &Segments<u128>) -> Self {
        let mut made = Self::default();
        let mut sites: Vec<Site> = Vec::new();
        for (start, end, set) in segments.iter() {
            let narrow = site(start) == site(end);
            let segments = if narrow { &mut made.narrow } else { &mut made.wide };
            segments.starts.push(start);
            segments.ends.push(end);
            segments.sets.push(set);
            let to = u32::try_from(segments.starts.len()).unwrap_or(u32::MAX);
            match sites.last_mut() {
                Some(last) if narrow && last.prefix == site(start) => last.to = to,
                _ if narrow => sites.push(Site { prefix: site(start), from: to - 1, to }),
                _ => made.add_wide(start, end),
            }
        }
        made.filter = vec![0; if sites.is_empty() { 0 } else { (sites.len() / 4).next_power_of_two() }];
        made.sites.reserve(sites.len(), |site| spread(site.prefix));
        for site in sites {
            let hash = spread(site.prefix);
            let mask = made.filter.len() - 1;
            if let Some(word) = made.filter.get_mut((hash >> 6) as usize & mask) {
                *word |= 1 << (hash & 63);
            }
            made.sites.insert_unique(hash, site, |site| spread(site.prefix));
        }
        made
    }

    fn add_wide(&mut self, start: u128, end: u128) {
        self.wide_blocks.resize(1 << 10, 0);
        for block in (start >> 112) as usize..=(end >> 112) as usize {
            if let Some(word) = self.wide_blocks.get_mut(block >> 6) {
                *word |= 1 << (block & 63);
            }
        }
    }

    pub(crate) fn set(&self, address: u128) -> u32 {
        let prefix = site(address);
        let hash = spread(prefix);
        let word = self.filter.get((hash >> 6) as usize & self.filter.len().wrapping_sub(1));
        if word.is_some_and(|word| word >> (hash & 63) & 1 == 1)
            && let Some(site) = self.sites.find(hash, |site| site.prefix == prefix)
        {
            let set = self.narrow.find(address, site.from as usize, site.to as usize);
            if set != Sets::NONE {
                return set;
            }
        }
        let block = (address >> 112) as usize;
        match self.wide_blocks.get(block >> 6) {
            Some(word) if word >> (block & 63) & 1 == 1 => self.wide.find(address, 0, self.wide.starts.len()),
            _ => Sets::NONE,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.narrow.starts.is_empty() && self.wide.starts.is_empty()
    }

    pub(crate) fn memory(&self) -> usize {
        (self.narrow.starts.len() + self.wide.starts.len()) * 36
            + self.sites.capacity() * (size_of::<Site>() + 1)
            + (self.filter.len() + self.wide_blocks.len()) * 8
    }
}
