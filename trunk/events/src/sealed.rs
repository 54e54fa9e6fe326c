//! A sealed segment: immutable, compressed, its index read page by page. Very little of it is in memory.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::sync::Cache;

use crate::bounds::{Bounds, Hit};
use crate::disk::{ReadAt, SegmentStore};
use crate::frame::{self, Frame, FrameError};
use crate::index::{self, Block, FOOT, Foot, HEAD, IndexError, Listed, Ranked};
use crate::key::Key;
use crate::pages::{PageCache, PageReader, Stream};
use crate::{Event, LogError, Position};

/// No block is larger than this when decompressed: one of the usual size, and the largest frame.
const MAX_BLOCK: usize = seal_limits::BLOCK_BYTES + frame::HEADER + frame::MAX_PAYLOAD;
/// Idle decompressors that are kept.
const KEPT_DECOMPRESSORS: usize = 4;

/// What sealing and reading must agree on.
pub(crate) mod seal_limits {
    /// A block is closed when it has this many bytes.
    pub(crate) const BLOCK_BYTES: usize = 1 << 16;
}

/// Decompressed blocks and index pages that were read lately, of all segments.
pub(crate) struct Caches {
    pages: Arc<PageCache>,
    blocks: Cache<(u64, u32), Arc<Vec<u8>>>,
    decompressors: Mutex<Vec<zstd::bulk::Decompressor<'static>>>,
    next_id: AtomicU64,
}

impl Caches {
    /// Room for this many pages of 4 KiB and blocks of about 64 KiB.
    pub(crate) fn new(pages: usize, blocks: usize) -> Self {
        Self {
            pages: Arc::new(PageCache::new(pages)),
            blocks: Cache::new(blocks),
            decompressors: Mutex::default(),
            next_id: AtomicU64::new(0),
        }
    }

    fn decompress(&self, stored: &[u8], raw: usize) -> std::io::Result<Vec<u8>> {
        let kept = self.decompressors.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut decompressor = kept.map_or_else(zstd::bulk::Decompressor::new, Ok)?;
        let block = decompressor.decompress(stored, raw);
        let mut kept = self.decompressors.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT_DECOMPRESSORS {
            kept.push(decompressor);
        }
        block
    }
}

/// A sealed segment.
pub(crate) struct Sealed {
    pub(crate) name: String,
    pub(crate) foot: Foot,
    /// Bytes of the file.
    pub(crate) size: u64,
    file: Arc<dyn ReadAt>,
    pages: PageReader,
    caches: Arc<Caches>,
}

impl Sealed {
    /// Opens a segment: reads its head and foot, nothing else.
    pub(crate) fn open(
        store: &dyn SegmentStore,
        name: &str,
        path: PathBuf,
        caches: &Arc<Caches>,
    ) -> Result<Self, LogError> {
        let failed = |error| LogError::io("open", &path, error);
        let file = store.open(name).map_err(failed)?;
        let size = file.size().map_err(failed)?;
        let damaged = |offset, what| LogError::Damaged { path: path.display().to_string(), offset, what };
        let start = size.checked_sub(FOOT as u64).filter(|start| *start >= HEAD as u64);
        let start = start.ok_or_else(|| damaged(0, "the file is too short"))?;
        let (mut head, mut foot) = ([0; HEAD], [0; FOOT]);
        file.read_at(&mut head, 0).map_err(failed)?;
        file.read_at(&mut foot, start).map_err(failed)?;
        match index::check_head(&head) {
            Ok(()) => {}
            Err(IndexError::Newer(found)) => {
                let path = path.display().to_string();
                return Err(LogError::NewerFormat { path, found, supported: index::FORMAT });
            }
            Err(_) => return Err(damaged(0, "the head is not that of a sealed segment")),
        }
        let foot = index::decode(&foot, size).map_err(|_| damaged(start, "the foot makes no sense"))?;
        let pages = PageReader {
            file: Arc::clone(&file),
            path,
            start: foot.index_start,
            length: foot.index_length(),
            id: caches.next_id.fetch_add(1, Ordering::Relaxed),
            cache: Arc::clone(&caches.pages),
        };
        Ok(Self { name: name.to_owned(), foot, size, file, pages, caches: Arc::clone(caches) })
    }

    /// The posting list of a key, if the segment has any event with it.
    pub(crate) fn find(&self, key: Key) -> Result<Option<Listed>, LogError> {
        let bucket = self.foot.buckets_at() + self.foot.bucket(key) * 4;
        let bounds = u64::from_le_bytes(self.pages.read(bucket)?);
        let (mut low, mut high) = (bounds & 0xffff_ffff, bounds >> 32);
        while low < high {
            let middle = low.midpoint(high);
            let entry = self.foot.keys_at() + middle * Listed::SIZE as u64;
            let listed = Listed::decode(self.pages.read(entry)?);
            match listed.key.cmp(&key) {
                std::cmp::Ordering::Equal => return Ok(Some(listed)),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// The events that have a key, within bounds, newest first.
    pub(crate) fn hits(self: &Arc<Self>, key: Key, bounds: Bounds) -> Result<SealedHits, LogError> {
        let mut hits = SealedHits { sealed: Arc::clone(self), listed: None, left: 0, bounds, block: None };
        let Some(listed) = self.find(key)? else {
            return Ok(hits);
        };
        let end = self.rank_end(&bounds)?;
        hits.left = partition_point(listed.count, |at| Ok(self.rank(&listed, at)? < end))?;
        hits.listed = Some(listed);
        Ok(hits)
    }

    /// The event of a hit.
    pub(crate) fn event(&self, ordinal: u32) -> Result<Event, LogError> {
        let (number, block) = self.block_of(ordinal)?;
        let content = self.content(number, &block)?;
        let frame = self.frame_at(&content, &block, ordinal)?;
        frame.record.to_event().map_err(|_| self.damaged(&block))
    }

    /// What `make` makes of the frames after a position, into `out`, until that has `limit` of them or `bytes` is
    /// used up.
    pub(crate) fn read_after<T>(
        &self,
        after: Position,
        limit: usize,
        bytes: &mut usize,
        out: &mut Vec<(Position, T)>,
        make: &dyn Fn(&Frame<'_>) -> Result<T, FrameError>,
    ) -> Result<(), LogError> {
        let past = partition_point(self.foot.blocks, |at| Ok(self.block(at)?.first <= after))?;
        for number in past.saturating_sub(1)..self.foot.blocks {
            let block = self.block(number)?;
            let content = self.content(number, &block)?;
            let mut rest = content.as_slice();
            while !rest.is_empty() {
                let frame = frame::decode(rest).map_err(|_| self.damaged(&block))?;
                if frame.position > after {
                    if out.len() >= limit || (*bytes == 0 && !out.is_empty()) {
                        return Ok(());
                    }
                    *bytes = bytes.saturating_sub(frame.size);
                    out.push((frame.position, make(&frame).map_err(|_| self.damaged(&block))?));
                }
                rest = rest.get(frame.size..).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// For merging: the directory, the order, the posting lists and the keys, each from start to end.
    pub(crate) fn streams(&self) -> [Stream<'_>; 4] {
        let foot = &self.foot;
        [
            self.pages.stream(foot.directory_at(), foot.order_at() - foot.directory_at()),
            self.pages.stream(foot.order_at(), foot.postings_at() - foot.order_at()),
            self.pages.stream(foot.postings_at(), foot.keys_at() - foot.postings_at()),
            self.pages.stream(foot.keys_at(), foot.buckets_at() - foot.keys_at()),
        ]
    }

    /// For merging: a block as it is stored, checked.
    pub(crate) fn stored(&self, block: &Block) -> Result<Vec<u8>, LogError> {
        let fits =
            block.offset.checked_add(u64::from(block.stored)).is_some_and(|end| end <= self.foot.index_start);
        if !fits || block.raw as usize > MAX_BLOCK {
            return Err(self.damaged(block));
        }
        let mut stored = vec![0; block.stored as usize];
        let read = self.file.read_at(&mut stored, block.offset);
        read.map_err(|error| LogError::io("read", &self.pages.path, error))?;
        if crc32fast::hash(&stored) == block.crc { Ok(stored) } else { Err(self.damaged(block)) }
    }

    /// How many events stand before the end of the bounds, in order of time.
    fn rank_end(&self, bounds: &Bounds) -> Result<u32, LogError> {
        let latest = bounds.latest();
        if bounds.before.is_none() && latest >= self.foot.newest {
            return Ok(self.foot.events);
        }
        // Of the events at the very moment of the cursor, only those before its position are older.
        let limit = match bounds.before {
            Some((time, position)) if time == latest => self.ordinal_of(position)?,
            _ => u32::MAX,
        };
        let end = Ranked { time: latest, ordinal: limit };
        partition_point(self.foot.events, |rank| Ok(self.ranked(rank)? < end))
    }

    /// How many events of this segment stand before a position.
    fn ordinal_of(&self, position: Position) -> Result<u32, LogError> {
        let past = partition_point(self.foot.blocks, |at| Ok(self.block(at)?.first <= position))?;
        let Some(number) = past.checked_sub(1) else {
            return Ok(0);
        };
        let block = self.block(number)?;
        let into = u32::try_from(position.0 - block.first.0).unwrap_or(u32::MAX);
        Ok(block.ordinal.saturating_add(into).min(self.block_end(number)?))
    }

    fn rank(&self, listed: &Listed, at: u32) -> Result<u32, LogError> {
        if listed.count == 1 {
            return Ok(listed.start);
        }
        let at = self.foot.postings_at() + (u64::from(listed.start) + u64::from(at)) * 4;
        Ok(u32::from_le_bytes(self.pages.read(at)?))
    }

    fn ranked(&self, rank: u32) -> Result<Ranked, LogError> {
        let at = self.foot.order_at() + u64::from(rank) * Ranked::SIZE as u64;
        Ok(Ranked::decode(self.pages.read(at)?))
    }

    fn block(&self, number: u32) -> Result<Block, LogError> {
        let at = self.foot.directory_at() + u64::from(number) * Block::SIZE as u64;
        Ok(Block::decode(self.pages.read(at)?))
    }

    /// The ordinal after the last one of a block.
    fn block_end(&self, number: u32) -> Result<u32, LogError> {
        if number + 1 < self.foot.blocks { Ok(self.block(number + 1)?.ordinal) } else { Ok(self.foot.events) }
    }

    fn block_of(&self, ordinal: u32) -> Result<(u32, Block), LogError> {
        let past = partition_point(self.foot.blocks, |at| Ok(self.block(at)?.ordinal <= ordinal))?;
        let number = past.saturating_sub(1);
        Ok((number, self.block(number)?))
    }

    /// The frames of a block.
    fn content(&self, number: u32, block: &Block) -> Result<Arc<Vec<u8>>, LogError> {
        let key = (self.pages.id, number);
        if let Some(content) = self.caches.blocks.get(&key) {
            return Ok(content);
        }
        let stored = self.stored(block)?;
        let content = self.caches.decompress(&stored, block.raw as usize);
        let content = Arc::new(content.map_err(|_| self.damaged(block))?);
        self.caches.blocks.insert(key, Arc::clone(&content));
        Ok(content)
    }

    fn frame_at<'c>(&self, content: &'c [u8], block: &Block, ordinal: u32) -> Result<Frame<'c>, LogError> {
        let mut rest = content;
        for _ in block.ordinal..ordinal {
            let size = frame::size(rest).map_err(|_| self.damaged(block))?;
            rest = rest.get(size..).ok_or_else(|| self.damaged(block))?;
        }
        frame::decode(rest).map_err(|_| self.damaged(block))
    }

    fn damaged(&self, block: &Block) -> LogError {
        self.pages.damaged(block.offset, "a block is not what was written")
    }
}

/// Walks a posting list from the newest event within bounds to the oldest.
pub(crate) struct SealedHits {
    pub(crate) sealed: Arc<Sealed>,
    listed: Option<Listed>,
    /// Entries of the list not looked at yet.
    left: u32,
    bounds: Bounds,
    /// The block looked into last, and the ordinal after its last.
    block: Option<(Block, u32)>,
}

impl SealedHits {
    /// The next hit; `None` when there is no more.
    pub(crate) fn next(&mut self) -> Result<Option<Hit>, LogError> {
        while let (Some(listed), Some(at)) = (self.listed, self.left.checked_sub(1)) {
            self.left = at;
            let ranked = self.sealed.ranked(self.sealed.rank(&listed, at)?)?;
            if ranked.time < self.bounds.from {
                self.left = 0;
                return Ok(None);
            }
            let position = self.position(ranked.ordinal)?;
            if self.bounds.admit(ranked.time, position) {
                return Ok(Some(Hit { time: ranked.time, position, ordinal: ranked.ordinal }));
            }
        }
        Ok(None)
    }

    fn position(&mut self, ordinal: u32) -> Result<Position, LogError> {
        let inside = |(block, end): &(Block, u32)| (block.ordinal..*end).contains(&ordinal);
        let block = match self.block.filter(inside) {
            Some((block, _)) => block,
            None => {
                let (number, block) = self.sealed.block_of(ordinal)?;
                self.block = Some((block, self.sealed.block_end(number)?));
                block
            }
        };
        Ok(Position(block.first.0 + u64::from(ordinal.saturating_sub(block.ordinal))))
    }
}

/// How many of the first `count` numbers fulfil a condition that only the first of them do.
fn partition_point(
    count: u32,
    mut fulfils: impl FnMut(u32) -> Result<bool, LogError>,
) -> Result<u32, LogError> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if fulfils(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
