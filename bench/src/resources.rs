//! The store of resources: finding documents among few and among many, and commits beside one transaction
//! each.
//!
//! `bench resources [DOCUMENTS] [WHERE]`: WHERE is a folder (default: the system's temporary directory;
//! about 3 GB a million at its peak, removed afterwards) or the `postgres://` address of an empty database.
#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bastide_ids::{AccountId, Place, Region, Timestamp, Uuid};
use bastide_resources::{Changes, Item, Key, Resource, Store};
use serde::{Deserialize, Serialize};

type Outcome<T> = Result<T, Box<dyn Error>>;

const FEW: u64 = 1_000;
const FINDS: u64 = 20_000;
const WRITERS: u64 = 32;
const MEASURED: Duration = Duration::from_secs(4);

/// A document about as large as a KMS key.
#[derive(Serialize, Deserialize)]
struct Sample {
    id: String,
    description: String,
    policy: String,
    enabled: bool,
    number: u64,
}

impl Resource for Sample {
    const TYPE: &'static str = "bench.sample";

    fn item(&self, key: &Key) -> Option<Item> {
        Some(Item {
            resource_type: "AWS::Bench::Sample".into(),
            resource_id: key.id.clone(),
            resource_name: None,
            arn: key.place.arn("bench", &format!("sample/{}", key.id)),
            configuration: serde_json::json!({"keyId": self.id, "description": self.description,
                "enabled": self.enabled, "number": self.number}),
            supplementary: vec![("Policy".into(), self.policy.clone())],
            tags: vec![("team".into(), "bench".into())],
            created: Some(Timestamp::from_seconds(1)),
        })
    }
}

/// Runs the benchmark. Arguments: how many documents (default 1,000,000), where to put them.
pub(crate) fn run(args: &[String]) -> Outcome<()> {
    let many: u64 = args.first().map_or(Ok(1_000_000), |text| text.parse())?;
    let base = args.get(1).cloned().unwrap_or_else(|| std::env::temp_dir().display().to_string());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if base.starts_with("postgres") {
        return runtime.block_on(measure(&base, many));
    }
    let folder = tempfile::tempdir_in(&base)?;
    yardstick(&folder.path().join("yardstick.db"))?;
    runtime.block_on(measure(&folder.path().join("resources.db").display().to_string(), many))
}

async fn measure(address: &str, many: u64) -> Outcome<()> {
    let mut filled = 0;
    let mut few_p99 = None;
    for count in [FEW, many] {
        let started = Instant::now();
        fill(&Store::open(address).await?, filled..count).await?;
        println!("{count} documents, {} added in {:.1?}", count - filled, started.elapsed());
        filled = count;
        uncached("find, not in the cache, first pass", address, count).await?;
        let p99 = uncached("find, not in the cache, second pass", address, count).await?;
        cached(address).await?;
        if let Some(few) = few_p99.replace(p99) {
            let ratio = p99.as_secs_f64() / few.as_secs_f64();
            println!("  uncached find, p99 of the second pass: {ratio:.2} times that among {FEW}");
        }
        commits(address, 1).await?;
        commits(address, WRITERS).await?;
    }
    Ok(())
}

fn place() -> Place {
    Place::new(AccountId::from_number(1), Region::us_east_1())
}

/// Ids are spread like random UUIDs, and the number of a document tells its id.
fn id(number: u64) -> String {
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(mix(number).to_be_bytes().into_iter().cycle()) {
        *byte = from;
    }
    Uuid(bytes).to_string()
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): a permutation without order.
fn mix(number: u64) -> u64 {
    let one = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let two = (one ^ (one >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    two ^ (two >> 31)
}

fn sample(number: u64) -> Sample {
    Sample {
        id: id(number),
        description: "a sample of the size of a key".into(),
        policy: format!("{{\"Version\":\"2012-10-17\",\"Statement\":[\"{}\"]}}", "policy ".repeat(50)),
        enabled: true,
        number,
    }
}

/// Adds documents in the order of their ids: the pages are filled one after the other, and quickly.
async fn fill(store: &Store, numbers: std::ops::Range<u64>) -> Outcome<()> {
    let mut ids: Vec<_> = numbers.map(|number| (mix(number), number)).collect();
    ids.sort_unstable();
    for some in ids.chunks(1000) {
        let mut changes = Changes::new(Timestamp::from_seconds(1));
        for (_, number) in some {
            changes.create(&place(), id(*number), sample(*number));
        }
        store.commit(changes).await?;
    }
    Ok(())
}

/// Finds random documents with an empty cache, as a new store has; the p99. The first pass may have to wait
/// for the disk, the second has the pages in the system's memory.
async fn uncached(what: &str, address: &str, count: u64) -> Outcome<Duration> {
    let place = place();
    let mut took = Vec::new();
    for round in 0..FINDS.div_ceil(count.min(FINDS)) {
        let store = Store::open(address).await?;
        // The first find opens a connection.
        store.find::<Sample>(&place, "absent").await?;
        for step in 0..count.min(FINDS) {
            let number = if count <= FINDS { step } else { mix(round * FINDS + step + 1) % count };
            let id = id(number);
            let started = Instant::now();
            store.find::<Sample>(&place, &id).await?.ok_or("a document is missing")?;
            took.push(started.elapsed());
        }
    }
    Ok(print(what, &mut took))
}

/// Finds that the cache answers, and lists.
async fn cached(address: &str) -> Outcome<()> {
    let (place, store) = (place(), Store::open(address).await?);
    let ids: Vec<String> = (0..FEW).map(id).collect();
    let mut took = Vec::new();
    for round in 0..100 {
        for id in &ids {
            let started = Instant::now();
            store.find::<Sample>(&place, id).await?.ok_or("a document is missing")?;
            if round > 0 {
                took.push(started.elapsed());
            }
        }
    }
    print("find, in the cache (the clock's 25 ns or so included)", &mut took);
    let mut lists = Vec::new();
    for id in ids.iter().take(200) {
        let started = Instant::now();
        store.list::<Sample>(&place, "", Some(id), 100).await?;
        lists.push(started.elapsed());
    }
    print("list of 100", &mut lists);
    Ok(())
}

/// Commits of one changed document and one record each, from some writers.
async fn commits(address: &str, writers: u64) -> Outcome<()> {
    let store = Arc::new(Store::open(address).await?);
    let started = Instant::now();
    let write = |writer: u64| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut took = Vec::new();
            while started.elapsed() < MEASURED {
                let mut changes = Changes::new(Timestamp::from_seconds(2));
                let number = writer + WRITERS * (took.len() as u64 % (FEW / WRITERS));
                let record = Uuid::random();
                changes.put(&place(), id(number), sample(took.len() as u64)).outbox(record, vec![7; 1000]);
                let begun = Instant::now();
                store.commit(changes).await.map_err(|error| error.to_string())?;
                took.push(begun.elapsed());
                store.outbox_done(&[record]).await.map_err(|error| error.to_string())?;
            }
            Ok::<_, String>(took)
        })
    };
    let tasks: Vec<_> = (0..writers).map(write).collect();
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await??);
    }
    let rate = took.len() as f64 / started.elapsed().as_secs_f64();
    print(&format!("commit, {writers:>2} writers: {rate:>6.0}/s"), &mut took);
    Ok(())
}

/// One thread that inserts the same body in one durable transaction each.
fn yardstick(path: &Path) -> Outcome<()> {
    let connection = rusqlite::Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE documents (id TEXT PRIMARY KEY, body BLOB)")?;
    let mut insert = connection.prepare("INSERT INTO documents VALUES (?1, ?2)")?;
    let (started, mut took) = (Instant::now(), Vec::new());
    while started.elapsed() < MEASURED {
        let number = took.len() as u64;
        let body = serde_json::to_vec(&sample(number))?;
        let begun = Instant::now();
        insert.execute((id(number), body))?;
        took.push(begun.elapsed());
    }
    let rate = took.len() as f64 / started.elapsed().as_secs_f64();
    print(&format!("yardstick: bare SQLite, one row a transaction: {rate:>6.0}/s"), &mut took);
    Ok(())
}

fn print(what: &str, took: &mut [Duration]) -> Duration {
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len() - 1)).copied();
    let (p50, p99) = (at(50).unwrap_or_default(), at(99).unwrap_or_default());
    println!("  {what}: p50 {p50:.1?}, p99 {p99:.1?}");
    p99
}
