//! Copies of a store's file, for backups; and what such a copy holds.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{private, schema};
use crate::StoreError;

/// How long the writer may take before it lets go, and how long it waits for us at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a store's file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// How many documents there are of each type, by type.
    pub documents: Vec<(String, u64)>,
    /// Versions of documents, past and present.
    pub versions: u64,
    /// Records that wait in the outbox.
    pub outbox: u64,
}

/// Copies the store in an SQLite file as it is at one moment, also while another process writes to it.
///
/// `meanwhile` runs at that very moment: nothing is committed before it returns. It should take milliseconds; the
/// copying itself, which comes after it, holds nobody up. `to` must not be there.
///
/// # Errors
/// [`StoreError::Newer`] or [`StoreError::Address`] when the file is not a store that this program knows;
/// [`StoreError::Database`] when it cannot be read or the copy not be written.
pub fn copy<T>(from: &Path, to: &Path, meanwhile: impl FnOnce() -> T) -> Result<T, StoreError> {
    let reader = open(from)?;
    let writer = open(from)?;
    // Whoever holds this is the only one who may write; a commit under way ends before.
    writer.execute_batch("BEGIN IMMEDIATE")?;
    let pinned = reader
        .execute_batch("BEGIN")
        .and_then(|()| reader.query_row("SELECT count(*) FROM counters", [], |_| Ok(())));
    let outcome = meanwhile();
    writer.execute_batch("ROLLBACK")?;
    pinned?;
    let unwritten =
        |error: std::io::Error| StoreError::Database(format!("cannot write `{}`: {error}", to.display()));
    private(to).map_err(unwritten)?;
    let mut copy = Connection::open(to)?;
    copy.pragma_update(None, "synchronous", "OFF")?;
    {
        let backup = Backup::new(&reader, &mut copy)?;
        if backup.step(-1)? != StepResult::Done {
            return Err(StoreError::Database(format!("`{}` was locked while it was copied", from.display())));
        }
    }
    // One file, without a log beside it.
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    Ok(outcome)
}

/// Reads all of a store's file that nobody else has open, and tells what it holds.
///
/// # Errors
/// As [`copy`]; also when SQLite finds the file damaged.
pub fn examine(path: &Path) -> Result<Contents, StoreError> {
    let connection = open(path)?;
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(StoreError::Database(format!("`{}` is damaged: {found}", path.display())));
    }
    let count = |sql: &str| -> rusqlite::Result<u64> {
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
    };
    let mut statement =
        connection.prepare("SELECT kind, count(*) FROM documents GROUP BY kind ORDER BY kind")?;
    let kinds = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
    Ok(Contents {
        documents: kinds.collect::<rusqlite::Result<_>>()?,
        versions: count("SELECT count(*) FROM versions")?,
        outbox: count("SELECT count(*) FROM outbox")?,
    })
}

/// A connection to a store that is there.
fn open(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    schema::check(&connection, &path.display().to_string())?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use bastide_ids::{AccountId, Place, Region, Timestamp};
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{Changes, Resource, Store};

    #[derive(Serialize, Deserialize)]
    struct Number(u64);

    impl Resource for Number {
        const TYPE: &'static str = "test.number";
    }

    fn place() -> Place {
        Place::new(AccountId::from_number(1), Region::us_east_1())
    }

    async fn put(store: &Store, number: u64) {
        let mut changes = Changes::new(Timestamp::from_seconds(1));
        changes.put(&place(), "n", Number(number));
        changes.create(&place(), format!("{number:08}"), Number(number));
        store.commit(changes).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_copy_is_one_moment_while_others_write() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("resources.db");
        let store = Store::open(&from.display().to_string()).await.unwrap();
        put(&store, 0).await;
        let done = AtomicBool::new(false);
        let writing = async {
            for number in 1.. {
                put(&store, number).await;
                if done.load(Ordering::Relaxed) {
                    return number;
                }
            }
            0
        };
        let copying = async {
            for turn in 0..5 {
                let to = folder.path().join(format!("copy-{turn}"));
                let from = from.clone();
                let copied = tokio::task::spawn_blocking(move || {
                    let moment = copy(&from, &to, || std::thread::current().id()).unwrap();
                    assert_eq!(moment, std::thread::current().id());
                    (examine(&to).unwrap(), to)
                });
                let (contents, to) = copied.await.unwrap();
                let copied = Store::open(&to.display().to_string()).await.unwrap();
                let last = copied.find::<Number>(&place(), "n").await.unwrap().unwrap().value.0;
                // Each commit wrote two documents: both are there, or neither.
                assert_eq!(contents.documents, [("test.number".to_owned(), last + 2)]);
                assert_eq!(contents.versions, 2 * (last + 1));
            }
            done.store(true, Ordering::Relaxed);
        };
        let (last, ()) = tokio::join!(writing, copying);
        assert_eq!(store.find::<Number>(&place(), "n").await.unwrap().unwrap().value.0, last);
    }

    #[test]
    fn what_is_no_store_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        assert!(copy(&path, &folder.path().join("y"), || ()).is_err());
        assert!(!path.exists());
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
        assert!(matches!(examine(&path), Err(StoreError::Address(_))));
        std::fs::write(&path, b"not a database at all, but longer than a header of SQLite".repeat(9))
            .unwrap();
        assert!(examine(&path).is_err());
    }
}
