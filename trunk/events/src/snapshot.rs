//! The files of a log as they are at one moment, for backups; also of a log that another process has open.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::disk::{Disk as _, DiskFile, OsDisk, ReadAt};
use crate::scan::{Scan, scan};
use crate::{LogError, Position, seal};

/// So often the files are listed anew when they were sealed or merged meanwhile.
const ATTEMPTS: u32 = 20;

/// The files of a log at one moment. Sealed segments are held open, so that merging and expiry do not take them away;
/// the others are in memory.
pub struct Snapshot {
    dir: PathBuf,
    sealed: Vec<(Position, Position, Part)>,
    raws: Vec<(Position, Part)>,
}

/// A file of a snapshot.
pub struct Part {
    /// Its name in the log's directory.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    content: Content,
}

enum Content {
    File(File),
    Bytes(Vec<u8>),
}

/// A snapshot whose files were looked through.
pub struct Settled {
    /// The files; a log that is opened on them holds the events `first` to `last`.
    pub parts: Vec<Part>,
    /// The position of the first event that the files may hold.
    pub first: Position,
    /// The position of the last event; [`Position::START`] when there is none.
    pub last: Position,
    /// Positions that are lost, of a log that is damaged: the first and the last of each gap.
    pub missing: Vec<(Position, Position)>,
}

impl Snapshot {
    /// Takes hold of all files of a log in a local directory. What was durable before is in them, and perhaps what
    /// was being written just then. It takes milliseconds.
    ///
    /// # Errors
    /// [`LogError::Io`] when the files cannot be read.
    pub fn take(dir: &Path) -> Result<Self, LogError> {
        for _ in 0..ATTEMPTS {
            let names = OsDisk.names(dir).map_err(|error| LogError::io("list", dir, error))?;
            let taken = Self::of(dir, &names)?;
            // What is sealed or merged meanwhile has another name; a list without it would have a gap.
            let again = OsDisk.names(dir).map_err(|error| LogError::io("list", dir, error))?;
            if let Some(snapshot) = taken.filter(|_| same(&names, &again)) {
                return Ok(snapshot);
            }
        }
        let busy = io::Error::other("its files change all the time");
        Err(LogError::io("list", dir, busy))
    }

    /// `None` when a file is gone by now.
    fn of(dir: &Path, names: &[String]) -> Result<Option<Self>, LogError> {
        let mut snapshot = Self { dir: dir.to_owned(), sealed: Vec::new(), raws: Vec::new() };
        for name in names {
            let range = seal::parse_name(name);
            let base = crate::recover::parse_name(name);
            if range.is_none() && base.is_none() {
                continue;
            }
            let path = dir.join(name);
            let failed = |error| LogError::io("read", &path, error);
            let mut file = match File::open(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => opened.map_err(failed)?,
            };
            if let Some((from, to)) = range {
                let size = file.metadata().map_err(failed)?.len();
                let part = Part { name: name.clone(), size, content: Content::File(file) };
                snapshot.sealed.push((from, to, part));
            } else if let Some(base) = base {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).map_err(failed)?;
                let content = Content::Bytes(bytes);
                snapshot.raws.push((base, Part { name: name.clone(), size: 0, content }));
            }
        }
        Ok(Some(snapshot))
    }

    /// Looks the files through: leaves out what others hold too, cuts off a torn end and what was written ahead of
    /// time, and tells what is missing.
    ///
    /// # Errors
    /// [`LogError::Io`] when the files cannot be read.
    pub fn settle(mut self) -> Result<Settled, LogError> {
        let mut ranges = Vec::new();
        let mut settled =
            Settled { parts: Vec::new(), first: Position::START, last: Position::START, missing: Vec::new() };
        // Of segments that start together the longest comes first: it was merged from the others.
        self.sealed.sort_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
        let mut covered = Position::START;
        for (from, to, part) in self.sealed {
            if to > covered {
                covered = to;
                ranges.push((from, to.next()));
                settled.parts.push(part);
            }
        }
        self.raws.retain(|(base, _)| !ranges.iter().any(|(from, end)| (*from..*end).contains(base)));
        self.raws.sort_by_key(|(base, _)| *base);
        let follows: Vec<Position> = self.raws.iter().skip(1).map(|(base, _)| *base).collect();
        for (n, (base, part)) in self.raws.into_iter().enumerate() {
            let until = follows.get(n).copied();
            let Content::Bytes(bytes) = part.content else { continue };
            let memory = Memory(bytes);
            let Scan { next, end, damaged, .. } = scan(&memory, &self.dir.join(&part.name), base, until)?;
            settled.missing.extend(damaged.iter().map(|(_, lost)| (lost.start, Position(lost.end.0 - 1))));
            let mut bytes = memory.0;
            bytes.truncate(usize::try_from(end).unwrap_or(usize::MAX));
            ranges.push((base, next));
            settled.parts.push(Part { size: bytes.len() as u64, content: Content::Bytes(bytes), ..part });
        }
        ranges.sort();
        settled.first = ranges.first().map_or(Position::START, |(from, _)| *from);
        let mut covered = settled.first;
        for (from, end) in ranges {
            if from > covered {
                settled.missing.push((covered, Position(from.0 - 1)));
            }
            covered = covered.max(end);
        }
        settled.last = Position(covered.0.saturating_sub(1));
        settled.missing.retain(|(first, last)| first <= last);
        Ok(settled)
    }
}

impl Part {
    /// Reads it from its start.
    ///
    /// # Errors
    /// The system's.
    pub fn read_into(&self, out: &mut dyn io::Write) -> io::Result<()> {
        match &self.content {
            Content::Bytes(bytes) => out.write_all(bytes),
            Content::File(file) => {
                let mut buffer = vec![0; 1 << 18];
                let mut at = 0;
                while at < self.size {
                    let left = usize::try_from(self.size - at).unwrap_or(usize::MAX);
                    let length = left.min(buffer.len());
                    let part = buffer.get_mut(..length).unwrap_or_default();
                    ReadAt::read_at(file, part, at)?;
                    out.write_all(part)?;
                    at += length as u64;
                }
                Ok(())
            }
        }
    }
}

fn same(one: &[String], other: &[String]) -> bool {
    let counts = |names: &[String]| {
        let mut segments: Vec<String> = names
            .iter()
            .filter(|name| seal::parse_name(name).is_some() || crate::recover::parse_name(name).is_some())
            .cloned()
            .collect();
        segments.sort();
        segments
    };
    counts(one) == counts(other)
}

/// Bytes that are read as a file.
struct Memory(Vec<u8>);

impl ReadAt for Memory {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let found = self.0.get(start..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

impl DiskFile for Memory {
    fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn resize(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
