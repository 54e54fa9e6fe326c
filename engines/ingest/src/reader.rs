//! One file, as batches of whole records.

use std::io::{self, Read};

use bastide_lake::FileHead;
use xxhash_rust::xxh3::xxh3_64;

use crate::framing::{Framing, Splitter};
use crate::source::{Item, Source, SourceError};
use crate::unpack::{Limits, Packing, UnpackError, Unpacked};

/// Bytes of a batch of lines.
const BATCH: usize = 1 << 20;
/// Bytes of a file that tell what it is.
pub(crate) const HEAD: usize = 64 << 10;
/// Bytes of it that tell when its first record was made, as a rule.
const LOOK: usize = 4 << 10;
/// A line may be this long; a longer one is skipped and told.
const LINE: usize = 64 << 20;

/// Bytes that are made ready at once for a file that is read whole.
const LARGE: usize = 256 << 20;

/// Where a file is gone on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resume {
    /// Unpacked bytes that are done.
    pub(crate) offset: u64,
    /// What the file must begin with to be the same.
    pub(crate) head: FileHead,
}

/// The heads by which a file is known again under another name, longest first. Files of fewer than 1,024 bytes have
/// none: flow logs begin with a line of names of columns, which is the same in all of them.
pub(crate) fn heads(bytes: &[u8]) -> impl Iterator<Item = FileHead> {
    [4_096u32, 2_048, 1_024].into_iter().filter_map(|length| {
        let head = bytes.get(..length as usize)?;
        Some(FileHead { length, hash: xxh3_64(head) })
    })
}

fn begins(bytes: &[u8], head: FileHead) -> bool {
    bytes.get(..head.length as usize).is_some_and(|bytes| xxh3_64(bytes) == head.hash)
}

/// Whole records of a file.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// Unpacked position of the first byte.
    pub(crate) at: u64,
    /// Unpacked position behind the last; where to go on.
    pub(crate) next: u64,
    /// The file's first bytes, in its first batch, where `bytes` does not begin with them.
    pub(crate) head: Option<Vec<u8>>,
    /// Nothing follows.
    pub(crate) last: bool,
    /// Whether the last record has no line's end; more of it may be written.
    pub(crate) open_end: bool,
    /// What went wrong after these bytes, or before them.
    pub(crate) problem: Option<Problem>,
    /// Packed bytes read for it.
    pub(crate) packed: u64,
    /// Records are lines: the file can be gone on with at `next`.
    pub(crate) lines: bool,
    /// The file is a Parquet file: `bytes` is all of it.
    pub(crate) parquet: bool,
}

/// What went wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It cannot be opened.
    #[error("{0}")]
    Open(#[from] SourceError),
    /// It cannot be unpacked to its end.
    #[error("{0}")]
    Unpack(#[from] UnpackError),
    /// A line or document over the limit was left out.
    #[error("{0}")]
    TooLong(String),
}

/// A file that is being read.
pub(crate) struct Reader {
    unpacked: Unpacked,
    carry: Vec<u8>,
    at: u64,
    head: Option<Vec<u8>>,
    /// No batch was given yet.
    first: bool,
    framing: Framing,
    splitter: Option<Splitter>,
    packed: u64,
    problem: Option<Problem>,
    ended: bool,
    parquet: bool,
}

impl Reader {
    /// Opens a file, and goes on where that is possible. What is read is put into `buffer`.
    pub(crate) fn open(
        source: &dyn Source,
        item: &Item,
        resume: Option<Resume>,
        limits: Limits,
        buffer: Vec<u8>,
    ) -> Result<Self, Problem> {
        let mut unpacked = open(source, item, 0, limits, whole(item))?;
        let mut carry = buffer;
        carry.clear();
        let read = unpacked.read(HEAD, &mut carry);
        let (more, mut problem) = match read {
            Ok(more) => (more, None),
            Err(error) => (false, Some(error)),
        };
        let parquet = carry.starts_with(b"PAR1");
        let framing = Framing::of(&carry);
        let mut head = None;
        let (mut at, mut ended) = (0, !more);
        if let Some(resume) = resume.filter(|resume| begins(&carry, resume.head) && !parquet) {
            head = Some(carry.clone());
            if unpacked.packing() == Packing::Plain {
                unpacked = open(source, item, resume.offset, limits, whole(item))?;
                carry.clear();
                (at, ended) = (resume.offset, false);
            } else {
                // What is packed can only be skipped by unpacking it.
                while at < resume.offset {
                    let skipped = usize::try_from(resume.offset - at).unwrap_or(usize::MAX).min(carry.len());
                    carry.drain(..skipped);
                    at += skipped as u64;
                    if at == resume.offset || ended {
                        break;
                    }
                    match unpacked.read(BATCH, &mut carry) {
                        Ok(more) => ended = !more,
                        Err(error) => (ended, problem) = (true, Some(error)),
                    }
                }
            }
        }
        let problem = problem.map(Problem::Unpack);
        if parquet {
            carry.reserve_exact(usize::try_from(item.size).unwrap_or(0).min(LARGE));
        }
        let (first, splitter) = (true, None);
        Ok(Self { unpacked, carry, at, head, first, framing, splitter, packed: 0, problem, ended, parquet })
    }

    /// What `look` finds in a file's first unpacked bytes: in few of them, as a rule.
    pub(crate) fn look<T>(
        source: &dyn Source,
        item: &Item,
        limits: Limits,
        look: impl Fn(&[u8]) -> Option<T>,
    ) -> Option<T> {
        let mut unpacked = open(source, item, 0, limits, whole(item).min(LOOK)).ok()?;
        let mut head = Vec::with_capacity(LOOK);
        for wanted in [LOOK, HEAD - LOOK] {
            // What can be read before an error counts.
            let more = unpacked.read(wanted, &mut head).unwrap_or(false);
            let found = look(&head);
            if found.is_some() || !more {
                return found;
            }
        }
        None
    }

    /// The next batch; after one that is the last there is none. What is read beyond it is put into `buffer`.
    pub(crate) fn batch(&mut self, mut buffer: Vec<u8>) -> Batch {
        let wanted = match self.framing {
            _ if self.parquet => usize::MAX,
            Framing::Document if self.splitter.is_none() => Splitter::STEP,
            _ => BATCH,
        };
        self.fill(wanted);
        if self.ended || self.parquet {
            return self.rest();
        }
        buffer.clear();
        buffer.reserve(BATCH + HEAD);
        if self.framing == Framing::Document {
            return self.part(buffer);
        }
        loop {
            if let Some(end) = memchr::memrchr(b'\n', &self.carry) {
                buffer.extend_from_slice(self.carry.get(end + 1..).unwrap_or_default());
                let mut bytes = std::mem::replace(&mut self.carry, buffer);
                self.keep_head(&bytes, end + 1);
                bytes.truncate(end + 1);
                return self.give(bytes, false);
            }
            if self.carry.len() > LINE {
                return self.skip_line();
            }
            self.fill(self.carry.len() + BATCH);
            if self.ended {
                return self.rest();
            }
        }
    }

    /// Reads until so much is there, or the end is.
    fn fill(&mut self, wanted: usize) {
        while !self.ended && self.carry.len() < wanted {
            match self.unpacked.read(wanted.saturating_sub(self.carry.len()).min(BATCH), &mut self.carry) {
                Ok(more) => self.ended = !more,
                Err(error) => {
                    self.ended = true;
                    self.problem = Some(Problem::Unpack(error));
                }
            }
        }
    }

    /// Remembers how the file begins, where its first batch is too short to tell: `all` has been read of it.
    fn keep_head(&mut self, all: &[u8], batch: usize) {
        if self.first && self.head.is_none() && batch < HEAD {
            self.head = Some(all.get(..HEAD).unwrap_or(all).to_vec());
        }
    }

    fn rest(&mut self) -> Batch {
        let bytes = std::mem::take(&mut self.carry);
        self.give(bytes, true)
    }

    /// Some elements of a document that is too long to hold.
    fn part(&mut self, mut buffer: Vec<u8>) -> Batch {
        if self.first && self.head.is_none() {
            self.head = Some(self.carry.get(..HEAD).unwrap_or(&self.carry).to_vec());
        }
        loop {
            let splitter = self.splitter.get_or_insert_with(Splitter::default);
            match splitter.cut(&mut self.carry, &mut buffer) {
                Ok(bytes) if bytes.is_empty() => {
                    self.fill(self.carry.len() + Splitter::STEP);
                    if self.ended {
                        return self.rest();
                    }
                }
                Ok(bytes) => return self.give(bytes, false),
                Err(why) => {
                    self.problem = Some(Problem::TooLong(why));
                    self.ended = true;
                    self.carry.clear();
                    return self.give(Vec::new(), true);
                }
            }
        }
    }

    fn skip_line(&mut self) -> Batch {
        let mut skipped = 0;
        if self.first && self.head.is_none() {
            self.head = Some(self.carry.get(..HEAD).unwrap_or(&self.carry).to_vec());
        }
        let rest = loop {
            if let Some(end) = memchr::memchr(b'\n', &self.carry) {
                skipped += end + 1;
                break self.carry.split_off(end + 1);
            }
            skipped += self.carry.len();
            self.carry.clear();
            if self.ended {
                break Vec::new();
            }
            self.fill(BATCH);
        };
        self.carry = rest;
        self.at += skipped as u64;
        self.problem =
            Some(Problem::TooLong(format!("a line of {skipped} bytes was left out: {LINE} is the limit")));
        let last = self.ended && self.carry.is_empty();
        self.give(Vec::new(), last)
    }

    fn give(&mut self, bytes: Vec<u8>, last: bool) -> Batch {
        let at = self.at;
        self.at = at + bytes.len() as u64;
        self.first = false;
        let packed = self.unpacked.consumed();
        let open_end = last
            && self.framing == Framing::Lines
            && self.unpacked.packing() == Packing::Plain
            && bytes.last().is_some_and(|byte| *byte != b'\n');
        let batch = Batch {
            bytes,
            at,
            next: self.at,
            head: self.head.take(),
            last,
            open_end,
            problem: self.problem.take(),
            packed: packed - self.packed,
            lines: self.framing == Framing::Lines && !self.parquet,
            parquet: self.parquet,
        };
        self.packed = packed;
        batch
    }
}

/// Bytes of a file, for the size of a buffer.
fn whole(item: &Item) -> usize {
    // A size that is not known is none.
    if item.size == 0 { usize::MAX } else { usize::try_from(item.size).unwrap_or(usize::MAX) }
}

/// Opens a file from a position on, and finds out how it is packed. About `size` bytes of it are going to be read.
fn open(
    source: &dyn Source,
    item: &Item,
    from: u64,
    limits: Limits,
    size: usize,
) -> Result<Unpacked, Problem> {
    let mut stream = source.open(item, from)?;
    let mut head = Vec::with_capacity(4);
    let read = (&mut stream).take(4).read_to_end(&mut head);
    read.map_err(|error: io::Error| UnpackError::Io(error.to_string()))?;
    if from > 0 {
        return Ok(Unpacked::plain(head, stream, limits));
    }
    Ok(Unpacked::new(head, stream, limits, size))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    struct Bytes(Vec<u8>);

    impl Source for Bytes {
        fn name(&self) -> &str {
            "bytes"
        }

        fn list(&self, _: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
            Ok(())
        }

        fn open(&self, _: &Item, from: u64) -> Result<Box<dyn Read + Send>, SourceError> {
            Ok(Box::new(Cursor::new(self.0[usize::try_from(from).unwrap()..].to_vec())))
        }
    }

    fn batches(bytes: &[u8], resume: Option<Resume>) -> Vec<Batch> {
        let source = Bytes(bytes.to_vec());
        let item = Item { size: bytes.len() as u64, ..Item::default() };
        let mut reader = Reader::open(&source, &item, resume, Limits::default(), b"old".to_vec()).unwrap();
        let mut all = Vec::new();
        loop {
            all.push(reader.batch(b"old".to_vec()));
            if all.last().unwrap().last {
                return all;
            }
        }
    }

    fn lines(count: usize) -> Vec<u8> {
        (0..count).flat_map(|n| format!("line {n} of a log\n").into_bytes()).collect()
    }

    #[test]
    fn lines_are_whole() {
        let text = lines(300_000);
        let all = batches(&text, None);
        assert!(all.len() > 3 && all.iter().all(|batch| batch.bytes.ends_with(b"\n")));
        assert_eq!(all.iter().flat_map(|batch| batch.bytes.clone()).collect::<Vec<_>>(), text);
        assert_eq!(all.last().unwrap().next, text.len() as u64);
        assert!(all.iter().all(|batch| batch.head.is_none()), "the first batch begins with it");
    }

    #[test]
    fn the_head_is_told_where_the_first_batch_is_short() {
        let mut text = b"short\n".to_vec();
        text.resize(3 * BATCH, b'x');
        let all = batches(&text, None);
        assert_eq!(all[0].bytes, b"short\n");
        assert_eq!(all[0].head.as_deref(), Some(&text[..HEAD]));
        text = vec![b'x'; LINE + 2 * BATCH];
        text.extend_from_slice(b"\nnext\n");
        assert_eq!(batches(&text, None)[0].head.as_deref(), Some(&text[..HEAD]));
    }

    #[test]
    fn few_bytes_are_looked_at_where_they_tell() {
        let text = lines(20_000);
        let seen = std::cell::RefCell::new(Vec::new());
        let look = |enough: usize| {
            Reader::look(&Bytes(text.clone()), &Item::default(), Limits::default(), |head| {
                seen.borrow_mut().push(head.len());
                (head.len() >= enough).then_some(())
            })
        };
        assert_eq!((look(10), look(5_000), look(HEAD + 1)), (Some(()), Some(()), None));
        assert_eq!(*seen.borrow(), [LOOK, LOOK, HEAD, LOOK, HEAD]);
    }

    #[test]
    fn it_goes_on_where_it_was() {
        let text = lines(200_000);
        let packed = zstd::encode_all(&text[..], 1).unwrap();
        let head = heads(&text).next().unwrap();
        for (file, offset) in
            [(&text, 2_000_000), (&packed, 2_000_000), (&packed, 100), (&packed, text.len())]
        {
            let resume = Some(Resume { offset: offset as u64, head });
            let all = batches(file, resume);
            assert_eq!(all[0].at, offset as u64);
            assert_eq!(all.iter().flat_map(|batch| batch.bytes.clone()).collect::<Vec<_>>(), text[offset..]);
        }
        let other = Resume { offset: 100, head: FileHead { hash: 1, ..head } };
        assert_eq!(batches(&text, Some(other))[0].at, 0, "another file begins at its beginning");
    }

    #[test]
    fn the_last_line_may_still_be_written() {
        assert!(batches(b"one\ntwo", None)[0].open_end);
        assert!(!batches(b"one\ntwo\n", None)[0].open_end);
        assert!(!batches(b"{\"Records\":[]}", None)[0].open_end);
    }

    #[test]
    fn a_line_without_end_is_left_out() {
        let mut text = vec![b'x'; LINE + 3 * BATCH];
        text.extend_from_slice(b"\nnext\n");
        let all = batches(&text, None);
        assert!(all.iter().any(|batch| matches!(batch.problem, Some(Problem::TooLong(_)))));
        assert_eq!(all.iter().flat_map(|batch| batch.bytes.clone()).collect::<Vec<_>>(), b"next\n");
    }

    #[test]
    fn long_documents_come_in_parts() {
        let element =
            |n: usize| format!(r#"{{"eventID":"{n}","text":"a ] and }} and \" {}"}}"#, "x".repeat(900));
        let whole =
            format!(r#"{{"Records":[{}]}}"#, (0..80_000).map(element).collect::<Vec<_>>().join(",\n"));
        let all = batches(whole.as_bytes(), None);
        assert!(all.len() > 1);
        let mut next = 0;
        for batch in &all {
            let part: serde_json::Value = serde_json::from_slice(&batch.bytes).unwrap();
            for record in part["Records"].as_array().unwrap() {
                assert_eq!(record["eventID"], next.to_string());
                next += 1;
            }
        }
        assert_eq!(next, 80_000);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(bytes in proptest::collection::vec(any::<u8>(), 0..3_000)) {
            prop_assume!(Packing::of(&bytes) == Packing::Plain);
            let all: Vec<u8> = batches(&bytes, None).into_iter().flat_map(|batch| batch.bytes).collect();
            prop_assert_eq!(all, bytes);
        }
    }
}
