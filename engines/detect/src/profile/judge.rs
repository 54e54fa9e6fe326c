//! When what an identity did is unusual enough to be told.
//!
//! Bits of surprise of what is about independent are added: the acts, from where, with what, in which place, on
//! what, refusals, a burst of new acts, the hour. A finding needs enough of them, from two sides at least: a person who
//! does something new from the usual desk, or the usual from a hotel, is no finding.

use super::bits::{burst, surprise};
use super::model::{Measured, Model};
use super::sighting::{Feature, QUARTER};
use super::window::{Act, LEARNING, Window};

/// Bits that make a finding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// From which an act is looked at, and belongs to what is told.
    pub(super) candidate: f32,
    /// From two sides or more.
    pub(super) enough: f32,
    /// Further ones for what only looks around.
    pub(super) looks: f32,
    /// Of behaviour alone, for a program, and for a person, who does something new now and then.
    pub(super) alone: (f32, f32),
    /// Of what surrounds acts alone, likewise.
    pub(super) around: (f32, f32),
    /// For an identity that has no habits yet: of it little can be known, and that it is new is a side of its own.
    pub(super) newcomer: f32,
    /// Without a baseline, where the priors carry nearly all.
    pub(super) cold: f32,
    /// Further ones for what was done in an account's first week, when all was new.
    pub(super) first_week: f32,
}

/// Bits from which one side is unusual.
const SIDE: f32 = 5.0;
/// Bits from which what surrounds the acts is unusual, taken together.
const AROUND: f32 = 6.0;
/// Bits of a side below which it is usual: habits among several have a bit or two.
const USUAL: f32 = 1.5;
/// Bits for an identity of which something was told within a day.
const LATELY: f32 = 4.0;
/// Most bits of acts that only look around, and of those that a person clicked together: a page of a console makes
/// many calls.
const PAGE: f32 = 14.0;
const CLICKS: f32 = 10.0;
/// Bits of a volume, and of something else, that need fewer bits in all: volumes are judged by the day, and not with
/// each thing that is done.
const VOLUME: f32 = 6.0;
const BESIDE: f32 = 4.5;
const VOLUME_ENOUGH: f32 = 15.0;

/// What is known where something is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Baseline {
    /// Minutes after which something is a habit.
    pub(super) horizon: u32,
    /// Minutes from the account's first record to its last.
    pub(super) span: u32,
    /// There is too little to know what is usual.
    pub(super) cold: bool,
    /// It was done before there was a baseline, and is judged by what came after.
    pub(super) held: bool,
}

/// Something unusual.
#[derive(Debug)]
pub(super) struct Verdict {
    /// The window's acts of one kind of finding that are unusual, the most surprising first.
    pub(super) acts: Vec<(usize, Measured)>,
    /// The bits by side.
    pub(super) sides: Sides,
    /// The bits that were needed.
    pub(super) needed: f32,
}

/// Bits of surprise by side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sides {
    /// The acts: the rarest whole, each further one half as much as the one before.
    pub(super) acts: f32,
    /// Acts that are new to the identity, in one window.
    pub(super) burst: f32,
    /// Unusual acts of several tactics in one window.
    pub(super) breadth: f32,
    /// Refusals that are not usual.
    pub(super) denials: f32,
    /// From where.
    pub(super) place: f32,
    /// With what.
    pub(super) tool: f32,
    /// From a network in which others of the kind are not.
    pub(super) zone: f32,
    /// In which region.
    pub(super) area: f32,
    /// On what.
    pub(super) thing: f32,
    /// How much.
    pub(super) volume: f32,
    /// When.
    pub(super) hour: f32,
    /// The identity was not there before, nor perhaps its kind.
    pub(super) newcomer: f32,
    /// Without credentials, on what only callers with credentials used.
    pub(super) open: f32,
    /// Something was told of the identity within a day.
    pub(super) lately: f32,
}

impl Sides {
    /// All bits.
    pub(super) fn total(&self) -> f32 {
        self.acts
            + self.burst
            + self.breadth
            + self.denials
            + self.place
            + self.tool
            + self.zone
            + self.area
            + self.thing
            + self.volume
            + self.hour
            + self.newcomer
            + self.open
            + self.lately
    }

    /// The bits of what surrounds the acts.
    fn around(&self) -> f32 {
        self.surroundings().iter().sum()
    }

    /// The same without what is usual.
    fn unusual(&self) -> f32 {
        self.surroundings().iter().filter(|bits| **bits >= USUAL).sum()
    }

    fn surroundings(&self) -> [f32; 10] {
        let [place, tool, area, thing] = [self.place, self.tool, self.area, self.thing];
        let [volume, hour, newcomer] = [self.volume, self.hour, self.newcomer];
        [place, tool, self.zone, area, self.denials, thing, volume, hour, newcomer, self.open]
    }

    /// Much, and besides from elsewhere, with something else, or of what is not read otherwise.
    fn much(&self) -> bool {
        self.volume >= VOLUME && self.place.max(self.tool).max(self.thing) >= BESIDE
    }

    /// Whether more than one side is unusual: what was done and what surrounds it, or two of what surrounds it.
    fn many(&self) -> bool {
        let behaviour = self.acts.max(self.burst) >= SIDE;
        let unusual = self.surroundings().iter().filter(|bits| **bits >= SIDE).count();
        unusual + usize::from(behaviour) >= 2 || behaviour && self.unusual() >= AROUND
    }
}

/// What is unusual in a window, by kind of finding. `lately`: something was told of the identity within a day.
pub(super) fn judge<D>(
    window: &Window<D>,
    model: &Model,
    baseline: &Baseline,
    lately: bool,
    rules: &Rules,
) -> Vec<Verdict> {
    let mut acts: Vec<(usize, Measured)> = Vec::with_capacity(window.acts.len());
    for (at, act) in window.acts.iter().enumerate() {
        let measured = model.measure(&act.sighting, act.prior, baseline.horizon);
        if measured.of(Feature::Act) + measured.context() + act.volume + act.zone >= rules.candidate {
            acts.push((at, measured));
        }
    }
    let Some(actor) = model.actor(window.actor) else { return Vec::new() };
    let settled = actor.settled(window.last, baseline.horizon) && !baseline.cold;
    let new =
        window.new.iter().filter(|act| !actor.habit(Feature::Act, **act, window.last, baseline.horizon));
    let new = new.count() as u32;
    let denied = window.denied.iter();
    let denied = denied.filter(|act| !actor.habit(Feature::Denial, **act, window.last, baseline.horizon));
    let denied = denied.count() as u32;
    let common = Sides {
        burst: if settled {
            burst(new, actor.novelty(), 12.0)
        } else {
            burst(window.services.len() as u32, 4.0, 8.0)
        },
        denials: burst(denied, if settled { actor.denials() } else { 1.0 }, 10.0),
        breadth: breadth(window, &acts),
        lately: if lately { LATELY } else { 0.0 },
        newcomer: if settled || baseline.cold { 0.0 } else { newcomer(window, model) },
        open: if settled || baseline.cold { 0.0 } else { open(window, model) },
        ..Sides::default()
    };
    let mut groups: Vec<u8> =
        acts.iter().filter_map(|(at, _)| window.acts.get(*at)).map(|act| act.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let of = |group: u8| {
        let own = acts.iter().filter(|(at, _)| window.acts.get(*at).is_some_and(|act| act.group == group));
        verdict(window, own.copied().collect(), common, (actor.steady(), settled, *baseline), rules)
    };
    groups.into_iter().filter_map(of).collect()
}

fn verdict<D>(
    window: &Window<D>,
    mut acts: Vec<(usize, Measured)>,
    common: Sides,
    (steady, settled, baseline): (bool, bool, Baseline),
    rules: &Rules,
) -> Option<Verdict> {
    acts.sort_by(|(a_at, a), (b_at, b)| {
        b.of(Feature::Act).total_cmp(&a.of(Feature::Act)).then(a_at.cmp(b_at))
    });
    let most = |of: &dyn Fn(&Measured) -> f32| acts.iter().map(|(_, it)| of(it)).fold(0.0, f32::max);
    let context = acts.iter().max_by(|(_, a), (_, b)| a.context().total_cmp(&b.context()));
    let context = context.map(|(_, measured)| *measured)?;
    let own = || acts.iter().filter_map(|(at, _)| window.acts.get(*at));
    let looks = own().all(|act| act.looks && act.volume < SIDE);
    let distinct = distinct(window, &acts);
    let sides = Sides {
        // Looks come in pages: those of one page are not independent.
        acts: match (looks, own().all(|act| act.clicked)) {
            (true, true) => distinct.min(CLICKS),
            (true, false) => distinct.min(PAGE),
            _ => distinct,
        },
        place: context.of(Feature::Place),
        tool: context.of(Feature::Tool),
        zone: own().map(|act| act.zone).fold(0.0, f32::max),
        area: context.of(Feature::Area),
        thing: context.of(Feature::Thing),
        volume: own().map(|act| act.volume).fold(0.0, f32::max),
        hour: most(&|measured| measured.hour),
        ..common
    };
    let behaviour = sides.acts + sides.burst;
    let cold = baseline.cold;
    let more = if looks { rules.looks } else { 0.0 } + if baseline.held { rules.first_week } else { 0.0 };
    let fresh = !settled && !cold && rules.newcomer < rules.enough;
    let needed = match (cold, fresh) {
        (true, _) => rules.cold + more,
        (false, true) => rules.newcomer + if baseline.held { rules.first_week } else { 0.0 },
        (false, false) => rules.enough + more,
    };
    let of = |(program, person): (f32, f32)| if steady { program } else { person } + more;
    let much = !cold && sides.much();
    let needed = if much { needed.min(VOLUME_ENOUGH + more) } else { needed };
    let enough = sides.total() >= needed && (cold || much || fresh || sides.many());
    let alone = !cold && (behaviour >= of(rules.alone) || sides.around() >= of(rules.around));
    (enough || alone).then_some(Verdict { acts, sides, needed })
}

/// The bits of the acts: the rarest whole, each further one half as much as the one before.
fn distinct<D>(window: &Window<D>, acts: &[(usize, Measured)]) -> f32 {
    let mut met: Vec<u64> = Vec::new();
    let (mut sum, mut weight) = (0.0, 1.0);
    for (at, measured) in acts {
        let Some(act) = window.acts.get(*at) else { continue };
        let value = act.sighting.value(Feature::Act);
        if !met.contains(&value) {
            met.push(value);
            sum += measured.of(Feature::Act) * weight;
            weight /= 2.0;
        }
    }
    sum
}

/// How rarely the account gets identities of this kind; most for the first of a kind. None for a role whose
/// namesakes are in other accounts: it was rolled out.
fn newcomer<D>(window: &Window<D>, model: &Model) -> f32 {
    let Some(act) = window.acts.first() else { return 0.0 };
    let namesakes = model.peers.group(act.sighting.namesakes);
    if act.sighting.namesakes != 0 && namesakes.is_some_and(|group| group.identities(window.last) > 1) {
        return 0.0;
    }
    let (Some(realm), Some(cohort)) =
        (model.peers.group(window.realm), model.peers.group(act.sighting.cohort))
    else {
        return 0.0;
    };
    // Each without the identity itself.
    let of = cohort.identities(window.last).saturating_sub(1) as f32;
    let all = realm.identities(window.last).saturating_sub(1) as f32;
    if of < 1.0 {
        return surprise(1.0 / (all + 1.0), 7.0);
    }
    // In an account's first week all are new.
    if window.last < realm.first.saturating_add(LEARNING) {
        return 0.0;
    }
    surprise((cohort.newcomers().saturating_sub(1) as f32 + 1.0) / (of + 1.0), 7.0)
}

/// How surprising it is that someone without credentials comes to what was there for so many quarter days without
/// any such caller.
fn open<D>(window: &Window<D>, model: &Model) -> f32 {
    let act = window.acts.iter().find(|act| act.open);
    act.map_or(0.0, |act| surprise(1.0 / (closed(act, model) as f32 + 2.0), 8.0))
}

/// Quarter days since what an act is done to was first seen.
pub(super) fn closed<D>(act: &Act<D>, model: &Model) -> u32 {
    let sighting = &act.sighting;
    let since = model.peers.since(sighting.realm, Feature::Thing, sighting.value(Feature::Thing));
    since.map_or(0, |since| sighting.minute.saturating_sub(since) / QUARTER)
}

/// Two bits for each further tactic with an unusual act, without what only looks around; at most 6.
fn breadth<D>(window: &Window<D>, acts: &[(usize, Measured)]) -> f32 {
    let rare = acts.iter().filter(|(_, measured)| measured.of(Feature::Act) >= SIDE);
    let acts = rare.filter_map(|(at, _)| window.acts.get(*at)).filter(|act| !act.looks);
    let groups = acts.fold(0u32, |groups, act| groups | 1 << (act.group & 31));
    (groups.count_ones().saturating_sub(1) as f32 * 2.0).min(6.0)
}
