//! The engine, and what shows it records: one thread of a low priority has it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use bastide_detect::rules::Catalogue;
use bastide_detect::{Change, Context, Engine, Mode, Settings};
use bastide_finding::{Detection, Finding};
use bastide_ids::{Place, Timestamp};
use bastide_intel::Intel;
use bastide_logs::Record;

use super::usage::Counted;
use crate::stored::RuleMode;

/// Work that waits for the thread.
const WAITING: usize = 16;

/// A way to the engine. Cheap to clone.
///
/// [`Feed::with`] runs something on the engine's thread, where it may show records with [`Watched::show`]: what ingests
/// logs runs there as a whole, so that records need not be copied.
#[derive(Clone)]
pub struct Feed {
    jobs: Arc<Mutex<Option<SyncSender<Job>>>>,
    catalogue: Arc<Catalogue>,
}

type Job = Box<dyn FnOnce(&mut Watched) + Send>;

/// The engine, and what it has been shown.
pub struct Watched {
    engine: Option<Engine>,
    /// Lists that count for all.
    common: Arc<Intel>,
    /// The lists of accounts and regions that have some.
    own: HashMap<(String, String), Arc<Intel>>,
    /// Whose lists the engine has just now.
    at: Option<(String, String)>,
    mode: Mode,
    /// How often the engine was started anew.
    starts: u64,
    /// Since when own records make findings, by account and region; where nobody has a detector, they only teach what
    /// is usual.
    since: Since,
    counted: Counted,
    catalogue: Arc<Catalogue>,
    /// The custom rules that are at work, by account and region.
    rules: HashMap<String, HashMap<String, Rules>>,
    /// Matches of dry runs since the last look.
    signals: Signals,
}

/// A custom rule that is at work in an account and region.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) association: String,
    pub(crate) mode: RuleMode,
    /// What happened before does not count.
    pub(crate) since: Timestamp,
    /// Nor does what happens from here on.
    pub(crate) until: Option<Timestamp>,
}

/// The rules of an account and region, by their ids.
pub(crate) type Rules = BTreeMap<String, Watch>;

/// How often rules have matched in dry runs: by account, region, rule and association.
pub(crate) type Signals = BTreeMap<(String, String, String, String), u64>;

/// Where a record comes from: what custom rules make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The server's own log, now.
    Own,
    /// Logs of other places: it counts however old it is.
    Elsewhere,
    /// Logs of other places that were shown before: dry runs have counted it.
    Again,
}

/// Since when detectors are on, by account and region.
pub(crate) type Since = HashMap<String, HashMap<String, Timestamp>>;

/// A finding that is new or that more was found of.
pub(crate) struct Changed {
    pub(crate) finding: Finding,
    /// It was not there before.
    pub(crate) new: bool,
}

/// What was found and is to be kept, by the findings' ids.
pub(crate) type Found = BTreeMap<String, Changed>;

impl Feed {
    /// A way to an engine that nothing was asked of yet; the catalogue holds the rules that accounts may associate with
    /// themselves.
    #[must_use]
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Self { jobs: Arc::default(), catalogue }
    }

    /// Whether anything was asked yet: before that there is no thread.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.jobs.lock().is_ok_and(|jobs| jobs.is_some())
    }

    /// Runs something on the engine's thread, after what was asked before. `None` when the thread has ended.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Watched) -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let jobs = self.jobs()?;
        let job: Job = Box::new(move |watched| {
            // Who asked may have stopped waiting.
            let _ = answer.send(work(watched));
        });
        // A full queue blocks: not a thread that serves requests.
        let sent = tokio::task::spawn_blocking(move || jobs.send(job).is_ok()).await;
        if sent.unwrap_or_default() { answered.await.ok() } else { None }
    }

    /// The way to the thread, which is started when it is first asked for.
    fn jobs(&self) -> Option<SyncSender<Job>> {
        let mut jobs = self.jobs.lock().ok()?;
        if let Some(jobs) = jobs.as_ref() {
            return Some(jobs.clone());
        }
        let (send, receive) = sync_channel(WAITING);
        let catalogue = Arc::clone(&self.catalogue);
        let started = std::thread::Builder::new().name("detect".to_owned());
        let started = started.spawn(move || serve(&receive, catalogue));
        if let Err(error) = started {
            tracing::error!(%error, "the thread that detects cannot be started; it is tried again");
            return None;
        }
        *jobs = Some(send.clone());
        Some(send)
    }
}

fn serve(jobs: &Receiver<Job>, catalogue: Arc<Catalogue>) {
    // Of this thread alone: Linux has a niceness for each. Without it it competes with requests.
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "the thread that detects keeps its priority");
    }
    let mut watched = Watched {
        engine: None,
        common: Arc::default(),
        own: HashMap::new(),
        at: None,
        mode: Mode::default(),
        starts: 0,
        since: Since::new(),
        counted: Counted::default(),
        catalogue,
        rules: HashMap::new(),
        signals: Signals::new(),
    };
    while let Ok(job) = jobs.recv() {
        job(&mut watched);
    }
}

impl Watched {
    /// Shows the engine a record, with the lists of the account that it is of. Nothing happens while nobody has a
    /// detector. Records of other sources make findings however old they are.
    pub fn show(&mut self, record: &Record<'_>, bytes: usize) {
        let (account, region) = place_of(record);
        self.show_in(Mode::Live, Origin::Elsewhere, record, (&account, &region), bytes);
    }

    /// Shows an engine that has started anew a record that it was shown before: what was found is found again, and
    /// nothing is counted twice.
    pub fn show_again(&mut self, record: &Record<'_>) {
        let (account, region) = place_of(record);
        self.show_in(Mode::Live, Origin::Again, record, (&account, &region), 0);
    }

    /// Shows the engine one of the server's own records; `mode` is for what detectors have been on for.
    pub(crate) fn show_own(&mut self, mode: Mode, record: &Record<'_>, bytes: usize) {
        let (account, region) = place_of(record);
        let since = self.since.get(account.as_ref()).and_then(|regions| regions.get(region.as_ref()));
        let counts = since.is_some_and(|since| *since <= record.time());
        let mode = if counts { mode } else { Mode::Learn };
        self.show_in(mode, Origin::Own, record, (&account, &region), bytes);
    }

    /// Since when own records make findings.
    pub(crate) fn set_since(&mut self, since: Since) {
        self.since = since;
    }

    /// What becomes of what is found from now on.
    pub(crate) fn set_mode(&mut self, mode: Mode) {
        if self.mode != mode {
            self.mode = mode;
            if let Some(engine) = &mut self.engine {
                engine.set_mode(mode);
            }
        }
    }

    fn show_in(
        &mut self,
        mode: Mode,
        origin: Origin,
        record: &Record<'_>,
        (account, region): (&str, &str),
        bytes: usize,
    ) {
        if self.engine.is_none() {
            return;
        }
        self.set_mode(mode);
        self.lists_of(account, region);
        self.feed(mode, origin, record, (account, region));
        self.counted.add(record, account, region, bytes);
    }

    /// Shows the engine a record, and the custom rules of its account and region, where a detector is on.
    fn feed(&mut self, mode: Mode, origin: Origin, record: &Record<'_>, (account, region): (&str, &str)) {
        let Self { engine: Some(engine), rules, signals, catalogue, since, .. } = self else { return };
        let on = |place: &HashMap<String, Timestamp>| place.contains_key(region);
        let rules = rules.get(account).and_then(|regions| regions.get(region));
        let Some(rules) = rules.filter(|_| since.get(account).is_some_and(on)) else {
            return engine.feed(record);
        };
        let mut look = |log: &Record<'_>, cx: Context<'_>, out: &mut Vec<Detection>| {
            let at = log.time();
            catalogue.matching(log, |rule| {
                let Some(watch) = rules.get(&rule.id) else { return };
                let early = origin != Origin::Elsewhere && at < watch.since.truncated_to_seconds();
                if early || watch.until.is_some_and(|until| at >= until) {
                    return;
                }
                if watch.mode == RuleMode::Live {
                    out.push(rule.detection(log, cx));
                } else if mode == Mode::Live && origin != Origin::Again {
                    let [account, region] = [account, region].map(str::to_owned);
                    let key = (account, region, rule.id.clone(), watch.association.clone());
                    *signals.entry(key).or_default() += 1;
                }
            });
        };
        engine.feed_and(record, Some(&mut look));
    }

    /// The custom rules of accounts and regions change.
    pub(crate) fn set_rules(&mut self, changed: Vec<(Place, Rules)>) {
        for (place, rules) in changed {
            let regions = self.rules.entry(place.account.to_string()).or_default();
            regions.insert(place.region.to_string(), rules);
            regions.retain(|_, rules| !rules.is_empty());
        }
        self.rules.retain(|_, regions| !regions.is_empty());
    }

    /// Matches of dry runs since the last look.
    pub(crate) fn signals(&mut self) -> Signals {
        std::mem::take(&mut self.signals)
    }

    /// Whether somebody has a detector.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.engine.is_some()
    }

    /// How often it was started anew, with nothing learned: what is to be known has to be shown again then.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.starts
    }

    /// Starts anew, with nothing learned.
    pub(crate) fn start(&mut self, settings: Settings) {
        self.starts += 1;
        self.engine = Some(Engine::new(Arc::clone(&self.common), settings, bastide_detect::all()));
        self.mode = Mode::default();
        self.at = None;
        self.counted = Counted::default();
        self.rules.clear();
        self.signals.clear();
    }

    /// Forgets everything.
    pub(crate) fn stop(&mut self) {
        self.engine = None;
    }

    pub(crate) fn engine(&mut self) -> Option<&mut Engine> {
        self.engine.as_mut()
    }

    /// Lists that count for all change.
    pub(crate) fn set_common(&mut self, intel: Arc<Intel>) {
        self.common = intel;
        self.renew();
    }

    /// The lists of an account and region change; `None`: it has none.
    pub(crate) fn set_own(&mut self, account: &str, region: &str, intel: Option<Arc<Intel>>) {
        let place = (account.to_owned(), region.to_owned());
        match intel {
            Some(intel) => self.own.insert(place, intel),
            None => self.own.remove(&place),
        };
        self.renew();
    }

    /// The findings that changed since the last look.
    pub(crate) fn changes(&mut self, now: Timestamp) -> Vec<Changed> {
        let Some(engine) = &mut self.engine else { return Vec::new() };
        let changes = engine.changes(now);
        let changed = |Change { id, new }| Some(Changed { finding: engine.finding(&id)?.clone(), new });
        changes.into_iter().filter_map(changed).collect()
    }

    /// What was counted since the last look.
    pub(crate) fn counted(&mut self) -> Counted {
        std::mem::take(&mut self.counted)
    }

    fn renew(&mut self) {
        self.at = None;
        if let Some(engine) = &mut self.engine {
            engine.set_intel(Arc::clone(&self.common));
        }
    }

    /// Most accounts have no lists of their own, and then nothing is to be done.
    fn lists_of(&mut self, account: &str, region: &str) {
        if self.own.is_empty() {
            return;
        }
        let same = self.at.as_ref().is_some_and(|(a, r)| a == account && r == region);
        if same {
            return;
        }
        let place = (account.to_owned(), region.to_owned());
        let intel = self.own.get(&place).unwrap_or(&self.common);
        if let Some(engine) = &mut self.engine {
            engine.set_intel(Arc::clone(intel));
        }
        self.at = Some(place);
    }
}

/// The account and the region that a record is of.
fn place_of<'a>(record: &Record<'a>) -> (Cow<'a, str>, Cow<'a, str>) {
    match record {
        Record::CloudTrail(event) => (event.account.clone(), event.region.clone()),
        Record::Flow(flow) => (flow.account.into(), flow.region.into()),
        Record::Dns(query) => (query.account.clone(), query.region.clone()),
        Record::Kubernetes(event) => (event.account.clone(), event.region.clone()),
        Record::Login(login) => (login.account.clone(), login.region.clone()),
    }
}
