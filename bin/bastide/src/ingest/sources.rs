//! Logs that a server follows: what is found in them is GuardDuty's as what is found in its own record.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bastide_guardduty::work::Watched;
use bastide_ids::{Clock as _, SystemClock};
use bastide_ingest::{Choice, Item, Options, Pass, Piece, Progress, Source, SourceError, split_pattern};
use clap::{Args as _, Command, FromArgMatches as _, ValueEnum as _};

use super::arguments::{Buckets, Ingest, Kind};
use super::intake::{Intake, Kept};
use super::tally::Tally;
use crate::source::registry::{Registered, Registry, Status};

/// Between looks at what is on this machine.
const PAUSE: Duration = Duration::from_secs(2);
/// Between looks at what is on others: listing a bucket has its price.
const FAR: Duration = Duration::from_secs(20);
/// Bytes that are shown to the engine at once, and how long is waited for them once there are some.
const SLICE: usize = 8 << 20;
const SOON: Duration = Duration::from_millis(500);
/// It is written down this often that there was a look, when that is all there is to say.
const SAY: Duration = Duration::from_secs(20);
/// Problems that are told once each.
const TOLD: usize = 1_000;

/// Follows sources for as long as the server lives: those that it was started with, and those that are registered.
/// Files are read once: what was read is kept in the data folder's lake, and shown to an engine that has started anew,
/// which finds again what was found.
pub(crate) async fn run(intake: Intake, paths: Vec<String>, data_dir: PathBuf) {
    let mut sources = match Sources::open(&paths, &data_dir) {
        Ok(sources) => sources,
        Err(error) => return tracing::error!(error, "no source is followed"),
    };
    loop {
        tokio::time::sleep(PAUSE).await;
        sources.read_registry();
        if sources.followed.is_empty() && !intake.has_work() {
            sources.tell();
            continue;
        }
        // It ends with the server.
        let Some((back, done)) = sources.look(&intake).await else { return };
        sources = back;
        if let Err(error) = done {
            tracing::warn!(error, "sources were not read; it is tried again");
        }
        sources.tell();
    }
}

/// Whether sources can be followed at all: for the start, where it is an error.
///
/// # Errors
/// Which cannot, and why.
pub(crate) fn check(paths: &[String], data_dir: &Path) -> Result<(), String> {
    if paths.is_empty() { Ok(()) } else { super::sources(&arguments(paths, data_dir)?).map(drop) }
}

/// As `bastide ingest --data-dir` has them, with its environment for buckets.
fn arguments(paths: &[String], data_dir: &Path) -> Result<Ingest, String> {
    let folder = data_dir.to_str().ok_or("the path of the data folder is not UTF-8")?;
    let words = ["source", "--data-dir", folder, "--"].into_iter().chain(paths.iter().map(String::as_str));
    let read = Ingest::augment_args(Command::new("source")).try_get_matches_from(words);
    read.and_then(|read| Ingest::from_arg_matches(&read)).map_err(|error| error.to_string())
}

struct Sources {
    /// What registered sources do not say, such as where authorities are.
    defaults: Ingest,
    registry: Registry,
    stamp: Option<(SystemTime, u64)>,
    /// By id.
    followed: BTreeMap<String, Followed>,
    /// Problems that were told of.
    told: BTreeSet<String>,
    /// What was last written down of all sources, and when.
    said: (BTreeMap<String, Status>, Option<Instant>),
}

/// One source.
struct Followed {
    wanted: Registered,
    /// Opened when it is first looked at.
    source: Option<Arc<dyn Source>>,
    looked: Option<Instant>,
    status: Status,
}

impl Sources {
    fn open(paths: &[String], data_dir: &Path) -> Result<Self, String> {
        let registry = Registry::new(data_dir);
        let said = registry.statuses().unwrap_or_default();
        let mut sources = Self {
            defaults: arguments(paths, data_dir)?,
            registry,
            stamp: None,
            followed: BTreeMap::new(),
            told: BTreeSet::new(),
            said: (said, None),
        };
        for (number, path) in paths.iter().enumerate() {
            let id = format!("argument-{}", number + 1);
            let wanted = Registered { id: id.clone(), path: path.clone(), ..Registered::default() };
            sources.follow(wanted, true);
        }
        Ok(sources)
    }

    fn follow(&mut self, wanted: Registered, argument: bool) {
        let before = self.said.0.get(&wanted.id).filter(|before| before.path == wanted.path).cloned();
        let mut status = before.unwrap_or_else(|| Status { path: wanted.path.clone(), ..Status::default() });
        "new".clone_into(&mut status.state);
        status.argument = argument;
        let id = wanted.id.clone();
        self.followed.insert(id, Followed { wanted, source: None, looked: None, status });
    }

    /// Takes over what was added and removed.
    fn read_registry(&mut self) {
        let stamp = self.registry.stamp();
        if stamp == self.stamp {
            return;
        }
        self.stamp = stamp;
        let wanted = match self.registry.sources() {
            Ok(wanted) => wanted,
            Err(error) => return tracing::warn!(error, "the registered sources stay as they were"),
        };
        self.followed.retain(|id, one| one.status.argument || wanted.iter().any(|wanted| wanted.id == *id));
        for one in wanted {
            if self.followed.get(&one.id).is_none_or(|there| there.wanted != one) {
                tracing::info!(path = one.path, id = one.id, "a source is followed");
                self.follow(one, false);
            }
        }
    }

    /// Reads what is new. While nobody has a detector, nothing is read. `None` when the server stops.
    async fn look(mut self, intake: &Intake) -> Option<(Self, Result<(), String>)> {
        loop {
            match intake.with(prepare).await? {
                Ok(Ready::Yes) => break,
                // Between two steps there is time for the server's own record, and for logs that are pushed.
                Ok(Ready::NotYet(percent)) => {
                    self.set_states("replaying", Some(percent));
                    self.tell();
                }
                Ok(Ready::Nobody) => {
                    self.set_states("waiting", None);
                    return Some((self, Ok(())));
                }
                Err(error) => return Some((self, Err(error))),
            }
        }
        let (mut sources, kinds) = elsewhere(move || {
            let kinds = self.list();
            (self, kinds)
        })
        .await?;
        for (kind, listed) in kinds {
            let done = sources.read(intake, kind.as_deref(), &listed).await?;
            if let Err(error) = &done {
                for (id, _) in &listed {
                    if let Some(one) = sources.followed.get_mut(id) {
                        one.failed(error);
                    }
                }
                return Some((sources, done));
            }
        }
        Some((sources, Ok(())))
    }

    fn set_states(&mut self, state: &str, replayed: Option<u64>) {
        for Followed { status, .. } in self.followed.values_mut() {
            state.clone_into(&mut status.state);
            status.replayed = replayed;
        }
    }

    /// The sources that it is time to look at, by the kind of log that they are said to be.
    fn list(&mut self) -> BTreeMap<Option<String>, Vec<(String, Arc<Listed>)>> {
        let mut kinds: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, one) in &mut self.followed {
            if let Some(listed) = one.list(&self.defaults) {
                kinds.entry(one.wanted.kind.clone()).or_default().push((id.clone(), Arc::new(listed)));
            }
        }
        kinds
    }

    /// Reads what is new in what was listed, slice by slice. `None` when the server stops.
    async fn read(
        &mut self,
        intake: &Intake,
        kind: Option<&str>,
        listed: &[(String, Arc<Listed>)],
    ) -> Option<Result<(), String>> {
        let kind = kind.and_then(|kind| Kind::from_str(kind, false).ok()).and_then(Kind::chosen);
        let options = Options { kind, ..super::options(&self.defaults) };
        let sources: Vec<Arc<dyn Source>> =
            listed.iter().map(|(_, one)| Arc::<Listed>::clone(one) as Arc<dyn Source>).collect();
        let mut reading =
            match intake.with(move |kept, watched| Reading::begin(kept, watched, &sources, options)).await? {
                Ok(reading) => reading,
                Err(error) => return Some(Err(error)),
            };
        let done = loop {
            let (pieces, done);
            (reading, pieces) = elsewhere(move || {
                let pieces = reading.slice();
                (reading, pieces)
            })
            .await?;
            // What is followed has changed: it begins anew, with what is left.
            if pieces.is_empty() || self.registry.stamp() != self.stamp {
                break Ok(());
            }
            let mut tally = tally_of(listed);
            let taken = intake.with(move |kept, watched| {
                let done = reading.take(kept, watched, pieces, &mut tally);
                (reading, tally, done)
            });
            (reading, tally, done) = taken.await?;
            self.count(&tally, listed);
            match done {
                Ok(true) => self.tell(),
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        if done.is_ok() {
            // Also where nothing was new.
            self.count(&tally_of(listed), listed);
            self.problems(reading.pass.progress(), listed);
        }
        // Its threads may wait for a network.
        elsewhere(move || drop(reading)).await?;
        Some(done)
    }

    /// Adds what was read to the sources' statuses.
    fn count(&mut self, tally: &Tally, listed: &[(String, Arc<Listed>)]) {
        let now = SystemClock.now().iso8601();
        for ((id, _), count) in listed.iter().zip(tally.counts()) {
            let Some(Followed { status, .. }) = self.followed.get_mut(id) else { continue };
            "following".clone_into(&mut status.state);
            status.replayed = None;
            status.read += count.files;
            status.records += count.records.saturating_sub(count.broken);
            status.broken += count.broken;
            if count.records > 0 {
                status.last_read = Some(now.clone());
            }
        }
    }

    /// Tells of each file that could not be read, once.
    fn problems(&mut self, read: &Progress, listed: &[(String, Arc<Listed>)]) {
        let tally = tally_of(listed);
        for (file, problem) in &read.problems {
            let text = format!("`{file}`: {problem}");
            if self.told.len() < TOLD && self.told.insert(text.clone()) {
                tracing::warn!("{text}");
            }
            let of = tally.index(file).and_then(|index| listed.get(index));
            let of = of.and_then(|(id, _)| self.followed.get_mut(id));
            if let Some(one) = of {
                one.told(&text);
            }
        }
    }

    /// Writes down how far each source is, when that has changed or was not written for a while.
    fn tell(&mut self) {
        let now: BTreeMap<String, Status> =
            self.followed.iter().map(|(id, one)| (id.clone(), one.status.clone())).collect();
        let (said, when) = &self.said;
        let same = |a: &Status, b: &Status| {
            Status { looked: None, ..a.clone() } == Status { looked: None, ..b.clone() }
        };
        let nothing_new = said.len() == now.len()
            && now.iter().all(|(id, status)| said.get(id).is_some_and(|said| same(said, status)));
        if nothing_new && (now.is_empty() || when.is_some_and(|when| when.elapsed() < SAY)) {
            return;
        }
        match self.registry.tell(now.clone()) {
            Ok(()) => self.said = (now, Some(Instant::now())),
            Err(error) => tracing::warn!(error, "how far sources are could not be written down"),
        }
    }
}

impl Followed {
    /// What is in it, when it is time for a look; one that fails does not keep others from being read.
    fn list(&mut self, defaults: &Ingest) -> Option<Listed> {
        let far = self.wanted.path.contains("://");
        if self.looked.is_some_and(|looked| looked.elapsed() < if far { FAR } else { PAUSE / 2 }) {
            return None;
        }
        self.looked = Some(Instant::now());
        self.status.looked = Some(SystemClock.now().iso8601());
        match self
            .open(defaults)
            .and_then(|source| Listed::new(source, &self.wanted.path).map_err(|error| error.to_string()))
        {
            Ok(listed) => {
                self.status.files = listed.items.len() as u64;
                Some(listed)
            }
            Err(error) => {
                self.failed(&error);
                None
            }
        }
    }

    fn open(&mut self, defaults: &Ingest) -> Result<Arc<dyn Source>, String> {
        if let Some(source) = &self.source {
            return Ok(Arc::clone(source));
        }
        let Registered { path, include, exclude, endpoint_url, region, no_sign_request, ca_bundle, .. } =
            &self.wanted;
        let choice = Choice::new(include, exclude).map_err(|error| error.to_string())?;
        let theirs = &defaults.buckets;
        let endpoint_url = match endpoint_url {
            Some(address) => {
                Some(address.parse().map_err(|error| format!("`{address}` is no address: {error}"))?)
            }
            None if self.status.argument => theirs.endpoint_url.clone(),
            None => None,
        };
        let buckets = Buckets {
            endpoint_url,
            region: region.clone().unwrap_or_else(|| theirs.region.clone()),
            no_sign_request: *no_sign_request,
            ca_bundle: ca_bundle.clone().or_else(|| theirs.ca_bundle.clone()),
        };
        let source = super::source(path, &buckets, &choice)?;
        self.source = Some(Arc::clone(&source));
        Ok(source)
    }

    fn failed(&mut self, error: &str) {
        if self.status.state != "failing" || self.status.error.as_deref() != Some(error) {
            tracing::warn!(path = self.wanted.path, error, "a source could not be read; it is tried again");
        }
        "failing".clone_into(&mut self.status.state);
        self.told(error);
    }

    fn told(&mut self, error: &str) {
        if self.status.error.as_deref() != Some(error) {
            self.status.error_time = Some(SystemClock.now().iso8601());
            self.status.error = Some(error.to_owned());
        }
    }
}

/// Waits for something on a thread of its own, which keeps nobody from anything, nor the server from stopping: the
/// runtime would wait for its own threads. `None` when there is no thread.
async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let work = move || {
        // Who asked may have stopped waiting.
        let _ = answer.send(work());
    };
    if let Err(error) = std::thread::Builder::new().name("sources".to_owned()).spawn(work) {
        tracing::error!(%error, "no thread can be started; sources are no longer followed");
    }
    answered.await.ok()
}

/// Counts for what is listed.
fn tally_of(listed: &[(String, Arc<Listed>)]) -> Tally {
    Tally::new(listed.iter().map(|(_, one)| one.beginning.clone()))
}

/// Whether more can be read.
enum Ready {
    Yes,
    /// Nobody has a detector.
    Nobody,
    /// The engine is still being shown what was read before; so much of it, in percent, it has seen.
    NotYet(u64),
}

/// Brings the engine a step nearer to what the lake holds.
fn prepare(kept: &mut Kept, watched: &mut Watched) -> Result<Ready, String> {
    if !kept.catch_up(watched).map_err(|error| error.to_string())? {
        return Ok(Ready::NotYet(kept.percent()));
    }
    if let Err(error) = kept.tidy() {
        tracing::warn!(%error, "small parts of the lake stay as they are");
    }
    Ok(if watched.is_on() { Ready::Yes } else { Ready::Nobody })
}

/// A pass over sources. What it reads goes to the engine's thread a slice at a time: between two of them that has time for
/// the server's own record, and for logs that are pushed.
struct Reading {
    pass: Pass,
    /// How often the lake was forgotten when it began.
    forgotten: u64,
}

impl Reading {
    fn begin(
        kept: &mut Kept,
        watched: &mut Watched,
        sources: &[Arc<dyn Source>],
        options: Options,
    ) -> Result<Self, String> {
        let forgotten = kept.forgotten();
        let mut taking = kept.begin(watched).map_err(|error| error.to_string())?;
        let pass = Pass::new(sources, options, &mut taking).map_err(|error| error.to_string())?;
        Ok(Self { pass, forgotten })
    }

    /// Waits for what comes next.
    fn slice(&mut self) -> Vec<Piece> {
        let (began, mut size, mut pieces) = (Instant::now(), 0, Vec::new());
        while size < SLICE && (pieces.is_empty() || began.elapsed() < SOON) {
            let Some(piece) = self.pass.read() else { break };
            size += piece.size();
            pieces.push(piece);
        }
        pieces
    }

    /// Takes it. Gives whether to go on: not when it has to begin anew, or nobody has a detector any more.
    fn take(
        &mut self,
        kept: &mut Kept,
        watched: &mut Watched,
        pieces: Vec<Piece>,
        tally: &mut Tally,
    ) -> Result<bool, String> {
        if !matches!(prepare(kept, watched)?, Ready::Yes) || kept.forgotten() != self.forgotten {
            return Ok(false);
        }
        let mut taking = kept.begin(watched).map_err(|error| error.to_string())?;
        taking.tally = Some(tally);
        for piece in pieces {
            self.pass.take(piece, &mut taking).map_err(|error| error.to_string())?;
        }
        taking.commit().map(|()| true)
    }
}

/// A source as it was when it was listed.
struct Listed {
    source: Arc<dyn Source>,
    items: Vec<Item>,
    /// What the names of its files begin with.
    beginning: String,
}

impl Listed {
    fn new(source: Arc<dyn Source>, path: &str) -> Result<Self, SourceError> {
        let mut items = Vec::new();
        source.list(&mut |item| items.push(item))?;
        let beginning = if path.starts_with("s3://") {
            split_pattern(path).map_or(path, |(base, _)| base).to_owned()
        } else {
            source.name().to_owned()
        };
        Ok(Self { source, items, beginning })
    }
}

impl Source for Listed {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn list(&self, each: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
        self.items.iter().cloned().for_each(each);
        Ok(())
    }

    fn peeks(&self) -> bool {
        self.source.peeks()
    }

    fn together(&self) -> usize {
        self.source.together()
    }

    fn open(&self, item: &Item, from: u64) -> Result<Box<dyn Read + Send>, SourceError> {
        self.source.open(item, from)
    }
}
