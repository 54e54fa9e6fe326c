use super::session::Session;
use crate::StoreError;

/// What brings a store from each schema version to the next; the first makes version 1 from nothing.
/// A step that stands here is never changed. The tables mean what they mean in SQLite; identifiers are
/// compared by their bytes (`COLLATE "C"`), as there.
const MIGRATIONS: &[&str] = &[r#"
    -- One row: the schema version, and the last sequence and entry that were given out. Whoever commits
    -- locks it first, so sequences are in the order of commits and have no gaps.
    CREATE TABLE store (schema integer NOT NULL, sequence bigint NOT NULL, entry bigint NOT NULL);
    INSERT INTO store VALUES (0, 0, 0);

    CREATE TABLE documents (
        place text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
        entry bigint NOT NULL, item bigint,
        PRIMARY KEY (place, kind, id)
    );

    CREATE TABLE versions (
        entry bigint PRIMARY KEY,
        place text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
        version bigint NOT NULL, sequence bigint NOT NULL, time bigint NOT NULL,
        schema integer NOT NULL, body bytea
    );
    CREATE UNIQUE INDEX versions_by_key ON versions (place, kind, id, version);

    CREATE TABLE items (
        entry bigint PRIMARY KEY,
        place text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
        version bigint NOT NULL, sequence bigint NOT NULL, time bigint NOT NULL, change smallint NOT NULL,
        resource_type text COLLATE "C" NOT NULL, resource_id text COLLATE "C" NOT NULL,
        resource_name text COLLATE "C", body text NOT NULL
    );
    CREATE INDEX items_by_resource ON items (place, resource_type, resource_id, sequence);

    CREATE TABLE discovered (
        place text COLLATE "C" NOT NULL, resource_type text COLLATE "C" NOT NULL,
        resource_id text COLLATE "C" NOT NULL,
        resource_name text COLLATE "C", deleted bigint, item bigint NOT NULL,
        PRIMARY KEY (place, resource_type, resource_id)
    );

    CREATE TABLE relations (
        to_place text COLLATE "C" NOT NULL, to_kind text COLLATE "C" NOT NULL, to_id text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        place text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
        PRIMARY KEY (to_place, to_kind, to_id, name, place, kind, id)
    );
    CREATE INDEX relations_by_source ON relations (place, kind, id);

    CREATE TABLE outbox (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id bytea NOT NULL UNIQUE, body bytea NOT NULL
    );

    -- What each commit wrote, and which node made it, so that the other nodes' caches forget it. An empty
    -- place means everything. Old rows go away.
    CREATE TABLE changed (
        sequence bigint NOT NULL, node bytea NOT NULL,
        place text NOT NULL, kind text NOT NULL, id text NOT NULL
    );
    CREATE INDEX changed_by_sequence ON changed (sequence);

    CREATE TABLE leases (
        name text COLLATE "C" PRIMARY KEY, holder text NOT NULL, token bigint NOT NULL,
        until timestamptz NOT NULL
    );
"#];

/// The advisory lock that is held while the schema is brought up to date: `Bastide` in ASCII.
const LOCK: i64 = 0x0042_6173_7469_6465;

/// Removes everything but the counters and the leases.
pub(super) const CLEAR: [&str; 6] = [
    "DELETE FROM documents",
    "DELETE FROM versions",
    "DELETE FROM items",
    "DELETE FROM discovered",
    "DELETE FROM relations",
    "DELETE FROM outbox",
];

/// Refuses a schema of a newer program.
pub(super) fn check(found: i32, store: &str) -> Result<(), StoreError> {
    let (found, known) = (found.unsigned_abs(), u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX));
    if found > known { Err(StoreError::Newer { store: store.into(), found, known }) } else { Ok(()) }
}

/// Brings the database's schema up to date; refuses a newer one without touching it. Several nodes may do
/// this at once: one goes first.
pub(super) async fn migrate(session: &Session, store: &str) -> Result<(), StoreError> {
    // A step over a large table, or waiting for another node's, takes its time.
    session.simple("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    let result = steps(session, store).await;
    session.simple(if result.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    result
}

async fn steps(session: &Session, store: &str) -> Result<(), StoreError> {
    session.query("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    // Only a table that unqualified names reach counts: the search path is the operator's choice.
    let there = session.query("SELECT to_regclass('store') IS NOT NULL", &[]).await?;
    let there = there.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(false);
    let found: i32 = if there {
        let row = session.query("SELECT schema FROM store FOR UPDATE", &[]).await?;
        row.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(0)
    } else {
        0
    };
    check(found, store)?;
    for (step, version) in MIGRATIONS.iter().zip(1i32..).skip(found.unsigned_abs() as usize) {
        session.simple(step).await?;
        session.query("UPDATE store SET schema = $1", &[&version]).await?;
    }
    Ok(())
}
