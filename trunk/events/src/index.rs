//! The form of a sealed segment's file.
//!
//! 1. a head of 16 bytes: magic, format, CRC-32
//! 2. blocks: frames (see [`crate::frame`]) in order of position, about 64 KiB together, zstd-compressed
//! 3. the index, in checksummed pages ([`crate::pages`]): the directory of blocks; the events in order of
//!    time; posting lists; keys by number, each with its posting list; buckets that point into the keys
//! 4. a foot that says how many there are of each
//!
//! An event's *ordinal* is its place among the segment's events by position, its *rank* the one by
//! (time, position). Posting lists hold ranks, so the newest matches stand at a list's end.

use bastide_ids::Timestamp;
use bytes::Buf;

use crate::Position;
use crate::key::Key;
use crate::pages::{CONTENT, PAGE};

/// The newest format of segment files that this version reads, and the one that it writes.
pub const FORMAT: u32 = 1;
/// Bytes of the head of a sealed segment.
pub const HEAD: usize = 16;
/// Bytes of the foot of a sealed segment.
pub const FOOT: usize = 128;

const HEAD_MAGIC: &[u8; 8] = b"BSTDSEAL";
const FOOT_MAGIC: &[u8; 8] = b"BSTDFOOT";
const MAX_BUCKET_BITS: u32 = 24;

/// What a segment holds, as its foot says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foot {
    /// How many times it was merged: 0 for a segment sealed from the active one.
    pub level: u32,
    /// The first position that this segment answers for, whether or not there is an event.
    pub from: Position,
    /// The last position that this segment answers for.
    pub to: Position,
    /// Events.
    pub events: u32,
    /// Blocks.
    pub blocks: u32,
    /// Entries in posting lists.
    pub postings: u32,
    /// Keys.
    pub keys: u32,
    /// There are two to the power of this many buckets of keys.
    pub bucket_bits: u32,
    /// The time of the oldest event.
    pub oldest: Timestamp,
    /// The time of the newest event.
    pub newest: Timestamp,
    /// Where the index starts in the file.
    pub index_start: u64,
    /// Bytes of the frames before compression.
    pub raw_bytes: u64,
}

/// Why bytes are not the head or foot of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// They are too short, or the magic or checksum does not fit.
    #[error("not a sealed segment, or a damaged one")]
    NotASegment,
    /// Written in a format that this version does not know.
    #[error("written in format {0}")]
    Newer(u32),
    /// The checksum fits and the numbers contradict each other.
    #[error("the segment's numbers contradict each other")]
    Contradiction,
}

/// The head of a segment.
pub(crate) fn head() -> [u8; HEAD] {
    let mut head = [0; HEAD];
    let (rest, crc) = head.split_at_mut(12);
    let (magic, format) = rest.split_at_mut(8);
    magic.copy_from_slice(HEAD_MAGIC);
    format.copy_from_slice(&FORMAT.to_le_bytes());
    crc.copy_from_slice(&crc32fast::hash(rest).to_le_bytes());
    head
}

/// Checks the head of a segment.
///
/// # Errors
/// [`IndexError`] says what does not fit.
pub fn check_head(head: &[u8]) -> Result<(), IndexError> {
    let (magic, mut rest) = head.split_at_checked(8).ok_or(IndexError::NotASegment)?;
    let format = rest.try_get_u32_le().map_err(|_| IndexError::NotASegment)?;
    let crc = rest.try_get_u32_le().map_err(|_| IndexError::NotASegment)?;
    let fits = magic == HEAD_MAGIC && crc == crc32fast::hash(head.get(..12).unwrap_or_default());
    match format {
        _ if !fits => Err(IndexError::NotASegment),
        FORMAT => Ok(()),
        other => Err(IndexError::Newer(other)),
    }
}

/// Reads the foot of a segment whose file has `size` bytes.
///
/// # Errors
/// [`IndexError`] says what does not fit. Never panics, whatever the bytes.
pub fn decode(foot: &[u8], size: u64) -> Result<Foot, IndexError> {
    let (content, mut crc) = foot.split_at_checked(FOOT - 4).ok_or(IndexError::NotASegment)?;
    let fits = content.starts_with(FOOT_MAGIC) && crc.try_get_u32_le() == Ok(crc32fast::hash(content));
    if !fits || foot.len() != FOOT {
        return Err(IndexError::NotASegment);
    }
    let foot = fields(content.get(8..).unwrap_or_default()).map_err(|_| IndexError::NotASegment)?;
    let consistent = foot.bucket_bits <= MAX_BUCKET_BITS
        && foot.from <= foot.to
        && foot.oldest <= foot.newest
        && foot.blocks <= foot.events
        && (foot.blocks > 0 || foot.events == 0)
        && foot.index_start >= HEAD as u64
        && foot.index_start.checked_add(foot.index_pages() * PAGE as u64 + FOOT as u64) == Some(size);
    if consistent { Ok(foot) } else { Err(IndexError::Contradiction) }
}

fn fields(mut bytes: &[u8]) -> Result<Foot, bytes::TryGetError> {
    let bytes = &mut bytes;
    Ok(Foot {
        level: bytes.try_get_u32_le()?,
        bucket_bits: bytes.try_get_u32_le()?,
        from: Position(bytes.try_get_u64_le()?),
        to: Position(bytes.try_get_u64_le()?),
        events: bytes.try_get_u32_le()?,
        blocks: bytes.try_get_u32_le()?,
        postings: bytes.try_get_u32_le()?,
        keys: bytes.try_get_u32_le()?,
        oldest: Timestamp::from_millis(bytes.try_get_i64_le()?),
        newest: Timestamp::from_millis(bytes.try_get_i64_le()?),
        index_start: bytes.try_get_u64_le()?,
        raw_bytes: bytes.try_get_u64_le()?,
    })
}

impl Foot {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = FOOT_MAGIC.to_vec();
        for number in [self.level, self.bucket_bits] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for position in [self.from, self.to] {
            out.extend_from_slice(&position.0.to_le_bytes());
        }
        for number in [self.events, self.blocks, self.postings, self.keys] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for time in [self.oldest, self.newest] {
            out.extend_from_slice(&time.millis().to_le_bytes());
        }
        for number in [self.index_start, self.raw_bytes] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.resize(FOOT - 4, 0);
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn directory_at(&self) -> u64 {
        0
    }

    pub(crate) fn order_at(&self) -> u64 {
        u64::from(self.blocks) * Block::SIZE as u64
    }

    pub(crate) fn postings_at(&self) -> u64 {
        self.order_at() + u64::from(self.events) * Ranked::SIZE as u64
    }

    pub(crate) fn keys_at(&self) -> u64 {
        self.postings_at() + u64::from(self.postings) * 4
    }

    pub(crate) fn buckets_at(&self) -> u64 {
        self.keys_at() + u64::from(self.keys) * Listed::SIZE as u64
    }

    /// Bytes of the index's content.
    pub(crate) fn index_length(&self) -> u64 {
        self.buckets_at() + ((1 << self.bucket_bits) + 1) * 4
    }

    /// Which bucket a key is in.
    pub(crate) fn bucket(&self, key: Key) -> u64 {
        bucket(key, self.bucket_bits)
    }

    fn index_pages(&self) -> u64 {
        self.index_length().div_ceil(CONTENT as u64)
    }
}

pub(crate) fn bucket(key: Key, bits: u32) -> u64 {
    key.checked_shr(64 - bits).unwrap_or(0)
}

/// How many buckets a segment with this many keys has: about 16 keys in each.
pub(crate) fn bucket_bits(keys: u32) -> u32 {
    (keys / 16).checked_ilog2().unwrap_or(0).min(MAX_BUCKET_BITS)
}

/// An entry of the directory: one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The position of its first event; the others follow without a gap.
    pub(crate) first: Position,
    /// Where it lies in the file.
    pub(crate) offset: u64,
    /// The ordinal of its first event.
    pub(crate) ordinal: u32,
    /// Bytes in the file.
    pub(crate) stored: u32,
    /// Bytes when decompressed.
    pub(crate) raw: u32,
    /// CRC-32 of the bytes in the file.
    pub(crate) crc: u32,
}

impl Block {
    pub(crate) const SIZE: usize = 32;

    pub(crate) fn encode(&self) -> [u8; Self::SIZE] {
        let mut out = [0; Self::SIZE];
        let mut rest = out.as_mut_slice();
        for number in [self.first.0, self.offset] {
            bytes::BufMut::put_u64_le(&mut rest, number);
        }
        for number in [self.ordinal, self.stored, self.raw, self.crc] {
            bytes::BufMut::put_u32_le(&mut rest, number);
        }
        out
    }

    pub(crate) fn decode(bytes: [u8; Self::SIZE]) -> Self {
        let mut bytes = bytes.as_slice();
        Self {
            first: Position(bytes.get_u64_le()),
            offset: bytes.get_u64_le(),
            ordinal: bytes.get_u32_le(),
            stored: bytes.get_u32_le(),
            raw: bytes.get_u32_le(),
            crc: bytes.get_u32_le(),
        }
    }
}

/// An entry of the order by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ranked {
    pub(crate) time: Timestamp,
    pub(crate) ordinal: u32,
}

impl Ranked {
    pub(crate) const SIZE: usize = 12;

    pub(crate) fn encode(&self) -> [u8; Self::SIZE] {
        let mut out = [0; Self::SIZE];
        let mut rest = out.as_mut_slice();
        bytes::BufMut::put_i64_le(&mut rest, self.time.millis());
        bytes::BufMut::put_u32_le(&mut rest, self.ordinal);
        out
    }

    pub(crate) fn decode(bytes: [u8; Self::SIZE]) -> Self {
        let mut bytes = bytes.as_slice();
        Self { time: Timestamp::from_millis(bytes.get_i64_le()), ordinal: bytes.get_u32_le() }
    }
}

/// An entry of the keys: where the posting list is. A list of one is not stored: `start` is the rank itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) key: Key,
    pub(crate) start: u32,
    pub(crate) count: u32,
}

impl Listed {
    pub(crate) const SIZE: usize = 16;

    pub(crate) fn encode(&self) -> [u8; Self::SIZE] {
        let mut out = [0; Self::SIZE];
        let mut rest = out.as_mut_slice();
        bytes::BufMut::put_u64_le(&mut rest, self.key);
        bytes::BufMut::put_u32_le(&mut rest, self.start);
        bytes::BufMut::put_u32_le(&mut rest, self.count);
        out
    }

    pub(crate) fn decode(bytes: [u8; Self::SIZE]) -> Self {
        let mut bytes = bytes.as_slice();
        Self { key: bytes.get_u64_le(), start: bytes.get_u32_le(), count: bytes.get_u32_le() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn foot() -> Foot {
        Foot {
            level: 1,
            from: Position(1),
            to: Position(90),
            events: 80,
            blocks: 2,
            postings: 300,
            keys: 100,
            bucket_bits: 2,
            oldest: Timestamp::from_millis(-5),
            newest: Timestamp::from_millis(5),
            index_start: 1000,
            raw_bytes: 4000,
        }
    }

    #[test]
    fn foot_reads_back_and_must_fit_the_file() {
        let (foot, bytes) = (foot(), foot().encode());
        assert_eq!(bytes.len(), FOOT);
        let size = foot.index_start + foot.index_pages() * PAGE as u64 + FOOT as u64;
        assert_eq!(decode(&bytes, size), Ok(foot));
        assert_eq!(decode(&bytes, size + 1), Err(IndexError::Contradiction));
        for bit in 0..FOOT * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(&flipped, size), Err(IndexError::NotASegment));
        }
    }

    #[test]
    fn head_tells_the_format() {
        let mut head = head();
        assert_eq!(check_head(&head), Ok(()));
        head[8] = 2;
        assert_eq!(check_head(&head), Err(IndexError::NotASegment));
        let crc = crc32fast::hash(&head[..12]).to_le_bytes();
        head[12..].copy_from_slice(&crc);
        assert_eq!(check_head(&head), Err(IndexError::Newer(2)));
        assert_eq!(check_head(&head[..9]), Err(IndexError::NotASegment));
    }

    #[test]
    fn buckets_are_in_key_order() {
        assert_eq!((bucket_bits(0), bucket_bits(31), bucket_bits(32), bucket_bits(u32::MAX)), (0, 0, 1, 24));
        assert_eq!((bucket(u64::MAX, 0), bucket(u64::MAX, 3), bucket(0, 3)), (0, 7, 0));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            mut bytes in prop::collection::vec(any::<u8>(), FOOT), size in any::<u64>(), honest in any::<bool>(),
        ) {
            if honest {
                bytes[..8].copy_from_slice(FOOT_MAGIC);
                let crc = crc32fast::hash(&bytes[..FOOT - 4]).to_le_bytes();
                bytes[FOOT - 4..].copy_from_slice(&crc);
            }
            let _ = decode(&bytes, size);
            let _ = check_head(&bytes);
        }
    }
}
