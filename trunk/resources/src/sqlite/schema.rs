use rusqlite::{Connection, OptionalExtension};

use crate::StoreError;
use crate::plan::Counters;

/// What brings a store from each schema version to the next; the first makes version 1 from nothing.
/// A step that stands here is never changed: what it made is on people's disks.
const MIGRATIONS: &[&str] = &["
    -- `sequence` and `entry`: the last number of each that was given out.
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO counters VALUES ('sequence', 0), ('entry', 0);

    -- What exists: its present version, and its last configuration item.
    CREATE TABLE documents (
        place TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
        entry INTEGER NOT NULL, item INTEGER,
        PRIMARY KEY (place, kind, id)
    ) STRICT, WITHOUT ROWID;

    -- What exists and what it used to be. A version without a body is a deletion.
    CREATE TABLE versions (
        entry INTEGER PRIMARY KEY,
        place TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
        sequence INTEGER NOT NULL, time INTEGER NOT NULL, schema INTEGER NOT NULL, body BLOB
    ) STRICT;
    CREATE UNIQUE INDEX versions_by_key ON versions (place, kind, id, version);

    -- Configuration items. `change`: 0 discovered, 1 changed, 2 deleted.
    CREATE TABLE items (
        entry INTEGER PRIMARY KEY,
        place TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
        sequence INTEGER NOT NULL, time INTEGER NOT NULL, change INTEGER NOT NULL,
        resource_type TEXT NOT NULL, resource_id TEXT NOT NULL, resource_name TEXT, body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX items_by_resource ON items (place, resource_type, resource_id, sequence);

    -- Every resource that ever had an item, its last one, and when it was deleted.
    CREATE TABLE discovered (
        place TEXT NOT NULL, resource_type TEXT NOT NULL, resource_id TEXT NOT NULL,
        resource_name TEXT, deleted INTEGER, item INTEGER NOT NULL,
        PRIMARY KEY (place, resource_type, resource_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE relations (
        to_place TEXT NOT NULL, to_kind TEXT NOT NULL, to_id TEXT NOT NULL, name TEXT NOT NULL,
        place TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
        PRIMARY KEY (to_place, to_kind, to_id, name, place, kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX relations_by_source ON relations (place, kind, id);

    CREATE TABLE outbox (position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;
    "];

/// Says that an SQLite file is a store of Bastide's: `Bast`.
const APPLICATION: i32 = 0x4261_7374;

/// Removes everything but the counters.
pub(super) const CLEAR: &str = "
    DELETE FROM documents; DELETE FROM versions; DELETE FROM items; DELETE FROM discovered;
    DELETE FROM relations; DELETE FROM outbox;
";

/// Brings the file's schema up to date; refuses a newer one without touching it.
pub(super) fn migrate(connection: &mut Connection, store: &str) -> Result<(), StoreError> {
    let found = version(connection, store)?.unwrap_or_default();
    for (step, version) in MIGRATIONS.iter().zip(1u32..).skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Refuses a file that is no store, or a newer program's; older versions can be read as they are.
pub(super) fn check(connection: &Connection, store: &str) -> Result<(), StoreError> {
    let none = || StoreError::Address(format!("`{store}` is no store of Bastide's"));
    version(connection, store)?.map(drop).ok_or_else(none)
}

/// The version of the schema; `None` for a file with nothing in it.
fn version(connection: &Connection, store: &str) -> Result<Option<u32>, StoreError> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let table = connection.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(())).optional()?;
    if application != APPLICATION && (application != 0 || table.is_some()) {
        return Err(StoreError::Address(format!(
            "`{store}` is an SQLite file of another program: choose another data folder"
        )));
    }
    if found > known {
        return Err(StoreError::Newer { store: store.into(), found, known });
    }
    Ok((found > 0).then_some(found))
}

pub(super) fn counters(connection: &Connection) -> rusqlite::Result<Counters> {
    let read = |name: &str| -> rusqlite::Result<i64> {
        connection.query_row("SELECT value FROM counters WHERE name = ?1", [name], |row| row.get(0))
    };
    Ok(Counters { sequence: read("sequence")?.unsigned_abs(), row: read("entry")? })
}
