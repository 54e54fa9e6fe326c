use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bastide_ids::{AccountId, Partition, Place, Region, Timestamp, Uuid};

use crate::cache::{Cache, KeyRef, Slot};
use crate::changes::{Value, is_id};
use crate::engine::{Engine, History, IdRange, Record, Referred};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::{
    Changes, CommitError, Committed, Discovered, ItemFilter, Key, Lease, Outgoing, Page, Resource,
    StoreError, Stored, VersionItem,
};

/// The most results of one page.
pub const MAX_PAGE: usize = 1000;
/// The most resources that [`Store::latest_items`] is asked for at once.
pub const MAX_LATEST: usize = 1000;

/// The store of all resources. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    engine: Arc<dyn Engine>,
    cache: Arc<Cache>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens the store at an address: `sqlite:PATH`, a path to an SQLite file (made if it is not there), or
    /// `postgres://user:password@host:port/database`. Brings its schema up to date.
    ///
    /// A PostgreSQL that is not on this machine needs `?sslmode=verify-full&sslrootcert=PATH`, or
    /// `?sslmode=disable` in so many words.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program wrote it, [`StoreError::InUse`] when another process has
    /// the file open, [`StoreError::Address`] or [`StoreError::Database`] when it cannot be opened.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let cache = Arc::new(Cache::new());
        let engine: Arc<dyn Engine> = if Self::is_shared(address) {
            Arc::new(Postgres::open(address, cache.clone()).await?)
        } else {
            let path = address.strip_prefix("sqlite:").unwrap_or(address);
            Arc::new(Sqlite::open(path.as_ref(), cache.clone())?)
        };
        Ok(Self { engine, cache })
    }

    /// Whether the address is one that several nodes may share: a PostgreSQL's.
    #[must_use]
    pub fn is_shared(address: &str) -> bool {
        ["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme))
    }

    /// A store in a new file under the system's temporary folder that goes away with it. Commits are not
    /// made durable: for tests, and for a dev mode that keeps nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the file cannot be made.
    pub fn temporary() -> Result<Self, StoreError> {
        let cache = Arc::new(Cache::new());
        Ok(Self { engine: Arc::new(Sqlite::temporary(cache.clone())?), cache })
    }

    /// The place of documents that are looked up without knowing their account, such as access keys and
    /// accounts. It is no region of AWS's, so nothing else lives there.
    #[must_use]
    pub fn global() -> Place {
        let region = Region::parse("global").unwrap_or_else(|_| Region::us_east_1());
        Place { partition: Partition::Aws, account: AccountId::from_number(0), region }
    }

    /// The present version of a document.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or the document cannot be read.
    pub async fn find<T: Resource>(
        &self,
        place: &Place,
        id: &str,
    ) -> Result<Option<Arc<Stored<T>>>, StoreError> {
        let key = KeyRef { place, kind: T::TYPE, id };
        if let Some(slot) = self.cache.find(key) {
            match slot.value {
                None => return Ok(None),
                Some(value) => {
                    if let Ok(stored) = value.downcast() {
                        return Ok(Some(stored));
                    }
                }
            }
        }
        self.find_stored(key).await
    }

    async fn find_stored<T: Resource>(&self, key: KeyRef<'_>) -> Result<Option<Arc<Stored<T>>>, StoreError> {
        if !is_id(key.id) {
            return Ok(None);
        }
        let ticket = self.cache.ticket(key);
        let Some(record) = self.engine.find(key).await? else {
            self.cache.fill(ticket, key, Slot { value: None, size: 0 });
            return Ok(None);
        };
        let size = record.body.as_ref().map_or(0, Vec::len);
        let stored = read::<T>(key.place, record)?;
        if let Some(stored) = &stored {
            self.cache.fill(ticket, key, Slot { value: Some(stored.clone() as Value), size });
        }
        Ok(stored)
    }

    /// The present documents of a type in a place whose ids start with `prefix`, in the order of their ids'
    /// bytes, after the id `after`; at most `limit`, and never more than [`MAX_PAGE`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or a document cannot be read.
    pub async fn list<T: Resource>(
        &self,
        place: &Place,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Arc<Stored<T>>>, StoreError> {
        if prefix.contains('\0') || after.is_some_and(|after| after.contains('\0')) {
            return Ok(Page { items: Vec::new(), more: false });
        }
        let limit = limit.min(MAX_PAGE);
        let range = IdRange { prefix, after, limit: limit + 1 };
        let records = self.engine.list(place, T::TYPE, range).await?;
        self.page(place, records, limit)
    }

    /// The places that have documents of a type, in no order. For background work: it looks through all documents.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn places<T: Resource>(&self) -> Result<Vec<Place>, StoreError> {
        self.engine.places(T::TYPE).await
    }

    /// The documents of type `T` in `place` that refer to `to` by `relation`, paged as [`list`](Self::list)
    /// is.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or a document cannot be read.
    pub async fn referrers<T: Resource>(
        &self,
        place: &Place,
        relation: &str,
        to: &Key,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Arc<Stored<T>>>, StoreError> {
        if !is_id(&to.id) || after.is_some_and(|after| after.contains('\0')) {
            return Ok(Page { items: Vec::new(), more: false });
        }
        let limit = limit.min(MAX_PAGE);
        let of = Referred { place, kind: T::TYPE, relation, to };
        let records = self.engine.referrers(of, IdRange { prefix: "", after, limit: limit + 1 }).await?;
        self.page(place, records, limit)
    }

    /// The versions of a document below the version `below` (all without it), newest first. A deletion ends
    /// the versions before it; it is `None` at its version number.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or a version cannot be read.
    pub async fn versions<T: Resource>(
        &self,
        place: &Place,
        id: &str,
        below: Option<u64>,
        limit: usize,
    ) -> Result<Page<(u64, Option<Arc<Stored<T>>>)>, StoreError> {
        if !is_id(id) {
            return Ok(Page { items: Vec::new(), more: false });
        }
        let limit = limit.min(MAX_PAGE);
        let key = KeyRef { place, kind: T::TYPE, id };
        let below = below.unwrap_or(u64::MAX);
        let records = self.engine.versions(key, below, limit + 1).await?;
        let more = records.len() > limit;
        let read = |record: Record| Ok((record.version, read::<T>(place, record)?));
        Ok(Page {
            items: records.into_iter().take(limit).map(read).collect::<Result<_, StoreError>>()?,
            more,
        })
    }

    /// Commits changes, all or none. Once this answers, they are durable, and every reader sees them.
    /// It goes on to its end even if the caller stops waiting.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when something it was made from has changed: read again and start over.
    /// [`CommitError::Failed`] when the store failed; nothing was kept, unless
    /// [`StoreError::outcome_unknown`].
    pub async fn commit(&self, mut changes: Changes) -> Result<Committed, CommitError> {
        if let Some(error) = changes.refused.take() {
            return Err(error.into());
        }
        let committed = self.engine.commit(changes).await;
        if let Err(CommitError::Conflict { key }) = &committed {
            // What the caller read may have come from the cache, a moment behind the engine.
            self.cache.forget(key.borrowed());
        }
        committed
    }

    /// The configuration items of a resource from `from` to `to`, both included; `after` is the
    /// [`sequence`](VersionItem::sequence) of the last one of the page before.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    #[allow(clippy::too_many_arguments, reason = "the parameters of GetResourceConfigHistory")]
    pub async fn history(
        &self,
        place: &Place,
        resource_type: &str,
        resource_id: &str,
        (from, to): (Timestamp, Timestamp),
        newest_first: bool,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Page<VersionItem>, StoreError> {
        if !is_id(resource_type) || !is_id(resource_id) {
            return Ok(Page { items: Vec::new(), more: false });
        }
        let wanted = limit.min(MAX_PAGE);
        let limit = wanted + 1;
        let of = History { place, resource_type, resource_id, from, to, newest_first, after, limit };
        Ok(cut(self.engine.history(of).await?, wanted))
    }

    /// The resources of a type, in the order of their ids' bytes, after the id `after`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn items(
        &self,
        place: &Place,
        resource_type: &str,
        filter: &ItemFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Discovered>, StoreError> {
        let texts = filter.ids.iter().chain(&filter.name).map(String::as_str).chain(after);
        if filter.ids.len() > MAX_LATEST {
            return Err(StoreError::Limit(format!(
                "at most {MAX_LATEST} resources can be asked for at once"
            )));
        }
        if !is_id(resource_type) || texts.into_iter().any(|text| text.contains('\0')) {
            return Ok(Page { items: Vec::new(), more: false });
        }
        let limit = limit.min(MAX_PAGE);
        Ok(cut(self.engine.items(place, resource_type, filter, after, limit + 1).await?, limit))
    }

    /// How many resources that are not deleted there are of each type, by type.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn counts(&self, place: &Place) -> Result<Vec<(String, u64)>, StoreError> {
        self.engine.counts(place).await
    }

    /// The last configuration item of each of these resources (type and id), in their order; `None` for one
    /// that Config has never seen. At most [`MAX_LATEST`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails, or when too many are asked for.
    pub async fn latest_items(
        &self,
        place: &Place,
        keys: &[(String, String)],
    ) -> Result<Vec<Option<VersionItem>>, StoreError> {
        if keys.len() > MAX_LATEST {
            return Err(StoreError::Limit(format!(
                "at most {MAX_LATEST} resources can be asked for at once"
            )));
        }
        if keys.iter().all(|(resource_type, id)| is_id(resource_type) && is_id(id)) {
            return self.engine.latest_items(place, keys).await;
        }
        let valid = |(resource_type, id): &&(String, String)| is_id(resource_type) && is_id(id);
        let asked: Vec<_> = keys.iter().filter(valid).cloned().collect();
        let mut found = self.engine.latest_items(place, &asked).await?.into_iter();
        Ok(keys.iter().map(|key| if valid(&key) { found.next().flatten() } else { None }).collect())
    }

    /// Whether the store holds no version of any document, of whatever place and type.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        self.engine.is_empty().await
    }

    /// The oldest records of the outbox that were not moved yet. Several nodes may see the same record;
    /// the events trunk tells a second delivery by its id.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn outbox(&self, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        self.engine.outbox(limit).await
    }

    /// Removes records that stand in the events trunk now. Not durable by itself: after a crash a record may
    /// show up again.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn outbox_done(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        if ids.is_empty() { Ok(()) } else { self.engine.outbox_done(ids.to_vec()).await }
    }

    /// Takes the lease `name` for `ttl`, if nobody else holds it; its present holder renews it.
    /// Time is the engine's own: it does not move with the dev mode's clock.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn lease(&self, name: &str, holder: &str, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        if !is_id(name) || !is_id(holder) {
            return Err(StoreError::Limit("a lease's name and holder are valid ids".into()));
        }
        self.engine.lease(name, holder, ttl).await
    }

    /// Holds a lease for `ttl` from now; false when it was lost.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<bool, StoreError> {
        self.engine.renew(lease, ttl).await
    }

    /// Gives a lease back, if it is still held.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.engine.release(lease).await
    }

    /// Makes sure that what is read from now on is at least as new as this call. Called once per request;
    /// nothing to do where one process has the store to itself.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        self.engine.refresh().await
    }

    /// Removes everything, for the dev mode.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn reset(&self) -> Result<(), StoreError> {
        self.engine.reset().await
    }

    fn page<T: Resource>(
        &self,
        place: &Place,
        records: Vec<Record>,
        limit: usize,
    ) -> Result<Page<Arc<Stored<T>>>, StoreError> {
        let more = records.len() > limit;
        let mut items = Vec::with_capacity(records.len().min(limit));
        for record in records.into_iter().take(limit) {
            items.extend(self.parsed::<T>(place, record)?);
        }
        Ok(Page { items, more })
    }

    /// The parsed document of a record: the cached one, where it is the same version.
    fn parsed<T: Resource>(
        &self,
        place: &Place,
        record: Record,
    ) -> Result<Option<Arc<Stored<T>>>, StoreError> {
        let key = KeyRef { place, kind: T::TYPE, id: &record.id };
        let cached = self.cache.find(key).and_then(|slot| slot.value?.downcast::<Stored<T>>().ok());
        match cached {
            Some(stored) if stored.sequence == record.sequence => Ok(Some(stored)),
            _ => read(place, record),
        }
    }
}

fn cut<T>(mut items: Vec<T>, limit: usize) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    Page { items, more }
}

/// The document of a record; `None` for a deletion.
fn read<T: Resource>(place: &Place, record: Record) -> Result<Option<Arc<Stored<T>>>, StoreError> {
    let Record { id, version, sequence, time, schema, body } = record;
    let Some(body) = body else { return Ok(None) };
    let key = Key::of::<T>(place, id);
    let value = match parse::<T>(schema, &body) {
        Ok(value) => value,
        Err(_) if schema > T::SCHEMA => {
            return Err(StoreError::NewerDocument { key: Box::new(key), found: schema, known: T::SCHEMA });
        }
        Err(why) => return Err(StoreError::Document { key: Box::new(key), why }),
    };
    Ok(Some(Arc::new(Stored { key, version, sequence, time, value })))
}

fn parse<T: Resource>(schema: u32, body: &[u8]) -> Result<T, String> {
    // The text of serde's error may quote the document, which may be confidential: only its place is told.
    let unfit = |error: serde_json::Error| {
        format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())
    };
    match schema.cmp(&T::SCHEMA) {
        std::cmp::Ordering::Equal => serde_json::from_slice(body).map_err(unfit),
        std::cmp::Ordering::Greater => Err("it is newer than this program".into()),
        std::cmp::Ordering::Less => {
            let old = serde_json::from_slice(body).map_err(unfit)?;
            serde_json::from_value(T::upgrade(schema, old)?).map_err(unfit)
        }
    }
}
