//! The event log on files that were changed behind its back: it opens and answers, or says what is damaged. It never
//! answers with anything but what was written, and it goes on.
#![no_main]

use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use bastide_events::{Attribute, Attributes, Event, EventLog, Filter, LocalLog, Lookup, Options, Position};
use bastide_fuzz::disk::{Files, Memory};
use bastide_ids::{AccountId, Place, Region, Timestamp, Uuid};
use libfuzzer_sys::fuzz_target;

/// So many events are in the log.
const EVENTS: u64 = 60;

static WRITTEN: LazyLock<Files> = LazyLock::new(write);

fuzz_target!(|data: &[u8]| {
    let mut files = WRITTEN.clone();
    let count = files.len();
    for change in data.chunks_exact(6).take(32) {
        damage(&mut files, change.try_into().expect("six bytes"));
    }
    let removed = files.len() < count;
    let Ok((log, recovery)) = LocalLog::open(&folder(), options(Memory::of(files)), Box::new(|_| {})) else {
        return;
    };
    let mut read = read(&log);
    for filter in [
        Filter::All,
        Filter::Id(event(7).id),
        Filter::Attribute(Attribute::EventName, "Encrypt".into()),
        Filter::Attribute(Attribute::Username, "user3".into()),
    ] {
        look_up(&log, &Lookup { filter, limit: 25, ..Lookup::new(place()) });
    }
    let _ = wait(log.contains(event(EVENTS - 1).id));
    // What recovery does not call lost or left out can be read, unless a read has met damage that it had no cause
    // to look at.
    let lost = |position: u64| {
        let lost = |first: Position, last: Position| (first.0..=last.0).contains(&position);
        recovery.damaged.iter().any(|damage| lost(damage.first, damage.last))
    };
    // A segment that is not there may have expired.
    if let Ok(read) = read.as_mut()
        && !removed
    {
        read.retain(|position| position.0 <= EVENTS);
        let missing = (1..=recovery.last.0.min(EVENTS)).find(|n| !lost(*n) && !read.contains(&Position(*n)));
        assert_eq!(missing, None, "neither there nor said to be lost: {recovery:?}");
    }
    let more = event(EVENTS + 1);
    if let Ok(ticket) = log.append(more.clone()) {
        let position = wait(ticket.durable()).expect("there is room");
        assert!(position > recovery.last);
        let after = wait(log.read(Position(position.0 - 1), 1)).expect("it was just written");
        assert_eq!(after, [(position, more)]);
    }
    wait(log.close()).expect("it closes");
});

/// The events that are there, in order, or `Err` when reading met damage.
fn read(log: &LocalLog) -> Result<Vec<Position>, ()> {
    let (mut after, mut all) = (Position::START, Vec::new());
    loop {
        let page = wait(log.read(after, 10)).map_err(|_| ())?;
        let Some((last, _)) = page.last() else { return Ok(all) };
        assert!(*last > after, "it reads in circles");
        after = *last;
        for (position, event) in page {
            assert_eq!(event, self::event(position.0), "another event than was written");
            all.push(position);
        }
    }
}

fn look_up(log: &LocalLog, query: &Lookup) {
    let mut query = query.clone();
    for _ in 0..2 * EVENTS {
        let Ok(found) = wait(log.lookup(&query)) else { return };
        for (position, event) in found.events {
            assert_eq!(event, self::event(position.0), "another event than was written");
            assert!(query.matches(&event), "an event that was not asked for: {event:?}");
        }
        match found.next {
            Some(next) => query.resume = Some(next),
            None => return,
        }
    }
    panic!("a look-up without an end");
}

/// Which file, what to do, where (two bytes), and with what.
fn damage(files: &mut Files, [file, kind, low, high, value, other]: [u8; 6]) {
    let names: Vec<String> = files.keys().cloned().collect();
    let Some(name) = names.get(usize::from(file) % names.len().max(1)) else { return };
    let bytes = files.get_mut(name).expect("it has this name");
    let at = usize::from(u16::from_le_bytes([low, high])) % bytes.len().max(1);
    let end = bytes.len().min(at + usize::from(value) + 1);
    match kind % 8 {
        0 => bytes[at..end].fill(0),
        1 => bytes.truncate(at),
        2 => bytes[at..end].fill(other),
        3 => {
            let from = usize::from(other) * 64 % bytes.len().max(1);
            let copy = bytes[from..(from + end - at).min(bytes.len())].to_vec();
            bytes[at..at + copy.len().min(end - at)].copy_from_slice(&copy[..copy.len().min(end - at)]);
        }
        4 if other % 4 == 0 => drop(files.remove(name)),
        5 => bytes.extend_from_within(at..end),
        _ => bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= value),
    }
}

/// A log with sealed, merged and unsealed segments.
fn write() -> Files {
    let disk = Memory::default();
    let (log, _) = LocalLog::open(&folder(), options(disk.clone()), Box::new(|_| {})).expect("an empty log");
    for n in 1..=EVENTS {
        let ticket = log.append(event(n)).expect("there is room");
        wait(ticket.durable()).expect("there is room");
    }
    // Sealing goes on in the background.
    let unsealed = || disk.files().keys().filter(|name| name.ends_with(".log")).count();
    while unsealed() > 2 {
        thread::park_timeout(Duration::from_millis(1));
    }
    wait(log.close()).expect("it closes");
    drop(log);
    disk.files()
}

fn options(disk: Memory) -> Options {
    Options {
        segment_bytes: 4 << 10,
        merge: 3,
        preallocate: false,
        disk: Arc::new(disk),
        ..Options::default()
    }
}

/// The log's lock is a real file.
fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("bastide-fuzz-{}", std::process::id()))
}

fn place() -> Place {
    Place::new(AccountId::from_number(111_122_223_333), Region::us_east_1())
}

fn event(n: u64) -> Event {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let name = if n.is_multiple_of(3) { "Encrypt" } else { "Decrypt" };
    Event {
        id: Uuid(id),
        time: Timestamp::from_seconds(1_795_253_400 + i64::try_from(n * 37 % 50).expect("it is small")),
        place: place(),
        attributes: Attributes::new()
            .with(Attribute::EventName, name)
            .with(Attribute::Username, format!("user{}", n % 5)),
        body: format!("{{\"eventName\":\"{name}\",\"n\":{n},\"x\":\"{}\"}}", "x".repeat(300)).into(),
    }
}

struct Waking(Thread);

impl Wake for Waking {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let waker = Waker::from(Arc::new(Waking(thread::current())));
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return done;
        }
        thread::park();
    }
}
