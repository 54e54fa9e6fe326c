use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bastide_ids::Uuid;
use tokio::sync::{mpsc, oneshot};

use super::address::Address;
use super::session::{Call, Session, Value};
use super::{Name, schema};
use crate::cache::Cache;
use crate::changes::{Changes, Expect, ItemText};
use crate::plan::{self, Counters, Head, HeadItem, Row};
use crate::rows::{change_number, number, place_text};
use crate::{CommitError, Committed, ItemChange, Key, StoreError};

/// The most jobs that one transaction takes.
const MAX_BATCH: usize = 256;
/// How many sequences the log of changed documents reaches back. A node that was asleep for longer forgets
/// its whole cache.
pub(super) const LOG: u64 = 100_000;

/// Something to write.
pub(super) enum Job {
    Commit(Changes, oneshot::Sender<Result<Committed, CommitError>>),
    Reset(oneshot::Sender<Result<(), StoreError>>),
}

/// How a job came out, if its transaction is committed.
enum Outcome {
    Conflict(Key),
    Committed { sequence: u64, versions: Vec<u64> },
}

/// Where a transaction was when it failed.
enum Failure {
    /// It was not committed.
    Before(StoreError),
    /// The connection was lost while it was being committed.
    During(StoreError, Proof),
}

/// What is in the database if and only if a transaction was committed.
///
/// Its number would not do: a server that crashes before it has written anything of a transaction gives the
/// number to another one, and then says of that one that it was committed.
#[derive(Clone, Copy)]
enum Proof {
    /// This node's entry in the log of changed documents, at this sequence.
    Changed(u64),
    /// A record in the outbox.
    Record(Uuid),
    /// It wrote nothing.
    Nothing,
}

/// The one task of this node that writes. While it waits for the server more jobs gather; the next
/// transaction takes them all. Nodes take turns by a lock on the store's one row of counters.
pub(super) struct Writer {
    address: Arc<Address>,
    cache: Arc<Cache>,
    node: Arc<Name>,
    /// The sequence that this node's last refresh saw.
    horizon: Arc<AtomicU64>,
    session: Option<Session>,
}

impl Writer {
    pub(super) fn new(
        address: Arc<Address>,
        cache: Arc<Cache>,
        node: Arc<Name>,
        horizon: Arc<AtomicU64>,
        session: Session,
    ) -> Self {
        Self { address, cache, node, horizon, session: Some(session) }
    }

    /// Writes what comes until nobody can send any more.
    pub(super) async fn run(mut self, mut jobs: mpsc::UnboundedReceiver<Job>) {
        let mut batch = Vec::new();
        while jobs.recv_many(&mut batch, MAX_BATCH).await > 0 {
            self.write(std::mem::take(&mut batch)).await;
        }
    }

    async fn write(&mut self, batch: Vec<Job>) {
        let error = match self.attempts(&batch).await {
            Ok(outcomes) => return self.answer(batch, outcomes),
            Err(error) => error,
        };
        if batch.len() == 1 || error.outcome_unknown() || self.session.is_none() {
            tracing::error!(%error, jobs = batch.len(), "a commit failed");
            return batch.into_iter().for_each(|job| job.fail(error.clone()));
        }
        // One of them may be at fault: each gets a transaction of its own.
        tracing::warn!(%error, jobs = batch.len(), "a group commit failed; trying them one by one");
        for job in batch {
            let batch = [job];
            let result = self.attempts(&batch).await;
            match result {
                Ok(outcomes) => self.answer(batch.into(), outcomes),
                Err(error) => batch.into_iter().for_each(|job| job.fail(error.clone())),
            }
        }
    }

    /// One transaction; a second one, if the connection turns out to be lost before anything was committed.
    async fn attempts(&mut self, batch: &[Job]) -> Result<Vec<Outcome>, StoreError> {
        let mut lost_before = false;
        loop {
            let session = match self.session.take() {
                Some(session) if !session.is_closed() => session,
                _ => Session::connect(&self.address).await?,
            };
            let mut outcomes = Vec::with_capacity(batch.len());
            let failure = match self.transaction(&session, batch, &mut outcomes).await {
                Ok(()) => {
                    self.session = Some(session);
                    return Ok(outcomes);
                }
                Err(failure) => failure,
            };
            match failure {
                Failure::Before(error) if session.is_closed() => {
                    if std::mem::replace(&mut lost_before, true) {
                        return Err(error);
                    }
                }
                Failure::Before(error) => {
                    if session.simple("ROLLBACK").await.is_ok() {
                        self.session = Some(session);
                    }
                    return Err(error);
                }
                Failure::During(error, proof) => match self.was_committed(proof).await {
                    Some(true) => return Ok(outcomes),
                    Some(false) if !std::mem::replace(&mut lost_before, true) => {}
                    Some(false) => return Err(error),
                    None => {
                        // It may be kept now, or later, and the cache was not told.
                        self.node.change();
                        self.cache.clear();
                        return Err(StoreError::Unknown(error.to_string()));
                    }
                },
            }
        }
    }

    async fn transaction(
        &self,
        session: &Session,
        batch: &[Job],
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Failure> {
        let begun = begin(session, batch).await.map_err(Failure::Before)?;
        schema::check(begun.schema, self.address.shown()).map_err(Failure::Before)?;
        let Begun { mut counters, mut heads, .. } = begun;
        let before = counters;
        let mut calls = Vec::new();
        for job in batch {
            outcomes.push(match job {
                Job::Commit(changes, _) => {
                    let one = self.commit(session, changes, &mut heads, &mut counters, &mut calls).await;
                    one.map_err(Failure::Before)?
                }
                Job::Reset(_) => {
                    // Only ever alone in its batch of consequences: what comes after it reads heads anew.
                    counters.sequence += 1;
                    heads.values_mut().for_each(|head| *head = Head::Gone { last_version: 0 });
                    calls.extend(schema::CLEAR.iter().map(|sql| Call::new(sql, Vec::new())));
                    calls.push(self.changed(counters.sequence, None));
                    Outcome::Committed { sequence: counters.sequence, versions: Vec::new() }
                }
            });
        }
        if counters != before {
            let values: Vec<Value<'_>> = vec![Box::new(number(counters.sequence)), Box::new(counters.row)];
            calls.push(Call::new("UPDATE store SET sequence = $1, entry = $2", values));
            if counters.sequence / 1024 != before.sequence / 1024 {
                let oldest = number(counters.sequence.saturating_sub(LOG));
                calls.push(Call::new("DELETE FROM changed WHERE sequence < $1", vec![Box::new(oldest)]));
            }
        }
        let committed = |outcome: &Outcome| matches!(outcome, Outcome::Committed { .. });
        let jobs = batch.iter().zip(&*outcomes).filter(|(_, outcome)| committed(outcome));
        let proof = match jobs.map(|(job, _)| job).find_map(Job::first_record) {
            _ if counters.sequence != before.sequence => Proof::Changed(counters.sequence),
            Some(record) => Proof::Record(record),
            None => Proof::Nothing,
        };
        // Where one of these fails, the server makes the last one a rollback.
        calls.push(Call::new("COMMIT", Vec::new()));
        match session.pipeline(&calls).await {
            Ok(_) => Ok(()),
            Err(error) if session.is_closed() => Err(Failure::During(error.into(), proof)),
            Err(error) => Err(Failure::Before(error.into())),
        }
    }

    async fn commit<'a>(
        &self,
        session: &Session,
        changes: &'a Changes,
        heads: &mut HashMap<Key, Head>,
        counters: &mut Counters,
        calls: &mut Vec<Call<'a>>,
    ) -> Result<Outcome, StoreError> {
        if let Err(key) = plan::check(changes, heads) {
            return Ok(Outcome::Conflict(key));
        }
        for expect in &changes.expects {
            let Expect::Unreferenced(relation, to) = expect else { continue };
            // What this batch has written so far counts.
            session.pipeline(&std::mem::take(calls)).await?;
            let sql = "SELECT 1 FROM relations
                 WHERE to_place = $1 AND to_kind = $2 AND to_id = $3 AND name = $4 LIMIT 1";
            let rows = session.query(sql, &[&place_text(&to.place), &to.kind, &to.id, relation]).await?;
            if !rows.is_empty() {
                return Ok(Outcome::Conflict(to.clone()));
            }
        }
        let (rows, versions) = plan::plan(changes, heads, counters);
        for row in rows {
            insert(row, calls);
        }
        calls.extend(changes.keys().map(|key| self.changed(counters.sequence, Some(key))));
        for record in &changes.outbox {
            let values: Vec<Value<'_>> =
                vec![Box::new(record.id.0.to_vec()), Box::new(record.body.as_slice())];
            calls.push(Call::new("INSERT INTO outbox (id, body) VALUES ($1, $2)", values));
        }
        Ok(Outcome::Committed { sequence: counters.sequence, versions })
    }

    /// Tells the other nodes to forget a document, or everything.
    fn changed<'a>(&self, sequence: u64, key: Option<&'a Key>) -> Call<'a> {
        let place = key.map(|key| place_text(&key.place)).unwrap_or_default();
        let (kind, id) = key.map_or(("", ""), |key| (&*key.kind, key.id.as_str()));
        Call::new(
            "INSERT INTO changed VALUES ($1, $2, $3, $4, $5)",
            vec![
                Box::new(number(sequence)),
                Box::new(self.node.get().0.to_vec()),
                Box::new(place),
                Box::new(kind),
                Box::new(id),
            ],
        )
    }

    /// Asks what became of a transaction whose connection was lost; `None` when the server cannot be asked.
    async fn was_committed(&mut self, proof: Proof) -> Option<bool> {
        for _ in 0..30 {
            match self.ask(proof).await {
                Ok(committed) => return Some(committed),
                Err(error) => tracing::warn!(%error, "cannot ask what became of a commit; trying again"),
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        None
    }

    async fn ask(&mut self, proof: Proof) -> Result<bool, StoreError> {
        let session = Session::connect(&self.address).await?;
        // The lock says that the transaction is over; only a statement after it is sure to see its outcome.
        session.query("SELECT sequence FROM store FOR UPDATE", &[]).await?;
        let rows = match proof {
            Proof::Changed(sequence) => {
                let sql = "SELECT 1 FROM changed WHERE sequence = $1 AND node = $2 LIMIT 1";
                let node = self.node.get();
                Some(session.query(sql, &[&number(sequence), &node.0.as_slice()]).await?)
            }
            Proof::Record(id) => {
                Some(session.query("SELECT 1 FROM outbox WHERE id = $1", &[&id.0.as_slice()]).await?)
            }
            Proof::Nothing => None,
        };
        self.session = Some(session);
        Ok(rows.is_none_or(|rows| !rows.is_empty()))
    }

    fn answer(&self, batch: Vec<Job>, outcomes: Vec<Outcome>) {
        // A waiter who has gone away does not matter: the commit stands.
        for (job, outcome) in batch.into_iter().zip(outcomes) {
            match (job, outcome) {
                (Job::Commit(_, reply), Outcome::Conflict(key)) => {
                    let _ = reply.send(Err(CommitError::Conflict { key }));
                }
                (Job::Commit(changes, reply), Outcome::Committed { sequence, versions }) => {
                    let time = changes.time;
                    remember(&self.cache, &self.horizon, changes, sequence, versions);
                    let _ = reply.send(Ok(Committed { sequence, time }));
                }
                (Job::Reset(reply), _) => {
                    self.cache.clear();
                    let _ = reply.send(Ok(()));
                }
            }
        }
    }
}

/// Tells the cache what was committed. A refresh may have seen a later commit of another node already and
/// forgotten the document: then it must not come back.
fn remember(cache: &Cache, horizon: &AtomicU64, changes: Changes, sequence: u64, versions: Vec<u64>) {
    let keys: Vec<Key> = changes.keys().cloned().collect();
    cache.remember(changes, sequence, versions);
    if horizon.load(Ordering::SeqCst) > sequence {
        keys.iter().for_each(|key| cache.forget(key.borrowed()));
    }
}

impl Job {
    fn first_record(&self) -> Option<Uuid> {
        match self {
            Self::Commit(changes, _) => changes.outbox.first().map(|record| record.id),
            Self::Reset(_) => None,
        }
    }

    fn fail(self, error: StoreError) {
        match self {
            Self::Commit(_, reply) => drop(reply.send(Err(error.into()))),
            Self::Reset(reply) => drop(reply.send(Err(error))),
        }
    }
}

/// A transaction that has begun: the locked counters, and the heads of all documents it touches.
struct Begun {
    schema: i32,
    counters: Counters,
    heads: HashMap<Key, Head>,
}

async fn begin(session: &Session, batch: &[Job]) -> Result<Begun, StoreError> {
    let mut keys: Vec<&Key> = Vec::new();
    for job in batch {
        if let Job::Commit(changes, _) = job {
            keys.extend(plan::keys(changes));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let places: Vec<String> = keys.iter().map(|key| place_text(&key.place)).collect();
    let kinds: Vec<&str> = keys.iter().map(|key| &*key.kind).collect();
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let calls = [
        Call::new("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", Vec::new()),
        Call::new("SELECT schema, sequence, entry FROM store FOR UPDATE", Vec::new()),
        Call::new(HEADS, vec![Box::new(places), Box::new(kinds), Box::new(ids)]),
    ];
    let answers = session.pipeline(&calls).await?;
    let [_, store, heads] = answers.as_slice() else { return Err(StoreError::Closed) };
    let Some(store) = store.first() else {
        return Err(StoreError::Database("the table `store` has no row".into()));
    };
    let sequence: i64 = store.try_get(1)?;
    let counters = Counters { sequence: sequence.unsigned_abs(), row: store.try_get(2)? };
    let heads = keys.into_iter().zip(heads).map(|(key, row)| Ok((key.clone(), head(row)?)));
    let heads = heads.collect::<Result<_, StoreError>>()?;
    Ok(Begun { schema: store.try_get(0)?, counters, heads })
}

const HEADS: &str = "
    SELECT v.entry, v.version, v.sequence,
           i.entry, i.resource_type, i.resource_id, i.resource_name, i.body,
           CASE WHEN v.entry IS NULL THEN
               (SELECT max(w.version) FROM versions w WHERE w.place = k.place AND w.kind = k.kind AND w.id = k.id)
           END
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY k(place, kind, id, position)
    LEFT JOIN documents d ON d.place = k.place AND d.kind = k.kind AND d.id = k.id
    LEFT JOIN versions v ON v.entry = d.entry
    LEFT JOIN items i ON i.entry = d.item
    ORDER BY k.position";

fn head(row: &tokio_postgres::Row) -> Result<Head, StoreError> {
    let Some(entry) = row.try_get::<_, Option<i64>>(0)? else {
        let last: Option<i64> = row.try_get(8)?;
        return Ok(Head::Gone { last_version: last.unwrap_or(0).unsigned_abs() });
    };
    let (version, sequence): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
    let item = match row.try_get::<_, Option<i64>>(3)? {
        None => None,
        Some(entry) => Some(HeadItem {
            row: entry,
            item: ItemText {
                resource_type: row.try_get(4)?,
                resource_id: row.try_get(5)?,
                resource_name: row.try_get(6)?,
                text: row.try_get(7)?,
            },
        }),
    };
    Ok(Head::Live { row: entry, version: version.unsigned_abs(), sequence: sequence.unsigned_abs(), item })
}

/// The statements that write a row.
fn insert<'a>(row: Row<'a>, calls: &mut Vec<Call<'a>>) {
    let mut call = |sql, values| calls.push(Call::new(sql, values));
    match row {
        Row::InsertVersion { row, key, at, schema, body } => {
            let mut values: Vec<Value<'a>> = vec![Box::new(row)];
            values.extend(names(key));
            values.extend([number(at.version), number(at.sequence), at.time.millis()].map(boxed));
            values.extend([boxed(schema as i32), boxed(body)]);
            call("INSERT INTO versions VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", values);
        }
        Row::OverwriteVersion { row, at, schema, body } => {
            let mut values: Vec<Value<'a>> = vec![Box::new(row)];
            values.extend([number(at.version), number(at.sequence), at.time.millis()].map(boxed));
            values.extend([boxed(schema as i32), boxed(body)]);
            call(
                "UPDATE versions SET version = $2, sequence = $3, time = $4, schema = $5, body = $6
                 WHERE entry = $1",
                values,
            );
        }
        Row::RemoveVersion { row } => call("DELETE FROM versions WHERE entry = $1", vec![Box::new(row)]),
        Row::PutDocument { key, row, item } => {
            let values = names(key).into_iter().chain([boxed(row), boxed(item)]).collect();
            call(
                "INSERT INTO documents VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (place, kind, id) DO UPDATE SET entry = excluded.entry, item = excluded.item",
                values,
            );
        }
        Row::RemoveDocument { key } => {
            call("DELETE FROM documents WHERE place = $1 AND kind = $2 AND id = $3", names(key).into());
        }
        Row::InsertItem { row, key, at, change, item } => {
            let deleted = (change == ItemChange::Deleted).then_some(at.time.millis());
            let ItemText { resource_type, resource_id, resource_name, text } = item;
            let resource: [Value<'a>; 3] =
                [boxed(resource_type.clone()), boxed(resource_id.clone()), boxed(resource_name.clone())];
            let discovered = [boxed(place_text(&key.place))].into_iter().chain(resource);
            let discovered = discovered.chain([boxed(deleted), boxed(row)]).collect();
            let mut values: Vec<Value<'a>> = vec![Box::new(row)];
            values.extend(names(key));
            values.extend([number(at.version), number(at.sequence), at.time.millis()].map(boxed));
            values.extend([boxed(change_number(change)), boxed(resource_type), boxed(resource_id)]);
            values.extend([boxed(resource_name), boxed(text)]);
            call("INSERT INTO items VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", values);
            call(
                "INSERT INTO discovered VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (place, resource_type, resource_id) DO UPDATE SET
                    resource_name = excluded.resource_name, deleted = excluded.deleted, item = excluded.item",
                discovered,
            );
        }
        Row::Unrelate { from } => {
            call("DELETE FROM relations WHERE place = $1 AND kind = $2 AND id = $3", names(from).into());
        }
        Row::Relate { from, relation } => {
            let to = names(&relation.to).into_iter().chain([boxed(relation.name)]);
            call(
                "INSERT INTO relations VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                to.chain(names(from)).collect(),
            );
        }
    }
}

/// A key's columns.
fn names(key: &Key) -> [Value<'_>; 3] {
    [boxed(place_text(&key.place)), boxed(&*key.kind), boxed(key.id.as_str())]
}

fn boxed<'a>(value: impl tokio_postgres::types::ToSql + Sync + Send + 'a) -> Value<'a> {
    Box::new(value)
}

#[cfg(test)]
mod tests {
    use bastide_ids::{AccountId, Place, Region, Timestamp};
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::Resource;

    #[derive(Serialize, Deserialize)]
    struct Number(u64);

    impl Resource for Number {
        const TYPE: &'static str = "test.number";
    }

    #[test]
    fn a_commit_that_a_refresh_has_passed_is_not_cached() {
        let (cache, horizon) = (Cache::new(), AtomicU64::new(7));
        let place = Place::new(AccountId::from_number(1), Region::us_east_1());
        for (sequence, cached) in [(7, true), (6, false)] {
            let mut changes = Changes::new(Timestamp::from_seconds(1));
            changes.put(&place, "a", Number(sequence));
            remember(&cache, &horizon, changes, sequence, vec![1]);
            let key = Key::of::<Number>(&place, "a");
            assert_eq!(cache.find(key.borrowed()).is_some(), cached);
        }
    }
}
