//! What the log's threads and its readers share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use crate::disk::{Disk, SegmentStore};
use crate::queue::Queue;
use crate::raw::Raw;
use crate::sealed::{Caches, Sealed};
use crate::{LogError, Notice, Options, Position, Report};

/// The segments, oldest first. Never changed: a new one takes its place, so readers see one moment.
#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) sealed: Vec<Arc<Sealed>>,
    /// The last one is being written.
    pub(crate) raws: Vec<Arc<Raw>>,
}

/// The end of the log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tail {
    pub(crate) last: Position,
    pub(crate) closed: bool,
}

pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    pub(crate) options: Options,
    pub(crate) store: Arc<dyn SegmentStore>,
    pub(crate) caches: Arc<Caches>,
    pub(crate) report: Report,
    pub(crate) state: RwLock<Arc<State>>,
    pub(crate) queue: Queue,
    pub(crate) tail: watch::Sender<Tail>,
    pub(crate) upkeep: Bell,
    pub(crate) spare_bell: Bell,
    /// Rung when a segment was sealed.
    pub(crate) sealed: Bell,
    /// A file full of zeros for the next segment, when there is one.
    pub(crate) spare: Mutex<Option<PathBuf>>,
    pub(crate) commits: AtomicU64,
    pub(crate) failed: AtomicU64,
}

impl Shared {
    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.options.disk
    }

    pub(crate) fn last(&self) -> Position {
        self.tail.borrow().last
    }

    pub(crate) fn snapshot(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a changed state in place. `change` may refuse by `None`.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> Option<T>) -> Option<T> {
        let mut place = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut state = State::clone(&place);
        let result = change(&mut state)?;
        *place = Arc::new(state);
        Some(result)
    }

    pub(crate) fn failed_in_background(&self, task: &'static str, error: LogError) {
        (self.report)(Notice::BackgroundFailed { task, error });
    }

    /// Removes a file that is not needed any more. If it stays, opening the log removes it.
    pub(crate) fn discard(&self, path: &Path) {
        if let Err(error) = self.disk().remove(path) {
            self.failed_in_background("removing a file", LogError::io("remove", path, error));
        }
    }

    /// Removes a sealed segment that is not needed any more.
    pub(crate) fn discard_sealed(&self, sealed: &Sealed) {
        if let Err(error) = self.store.remove(&sealed.name) {
            let path = self.dir.join(&sealed.name);
            self.failed_in_background("removing a segment", LogError::io("remove", &path, error));
        }
    }
}

/// Wakes a thread that waits for work, and tells it to stop.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Mutex<bool>,
    woken: Condvar,
    stopped: AtomicBool,
}

impl Bell {
    pub(crate) fn ring(&self) {
        *self.lock() = true;
        self.woken.notify_all();
    }

    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.ring();
    }

    pub(crate) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Waits until rung, or for a time at most. Gives whether to go on.
    pub(crate) fn wait(&self, at_most: Option<Duration>) -> bool {
        let mut rung = self.lock();
        while !*rung && !self.stopped() {
            match at_most {
                None => rung = self.woken.wait(rung).unwrap_or_else(PoisonError::into_inner),
                Some(time) => {
                    let waited = self.woken.wait_timeout(rung, time).unwrap_or_else(PoisonError::into_inner);
                    rung = waited.0;
                    if waited.1.timed_out() {
                        break;
                    }
                }
            }
        }
        *rung = false;
        !self.stopped()
    }

    /// Waits for a time, whatever rings; ends early only when stopped.
    pub(crate) fn pause(&self, time: Duration) {
        let rung = self.lock();
        let waited = self.woken.wait_timeout_while(rung, time, |_| !self.stopped());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
