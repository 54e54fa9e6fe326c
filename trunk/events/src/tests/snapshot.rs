use std::path::Path;

use tempfile::tempdir;

use super::{eventually, files, open, reopen, small};
use crate::contract::{append_all, event, read_all};
use crate::{EventLog, Options, Position, Settled, Snapshot};

/// Writes the files of a snapshot into a directory.
fn write(settled: &Settled, dir: &Path) {
    for part in &settled.parts {
        let mut bytes = Vec::new();
        part.read_into(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, part.size);
        std::fs::write(dir.join(&part.name), bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshots_of_a_log_that_is_written_to_and_merged() {
    let dir = tempdir().unwrap();
    let log = reopen(dir.path(), small());
    let writing = async {
        for round in 0..60u64 {
            append_all(&*log, (round * 20..round * 20 + 20).map(event)).await;
            tokio::task::yield_now().await;
        }
    };
    let copying = async {
        for _ in 0..12 {
            let durable = log.last();
            let from = dir.path().to_owned();
            let taken = tokio::task::spawn_blocking(move || Snapshot::take(&from).unwrap().settle().unwrap());
            let settled = taken.await.unwrap();
            assert!(settled.last >= durable && settled.missing.is_empty(), "{:?}", settled.missing);
            let copy = tempdir().unwrap();
            write(&settled, copy.path());
            // Opened without anything to mend.
            let copied = reopen(copy.path(), small());
            assert_eq!(copied.last(), settled.last);
            let all = read_all(&*copied, 100).await;
            assert_eq!(all.len() as u64, settled.last.0);
            for (n, (position, one)) in (0u64..).zip(&all) {
                assert_eq!((position.0, one), (n + 1, &event(n)));
            }
        }
    };
    tokio::join!(writing, copying);
}

#[tokio::test]
async fn an_empty_log_and_one_with_a_torn_end() {
    let dir = tempdir().unwrap();
    let log = reopen(dir.path(), Options::default());
    let settled = Snapshot::take(dir.path()).unwrap().settle().unwrap();
    assert_eq!((settled.last, settled.missing.len()), (Position::START, 0));
    append_all(&*log, (0..5).map(event)).await;
    drop(log);
    let [path] = &files(dir.path(), ".log")[..] else { panic!("one segment") };
    let mut bytes = std::fs::read(path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    bytes.truncate(end);
    bytes.extend([[0; 4].as_slice(), &[7; 40], &[0; 100]].concat());
    std::fs::write(path, bytes).unwrap();
    let settled = Snapshot::take(dir.path()).unwrap().settle().unwrap();
    assert_eq!((settled.first, settled.last), (Position(1), Position(5)));
    let copy = tempdir().unwrap();
    write(&settled, copy.path());
    assert_eq!(read_all(&*reopen(copy.path(), Options::default()), 10).await.len(), 5);
}

#[tokio::test]
async fn what_is_damaged_is_told() {
    let dir = tempdir().unwrap();
    let log = reopen(dir.path(), small());
    for round in 0..10 {
        append_all(&*log, (round * 20..round * 20 + 20).map(event)).await;
    }
    eventually("segments are sealed", || !files(dir.path(), ".seg").is_empty()).await;
    log.close().await.unwrap();
    drop(log);
    let sealed = files(dir.path(), ".seg");
    assert!(!sealed.is_empty());
    let whole = Snapshot::take(dir.path()).unwrap().settle().unwrap();
    assert!(whole.missing.is_empty());
    std::fs::remove_file(&sealed[0]).unwrap();
    let settled = Snapshot::take(dir.path()).unwrap().settle().unwrap();
    let (_, recovery) = open(dir.path(), small());
    let told: Vec<_> = recovery.damaged.iter().map(|damage| (damage.first, damage.last)).collect();
    assert_eq!(settled.missing, told);
    assert_eq!(settled.last, whole.last);
}
