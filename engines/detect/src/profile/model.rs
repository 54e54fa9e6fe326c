//! Profiles of identities: what each does, from where, with what; and how surprising a record is beside them.

use super::bits::{decayed, surprise};
use super::hash::{Map, both};
use super::peers::{Known, Peers, same_month};
use super::sighting::{EVERYONE, FEATURES, Feature, QUARTER, SETTLING, Sighting, established};

/// Identities with a profile; beyond it that of one which was not seen for long is forgotten.
const ACTORS: usize = 1 << 17;

/// Values in all profiles together (16 bytes each).
const SLOTS: usize = 12 << 20;

/// Records that were seen lately, by hash: a repetition within the hour teaches nothing.
const RECENT: usize = 1 << 15;

/// As many identities as an account weighs at most, and those of a kind.
const REALM: f32 = 12.0;
const COHORT: f32 = 60.0;

/// Most bits of one feature.
const CAP: f32 = 12.0;
/// Most bits of an act: how rare it is varies most.
const ACT_CAP: f32 = 16.0;

/// Minutes of a week.
const WEEK: f32 = 7.0 * 24.0 * 60.0;

/// As many identities as a prior weighs.
const PRIOR: f32 = 4.0;

/// Profiles, and what they have in common.
pub(super) struct Model {
    actors: Vec<Actor>,
    index: Map<u64, u32>,
    hand: usize,
    slots: usize,
    recent: Box<[u64]>,
    /// What groups of identities have in common.
    pub(super) peers: Peers,
}

/// One identity's profile.
pub(super) struct Actor {
    key: u64,
    /// The minute it was first seen.
    pub(super) first: u32,
    last: u32,
    /// Quarter days in which it acted, older ones for less.
    pub(super) quarters: f32,
    /// Acts that were new to it after its first two days, and the quarter days since.
    late: f32,
    late_quarters: f32,
    tallies: [Tally; FEATURES],
    /// Hours in which it was seen, on weekdays and on weekends: a bit each.
    hours: [u32; 2],
    /// Those of the last days, which count later.
    young_hours: [u32; 2],
    slots: Vec<Slot>,
}

/// A feature of one identity.
#[derive(Clone, Copy, Default)]
struct Tally {
    /// Quarter days by value, summed; older ones for less.
    seen: f32,
    /// Values.
    values: f32,
}

/// A value of a feature, in one identity's profile.
struct Slot {
    /// A part of the value's hash, and the feature.
    key: u32,
    first: u32,
    last: u32,
    /// Quarter days in which it was seen, older ones for less, as of the last.
    weight: f32,
}

/// What learning a record told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Learned {
    /// What was new to the identity's account: bits by feature.
    pub(super) fresh: u8,
    /// Its act is not (yet) a habit of the identity.
    pub(super) act_new: bool,
    /// It was refused, and such a refusal is not (yet) a habit.
    pub(super) denial_new: bool,
    /// The identity is known for two days or more.
    pub(super) settled: bool,
}

/// How surprising a record is beside the profiles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    /// Bits by feature.
    pub(super) bits: [f32; FEATURES],
    /// The numbers behind them.
    pub(super) facts: [Facts; FEATURES],
    /// Hours of the day at which the identity doesn't act otherwise: 0 to 3 bits.
    pub(super) hour: f32,
}

/// What is known of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// Quarter days in which the identity was seen with it, without what has yet to become a habit.
    pub(super) own: f32,
    /// Quarter days in which the identity was seen at all (of an act), or with any value.
    pub(super) total: f32,
    /// Values of the feature that the identity has.
    pub(super) values: f32,
    /// What the account knows of it.
    pub(super) realm: Known,
    /// Others of its kind that have begun with it within days, of an act.
    pub(super) beginning: u32,
}

impl Measured {
    /// The bits of a feature.
    pub(super) fn of(&self, feature: Feature) -> f32 {
        self.bits.get(feature as usize).copied().unwrap_or(0.0)
    }

    /// The numbers of a feature.
    pub(super) fn facts(&self, feature: Feature) -> Facts {
        self.facts.get(feature as usize).copied().unwrap_or_default()
    }

    /// The bits of what surrounds the act: from where, with what, in which place, on what.
    pub(super) fn context(&self) -> f32 {
        [Feature::Place, Feature::Tool, Feature::Area, Feature::Thing].iter().map(|of| self.of(*of)).sum()
    }
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            actors: Vec::new(),
            index: Map::default(),
            hand: 0,
            slots: 0,
            recent: vec![0; RECENT].into_boxed_slice(),
            peers: Peers::default(),
        }
    }

    /// Learns a record. `None` for what is as an earlier one of the same hour, which teaches nothing.
    pub(super) fn learn(&mut self, sighting: &Sighting) -> Option<Learned> {
        let mut mixed = both(sighting.actor, u64::from(sighting.minute / 60));
        for value in sighting.values {
            mixed = both(mixed, value);
        }
        let recent = self.recent.get_mut(mixed as usize & (RECENT - 1))?;
        if *recent == mixed {
            return None;
        }
        *recent = mixed;
        Some(self.learn_new(sighting))
    }

    fn learn_new(&mut self, sighting: &Sighting) -> Learned {
        let (at, known) = self.find_or_make(sighting);
        let Some(actor) = self.actors.get_mut(at) else { return Learned::default() };
        let again = known && same_month(actor.last, sighting.minute);
        self.peers.active(sighting, !again, !known);
        actor.meet(sighting.minute);
        let settled = actor.first.saturating_add(SETTLING) <= sighting.minute;
        let mut learned = Learned { settled, ..Learned::default() };
        let before = actor.slots.len();
        for feature in Feature::ALL {
            let value = sighting.value(feature);
            if value == 0 {
                continue;
            }
            let met = actor.learn(feature, value, sighting.minute);
            if met.add {
                let fresh = self.peers.add(sighting, feature, value, (met.known, settled));
                learned.fresh |= u8::from(fresh) << feature as u8;
            } else if met.later {
                self.peers.again(sighting, feature, value);
            }
            match feature {
                Feature::Act => {
                    learned.act_new = !met.habit;
                    actor.late += if settled && !met.known { 1.0 } else { 0.0 };
                }
                Feature::Denial => learned.denial_new = !met.habit,
                _ => {}
            }
        }
        actor.last = actor.last.max(sighting.minute);
        self.slots = (self.slots + actor.slots.len()).saturating_sub(before);
        learned
    }

    fn find_or_make(&mut self, sighting: &Sighting) -> (usize, bool) {
        if let Some(at) = self.index.get(&sighting.actor) {
            return (*at as usize, true);
        }
        let actor = Actor::new(sighting);
        let at = if self.actors.len() < ACTORS && self.slots < SLOTS {
            self.actors.push(actor);
            self.actors.len() - 1
        } else {
            let at = self.idlest();
            if let Some(place) = self.actors.get_mut(at) {
                self.slots -= place.slots.len().min(self.slots);
                self.index.remove(&place.key);
                *place = actor;
            }
            at
        };
        self.index.insert(sighting.actor, at as u32);
        (at, false)
    }

    /// The identity that was not seen for longest among the next few.
    fn idlest(&mut self) -> usize {
        let count = self.actors.len().max(1);
        let from = self.hand;
        self.hand = (self.hand + 16) % count;
        let near = (from..from + 16).map(|at| at % count);
        near.min_by_key(|at| (self.actors.get(*at).map_or(0, |actor| actor.last), *at)).unwrap_or(0)
    }

    /// The profile of an identity.
    pub(super) fn actor(&self, key: u64) -> Option<&Actor> {
        self.index.get(&key).and_then(|at| self.actors.get(*at as usize))
    }

    /// What was told as unusual is no habit yet: that takes two days from its last time. What is a habit already stays
    /// one.
    pub(super) fn unsettle(&mut self, sighting: &Sighting, last: u32) {
        let Some(at) = self.index.get(&sighting.actor) else { return };
        let Some(actor) = self.actors.get_mut(*at as usize) else { return };
        for feature in Feature::ALL {
            let key = slot_key(feature, sighting.value(feature));
            let young =
                |slot: &&mut Slot| slot.key == key && !established(slot.first, slot.last, last, SETTLING);
            if let Some(slot) = actor.slots.iter_mut().find(young) {
                slot.first = slot.first.max(last);
            }
        }
    }

    /// How surprising a record is that was learned already. `prior` is the share of identities that do such a
    /// thing in a month, where nothing is known; `horizon` the minutes after which something counts as a habit.
    pub(super) fn measure(&self, sighting: &Sighting, prior: f32, horizon: u32) -> Measured {
        let mut measured = Measured::default();
        let Some(actor) = self.actor(sighting.actor) else { return measured };
        let pairs = measured.bits.iter_mut().zip(measured.facts.iter_mut());
        for (feature, (bits, facts)) in Feature::ALL.into_iter().zip(pairs) {
            let value = sighting.value(feature);
            if value != 0 {
                (*bits, *facts) = match feature {
                    Feature::Act => self.act(actor, sighting, value, prior, horizon),
                    Feature::Denial => continue,
                    _ => self.choice(actor, sighting, (feature, value), horizon),
                };
            }
        }
        measured.hour = actor.hour(sighting.minute);
        measured
    }

    /// An act: the share of quarter days in which the identity does it, resting on the share of identities of its
    /// kind that do it in a month, on that of the account, and on the prior.
    fn act(&self, actor: &Actor, sighting: &Sighting, act: u64, prior: f32, horizon: u32) -> (f32, Facts) {
        let own = actor.own(Feature::Act, act, sighting.minute, horizon);
        let known = |scope| self.peers.known(scope, Feature::Act, act, true, sighting.minute, horizon);
        let (realm, mut cohort) = (known(sighting.realm), known(sighting.cohort));
        let beginning = self.peers.beginning(sighting.cohort, Feature::Act, act, sighting.minute, horizon);
        cohort.others = cohort.others.max(beginning.min(cohort.of));
        // Those who have been seen for hours haven't shown what they do in a month.
        let seen =
            self.peers.group(sighting.realm).map_or(0.0, |group| (group.span() as f32 / WEEK).min(1.0));
        let share = |known: &Known, most: f32, prior: f32| {
            let of = (known.of as f32 * seen).max(known.others as f32);
            // Many who are of another kind say no more than a few: programs don't do what people do.
            let scale = (most / of.max(1.0)).min(1.0);
            (known.others as f32 * scale + PRIOR * prior) / (of * scale + PRIOR)
        };
        let of_cohort = share(&cohort, COHORT, share(&realm, REALM, prior));
        let rest = 1.0 + actor.novelty().min(3.0);
        let total = (actor.quarters - own.young_quarters).max(0.0);
        let likely = (own.weight + rest * of_cohort) / (total + rest);
        let facts = Facts { own: own.weight, total, values: own.values, realm, beginning };
        (surprise(likely, ACT_CAP), facts)
    }

    /// A choice among values, such as a network: how often the identity chose it, resting (the more, the more
    /// values the identity has) on the share of the account's identities that know it, and on how likely what is
    /// new to one is new to all.
    fn choice(
        &self,
        actor: &Actor,
        sighting: &Sighting,
        (feature, value): (Feature, u64),
        horizon: u32,
    ) -> (f32, Facts) {
        let own = actor.own(feature, value, sighting.minute, horizon);
        let known = |scope| self.peers.known(scope, feature, value, true, sighting.minute, horizon);
        let realm = known(sighting.realm);
        let mut share = realm.others as f32 / realm.of.max(1) as f32;
        if realm.others == 0 && known(EVERYONE).others > 0 {
            share = ELSEWHERE;
        }
        let fresh = own.young && realm.others == 0;
        let likely = (share + self.peers.newness(sighting, feature, fresh)).min(1.0);
        let rest = own.values.max(1.0);
        let likely = (own.weight + rest * likely) / (own.seen + rest);
        let facts = Facts { own: own.weight, total: own.seen, values: own.values, realm, ..Facts::default() };
        // A stranger has the network and the program of colleagues no oftener than its share among them: what many
        // of them use says little, however long one did without it.
        let colleagues = realm.others >= COLLEAGUES && matches!(feature, Feature::Place | Feature::Tool);
        let cap = if colleagues { surprise(share, CAP) } else { CAP };
        (surprise(likely, CAP).min(cap), facts)
    }
}

/// Other identities of an account that make something one of its own.
const COLLEAGUES: u32 = 3;

/// The share that stands for a network or program which the account doesn't know, but another account of the log.
const ELSEWHERE: f32 = 0.1;

/// What an identity knows of a value.
struct Own {
    /// Quarter days with it; 0 for what has yet to become a habit.
    weight: f32,
    /// Quarter days with any value, without what has yet to become a habit.
    seen: f32,
    /// Values, likewise.
    values: f32,
    /// It is known, but not yet a habit.
    young: bool,
    /// The quarter days that it is known for, while it isn't a habit.
    young_quarters: f32,
}

/// What learning a value told.
struct Met {
    known: bool,
    habit: bool,
    /// The account is to count the identity for it.
    add: bool,
    /// It was not yet seen in this quarter day.
    later: bool,
}

impl Actor {
    fn new(sighting: &Sighting) -> Self {
        Self {
            key: sighting.actor,
            first: sighting.minute,
            last: sighting.minute,
            quarters: 0.0,
            late: 0.0,
            late_quarters: 0.0,
            tallies: [Tally::default(); FEATURES],
            hours: [0; 2],
            young_hours: [0; 2],
            slots: Vec::new(),
        }
    }

    /// The identity acts at this minute.
    fn meet(&mut self, minute: u32) {
        let quarters = (minute / QUARTER).saturating_sub(self.last / QUARTER);
        if quarters > 0 || self.quarters == 0.0 {
            self.quarters = decayed(self.quarters, quarters) + 1.0;
            self.late = decayed(self.late, quarters);
            let late = if self.first.saturating_add(SETTLING) <= minute { 1.0 } else { 0.0 };
            self.late_quarters = decayed(self.late_quarters, quarters) + late;
            for tally in &mut self.tallies {
                tally.seen = decayed(tally.seen, quarters);
                tally.values = decayed(tally.values, quarters);
            }
        }
        if minute / SETTLING > self.last / SETTLING {
            for (hours, young) in self.hours.iter_mut().zip(&mut self.young_hours) {
                *hours |= std::mem::take(young);
            }
        }
        let (weekend, hour) = clock(minute);
        if let Some(hours) = self.young_hours.get_mut(usize::from(weekend)) {
            *hours |= 1 << hour;
        }
        self.first = self.first.min(minute);
    }

    fn learn(&mut self, feature: Feature, value: u64, minute: u32) -> Met {
        let key = slot_key(feature, value);
        let Some(tally) = self.tallies.get_mut(feature as usize) else {
            return Met { known: true, habit: true, add: false, later: false };
        };
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.key == key) {
            let quarters = (minute / QUARTER).saturating_sub(slot.last / QUARTER);
            if quarters > 0 {
                slot.weight = decayed(slot.weight, quarters) + 1.0;
                tally.seen += 1.0;
            }
            let add = !same_month(slot.last, minute);
            slot.first = slot.first.min(minute);
            slot.last = slot.last.max(minute);
            let habit = slot.first.saturating_add(SETTLING) <= minute;
            return Met { known: true, habit, add, later: quarters > 0 };
        }
        tally.seen += 1.0;
        tally.values += 1.0;
        self.make_room(feature);
        self.slots.push(Slot { key, first: minute, last: minute, weight: 1.0 });
        Met { known: false, habit: false, add: true, later: false }
    }

    /// Drops the oldest value of a feature when there are too many.
    fn make_room(&mut self, feature: Feature) {
        let of = |slot: &Slot| slot.key & 7 == feature as u32;
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact(self.slots.len() / 4 + 4);
        }
        if self.slots.iter().filter(|slot| of(slot)).count() < feature.limit() {
            return;
        }
        let slots = self.slots.iter().enumerate().filter(|(_, slot)| of(slot));
        if let Some((at, _)) = slots.min_by_key(|(at, slot)| (slot.last, *at)) {
            self.slots.swap_remove(at);
        }
    }

    fn own(&self, feature: Feature, value: u64, at: u32, horizon: u32) -> Own {
        let key = slot_key(feature, value);
        let tally = self.tallies.get(feature as usize).copied().unwrap_or_default();
        match self.slots.iter().find(|slot| slot.key == key) {
            Some(slot) if !established(slot.first, slot.last, at, horizon) => Own {
                weight: 0.0,
                seen: (tally.seen - slot.weight).max(0.0),
                values: (tally.values - 1.0).max(0.0),
                young: true,
                young_quarters: slot.weight,
            },
            slot => Own {
                weight: slot.map_or(0.0, |slot| {
                    decayed(slot.weight, (at / QUARTER).saturating_sub(slot.last / QUARTER))
                }),
                seen: tally.seen,
                values: tally.values,
                young: false,
                young_quarters: 0.0,
            },
        }
    }

    /// Acts that are new to it in a quarter day, as a rule; after its first two days.
    pub(super) fn novelty(&self) -> f32 {
        (self.late + 0.5) / (self.late_quarters + 2.0)
    }

    /// Kinds of refusals that are new to it in a quarter day, as a rule.
    pub(super) fn denials(&self) -> f32 {
        let tally = self.tallies.get(Feature::Denial as usize).copied().unwrap_or_default();
        (tally.values + 0.3) / (self.quarters + 1.0)
    }

    /// Whether it is known for longer than what may count as a habit.
    pub(super) fn settled(&self, at: u32, horizon: u32) -> bool {
        established(self.first, self.last, at, horizon)
    }

    /// Whether it is known long enough, and does new things rarely enough, that one new thing says much: a program.
    pub(super) fn steady(&self) -> bool {
        self.late_quarters >= 20.0 && self.novelty() < 0.06
    }

    /// Whether an act is a habit.
    pub(super) fn habit(&self, feature: Feature, value: u64, at: u32, horizon: u32) -> bool {
        self.own(feature, value, at, horizon).weight > 0.0
    }

    /// Bits of the hour: 3 for one in which, and beside which, it is not seen on such days; for those who are known
    /// for ten days or more.
    fn hour(&self, minute: u32) -> f32 {
        let (weekend, hour) = clock(minute);
        let hours = self.hours.get(usize::from(weekend)).copied().unwrap_or(0);
        let busy = self.hours.iter().map(|hours| hours.count_ones()).sum::<u32>();
        let near = (1u32 << hour) | (1 << ((hour + 23) % 24)) | (1 << ((hour + 1) % 24));
        if self.quarters >= 20.0 && busy < 30 && hours & near == 0 { 3.0 } else { 0.0 }
    }

    /// The values of a feature: a part of each one's hash, and the quarter days it was seen in.
    pub(super) fn values(&self, feature: Feature) -> impl Iterator<Item = (u32, f32)> {
        let of = self.slots.iter().filter(move |slot| slot.key & 7 == feature as u32);
        of.map(|slot| (slot.key, slot.weight))
    }

    /// Days since it was first seen.
    pub(super) fn days(&self, at: u32) -> u32 {
        at.saturating_sub(self.first) / (24 * 60)
    }
}

/// The part of a value's hash that profiles keep, with the feature in its last bits.
pub(super) fn slot_key(feature: Feature, value: u64) -> u32 {
    ((value >> 32) as u32 & !7) | feature as u32
}

/// Whether a minute is on a weekend, and its hour; in UTC, which moves everybody's habits alike.
fn clock(minute: u32) -> (bool, u32) {
    let day = minute / (24 * 60);
    // 1970-01-01 was a Thursday.
    (matches!(day % 7, 2 | 3), minute / 60 % 24)
}
