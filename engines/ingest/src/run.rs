//! One pass over sources: what is new in them, in the order of time.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bastide_ids::Timestamp;
use bastide_lake::{FileHead, FileState, Kind};
use bastide_logs::{Record, Rejected};

use crate::first_time::first_time;
use crate::ordered::{Ordered, Planned};
use crate::parse::{Parser, kind_of};
use crate::place::Place;
use crate::reader::{Batch, HEAD, Problem, Reader, Resume, heads};
use crate::source::{Item, Source, SourceError};
use crate::unpack::Limits;

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The kind of all files; `None`: each file tells.
    pub kind: Option<Kind>,
    /// Threads that open and unpack.
    pub threads: usize,
    /// What files may unpack to.
    pub limits: Limits,
    /// Files are still written to: a last line without an end is left for later.
    pub growing: bool,
}

impl Default for Options {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(8);
        Self { kind: None, threads, limits: Limits::default(), growing: false }
    }
}

/// What takes records, and knows how far files were read.
pub trait Sink {
    /// How far the file of a name was read.
    ///
    /// # Errors
    /// Its own; the pass ends.
    fn state(&mut self, name: &str) -> Result<Option<FileState>, String>;

    /// The file that begins so, whatever its name.
    ///
    /// # Errors
    /// Its own; the pass ends.
    fn known(&mut self, head: FileHead) -> Result<Option<FileState>, String>;

    /// Takes a record.
    ///
    /// # Errors
    /// Its own; the pass ends.
    fn record(&mut self, record: &Record<'_>) -> Result<(), String>;

    /// Takes what could not be read of a file.
    ///
    /// # Errors
    /// Its own; the pass ends.
    fn rejected(&mut self, file: &str, rejected: &Rejected<'_>) -> Result<(), String>;

    /// Takes note that all records given so far, and no others, are what was read of files as these states say. What
    /// is kept of records must be kept together with this, or neither.
    ///
    /// # Errors
    /// Its own; the pass ends.
    fn read(&mut self, state: FileState) -> Result<(), String>;
}

/// How far a pass is, and at its end what it did.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Files that there are.
    pub files: u64,
    /// Of them those that nothing is new in.
    pub unchanged: u64,
    /// Of them those that are no logs known here, with the names of the first ones.
    pub unknown: u64,
    /// Names of the first files that are no logs known here, each with what it is, if that is known.
    pub unknown_names: Vec<String>,
    /// Files that were read.
    pub read: u64,
    /// Files that were known under another name, as rotation makes them.
    pub moved: u64,
    /// Packed bytes to read and read.
    pub bytes: u64,
    /// Packed bytes read.
    pub bytes_read: u64,
    /// Bytes of logs that these were.
    pub unpacked: u64,
    /// Records.
    pub records: u64,
    /// Records by kind.
    pub kinds: std::collections::BTreeMap<Kind, u64>,
    /// Lines and records that could not be read.
    pub rejected: u64,
    /// Well-formed records of other kinds (digests, control messages).
    pub foreign: u64,
    /// Last lines without an end, which were left.
    pub unfinished: u64,
    /// Files that could not be read to their end.
    pub damaged: u64,
    /// The first of them, with the reasons.
    pub problems: Vec<(String, Problem)>,
    /// The times of the first record and of the last.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl Progress {
    /// Counts a record.
    pub fn note(&mut self, record: &Record<'_>) {
        let kind = match record {
            Record::CloudTrail(_) => Kind::CloudTrail,
            Record::Flow(_) => Kind::Flow,
            Record::Dns(_) => Kind::Dns,
            Record::Kubernetes(_) => Kind::Kubernetes,
            Record::Login(_) => Kind::Login,
        };
        let time = record.time();
        let (first, last) = self.span.unwrap_or((time, time));
        self.span = Some((first.min(time), last.max(time)));
        self.records += 1;
        *self.kinds.entry(kind).or_default() += 1;
    }
}

/// Names that are told.
const TOLD: usize = 100;

/// Why a pass ended.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// A source could not be listed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The sink failed.
    #[error("{0}")]
    Sink(String),
}

struct Entry {
    source: Arc<dyn Source>,
    item: Item,
    start: Option<Timestamp>,
    resume: Option<Resume>,
}

/// A file that is being given.
struct Current {
    state: FileState,
    parser: Option<Parser>,
    /// Records at the beginning that were given before.
    skip: u64,
    /// Unpacked bytes at the beginning that were given before.
    until: u64,
    begun: bool,
}

/// Reads what is new in sources, and gives it to `sink` in the order of time, about: files are taken by the times in
/// their names or first records, and by turns where they overlap.
///
/// # Errors
/// When a source cannot be listed, or the sink fails. A file that cannot be read is told in the progress.
pub fn pass(
    sources: &[Arc<dyn Source>],
    options: &Options,
    sink: &mut dyn Sink,
    show: &mut dyn FnMut(&Progress),
) -> Result<Progress, PassError> {
    let mut pass = Pass::new(sources, options.clone(), sink)?;
    while let Some(piece) = pass.read() {
        pass.take(piece, sink)?;
        show(&pass.progress);
    }
    Ok(pass.progress)
}

/// A pass that is gone through piece by piece. To read is to wait for disks and networks, to take is work on the sink: the
/// two may be done on different threads, and between two pieces the sink is free for others.
pub struct Pass {
    options: Options,
    /// What is to be read; nothing once it is planned.
    entries: Vec<Entry>,
    ordered: Option<Ordered>,
    /// Files of which a part was taken.
    open: HashMap<usize, Current>,
    progress: Progress,
}

/// A piece of a file, read and not taken yet.
pub struct Piece {
    index: usize,
    batch: Batch,
}

impl Piece {
    /// Its bytes, unpacked.
    #[must_use]
    pub fn size(&self) -> usize {
        self.batch.bytes.len()
    }
}

impl Pass {
    /// Lists the sources, and finds out from the sink what of them is new.
    ///
    /// # Errors
    /// When a source cannot be listed, or the sink fails.
    pub fn new(
        sources: &[Arc<dyn Source>],
        options: Options,
        sink: &mut dyn Sink,
    ) -> Result<Self, PassError> {
        let mut progress = Progress::default();
        let entries = Run { options: &options, sink, progress: &mut progress }.list(sources)?;
        Ok(Self { options, entries, ordered: None, open: HashMap::new(), progress })
    }

    /// Waits for the next piece; `None` at the end. All pieces have to be taken, in their order.
    pub fn read(&mut self) -> Option<Piece> {
        let (entries, options) = (&mut self.entries, &self.options);
        let ordered = self.ordered.get_or_insert_with(|| plan(std::mem::take(entries), options));
        let (index, batch) = ordered.next()?;
        Some(Piece { index, batch })
    }

    /// Gives the records of a piece to the sink.
    ///
    /// # Errors
    /// When the sink fails; the pass has ended then.
    pub fn take(&mut self, piece: Piece, sink: &mut dyn Sink) -> Result<(), PassError> {
        let Piece { index, batch } = piece;
        let Self { options, ordered: Some(ordered), open, progress, .. } = self else { return Ok(()) };
        let Some(file) = ordered.file(index) else { return Ok(()) };
        let mut run = Run { options, sink, progress };
        let current = match open.remove(&index) {
            Some(current) => current,
            None => run.begin(file, &batch)?,
        };
        let (current, done, bytes) = run.batch(current, batch)?;
        ordered.give_back(bytes);
        if done {
            ordered.done(index);
        } else {
            open.insert(index, current);
        }
        Ok(())
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }
}

/// Files in the order of their times.
fn plan(mut entries: Vec<Entry>, options: &Options) -> Ordered {
    peek(&mut entries, options);
    entries.sort_by(|a, b| {
        (a.start, a.source.name(), &a.item.name).cmp(&(b.start, b.source.name(), &b.item.name))
    });
    let plan = entries.into_iter().map(|entry| Planned {
        source: entry.source,
        item: entry.item,
        resume: entry.resume,
        start: entry.start,
    });
    Ordered::new(plan.collect(), options.threads, options.limits, Box::new(first_time))
}

/// The name of a file for good.
fn full_name(source: &dyn Source, item: &Item) -> String {
    match (source.name(), item.name.as_str()) {
        (source, "") => source.to_owned(),
        (source, name) => format!("{}/{name}", source.trim_end_matches('/')),
    }
}

struct Run<'r> {
    options: &'r Options,
    sink: &'r mut dyn Sink,
    progress: &'r mut Progress,
}

impl Run<'_> {
    /// All files in which something may be new.
    fn list(&mut self, sources: &[Arc<dyn Source>]) -> Result<Vec<Entry>, PassError> {
        let mut entries = Vec::new();
        for source in sources {
            let mut failed = None;
            source.list(&mut |item| {
                if failed.is_none() {
                    match self.listed(source, item) {
                        Ok(entry) => entries.extend(entry),
                        Err(error) => failed = Some(error),
                    }
                }
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
        }
        Ok(entries)
    }

    /// A file in which something may be new.
    fn listed(&mut self, source: &Arc<dyn Source>, item: Item) -> Result<Option<Entry>, PassError> {
        self.progress.files += 1;
        let name = full_name(&**source, &item);
        let place = Place::of(&name);
        if place.ignored {
            self.unknown(&name, kind_of(b"", &name).err().flatten());
            return Ok(None);
        }
        let state = self.sink.state(&name).map_err(PassError::Sink)?;
        if state.as_ref().is_some_and(|state| unchanged(state, &item)) {
            self.progress.unchanged += 1;
            return Ok(None);
        }
        let resume = state.and_then(|state| {
            let head = state.head.filter(|_| state.offset > 0 && item.size >= state.size)?;
            Some(Resume { offset: state.offset, head })
        });
        self.progress.bytes += item.size;
        Ok(Some(Entry { source: Arc::clone(source), item, start: place.time, resume }))
    }

    /// A file is no log known here; `what` it is, if that is known.
    fn unknown(&mut self, name: &str, what: Option<&str>) {
        self.progress.unknown += 1;
        if self.progress.unknown_names.len() < TOLD {
            let what = what.map(|what| format!(" ({what})")).unwrap_or_default();
            self.progress.unknown_names.push(format!("{name}{what}"));
        }
    }

    /// Finds out what a file is, and how much of it is known.
    fn begin(&mut self, file: &Planned, first: &Batch) -> Result<Current, PassError> {
        let name = full_name(&*file.source, &file.item);
        let head = first.head.as_deref().unwrap_or(&first.bytes);
        let head = head.get(..HEAD).unwrap_or(head);
        let kind = match self.options.kind {
            _ if first.parquet => Ok(Kind::Flow),
            Some(kind) => Ok(kind),
            None => kind_of(head, &name),
        };
        let empty = head.iter().all(u8::is_ascii_whitespace);
        if let Err(what) = kind
            && !empty
        {
            self.unknown(&name, what);
        }
        let parser = kind.ok().map(|kind| Parser::new(kind, head, Place::of(&name)));
        let mut state =
            FileState { name, size: file.item.size, stamp: file.item.stamp, ..FileState::default() };
        state.head = heads(head).next();
        let (mut skip, mut until) = (0, 0);
        let before = self.sink.state(&state.name).map_err(PassError::Sink)?;
        if first.at > 0 {
            // The reader has found that it is the same file, and went on in it.
            let before = before.unwrap_or_default();
            (state.records, state.head) = (before.records, before.head.or(state.head));
        } else if let Some(before) = self.same(before, head)? {
            if before.name != state.name {
                self.progress.moved += 1;
            }
            if before.offset > 0 { until = before.offset } else { skip = before.records }
        }
        state.offset = first.at;
        Ok(Current { state, parser, skip, until, begun: false })
    }

    /// The file that this one was when it was read before: of the same name, or of another.
    fn same(&mut self, before: Option<FileState>, head: &[u8]) -> Result<Option<FileState>, PassError> {
        let all: Vec<FileHead> = heads(head).collect();
        if let Some(before) = before
            && before.head.is_none_or(|known| all.contains(&known))
            && (before.head.is_some() || before.offset == 0)
        {
            return Ok(Some(before));
        }
        for head in all {
            if let Some(known) = self.sink.known(head).map_err(PassError::Sink)? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Takes a batch. Gives the file, whether that was all of it, and the batch's buffer.
    fn batch(
        &mut self,
        mut current: Current,
        mut batch: Batch,
    ) -> Result<(Current, bool, Vec<u8>), PassError> {
        self.progress.bytes_read += batch.packed;
        self.progress.unpacked += batch.bytes.len() as u64;
        if let Some(problem) = batch.problem.take() {
            self.progress.damaged += 1;
            if self.progress.problems.len() < TOLD {
                self.progress.problems.push((current.state.name.clone(), problem));
            }
        }
        if self.options.growing && batch.open_end {
            let whole = memchr::memrchr(b'\n', &batch.bytes).map_or(0, |end| end + 1);
            batch.bytes.truncate(whole);
            batch.next = batch.at + whole as u64;
            self.progress.unfinished += 1;
        }
        // What was known under another name is passed.
        if batch.at < current.until {
            let known =
                usize::try_from(current.until - batch.at).unwrap_or(usize::MAX).min(batch.bytes.len());
            batch.bytes.drain(..known);
            batch.at += known as u64;
        }
        if current.parser.is_some() {
            self.parse(&mut current, &mut batch)?;
        }
        if !current.begun {
            current.begun = true;
            self.progress.read += u64::from(current.parser.is_some());
        }
        if batch.lines {
            current.state.offset = batch.next;
        }
        current.state.complete = batch.last;
        self.sink.read(current.state.clone()).map_err(PassError::Sink)?;
        Ok((current, batch.last, batch.bytes))
    }

    fn parse(&mut self, current: &mut Current, batch: &mut Batch) -> Result<(), PassError> {
        let Current { state, parser, skip, .. } = current;
        let Some(parser) = parser else { return Ok(()) };
        let (sink, progress) = (&mut *self.sink, &mut *self.progress);
        let mut failed = None;
        let tail = memchr::memrchr(b'\n', &batch.bytes).map_or(0, |end| end + 1);
        let mut left = None;
        let (open_end, start) = (batch.open_end, batch.at);
        let mut count = 0;
        let mut take = |record: Result<Record<'_>, Rejected<'_>>| {
            if *skip > 0 {
                *skip -= 1;
                state.records += 1;
                return;
            }
            let done = match record {
                Ok(record) => {
                    count += 1;
                    let time = record.time();
                    let (first, last) = progress.span.unwrap_or((time, time));
                    progress.span = Some((first.min(time), last.max(time)));
                    sink.record(&record)
                }
                // A last line without an end may be half of one, of which the rest comes later.
                Err(rejected) if open_end && rejected.at >= tail => {
                    left = Some(rejected.at);
                    return;
                }
                Err(rejected) => {
                    if rejected.foreign {
                        progress.foreign += 1;
                    } else {
                        progress.rejected += 1;
                    }
                    sink.rejected(&state.name, &Rejected { at: rejected.at + at(start), ..rejected })
                }
            };
            state.records += 1;
            if let Err(error) = done {
                failed.get_or_insert(error);
            }
        };
        if batch.parquet {
            parser.parquet(std::mem::take(&mut batch.bytes), &mut take);
        } else {
            parser.parse(&batch.bytes, &mut take);
        }
        if left.is_some() {
            batch.next = batch.at + tail as u64;
            progress.unfinished += 1;
        }
        progress.records += count;
        *progress.kinds.entry(parser.kind).or_default() += count;
        failed.map_or(Ok(()), |error| Err(PassError::Sink(error)))
    }
}

fn at(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX / 2)
}

/// Whether a file was read to its end, and is as it was.
fn unchanged(state: &FileState, item: &Item) -> bool {
    state.complete && state.size == item.size && state.stamp == item.stamp && item.size > 0
}

/// Looks into files whose names don't say when they begin.
fn peek(entries: &mut [Entry], options: &Options) {
    let untimed: Vec<&mut Entry> =
        entries.iter_mut().filter(|entry| entry.start.is_none() && entry.source.peeks()).collect();
    if untimed.len() < 2 {
        return;
    }
    let next = AtomicUsize::new(0);
    let untimed: Vec<std::sync::Mutex<&mut Entry>> = untimed.into_iter().map(std::sync::Mutex::new).collect();
    std::thread::scope(|scope| {
        for _ in 0..options.threads {
            scope.spawn(|| {
                while let Some(entry) = untimed.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(mut entry) = entry.lock() else { return };
                    entry.start = Reader::look(&*entry.source, &entry.item, options.limits, first_time);
                }
            });
        }
    });
}

#[cfg(test)]
mod tests;
