use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bastide_ids::Place;
use quick_cache::sync::Cache as Quick;
use quick_cache::{Equivalent, Weighter};

use crate::Key;
use crate::changes::{Changes, Value};

/// Bytes of parsed documents that are kept, about.
const CAPACITY: u64 = 16 << 20;
/// Documents that are expected in it; it may hold more or fewer.
const EXPECTED: usize = 8 << 10;
const STRIPES: usize = 64;

/// The current documents, parsed, and the knowledge that some do not exist. Never older than the last
/// commit that was told to it.
///
/// A reader that missed takes a [`Ticket`] before it asks the engine, and fills the cache only if no commit
/// touched its stripe since: else it could put back what a commit has just replaced.
pub(crate) struct Cache {
    entries: Quick<Key, Slot, Weight>,
    stripes: Vec<Mutex<u64>>,
    hasher: RandomState,
}

/// What is known of a key: the document, or that there is none.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) value: Option<Value>,
    /// The size of the stored body, in bytes.
    pub(crate) size: usize,
}

/// A key that is only looked at.
#[derive(Clone, Copy, Hash)]
pub(crate) struct KeyRef<'a> {
    pub(crate) place: &'a Place,
    pub(crate) kind: &'a str,
    pub(crate) id: &'a str,
}

/// The state of a stripe at the moment a reader missed.
#[derive(Clone, Copy)]
pub(crate) struct Ticket(u64);

#[derive(Clone)]
struct Weight;

impl Cache {
    pub(crate) fn new() -> Self {
        Self {
            entries: Quick::with_weighter(EXPECTED, CAPACITY, Weight),
            stripes: std::iter::repeat_with(Mutex::default).take(STRIPES).collect(),
            hasher: RandomState::new(),
        }
    }

    pub(crate) fn find(&self, key: KeyRef<'_>) -> Option<Slot> {
        self.entries.get(&key)
    }

    pub(crate) fn ticket(&self, key: KeyRef<'_>) -> Ticket {
        Ticket(self.stripe(key).map_or(0, |stripe| *stripe))
    }

    /// Keeps what a reader found, unless its stripe was touched since the ticket.
    pub(crate) fn fill(&self, ticket: Ticket, key: KeyRef<'_>, slot: Slot) {
        if let Some(stripe) = self.stripe(key)
            && *stripe == ticket.0
        {
            self.entries.insert(key.to_key(), slot);
        }
    }

    /// Keeps what a commit wrote; to be called once it can be seen in the engine and before it is
    /// acknowledged.
    pub(crate) fn remember(&self, changes: Changes, sequence: u64, versions: Vec<u64>) {
        let time = changes.time;
        for (write, version) in changes.writes.into_iter().zip(versions) {
            let key = write.key;
            let slot = match write.content {
                None => Slot { value: None, size: 0 },
                Some(content) => Slot {
                    size: content.body.len(),
                    value: Some((content.stored)(key.clone(), version, sequence, time)),
                },
            };
            self.written(key, slot);
        }
    }

    fn written(&self, key: Key, slot: Slot) {
        if let Some(mut stripe) = self.stripe(key.borrowed()) {
            *stripe += 1;
            self.entries.remove(&key.borrowed());
            self.entries.insert(key, slot);
        }
    }

    /// Forgets what is known of a key, because it may have changed.
    pub(crate) fn forget(&self, key: KeyRef<'_>) {
        if let Some(mut stripe) = self.stripe(key) {
            *stripe += 1;
            self.entries.remove(&key);
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut all: Vec<_> = self.stripes.iter().map(hold).collect();
        for stripe in &mut all {
            **stripe += 1;
        }
        self.entries.clear();
    }

    fn stripe(&self, key: KeyRef<'_>) -> Option<MutexGuard<'_, u64>> {
        let hash = self.hasher.hash_one(key);
        let index = usize::try_from(hash % STRIPES as u64).unwrap_or(0);
        self.stripes.get(index).map(hold)
    }
}

fn hold(stripe: &Mutex<u64>) -> MutexGuard<'_, u64> {
    stripe.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Weighter<Key, Slot> for Weight {
    fn weight(&self, key: &Key, slot: &Slot) -> u64 {
        // A parsed document takes about twice its JSON, and an entry some 200 bytes.
        (200 + key.id.len() + 2 * slot.size) as u64
    }
}

impl Key {
    pub(crate) fn borrowed(&self) -> KeyRef<'_> {
        KeyRef { place: &self.place, kind: &self.kind, id: &self.id }
    }
}

impl KeyRef<'_> {
    pub(crate) fn to_key(self) -> Key {
        Key { place: self.place.clone(), kind: self.kind.to_owned().into(), id: self.id.to_owned() }
    }
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.id == key.id && self.kind == key.kind && *self.place == key.place
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bastide_ids::{AccountId, Region};

    use super::*;

    fn slot(number: u64) -> Slot {
        Slot { value: Some(Arc::new(number)), size: 8 }
    }

    fn number(cache: &Cache, key: &Key) -> Option<u64> {
        cache.find(key.borrowed())?.value?.downcast::<u64>().ok().map(|number| *number)
    }

    fn key(id: &str) -> Key {
        let place = Place::new(AccountId::from_number(1), Region::us_east_1());
        Key { place, kind: "test.number".into(), id: id.into() }
    }

    #[test]
    fn a_late_reader_does_not_put_back_the_old_version() {
        let (cache, key) = (Cache::new(), key("a"));
        let ticket = cache.ticket(key.borrowed());
        cache.written(key.clone(), slot(2));
        cache.fill(ticket, key.borrowed(), slot(1));
        assert_eq!(number(&cache, &key), Some(2));
        let ticket = cache.ticket(key.borrowed());
        cache.forget(key.borrowed());
        cache.fill(ticket, key.borrowed(), slot(2));
        assert_eq!(number(&cache, &key), None);
        let ticket = cache.ticket(key.borrowed());
        cache.clear();
        cache.fill(ticket, key.borrowed(), slot(2));
        assert_eq!(number(&cache, &key), None);
        let ticket = cache.ticket(key.borrowed());
        cache.fill(ticket, key.borrowed(), slot(3));
        assert_eq!(number(&cache, &key), Some(3));
    }

    #[test]
    fn it_is_bounded_and_keeps_nothing_oversized() {
        let cache = Cache::new();
        for id in 0..1000 {
            cache.written(key(&id.to_string()), Slot { value: Some(Arc::new(1u64)), size: 100_000 });
        }
        assert!(cache.entries.weight() <= CAPACITY);
        cache.written(key("large"), slot(1));
        cache.written(key("large"), Slot { value: Some(Arc::new(2u64)), size: 64 << 20 });
        assert_ne!(number(&cache, &key("large")), Some(1));
    }
}
