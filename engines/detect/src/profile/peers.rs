//! What is usual among many: how many identities of an account, a cohort or the whole log have done something, and
//! how often something new to one of them is new to all.

use super::hash::{Map, both};
use super::sighting::{EVERYONE, FEATURES, Feature, QUARTER, Sighting, established};

/// Values and groups together; beyond it what was not seen for longest is forgotten.
const LIMIT: usize = 1 << 20;

/// Minutes of the months in which identities are counted.
const MONTH: u32 = 30 * 24 * 60;

/// Minutes of a week.
const WEEK: u32 = 7 * 24 * 60;

/// What groups of identities have in common.
#[derive(Default)]
pub(super) struct Peers {
    common: Map<u64, Common>,
    groups: Map<u64, Group>,
}

/// One value, as a group knows it.
#[derive(Clone, Copy, Default)]
struct Common {
    first: u32,
    last: u32,
    month: u16,
    this: u16,
    before: u16,
    /// Identities that are known for long and came to it while it was new.
    began: u16,
}

/// One group of identities.
#[derive(Clone, Copy, Default)]
pub(super) struct Group {
    /// The minute of its first record.
    pub(super) first: u32,
    last: u32,
    /// Quarter days in which it did something.
    pub(super) quarters: u32,
    month: u16,
    this: u32,
    before: u32,
    /// Identities that were never seen before, this month and the one before; not in the group's first week.
    joined: u32,
    joined_before: u32,
    /// Pairs of an identity and a value that is new to it; and how many of those were new to the account.
    pairs: [Pairs; FEATURES],
}

#[derive(Clone, Copy, Default)]
struct Pairs {
    all: f32,
    fresh: f32,
}

/// What a group says of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// Identities besides the one in question that were seen with it, this month or the one before.
    pub(super) others: u32,
    /// Identities besides the one in question.
    pub(super) of: u32,
}

impl Peers {
    /// An identity acted; `new` when it was not seen before in this month, `joins` when it was never seen before.
    pub(super) fn active(&mut self, sighting: &Sighting, new: bool, joins: bool) {
        let namesakes = Some(sighting.namesakes).filter(|scope| *scope != 0);
        for scope in [EVERYONE, sighting.realm, sighting.cohort].into_iter().chain(namesakes) {
            let group = self
                .groups
                .entry(scope)
                .or_insert_with(|| Group { first: sighting.minute, ..Group::default() });
            group.see(sighting.minute, new, joins);
        }
    }

    /// An identity was seen with a value: for the first time, or (`again`) for the first time in a month. Whether
    /// it is new to the account. `settled`: the identity itself is known for long.
    pub(super) fn add(
        &mut self,
        sighting: &Sighting,
        feature: Feature,
        value: u64,
        (again, settled): (bool, bool),
    ) -> bool {
        let minute = sighting.minute;
        let fresh = self.count(sighting.realm, feature, value, (minute, settled));
        self.count(sighting.cohort, feature, value, (minute, settled));
        if matches!(feature, Feature::Place | Feature::Tool) {
            self.count(EVERYONE, feature, value, (minute, settled));
        }
        if !again {
            for scope in [sighting.realm, sighting.cohort] {
                let group = self.groups.get_mut(&scope);
                if let Some(pairs) = group.and_then(|group| group.pairs.get_mut(feature as usize)) {
                    pairs.all += 1.0;
                    pairs.fresh += if fresh { 1.0 } else { 0.0 };
                }
            }
        }
        fresh
    }

    /// An identity was seen with a value that it is known for.
    pub(super) fn again(&mut self, sighting: &Sighting, feature: Feature, value: u64) {
        for scope in [EVERYONE, sighting.realm, sighting.cohort] {
            if let Some(common) = self.common.get_mut(&key(scope, feature, value)) {
                common.last = common.last.max(sighting.minute);
            }
        }
    }

    fn count(&mut self, scope: u64, feature: Feature, value: u64, (minute, settled): (u32, bool)) -> bool {
        let key = key(scope, feature, value);
        if self.common.len() >= LIMIT && !self.common.contains_key(&key) {
            self.forget(minute);
        }
        let mut fresh = false;
        let common = self.common.entry(key).or_insert_with(|| {
            fresh = true;
            Common { first: minute, last: minute, month: month(minute), this: 0, before: 0, began: 0 }
        });
        let month = month(minute);
        if month > common.month {
            common.before = if month == common.month + 1 { common.this } else { 0 };
            common.this = 0;
            common.month = month;
        }
        common.this = common.this.saturating_add(1);
        common.began = common.began.saturating_add(u16::from(settled));
        common.first = common.first.min(minute);
        common.last = common.last.max(minute);
        fresh
    }

    /// Forgets what was seen by nobody for long; for less long until a quarter of the room is free.
    fn forget(&mut self, now: u32) {
        let mut age = 3 * MONTH;
        while self.common.len() > LIMIT / 4 * 3 && age > 0 {
            self.common.retain(|_, common| common.last.saturating_add(age) > now);
            age /= 2;
        }
        if self.common.len() > LIMIT / 4 * 3 {
            self.common.clear();
        }
        if self.groups.len() > LIMIT / 8 {
            self.groups.retain(|_, group| group.last.saturating_add(MONTH) > now);
        }
    }

    /// What a group knows of a value, without the identity in question (which is `among` those that were counted).
    pub(super) fn known(
        &self,
        scope: u64,
        feature: Feature,
        value: u64,
        among: bool,
        at: u32,
        horizon: u32,
    ) -> Known {
        let of = self.groups.get(&scope).map_or(0, |group| group.identities(at)).saturating_sub(1);
        let others = match self.common.get(&key(scope, feature, value)) {
            Some(common) if established(common.first, common.last, at, horizon) => {
                common.identities(at).saturating_sub(u32::from(among))
            }
            _ => 0,
        };
        Known { others: others.min(of), of }
    }

    /// How many others of a group, known for long themselves, have come to a value that is not yet a habit of the
    /// group: what colleagues begin together is their work.
    pub(super) fn beginning(&self, scope: u64, feature: Feature, value: u64, at: u32, horizon: u32) -> u32 {
        let common = self.common.get(&key(scope, feature, value));
        let young = common.filter(|common| !established(common.first, common.last, at, horizon));
        young.map_or(0, |common| u32::from(common.began.saturating_sub(1)))
    }

    /// The minute in which a group first saw a value.
    pub(super) fn since(&self, scope: u64, feature: Feature, value: u64) -> Option<u32> {
        self.common.get(&key(scope, feature, value)).map(|common| common.first)
    }

    /// How likely a value that is new to an identity of this cohort is new to its account too. `own` takes away
    /// the pair that the identity in question has made itself.
    pub(super) fn newness(&self, sighting: &Sighting, feature: Feature, own: bool) -> f32 {
        let own = if own { 1.0 } else { 0.0 };
        let of = |scope: u64| {
            let group = self.groups.get(&scope);
            group.and_then(|group| group.pairs.get(feature as usize)).copied().unwrap_or_default()
        };
        let (realm, cohort) = (of(sighting.realm), of(sighting.cohort));
        let realm = ((realm.fresh - own).max(0.0) + 1.0) / ((realm.all - own).max(0.0) + 1.0);
        ((cohort.fresh - own).max(0.0) + 4.0 * realm) / ((cohort.all - own).max(0.0) + 4.0)
    }

    /// A group, once it was seen.
    pub(super) fn group(&self, scope: u64) -> Option<&Group> {
        self.groups.get(&scope)
    }
}

impl Group {
    fn see(&mut self, minute: u32, new: bool, joins: bool) {
        if self.quarters == 0 || minute / QUARTER > self.last / QUARTER {
            self.quarters += 1;
        }
        let month = month(minute);
        if month > self.month {
            self.before = if month == self.month + 1 { self.this } else { 0 };
            self.this = 0;
            self.joined_before = if month == self.month + 1 { self.joined } else { 0 };
            self.joined = 0;
            self.month = month;
            for pairs in &mut self.pairs {
                *pairs = Pairs { all: pairs.all / 2.0, fresh: pairs.fresh / 2.0 };
            }
        }
        self.this += u32::from(new);
        self.joined += u32::from(joins && self.first.saturating_add(WEEK) <= minute);
        self.first = self.first.min(minute);
        self.last = self.last.max(minute);
    }

    /// Identities that were active this month, or in the one before where those were more.
    pub(super) fn identities(&self, at: u32) -> u32 {
        let behind = month(at).saturating_sub(self.month);
        if behind == 0 { self.this.max(self.before) } else { self.this }
    }

    /// Identities that were never seen before this month or the one before; without those of the first week.
    pub(super) fn newcomers(&self) -> u32 {
        self.joined + self.joined_before
    }

    /// Minutes from its first record to its last.
    pub(super) fn span(&self) -> u32 {
        self.last.saturating_sub(self.first)
    }
}

impl Common {
    fn identities(&self, at: u32) -> u32 {
        match month(at).saturating_sub(self.month) {
            0 => u32::from(self.this.max(self.before)),
            1 => u32::from(self.this),
            _ => 0,
        }
    }
}

fn month(minute: u32) -> u16 {
    u16::try_from(minute / MONTH).unwrap_or(u16::MAX)
}

/// Whether two minutes are in the same month of counting.
pub(super) fn same_month(a: u32, b: u32) -> bool {
    a / MONTH == b / MONTH
}

fn key(scope: u64, feature: Feature, value: u64) -> u64 {
    both(scope.wrapping_add(feature as u64), value)
}
