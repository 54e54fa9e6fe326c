//! Which records have been seen, by their ids, so that one that is delivered twice counts once.

use bastide_logs::Record;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

/// Sets of the table; a power of two.
const SETS: usize = 1 << 16;

/// Ids a set holds: eight of eight bytes are one line of the processor's cache.
const WAYS: usize = 8;

const SEED: u64 = 0x6261_7374_6964_6531;

/// The last half million ids or so, in 4 MB. A set forgets its oldest id when a new one comes.
pub(super) struct Seen {
    sets: Vec<[u64; WAYS]>,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self { sets: vec![[0; WAYS]; SETS] }
    }

    /// Whether this record was seen before; from now on it was. Records without an id never were.
    pub(super) fn again(&mut self, record: &Record<'_>) -> bool {
        match record {
            Record::CloudTrail(event) => self.hash(event.id.as_bytes(), event.account.as_bytes()),
            // A request is logged once a stage, under one id.
            Record::Kubernetes(event) => self.hash(event.id.as_bytes(), event.stage.as_bytes()),
            Record::Flow(_) | Record::Dns(_) | Record::Login(_) => false,
        }
    }

    fn hash(&mut self, id: &[u8], part: &[u8]) -> bool {
        if id.is_empty() {
            return false;
        }
        let wide = xxh3_128_with_seed(id, SEED ^ xxh3_64_with_seed(part, SEED));
        // Zero marks an empty place.
        let mark = u64::try_from(wide >> 64).unwrap_or(0) | 1;
        let set = usize::try_from(wide & 0xffff).unwrap_or(0) % SETS;
        let Some(set) = self.sets.get_mut(set) else { return false };
        if set.contains(&mark) {
            return true;
        }
        set.rotate_right(1);
        if let Some(first) = set.first_mut() {
            *first = mark;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use bastide_logs::cloudtrail::Event;

    use super::*;

    fn event(id: &str) -> Event<'_> {
        Event { id: id.into(), account: "111122223333".into(), ..Event::default() }
    }

    #[test]
    fn an_id_counts_once() {
        let mut seen = Seen::new();
        assert!(!seen.again(&Record::CloudTrail(&event("a"))));
        assert!(!seen.again(&Record::CloudTrail(&event("b"))));
        assert!(seen.again(&Record::CloudTrail(&event("a"))));
        assert!(!seen.again(&Record::CloudTrail(&event(""))));
        assert!(!seen.again(&Record::CloudTrail(&event(""))), "no id: never the same");
    }

    #[test]
    fn the_last_hundred_thousand_are_known_and_older_ones_forgotten() {
        let mut seen = Seen::new();
        let ids: Vec<String> = (0..1_200_000).map(|number| format!("id-{number}")).collect();
        assert!(ids.iter().all(|id| !seen.again(&Record::CloudTrail(&event(id)))));
        let known = ids.iter().rev().take(100_000).filter(|id| seen.again(&Record::CloudTrail(&event(id))));
        assert!(known.count() > 99_900);
        let forgotten = ids.iter().take(100_000).filter(|id| !seen.again(&Record::CloudTrail(&event(id))));
        assert!(forgotten.count() > 95_000);
    }
}
