//! The engine for several nodes: PostgreSQL (11 or later). Nodes take turns in committing, and their caches
//! follow each other's commits.

mod address;
mod reads;
mod schema;
mod session;
mod tls;
mod writer;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bastide_ids::{Place, Uuid};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_postgres::Row;

use crate::cache::{Cache, KeyRef};
use crate::changes::{Changes, Outgoing};
use crate::engine::{Engine, History, IdRange, Record, Referred, Reply};
use crate::rows::{key, number};
use crate::{CommitError, Committed, Discovered, ItemFilter, Lease, StoreError, VersionItem};

use self::address::Address;
use self::session::{Pool, Session};
use self::writer::{Job, LOG, Writer};

/// A store in a PostgreSQL database that several nodes may share.
pub(crate) struct Postgres {
    address: Arc<Address>,
    pool: Pool,
    jobs: mpsc::UnboundedSender<Job>,
    cache: Arc<Cache>,
    node: Arc<Name>,
    /// How many refreshes were begun.
    begun: AtomicU64,
    refreshed: Mutex<Refreshed>,
    /// The sequence that the last refresh saw; raised before it forgets.
    horizon: Arc<AtomicU64>,
}

/// What tells this node's commits from others', whose documents its cache must forget.
struct Name(std::sync::Mutex<Uuid>);

impl Name {
    fn new() -> Self {
        Self(std::sync::Mutex::new(Uuid::random()))
    }

    fn get(&self) -> Uuid {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes another name: what was committed until now counts as another node's.
    fn change(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Uuid::random();
    }
}

/// Held by the refresh that runs.
struct Refreshed {
    /// The sequence that the cache is at least as new as.
    sequence: u64,
    /// The number of the last refresh that came to its end.
    number: u64,
}

impl Postgres {
    pub(crate) async fn open(address: &str, cache: Arc<Cache>) -> Result<Self, StoreError> {
        let address = Arc::new(Address::parse(address)?);
        let session = Session::connect(&address).await?;
        schema::migrate(&session, address.shown()).await?;
        let rows = session.query("SELECT sequence FROM store", &[]).await?;
        let sequence: i64 = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(0);
        let node = Arc::new(Name::new());
        let (jobs, receiver) = mpsc::unbounded_channel();
        let horizon = Arc::new(AtomicU64::new(0));
        let writer = Writer::new(address.clone(), cache.clone(), node.clone(), horizon.clone(), session);
        tokio::spawn(writer.run(receiver));
        Ok(Self {
            pool: Pool::new(address.clone()),
            address,
            jobs,
            cache,
            node,
            begun: AtomicU64::new(0),
            refreshed: Mutex::new(Refreshed { sequence: sequence.unsigned_abs(), number: 0 }),
            horizon,
        })
    }

    async fn send<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Job,
    ) -> Result<T, E> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(job(reply)).is_err() {
            return Err(StoreError::Closed.into());
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Forgets what other nodes changed. Calls that come while one runs share the next one.
    async fn catch_up(&self) -> Result<(), StoreError> {
        let before = self.begun.load(Ordering::SeqCst);
        let mut refreshed = self.refreshed.lock().await;
        if refreshed.number > before {
            return Ok(());
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        refreshed.sequence = self.forget_since(refreshed.sequence).await?;
        refreshed.number = number;
        Ok(())
    }

    /// Forgets what other nodes changed since a sequence; the sequence now.
    async fn forget_since(&self, seen: u64) -> Result<u64, StoreError> {
        let sql = "SELECT s.schema, s.sequence, c.place, c.kind, c.id
             FROM store s LEFT JOIN changed c ON c.sequence > $1 AND c.node <> $2";
        let rows = self.pool.query(sql, &[&number(seen), &self.node.get().0.as_slice()]).await?;
        let Some(first) = rows.first() else {
            return Err(StoreError::Database("the table `store` has no row".into()));
        };
        schema::check(first.try_get(0)?, self.address.shown())?;
        let now = first.try_get::<_, i64>(1)?.unsigned_abs();
        self.horizon.fetch_max(now, Ordering::SeqCst);
        if now.saturating_sub(seen) >= LOG {
            self.cache.clear();
        }
        for row in &rows {
            self.forget(row)?;
        }
        Ok(now)
    }

    fn forget(&self, row: &Row) -> Result<(), StoreError> {
        let Some(place) = row.try_get::<_, Option<&str>>(2)? else { return Ok(()) };
        if place.is_empty() {
            self.cache.clear();
        } else {
            self.cache.forget(key(place, row.try_get(3)?, row.try_get(4)?)?.borrowed());
        }
        Ok(())
    }
}

impl Engine for Postgres {
    fn find<'a>(&'a self, key: KeyRef<'a>) -> Reply<'a, Option<Record>> {
        Box::pin(reads::find(&self.pool, key))
    }

    fn list<'a>(&'a self, place: &'a Place, kind: &'a str, range: IdRange<'a>) -> Reply<'a, Vec<Record>> {
        Box::pin(reads::list(&self.pool, place, kind, range))
    }

    fn places<'a>(&'a self, kind: &'a str) -> Reply<'a, Vec<Place>> {
        Box::pin(reads::places(&self.pool, kind))
    }

    fn referrers<'a>(&'a self, of: Referred<'a>, range: IdRange<'a>) -> Reply<'a, Vec<Record>> {
        Box::pin(reads::referrers(&self.pool, of, range))
    }

    fn versions<'a>(&'a self, key: KeyRef<'a>, below: u64, limit: usize) -> Reply<'a, Vec<Record>> {
        Box::pin(reads::versions(&self.pool, key, below, limit))
    }

    fn commit(&self, changes: Changes) -> Reply<'_, Committed, CommitError> {
        Box::pin(self.send(|reply| Job::Commit(changes, reply)))
    }

    fn history<'a>(&'a self, of: History<'a>) -> Reply<'a, Vec<VersionItem>> {
        Box::pin(reads::history(&self.pool, of))
    }

    fn items<'a>(
        &'a self,
        place: &'a Place,
        resource_type: &'a str,
        filter: &'a ItemFilter,
        after: Option<&'a str>,
        limit: usize,
    ) -> Reply<'a, Vec<Discovered>> {
        Box::pin(reads::items(&self.pool, place, resource_type, filter, after, limit))
    }

    fn counts<'a>(&'a self, place: &'a Place) -> Reply<'a, Vec<(String, u64)>> {
        Box::pin(reads::counts(&self.pool, place))
    }

    fn latest_items<'a>(
        &'a self,
        place: &'a Place,
        keys: &'a [(String, String)],
    ) -> Reply<'a, Vec<Option<VersionItem>>> {
        Box::pin(reads::latest_items(&self.pool, place, keys))
    }

    fn is_empty(&self) -> Reply<'_, bool> {
        Box::pin(reads::is_empty(&self.pool))
    }

    fn outbox(&self, limit: usize) -> Reply<'_, Vec<Outgoing>> {
        Box::pin(reads::outbox(&self.pool, limit))
    }

    fn outbox_done(&self, ids: Vec<Uuid>) -> Reply<'_, ()> {
        Box::pin(async move {
            let ids: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
            // Need not wait for the server's disk: a removal that is lost is made again.
            let sql = "DELETE FROM outbox WHERE id = ANY($1)
                 AND set_config('synchronous_commit', 'off', true) = 'off'";
            self.pool.query(sql, &[&ids]).await.map(drop)
        })
    }

    fn lease<'a>(&'a self, name: &'a str, holder: &'a str, ttl: Duration) -> Reply<'a, Option<Lease>> {
        Box::pin(async move {
            let sql = "INSERT INTO leases VALUES ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
                 ON CONFLICT (name) DO UPDATE SET
                     holder = excluded.holder, until = excluded.until,
                     token = leases.token + CASE WHEN leases.until > clock_timestamp() THEN 0 ELSE 1 END
                 WHERE leases.until <= clock_timestamp() OR leases.holder = excluded.holder
                 RETURNING token";
            let rows = self.pool.query(sql, &[&name, &holder, &millis(ttl)]).await?;
            let Some(row) = rows.first() else { return Ok(None) };
            let token = row.try_get::<_, i64>(0)?.unsigned_abs();
            Ok(Some(Lease { name: name.into(), holder: holder.into(), token }))
        })
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> Reply<'a, bool> {
        Box::pin(async move {
            let sql = "UPDATE leases SET until = clock_timestamp() + $3 * interval '1 ms'
                 WHERE name = $1 AND token = $2 AND until > clock_timestamp() RETURNING token";
            let rows = self.pool.query(sql, &[&lease.name, &number(lease.token), &millis(ttl)]).await?;
            Ok(!rows.is_empty())
        })
    }

    fn release<'a>(&'a self, lease: &'a Lease) -> Reply<'a, ()> {
        Box::pin(async move {
            let sql = "UPDATE leases SET until = '-infinity' WHERE name = $1 AND token = $2";
            self.pool.query(sql, &[&lease.name, &number(lease.token)]).await.map(drop)
        })
    }

    fn refresh(&self) -> Reply<'_, ()> {
        Box::pin(self.catch_up())
    }

    fn reset(&self) -> Reply<'_, ()> {
        Box::pin(self.send(Job::Reset))
    }
}

/// A duration as SQL multiplies it with an interval.
fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
