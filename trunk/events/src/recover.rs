//! Opening a log's directory: which files count, what they hold, what a crash left behind.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Disk, DiskFile, SegmentStore};
use crate::raw::{self, HEAD, Head, Raw};
use crate::scan::{Scan, scan};
use crate::sealed::{Caches, Sealed};
use crate::state::State;
use crate::{Damage, Dropped, LogError, Position, Recovery, seal};

/// What the files hold, and how writing goes on.
pub(crate) struct Opened {
    pub(crate) state: State,
    pub(crate) recovery: Recovery,
    /// The position of the next event.
    pub(crate) next: Position,
    /// In the last unsealed segment, where the next frame goes; `None` when another must be started.
    pub(crate) end: Option<u64>,
}

/// Reads a directory that this process has locked.
pub(crate) fn open(
    disk: &dyn Disk,
    store: &dyn SegmentStore,
    dir: &Path,
    caches: &Arc<Caches>,
) -> Result<Opened, LogError> {
    let mut opener = Opener {
        disk,
        dir,
        state: State::default(),
        recovery: Recovery::default(),
        next: Position::START.next(),
        end: None,
    };
    opener.sealed(store, caches)?;
    opener.unsealed()?;
    opener.missing();
    let Opener { state, mut recovery, next, end, .. } = opener;
    recovery.last = Position(next.0 - 1);
    Ok(Opened { state, recovery, next, end })
}

struct Opener<'a> {
    disk: &'a dyn Disk,
    dir: &'a Path,
    state: State,
    recovery: Recovery,
    next: Position,
    end: Option<u64>,
}

impl Opener<'_> {
    fn sealed(&mut self, store: &dyn SegmentStore, caches: &Arc<Caches>) -> Result<(), LogError> {
        let names = store.names().map_err(|error| LogError::io("list", self.dir, error))?;
        let mut ranges: Vec<_> =
            names.into_iter().filter_map(|name| Some((seal::parse_name(&name)?, name))).collect();
        // Of segments that start together the longest comes first: it was merged from the others.
        ranges.sort_by_key(|((from, to), _)| (*from, std::cmp::Reverse(*to)));
        let mut covered = Position::START;
        for ((from, to), name) in ranges {
            let path = self.dir.join(&name);
            if to <= covered {
                store.remove(&name).map_err(|error| LogError::io("remove", &path, error))?;
                continue;
            }
            match Sealed::open(store, &name, path.clone(), caches) {
                Ok(sealed) => {
                    covered = to;
                    self.state.sealed.push(Arc::new(sealed));
                }
                Err(LogError::Damaged { offset, .. }) => self.recovery.damaged.push(Damage {
                    file: path,
                    offset,
                    bytes: 0,
                    first: from,
                    last: to,
                    kept_in: None,
                }),
                Err(error) => return Err(error),
            }
            self.next = self.next.max(to.next());
        }
        Ok(())
    }

    fn unsealed(&mut self) -> Result<(), LogError> {
        let names = self.disk.names(self.dir).map_err(|error| LogError::io("list", self.dir, error))?;
        let mut bases = Vec::new();
        for name in names {
            if name.ends_with(".tmp") {
                self.remove(&self.dir.join(name))?;
            } else if let Some(base) = parse_name(&name) {
                let covers = |sealed: &Arc<Sealed>| (sealed.foot.from..=sealed.foot.to).contains(&base);
                if self.state.sealed.iter().any(covers) {
                    self.remove(&self.dir.join(name))?;
                } else {
                    bases.push((base, self.dir.join(name)));
                }
            }
        }
        bases.sort();
        let follows: Vec<_> = bases.iter().skip(1).map(|(base, _)| *base).collect();
        for (n, (base, path)) in bases.into_iter().enumerate() {
            self.segment(base, path, follows.get(n).copied())?;
        }
        Ok(())
    }

    /// Reads one unsealed segment. `until` is where the one after it begins.
    fn segment(&mut self, base: Position, path: PathBuf, until: Option<Position>) -> Result<(), LogError> {
        let failed = |error| LogError::io("open", &path, error);
        let file = self.disk.open(&path).map_err(failed)?;
        let whole = self.head(&*file, &path, base)?;
        let mut scan = scan(&*file, &path, base, until)?;
        let damaged = std::mem::take(&mut scan.damaged);
        let sound = whole && damaged.is_empty();
        for (bytes, positions) in damaged {
            self.damage(&*file, &path, bytes, positions);
        }
        let cut = self.torn(&*file, &path, &scan, until.is_none() && sound)?;
        let Scan { index, end, next, .. } = scan;
        self.next = self.next.max(next);
        let raw = Raw::new(base, path, file, index);
        self.recovery.rescanned += raw.events();
        if until.is_none() {
            self.end = (sound && cut).then_some(end);
        } else if raw.events() == 0 {
            return self.remove(&raw.path);
        }
        self.state.raws.push(Arc::new(raw));
        Ok(())
    }

    /// Checks the head of an unsealed segment. Gives whether it is whole.
    fn head(&mut self, file: &dyn DiskFile, path: &Path, base: Position) -> Result<bool, LogError> {
        let mut head = [0; HEAD];
        let size = file.size().map_err(|error| LogError::io("open", path, error))?;
        if size >= HEAD as u64 {
            file.read_at(&mut head, 0).map_err(|error| LogError::io("read", path, error))?;
        }
        match Head::read(&head) {
            Head::Known => Ok(true),
            Head::Unused => Ok(false),
            Head::Newer(found) => {
                let path = path.display().to_string();
                Err(LogError::NewerFormat { path, found, supported: raw::FORMAT })
            }
            Head::Unknown => {
                self.damage(file, path, 0..HEAD as u64, base..base);
                Ok(false)
            }
        }
    }

    fn damage(&mut self, file: &dyn DiskFile, path: &Path, bytes: Range<u64>, lost: Range<Position>) {
        let kept_in = self.keep(file, path, &bytes, "damaged");
        self.recovery.damaged.push(Damage {
            file: path.to_owned(),
            offset: bytes.start,
            bytes: bytes.end - bytes.start,
            first: lost.start,
            last: Position(lost.end.0.saturating_sub(1)),
            kept_in,
        });
    }

    /// Reports a torn end and, where writing goes on in this file, clears it away. Gives whether the file
    /// is clean now.
    fn torn(&mut self, file: &dyn DiskFile, path: &Path, scan: &Scan, clear: bool) -> Result<bool, LogError> {
        let Some(bytes) = scan.torn.clone() else {
            return Ok(true);
        };
        let kept_in = self.keep(file, path, &bytes, "torn");
        // What no copy could be made of stays where it is: another segment is started.
        let clear = clear && kept_in.is_some();
        if clear {
            let zeros = vec![0; usize::try_from(bytes.end - bytes.start).unwrap_or_default()];
            let cleared = file.write_at(&zeros, bytes.start).and_then(|()| file.sync());
            cleared.map_err(|error| LogError::io("clear the torn end of", path, error))?;
        }
        self.recovery.dropped.push(Dropped {
            file: path.to_owned(),
            offset: bytes.start,
            bytes: bytes.end - bytes.start,
            kept_in,
        });
        Ok(clear)
    }

    /// Copies broken bytes into a file of their own, for whoever wants to look.
    fn keep(&self, file: &dyn DiskFile, path: &Path, bytes: &Range<u64>, kind: &str) -> Option<PathBuf> {
        let stem = path.file_stem()?.to_str()?;
        let copy = self.dir.join(format!("{stem}.{}.{kind}", bytes.start));
        let mut content = vec![0; usize::try_from(bytes.end - bytes.start).ok()?];
        file.read_at(&mut content, bytes.start).ok()?;
        let kept = self.disk.create(&copy).and_then(|file| {
            file.write_at(&content, 0)?;
            file.sync()
        });
        kept.ok().map(|()| copy)
    }

    /// Reports files that are missing between others.
    fn missing(&mut self) {
        let sealed = self.state.sealed.iter().map(|sealed| (sealed.foot.from, sealed.foot.to.next()));
        let lost = self.recovery.damaged.iter().map(|damage| (damage.first, damage.last.next()));
        let raws = self.state.raws.iter().map(|raw| (raw.base, raw.last().unwrap_or_default().next()));
        let mut ranges: Vec<_> = sealed.chain(lost).chain(raws).collect();
        ranges.sort();
        let mut covered = ranges.first().map_or(Position::START, |(from, _)| *from);
        for (from, to) in ranges {
            if from > covered {
                self.recovery.damaged.push(Damage {
                    file: self.dir.to_owned(),
                    offset: 0,
                    bytes: 0,
                    first: covered,
                    last: Position(from.0 - 1),
                    kept_in: None,
                });
            }
            covered = covered.max(to);
        }
    }

    fn remove(&self, path: &Path) -> Result<(), LogError> {
        self.disk.remove(path).map_err(|error| LogError::io("remove", path, error))
    }
}

/// The first position of an unsealed segment, by its name.
pub(crate) fn parse_name(name: &str) -> Option<Position> {
    let number = name.strip_suffix(".log").filter(|number| number.len() == 20)?;
    number.parse().ok().map(Position)
}
