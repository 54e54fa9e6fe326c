//! Events on their way to the writer: gathered in batches, each of which is written and synced as one.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use bastide_ids::Timestamp;

use crate::key::{self, Key};
use crate::ticket::Commit;
use crate::{Event, LogError, Position, Ticket, frame};

/// A batch takes no more events once it has this many bytes.
const BATCH_BYTES: usize = 1 << 20;

/// Events that are written together.
pub(crate) struct Batch {
    pub(crate) first: Position,
    /// Their frames, one after the other.
    pub(crate) bytes: Vec<u8>,
    pub(crate) events: Vec<Queued>,
    /// The keys of all of them, one after the other.
    pub(crate) keys: Vec<Key>,
    pub(crate) commit: Arc<Commit>,
}

/// An event in a batch.
#[derive(Clone, Copy)]
pub(crate) struct Queued {
    pub(crate) time: Timestamp,
    /// Bytes of its frame.
    pub(crate) size: u32,
    /// How many keys it has.
    pub(crate) keys: u32,
}

/// What the writer is given to do.
pub(crate) enum Work {
    Write(Batch),
    /// Start a new segment, then say so.
    Roll(Arc<Commit>),
}

/// The queue between the callers and the writer.
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    filled: Condvar,
    limit: usize,
}

struct Inner {
    batches: VecDeque<Batch>,
    roll: Option<Arc<Commit>>,
    /// Buffers of a batch that was written.
    used: Option<Batch>,
    /// Bytes in `batches`.
    waiting: usize,
    /// The position of the next event.
    next: Position,
    /// The commit of the event taken last.
    latest: Option<Arc<Commit>>,
    closing: bool,
    /// The writer waits.
    idle: bool,
}

impl Queue {
    pub(crate) fn new(next: Position, limit: usize) -> Self {
        let inner = Inner {
            batches: VecDeque::new(),
            roll: None,
            used: None,
            waiting: 0,
            next,
            latest: None,
            closing: false,
            idle: false,
        };
        Self { inner: Mutex::new(inner), filled: Condvar::new(), limit }
    }

    pub(crate) fn append(&self, event: &Event) -> Result<Ticket, LogError> {
        let mut inner = self.lock();
        if inner.closing {
            return Err(LogError::Closed);
        }
        if inner.waiting >= self.limit {
            return Err(LogError::Overloaded { waiting: inner.waiting });
        }
        let (size, commit) = {
            let batch = inner.open_batch();
            let size = frame::encode(event, &mut batch.bytes)?;
            let keys = batch.keys.len();
            batch.keys.extend(key::of_event(event));
            let keys = u32::try_from(batch.keys.len() - keys).unwrap_or(u32::MAX);
            let queued = Queued { time: event.time, size: u32::try_from(size).unwrap_or(u32::MAX), keys };
            batch.events.push(queued);
            (size, Arc::clone(&batch.commit))
        };
        let position = inner.next;
        inner.next = position.next();
        inner.waiting += size;
        if !inner.latest.as_ref().is_some_and(|latest| Arc::ptr_eq(latest, &commit)) {
            inner.latest = Some(Arc::clone(&commit));
        }
        self.wake(inner);
        Ok(Ticket::new(position, commit))
    }

    /// The fate of the event taken last.
    pub(crate) fn latest(&self) -> Option<Arc<Commit>> {
        self.lock().latest.clone()
    }

    /// Asks for a new segment.
    pub(crate) fn roll(&self) -> Arc<Commit> {
        let mut inner = self.lock();
        let commit = Arc::clone(inner.roll.get_or_insert_default());
        if inner.closing {
            commit.settle(Err(LogError::Closed));
        }
        self.wake(inner);
        commit
    }

    pub(crate) fn close(&self) {
        let mut inner = self.lock();
        inner.closing = true;
        self.wake(inner);
    }

    /// For the writer: waits for work. `None` when the queue is closed and empty.
    pub(crate) fn next(&self) -> Option<Work> {
        let mut inner = self.lock();
        loop {
            if let Some(batch) = inner.batches.pop_front() {
                inner.waiting = inner.waiting.saturating_sub(batch.bytes.len());
                if batch.events.is_empty() {
                    continue;
                }
                return Some(Work::Write(batch));
            }
            if let Some(commit) = inner.roll.take() {
                return Some(Work::Roll(commit));
            }
            if inner.closing {
                return None;
            }
            inner.idle = true;
            inner = self.filled.wait(inner).unwrap_or_else(PoisonError::into_inner);
            inner.idle = false;
        }
    }

    /// For the writer: gives a batch's buffers back for use by another one.
    pub(crate) fn recycle(&self, mut batch: Batch) {
        // One that grew large once is not held on to.
        if batch.bytes.capacity() <= BATCH_BYTES / 4 {
            batch.bytes.clear();
            batch.events.clear();
            batch.keys.clear();
            self.lock().used = Some(batch);
        }
    }

    /// For the writer: a batch failed, so everything behind it fails too, and the positions of all of them
    /// are given out again, from `next` on. Gives how many events were waiting.
    pub(crate) fn fail(&self, next: Position, error: &LogError, close: bool) -> u64 {
        let mut inner = self.lock();
        let batches = std::mem::take(&mut inner.batches);
        let roll = if close { inner.roll.take() } else { None };
        inner.waiting = 0;
        inner.next = next;
        inner.closing |= close;
        drop(inner);
        for commit in batches.iter().map(|batch| &batch.commit).chain(&roll) {
            commit.settle(Err(error.clone()));
        }
        batches.iter().map(|batch| batch.events.len() as u64).sum()
    }

    fn wake(&self, inner: MutexGuard<'_, Inner>) {
        let idle = inner.idle;
        drop(inner);
        if idle {
            self.filled.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The batch that takes the next event.
    fn open_batch(&mut self) -> &mut Batch {
        let full = self.batches.back().is_none_or(|batch| batch.bytes.len() >= BATCH_BYTES);
        if full {
            let (first, commit) = (self.next, Arc::default());
            let batch = match self.used.take() {
                Some(used) => Batch { first, commit, ..used },
                None => Batch { first, commit, bytes: Vec::new(), events: Vec::new(), keys: Vec::new() },
            };
            self.batches.push_back(batch);
        }
        let last = self.batches.len().saturating_sub(1);
        #[allow(clippy::indexing_slicing, reason = "a batch was pushed if there was none")]
        &mut self.batches[last]
    }
}
