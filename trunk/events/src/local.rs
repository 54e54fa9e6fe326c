use std::fmt;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, RwLock};
use std::thread::JoinHandle;

use bastide_ids::{Timestamp, Uuid};
use bytes::Bytes;
use futures_core::future::BoxFuture;
use tokio::sync::watch;

use crate::disk::{LocalSegments, SegmentStore};
use crate::queue::Queue;
use crate::raw::HEAD;
use crate::recover::{self, Opened};
use crate::sealed::Caches;
use crate::state::{Shared, Tail};
use crate::writer::{self, Writer};
use crate::{
    Event, EventLog, Found, LogError, Lookup, Options, Position, Recovery, Report, Stats, Ticket, lookup,
    upkeep,
};

/// The log in a local directory. One thread writes, with one sync for all that queued up meanwhile; two more
/// seal and merge full segments and prepare space for the next.
///
/// Dropping it closes it.
pub struct LocalLog {
    pub(crate) shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// Held as long as the log is open.
    _lock: File,
}

impl LocalLog {
    /// Opens the log in a directory, which is made if it is not there, and recovers what a crash left.
    ///
    /// `report` hears of what goes wrong on the log's own threads.
    ///
    /// # Errors
    /// [`LogError::Locked`] when another process has it open, [`LogError::NewerFormat`] when a newer version
    /// wrote it, [`LogError::Io`]. Damaged files do not keep a log from opening: [`Recovery::damaged`] tells
    /// what is lost.
    pub fn open(dir: &Path, options: Options, report: Report) -> Result<(Self, Recovery), LogError> {
        make(dir).map_err(|error| LogError::io("create", dir, error))?;
        let lock = lock(dir)?;
        let store: Arc<dyn SegmentStore> = match &options.store {
            Some(store) => Arc::clone(store),
            None => Arc::new(LocalSegments::new(dir.to_owned(), Arc::clone(&options.disk))),
        };
        let caches = Arc::new(Caches::new(options.cached_pages, options.cached_blocks));
        let Opened { state, recovery, next, end } = recover::open(&*options.disk, &*store, dir, &caches)?;
        let shared = Arc::new(Shared {
            dir: dir.to_owned(),
            store,
            caches,
            report,
            state: RwLock::new(Arc::new(state)),
            queue: Queue::new(next, options.queue_bytes),
            tail: watch::Sender::new(Tail { last: recovery.last, closed: false }),
            upkeep: crate::state::Bell::default(),
            spare_bell: crate::state::Bell::default(),
            sealed: crate::state::Bell::default(),
            spare: std::sync::Mutex::default(),
            commits: 0.into(),
            failed: 0.into(),
            options,
        });
        let writer = Self::writer(&shared, next, end)?;
        let mut log = Self { shared, threads: Vec::new(), _lock: lock };
        log.start("events-writer", move |_| writer.run())?;
        log.start("events-upkeep", upkeep::run)?;
        log.start("events-spare", upkeep::run_spare)?;
        log.shared.upkeep.ring();
        Ok((log, recovery))
    }

    /// Drops the first segments, as long as their newest event is older than this. The segment that is being
    /// written, and full ones that are not sealed yet, stay. Gives how many events are gone.
    ///
    /// # Errors
    /// [`LogError::Io`] when the files could not be removed; they are gone for readers, and the next call or
    /// start removes them.
    pub fn expire(&self, before: Timestamp) -> BoxFuture<'_, Result<u64, LogError>> {
        Box::pin(self.off_thread(move |shared| {
            let expired = shared.change(|state| {
                // Where the clock was set back, later segments may be older: without those before them they
                // would leave a gap, which is how lost files look.
                let expired = state.sealed.iter().take_while(|sealed| sealed.foot.newest < before).count();
                Some::<Vec<_>>(state.sealed.drain(..expired).collect())
            });
            let expired = expired.unwrap_or_default();
            for sealed in &expired {
                let removed = shared.store.remove(&sealed.name);
                removed.map_err(|error| LogError::io("remove", &shared.dir.join(&sealed.name), error))?;
            }
            Ok(expired.iter().map(|sealed| u64::from(sealed.foot.events)).sum())
        }))
    }

    /// The writer, with a segment to write to.
    fn writer(shared: &Arc<Shared>, next: Position, end: Option<u64>) -> Result<Writer, LogError> {
        let last = shared.snapshot().raws.last().cloned();
        let raw = match last {
            Some(raw) => raw,
            None => {
                let (raw, capacity) = writer::create(shared, next)?;
                let raw = Arc::new(raw);
                shared.change(|state| {
                    state.raws.push(Arc::clone(&raw));
                    Some(())
                });
                let shared = Arc::clone(shared);
                shared.want_spare();
                return Ok(Writer { shared, raw, end: HEAD as u64, capacity, abandoned: false });
            }
        };
        let capacity = raw.file.size().map_err(|error| LogError::io("open", &raw.path, error))?;
        let shared = Arc::clone(shared);
        Ok(Writer { shared, raw, end: end.unwrap_or(capacity), capacity, abandoned: end.is_none() })
    }

    fn start(&mut self, name: &str, run: impl FnOnce(&Shared) + Send + 'static) -> Result<(), LogError> {
        let shared = Arc::clone(&self.shared);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || run(&shared));
        let thread = thread.map_err(|error| LogError::io("start a thread for", &self.shared.dir, error))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Runs what reads files where it may block.
    async fn off_thread<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Shared) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let shared = Arc::clone(&self.shared);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn_blocking(move || run(&shared)).await.unwrap_or(Err(LogError::Closed))
            }
            Err(_) => run(&shared),
        }
    }
}

impl EventLog for LocalLog {
    fn append(&self, event: Event) -> Result<Ticket, LogError> {
        self.shared.queue.append(&event)
    }

    fn read(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Vec<(Position, Event)>, LogError>> {
        Box::pin(async move {
            if after >= self.last() || limit == 0 {
                return Ok(Vec::new());
            }
            self.off_thread(move |shared| lookup::read(&shared.snapshot(), after, limit)).await
        })
    }

    fn bodies(
        &self,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(Position, Bytes)>, LogError>> {
        Box::pin(async move {
            if after >= self.last() || limit == 0 {
                return Ok(Vec::new());
            }
            self.off_thread(move |shared| lookup::bodies(&shared.snapshot(), after, limit)).await
        })
    }

    fn wait(&self, after: Position) -> BoxFuture<'_, Position> {
        Box::pin(async move {
            let mut tail = self.shared.tail.subscribe();
            // The sender is ours, so the channel cannot close under this wait.
            let _ = tail.wait_for(|tail| tail.last > after || tail.closed).await;
            self.last()
        })
    }

    fn lookup<'a>(&'a self, query: &'a Lookup) -> BoxFuture<'a, Result<Found, LogError>> {
        Box::pin(async move {
            let query = query.clone();
            self.off_thread(move |shared| {
                // In this order: what is durable by now is in the segments that are looked at.
                let last = shared.last();
                lookup::find(&shared.snapshot(), &query, last)
            })
            .await
        })
    }

    fn contains(&self, id: Uuid) -> BoxFuture<'_, Result<bool, LogError>> {
        Box::pin(async move {
            let state = self.shared.snapshot();
            for raw in state.raws.iter().rev() {
                if lookup::raw_holds(raw, id)? {
                    return Ok(true);
                }
            }
            self.off_thread(move |_| {
                for sealed in state.sealed.iter().rev() {
                    if lookup::sealed_holds(sealed, id)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
            .await
        })
    }

    fn last(&self) -> Position {
        self.shared.last()
    }

    fn flush(&self) -> BoxFuture<'_, Result<Position, LogError>> {
        Box::pin(async move {
            if let Some(commit) = self.shared.queue.latest() {
                commit.wait().await?;
            }
            Ok(self.last())
        })
    }

    fn close(&self) -> BoxFuture<'_, Result<(), LogError>> {
        Box::pin(async move {
            self.shared.queue.close();
            let mut tail = self.shared.tail.subscribe();
            let _ = tail.wait_for(|tail| tail.closed).await;
            Ok(())
        })
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), LogError>> {
        Box::pin(async move {
            self.shared.queue.roll().wait().await?;
            self.off_thread(|shared| {
                let old = shared.change(|state| {
                    let active = state.raws.pop();
                    let old = std::mem::take(state);
                    state.raws.extend(active);
                    Some(old)
                });
                let old = old.unwrap_or_default();
                old.raws.iter().for_each(|raw| shared.discard(&raw.path));
                old.sealed.iter().for_each(|sealed| shared.discard_sealed(sealed));
                Ok(())
            })
            .await
        })
    }

    fn stats(&self) -> Stats {
        let state = self.shared.snapshot();
        let sealed = state
            .sealed
            .iter()
            .map(|sealed| (u64::from(sealed.foot.events), sealed.size, Some(sealed.foot.oldest)));
        let raws = state.raws.iter().map(|raw| {
            (raw.events(), raw.file.size().unwrap_or_default(), raw.times().map(|(oldest, _)| oldest))
        });
        let mut stats = Stats {
            last: self.last(),
            commits: self.shared.commits.load(Ordering::Relaxed),
            failed: self.shared.failed.load(Ordering::Relaxed),
            ..Stats::default()
        };
        for (events, bytes, oldest) in sealed.chain(raws) {
            stats.events += events;
            stats.bytes += bytes;
            stats.segments += 1;
            stats.oldest = match (stats.oldest, oldest) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        stats
    }
}

impl Drop for LocalLog {
    fn drop(&mut self) {
        self.shared.queue.close();
        if self.threads.is_empty() {
            return;
        }
        for thread in self.threads.drain(..) {
            // A thread that panicked has told its waiters already.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for LocalLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalLog").field("dir", &self.shared.dir).field("last", &self.last()).finish()
    }
}

/// Makes a directory that is durable itself: what is synced in it is no use if its name is lost.
fn make(dir: &Path) -> std::io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make(parent)?;
    match std::fs::create_dir(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => File::open(parent)?.sync_all(),
    }
}

/// Keeps other processes out of a directory, until the file is dropped or the process dies.
fn lock(dir: &Path) -> Result<File, LogError> {
    let path: PathBuf = dir.join("lock");
    let options = File::options().create(true).truncate(false).write(true).open(&path);
    let file = options.map_err(|error| LogError::io("open", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LogError::Locked { path: dir.display().to_string() }),
        Err(TryLockError::Error(error)) => Err(LogError::io("lock", &path, error)),
    }
}
