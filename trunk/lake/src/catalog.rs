//! The catalog: parts, and how far files were read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bastide_ids::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::error::LakeError;
use crate::partition::{Kind, Partition};

/// A file's first unpacked bytes: how many, and their hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileHead {
    /// How many bytes are hashed.
    pub length: u32,
    /// Their hash.
    pub hash: u64,
}

/// How far a file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileState {
    /// Its path or address.
    pub name: String,
    /// Its bytes when it was read.
    pub size: u64,
    /// What changes when the file does: the time of modification, the hash of an ETag.
    pub stamp: u64,
    /// What it begins with, by which it is known under another name; `None` for short ones.
    pub head: Option<FileHead>,
    /// Unpacked bytes that are done; 0 for documents, which are counted in records.
    pub offset: u64,
    /// Records and rejected lines that are done.
    pub records: u64,
    /// Whether it was read to its end.
    pub complete: bool,
}

/// A file of the lake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, which is its name.
    pub id: i64,
    /// Where it lies.
    pub partition: Partition,
    /// Its records.
    pub rows: u64,
    /// Its bytes.
    pub bytes: u64,
    /// The time of its first record.
    pub first: Timestamp,
    /// The time of its last record.
    pub last: Timestamp,
}

impl Part {
    /// Its path within the lake.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        path_of(&self.partition, self.id)
    }
}

/// The path of a part within the lake.
pub(crate) fn path_of(partition: &Partition, id: i64) -> PathBuf {
    partition.folder().join(format!("{id}.{}", partition.kind.suffix()))
}

/// The catalog's file.
#[derive(Debug)]
pub(crate) struct Catalog(Connection);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS files (
        name TEXT PRIMARY KEY, size INTEGER NOT NULL, stamp INTEGER NOT NULL, head_length INTEGER, head_hash INTEGER,
        done INTEGER NOT NULL, records INTEGER NOT NULL, complete INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX IF NOT EXISTS files_by_head ON files (head_hash) WHERE head_hash IS NOT NULL;
    CREATE TABLE IF NOT EXISTS parts (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, day INTEGER NOT NULL,
        rows INTEGER NOT NULL, bytes INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS parts_by_day ON parts (day, kind, account, region);
    CREATE TABLE IF NOT EXISTS next_part (id INTEGER NOT NULL) STRICT;
    INSERT INTO next_part SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM next_part);
    PRAGMA user_version = 1;
";

const FILE: &str = "SELECT name, size, stamp, head_length, head_hash, done, records, complete FROM files";
const PARTS: &str = "SELECT id, kind, account, region, day, rows, bytes, first, last FROM parts";

impl Catalog {
    pub(crate) fn open(path: &Path) -> Result<Self, LakeError> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(30))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    pub(crate) fn file(&self, name: &str) -> Result<Option<FileState>, LakeError> {
        let mut found = self.0.prepare_cached(&format!("{FILE} WHERE name = ?1"))?;
        Ok(found.query_row([name], file).optional()?)
    }

    pub(crate) fn file_that_begins(&self, head: FileHead) -> Result<Option<FileState>, LakeError> {
        let mut found = self.0.prepare_cached(&format!(
            "{FILE} WHERE head_hash = ?1 AND head_length = ?2 ORDER BY done DESC"
        ))?;
        Ok(found.query_row(params![head.hash.cast_signed(), head.length], file).optional()?)
    }

    pub(crate) fn files(&self) -> Result<u64, LakeError> {
        Ok(self.0.query_row("SELECT count(*) FROM files", [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// All parts, in the order of days, kinds, accounts and regions.
    pub(crate) fn parts(&self) -> Result<Vec<Part>, LakeError> {
        self.parts_from(0)
    }

    /// Those whose number is this or a later one, in the same order.
    pub(crate) fn parts_from(&self, id: i64) -> Result<Vec<Part>, LakeError> {
        let mut parts = self
            .0
            .prepare_cached(&format!("{PARTS} WHERE id >= ?1 ORDER BY day, kind, account, region, id"))?;
        let parts = parts.query_map([id], part)?;
        // A later version may have more kinds; they are not for this one.
        Ok(parts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    pub(crate) fn next_id(&self) -> Result<i64, LakeError> {
        Ok(self.0.query_row("SELECT id FROM next_part", [], |row| row.get(0))?)
    }

    /// Names parts, drops parts and notes files, all or nothing.
    pub(crate) fn commit(
        &mut self,
        added: &[Part],
        removed: &[i64],
        files: &[FileState],
        next_id: i64,
    ) -> Result<(), LakeError> {
        let change = self.0.transaction()?;
        add(&change, added)?;
        for id in removed {
            change.prepare_cached("DELETE FROM parts WHERE id = ?1")?.execute([id])?;
        }
        note(&change, files)?;
        change.prepare_cached("UPDATE next_part SET id = max(id, ?1)")?.execute([next_id])?;
        Ok(change.commit()?)
    }
}

fn add(change: &Transaction<'_>, parts: &[Part]) -> Result<(), LakeError> {
    let mut insert =
        change.prepare_cached("INSERT INTO parts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for part in parts {
        let at = &part.partition;
        insert.execute(params![
            part.id,
            at.kind.as_str(),
            at.account,
            at.region,
            at.day,
            part.rows.cast_signed(),
            part.bytes.cast_signed(),
            part.first.millis(),
            part.last.millis()
        ])?;
    }
    Ok(())
}

fn note(change: &Transaction<'_>, files: &[FileState]) -> Result<(), LakeError> {
    let mut insert =
        change.prepare_cached("INSERT OR REPLACE INTO files VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    for file in files {
        insert.execute(params![
            file.name,
            file.size.cast_signed(),
            file.stamp.cast_signed(),
            file.head.map(|head| head.length),
            file.head.map(|head| head.hash.cast_signed()),
            file.offset.cast_signed(),
            file.records.cast_signed(),
            file.complete
        ])?;
    }
    Ok(())
}

fn file(row: &Row<'_>) -> rusqlite::Result<FileState> {
    let unsigned = |index| row.get::<_, i64>(index).map(i64::cast_unsigned);
    let head = match (row.get::<_, Option<u32>>(3)?, row.get::<_, Option<i64>>(4)?) {
        (Some(length), Some(hash)) => Some(FileHead { length, hash: hash.cast_unsigned() }),
        _ => None,
    };
    Ok(FileState {
        name: row.get(0)?,
        size: unsigned(1)?,
        stamp: unsigned(2)?,
        head,
        offset: unsigned(5)?,
        records: unsigned(6)?,
        complete: row.get(7)?,
    })
}

fn part(row: &Row<'_>) -> rusqlite::Result<Option<Part>> {
    let Some(kind) = Kind::find(&row.get::<_, String>(1)?) else { return Ok(None) };
    let partition = Partition { kind, account: row.get(2)?, region: row.get(3)?, day: row.get(4)? };
    Ok(Some(Part {
        id: row.get(0)?,
        partition,
        rows: row.get::<_, i64>(5)?.cast_unsigned(),
        bytes: row.get::<_, i64>(6)?.cast_unsigned(),
        first: Timestamp::from_millis(row.get(7)?),
        last: Timestamp::from_millis(row.get(8)?),
    }))
}
