//! The embedded engine: SQLite with a write-ahead log. One thread writes; readers read beside it.

pub(crate) mod copy;
mod reads;
mod schema;
mod writer;

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bastide_ids::{Place, Uuid};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::oneshot;

use crate::cache::{Cache, KeyRef};
use crate::changes::{Changes, Outgoing};
use crate::engine::{Engine, History, IdRange, Record, Referred, Reply};
use crate::{CommitError, Committed, Discovered, ItemFilter, Lease, StoreError, VersionItem};

use self::writer::{Job, Writer};

/// Connections that are kept for the next reader.
const IDLE_READERS: usize = 8;
/// Page cache of a connection, in KiB (SQLite counts those as negative). Small: the system's cache holds the
/// pages, and parsed documents are cached above.
const PAGE_CACHE: i64 = -512;
/// The longest that the log gets before the writer itself takes it into the file, in pages of 4 KiB. Under
/// less than a constant load another thread has done that before.
const LOG_PAGES: i64 = 16_000;
/// The writer's, larger: a transaction's pages should fit.
const WRITE_CACHE: i64 = -4096;

/// A store in an SQLite file that this process has to itself.
pub(crate) struct Sqlite {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
    leases: Mutex<HashMap<String, Held>>,
    /// A folder to remove in the end.
    temporary: Option<PathBuf>,
    lock: File,
}

/// A lease as its holder has it. Kept in memory: the process that holds it is the only one there is.
struct Held {
    holder: String,
    token: u64,
    until: Option<Instant>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, cache: Arc<Cache>) -> Result<Self, StoreError> {
        Self::start(path, cache, true, None)
    }

    pub(crate) fn temporary(cache: Arc<Cache>) -> Result<Self, StoreError> {
        let folder = std::env::temp_dir().join(format!("bastide-{}", Uuid::random()));
        std::fs::create_dir(&folder)
            .map_err(|error| StoreError::Address(format!("cannot make `{}`: {error}", folder.display())))?;
        Self::start(&folder.join("resources.db"), cache, false, Some(folder))
    }

    fn start(
        path: &Path,
        cache: Arc<Cache>,
        durable: bool,
        temporary: Option<PathBuf>,
    ) -> Result<Self, StoreError> {
        let lock = lock(path)?;
        let shown = path.display();
        private(path).map_err(|error| StoreError::Address(format!("cannot open `{shown}`: {error}")))?;
        let mut connection = Connection::open(path)?;
        configure(&connection)?;
        schema::migrate(&mut connection, &shown.to_string())?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "journal_size_limit", 16 << 20)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        connection.pragma_update(None, "cache_size", WRITE_CACHE)?;
        let checkpoints = Connection::open(path)?;
        configure(&checkpoints)?;
        let (signal, signals) = sync_channel(1);
        let checkpointer = spawn("checkpoints", move || writer::checkpoint(&checkpoints, &signals))?;
        let writer = Writer::new(connection, cache, durable, signal)?;
        let (sender, receiver) = channel();
        let thread = spawn("resources", move || writer.run(&receiver))?;
        Ok(Self {
            path: path.into(),
            readers: Mutex::default(),
            jobs: Some(sender),
            threads: vec![thread, checkpointer],
            leases: Mutex::default(),
            temporary,
            lock,
        })
    }

    /// Reads on the caller's thread: a read takes microseconds, less than handing it to another.
    fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> std::future::Ready<Result<T, StoreError>> {
        std::future::ready(self.with_reader(read))
    }

    fn with_reader<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(&self.path, flags)?;
                configure(&connection)?;
                connection.pragma_update(None, "query_only", true)?;
                connection
            }
        };
        let result = read(&connection);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    async fn send<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Job,
    ) -> Result<T, E> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job(reply)).is_ok());
        if !sent {
            return Err(StoreError::Closed.into());
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    fn held<T>(&self, name: &str, work: impl FnOnce(&mut Held, bool) -> T) -> T {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let none = || Held { holder: String::new(), token: 0, until: None };
        let held = leases.entry(name.to_owned()).or_insert_with(none);
        let live = held.until.is_some_and(|until| until > Instant::now());
        work(held, live)
    }
}

impl Engine for Sqlite {
    fn find<'a>(&'a self, key: KeyRef<'a>) -> Reply<'a, Option<Record>> {
        Box::pin(self.read(|connection| reads::find(connection, key)))
    }

    fn list<'a>(&'a self, place: &'a Place, kind: &'a str, range: IdRange<'a>) -> Reply<'a, Vec<Record>> {
        Box::pin(self.read(|connection| reads::list(connection, place, kind, range)))
    }

    fn places<'a>(&'a self, kind: &'a str) -> Reply<'a, Vec<Place>> {
        Box::pin(self.read(|connection| reads::places(connection, kind)))
    }

    fn referrers<'a>(&'a self, of: Referred<'a>, range: IdRange<'a>) -> Reply<'a, Vec<Record>> {
        Box::pin(self.read(|connection| reads::referrers(connection, of, range)))
    }

    fn versions<'a>(&'a self, key: KeyRef<'a>, below: u64, limit: usize) -> Reply<'a, Vec<Record>> {
        Box::pin(self.read(|connection| reads::versions(connection, key, below, limit)))
    }

    fn commit(&self, changes: Changes) -> Reply<'_, Committed, CommitError> {
        Box::pin(self.send(|reply| Job::Commit(changes, reply)))
    }

    fn history<'a>(&'a self, of: History<'a>) -> Reply<'a, Vec<VersionItem>> {
        Box::pin(self.read(|connection| reads::history(connection, of)))
    }

    fn items<'a>(
        &'a self,
        place: &'a Place,
        resource_type: &'a str,
        filter: &'a ItemFilter,
        after: Option<&'a str>,
        limit: usize,
    ) -> Reply<'a, Vec<Discovered>> {
        Box::pin(self.read(|connection| reads::items(connection, place, resource_type, filter, after, limit)))
    }

    fn counts<'a>(&'a self, place: &'a Place) -> Reply<'a, Vec<(String, u64)>> {
        Box::pin(self.read(|connection| reads::counts(connection, place)))
    }

    fn latest_items<'a>(
        &'a self,
        place: &'a Place,
        keys: &'a [(String, String)],
    ) -> Reply<'a, Vec<Option<VersionItem>>> {
        Box::pin(self.read(|connection| reads::latest_items(connection, place, keys)))
    }

    fn is_empty(&self) -> Reply<'_, bool> {
        Box::pin(self.read(reads::is_empty))
    }

    fn outbox(&self, limit: usize) -> Reply<'_, Vec<Outgoing>> {
        Box::pin(self.read(|connection| reads::outbox(connection, limit)))
    }

    fn outbox_done(&self, ids: Vec<Uuid>) -> Reply<'_, ()> {
        Box::pin(self.send(|reply| Job::Done(ids, reply)))
    }

    fn lease<'a>(&'a self, name: &'a str, holder: &'a str, ttl: Duration) -> Reply<'a, Option<Lease>> {
        let lease = self.held(name, |held, live| {
            if live && held.holder != holder {
                return None;
            }
            if !live {
                held.token += 1;
            }
            holder.clone_into(&mut held.holder);
            held.until = Some(Instant::now() + ttl);
            Some(Lease { name: name.into(), holder: holder.into(), token: held.token })
        });
        Box::pin(std::future::ready(Ok(lease)))
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> Reply<'a, bool> {
        let renewed = self.held(&lease.name, |held, live| {
            let ours = live && held.token == lease.token;
            if ours {
                held.until = Some(Instant::now() + ttl);
            }
            ours
        });
        Box::pin(std::future::ready(Ok(renewed)))
    }

    fn release<'a>(&'a self, lease: &'a Lease) -> Reply<'a, ()> {
        self.held(&lease.name, |held, _| {
            if held.token == lease.token {
                held.until = None;
            }
        });
        Box::pin(std::future::ready(Ok(())))
    }

    fn refresh(&self) -> Reply<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn reset(&self) -> Reply<'_, ()> {
        Box::pin(self.send(Job::Reset))
    }
}

impl Drop for Sqlite {
    /// Waits for the writer, which writes what was handed to it before.
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        // Closing the file would do, but for a process that is just being started: it has the file too.
        let _ = self.lock.unlock();
        if let Some(folder) = &self.temporary {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let thread = std::thread::Builder::new().name(name.into()).spawn(work);
    thread.map_err(|error| StoreError::Database(format!("cannot start the thread `{name}`: {error}")))
}

/// Takes the lock that keeps a second process off the file.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let shown = path.display();
    let file = private(name.as_ref())
        .map_err(|error| StoreError::Address(format!("cannot open `{shown}.lock`: {error}")))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(shown.to_string())),
        Err(TryLockError::Error(error)) => {
            Err(StoreError::Address(format!("cannot lock `{shown}.lock`: {error}")))
        }
    }
}

/// Opens a file; one that it makes can be read by its owner only. SQLite gives the log the same mode.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", PAGE_CACHE)?;
    connection.pragma_update(None, "temp_store", "MEMORY")
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}
