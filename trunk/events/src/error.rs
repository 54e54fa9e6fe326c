use std::io;
use std::path::Path;
use std::sync::Arc;

/// Why the log could not do what was asked. Cheap to clone: one failed write is told to every waiter.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// [`EventLog::close`](crate::EventLog::close) was called, or the log's writer has stopped.
    #[error("the event log is closed")]
    Closed,
    /// The event is over a limit.
    #[error("the event's {what} is {size} bytes, over the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes (of a count: how many).
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// Writing does not keep up.
    #[error("{waiting} bytes of events wait to be written: try again later")]
    Overloaded {
        /// Bytes in the queue.
        waiting: usize,
    },
    /// The disk (or remote log) failed. Nothing of what this answers became part of the log.
    #[error("cannot {action} `{path}`: {cause}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: String,
        /// What the system said.
        cause: Arc<io::Error>,
    },
    /// Stored bytes are not what was written.
    #[error("`{path}` is damaged at byte {offset}: {what}; restore the file from a copy")]
    Damaged {
        /// Which file.
        path: String,
        /// Where in it.
        offset: u64,
        /// What does not fit.
        what: &'static str,
    },
    /// A newer version of Bastide wrote this.
    #[error(
        "`{path}` has format {found}, and this version reads up to {supported}: use the version that wrote it"
    )]
    NewerFormat {
        /// Which file.
        path: String,
        /// The format it declares.
        found: u32,
        /// The newest format known here.
        supported: u32,
    },
    /// Another process has the log open.
    #[error("`{path}` is in use by another process: stop that one first")]
    Locked {
        /// The log's directory.
        path: String,
    },
    /// A cursor was used with a look-up that it does not come from.
    #[error("the cursor belongs to another look-up")]
    ForeignCursor,
}

impl LogError {
    /// Wraps what the system said.
    #[must_use]
    pub fn io(action: &'static str, path: &Path, cause: io::Error) -> Self {
        Self::Io { action, path: path.display().to_string(), cause: Arc::new(cause) }
    }

    /// Whether there was no room on the disk (or in the quota): it may pass.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Io { cause, .. }
            if matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }
}
