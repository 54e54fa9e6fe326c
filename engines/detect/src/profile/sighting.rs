//! What a record says to a profile.

use bastide_ids::Timestamp;

/// What is counted of a record: each is one column of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Feature {
    /// What was done: an API, a verb on a kind of resource.
    Act = 0,
    /// From which network.
    Place = 1,
    /// With which program.
    Tool = 2,
    /// Where: region, namespace, database.
    Area = 3,
    /// On what: bucket, image.
    Thing = 4,
    /// An act that was refused for lack of permission.
    Denial = 5,
}

/// How many features there are.
pub(super) const FEATURES: usize = 6;

impl Feature {
    /// All, in the order of their numbers.
    pub(super) const ALL: [Self; FEATURES] =
        [Self::Act, Self::Place, Self::Tool, Self::Area, Self::Thing, Self::Denial];

    /// How many values of it an identity's profile holds; beyond it the oldest is forgotten.
    pub(super) fn limit(self) -> usize {
        match self {
            Self::Act => 128,
            Self::Place | Self::Thing => 32,
            Self::Tool | Self::Area | Self::Denial => 24,
        }
    }
}

/// One record, as hashes. 0 is the hash of what it doesn't say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sighting {
    /// What is shared by all identities that could know each other's habits: account, cluster, database.
    pub(super) realm: u64,
    /// Identities of the same kind in that realm.
    pub(super) cohort: u64,
    /// Those of the same name, wherever; 0 where names say nothing.
    pub(super) namesakes: u64,
    /// The identity.
    pub(super) actor: u64,
    /// Minutes since 1970.
    pub(super) minute: u32,
    /// By feature.
    pub(super) values: [u64; FEATURES],
}

impl Sighting {
    /// The value of a feature.
    pub(super) fn value(&self, feature: Feature) -> u64 {
        self.values.get(feature as usize).copied().unwrap_or(0)
    }
}

/// The scope of the whole log.
pub(super) const EVERYONE: u64 = 0;

/// Minutes in which habits are counted once: a quarter of a day.
pub(super) const QUARTER: u32 = 360;

/// Minutes after which something new may count as a habit, in a long log: 48 hours. What an intruder does today is
/// not yet what is usual tomorrow.
pub(super) const SETTLING: u32 = 48 * 60;

/// Whether what was seen from `first` to `last` is a habit at `at`: it was there `horizon` minutes earlier, or still
/// is so much later (when a log is judged afterwards).
pub(super) fn established(first: u32, last: u32, at: u32, horizon: u32) -> bool {
    first.saturating_add(horizon) <= at || last >= at.saturating_add(horizon)
}

/// Minutes since 1970.
pub(super) fn minute(time: Timestamp) -> u32 {
    u32::try_from(time.seconds().div_euclid(60)).unwrap_or(if time.seconds() < 0 { 0 } else { u32::MAX })
}
