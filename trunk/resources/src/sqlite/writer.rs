use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};
use std::time::{Duration, Instant};

use bastide_ids::Uuid;
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::oneshot;

use super::schema;
use crate::cache::Cache;
use crate::changes::{Changes, Expect, ItemText};
use crate::plan::{self, Counters, Head, HeadItem, Row};
use crate::rows::{change_number, number, place_text};
use crate::{CommitError, Committed, ItemChange, Key, StoreError};

/// The most jobs that one transaction takes.
const MAX_BATCH: usize = 256;

/// Jobs between two checkpoints; one writes some five pages.
const CHECKPOINT: usize = 256;
/// The longest that a transaction waits for more jobs than are there.
const GATHER: Duration = Duration::from_micros(300);

/// Something to write.
pub(super) enum Job {
    Commit(Changes, oneshot::Sender<Result<Committed, CommitError>>),
    Done(Vec<Uuid>, oneshot::Sender<Result<(), StoreError>>),
    Reset(oneshot::Sender<Result<(), StoreError>>),
}

/// How a job came out, if its transaction is committed.
enum Outcome {
    Conflict(Key),
    Committed { sequence: u64, versions: Vec<u64> },
}

/// The one thread that writes. While it waits for the disk more jobs gather; the next transaction takes them
/// all, so that they share its wait.
pub(super) struct Writer {
    connection: Connection,
    counters: Counters,
    cache: Arc<Cache>,
    durable: bool,
    synchronous: Option<bool>,
    /// Jobs since the log was last asked to be taken into the file.
    unfiled: usize,
    checkpoints: SyncSender<()>,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        cache: Arc<Cache>,
        durable: bool,
        checkpoints: SyncSender<()>,
    ) -> rusqlite::Result<Self> {
        let counters = schema::counters(&connection)?;
        Ok(Self { connection, counters, cache, durable, synchronous: None, unfiled: 0, checkpoints })
    }

    /// Writes what comes until nobody can send any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let mut last = 1;
        while let Ok(job) = jobs.recv() {
            let batch = gather(job, jobs, last);
            last = batch.len();
            self.write(batch);
            self.unfiled += last;
            // While a checkpoint runs, one more can wait.
            if self.unfiled >= CHECKPOINT && self.checkpoints.try_send(()).is_ok() {
                self.unfiled = 0;
            }
        }
    }

    fn write(&mut self, batch: Vec<Job>) {
        match self.transaction(&batch) {
            Ok((outcomes, counters)) => {
                self.counters = counters;
                for (job, outcome) in batch.into_iter().zip(outcomes) {
                    self.answer(job, outcome);
                }
            }
            Err(error) if batch.len() == 1 => {
                tracing::error!(%error, "a commit failed");
                for job in batch {
                    job.fail(&error);
                }
            }
            Err(error) => {
                // One of them may be at fault: each gets a transaction of its own.
                tracing::warn!(%error, jobs = batch.len(), "a group commit failed; trying them one by one");
                for job in batch {
                    self.write(vec![job]);
                }
            }
        }
    }

    fn transaction(&mut self, batch: &[Job]) -> rusqlite::Result<(Vec<Outcome>, Counters)> {
        self.set_synchronous(batch)?;
        let mut counters = self.counters;
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for job in batch {
            outcomes.push(match job {
                Job::Commit(changes, _) => commit(&transaction, changes, &mut counters)?,
                Job::Done(ids, _) => {
                    let mut delete = transaction.prepare_cached("DELETE FROM outbox WHERE id = ?1")?;
                    for id in ids {
                        delete.execute([id.0])?;
                    }
                    Outcome::Committed { sequence: counters.sequence, versions: Vec::new() }
                }
                Job::Reset(_) => {
                    transaction.execute_batch(schema::CLEAR)?;
                    Outcome::Committed { sequence: counters.sequence, versions: Vec::new() }
                }
            });
        }
        if counters != self.counters {
            let mut update = transaction.prepare_cached("UPDATE counters SET value = ?2 WHERE name = ?1")?;
            update.execute(params!["sequence", number(counters.sequence)])?;
            update.execute(params!["entry", counters.row])?;
        }
        transaction.commit()?;
        Ok((outcomes, counters))
    }

    /// Acknowledgements of the outbox need not wait for the disk: one that is lost is made again.
    fn set_synchronous(&mut self, batch: &[Job]) -> rusqlite::Result<()> {
        let wanted = self.durable && batch.iter().any(|job| !matches!(job, Job::Done(..)));
        if self.synchronous != Some(wanted) {
            let value = match (self.durable, wanted) {
                (_, true) => "FULL",
                (true, false) => "NORMAL",
                (false, false) => "OFF",
            };
            self.connection.pragma_update(None, "synchronous", value)?;
            self.synchronous = Some(wanted);
        }
        Ok(())
    }

    fn answer(&self, job: Job, outcome: Outcome) {
        // A waiter who has gone away does not matter: the commit stands.
        match (job, outcome) {
            (Job::Commit(_, reply), Outcome::Conflict(key)) => {
                let _ = reply.send(Err(CommitError::Conflict { key }));
            }
            (Job::Commit(changes, reply), Outcome::Committed { sequence, versions }) => {
                let time = changes.time;
                self.cache.remember(changes, sequence, versions);
                let _ = reply.send(Ok(Committed { sequence, time }));
            }
            (Job::Done(_, reply), _) => {
                let _ = reply.send(Ok(()));
            }
            (Job::Reset(reply), _) => {
                self.cache.clear();
                let _ = reply.send(Ok(()));
            }
        }
    }
}

/// Takes the log into the file whenever it is told to, beside the writer, so that commits need not wait for
/// it. SQLite would do it within the commit that makes the log too long.
pub(super) fn checkpoint(connection: &Connection, signals: &Receiver<()>) {
    while signals.recv().is_ok() {
        if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            tracing::warn!(%error, "a checkpoint failed; the log grows until one succeeds");
        }
    }
}

/// A job and those that wait behind it. Writers that were answered together come back together, but not at
/// the same instant: as many as the last time are waited for, for a moment that is short beside the disk's.
fn gather(first: Job, jobs: &Receiver<Job>, last: usize) -> Vec<Job> {
    let mut batch = vec![first];
    let until = Instant::now() + GATHER;
    while batch.len() < MAX_BATCH {
        let job = match jobs.try_recv() {
            Err(TryRecvError::Empty) if batch.len() < last => {
                jobs.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
            }
            job => job.ok(),
        };
        let Some(job) = job else { break };
        batch.push(job);
    }
    batch
}

impl Job {
    fn fail(self, error: &rusqlite::Error) {
        let error = StoreError::Database(error.to_string());
        match self {
            Self::Commit(_, reply) => drop(reply.send(Err(error.into()))),
            Self::Done(_, reply) | Self::Reset(reply) => drop(reply.send(Err(error))),
        }
    }
}

fn commit(connection: &Connection, changes: &Changes, counters: &mut Counters) -> rusqlite::Result<Outcome> {
    let mut heads = HashMap::new();
    for key in plan::keys(changes) {
        if !heads.contains_key(key) {
            heads.insert(key.clone(), head(connection, key)?);
        }
    }
    if let Err(key) = plan::check(changes, &heads) {
        return Ok(Outcome::Conflict(key));
    }
    for expect in &changes.expects {
        if let Expect::Unreferenced(relation, to) = expect
            && is_referenced(connection, relation, to)?
        {
            return Ok(Outcome::Conflict(to.clone()));
        }
    }
    let (rows, versions) = plan::plan(changes, &mut heads, counters);
    for row in &rows {
        insert(connection, row)?;
    }
    let mut outbox = connection.prepare_cached("INSERT INTO outbox (id, body) VALUES (?1, ?2)")?;
    for record in &changes.outbox {
        outbox.execute(params![record.id.0, record.body])?;
    }
    Ok(Outcome::Committed { sequence: counters.sequence, versions })
}

fn head(connection: &Connection, key: &Key) -> rusqlite::Result<Head> {
    let place = place_text(&key.place);
    let mut live = connection.prepare_cached(
        "SELECT v.entry, v.version, v.sequence,
                i.entry, i.resource_type, i.resource_id, i.resource_name, i.body
         FROM documents d JOIN versions v ON v.entry = d.entry LEFT JOIN items i ON i.entry = d.item
         WHERE d.place = ?1 AND d.kind = ?2 AND d.id = ?3",
    )?;
    let found = live
        .query_row(params![place, key.kind, key.id], |row| {
            let item = match row.get::<_, Option<i64>>(3)? {
                None => None,
                Some(entry) => Some(HeadItem {
                    row: entry,
                    item: ItemText {
                        resource_type: row.get(4)?,
                        resource_id: row.get(5)?,
                        resource_name: row.get(6)?,
                        text: row.get(7)?,
                    },
                }),
            };
            let (version, sequence): (i64, i64) = (row.get(1)?, row.get(2)?);
            let (version, sequence) = (version.unsigned_abs(), sequence.unsigned_abs());
            Ok(Head::Live { row: row.get(0)?, version, sequence, item })
        })
        .optional()?;
    if let Some(head) = found {
        return Ok(head);
    }
    let mut last = connection
        .prepare_cached("SELECT max(version) FROM versions WHERE place = ?1 AND kind = ?2 AND id = ?3")?;
    let last: Option<i64> = last.query_row(params![place, key.kind, key.id], |row| row.get(0))?;
    Ok(Head::Gone { last_version: last.unwrap_or(0).unsigned_abs() })
}

fn is_referenced(connection: &Connection, relation: &str, to: &Key) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM relations WHERE to_place = ?1 AND to_kind = ?2 AND to_id = ?3 AND name = ?4 LIMIT 1",
    )?;
    statement.exists(params![place_text(&to.place), to.kind, to.id, relation])
}

fn insert(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<()> {
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> rusqlite::Result<()> {
        connection.prepare_cached(sql)?.execute(values).map(drop)
    };
    match row {
        Row::InsertVersion { row, key, at, schema, body } => run(
            "INSERT INTO versions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                row,
                place_text(&key.place),
                key.kind,
                key.id,
                number(at.version),
                number(at.sequence),
                at.time.millis(),
                schema,
                body
            ],
        ),
        Row::OverwriteVersion { row, at, schema, body } => run(
            "UPDATE versions SET version = ?2, sequence = ?3, time = ?4, schema = ?5, body = ?6 WHERE entry = ?1",
            params![row, number(at.version), number(at.sequence), at.time.millis(), schema, body],
        ),
        Row::RemoveVersion { row } => run("DELETE FROM versions WHERE entry = ?1", params![row]),
        Row::PutDocument { key, row, item } => run(
            "INSERT INTO documents VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET entry = excluded.entry, item = excluded.item",
            params![place_text(&key.place), key.kind, key.id, row, item],
        ),
        Row::RemoveDocument { key } => run(
            "DELETE FROM documents WHERE place = ?1 AND kind = ?2 AND id = ?3",
            params![place_text(&key.place), key.kind, key.id],
        ),
        Row::InsertItem { row, key, at, change, item } => {
            let place = place_text(&key.place);
            let time = at.time.millis();
            run(
                "INSERT INTO items VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    row,
                    place,
                    key.kind,
                    key.id,
                    number(at.version),
                    number(at.sequence),
                    time,
                    change_number(*change),
                    item.resource_type,
                    item.resource_id,
                    item.resource_name,
                    item.text
                ],
            )?;
            let deleted = (*change == ItemChange::Deleted).then_some(time);
            run(
                "INSERT INTO discovered VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET resource_name = excluded.resource_name,
                    deleted = excluded.deleted, item = excluded.item",
                params![place, item.resource_type, item.resource_id, item.resource_name, deleted, row],
            )
        }
        Row::Unrelate { from } => run(
            "DELETE FROM relations WHERE place = ?1 AND kind = ?2 AND id = ?3",
            params![place_text(&from.place), from.kind, from.id],
        ),
        Row::Relate { from, relation } => run(
            "INSERT OR IGNORE INTO relations VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                place_text(&relation.to.place),
                relation.to.kind,
                relation.to.id,
                relation.name,
                place_text(&from.place),
                from.kind,
                from.id
            ],
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use bastide_ids::{AccountId, Place, Region, Timestamp};
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::Resource;

    #[derive(Serialize, Deserialize)]
    struct Text(String);

    impl Resource for Text {
        const TYPE: &'static str = "test.text";
    }

    fn create(id: &str, length: usize) -> (Job, oneshot::Receiver<Result<Committed, CommitError>>) {
        let mut changes = Changes::new(Timestamp::from_seconds(1));
        let place = Place::new(AccountId::from_number(1), Region::us_east_1());
        changes.create(&place, id, Text("x".repeat(length)));
        let (reply, answer) = oneshot::channel();
        (Job::Commit(changes, reply), answer)
    }

    fn answers(writer: &mut Writer, jobs: &[(&str, usize)]) -> Vec<Result<u64, String>> {
        let (jobs, answers): (Vec<_>, Vec<_>) = jobs.iter().map(|(id, length)| create(id, *length)).unzip();
        writer.write(jobs);
        let answer = |mut answer: oneshot::Receiver<Result<Committed, CommitError>>| {
            answer.try_recv().unwrap().map(|one| one.sequence).map_err(|error| error.to_string())
        };
        answers.into_iter().map(answer).collect()
    }

    #[test]
    fn a_full_disk_fails_what_does_not_fit_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("resources.db");
        let mut connection = Connection::open(&path).unwrap();
        schema::migrate(&mut connection, "test").unwrap();
        let mut writer = Writer::new(connection, Arc::new(Cache::new()), true, sync_channel(1).0).unwrap();
        assert_eq!(answers(&mut writer, &[("a", 10)]), [Ok(1)]);
        let pages: i64 = writer.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        let limit = |writer: &Writer, pages: i64| {
            writer.connection.pragma_update(None, "max_page_count", pages).unwrap();
        };
        limit(&writer, pages + 2);
        let results = answers(&mut writer, &[("b", 10), ("large", 1 << 20), ("c", 10)]);
        assert_eq!((&results[0], &results[2]), (&Ok(2), &Ok(3)));
        assert!(results[1].as_ref().unwrap_err().contains("full"), "{results:?}");
        assert!(answers(&mut writer, &[("large", 1 << 20)])[0].is_err());
        limit(&writer, pages + 1000);
        assert_eq!(answers(&mut writer, &[("large", 1 << 20), ("b", 1)])[0], Ok(4));
        let mut count = writer.connection.prepare("SELECT count(*) FROM versions").unwrap();
        assert_eq!(count.query_row([], |row| row.get::<_, i64>(0)).unwrap(), 4);
    }
}
