use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::disk::{Disk, OsDisk, SegmentStore};
use crate::{LogError, Position};

/// How a [`LocalLog`](crate::LocalLog) keeps its events.
#[derive(Clone)]
pub struct Options {
    /// A segment is full at this many bytes. The active one is scanned at start and its index is in memory,
    /// so this bounds both.
    pub segment_bytes: u64,
    /// [`EventLog::append`](crate::EventLog::append) refuses when this many bytes wait to be written.
    pub queue_bytes: usize,
    /// So many neighbouring sealed segments of one level are merged into one of the next.
    pub merge: usize,
    /// How often an event is merged at most.
    pub levels: u32,
    /// When so many full segments wait to be sealed, starting another one waits for the sealing, for up to a
    /// second: their indexes are in memory.
    pub unsealed: usize,
    /// Index pages of 4 KiB kept in memory.
    pub cached_pages: usize,
    /// Decompressed blocks of about 64 KiB kept in memory.
    pub cached_blocks: usize,
    /// Write space ahead of time, so that syncs are cheap.
    pub preallocate: bool,
    /// The file system.
    pub disk: Arc<dyn Disk>,
    /// Where sealed segments go, if not into the log's own directory.
    pub store: Option<Arc<dyn SegmentStore>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 8 << 20,
            queue_bytes: 8 << 20,
            merge: 8,
            levels: 2,
            unsealed: 8,
            cached_pages: 512,
            cached_blocks: 32,
            preallocate: true,
            disk: Arc::new(OsDisk),
            store: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("segment_bytes", &self.segment_bytes)
            .field("queue_bytes", &self.queue_bytes)
            .field("merge", &self.merge)
            .field("levels", &self.levels)
            .finish_non_exhaustive()
    }
}

/// What happens on the log's own threads, for the operator's eyes.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A batch could not be made durable. Its waiters were told; the next batch is tried anew.
    WriteFailed(LogError),
    /// Writing works again after failures.
    WritesAgain,
    /// Work in the background failed and will be tried again. Nothing is lost by it.
    BackgroundFailed {
        /// Which work.
        task: &'static str,
        /// Why.
        error: LogError,
    },
}

/// Where notices go. Called on the log's threads: it must not block for long.
pub type Report = Box<dyn Fn(Notice) + Send + Sync>;

/// What opening a log found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The newest event's position.
    pub last: Position,
    /// Events in segments that were not sealed yet, and were read through.
    pub rescanned: u64,
    /// Bytes that a crash left behind and that are no acknowledged event.
    pub dropped: Vec<Dropped>,
    /// Acknowledged events that are lost. Not found after a mere crash: a disk or a person changed the files.
    pub damaged: Vec<Damage>,
}

/// A torn write that was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The file that ended with it.
    pub file: PathBuf,
    /// Where it began.
    pub offset: u64,
    /// How long it was.
    pub bytes: u64,
    /// The file that holds a copy of it.
    pub kept_in: Option<PathBuf>,
}

/// Acknowledged events that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file that held them, or the directory when the file is missing.
    pub file: PathBuf,
    /// Where the broken bytes begin.
    pub offset: u64,
    /// How many there are.
    pub bytes: u64,
    /// The first position that is lost.
    pub first: Position,
    /// The last position that is lost. Before `first` when only the file's head is broken.
    pub last: Position,
    /// The file that holds a copy of the broken bytes.
    pub kept_in: Option<PathBuf>,
}
