//! A segment that is being written, or is full and not sealed yet: a 64-byte head, then frames, then zeros
//! written ahead of time (a sync into space that was written before takes half the time). Its index is in
//! memory, and is rebuilt when the log is opened.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use bastide_ids::Timestamp;
use bytes::Bytes;

use crate::bounds::{Bounds, Hit};
use crate::disk::DiskFile;
use crate::frame::{self, Frame, FrameError};
use crate::key::Key;
use crate::{Event, LogError, Position};

/// Bytes before the first frame.
pub(crate) const HEAD: usize = 64;
/// The format of unsealed segments.
pub(crate) const FORMAT: u32 = 1;

const MAGIC: &[u8; 8] = b"BSTDEVTS";

/// An unsealed segment.
pub(crate) struct Raw {
    /// The position of its first event.
    pub(crate) base: Position,
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<dyn DiskFile>,
    index: RwLock<Index>,
}

/// What is known of the durable events of an unsealed segment.
#[derive(Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    /// For each key the newest of its links.
    heads: HashMap<Key, u32, BuildHasherDefault<SameHasher>>,
    /// (ordinal, the link before it with the same key).
    links: Vec<(u32, u32)>,
    times: Option<(Timestamp, Timestamp)>,
}

/// Where an event is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) position: Position,
    pub(crate) time: Timestamp,
    pub(crate) offset: u64,
    pub(crate) size: u32,
}

impl Entry {
    /// Where what follows it begins.
    pub(crate) fn end(&self) -> u64 {
        self.offset + u64::from(self.size)
    }
}

const NO_LINK: u32 = u32::MAX;

impl Index {
    /// Adds the next event.
    pub(crate) fn push(&mut self, entry: Entry, keys: impl Iterator<Item = Key>) {
        // An unsealed segment holds far fewer events than 2³²: the writer starts another one long before.
        let ordinal = u32::try_from(self.entries.len()).unwrap_or(NO_LINK);
        self.entries.push(entry);
        for key in keys {
            let link = u32::try_from(self.links.len()).unwrap_or(NO_LINK);
            let before = self.heads.insert(key, link).unwrap_or(NO_LINK);
            self.links.push((ordinal, before));
        }
        let (oldest, newest) = self.times.unwrap_or((entry.time, entry.time));
        self.times = Some((oldest.min(entry.time), newest.max(entry.time)));
    }

    /// The ordinals of a key's events, newest position first.
    fn listed(&self, key: Key) -> impl Iterator<Item = u32> + '_ {
        let mut next = self.heads.get(&key).copied().unwrap_or(NO_LINK);
        std::iter::from_fn(move || {
            let (ordinal, before) = *self.links.get(next as usize)?;
            next = before;
            Some(ordinal)
        })
    }

    pub(crate) fn last(&self) -> Option<Position> {
        self.entries.last().map(|entry| entry.position)
    }
}

impl Raw {
    pub(crate) fn new(base: Position, path: PathBuf, file: Arc<dyn DiskFile>, index: Index) -> Self {
        Self { base, path, file, index: RwLock::new(index) }
    }

    /// The head of the segment that starts with this position.
    pub(crate) fn head(base: Position) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        let (content, crc) = head.split_at_mut(HEAD - 4);
        for (field, bytes) in
            content.chunks_exact_mut(8).zip([*MAGIC, u64::from(FORMAT).to_le_bytes(), base.0.to_le_bytes()])
        {
            field.copy_from_slice(&bytes);
        }
        crc.copy_from_slice(&crc32fast::hash(content).to_le_bytes());
        head
    }

    /// Adds events that have become durable.
    pub(crate) fn extend(&self, add: impl FnOnce(&mut Index)) {
        add(&mut self.index.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&Index) -> T) -> T {
        look(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn events(&self) -> u64 {
        self.with(|index| index.entries.len() as u64)
    }

    pub(crate) fn last(&self) -> Option<Position> {
        self.with(Index::last)
    }

    /// The times of the oldest and the newest event.
    pub(crate) fn times(&self) -> Option<(Timestamp, Timestamp)> {
        self.with(|index| index.times)
    }

    /// Every event's entry, in order. Only of use once the segment is full.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.with(|index| index.entries.clone())
    }

    /// Entries after a position, as many as are asked for.
    pub(crate) fn entries_after(&self, after: Position, limit: usize) -> Vec<Entry> {
        self.with(|index| {
            let start = index.entries.partition_point(|entry| entry.position <= after);
            index.entries.iter().skip(start).take(limit).copied().collect()
        })
    }

    /// The events that have a key, within bounds, oldest first.
    pub(crate) fn hits(&self, key: Key, bounds: &Bounds) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self.with(|index| {
            let listed = index.listed(key).filter_map(|ordinal| {
                let entry = index.entries.get(ordinal as usize)?;
                Some(Hit { time: entry.time, position: entry.position, ordinal })
            });
            listed.filter(|hit| bounds.admit(hit.time, hit.position)).collect()
        });
        hits.sort_unstable();
        hits
    }

    /// The event of a hit.
    pub(crate) fn event(&self, ordinal: u32) -> Result<Option<Event>, LogError> {
        let Some(entry) = self.with(|index| index.entries.get(ordinal as usize).copied()) else {
            return Ok(None);
        };
        let mut buffer = Vec::new();
        self.load(entry, &mut buffer)?;
        self.frame(&buffer, entry).and_then(|frame| self.copy_out(&frame, entry)).map(Some)
    }

    /// Reads an entry's frame into a buffer.
    pub(crate) fn load(&self, entry: Entry, buffer: &mut Vec<u8>) -> Result<(), LogError> {
        buffer.resize(entry.size as usize, 0);
        self.file.read_at(buffer, entry.offset).map_err(|error| LogError::io("read", &self.path, error))
    }

    /// Reads the frames of entries that lie one after the other.
    pub(crate) fn load_run(&self, run: &[Entry]) -> Result<Bytes, LogError> {
        let start = run.first().map_or(0, |first| first.offset);
        let mut read = vec![0; run.iter().map(|entry| entry.size as usize).sum()];
        let done = self.file.read_at(&mut read, start);
        done.map_err(|error| LogError::io("read", &self.path, error))?;
        Ok(Bytes::from(read))
    }

    /// The frame of an entry, checked.
    pub(crate) fn frame<'a>(&self, bytes: &'a [u8], entry: Entry) -> Result<Frame<'a>, LogError> {
        match frame::decode(bytes) {
            Ok(frame) if frame.position == entry.position => Ok(frame),
            _ => Err(self.damaged(entry)),
        }
    }

    pub(crate) fn copy_out(&self, frame: &Frame<'_>, entry: Entry) -> Result<Event, LogError> {
        self.made(frame.record.to_event(), entry)
    }

    /// What was made of an entry's frame.
    pub(crate) fn made<T>(&self, made: Result<T, FrameError>, entry: Entry) -> Result<T, LogError> {
        made.map_err(|_| self.damaged(entry))
    }

    fn damaged(&self, entry: Entry) -> LogError {
        let path = self.path.display().to_string();
        LogError::Damaged { path, offset: entry.offset, what: "an event is not what was written" }
    }
}

/// What the head of an unsealed segment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// This version can read it.
    Known,
    /// A newer version wrote it.
    Newer(u32),
    /// All zeros: a crash came before the segment was in use.
    Unused,
    /// Something else.
    Unknown,
}

impl Head {
    pub(crate) fn read(head: &[u8; HEAD]) -> Self {
        let (content, crc) = head.split_at(HEAD - 4);
        let format = content.get(8..12).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
        if head.iter().all(|byte| *byte == 0) {
            Self::Unused
        } else if !content.starts_with(MAGIC) || crc != crc32fast::hash(content).to_le_bytes() {
            Self::Unknown
        } else if format == FORMAT {
            Self::Known
        } else {
            Self::Newer(format)
        }
    }
}

/// Keys are hashes already.
#[derive(Default)]
pub(crate) struct SameHasher(u64);

impl Hasher for SameHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
