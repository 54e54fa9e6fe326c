use bastide_ids::Timestamp;

use crate::{Lookup, Position};

/// Which events of a posting list a page of a look-up may show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// Only what is older than this in the order of time and position.
    pub(crate) before: Option<(Timestamp, Position)>,
    /// Nothing that was appended after this.
    pub(crate) snapshot: Position,
}

impl Bounds {
    /// Every event.
    pub(crate) fn all() -> Self {
        Self { from: earliest(), to: latest(), before: None, snapshot: Position(u64::MAX) }
    }

    pub(crate) fn new(query: &Lookup, last: Position) -> Self {
        Self {
            from: query.from.unwrap_or_else(earliest),
            to: query.to.unwrap_or_else(latest),
            before: query.resume.map(|cursor| (cursor.time, cursor.position)),
            snapshot: query.resume.map_or(last, |cursor| cursor.snapshot),
        }
    }

    pub(crate) fn admit(&self, time: Timestamp, position: Position) -> bool {
        self.from <= time
            && time <= self.to
            && position <= self.snapshot
            && self.before.is_none_or(|before| (time, position) < before)
    }

    /// The latest moment that an event may have.
    pub(crate) fn latest(&self) -> Timestamp {
        self.before.map_or(self.to, |(time, _)| time.min(self.to))
    }
}

fn earliest() -> Timestamp {
    Timestamp::from_millis(i64::MIN)
}

fn latest() -> Timestamp {
    Timestamp::from_millis(i64::MAX)
}

/// An event that a segment's index names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub(crate) time: Timestamp,
    pub(crate) position: Position,
    /// Which of the segment's events it is.
    pub(crate) ordinal: u32,
}
