//! What the indexes know of an event: one 64-bit number for each thing that it can be found by.
//!
//! Two different things may have the same number; a look-up compares the event itself before giving it out.

use bastide_ids::{Partition, Place, Uuid};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::frame::Record;
use crate::{Event, Filter};

/// The number of one thing to find events by.
pub(crate) type Key = u64;

/// The keys of an event: its place, its id, and each attribute within its place.
pub(crate) fn of_record<'a>(record: &Record<'a>) -> impl Iterator<Item = Key> + use<'a> {
    let seed = of_place(record.partition, record.account.as_str(), record.region);
    let attributes = record.attributes().map(move |(attribute, value)| tagged(seed, attribute.code(), value));
    [seed, of_id(record.id)].into_iter().chain(attributes)
}

/// The same for an event that is not on disk yet.
pub(crate) fn of_event(event: &Event) -> impl Iterator<Item = Key> {
    let seed = place_key(&event.place);
    let attributes =
        event.attributes.iter().map(move |(attribute, value)| tagged(seed, attribute.code(), value));
    [seed, of_id(event.id)].into_iter().chain(attributes)
}

/// The key under which what a look-up asks for is found.
pub(crate) fn of_filter(place: &Place, filter: &Filter) -> Key {
    match filter {
        Filter::All => place_key(place),
        Filter::Id(id) => of_id(*id),
        Filter::Attribute(attribute, value) => tagged(place_key(place), attribute.code(), value),
    }
}

/// The key of an event id.
pub(crate) fn of_id(id: Uuid) -> Key {
    xxh3_64(&id.0)
}

fn place_key(place: &Place) -> Key {
    of_place(place.partition, place.account.as_str(), place.region.as_str())
}

fn of_place(partition: Partition, account: &str, region: &str) -> Key {
    // Each part feeds the next: no allocation, and no two splits of the same letters meet.
    let partition = xxh3_64(partition.as_str().as_bytes());
    xxh3_64_with_seed(region.as_bytes(), xxh3_64_with_seed(account.as_bytes(), partition))
}

fn tagged(seed: Key, code: u8, value: &str) -> Key {
    xxh3_64_with_seed(value.as_bytes(), seed.wrapping_add(u64::from(code)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{event, place};
    use crate::{Attribute, Position, frame};

    #[test]
    fn a_record_and_its_event_have_the_same_keys() {
        let mut bytes = Vec::new();
        frame::encode(&event(3), &mut bytes).unwrap();
        frame::finish(&mut bytes, Position(3), Position(2));
        let frame = frame::decode(&bytes).unwrap();
        let keys: Vec<_> = of_record(&frame.record).collect();
        assert_eq!(keys, of_event(&event(3)).collect::<Vec<_>>());
        assert_eq!(keys.len(), 10);
        for filter in [
            Filter::All,
            Filter::Id(event(3).id),
            Filter::Attribute(Attribute::ResourceName, "alias/3".into()),
        ] {
            assert!(keys.contains(&of_filter(&place(1), &filter)));
        }
        assert!(!keys.contains(&of_filter(&place(2), &Filter::All)));
        assert!(
            !keys.contains(&of_filter(&place(1), &Filter::Attribute(Attribute::EventName, "alias/3".into())))
        );
    }

    #[test]
    fn keys_on_disk_do_not_change() {
        assert_eq!(of_filter(&place(1), &Filter::All), 15_362_914_357_762_145_854);
    }
}
