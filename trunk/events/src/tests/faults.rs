use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::tempdir;

use super::sim::SimDisk;
use super::{eventually, small};
use crate::contract::{append_all, event, read_all};
use crate::{Event, EventLog, LocalLog, LogError, Notice, Options, Position, Recovery, Report};

fn options(disk: &SimDisk, preallocate: bool) -> Options {
    Options { disk: Arc::new(disk.clone()), preallocate, ..small() }
}

/// Gathers what the log reports.
fn gather() -> (Arc<Mutex<Vec<Notice>>>, Report) {
    let notices: Arc<Mutex<Vec<Notice>>> = Arc::default();
    let report = Arc::clone(&notices);
    (notices, Box::new(move |notice| report.lock().unwrap().push(notice)))
}

fn open(dir: &Path, disk: &SimDisk) -> (LocalLog, Recovery) {
    LocalLog::open(dir, options(disk, false), Box::new(|_| {})).unwrap()
}

/// Checks what is there after the power goes off, in the best and in the worst case.
async fn after_crash(disk: &SimDisk, expected: &[(Position, Event)]) {
    for arrives in [true, false] {
        let dir = tempdir().unwrap();
        let (log, recovery) = open(dir.path(), &disk.after_crash(|| arrives));
        assert!(recovery.damaged.is_empty(), "{recovery:?}");
        let found = read_all(&log, 1_000).await;
        assert!(found.len() >= expected.len());
        assert_eq!(found[..expected.len()], *expected, "arrives: {arrives}");
    }
}

fn numbered(events: &[Event]) -> Vec<(Position, Event)> {
    (1..).map(Position).zip(events.iter().cloned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_sync_is_told_to_every_waiter_and_never_pretended_away() {
    let (dir, disk) = (tempdir().unwrap(), SimDisk::default());
    for resize_fails in [false, true] {
        let disk = disk.after_crash(|| true);
        let (notices, report) = gather();
        let log = LocalLog::open(dir.path(), options(&disk, false), report).unwrap().0;
        let mut events: Vec<_> = (0..10).map(event).collect();
        append_all(&log, events.clone()).await;
        disk.faults(|faults| (faults.sync, faults.resize) = (Some((".log", 1)), resize_fails));
        // Many at once: what is in the failed batch and what waits behind it both fail, or come after it.
        let tickets: Vec<_> = (100..150).map(|n| (event(n), log.append(event(n)).unwrap())).collect();
        let mut failed = 0;
        for (event, ticket) in tickets {
            match ticket.durable().await {
                Ok(position) => {
                    events.push(event);
                    assert_eq!(position.0, events.len() as u64);
                }
                Err(error) => {
                    assert!(matches!(error, LogError::Io { action: "sync", .. }), "{error}");
                    failed += 1;
                }
            }
        }
        assert!(failed > 0);
        assert_eq!(log.stats().failed, failed);
        let next: Vec<_> = (200..210).map(event).collect();
        append_all(&log, next.clone()).await;
        events.extend(next);
        assert_eq!(read_all(&log, 100).await, numbered(&events));
        let told = std::mem::take(&mut *notices.lock().unwrap());
        assert!(matches!(told.as_slice(), [Notice::WriteFailed(_), Notice::WritesAgain, ..]), "{told:?}");
        after_crash(&disk, &numbered(&events)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_fails_appends_until_there_is_room_again() {
    for preallocate in [false, true] {
        let (dir, disk) = (tempdir().unwrap(), SimDisk::default());
        let (notices, report) = gather();
        let log = LocalLog::open(dir.path(), options(&disk, preallocate), report).unwrap().0;
        let mut events: Vec<_> = (0..5).map(event).collect();
        append_all(&log, events.clone()).await;
        disk.faults(|faults| faults.room = Some(10_000));
        let mut failed = 0;
        for n in 100..400 {
            match log.append(event(n)).unwrap().durable().await {
                Ok(position) => {
                    events.push(event(n));
                    assert_eq!(position.0, events.len() as u64);
                }
                Err(error) => {
                    assert!(error.is_full(), "{error}");
                    failed += 1;
                }
            }
        }
        assert!(failed > 0 && events.len() > 20, "{failed} failed, {} did not", events.len());
        after_crash(&disk, &numbered(&events)).await;
        disk.faults(|faults| faults.room = None);
        let next: Vec<_> = (500..600).map(event).collect();
        append_all(&log, next.clone()).await;
        events.extend(next);
        assert_eq!(read_all(&log, 100).await, numbered(&events));
        after_crash(&disk, &numbered(&events)).await;
        assert!(notices.lock().unwrap().iter().any(|notice| matches!(notice, Notice::WritesAgain)));
    }
}

/// Events of a failed batch must not come back behind a later event that took the first one's place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_stays_away() {
    let same_size = |n| Event { id: event(n).id, ..event(5) };
    let size = crate::frame::encode(&same_size(1), &mut Vec::new()).unwrap();
    for (full, resize_fails) in [(false, false), (false, true), (true, false), (true, true)] {
        let (dir, disk) = (tempdir().unwrap(), SimDisk::default());
        let log = open(dir.path(), &disk).0;
        let first = append_all(&log, [same_size(1)]).await;
        assert_eq!(first, [Position(1)]);
        // While the second event's sync hangs, three more gather in one batch, and that one fails.
        disk.faults(|faults| faults.gate = true);
        let second = log.append(same_size(2)).unwrap();
        eventually("the sync hangs", || disk.faults(|faults| faults.at_gate == 1)).await;
        let three: Vec<_> = (3..6).map(|n| log.append(same_size(n)).unwrap()).collect();
        disk.faults(|faults| {
            faults.resize = resize_fails;
            match full {
                true => faults.room = Some(size * 2 + 7),
                false => faults.sync = Some((".log", 1)),
            }
            faults.gate = false;
        });
        assert_eq!(second.durable().await.unwrap(), Position(2));
        for ticket in three {
            assert!(ticket.durable().await.is_err());
        }
        disk.faults(|faults| faults.room = None);
        assert_eq!(append_all(&log, [same_size(6)]).await, [Position(3)]);
        let expected = numbered(&[same_size(1), same_size(2), same_size(6)]);
        assert_eq!(read_all(&log, 10).await, expected);
        // After the power went off, and after the process was killed.
        for disk in [disk.after_crash(|| true), disk] {
            let (log, _) = open(tempdir().unwrap().path(), &disk);
            assert_eq!(read_all(&log, 10).await, expected, "full {full}, resize fails {resize_fails}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealing_that_fails_loses_nothing_and_is_tried_again() {
    let (dir, disk) = (tempdir().unwrap(), SimDisk::default());
    let (notices, report) = gather();
    let log = LocalLog::open(dir.path(), options(&disk, false), report).unwrap().0;
    disk.faults(|faults| faults.sync = Some((".tmp", 0)));
    let events: Vec<_> = (0..60).map(event).collect();
    let failing = |notices: &Mutex<Vec<Notice>>| {
        let notices = notices.lock().unwrap();
        notices.iter().any(|notice| matches!(notice, Notice::BackgroundFailed { .. }))
    };
    for some in events.chunks(10) {
        append_all(&log, some.to_vec()).await;
        disk.faults(|faults| faults.sync = Some(("seal.tmp", 1)));
    }
    eventually("a failure was reported", || failing(&notices)).await;
    disk.faults(|faults| faults.sync = None);
    let more: Vec<_> = (60..120).map(event).collect();
    for some in more.chunks(10) {
        append_all(&log, some.to_vec()).await;
    }
    eventually("all sealed", || disk.names_ending(".log") == 1).await;
    let all: Vec<_> = events.into_iter().chain(more).collect();
    assert_eq!(read_all(&log, 100).await, numbered(&all));
}

/// What was acknowledged before the power went off is there afterwards, wherever it went off, with faults on
/// top; and nothing is there that was never appended, or twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_any_moment_loses_nothing_acknowledged() {
    for seed in 1..=8 {
        let (dir, disk) = (tempdir().unwrap(), SimDisk::default());
        let mut random = Random(seed);
        let log = LocalLog::open(dir.path(), options(&disk, seed % 2 == 0), Box::new(|_| {})).unwrap().0;
        let (log, stop) = (Arc::new(log), Arc::new(AtomicBool::new(false)));
        let acknowledged: Arc<Mutex<Vec<(Position, Event)>>> = Arc::default();
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let (log, stop, acknowledged) =
                    (Arc::clone(&log), Arc::clone(&stop), Arc::clone(&acknowledged));
                tokio::spawn(async move {
                    for n in 0..1_500 {
                        let event = event(task * 1_000_000 + n);
                        if let Ok(position) = log.append(event.clone()).unwrap().durable().await {
                            acknowledged.lock().unwrap().push((position, event));
                        }
                        if stop.load(Ordering::SeqCst) {
                            return;
                        }
                        tokio::time::sleep(Duration::from_micros(300)).await;
                    }
                })
            })
            .collect();
        for crash in 0..12 {
            tokio::time::sleep(Duration::from_millis(random.next() % 5)).await;
            match random.next() % 4 {
                0 => disk.faults(|faults| faults.sync = Some((".log", 1))),
                1 => disk.faults(|faults| faults.room = Some(4_000)),
                2 => disk.faults(|faults| faults.sync = Some((".tmp", 1))),
                _ => disk.faults(|faults| faults.room = None),
            }
            let mut before = acknowledged.lock().unwrap().clone();
            let likely = random.next() % 3;
            let crashed = disk.after_crash(|| random.next() % 3 < likely);
            before.sort_by_key(|(position, _)| *position);
            check(&crashed, &before, &format!("seed {seed}, crash {crash}")).await;
        }
        stop.store(true, Ordering::SeqCst);
        disk.faults(|faults| faults.room = None);
        for task in tasks {
            task.await.unwrap();
        }
        assert!(!acknowledged.lock().unwrap().is_empty());
    }
}

async fn check(crashed: &SimDisk, acknowledged: &[(Position, Event)], when: &str) {
    let dir = tempdir().unwrap();
    let (log, recovery) = open(dir.path(), crashed);
    assert!(recovery.damaged.is_empty(), "{when}: {recovery:?}");
    let found = read_all(&log, 10_000).await;
    assert!(found.iter().map(|(p, _)| p.0).eq(1..=found.len() as u64), "{when}: positions have gaps");
    for (position, event) in acknowledged {
        let at = usize::try_from(position.0).unwrap() - 1;
        assert_eq!(found.get(at).map(|(_, event)| event), Some(event), "{when}: {position} is lost");
    }
    let mut ids: Vec<_> = found.iter().map(|(_, event)| event.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), found.len(), "{when}: an event is there twice");
    let new = append_all(&log, [event(u64::MAX >> 20)]).await;
    assert_eq!(new[0], recovery.last.next(), "{when}");
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}
