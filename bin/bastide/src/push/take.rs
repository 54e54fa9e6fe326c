//! Carrying it out: the body is looked through, kept in the lake, and shown to the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use bastide_api_ingest::errors as error;
use bastide_door::{Failure, Permitted};
use bastide_guardduty::work::Watched;
use bastide_ids::AccountId;
use bastide_ingest::{Kind, Limits, Looked, Options, Progress, Source, UnpackError, Whole};
use bastide_lake::LakeError;
use bastide_shape::{Document, Value};

use crate::ingest::intake::{Intake, Kept};

/// What a body may become: enough for the largest body that is taken by default, at the ratio of ordinary logs.
const LIMITS: Limits = Limits { total: 1 << 30, ratio: 250 };
/// How long somebody waits for their turn.
const TURN: Duration = Duration::from_secs(30);

/// What the operation needs of the server.
#[derive(Clone)]
pub(crate) struct Pushing {
    /// The way for logs into it.
    pub(crate) intake: Intake,
    /// The operator's account, which may push logs of any account.
    pub(crate) operator: AccountId,
}

/// One file that is pushed.
struct Put {
    /// Its name for good: who pushed it, where, the hash of its bytes, and the name that it was given.
    file: String,
    whole: Arc<Whole>,
    kind: Option<Kind>,
    /// The one account whose records are taken.
    only: Option<String>,
}

/// What became of it.
struct Taken {
    read: Progress,
    duplicates: u64,
    others: u64,
    reasons: Vec<(usize, String)>,
}

/// PutLogs. What is answered with success is durable.
///
/// # Errors
/// `UnknownLogException`, `DamagedLogException`, `LogTooLargeException`: nothing of it was taken. `StorageFullException`,
/// `BusyException`: the same may be sent again, and is taken once.
pub(super) async fn put_logs(call: &mut Permitted) -> Result<Document, Failure> {
    let pushing = call.setting::<Pushing>().cloned();
    let pushing = pushing.ok_or_else(|| Failure::internal("nothing takes logs"))?;
    let put = put(call, &pushing);
    let whole = Arc::clone(&put.whole);
    let looked = tokio::task::spawn_blocking(move || whole.look(LIMITS)).await;
    let looked = looked.map_err(Failure::internal)?.map_err(|error| unreadable(&error))?;
    check(&looked, put.kind)?;
    let taken = in_turn(&pushing.intake, put).await?;
    let answer = answer(call.input(), &looked, &taken);
    let mut recorded = answer.clone();
    // Reasons may quote what was sent.
    recorded.remove("reasons");
    call.record_response(recorded);
    Ok(answer)
}

fn put(call: &Permitted, pushing: &Pushing) -> Put {
    let input = call.input();
    let (place, hash) = (call.place(), input.text("sha256"));
    let short = hash.get(..32).unwrap_or(hash);
    // A path as those of `AWSLogs` are: what the name does not tell of account and region, who pushes it does.
    let file = format!("push/{}/{}/{short}/{}", place.account, place.region.as_str(), input.text("name"));
    let stamp = hash.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    let bytes: Arc<[u8]> = input.blob("body").unwrap_or_default().into();
    Put {
        whole: Arc::new(Whole::new(file.clone(), stamp, bytes)),
        file,
        kind: input.str("kind").and_then(Kind::find),
        only: (place.account != pushing.operator).then(|| place.account.to_string()),
    }
}

fn unreadable(why: &UnpackError) -> Failure {
    let shape = match why {
        UnpackError::Bomb(_) => &error::LogTooLargeException,
        _ => &error::DamagedLogException,
    };
    Failure::new(shape, format!("nothing was taken: {why}"))
}

fn check(looked: &Looked, kind: Option<Kind>) -> Result<(), Failure> {
    if looked.empty {
        return Err(Failure::new(&error::DamagedLogException, "nothing was taken: there is nothing in it"));
    }
    if looked.kind.or(kind).is_none() {
        let message = "nothing was taken: this is none of the logs that are known here (CloudTrail, VPC flow logs, \
                       Route 53 resolver queries, Kubernetes audit, database logins); if it is, say which with \
                       `kind=`";
        return Err(Failure::new(&error::UnknownLogException, message));
    }
    Ok(())
}

/// Takes it when its turn comes; who has waited too long is told to come back, and nothing is taken then.
async fn in_turn(intake: &Intake, put: Put) -> Result<Taken, Failure> {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const LEFT: u8 = 2;
    let turn = Arc::new(AtomicU8::new(WAITING));
    let theirs = Arc::clone(&turn);
    let becomes =
        |turn: &AtomicU8, to| turn.compare_exchange(WAITING, to, Ordering::AcqRel, Ordering::Acquire).is_ok();
    let taking = intake.with(
        move |kept, watched| {
            if becomes(&theirs, BEGUN) { take(kept, watched, &put) } else { Err(busy()) }
        },
    );
    let mut taking = std::pin::pin!(taking);
    let done = match tokio::time::timeout(TURN, &mut taking).await {
        Ok(done) => done,
        Err(_) if becomes(&turn, LEFT) => return Err(busy()),
        Err(_) => taking.await,
    };
    done.unwrap_or_else(|| {
        Err(Failure::new(&error::BusyException, "the server is stopping; send this again"))
    })
}

pub(super) fn no_room() -> Failure {
    let message = "there is no room to keep it; nothing is acknowledged, send it again when there is";
    Failure::new(&error::StorageFullException, message)
}

fn busy() -> Failure {
    Failure::new(&error::BusyException, "other logs are being read; send this again in a while")
}

/// On the engine's thread.
fn take(kept: &mut Kept, watched: &mut Watched, put: &Put) -> Result<Taken, Failure> {
    let before = kept.file(&put.file).map_err(|error| failed(&error))?;
    if let Some(before) = before.filter(|before| before.complete) {
        let (read, reasons) = (Progress::default(), Vec::new());
        return Ok(Taken { read, duplicates: before.records, others: 0, reasons });
    }
    let mut taking = kept.begin(watched).map_err(|error| failed(&error))?;
    taking.by_head = false;
    taking.only.clone_from(&put.only);
    let options = Options { kind: put.kind, threads: 1, limits: LIMITS, growing: false };
    let source: Arc<dyn Source> = Arc::<Whole>::clone(&put.whole);
    let read = bastide_ingest::pass(&[source], &options, &mut taking, &mut |_| {});
    let read = read.map_err(|error| error.to_string());
    let read = read.and_then(|read| taking.commit().map(|()| read));
    let (others, reasons) = (taking.others, std::mem::take(&mut taking.reasons));
    match (read, taking.failure.take()) {
        (Ok(read), None) => Ok(Taken { read, duplicates: 0, others, reasons }),
        (_, Some(failure)) => Err(failed(&failure)),
        (Err(error), None) => Err(Failure::internal(error)),
    }
}

fn failed(why: &LakeError) -> Failure {
    if why.is_full() {
        tracing::error!(%why, "logs that were pushed cannot be kept");
        return no_room();
    }
    match why {
        LakeError::Busy(_) => busy(),
        _ => Failure::internal(why),
    }
}

fn answer(input: &Document, looked: &Looked, taken: &Taken) -> Document {
    let Taken { read, duplicates, others, reasons } = taken;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    // What was not taken is among the records of its kind, of which there is one in a file.
    let mut left = *others;
    let records = read.kinds.iter().fold(Document::new(), |records, (kind, count)| {
        let mine = count.saturating_sub(left);
        left = left.saturating_sub(*count);
        records.with(kind.as_str(), number(mine))
    });
    let reasons: Vec<Value> = reasons
        .iter()
        .map(|(position, reason)| {
            Document::new().with("position", number(*position as u64)).with("reason", reason.as_str()).into()
        })
        .collect();
    Document::new()
        .with("name", input.text("name"))
        .maybe("bytes", input.int("bytes"))
        .with("unpackedBytes", number(looked.unpacked))
        .with("records", records)
        .with("duplicates", number(*duplicates))
        .with("otherAccounts", number(*others))
        .with("foreign", number(read.foreign))
        .with("broken", number(read.rejected))
        .with("reasons", reasons)
}
