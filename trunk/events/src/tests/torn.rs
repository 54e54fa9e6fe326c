use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::{TempDir, tempdir};

use super::{Hasty, files, no_trouble, open, reopen};
use crate::contract::{append_all, event, read_all};
use crate::raw::Raw;
use crate::{Event, LocalLog, Options, Position, Recovery, frame};

/// Writes a segment as a log would: batches of 3, 2 and 3 events. Gives the file and where each frame starts.
fn three_batches(dir: &Path) -> (PathBuf, Vec<u64>) {
    let mut content = Raw::head(Position(1)).to_vec();
    let mut starts = Vec::new();
    for (batch, durable) in [(1..=3, 0), (4..=5, 3), (6..=8, 5)] {
        for n in batch {
            let start = content.len();
            starts.push(start as u64);
            frame::encode(&event(n), &mut content).unwrap();
            frame::finish(&mut content[start..], Position(n), Position(durable));
        }
    }
    starts.push(content.len() as u64);
    let path = dir.join("00000000000000000001.log");
    std::fs::write(&path, content).unwrap();
    (path, starts)
}

fn plain() -> Options {
    Options { segment_bytes: 64 << 10, preallocate: false, disk: Arc::new(Hasty), ..Options::default() }
}

/// A copy of a directory with one file's content changed.
fn changed(from: &Path, file: &Path, change: impl FnOnce(&mut Vec<u8>)) -> TempDir {
    let dir = tempdir().unwrap();
    let name = file.file_name().unwrap();
    let mut content = std::fs::read(from.join(name)).unwrap();
    change(&mut content);
    std::fs::write(dir.path().join(name), content).unwrap();
    dir
}

/// Opens, checks that these events are there, that the log goes on, and that a further opening is quiet.
async fn holds(dir: &Path, expected: &[(Position, Event)]) -> Recovery {
    let (log, recovery) = LocalLog::open(dir, plain(), no_trouble()).unwrap();
    assert_eq!(read_all(&log, 100).await, expected);
    let next = Position(recovery.last.0 + 1);
    assert_eq!(append_all(&log, [event(99)]).await, [next]);
    drop(log);
    let mut all = expected.to_vec();
    all.push((next, event(99)));
    let (log, _) = open(dir, plain());
    assert_eq!(read_all(&log, 100).await, all);
    drop(log);
    recovery
}

fn numbered(positions: impl IntoIterator<Item = u64>) -> Vec<(Position, Event)> {
    positions.into_iter().map(|n| (Position(n), event(n))).collect()
}

#[tokio::test]
async fn a_write_torn_at_any_byte_loses_only_what_it_tore() {
    let dir = tempdir().unwrap();
    let (path, starts) = three_batches(dir.path());
    // The last batch, cut at every byte, the file ending there or zeros following.
    for cut in starts[5]..starts[8] {
        for zeros in [false, true] {
            let torn = changed(dir.path(), &path, |content| {
                let size = content.len();
                content.truncate(usize::try_from(cut).unwrap());
                if zeros {
                    content.resize(size, 0);
                }
            });
            let whole = starts.iter().filter(|start| **start <= cut).count() as u64 - 1;
            let recovery = holds(torn.path(), &numbered(1..=whole)).await;
            assert!(recovery.damaged.is_empty(), "{recovery:?}");
            // Only zeros at the cut: nothing to tell from space written ahead.
            let seen = recovery.dropped.iter().map(|dropped| dropped.bytes).sum::<u64>();
            let start = starts[usize::try_from(whole).unwrap()];
            let lost = &std::fs::read(&path).unwrap()
                [usize::try_from(start).unwrap()..usize::try_from(cut).unwrap()];
            let used = lost.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
            assert_eq!(seen, used);
            for dropped in &recovery.dropped {
                let kept = std::fs::read(dropped.kept_in.as_ref().unwrap()).unwrap();
                assert_eq!(kept, lost[..usize::try_from(used).unwrap()]);
            }
        }
    }
}

#[tokio::test]
async fn pages_of_a_torn_write_that_did_arrive_do_not_come_back_as_events() {
    let dir = tempdir().unwrap();
    let (path, starts) = three_batches(dir.path());
    let at = |n: usize| usize::try_from(starts[n]).unwrap();
    // Of the last batch the first frame is missing, the other two are there.
    let torn = changed(dir.path(), &path, |content| content[at(5)..at(6)].fill(0));
    let recovery = holds(torn.path(), &numbered(1..=5)).await;
    assert!(recovery.damaged.is_empty());
    assert_eq!(recovery.dropped[0].bytes, starts[8] - starts[5]);
    // And when the first new event is as long as the missing one, what follows stays gone.
    let torn = changed(dir.path(), &path, |content| content[at(5)..at(6)].fill(0));
    let (log, _) = open(torn.path(), plain());
    append_all(&log, [event(6)]).await;
    drop(log);
    let log = reopen(torn.path(), plain());
    assert_eq!(read_all(&*log, 100).await, numbered(1..=6));
}

#[tokio::test]
async fn a_flipped_bit_in_acknowledged_events_is_reported_and_the_rest_is_kept() {
    let dir = tempdir().unwrap();
    let (path, starts) = three_batches(dir.path());
    for frame in 0..5 {
        for byte in starts[frame]..starts[frame + 1] {
            let flipped = changed(dir.path(), &path, |content| {
                content[usize::try_from(byte).unwrap()] ^= 0x10;
            });
            let lost = frame as u64 + 1;
            let recovery = holds(flipped.path(), &numbered((1..=8).filter(|n| *n != lost))).await;
            assert_eq!(recovery.damaged.len(), 1, "byte {byte}: {recovery:?}");
            let damage = &recovery.damaged[0];
            assert_eq!((damage.first, damage.last), (Position(lost), Position(lost)));
            assert_eq!((damage.offset, damage.bytes), (starts[frame], starts[frame + 1] - starts[frame]));
            assert!(damage.kept_in.as_ref().unwrap().exists());
            assert!(recovery.dropped.is_empty());
        }
    }
}

#[tokio::test]
async fn a_broken_head_is_reported_and_the_events_are_kept() {
    let dir = tempdir().unwrap();
    let (path, _) = three_batches(dir.path());
    let broken = changed(dir.path(), &path, |content| content[20] ^= 1);
    let recovery = holds(broken.path(), &numbered(1..=8)).await;
    assert_eq!(recovery.damaged.len(), 1);
}

#[tokio::test]
async fn garbage_is_never_events() {
    let dir = tempdir().unwrap();
    let (path, starts) = three_batches(dir.path());
    let end = usize::try_from(starts[8]).unwrap();
    for seed in 0..20u8 {
        let garbage = changed(dir.path(), &path, |content| {
            content.truncate(end);
            content.extend((0..5_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> (seed % 24)) as u8 | 1));
        });
        let recovery = holds(garbage.path(), &numbered(1..=8)).await;
        assert_eq!((recovery.damaged.len(), recovery.dropped[0].bytes), (0, 5_000));
    }
}

#[tokio::test]
async fn a_missing_segment_is_reported() {
    let dir = tempdir().unwrap();
    let options = Options { segment_bytes: 4 << 10, merge: 1_000, ..plain() };
    let log = reopen(dir.path(), options.clone());
    append_all(&*log, (1..=100).map(event)).await;
    append_all(&*log, (101..=200).map(event)).await;
    append_all(&*log, (201..=300).map(event)).await;
    super::eventually("sealed", || files(dir.path(), ".seg").len() >= 2).await;
    drop(log);
    let segments = files(dir.path(), ".seg");
    std::fs::remove_file(&segments[1]).unwrap();
    let (log, recovery) = open(dir.path(), options);
    assert_eq!(recovery.damaged.len(), 1, "{recovery:?}");
    let (first, last) = (recovery.damaged[0].first, recovery.damaged[0].last);
    let expected = numbered((1..=300).filter(|n| !(first.0..=last.0).contains(n)));
    assert_eq!(read_all(&log, 100).await, expected);
}
