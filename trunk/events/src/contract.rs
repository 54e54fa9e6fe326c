//! What every [`EventLog`] must do, as tests: an implementation calls [`check`] from a test of its own.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "these are tests: a failed one panics, and that is how it tells"
)]

use std::sync::Arc;
use std::time::Duration;

use bastide_ids::{AccountId, Place, Region, Timestamp, Uuid};
use bytes::Bytes;

use crate::{Attribute, Attributes, Cursor, Event, EventLog, Filter, LogError, Lookup, Position};

/// Holds an implementation to the whole contract. `make` gives a new, empty log each time.
pub async fn check<F>(make: F)
where
    F: Fn() -> Arc<dyn EventLog>,
{
    appends_in_order(&*make()).await;
    concurrent_appends_each_get_a_position(make()).await;
    waiters_are_woken(make()).await;
    looks_up_by_every_attribute(&*make()).await;
    looks_up_within_times(&*make()).await;
    keeps_places_apart(&*make()).await;
    pages_are_stable(&*make()).await;
    order_is_by_time_then_position(&*make()).await;
    refuses_a_foreign_cursor(&*make()).await;
    clears(&*make()).await;
    refuses_after_close(&*make()).await;
}

/// An event of user `user-{n % 10}` in account 1, one second after the event before, for tests.
#[must_use]
pub fn event(n: u64) -> Event {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&n.to_be_bytes());
    let attributes = Attributes::new()
        .with(Attribute::EventName, ["Encrypt", "Decrypt", "CreateKey"][usize::try_from(n % 3).unwrap()])
        .with(Attribute::ReadOnly, if n % 3 == 2 { "false" } else { "true" })
        .with(Attribute::Username, format!("user-{}", n % 10))
        .with(Attribute::ResourceType, "AWS::KMS::Key")
        .with(Attribute::ResourceName, format!("key/{}", n % 7))
        .with(Attribute::ResourceName, format!("alias/{n}"))
        .with(Attribute::EventSource, "kms.amazonaws.com")
        .with(Attribute::AccessKeyId, format!("AKIA{:016}", n % 10));
    Event {
        id: Uuid(id),
        time: Timestamp::from_seconds(1_700_000_000 + i64::try_from(n).unwrap()),
        place: place(1),
        attributes,
        body: Bytes::from(format!(
            "{{\"n\":{n},\"filler\":\"{}\"}}",
            "x".repeat(usize::try_from(n % 97).unwrap())
        )),
    }
}

/// An account's place in us-east-1.
#[must_use]
pub fn place(account: u64) -> Place {
    Place::new(AccountId::from_number(account), Region::us_east_1())
}

/// Appends events and waits until all are durable.
pub async fn append_all(log: &dyn EventLog, events: impl IntoIterator<Item = Event>) -> Vec<Position> {
    let tickets: Vec<_> = events.into_iter().map(|event| log.append(event).unwrap()).collect();
    let mut positions = Vec::new();
    for ticket in tickets {
        positions.push(ticket.durable().await.unwrap());
    }
    positions
}

/// Everything in the log, in order, read in pages of `page`.
pub async fn read_all(log: &dyn EventLog, page: usize) -> Vec<(Position, Event)> {
    let mut all: Vec<(Position, Event)> = Vec::new();
    loop {
        let after = all.last().map_or(Position::START, |(position, _)| *position);
        let more = log.read(after, page).await.unwrap();
        if more.is_empty() {
            return all;
        }
        assert!(more.len() <= page);
        let bodies = log.bodies(after, page).await.unwrap();
        let same = more.iter().map(|(position, event)| (*position, event.body.clone()));
        assert_eq!(bodies, same.collect::<Vec<_>>());
        all.extend(more);
    }
}

/// Every page of a look-up.
pub async fn find_all(log: &dyn EventLog, query: &Lookup) -> Vec<(Position, Event)> {
    let (mut query, mut all) = (query.clone(), Vec::new());
    loop {
        let found = log.lookup(&query).await.unwrap();
        assert!(found.events.len() <= query.limit);
        assert!(found.next.is_none() || found.events.len() == query.limit, "only the last page is short");
        all.extend(found.events);
        match found.next {
            // Through its text, as a client would send it back.
            Some(cursor) => query.resume = Some(Cursor::parse(&cursor.to_string()).unwrap()),
            None => return all,
        }
    }
}

async fn appends_in_order(log: &dyn EventLog) {
    assert_eq!(log.last(), Position::START);
    assert!(log.read(Position::START, 10).await.unwrap().is_empty());
    let events: Vec<_> = (1..=200).map(event).collect();
    let positions = append_all(log, events.clone()).await;
    assert_eq!(positions, (1..=200).map(Position).collect::<Vec<_>>());
    assert_eq!(log.flush().await.unwrap(), Position(200));
    assert_eq!(log.last(), Position(200));
    for page in [1, 7, 1000] {
        let read = read_all(log, page).await;
        assert_eq!(read, positions.iter().copied().zip(events.clone()).collect::<Vec<_>>());
    }
    let stats = log.stats();
    assert_eq!((stats.events, stats.last, stats.oldest), (200, Position(200), Some(events[0].time)));
    assert!(log.contains(events[3].id).await.unwrap());
    assert!(!log.contains(event(9999).id).await.unwrap());
}

async fn concurrent_appends_each_get_a_position(log: Arc<dyn EventLog>) {
    let mut tasks = Vec::new();
    for task in 0..8 {
        let log = Arc::clone(&log);
        tasks.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            for n in 0..25 {
                let event = event(task * 1000 + n);
                let position = log.append(event.clone()).unwrap().durable().await.unwrap();
                // What was acknowledged can be read at once.
                let read = log.read(Position(position.0 - 1), 1).await.unwrap();
                assert_eq!(read, [(position, event)]);
                mine.push(position);
            }
            assert!(mine.is_sorted());
            mine
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all.sort_unstable();
    assert_eq!(all, (1..=200).map(Position).collect::<Vec<_>>());
}

async fn waiters_are_woken(log: Arc<dyn EventLog>) {
    let waiting = tokio::spawn({
        let log = Arc::clone(&log);
        async move { log.wait(Position(1)).await }
    });
    append_all(&*log, [event(1)]).await;
    assert_eq!(log.wait(Position::START).await, Position(1));
    assert!(!waiting.is_finished());
    append_all(&*log, [event(2)]).await;
    let woken = tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap().unwrap();
    assert_eq!(woken, Position(2));
}

async fn looks_up_by_every_attribute(log: &dyn EventLog) {
    let events: Vec<_> = (1..=120).map(event).collect();
    append_all(log, events.clone()).await;
    let mut filters = vec![Filter::All, Filter::Id(events[17].id), Filter::Id(event(9999).id)];
    for attribute in Attribute::ALL {
        let value = events[17].attributes.first(attribute).unwrap().to_owned();
        filters.push(Filter::Attribute(attribute, value));
        filters.push(Filter::Attribute(attribute, "no such".into()));
    }
    filters.push(Filter::Attribute(Attribute::ResourceName, "alias/18".into()));
    for filter in filters {
        for limit in [1, 13, 500] {
            expect(log, &events, Lookup { filter: filter.clone(), limit, ..Lookup::new(place(1)) }).await;
        }
    }
}

async fn looks_up_within_times(log: &dyn EventLog) {
    let events: Vec<_> = (1..=60).map(event).collect();
    append_all(log, events.clone()).await;
    let moment = |n: u64| Some(event(n).time);
    for (from, to) in [
        (moment(10), moment(20)),
        (None, moment(5)),
        (moment(55), None),
        (moment(30), moment(30)),
        (moment(31), moment(30)),
        (moment(100), None),
        (None, moment(0)),
    ] {
        for filter in [Filter::All, Filter::Attribute(Attribute::EventName, "Encrypt".into())] {
            expect(log, &events, Lookup { from, to, filter, limit: 4, ..Lookup::new(place(1)) }).await;
        }
    }
}

async fn keeps_places_apart(log: &dyn EventLog) {
    let other_region = Place::new(AccountId::from_number(1), Region::parse("eu-central-1").unwrap());
    let places = [
        place(1),
        place(2),
        other_region,
        Place::new(AccountId::from_number(1), Region::parse("cn-north-1").unwrap()),
    ];
    let events: Vec<_> = (0..80)
        .map(|n| Event { place: places[usize::try_from(n % 4).unwrap()].clone(), ..event(n) })
        .collect();
    append_all(log, events.clone()).await;
    for place in places.into_iter().chain([place(3)]) {
        for filter in [
            Filter::All,
            Filter::Id(events[5].id),
            Filter::Attribute(Attribute::EventSource, "kms.amazonaws.com".into()),
        ] {
            expect(log, &events, Lookup { filter, limit: 7, ..Lookup::new(place.clone()) }).await;
        }
    }
}

async fn pages_are_stable(log: &dyn EventLog) {
    let events: Vec<_> = (1..=40).map(event).collect();
    append_all(log, events.clone()).await;
    let mut query = Lookup { limit: 15, ..Lookup::new(place(1)) };
    let mut pages = Vec::new();
    for round in 0..3 {
        let found = log.lookup(&query).await.unwrap();
        pages.extend(found.events.into_iter().map(|(position, _)| position.0));
        query.resume = found.next;
        // Newer ones, and late ones that belong to a page yet to come.
        append_all(log, [event(100 + round), Event { id: event(200 + round).id, ..event(1) }]).await;
    }
    assert_eq!(pages, (1..=40).rev().collect::<Vec<_>>());
    assert!(query.resume.is_none());
}

async fn order_is_by_time_then_position(log: &dyn EventLog) {
    // Shuffled within a window, with many equal times.
    let events: Vec<_> =
        (0..90).map(|n: u64| Event { time: event((n * 7 % 30) / 3 + n / 30 * 4).time, ..event(n) }).collect();
    append_all(log, events.clone()).await;
    for limit in [1, 8, 1000] {
        expect(log, &events, Lookup { limit, ..Lookup::new(place(1)) }).await;
        let filter = Filter::Attribute(Attribute::Username, "user-3".into());
        expect(log, &events, Lookup { limit, filter, ..Lookup::new(place(1)) }).await;
    }
}

async fn refuses_a_foreign_cursor(log: &dyn EventLog) {
    append_all(log, (1..=10).map(event)).await;
    let query = Lookup { limit: 3, ..Lookup::new(place(1)) };
    let resume = log.lookup(&query).await.unwrap().next;
    let other = Lookup { resume, ..Lookup::new(place(2)) };
    assert!(matches!(log.lookup(&other).await, Err(LogError::ForeignCursor)));
}

async fn clears(log: &dyn EventLog) {
    append_all(log, (1..=30).map(event)).await;
    log.clear().await.unwrap();
    assert!(read_all(log, 10).await.is_empty());
    expect(log, &[], Lookup::new(place(1))).await;
    assert!(!log.contains(event(3).id).await.unwrap());
    assert_eq!((log.stats().events, log.stats().oldest), (0, None));
    assert_eq!(append_all(log, [event(1)]).await, [Position(31)]);
    assert_eq!(log.read(Position(30), 10).await.unwrap(), [(Position(31), event(1))]);
    assert_eq!(find_all(log, &Lookup::new(place(1))).await, [(Position(31), event(1))]);
}

async fn refuses_after_close(log: &dyn EventLog) {
    append_all(log, [event(1)]).await;
    log.close().await.unwrap();
    assert!(matches!(log.append(event(2)), Err(LogError::Closed)));
    assert_eq!(log.wait(Position(5)).await, Position(1));
}

/// Compares a look-up with what walking all the events gives.
async fn expect(log: &dyn EventLog, events: &[Event], query: Lookup) {
    let numbered = (1..).map(Position).zip(events.iter().cloned());
    let mut expected: Vec<_> = numbered.filter(|(_, event)| query.matches(event)).collect();
    expected.sort_by_key(|(position, event)| std::cmp::Reverse((event.time, *position)));
    let found = find_all(log, &query).await;
    let places = |events: &[(Position, Event)]| events.iter().map(|(p, _)| p.0).collect::<Vec<_>>();
    assert_eq!(places(&found), places(&expected), "{query:?}");
    assert_eq!(found, expected);
}
