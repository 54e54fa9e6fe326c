//! What goes on in the background: preparing the file of the next segment, sealing full segments, merging
//! sealed ones. If any of it fails, the log goes on, and it is tried again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::seal;
use crate::sealed::Sealed;
use crate::state::Shared;
use crate::{LogError, Position};

/// After a failure, work is tried again so much later.
const RETRY: Duration = Duration::from_secs(5);
/// Zeros are written in steps of this many bytes.
const STEP: usize = 1 << 20;

/// Seals and merges until the log is closed.
pub(crate) fn run(shared: &Shared) {
    let mut retry = None;
    while shared.upkeep.wait(retry) {
        retry = None;
        while !shared.upkeep.stopped() {
            match seal_one(shared).and_then(|sealed| if sealed { Ok(true) } else { merge_one(shared) }) {
                Ok(true) => {}
                Ok(false) => break,
                Err(LogError::Closed) => return,
                Err(error) => {
                    shared.failed_in_background("sealing segments", error);
                    retry = Some(RETRY);
                    break;
                }
            }
        }
    }
}

/// Seals the oldest full segment. Gives whether there was one.
fn seal_one(shared: &Shared) -> Result<bool, LogError> {
    let state = shared.snapshot();
    let [raw, next, ..] = state.raws.as_slice() else {
        return Ok(false);
    };
    let to = Position(next.base.0.saturating_sub(1));
    let temporary = shared.dir.join("seal.tmp");
    let made = seal::seal(shared.disk(), &temporary, raw, to, &|| shared.upkeep.stopped());
    let sealed = put(shared, &temporary, made.map(|foot| seal::name(foot.from, foot.to)))?;
    let swapped = shared.change(|state| {
        let at = state.raws.iter().position(|other| Arc::ptr_eq(other, raw))?;
        state.raws.remove(at);
        state.sealed.push(Arc::clone(&sealed));
        Some(())
    });
    shared.sealed.ring();
    match swapped {
        Some(()) => shared.discard(&raw.path),
        // The log was cleared meanwhile.
        None => shared.discard_sealed(&sealed),
    }
    Ok(true)
}

/// Merges the first neighbours of one level that are enough for it. Gives whether there were.
fn merge_one(shared: &Shared) -> Result<bool, LogError> {
    let state = shared.snapshot();
    let options = &shared.options;
    let fits = |group: &&[Arc<Sealed>]| {
        let same = group.windows(2).all(|pair| match pair {
            [a, b] => a.foot.level == b.foot.level && a.foot.to.next() == b.foot.from,
            _ => true,
        });
        let small = group.iter().map(|sealed| u64::from(sealed.foot.postings)).sum::<u64>() < 1 << 30;
        same && small && group.first().is_some_and(|first| first.foot.level < options.levels)
    };
    let Some(sources) = state.sealed.windows(options.merge.max(2)).find(fits) else {
        return Ok(false);
    };
    let temporary = shared.dir.join("merge.tmp");
    let made = seal::merge(shared.disk(), &temporary, sources, &|| shared.upkeep.stopped());
    let merged = put(shared, &temporary, made.map(|foot| seal::name(foot.from, foot.to)))?;
    let swapped = shared.change(|state| {
        let first = sources.first()?;
        let at = state.sealed.iter().position(|sealed| Arc::ptr_eq(sealed, first))?;
        let there = state.sealed.get(at..at + sources.len())?;
        let same = there.iter().zip(sources).all(|(a, b)| Arc::ptr_eq(a, b));
        same.then(|| state.sealed.splice(at..at + sources.len(), [Arc::clone(&merged)]).for_each(drop))
    });
    match swapped {
        Some(()) => sources.iter().for_each(|source| shared.discard_sealed(source)),
        // Some of it has expired meanwhile: the next round merges what is left.
        None => shared.discard_sealed(&merged),
    }
    Ok(true)
}

/// Hands a finished file to the segment store and opens it from there.
fn put(shared: &Shared, temporary: &Path, made: Result<String, LogError>) -> Result<Arc<Sealed>, LogError> {
    let put = made.and_then(|name| {
        shared.store.put(&name, temporary).map_err(|error| LogError::io("store", temporary, error))?;
        Sealed::open(&*shared.store, &name, shared.dir.join(&name), &shared.caches)
    });
    if put.is_err() {
        shared.discard(temporary);
    }
    put.map(Arc::new)
}

/// Prepares files for the next segments until the log is closed.
pub(crate) fn run_spare(shared: &Shared) {
    while shared.spare_bell.wait(None) {
        if shared.has_spare() {
            continue;
        }
        let path = shared.dir.join("spare.tmp");
        match make_spare(shared, &path) {
            Ok(()) => *shared.spare.lock().unwrap_or_else(PoisonError::into_inner) = Some(path),
            // The writer does without; it asks again with a later batch.
            Err(error) => {
                shared.discard(&path);
                shared.failed_in_background("preparing the next segment", error);
                // On a full disk, trying at once would take the room that the writer needs.
                shared.spare_bell.pause(RETRY);
            }
        }
    }
}

fn make_spare(shared: &Shared, path: &Path) -> Result<(), LogError> {
    let failed = |action| move |error| LogError::io(action, path, error);
    let file = shared.disk().create(path).map_err(failed("create"))?;
    let (zeros, size) = (vec![0; STEP], shared.options.segment_bytes);
    let mut at = 0;
    while at < size && !shared.spare_bell.stopped() {
        let step = usize::try_from(size - at).unwrap_or(STEP).min(STEP);
        file.write_at(zeros.get(..step).unwrap_or_default(), at).map_err(failed("write"))?;
        // Step by step, so that the active segment's syncs do not queue behind one large one.
        file.sync().map_err(failed("sync"))?;
        at += step as u64;
    }
    Ok(())
}

impl Shared {
    pub(crate) fn has_spare(&self) -> bool {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(crate) fn take_spare(&self) -> Option<PathBuf> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Asks for a spare file, if there is none.
    pub(crate) fn want_spare(&self) {
        if self.options.preallocate && !self.has_spare() {
            self.spare_bell.ring();
        }
    }
}
