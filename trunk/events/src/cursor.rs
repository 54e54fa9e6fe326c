use std::fmt;

use bastide_ids::Timestamp;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::{Filter, LogError, Lookup, Position, key};

/// Where a page of a look-up ended. Written as an opaque text ([`Cursor::parse`] reads it back); only good for
/// the look-up that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The last event given: what follows is older.
    pub(crate) time: Timestamp,
    pub(crate) position: Position,
    /// The newest position when the first page was asked for.
    pub(crate) snapshot: Position,
    /// Of place, times and filter.
    question: u64,
}

impl Cursor {
    pub(crate) fn new(query: &Lookup, time: Timestamp, position: Position, snapshot: Position) -> Self {
        Self { time, position, snapshot, question: question(query) }
    }

    /// Reads what [`fmt::Display`] wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() || text.contains('+') {
            return None;
        }
        let number = |at: usize| u64::from_str_radix(text.get(at..at + 16)?, 16).ok();
        Some(Self {
            time: Timestamp::from_millis(i64::from_be_bytes(number(0)?.to_be_bytes())),
            position: Position(number(16)?),
            snapshot: Position(number(32)?),
            question: number(48)?,
        })
    }

    /// # Errors
    /// [`LogError::ForeignCursor`] when the cursor came from another look-up.
    pub(crate) fn check(&self, query: &Lookup) -> Result<(), LogError> {
        if self.question == question(query) { Ok(()) } else { Err(LogError::ForeignCursor) }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = u64::from_be_bytes(self.time.millis().to_be_bytes());
        write!(f, "{time:016x}{:016x}{:016x}{:016x}", self.position.0, self.snapshot.0, self.question)
    }
}

/// A fingerprint of what is asked: a cursor that a client changed, or sends with other parameters, is refused.
fn question(query: &Lookup) -> u64 {
    let mut hash = key::of_filter(&query.place, &query.filter);
    for bound in [query.from, query.to] {
        hash = xxh3_64_with_seed(&bound.map_or(i64::MIN, Timestamp::millis).to_le_bytes(), hash);
    }
    // An id's own key is the same in every place.
    xxh3_64_with_seed(&key::of_filter(&query.place, &Filter::All).to_le_bytes(), hash)
}

#[cfg(test)]
mod tests {
    use bastide_ids::{AccountId, Place, Region};

    use super::*;
    use crate::Attribute;

    #[test]
    fn reads_back_and_knows_its_look_up() {
        let mut query = Lookup::new(Place::new(AccountId::from_number(7), Region::us_east_1()));
        query.filter = Filter::Attribute(Attribute::Username, "ann".into());
        let cursor = Cursor::new(&query, Timestamp::from_millis(-5), Position(9), Position(12));
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        assert!(cursor.check(&query).is_ok());
        query.filter = Filter::Attribute(Attribute::EventName, "ann".into());
        assert!(matches!(cursor.check(&query), Err(LogError::ForeignCursor)));
        for bad in ["", "00", &"g".repeat(64), &"é".repeat(32), &"+000000000000000".repeat(4)] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
