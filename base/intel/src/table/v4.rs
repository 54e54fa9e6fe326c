//! IPv4 addresses: ranges in order, an index over the first 16 bits, and a bitmap of the /24 blocks that have any.

use crate::table::{Segments, Sets};

/// Of most addresses the bitmap says at once that no list holds them.
#[derive(Debug, Default)]
pub(crate) struct V4 {
    segments: Segments<u32>,
    /// For each value of the first 16 bits, how many segments start before it. Empty without segments.
    index: Vec<u32>,
    /// A bit a /24.
    blocks: Vec<u64>,
}

impl V4 {
    pub(crate) fn new(segments: Segments<u32>) -> Self {
        if segments.len() == 0 {
            return Self::default();
        }
        let mut blocks = vec![0u64; 1 << 18];
        for segment in segments.iter() {
            for block in segment.start >> 8..=segment.end >> 8 {
                if let Some(word) = blocks.get_mut(block as usize >> 6) {
                    *word |= 1 << (block & 63);
                }
            }
        }
        let mut index = Vec::with_capacity((1 << 16) + 1);
        let mut before = 0u32;
        let mut starts = segments.iter().map(|segment| segment.start >> 16).peekable();
        for high in 0..=1u32 << 16 {
            while starts.next_if(|start| *start < high).is_some() {
                before += 1;
            }
            index.push(before);
        }
        drop(starts);
        Self { segments, index, blocks }
    }

    pub(crate) fn set(&self, address: u32) -> u32 {
        let block = address >> 8;
        match self.blocks.get(block as usize >> 6) {
            Some(word) if word >> (block & 63) & 1 == 1 => self.find(address),
            _ => Sets::NONE,
        }
    }

    fn find(&self, address: u32) -> u32 {
        let high = (address >> 16) as usize;
        match (self.index.get(high), self.index.get(high + 1)) {
            (Some(from), Some(to)) => self.segments.find(address, *from as usize, *to as usize),
            _ => Sets::NONE,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.segments.len() == 0
    }

    pub(crate) fn memory(&self) -> usize {
        self.segments.memory() + self.index.len() * 4 + self.blocks.len() * 8
    }
}
