//! The thread that writes: one write and one sync for everything that queued up meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::queue::{Batch, Queued, Work};
use crate::raw::{Entry, HEAD, Index, Raw};
use crate::state::Shared;
use crate::{LogError, Notice, Position, frame};

/// A segment with this many events is full, however small they are: sealing sorts them in memory.
const MAX_EVENTS: u64 = 1 << 16;

/// How long writing waits for sealing that does not keep up.
const SEALING: Duration = Duration::from_secs(1);

/// The writer and the segment that it writes to.
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) raw: Arc<Raw>,
    /// Where the next frame goes.
    pub(crate) end: u64,
    /// How far space was written ahead of time.
    pub(crate) capacity: u64,
    /// The segment takes no more: the next batch starts another.
    pub(crate) abandoned: bool,
}

impl Writer {
    /// Writes until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        // However this thread ends, nobody may wait for it any longer.
        let end = End(Arc::clone(&self.shared));
        let mut failing = false;
        while let Some(work) = end.0.queue.next() {
            match work {
                Work::Write(batch) => {
                    let failed = self.commit(batch).err();
                    if failed.is_none() && failing {
                        (end.0.report)(Notice::WritesAgain);
                    }
                    failing = failed.is_some();
                    if let Some(error) = failed {
                        (end.0.report)(Notice::WriteFailed(error));
                    }
                }
                Work::Roll(commit) => commit.settle(self.roll(self.shared.last().next())),
            }
        }
    }

    /// Makes a batch durable and tells its waiters, either way.
    fn commit(&mut self, mut batch: Batch) -> Result<(), LogError> {
        let commit = Settle(Arc::clone(&batch.commit));
        let last = self.shared.last();
        let mut rest = batch.bytes.as_mut_slice();
        for (queued, position) in batch.events.iter().zip(batch.first.0..) {
            let Some((frame, behind)) = rest.split_at_mut_checked(queued.size as usize) else { break };
            frame::finish(frame, Position(position), last);
            rest = behind;
        }
        let mut written = self.place(&batch);
        if written.as_ref().is_err_and(LogError::is_full) && self.shared.has_spare() {
            // The spare file's room is on the disk already.
            self.abandoned = true;
            written = self.place(&batch);
        }
        if let Err(error) = written {
            let behind = self.shared.queue.fail(last.next(), &error, false);
            self.shared.failed.fetch_add(batch.events.len() as u64 + behind, Ordering::Relaxed);
            commit.0.settle(Err(error.clone()));
            return Err(error);
        }
        self.publish(&batch);
        commit.0.settle(Ok(()));
        self.shared.queue.recycle(batch);
        Ok(())
    }

    /// Shows a durable batch to readers.
    fn publish(&mut self, batch: &Batch) {
        let (mut offset, mut keys) = (self.end, batch.keys.as_slice());
        self.raw.extend(|index| {
            for (queued, position) in batch.events.iter().zip(batch.first.0..) {
                let (own, others) = keys.split_at_checked(queued.keys as usize).unwrap_or_default();
                let Queued { time, size, .. } = *queued;
                index.push(Entry { position: Position(position), time, offset, size }, own.iter().copied());
                keys = others;
                offset += u64::from(size);
            }
        });
        self.end = offset;
        let last = Position(batch.first.0 + (batch.events.len() as u64).saturating_sub(1));
        self.shared.tail.send_modify(|tail| tail.last = last);
        self.shared.commits.fetch_add(1, Ordering::Relaxed);
        if self.end > self.capacity.min(self.shared.options.segment_bytes) / 4 {
            self.shared.want_spare();
        }
    }

    /// Starts another segment when this one is full, or has no space written ahead while another has.
    fn make_room(&mut self, bytes: usize, first: Position) -> Result<(), LogError> {
        let end = self.end + bytes as u64;
        let events = self.raw.events();
        let full = end > self.shared.options.segment_bytes || events >= MAX_EVENTS;
        let outgrown = end > self.capacity && self.shared.has_spare();
        if self.abandoned || (events > 0 && (full || outgrown)) { self.roll(first) } else { Ok(()) }
    }

    fn place(&mut self, batch: &Batch) -> Result<(), LogError> {
        self.make_room(batch.bytes.len(), batch.first)?;
        self.write(&batch.bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), LogError> {
        let failed = |action, error| LogError::io(action, &self.raw.path, error);
        if let Err(error) = self.raw.file.write_at(bytes, self.end) {
            // A part may be there: without cutting it off, it could come back as events after a crash.
            match self.raw.file.resize(self.end) {
                Ok(()) => self.capacity = self.end,
                Err(_) => self.abandoned = true,
            }
            return Err(failed("write", error));
        }
        if let Err(error) = self.raw.file.sync() {
            // The system may have thrown the pages away and call the file clean from now on. What was synced
            // before is safe; nothing more may be written here. If cutting fails as well, the next segment's
            // first position tells recovery where this one ends.
            let _ = self.raw.file.resize(self.end);
            self.abandoned = true;
            return Err(failed("sync", error));
        }
        Ok(())
    }

    /// Starts the segment whose first event has position `base`.
    fn roll(&mut self, base: Position) -> Result<(), LogError> {
        if self.shared.snapshot().raws.len() > self.shared.options.unsealed {
            self.shared.sealed.wait(Some(SEALING));
        }
        let (raw, capacity) = create(&self.shared, base)?;
        let raw = Arc::new(raw);
        self.shared.change(|state| {
            // An empty one gives its place away: its file was just replaced.
            if state.raws.last().is_some_and(|last| last.events() == 0) {
                state.raws.pop();
            }
            state.raws.push(Arc::clone(&raw));
            Some(())
        });
        (self.raw, self.end, self.capacity, self.abandoned) = (raw, HEAD as u64, capacity, false);
        self.shared.upkeep.ring();
        Ok(())
    }
}

/// Creates the file of a new segment, from the spare one if there is one. Gives how much space it has that
/// was written ahead.
pub(crate) fn create(shared: &Shared, base: Position) -> Result<(Raw, u64), LogError> {
    let disk = shared.disk();
    let path = shared.dir.join(format!("{:020}.log", base.0));
    let temporary = shared.dir.join("next.tmp");
    let (from, file) = match shared.take_spare() {
        Some(spare) => {
            let file = disk.open(&spare).map_err(failed("open", &spare))?;
            (spare, file)
        }
        None => {
            let file = disk.create(&temporary).map_err(failed("create", &temporary))?;
            (temporary.clone(), file)
        }
    };
    file.write_at(&Raw::head(base), 0).map_err(failed("write", &from))?;
    file.sync().map_err(failed("sync", &from))?;
    let capacity = file.size().map_err(failed("open", &from))?;
    disk.rename(&from, &path).map_err(failed("rename", &from))?;
    disk.sync_dir(&shared.dir).map_err(failed("sync", &shared.dir))?;
    Ok((Raw::new(base, path, file, Index::default()), capacity))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> LogError {
    move |error| LogError::io(action, path, error)
}

/// Settles a commit that nothing else has settled.
struct Settle(Arc<crate::ticket::Commit>);

impl Drop for Settle {
    fn drop(&mut self) {
        self.0.settle(Err(LogError::Closed));
    }
}

struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.queue.fail(self.0.last().next(), &LogError::Closed, true);
        self.0.upkeep.stop();
        self.0.spare_bell.stop();
        self.0.tail.send_modify(|tail| tail.closed = true);
    }
}
