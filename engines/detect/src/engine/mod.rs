//! The engine: detectors, and the findings that they have made.

mod clock;
mod fold;
mod seen;
#[cfg(test)]
mod tests;
mod trust;

use std::sync::Arc;

use bastide_finding::{Detection, Finding};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::{Kind, Record};

use crate::detector::{Context, Detector};
use crate::settings::Settings;
use clock::{LogClock, Worth};
use fold::Fold;
use seen::Seen;

/// Detectors, fed with records, and the findings that they have made.
///
/// A service runs one engine for what it watches: it replays what it has ([`Mode::Replay`]), then feeds what comes
/// ([`Mode::Live`]), tells it the time now and then ([`Engine::tick`]), and stores and publishes what
/// [`Engine::changes`] names. A command feeds all it has, calls [`Engine::finish`] and prints [`Engine::findings`].
pub struct Engine {
    intel: Arc<Intel>,
    settings: Settings,
    detectors: Vec<Box<dyn Detector>>,
    /// The places of those that look at flows and at DNS queries, of which there are very many.
    of_flows: Vec<usize>,
    of_queries: Vec<usize>,
    mode: Mode,
    clock: LogClock,
    /// The minute of the log's time at which windows were last judged.
    ticked: i64,
    seen: Seen,
    found: Vec<Detection>,
    fold: Fold,
    counts: Counts,
}

/// What looks at a record besides the detectors.
pub type More<'m> = &'m mut dyn FnMut(&Record<'_>, Context<'_>, &mut Vec<Detection>);

/// What becomes of what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Findings are made, and named as changed.
    #[default]
    Live,
    /// Findings are made, but not named as changed: they were made before, and are being rebuilt.
    Replay,
    /// Detectors learn what is usual; what they find is dropped.
    Learn,
}

/// A finding that is new, or that more was found of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The finding's id.
    pub id: String,
    /// Whether it was not there before.
    pub new: bool,
}

/// What an engine has been fed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that detectors were shown.
    pub records: u64,
    /// Records whose id had been seen; detectors weren't shown them.
    pub duplicates: u64,
    /// Records that came more than 6 hours after later ones.
    pub late: u64,
    /// Records of times after the horizon; detectors were shown them as of the log's time.
    pub ahead: u64,
    /// Findings that were forgotten because there were too many.
    pub forgotten: u64,
}

const MINUTE: i64 = 60_000;

/// Detections that may wait for [`Engine::drain`]; beyond them they are folded at once.
const WAITING: usize = 16_384;

impl Engine {
    /// An engine with these detectors.
    #[must_use]
    pub fn new(intel: Arc<Intel>, settings: Settings, detectors: Vec<Box<dyn Detector>>) -> Self {
        let of = |kind: Kind| {
            let sees = detectors.iter().enumerate().filter(|(_, detector)| detector.sees(kind));
            sees.map(|(place, _)| place).collect()
        };
        let (of_flows, of_queries) = (of(Kind::Flow), of(Kind::Dns));
        Self {
            intel,
            settings,
            detectors,
            of_flows,
            of_queries,
            mode: Mode::default(),
            clock: LogClock::new(),
            ticked: i64::MIN,
            seen: Seen::new(),
            found: Vec::new(),
            fold: Fold::default(),
            counts: Counts::default(),
        }
    }

    /// Lists and places change from the next record on.
    pub fn set_intel(&mut self, intel: Arc<Intel>) {
        self.intel = intel;
    }

    /// What the operator says changes from the next record on.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// What becomes of what is found changes from the next record on.
    pub fn set_mode(&mut self, mode: Mode) {
        self.fold_found();
        self.mode = mode;
    }

    /// No record is from later than this, whatever its clock says: the time of the machine and some minutes, as the
    /// feeder knows it. Without it nothing is too late; a leap of the log's time is still believed only when
    /// records in a row agree.
    pub fn set_horizon(&mut self, horizon: Timestamp) {
        self.clock.limit(horizon);
    }

    /// Shows all detectors a record, unless its id was seen before.
    pub fn feed(&mut self, record: &Record<'_>) {
        self.feed_and(record, None);
    }

    /// The same, and then shows it to `more`, whose finds count as those of a detector.
    pub fn feed_and(&mut self, record: &Record<'_>, more: Option<More<'_>>) {
        if self.seen.again(record) {
            self.counts.duplicates += 1;
            return;
        }
        self.counts.records += 1;
        match self.clock.see(record.time()) {
            Worth::Good => {}
            Worth::Late => self.counts.late += 1,
            Worth::Ahead => {
                self.counts.ahead += 1;
                return self.feed_at_log_time(record, more);
            }
        }
        self.tick_minute();
        self.show(record, more);
    }

    /// The time has come to `now` even if no record says so: windows that ended are judged. For feeders of records
    /// as they are written.
    pub fn tick(&mut self, now: Timestamp) {
        self.clock.see(now);
        self.judge(now.millis().div_euclid(MINUTE));
    }

    /// The input has ended: windows that are open are judged as they are.
    pub fn finish(&mut self) {
        self.judge_at(Timestamp::from_millis(i64::MAX));
    }

    /// What has been found since the last call, as detections; those of a key that is known already too. They are
    /// part of the findings from now on. When very much was found since, only the latest.
    pub fn drain(&mut self) -> Vec<Detection> {
        let found = std::mem::take(&mut self.found);
        for detection in &found {
            self.add(detection.clone());
        }
        found
    }

    /// The findings that are new or were added to since the last call, in the order of their ids; `now`, by the
    /// clock, is written into them.
    pub fn changes(&mut self, now: Timestamp) -> Vec<Change> {
        self.fold_found();
        self.fold.changed(now).into_iter().map(|(id, new)| Change { id, new }).collect()
    }

    /// A finding. Detections that are not drained yet are not in it.
    #[must_use]
    pub fn finding(&self, id: &str) -> Option<&Finding> {
        self.fold.findings().get(id)
    }

    /// All findings that detections drained so far add up to, in the order of their ids.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.fold.findings().values()
    }

    /// What has been fed so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { forgotten: self.fold.forgotten(), ..self.counts }
    }

    /// How far the records have come; `None` before the first.
    #[must_use]
    pub fn log_time(&self) -> Option<Timestamp> {
        self.clock.now()
    }

    /// A record whose clock is wrong is taken as one of the log's time; before there is one, at the horizon.
    fn feed_at_log_time(&mut self, record: &Record<'_>, more: Option<More<'_>>) {
        let time = self.clock.now().unwrap_or_else(|| self.clock.horizon());
        match record {
            Record::CloudTrail(event) => {
                let mut event = (*event).clone();
                event.time = time;
                self.show(&Record::CloudTrail(&event), more);
            }
            Record::Flow(flow) => {
                let mut flow = (*flow).clone();
                (flow.start, flow.end) = (time, time.plus(flow.end.since(flow.start)));
                self.show(&Record::Flow(&flow), more);
            }
            Record::Dns(query) => {
                let mut query = (*query).clone();
                query.time = time;
                self.show(&Record::Dns(&query), more);
            }
            Record::Kubernetes(event) => {
                let mut event = (*event).clone();
                event.time = time;
                self.show(&Record::Kubernetes(&event), more);
            }
            Record::Login(login) => {
                let mut login = (*login).clone();
                login.time = time;
                self.show(&Record::Login(&login), more);
            }
        }
    }

    fn show(&mut self, record: &Record<'_>, more: Option<More<'_>>) {
        let cx = Context { intel: &self.intel, settings: &self.settings };
        let before = self.found.len();
        let (detectors, found) = (&mut self.detectors, &mut self.found);
        match record {
            Record::CloudTrail(event) => detectors.iter_mut().for_each(|it| it.cloudtrail(event, cx, found)),
            Record::Kubernetes(event) => detectors.iter_mut().for_each(|it| it.kubernetes(event, cx, found)),
            Record::Login(login) => detectors.iter_mut().for_each(|it| it.login(login, cx, found)),
            Record::Flow(flow) => {
                for place in &self.of_flows {
                    if let Some(detector) = detectors.get_mut(*place) {
                        detector.flow(flow, cx, found);
                    }
                }
            }
            Record::Dns(query) => {
                for place in &self.of_queries {
                    if let Some(detector) = detectors.get_mut(*place) {
                        detector.dns(query, cx, found);
                    }
                }
            }
        }
        if let Some(more) = more {
            more(record, cx, &mut self.found);
        }
        self.tell(before);
    }

    fn tick_minute(&mut self) {
        let sure = self.clock.sure();
        if sure != i64::MIN {
            self.judge(sure.div_euclid(MINUTE));
        }
    }

    fn judge(&mut self, minute: i64) {
        if minute > self.ticked {
            self.ticked = minute;
            self.judge_at(Timestamp::from_millis(minute.saturating_mul(MINUTE)));
        }
    }

    fn judge_at(&mut self, now: Timestamp) {
        let cx = Context { intel: &self.intel, settings: &self.settings };
        let before = self.found.len();
        for detector in &mut self.detectors {
            detector.tick(now, cx, &mut self.found);
        }
        self.tell(before);
    }

    /// Tells all detectors what was found from `before` on; what they find in that is told to nobody.
    fn tell(&mut self, before: usize) {
        if self.found.len() > before && !self.intel.is_empty() {
            let rest = self.found.split_off(before);
            self.found.extend(rest.into_iter().filter(|found| !trust::trusted(found, &self.intel)));
        }
        if self.found.len() == before {
            return;
        }
        let cx = Context { intel: &self.intel, settings: &self.settings };
        let mut more = Vec::new();
        for detection in self.found.iter().skip(before) {
            for detector in &mut self.detectors {
                detector.detected(detection, cx, &mut more);
            }
        }
        self.found.append(&mut more);
        if self.mode != Mode::Live || self.found.len() > WAITING {
            self.fold_found();
        }
    }

    fn fold_found(&mut self) {
        for detection in std::mem::take(&mut self.found) {
            self.add(detection);
        }
    }

    fn add(&mut self, detection: Detection) {
        if self.mode != Mode::Learn {
            let now = self.clock.now().unwrap_or(detection.last);
            self.fold.add(detection, now, self.mode == Mode::Live);
        }
    }
}
