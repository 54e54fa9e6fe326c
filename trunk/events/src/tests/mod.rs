//! Tests of the local log as a whole.

mod faults;
mod local;
mod sim;
mod snapshot;
mod torn;

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::disk::{Disk, DiskFile, OsDisk, ReadAt};
use crate::{LocalLog, Notice, Options, Recovery, Report};

/// Segments so small that a few dozen events fill one, and merging sets in early.
fn small() -> Options {
    Options { segment_bytes: 8 << 10, merge: 3, levels: 2, disk: Arc::new(Hasty), ..Options::default() }
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

/// A disk that does not sync, for tests that open many logs and never crash.
struct Hasty;

struct HastyFile(Arc<dyn DiskFile>);

impl Disk for Hasty {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(HastyFile(OsDisk.create(path)?)))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(HastyFile(OsDisk.open(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        OsDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        OsDisk.remove(path)
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        OsDisk.names(dir)
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl ReadAt for HastyFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_at(buffer, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.0.size()
    }
}

impl DiskFile for HastyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn resize(&self, size: u64) -> io::Result<()> {
        self.0.resize(size)
    }
}
