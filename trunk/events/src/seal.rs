//! Making sealed segments: from a full unsealed one, or from several sealed ones. Both write a local file
//! beside the log, which the segment store then takes; until that has happened nothing else changes.

use std::path::Path;

use crate::disk::Disk;
use crate::index::{self, Block, FORMAT, Foot, Listed, Ranked};
use crate::key::{self, Key};
use crate::pages::{Output, PageWriter};
use crate::raw::Raw;
use crate::sealed::{Sealed, seal_limits::BLOCK_BYTES};
use crate::{LogError, Position};

const COMPRESSION_LEVEL: i32 = 3;

/// The name of the segment that answers for these positions.
pub(crate) fn name(from: Position, to: Position) -> String {
    format!("{:020}-{:020}.seg", from.0, to.0)
}

/// Reads back what [`name`] wrote.
pub(crate) fn parse_name(name: &str) -> Option<(Position, Position)> {
    let (from, to) = name.strip_suffix(".seg")?.split_once('-')?;
    let number = |text: &str| (text.len() == 20).then(|| text.parse().ok().map(Position)).flatten();
    Some((number(from)?, number(to)?))
}

/// Writes the sealed form of a full segment, which answers up to the position `to`. It has at least one
/// event.
pub(crate) fn seal(
    disk: &dyn Disk,
    path: &Path,
    raw: &Raw,
    to: Position,
    stop: &dyn Fn() -> bool,
) -> Result<Foot, LogError> {
    let mut output = Output::create(disk, path)?;
    output.write(&index::head())?;
    let mut blocks = BlockWriter::new(&mut output)?;
    let (mut order, mut pairs, mut buffer) = (Vec::new(), Vec::new(), Vec::new());
    for (entry, ordinal) in raw.entries().into_iter().zip(0u32..) {
        raw.load(entry, &mut buffer)?;
        let frame = raw.frame(&buffer, entry)?;
        order.push(Ranked { time: entry.time, ordinal });
        pairs.extend(key::of_record(&frame.record).map(|key| (key, ordinal)));
        blocks.add(entry.position, ordinal, &buffer)?;
        check(stop)?;
    }
    let (directory, raw_bytes) = blocks.finish()?;
    order.sort_unstable();
    let mut rank_of = vec![0; order.len()];
    for (ranked, rank) in order.iter().zip(0u32..) {
        if let Some(slot) = rank_of.get_mut(ranked.ordinal as usize) {
            *slot = rank;
        }
    }
    for (_, ordinal) in &mut pairs {
        *ordinal = rank_of.get(*ordinal as usize).copied().unwrap_or_default();
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut parts = SealParts { directory, order, pairs };
    write_index(&mut output, &mut parts, Totals { level: 0, from: raw.base, to, raw_bytes }, stop)
}

/// Writes one segment that holds what several neighbours hold, in the order in which they are given.
pub(crate) fn merge(
    disk: &dyn Disk,
    path: &Path,
    sources: &[std::sync::Arc<Sealed>],
    stop: &dyn Fn() -> bool,
) -> Result<Foot, LogError> {
    let mut output = Output::create(disk, path)?;
    output.write(&index::head())?;
    let (mut directory, mut first_ordinal) = (Vec::new(), 0);
    for source in sources {
        let [mut blocks, ..] = source.streams();
        while let Some(bytes) = blocks.next()? {
            let block = Block::decode(bytes);
            let stored = source.stored(&block)?;
            let offset = output.at();
            output.write(&stored)?;
            directory.push(Block { offset, ordinal: first_ordinal + block.ordinal, ..block });
            check(stop)?;
        }
        first_ordinal += source.foot.events;
    }
    let mut parts = MergeParts { sources, directory, ranks: Vec::new() };
    let foot = |pick: fn(&Foot) -> Position| sources.iter().map(move |source| pick(&source.foot));
    let totals = Totals {
        level: sources.iter().map(|source| source.foot.level).max().unwrap_or(0) + 1,
        from: foot(|foot| foot.from).min().unwrap_or_default(),
        to: foot(|foot| foot.to).max().unwrap_or_default(),
        raw_bytes: sources.iter().map(|source| source.foot.raw_bytes).sum(),
    };
    write_index(&mut output, &mut parts, totals, stop)
}

type EachEvent<'a> = dyn FnMut(Ranked) -> Result<(), LogError> + 'a;
type EachKey<'a> = dyn FnMut(Key, &[u32]) -> Result<(), LogError> + 'a;

/// What an index is written from.
trait Parts {
    fn directory(&self) -> &[Block];

    /// Every event in order of time. Called once, before [`Parts::groups`].
    fn order(&mut self, each: &mut EachEvent<'_>) -> Result<(), LogError>;

    /// Every key in order of number, each with its ranks in order. Called twice.
    fn groups(&self, each: &mut EachKey<'_>) -> Result<(), LogError>;
}

#[derive(Clone, Copy)]
struct Totals {
    level: u32,
    from: Position,
    to: Position,
    raw_bytes: u64,
}

/// Writes the index and the foot after the blocks.
fn write_index(
    output: &mut Output,
    parts: &mut dyn Parts,
    totals: Totals,
    stop: &dyn Fn() -> bool,
) -> Result<Foot, LogError> {
    let index_start = output.at();
    let mut pages = PageWriter::new(output);
    for block in parts.directory() {
        pages.write(&block.encode())?;
    }
    let (mut events, mut times) = (0u32, None);
    parts.order(&mut |ranked| {
        events += 1;
        times = Some((times.map_or(ranked.time, |(oldest, _)| oldest), ranked.time));
        pages.write(&ranked.encode())
    })?;
    let (mut keys, mut postings) = (0u32, 0u32);
    parts.groups(&mut |_, ranks| {
        check(stop)?;
        keys += 1;
        if ranks.len() > 1 {
            postings += u32::try_from(ranks.len()).unwrap_or(u32::MAX);
            for rank in ranks {
                pages.write(&rank.to_le_bytes())?;
            }
        }
        Ok(())
    })?;
    let bucket_bits = index::bucket_bits(keys);
    let buckets = write_keys(&mut pages, parts, bucket_bits)?;
    let mut before = 0u32;
    for count in buckets.into_iter().chain([0]) {
        pages.write(&before.to_le_bytes())?;
        before += count;
    }
    pages.finish()?;
    let (oldest, newest) = times.unwrap_or_default();
    let blocks = u32::try_from(parts.directory().len()).unwrap_or(u32::MAX);
    let Totals { level, from, to, raw_bytes } = totals;
    let foot = Foot {
        level,
        from,
        to,
        events,
        blocks,
        postings,
        keys,
        bucket_bits,
        oldest,
        newest,
        index_start,
        raw_bytes,
    };
    output.write(&foot.encode())?;
    output.flush()?;
    Ok(foot)
}

/// Writes the keys, and counts them by bucket.
fn write_keys(pages: &mut PageWriter<'_>, parts: &dyn Parts, bits: u32) -> Result<Vec<u32>, LogError> {
    let (mut start, mut buckets) = (0u32, vec![0u32; 1 << bits]);
    parts.groups(&mut |key, ranks| {
        let count = u32::try_from(ranks.len()).unwrap_or(u32::MAX);
        let listed = match ranks {
            [only] => Listed { key, start: *only, count },
            _ => Listed { key, start, count },
        };
        if count > 1 {
            start += count;
        }
        let bucket = usize::try_from(index::bucket(key, bits)).unwrap_or_default();
        if let Some(bucket) = buckets.get_mut(bucket) {
            *bucket += 1;
        }
        pages.write(&listed.encode())
    })?;
    Ok(buckets)
}

fn check(stop: &dyn Fn() -> bool) -> Result<(), LogError> {
    if stop() { Err(LogError::Closed) } else { Ok(()) }
}

/// Gathers frames into compressed blocks.
struct BlockWriter<'o> {
    output: &'o mut Output,
    compressor: zstd::bulk::Compressor<'static>,
    directory: Vec<Block>,
    /// The block that is being filled: its first position and ordinal, the position that would follow.
    open: Option<(Position, u32, Position)>,
    content: Vec<u8>,
    raw_bytes: u64,
}

impl<'o> BlockWriter<'o> {
    fn new(output: &'o mut Output) -> Result<Self, LogError> {
        let compressor = zstd::bulk::Compressor::new(COMPRESSION_LEVEL).map_err(compression)?;
        Ok(Self { output, compressor, directory: Vec::new(), open: None, content: Vec::new(), raw_bytes: 0 })
    }

    fn add(&mut self, position: Position, ordinal: u32, frame: &[u8]) -> Result<(), LogError> {
        // A block's positions have no gaps, so that they need not be stored.
        if self.open.is_some_and(|(_, _, next)| next != position) {
            self.end_block()?;
        }
        let (first, first_ordinal, _) = self.open.unwrap_or((position, ordinal, position));
        self.open = Some((first, first_ordinal, position.next()));
        self.content.extend_from_slice(frame);
        if self.content.len() >= BLOCK_BYTES { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> Result<(), LogError> {
        let Some((first, ordinal, _)) = self.open.take() else {
            return Ok(());
        };
        let stored = self.compressor.compress(&self.content).map_err(compression)?;
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.directory.push(Block {
            first,
            offset: self.output.at(),
            ordinal,
            stored: length(&stored),
            raw: length(&self.content),
            crc: crc32fast::hash(&stored),
        });
        self.raw_bytes += self.content.len() as u64;
        self.content.clear();
        self.output.write(&stored)
    }

    fn finish(mut self) -> Result<(Vec<Block>, u64), LogError> {
        self.end_block()?;
        Ok((self.directory, self.raw_bytes))
    }
}

fn compression(error: std::io::Error) -> LogError {
    LogError::io("compress", Path::new("a block"), error)
}

struct SealParts {
    directory: Vec<Block>,
    order: Vec<Ranked>,
    pairs: Vec<(Key, u32)>,
}

impl Parts for SealParts {
    fn directory(&self) -> &[Block] {
        &self.directory
    }

    fn order(&mut self, each: &mut EachEvent<'_>) -> Result<(), LogError> {
        self.order.iter().try_for_each(|ranked| each(*ranked))
    }

    fn groups(&self, each: &mut EachKey<'_>) -> Result<(), LogError> {
        let mut ranks = Vec::new();
        for group in self.pairs.chunk_by(|a, b| a.0 == b.0) {
            ranks.clear();
            ranks.extend(group.iter().map(|(_, rank)| *rank));
            if let Some((key, _)) = group.first() {
                each(*key, &ranks)?;
            }
        }
        Ok(())
    }
}

struct MergeParts<'s> {
    sources: &'s [std::sync::Arc<Sealed>],
    directory: Vec<Block>,
    /// For each source, the new rank of each of its ranks.
    ranks: Vec<Vec<u32>>,
}

impl Parts for MergeParts<'_> {
    fn directory(&self) -> &[Block] {
        &self.directory
    }

    fn order(&mut self, each: &mut EachEvent<'_>) -> Result<(), LogError> {
        let mut heads = Vec::new();
        let mut first_ordinal = 0;
        for source in self.sources {
            let [_, mut order, ..] = source.streams();
            let next = order.next()?.map(Ranked::decode);
            heads.push((next, order, first_ordinal));
            first_ordinal += source.foot.events;
            self.ranks.push(Vec::with_capacity(source.foot.events as usize));
        }
        // Sources stand in order of position, so at the same moment the earlier one comes first.
        for rank in 0u32.. {
            let times = heads.iter().enumerate().filter_map(|(n, (next, ..))| Some((next.as_ref()?.time, n)));
            let Some((_, earliest)) = times.min() else { break };
            let (Some((next, order, first)), Some(ranks)) =
                (heads.get_mut(earliest), self.ranks.get_mut(earliest))
            else {
                break;
            };
            if let Some(ranked) = next.take() {
                ranks.push(rank);
                each(Ranked { ordinal: ranked.ordinal + *first, ..ranked })?;
            }
            *next = order.next()?.map(Ranked::decode);
        }
        Ok(())
    }

    fn groups(&self, each: &mut EachKey<'_>) -> Result<(), LogError> {
        let mut heads = Vec::new();
        for source in self.sources {
            let [_, _, postings, mut keys] = source.streams();
            let next = keys.next()?.map(Listed::decode);
            heads.push((next, keys, postings));
        }
        let mut merged = Vec::new();
        while let Some(key) = heads.iter().filter_map(|(next, ..)| Some(next.as_ref()?.key)).min() {
            merged.clear();
            for ((next, keys, postings), map) in heads.iter_mut().zip(&self.ranks) {
                let Some(listed) = next.filter(|listed| listed.key == key) else { continue };
                let mut add = |rank: u32| merged.extend(map.get(rank as usize).copied());
                if listed.count == 1 {
                    add(listed.start);
                } else {
                    // Posting lists stand in the order of their keys, so the stream is at this one's.
                    for _ in 0..listed.count {
                        postings.next()?.map(u32::from_le_bytes).into_iter().for_each(&mut add);
                    }
                }
                *next = keys.next()?.map(Listed::decode);
            }
            // Sources whose times overlap interleave.
            merged.sort_unstable();
            each(key, &merged)?;
        }
        Ok(())
    }
}

const _: () = assert!(FORMAT == 1, "another format must still read this one");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        assert_eq!(parse_name(&name(Position(1), Position(77))), Some((Position(1), Position(77))));
        for bad in ["", "1-2.seg", "00000000000000000001-00000000000000000002.tmp", &"x".repeat(45)] {
            assert_eq!(parse_name(bad), None, "{bad}");
        }
    }
}
