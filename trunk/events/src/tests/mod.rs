//! Tests of the local log as a whole.

mod local;
mod torn;

use std::path::Path;
use std::sync::Arc;

use crate::{LocalLog, Notice, Options, Recovery, Report};

/// Segments so small that a few dozen events fill one, and merging sets in early.
fn small() -> Options {
    Options { segment_bytes: 8 << 10, merge: 3, levels: 2, ..Options::default() }
}

/// Any notice of trouble fails the test.
fn no_trouble() -> Report {
    Box::new(|notice: Notice| panic!("{notice:?}"))
}

fn open(dir: &Path, options: Options) -> (LocalLog, Recovery) {
    LocalLog::open(dir, options, no_trouble()).unwrap()
}

/// Opens a log that was left in good order.
fn reopen(dir: &Path, options: Options) -> Arc<LocalLog> {
    let (log, recovery) = open(dir, options);
    assert!(recovery.dropped.is_empty() && recovery.damaged.is_empty(), "{recovery:?}");
    Arc::new(log)
}

/// The files with this ending.
fn files(dir: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.to_str().unwrap().ends_with(ending)).collect();
    files.sort();
    files
}

/// Waits for the background until a condition holds.
async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("did not come about: {what}");
}
