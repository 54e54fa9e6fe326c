//! Windows: what one identity does within minutes is judged together.

use bastide_ids::Timestamp;

use super::explain::{self, Detail};
use super::hash::Map;
use super::judge::{Baseline, Rules, Verdict, judge};
use super::model::Model;
use super::sighting::{Feature, SETTLING, Sighting, minute};
use super::volume::Judged;

/// Minutes without anything unusual after which a window ends.
const IDLE: u32 = 10;
/// Minutes after which it ends in any case.
const LONGEST: u32 = 30;
/// Windows that are open at once.
const OPEN: usize = 1 << 13;
/// Windows that wait for their account to have a baseline.
const HELD: usize = 1 << 13;
/// Minutes in which something that was told of an identity makes more likely that what else it does belongs to it.
const LATELY: u32 = 24 * 60;
/// Identities that this is remembered of.
const TOLD: usize = 1 << 12;
/// Unusual acts that wait to be asked for.
const UNUSUAL: usize = 1 << 12;
/// Acts that a window keeps, and new acts that it counts.
const ACTS: usize = 64;

/// Minutes of an account's first record to its having a baseline: seven days, …
pub(super) const LEARNING: u32 = 7 * 24 * 60;
/// … with something in so many quarter days.
const LEARNING_QUARTERS: u32 = 10;

/// Windows, with details `D` of what was done.
pub(super) struct Windows<D> {
    rules: Rules,
    open: Map<u64, Window<D>>,
    held: Vec<Window<D>>,
    checked: u32,
    /// Identities of which something was told, and when.
    told: Map<u64, u32>,
    /// What was told, since it was asked for.
    unusual: Vec<Unusual>,
}

/// Something that was told as unusual.
pub(super) struct Unusual {
    /// The act.
    pub(super) sighting: Sighting,
    /// When it was seen last, in minutes.
    pub(super) last: u32,
}

/// Makes findings of what is unusual.
type Tell<'a, D> = dyn FnMut(&Window<D>, &[Verdict], &Baseline) + 'a;

/// What one identity has done within minutes, as far as it may be unusual.
pub(super) struct Window<D> {
    /// The identity.
    pub(super) actor: u64,
    /// Its account, cluster, or database.
    pub(super) realm: u64,
    opened: u32,
    /// The last minute of something unusual.
    pub(super) last: u32,
    /// What may be unusual.
    pub(super) acts: Vec<Act<D>>,
    /// Acts that were no habits; of a person's clicks their services.
    pub(super) new: Vec<u64>,
    /// Acts that were refused, and are not usually.
    pub(super) denied: Vec<u64>,
    /// Services that were touched.
    pub(super) services: Vec<u64>,
}

/// Something that was done, perhaps often.
pub(super) struct Act<D> {
    /// The first time.
    pub(super) sighting: Sighting,
    /// Which kind of findings it may be.
    pub(super) group: u8,
    /// It only looks around.
    pub(super) looks: bool,
    /// It is one of the calls that a person's click makes.
    pub(super) clicked: bool,
    /// It was done without credentials.
    pub(super) open: bool,
    /// The share of identities that do it in a month, by experience.
    pub(super) prior: f32,
    /// Bits of what is measured elsewhere: volumes.
    pub(super) volume: f32,
    /// Bits of a network in which others of the identity's kind are not.
    pub(super) zone: f32,
    /// How often.
    pub(super) count: u64,
    /// When first.
    pub(super) first: Timestamp,
    /// When last.
    pub(super) last: Timestamp,
    /// What the finding is made of.
    pub(super) detail: D,
}

/// What a record adds to a window besides an act.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added {
    /// What counts as new, and its act isn't a habit.
    pub(super) new: Option<u64>,
    /// The act, when it was refused and isn't usually.
    pub(super) denied: Option<u64>,
    /// The service.
    pub(super) service: u64,
}

impl Windows<Detail> {
    /// Counts a repetition of what the identity's window has.
    pub(super) fn repeat(&mut self, sighting: &Sighting, time: Timestamp, volume: Option<Judged>) {
        if self.open.is_empty() {
            return;
        }
        let Some(window) = self.open.get_mut(&sighting.actor) else { return };
        if let Some(act) = window.acts.iter_mut().find(|act| act.same(sighting)) {
            act.again(time);
            if let Some(volume) = volume.filter(|volume| volume.bits >= act.volume) {
                act.volume = volume.bits;
                act.detail.volume = Some(explain::volume(&volume));
            }
        }
    }
}

impl<D> Windows<D> {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            open: Map::default(),
            held: Vec::new(),
            checked: 0,
            told: Map::default(),
            unusual: Vec::new(),
        }
    }

    /// The identity's window, which is opened when there is none. `None` when a window is not open and too many are.
    pub(super) fn add(&mut self, sighting: &Sighting, added: Added) -> Option<&mut Window<D>> {
        if self.open.len() >= OPEN && !self.open.contains_key(&sighting.actor) {
            return None;
        }
        let window = self.open.entry(sighting.actor).or_insert_with(|| Window {
            actor: sighting.actor,
            realm: sighting.realm,
            opened: sighting.minute,
            last: sighting.minute,
            acts: Vec::new(),
            new: Vec::new(),
            denied: Vec::new(),
            services: Vec::new(),
        });
        window.last = window.last.max(sighting.minute);
        window.opened = window.opened.min(sighting.minute);
        for (list, value) in [
            (&mut window.new, added.new),
            (&mut window.denied, added.denied),
            (&mut window.services, Some(added.service)),
        ] {
            if let Some(value) = value
                && list.len() < ACTS
                && !list.contains(&value)
            {
                list.push(value);
            }
        }
        Some(window)
    }

    /// Judges windows that have ended, in the order of their beginnings. `tell` makes findings of what is unusual.
    pub(super) fn tick(&mut self, now: Timestamp, model: &Model, tell: &mut Tell<'_, D>) {
        let end = now.seconds() >= END;
        let now = minute(now);
        let over = |window: &Window<D>| {
            end || window.last.saturating_add(IDLE) <= now || window.opened.saturating_add(LONGEST) <= now
        };
        if !self.open.is_empty() {
            let mut ended: Vec<_> =
                self.open.extract_if(|_, window| over(window)).map(|(_, it)| it).collect();
            ended.sort_by_key(|window| (window.opened, window.actor));
            for window in ended {
                if model.mature(window.realm) {
                    self.judge(&window, model, &Baseline::full(model, &window), tell);
                } else if window.promising() {
                    self.hold(window);
                }
            }
        }
        if end || now / 360 != self.checked / 360 {
            self.checked = now;
            self.judge_held(end, model, tell);
        }
    }

    /// Windows of an account without a baseline are judged when it has one, or when there is no more input.
    fn judge_held(&mut self, end: bool, model: &Model, tell: &mut Tell<'_, D>) {
        for window in std::mem::take(&mut self.held) {
            if model.mature(window.realm) {
                let baseline = Baseline { held: true, ..Baseline::full(model, &window) };
                self.judge(&window, model, &baseline, tell);
            } else if end {
                self.judge(&window, model, &Baseline::none(model, &window), tell);
            } else {
                self.held.push(window);
            }
        }
    }

    fn judge(&mut self, window: &Window<D>, model: &Model, baseline: &Baseline, tell: &mut Tell<'_, D>) {
        let told = self.told.get(&window.actor).copied();
        let lately = !baseline.cold && told.is_some_and(|told| told.abs_diff(window.last) <= LATELY);
        let verdicts = judge(window, model, baseline, lately, &self.rules);
        if verdicts.is_empty() {
            return;
        }
        if self.told.len() >= TOLD {
            self.told.retain(|_, told| told.saturating_add(LATELY) > window.last);
            if self.told.len() >= TOLD {
                self.told.clear();
            }
        }
        self.told.insert(window.actor, window.last);
        let acts =
            verdicts.iter().flat_map(|verdict| &verdict.acts).filter_map(|(at, _)| window.acts.get(*at));
        let unusual = acts.map(|act| Unusual { sighting: act.sighting, last: window.last });
        self.unusual.extend(unusual.take(UNUSUAL.saturating_sub(self.unusual.len())));
        tell(window, &verdicts, baseline);
    }

    /// What was told since this was last asked.
    pub(super) fn unusual(&mut self) -> Vec<Unusual> {
        std::mem::take(&mut self.unusual)
    }

    fn hold(&mut self, window: Window<D>) {
        if self.held.len() >= HELD {
            self.held.sort_by(|a, b| b.rarity().total_cmp(&a.rarity()).then(a.opened.cmp(&b.opened)));
            self.held.truncate(HELD / 2);
            self.held.sort_by_key(|window| (window.opened, window.actor));
        }
        self.held.push(window);
    }
}

/// Seconds of the year 9000: the engine's sign for the end of input is later, no record is.
const END: i64 = 221_845_392_000;

impl Model {
    /// Whether a realm has been seen for long enough.
    pub(super) fn mature(&self, realm: u64) -> bool {
        let group = self.peers.group(realm);
        group.is_some_and(|group| group.span() >= LEARNING && group.quarters >= LEARNING_QUARTERS)
    }
}

impl Baseline {
    fn full<D>(model: &Model, window: &Window<D>) -> Self {
        let span = model.peers.group(window.realm).map_or(0, super::peers::Group::span);
        Self { horizon: SETTLING, span, cold: false, held: false }
    }

    /// Without a baseline, what was there a quarter of the log earlier or later is usual.
    fn none<D>(model: &Model, window: &Window<D>) -> Self {
        let span = model.peers.group(window.realm).map_or(0, super::peers::Group::span);
        Self { horizon: (span / 4).clamp(60, SETTLING), span, cold: true, held: false }
    }
}

impl<D> Window<D> {
    /// Adds something that was done, or counts it when it is there.
    pub(super) fn act(&mut self, act: Act<D>) {
        if let Some(known) = self.acts.iter_mut().find(|known| known.same(&act.sighting)) {
            known.again(act.last);
            known.zone = known.zone.max(act.zone);
            if act.volume > known.volume {
                (known.volume, known.detail) = (act.volume, act.detail);
            }
        } else if self.acts.len() < ACTS {
            self.acts.push(act);
        }
    }

    /// Whether keeping it until there is a baseline is worth the room.
    fn promising(&self) -> bool {
        self.rarity() >= 6.0
    }

    fn rarity(&self) -> f32 {
        let acts: f32 = self.acts.iter().map(|act| -act.prior.max(0.0001).log2() / 2.0 + act.volume).sum();
        acts + 3.0 * self.denied.len() as f32
    }
}

impl<D> Act<D> {
    fn same(&self, other: &Sighting) -> bool {
        let same = |feature| self.sighting.value(feature) == other.value(feature);
        same(Feature::Act) && same(Feature::Place) && same(Feature::Tool) && same(Feature::Denial)
    }

    fn again(&mut self, time: Timestamp) {
        self.count += 1;
        self.first = self.first.min(time);
        self.last = self.last.max(time);
    }
}
