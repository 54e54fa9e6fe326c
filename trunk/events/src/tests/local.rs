use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::{TempDir, tempdir};

use super::{eventually, files, open, reopen, small};
use crate::contract::{self, append_all, event, find_all, place, read_all};
use crate::disk::{ReadAt, SegmentStore};
use crate::{Attribute, Event, EventLog, Filter, LocalLog, LogError, Lookup, Options, Position};

/// Runs the contract on logs with these options, each in a directory of its own.
async fn contract_with(options: Options) {
    let dirs: Mutex<Vec<TempDir>> = Mutex::default();
    contract::check(|| {
        let dir = tempdir().unwrap();
        let log = reopen(dir.path(), options.clone());
        dirs.lock().unwrap().push(dir);
        log
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract() {
    contract_with(Options::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract_across_many_segments() {
    contract_with(Options { segment_bytes: 2 << 10, merge: 2, levels: 4, ..Options::default() }).await;
}

/// Sealed segments in a store that is not the log's directory, as object storage will be.
#[derive(Default)]
struct Elsewhere(Mutex<BTreeMap<String, Arc<Object>>>);

struct Object(Vec<u8>);

impl SegmentStore for Elsewhere {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.0.lock().unwrap().keys().cloned().collect())
    }

    fn put(&self, name: &str, file: &Path) -> io::Result<()> {
        let object = Arc::new(Object(std::fs::read(file)?));
        self.0.lock().unwrap().insert(name.to_owned(), object);
        std::fs::remove_file(file)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        let object = self.0.lock().unwrap().get(name).cloned().ok_or(io::ErrorKind::NotFound)?;
        Ok(object)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

impl ReadAt for Object {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let at = usize::try_from(offset).unwrap();
        buffer.copy_from_slice(self.0.get(at..at + buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_segments_may_lie_elsewhere() {
    let (dir, store) = (tempdir().unwrap(), Arc::new(Elsewhere::default()));
    let options = Options { store: Some(Arc::clone(&store) as _), ..small() };
    let log = reopen(dir.path(), options.clone());
    append_in_tens(&log, 1).await;
    eventually("all sealed", || files(dir.path(), ".log").len() == 1).await;
    drop(log);
    assert!(!store.names().unwrap().is_empty());
    assert!(files(dir.path(), ".seg").is_empty());
    let log = reopen(dir.path(), options);
    let numbered: Vec<_> = (1..=200).map(|n| (Position(n), event(n))).collect();
    assert_eq!(read_all(&*log, 50).await, numbered);
    assert_eq!(find_all(&*log, &Lookup::new(place(1))).await.len(), 200);
}

/// 3,000 events, out of order within windows of 64 and with a clock that is set back for the middle third,
/// sealed and merged as far as it goes.
async fn sealed_log() -> (TempDir, Arc<LocalLog>, Vec<Event>) {
    let dir = tempdir().unwrap();
    let log = reopen(dir.path(), small());
    let time = |n: u64| {
        let set_back = if (1_000..2_000).contains(&n) { 700 } else { 0 };
        event(n ^ 0x2a).time.minus(Duration::from_secs(set_back))
    };
    let events: Vec<_> = (0..3_000).map(|n| Event { time: time(n), ..event(n) }).collect();
    for some in events.chunks(100) {
        append_all(&*log, some.to_vec()).await;
    }
    eventually("all sealed", || files(dir.path(), ".log").len() == 1).await;
    let levels = |log: &LocalLog| {
        let state = log.shared.snapshot();
        state.sealed.iter().map(|sealed| sealed.foot.level).collect::<Vec<_>>()
    };
    eventually("merged twice", || levels(&log).iter().filter(|level| **level < 2).count() < 5).await;
    assert!(levels(&log).contains(&2));
    (dir, log, events)
}

async fn same_answers(log: &LocalLog, events: &[Event]) {
    let numbered: Vec<_> = (1..).map(Position).zip(events.iter().cloned()).collect();
    assert_eq!(read_all(log, 777).await, numbered);
    let from = Some(event(500).time);
    let to = Some(event(2_100).time);
    for (filter, limit) in [
        (Filter::All, 999),
        (Filter::Attribute(Attribute::Username, "user-3".into()), 50),
        (Filter::Attribute(Attribute::EventName, "CreateKey".into()), 333),
        (Filter::Attribute(Attribute::ResourceName, "alias/1234".into()), 10),
        (Filter::Attribute(Attribute::ResourceName, "alias/none".into()), 10),
        (Filter::Id(events[77].id), 10),
    ] {
        for (from, to) in [(None, None), (from, None), (from, to)] {
            let query = Lookup { filter: filter.clone(), limit, from, to, ..Lookup::new(place(1)) };
            let mut expected: Vec<_> = numbered.iter().filter(|(_, e)| query.matches(e)).cloned().collect();
            expected.sort_by_key(|(position, event)| std::cmp::Reverse((event.time, *position)));
            assert_eq!(find_all(log, &query).await, expected, "{query:?}");
        }
    }
    assert!(log.contains(events[3].id).await.unwrap());
    assert!(!log.contains(event(100_000).id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealing_merging_and_reopening_change_no_answer() {
    let (dir, log, events) = sealed_log().await;
    same_answers(&log, &events).await;
    let stats = log.stats();
    assert_eq!((stats.events, stats.oldest), (3_000, events.iter().map(|event| event.time).min()));
    drop(log);
    let log = reopen(dir.path(), small());
    same_answers(&log, &events).await;
    let more = append_all(&*log, [event(5_000)]).await;
    assert_eq!(more, [Position(3_001)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reopening_without_closing_finds_every_acknowledged_event() {
    let dir = tempdir().unwrap();
    let mut events = Vec::new();
    for round in 0..20 {
        let log = reopen(dir.path(), small());
        assert_eq!(log.last().0, events.len() as u64);
        let new: Vec<_> = (0..37).map(|n| event(round * 100 + n)).collect();
        append_all(&*log, new.clone()).await;
        events.extend(new);
    }
    let log = reopen(dir.path(), small());
    let numbered: Vec<_> = (1..).map(Position).zip(events).collect();
    assert_eq!(read_all(&*log, 100).await, numbered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expiry_drops_whole_old_segments() {
    let (dir, log, events) = sealed_log().await;
    // Those written with the clock set back are older, and stay: only the log's beginning goes.
    // Times are mixed up within 64 events; how many are in a segment depends on what came together.
    let before = event(960).time;
    let gone = log.expire(before).await.unwrap();
    assert!(gone > 200 && gone < 1_000, "{gone}");
    assert_eq!(log.stats().events, 3_000 - gone);
    let left = read_all(&*log, 500).await;
    assert!(left.iter().map(|(p, _)| p.0).eq(gone + 1..=3_000));
    assert!(events.iter().filter(|e| e.time >= before).all(|e| left.iter().any(|(_, l)| l == e)));
    assert_eq!(log.expire(before).await.unwrap(), 0);
    drop(log);
    assert_eq!(read_all(&*reopen(dir.path(), small()), 500).await, left);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clearing_leaves_nothing_and_goes_on() {
    let (dir, log, _) = sealed_log().await;
    log.clear().await.unwrap();
    assert!(read_all(&*log, 10).await.is_empty());
    assert_eq!(append_all(&*log, [event(1)]).await, [Position(3_001)]);
    drop(log);
    let log = reopen(dir.path(), small());
    assert_eq!(read_all(&*log, 10).await, [(Position(3_001), event(1))]);
    assert!(files(dir.path(), ".seg").is_empty());
}

#[tokio::test]
async fn a_directory_is_open_once() {
    let dir = tempdir().unwrap();
    let log = reopen(dir.path(), small());
    let second = LocalLog::open(dir.path(), small(), Box::new(|_| {}));
    assert!(matches!(second, Err(LogError::Locked { .. })));
    log.close().await.unwrap();
    drop(log);
    reopen(dir.path(), small());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_format_is_refused() {
    let (dir, log, _) = sealed_log().await;
    drop(log);
    for (ending, crc_at) in [(".seg", 12), (".log", 60)] {
        let path = &files(dir.path(), ending)[0];
        let whole = std::fs::read(path).unwrap();
        let mut newer = whole.clone();
        newer[8] = 9;
        let crc = crc32fast::hash(&newer[..crc_at]).to_le_bytes();
        newer[crc_at..crc_at + 4].copy_from_slice(&crc);
        std::fs::write(path, newer).unwrap();
        let error = LocalLog::open(dir.path(), small(), Box::new(|_| {})).unwrap_err();
        assert!(matches!(error, LogError::NewerFormat { found: 9, supported: 1, .. }), "{error}");
        std::fs::write(path, whole).unwrap();
    }
    reopen(dir.path(), small());
}

/// 200 events from `first` on, in batches that segments hold.
async fn append_in_tens(log: &LocalLog, first: u64) {
    for start in (first..first + 200).step_by(10) {
        append_all(log, (start..start + 10).map(event)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_between_sealing_and_removing_leaves_nothing_twice() {
    let dir = tempdir().unwrap();
    let log = reopen(dir.path(), Options { merge: 1_000, ..small() });
    append_in_tens(&log, 1).await;
    let copies = tempdir().unwrap();
    drop(log);
    // As if sealing and merging had ended, and removing the sources had not.
    for path in files(dir.path(), ".log").into_iter().chain(files(dir.path(), ".seg")) {
        std::fs::copy(&path, copies.path().join(path.file_name().unwrap())).unwrap();
    }
    let log = reopen(dir.path(), small());
    append_in_tens(&log, 201).await;
    eventually("sealed and merged", || {
        files(dir.path(), ".log").len() == 1 && log.shared.snapshot().sealed.iter().any(|s| s.foot.level > 0)
    })
    .await;
    drop(log);
    for copy in std::fs::read_dir(copies.path()).unwrap().map(|entry| entry.unwrap()) {
        let place = dir.path().join(copy.file_name());
        if !place.exists() {
            std::fs::copy(copy.path(), place).unwrap();
        }
    }
    let (log, recovery) = open(dir.path(), small());
    assert!(recovery.damaged.is_empty(), "{recovery:?}");
    let numbered: Vec<_> = (1..=400).map(|n| (Position(n), event(n))).collect();
    assert_eq!(read_all(&log, 100).await, numbered);
    assert_eq!(find_all(&log, &Lookup::new(place(1))).await.len(), 400);
}

/// Flips one bit of every sealed segment at a time, all over it, and checks that no answer is wrong: it is
/// right, or it is an error that names the file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_in_sealed_segments_is_never_answered_with() {
    let dir = tempdir().unwrap();
    let log = reopen(dir.path(), Options { merge: 1_000, ..small() });
    append_in_tens(&log, 1).await;
    eventually("sealed", || files(dir.path(), ".log").len() == 1).await;
    drop(log);
    let numbered: Vec<_> = (1..=200).map(|n| (Position(n), event(n))).collect();
    let path = files(dir.path(), ".seg").remove(2);
    let whole = std::fs::read(&path).unwrap();
    let (mut told_at_open, mut told_later) = (0, 0);
    for byte in (0..whole.len()).step_by(37) {
        let mut flipped = whole.clone();
        flipped[byte] ^= 4;
        std::fs::write(&path, flipped).unwrap();
        let (log, recovery) = open(dir.path(), small());
        if !recovery.damaged.is_empty() {
            assert_eq!(recovery.damaged[0].file, path);
            told_at_open += 1;
            continue;
        }
        let mut told = false;
        match log.read(Position::START, 1_000).await {
            Ok(events) => assert_eq!(events, numbered[..events.len()]),
            Err(error) => {
                assert!(matches!(error, LogError::Damaged { .. }), "{error}");
                told = true;
            }
        }
        for n in (1..=200).step_by(23) {
            let filter = Filter::Attribute(Attribute::ResourceName, format!("alias/{n}"));
            match log.lookup(&Lookup { filter, ..Lookup::new(place(1)) }).await {
                Ok(found) => assert_eq!(found.events, [(Position(n), event(n))]),
                Err(error) => {
                    assert!(matches!(error, LogError::Damaged { .. }), "{error}");
                    told = true;
                }
            }
        }
        told_later += u32::from(told);
    }
    assert!(told_at_open > 3 && told_later > 20, "{told_at_open}, {told_later}");
}
