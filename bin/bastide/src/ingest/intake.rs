//! Logs of other places that come to a server: kept in the data folder's lake first, then shown to the engine.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bastide_guardduty::work::{Feed, Watched};
use bastide_ids::{Clock as _, SystemClock};
use bastide_ingest::{FileHead, FileState, Sink};
use bastide_lake::{Lake, LakeError, Replay, Writer};
use bastide_logs::{Record, Rejected};

use super::sink::line;
use super::tally::Tally;

/// Bytes that wait before they are made durable.
const WAITING: usize = 16 << 20;
/// Bytes that must be free beside what is taken.
const ROOM: u64 = 4 << 20;
/// Commits after which it is looked whether there are many small parts.
const TIDY: u32 = 64;
/// Records that an engine that has started anew is shown at once: a fraction of a second.
const AT_ONCE: u64 = 10_000;
/// Reasons that are told of what could not be read.
const TOLD: usize = 20;

/// The way for logs into a server. Cheap to clone.
///
/// All of it happens on the engine's thread, one after the other: so the lake has one writer, and what is committed is
/// shown to the engine exactly once.
#[derive(Clone)]
pub(crate) struct Intake {
    feed: Feed,
    data_dir: PathBuf,
    kept: Arc<Mutex<Kept>>,
}

/// The lake, and what of it the engine was shown.
pub(crate) struct Kept {
    folder: PathBuf,
    /// Opened when it is needed: most servers have none.
    lake: Option<Lake>,
    shown: Shown,
    /// Commits since small parts were last made large ones.
    commits: u32,
    /// How often all was forgotten.
    forgotten: u64,
}

/// How far the engine is with what the lake holds.
#[derive(Default)]
struct Shown {
    /// How often the engine had been started when it was first shown something.
    starts: u64,
    /// What it is still to be shown.
    rest: Option<Replay>,
    /// The part from which on all is new: what was there before, an earlier engine was shown.
    new: i64,
}

impl Intake {
    pub(crate) fn new(feed: Feed, data_dir: &Path) -> Self {
        let kept = Kept {
            folder: data_dir.join("lake"),
            lake: None,
            shown: Shown::default(),
            commits: 0,
            forgotten: 0,
        };
        Self { feed, data_dir: data_dir.to_owned(), kept: Arc::new(Mutex::new(kept)) }
    }

    /// Whether there is room for so many bytes, where records are kept and where calls are recorded. A disk that fills up
    /// meanwhile is noticed when it does.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        let needed = ROOM.saturating_add(bytes as u64);
        [self.data_dir.clone(), self.data_dir.join("lake")].iter().all(|folder| {
            // What cannot be asked is tried.
            let Ok(found) = rustix::fs::statvfs(folder) else { return true };
            found.f_bavail.saturating_mul(found.f_frsize) >= needed
        })
    }

    /// The way to the engine.
    pub(crate) fn feed(&self) -> Feed {
        self.feed.clone()
    }

    /// Runs something on the engine's thread. `None` when that has ended, with the server.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Kept, &mut Watched) -> T + Send + 'static,
    ) -> Option<T> {
        let kept = Arc::clone(&self.kept);
        // Nobody else holds this for long: all work is on one thread.
        let work = move |watched: &mut Watched| {
            work(&mut kept.lock().unwrap_or_else(PoisonError::into_inner), watched)
        };
        self.feed.with(work).await
    }

    /// Whether something is to be done when no source is followed: the engine runs, and the lake holds something.
    pub(crate) fn has_work(&self) -> bool {
        let kept = self.kept.try_lock();
        self.feed.is_running() && kept.is_ok_and(|kept| kept.lake.is_some() || kept.is_there())
    }

    /// Forgets all that was ingested.
    ///
    /// # Errors
    /// When files cannot be removed.
    pub(crate) async fn forget(&self) -> Result<(), String> {
        let done = self.with(|kept, _| kept.forget());
        if self.feed.is_running() || self.has_lake() { done.await.unwrap_or(Ok(())) } else { Ok(()) }
    }

    fn has_lake(&self) -> bool {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).is_there()
    }
}

impl Kept {
    fn is_there(&self) -> bool {
        self.folder.join("catalog.db").exists()
    }

    fn forget(&mut self) -> Result<(), String> {
        self.lake = None;
        self.shown = Shown::default();
        self.forgotten += 1;
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(format!("`{}`: {error}", self.folder.display()))
            }
            _ => Ok(()),
        }
    }

    fn lake(&mut self) -> Result<&mut Lake, LakeError> {
        match &mut self.lake {
            Some(lake) => Ok(lake),
            none => Ok(none.insert(Lake::open(&self.folder)?)),
        }
    }

    /// How often all was forgotten: what was being read then is to be read anew.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// How far the file of a name was read.
    ///
    /// # Errors
    /// [`LakeError`].
    pub(crate) fn file(&mut self, name: &str) -> Result<Option<FileState>, LakeError> {
        self.lake()?.file(name)
    }

    /// Shows an engine that has started anew some of what the lake holds, if there is one. Gives whether that was all:
    /// until then what is committed waits for its turn.
    ///
    /// # Errors
    /// [`LakeError`]; who goes on does so without the part that cannot be read.
    pub(crate) fn catch_up(&mut self, watched: &mut Watched) -> Result<bool, LakeError> {
        self.begin_to_catch_up(watched)?;
        let Self { lake: Some(lake), shown, .. } = self else { return Ok(true) };
        let Some(rest) = shown.rest.as_mut().filter(|_| watched.is_on()) else { return Ok(true) };
        let again = rest.end() <= shown.new;
        let more = rest.show(AT_ONCE, &mut |record| {
            if again { watched.show_again(record) } else { watched.show(record, bytes(record)) }
        })?;
        if !more {
            // What came meanwhile.
            let rest = lake.replay(rest.end())?;
            shown.rest = (rest.rows() > 0).then_some(rest);
        }
        Ok(shown.rest.is_none())
    }

    /// How much of what it is to be shown again the engine has seen.
    pub(crate) fn percent(&self) -> u64 {
        self.shown.rest.as_ref().map_or(100, |rest| 100 * rest.shown() / rest.rows().max(1))
    }

    /// An engine that has started anew is to be shown all.
    fn begin_to_catch_up(&mut self, watched: &Watched) -> Result<(), LakeError> {
        let starts = watched.starts();
        if !watched.is_on() || self.shown.starts == starts {
            return Ok(());
        }
        self.shown = if self.is_there() {
            let all = self.lake()?.replay(0)?;
            Shown { starts, new: all.end(), rest: Some(all) }
        } else {
            Shown { starts, ..Shown::default() }
        };
        Ok(())
    }

    /// Makes large parts of small ones, now and then: each file that is pushed is a part of its own, or several.
    ///
    /// # Errors
    /// [`LakeError`]; the parts stay as they were.
    pub(crate) fn tidy(&mut self) -> Result<(), LakeError> {
        if self.commits < TIDY {
            return Ok(());
        }
        self.commits = 0;
        let fewer = self.lake()?.writer()?.compact()?;
        tracing::debug!(fewer, "small parts of the lake were joined");
        Ok(())
    }

    /// Begins to take records.
    ///
    /// # Errors
    /// [`LakeError`], such as when another process writes into the lake.
    pub(crate) fn begin<'k>(&'k mut self, watched: &'k mut Watched) -> Result<Taking<'k>, LakeError> {
        self.begin_to_catch_up(watched)?;
        let Self { folder, lake, commits, shown, .. } = self;
        let lake = match lake {
            Some(lake) => lake,
            none => none.insert(Lake::open(folder)?),
        };
        Ok(Taking {
            watched,
            writer: lake.writer()?,
            in_step: shown.rest.is_none(),
            commits,
            by_head: true,
            only: None,
            others: 0,
            reasons: Vec::new(),
            failure: None,
            tally: None,
        })
    }
}

/// Takes records: into the lake, and from there to the engine.
pub(crate) struct Taking<'k> {
    watched: &'k mut Watched,
    writer: Writer<'k>,
    /// Whether the engine was shown all that was there before.
    in_step: bool,
    commits: &'k mut u32,
    /// Whether files are known under other names too.
    pub(crate) by_head: bool,
    /// The one account whose records are taken; others are counted.
    pub(crate) only: Option<String>,
    /// Records of other accounts.
    pub(crate) others: u64,
    /// Positions and reasons of the first ones that could not be read.
    pub(crate) reasons: Vec<(usize, String)>,
    /// Why nothing more can be kept.
    pub(crate) failure: Option<LakeError>,
    /// Counts what comes from which source.
    pub(crate) tally: Option<&'k mut Tally>,
}

impl Taking<'_> {
    /// Makes what was taken durable, then shows it to the engine, or leaves it to [`Kept::catch_up`].
    ///
    /// # Errors
    /// What the lake says, which stands in `failure` too.
    pub(crate) fn commit(&mut self) -> Result<(), String> {
        let from = self.writer.next_part();
        let kept = self.writer.commit(SystemClock.now());
        *self.commits += u32::from(self.writer.next_part() != from);
        let (writer, watched) = (&self.writer, &mut self.watched);
        let shown = kept.and_then(|()| {
            if !watched.is_on() || !self.in_step {
                return Ok(());
            }
            writer.lake().replay(from)?.show_all(&mut |record| watched.show(record, bytes(record)))
        });
        shown.map_err(|error| self.fail(error))
    }

    fn fail(&mut self, error: LakeError) -> String {
        let text = error.to_string();
        self.failure = Some(error);
        text
    }
}

impl Sink for Taking<'_> {
    fn state(&mut self, name: &str) -> Result<Option<FileState>, String> {
        self.writer.file(name).map_err(|error| error.to_string())
    }

    fn known(&mut self, head: FileHead) -> Result<Option<FileState>, String> {
        if !self.by_head {
            return Ok(None);
        }
        self.writer.file_that_begins(head).map_err(|error| error.to_string())
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
        if self.only.as_ref().is_some_and(|only| only != account(record)) {
            self.others += 1;
        } else {
            self.writer.add(record);
        }
        Ok(())
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected<'_>) -> Result<(), String> {
        if self.reasons.len() < TOLD && !rejected.foreign {
            self.reasons.push((rejected.at, rejected.broken.reason.clone()));
        }
        if let Some(tally) = &mut self.tally {
            tally.broken(file, rejected.foreign);
        }
        self.writer.reject(&line(file, rejected));
        Ok(())
    }

    fn read(&mut self, state: FileState) -> Result<(), String> {
        if let Some(tally) = &mut self.tally {
            let before = self.writer.file(&state.name).map_err(|error| error.to_string())?;
            tally.read(&state, before.as_ref());
        }
        self.writer.note(state);
        if self.writer.waiting() > WAITING { self.commit() } else { Ok(()) }
    }
}

fn account<'r>(record: &'r Record<'_>) -> &'r str {
    match record {
        Record::CloudTrail(event) => &event.account,
        Record::Flow(flow) => flow.account,
        Record::Dns(query) => &query.account,
        Record::Kubernetes(event) => &event.account,
        Record::Login(login) => &login.account,
    }
}

/// The size of those records that are counted by it.
fn bytes(record: &Record<'_>) -> usize {
    match record {
        Record::CloudTrail(event) => event.raw.len(),
        Record::Kubernetes(event) => event.raw.len(),
        Record::Flow(_) | Record::Dns(_) | Record::Login(_) => 0,
    }
}
