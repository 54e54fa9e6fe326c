//! IPv6 addresses. Ranges within a /48 are found by the hash of its prefix, behind a filter; those that are wider, of
//! which lists have few, by halving among all of these.

use hashbrown::HashTable;

use crate::table::{Segment, Segments, Sets};

#[derive(Debug, Default)]
pub(crate) struct V6 {
    narrow: Segments<u128>,
    /// Where the narrow segments of a /48 are.
    sites: HashTable<Site>,
    filter: Filter,
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

/// The first 64 bits.
fn subnet(address: u128) -> u64 {
    (address >> 64) as u64
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
        for segment in segments.iter() {
            if site(segment.start) != site(segment.end) {
                made.add_wide(*segment);
                continue;
            }
            made.narrow.push(*segment);
            let prefix = site(segment.start);
            let to = u32::try_from(made.narrow.len()).unwrap_or(u32::MAX);
            match sites.last_mut() {
                Some(last) if last.prefix == prefix => last.to = to,
                _ => sites.push(Site { prefix, from: to - 1, to }),
            }
        }
        made.filter = Filter::new(&made.narrow);
        made.sites.reserve(sites.len(), |site| spread(site.prefix));
        for site in sites {
            made.sites.insert_unique(spread(site.prefix), site, |site| spread(site.prefix));
        }
        made
    }

    fn add_wide(&mut self, segment: Segment<u128>) {
        self.wide.push(segment);
        self.wide_blocks.resize(1 << 10, 0);
        for block in (segment.start >> 112) as usize..=(segment.end >> 112) as usize {
            if let Some(word) = self.wide_blocks.get_mut(block >> 6) {
                *word |= 1 << (block & 63);
            }
        }
    }

    pub(crate) fn set(&self, address: u128) -> u32 {
        let prefix = site(address);
        let hash = spread(prefix);
        if self.filter.may_have(hash, address)
            && let Some(site) = self.sites.find(hash, |site| site.prefix == prefix)
        {
            let set = self.narrow.find(address, site.from as usize, site.to as usize);
            if set != Sets::NONE {
                return set;
            }
        }
        let block = (address >> 112) as usize;
        match self.wide_blocks.get(block >> 6) {
            Some(word) if word >> (block & 63) & 1 == 1 => self.wide.find(address, 0, self.wide.len()),
            _ => Sets::NONE,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.narrow.len() == 0 && self.wide.len() == 0
    }

    pub(crate) fn memory(&self) -> usize {
        self.narrow.memory()
            + self.wide.memory()
            + self.sites.capacity() * (size_of::<Site>() + 1)
            + self.filter.0.len() * size_of::<Line>()
            + self.wide_blocks.len() * 8
    }
}

/// 512 bits that lie in one line of the processor's cache.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line([u64; 8]);

/// What may be in the narrow segments: a line by the /48, and in it a bit by the address for single addresses, by the
/// /64 for what lies within one, and one for all else.
#[derive(Debug, Default)]
struct Filter(Vec<Line>);

/// The bit of a /48 that has segments of more than a /64.
const MORE: u64 = 0;

impl Filter {
    /// 16 bits or more for each segment.
    fn new(segments: &Segments<u128>) -> Self {
        if segments.len() == 0 {
            return Self::default();
        }
        let lines = (segments.len() / 32).next_power_of_two();
        let mut made = Self(vec![Line::default(); lines]);
        for segment in segments.iter() {
            let bit = match segment {
                one if one.start == one.end => spread(one.start as u64 ^ subnet(one.start).rotate_left(32)),
                one if subnet(one.start) == subnet(one.end) => spread(subnet(one.start)),
                _ => MORE,
            };
            let at = made.at(spread(site(segment.start)));
            if let Some(word) = made.0.get_mut(at).and_then(|line| line.0.get_mut((bit >> 6 & 7) as usize)) {
                *word |= 1 << (bit & 63);
            }
        }
        made
    }

    fn at(&self, hash: u64) -> usize {
        (hash >> 9) as usize & self.0.len().wrapping_sub(1)
    }

    fn may_have(&self, hash: u64, address: u128) -> bool {
        let Some(line) = self.0.get(self.at(hash)) else { return false };
        let has =
            |bit: u64| line.0.get((bit >> 6 & 7) as usize).is_some_and(|word| word >> (bit & 63) & 1 == 1);
        has(spread(address as u64 ^ subnet(address).rotate_left(32)))
            || has(spread(subnet(address)))
            || has(MORE)
    }
}
