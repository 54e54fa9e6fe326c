//! Many files read at once, and given in one order: that of their times, the same however many threads read.
//!
//! Threads open, unpack and cut; the one who asks gets batches. Files that overlap in time are given by turns, a
//! batch at a time: whichever is behind comes next.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use bastide_ids::Timestamp;

use crate::reader::{Batch, Problem, Reader, Resume};
use crate::source::{Item, Source};
use crate::unpack::Limits;

/// A file that is to be read.
#[derive(Clone)]
pub(crate) struct Planned {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) item: Item,
    pub(crate) resume: Option<Resume>,
    /// When its records begin, about.
    pub(crate) start: Option<Timestamp>,
}

/// Tells when the first record of a batch was made.
pub(crate) type FirstTime = dyn Fn(&[u8]) -> Option<Timestamp> + Send + Sync;

/// Files that are open at once, and bytes of them that wait, besides the ones that the threads have in hand.
const OPEN: usize = 256;
const WAITING: usize = 64 << 20;
/// Small files go from one thread to another together: this weight (packed bytes) of them, or so many.
const TOGETHER: u64 = 64 << 10;
const TOGETHER_FILES: usize = 32;
/// Files that are read before they are asked for: such weights of them for each thread, and at least. Few enough that
/// what was unpacked is still in the processor's cache when it is asked for.
const AHEAD: u64 = 2;
const AHEAD_LEAST: u64 = 8;
/// Bytes of buffers that wait to be used again: the memory of new ones has to be cleared first.
const SPARE: usize = 32 << 20;

/// Gives the batches of files.
pub(crate) struct Ordered {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// `None`: read to its end.
    plan: Vec<Option<Planned>>,
    /// The next file that a thread is to open, and the next that takes part.
    submitted: usize,
    next: usize,
    /// What the files between these two weigh.
    ahead: u64,
    /// Each file goes from thread to thread alone: to open one is to wait.
    alone: bool,
    /// What threads have done and was not needed yet.
    arrived: BTreeMap<usize, Done>,
    active: BinaryHeap<Reverse<Active>>,
    waiting: usize,
    /// The file whose last batch was given and which has more.
    again: Option<usize>,
}

struct Active {
    time: i64,
    index: usize,
    batch: Batch,
}

impl PartialEq for Active {
    fn eq(&self, other: &Self) -> bool {
        (self.time, self.index) == (other.time, other.index)
    }
}

impl Eq for Active {}

impl PartialOrd for Active {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Active {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.time, self.index).cmp(&(other.time, other.index))
    }
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    ready: Condvar,
    first_time: Box<FirstTime>,
    limits: Limits,
}

#[derive(Default)]
struct State {
    /// By the first file that they are about.
    jobs: BTreeMap<usize, Job>,
    done: BTreeMap<usize, Done>,
    /// Buffers that were given back.
    spare: Vec<Vec<u8>>,
    stop: bool,
}

enum Job {
    /// Files that follow each other.
    Open(Vec<Planned>),
    Read(Box<Reader>),
}

struct Done {
    batch: Batch,
    time: Option<Timestamp>,
    reader: Option<Box<Reader>>,
}

impl Ordered {
    /// Reads files, which are in the order of their starts.
    pub(crate) fn new(
        plan: Vec<Planned>,
        threads: usize,
        limits: Limits,
        first_time: Box<FirstTime>,
    ) -> Self {
        let shared = Shared {
            state: Mutex::default(),
            work: Condvar::new(),
            ready: Condvar::new(),
            first_time,
            limits,
        };
        let shared = Arc::new(shared);
        let together = plan.iter().map(|file| file.source.together()).max().unwrap_or(1);
        let threads: Vec<_> = (0..threads.max(together).max(1))
            .filter_map(|number| {
                let shared = Arc::clone(&shared);
                let name = format!("ingest-{number}");
                std::thread::Builder::new().name(name).spawn(move || shared.serve()).ok()
            })
            .collect();
        Self {
            shared,
            threads,
            plan: plan.into_iter().map(Some).collect(),
            submitted: 0,
            next: 0,
            ahead: 0,
            alone: together > 1,
            arrived: BTreeMap::new(),
            active: BinaryHeap::new(),
            waiting: 0,
            again: None,
        }
    }

    /// The file of an index that [`Self::next`] gave.
    pub(crate) fn file(&self, index: usize) -> Option<&Planned> {
        self.plan.get(index)?.as_ref()
    }

    /// A file of which the last batch is done: it is not asked for again.
    pub(crate) fn done(&mut self, index: usize) {
        if let Some(file) = self.plan.get_mut(index) {
            *file = None;
        }
    }

    /// Takes back the bytes of a batch, for other batches.
    pub(crate) fn give_back(&self, bytes: Vec<u8>) {
        let mut state = self.shared.lock();
        let waiting: usize = state.spare.iter().map(Vec::capacity).sum();
        if bytes.capacity() > 0 && waiting + bytes.capacity() <= SPARE {
            state.spare.push(bytes);
        }
    }

    /// The next batch, and the index of its file.
    pub(crate) fn next(&mut self) -> Option<(usize, Batch)> {
        if let Some(index) = self.again.take() {
            self.activate(index);
        }
        while self.may_open() {
            let index = self.next;
            self.submit();
            self.next += 1;
            self.ahead = self.ahead.saturating_sub(self.file(index).map_or(0, weight));
            self.activate(index);
        }
        let Reverse(Active { index, batch, .. }) = self.active.pop()?;
        self.waiting -= batch.bytes.len();
        if !batch.last {
            self.again = Some(index);
        }
        Some((index, batch))
    }

    /// Whether the next file takes part now: nothing else does, or it begins before what else comes next.
    fn may_open(&self) -> bool {
        let Some(file) = self.file(self.next) else { return false };
        let Some(Reverse(first)) = self.active.peek() else { return true };
        let start = file.start.map_or(i64::MIN, Timestamp::millis);
        start <= first.time && self.active.len() < OPEN && self.waiting < WAITING
    }

    /// Hands files to the threads, some of them together.
    fn submit(&mut self) {
        let limit = TOGETHER * (AHEAD * self.threads.len() as u64).max(AHEAD_LEAST);
        while self.submitted == self.next || self.ahead + TOGETHER <= limit {
            let first = self.submitted;
            let (mut files, mut together) = (Vec::new(), 0);
            while let Some(Some(file)) = self.plan.get(self.submitted)
                && (files.is_empty() || !self.alone)
                && files.len() < TOGETHER_FILES
                && together < TOGETHER
            {
                files.push(file.clone());
                together += weight(file);
                self.submitted += 1;
            }
            if files.is_empty() {
                return;
            }
            self.ahead += together;
            let mut state = self.shared.lock();
            state.jobs.insert(first, Job::Open(files));
            self.shared.work.notify_one();
        }
    }

    /// Waits for a file's batch, and lets a thread go on with the next one.
    fn activate(&mut self, index: usize) {
        let done = match self.arrived.remove(&index) {
            Some(done) => done,
            None => self.wait(index),
        };
        if let Some(reader) = done.reader {
            self.shared.lock().jobs.insert(index, Job::Read(reader));
            self.shared.work.notify_one();
        }
        let time = done.time.map_or(i64::MIN, Timestamp::millis);
        self.waiting += done.batch.bytes.len();
        self.active.push(Reverse(Active { time, index, batch: done.batch }));
    }

    /// Waits for a file's batch; takes what else is done with it.
    fn wait(&mut self, index: usize) -> Done {
        let mut state = self.shared.lock();
        loop {
            self.arrived.append(&mut state.done);
            if let Some(done) = self.arrived.remove(&index) {
                return done;
            }
            if self.threads.is_empty() {
                // No thread could be started: the work is done here.
                drop(state);
                self.shared.work_once();
                state = self.shared.lock();
            } else {
                state = self.shared.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

/// What a file counts for of what is read ahead: its bytes, or some where these are not known. A long one is not read
/// at once.
fn weight(file: &Planned) -> u64 {
    match file.item.size {
        0 => TOGETHER,
        size => size.clamp(1 << 10, TOGETHER),
    }
}

impl Drop for Ordered {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.work.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self) {
        loop {
            let mut state = self.lock();
            let (index, job) = loop {
                if state.stop {
                    return;
                }
                // The file that is needed first.
                match state.jobs.pop_first() {
                    Some(job) => break job,
                    None => state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
                }
            };
            let spare = state.spares(&job);
            drop(state);
            let done = self.work_on(index, job, spare);
            self.lock().done.extend(done);
            self.ready.notify_one();
        }
    }

    fn work_once(&self) {
        let job = self.lock().jobs.pop_first();
        if let Some((index, job)) = job {
            let done = self.work_on(index, job, Vec::new());
            self.lock().done.extend(done);
        }
    }

    /// Reads a batch of each file of a job, the first of which has the index.
    fn work_on(&self, index: usize, job: Job, mut spare: Vec<Vec<u8>>) -> Vec<(usize, Done)> {
        let files = match job {
            Job::Read(reader) => return vec![(index, self.batch(reader, spare.pop()))],
            Job::Open(files) => files,
        };
        let done = files.into_iter().zip(index..).map(|(file, index)| {
            let buffer = spare.pop().unwrap_or_default();
            match Reader::open(&*file.source, &file.item, file.resume, self.limits, buffer) {
                Ok(reader) => (index, self.batch(Box::new(reader), None)),
                Err(problem) => (index, Done { batch: unread(problem), time: None, reader: None }),
            }
        });
        done.collect()
    }

    fn batch(&self, mut reader: Box<Reader>, spare: Option<Vec<u8>>) -> Done {
        let batch = reader.batch(spare.unwrap_or_default());
        let time = if batch.parquet { None } else { (self.first_time)(&batch.bytes) };
        let reader = (!batch.last).then_some(reader);
        Done { batch, time, reader }
    }
}

impl State {
    /// Buffers for a job.
    fn spares(&mut self, job: &Job) -> Vec<Vec<u8>> {
        let wanted = match job {
            Job::Open(files) => files.len(),
            Job::Read(_) => 1,
        };
        self.spare.split_off(self.spare.len().saturating_sub(wanted))
    }
}

fn unread(problem: Problem) -> Batch {
    Batch { last: true, problem: Some(problem), ..Batch::default() }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;
    use crate::source::SourceError;

    /// Files of lines that are numbers: the time.
    struct Numbers(Vec<Vec<u64>>);

    impl Source for Numbers {
        fn name(&self) -> &str {
            "numbers"
        }

        fn list(&self, _: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
            Ok(())
        }

        fn open(&self, item: &Item, _: u64) -> Result<Box<dyn Read + Send>, SourceError> {
            let index: usize = item.name.parse().unwrap();
            let numbers = self.0.get(index).ok_or_else(|| SourceError("gone".to_owned()))?;
            let lines: String = numbers.iter().map(|number| format!("{number:0>999}\n")).collect();
            Ok(Box::new(Cursor::new(lines.into_bytes())))
        }
    }

    fn first_time(bytes: &[u8]) -> Option<Timestamp> {
        let line = std::str::from_utf8(bytes.get(..999)?).ok()?;
        Some(Timestamp::from_millis(line.parse().ok()?))
    }

    fn read(files: &[Vec<u64>], threads: usize) -> Vec<u64> {
        let source: Arc<dyn Source> = Arc::new(Numbers(files.to_vec()));
        let plan = files.iter().enumerate().map(|(index, numbers)| Planned {
            source: Arc::clone(&source),
            item: Item { name: index.to_string(), ..Item::default() },
            resume: None,
            start: numbers.first().map(|first| Timestamp::from_millis(i64::try_from(*first).unwrap())),
        });
        let mut ordered = Ordered::new(plan.collect(), threads, Limits::default(), Box::new(first_time));
        let mut all = Vec::new();
        while let Some((_, batch)) = ordered.next() {
            let text = String::from_utf8(batch.bytes).unwrap();
            all.extend(text.lines().map(|line| line.parse::<u64>().unwrap()));
        }
        all
    }

    #[test]
    fn many_small_files_come_in_order_whatever_the_threads() {
        let files: Vec<Vec<u64>> = (0..500).map(|n| vec![n * 10, n * 10 + 1]).collect();
        let one = read(&files, 1);
        assert_eq!(one, files.concat());
        assert_eq!(read(&files, 4), one);
    }

    #[test]
    fn long_files_that_overlap_are_given_by_turns() {
        let (even, odd) = ((0..8_000).map(|n| 2 * n).collect(), (0..8_000).map(|n| 2 * n + 1).collect());
        let all = read(&[even, odd], 3);
        assert_eq!(all.len(), 16_000);
        // Out of order by at most a batch, not by a file.
        let mut newest = 0;
        for number in &all {
            newest = newest.max(*number);
            assert!(newest - number < 2 * 2 * 1_100, "{number} after {newest}");
        }
        assert_eq!(read(&[vec![1], (0..9_000).collect()], 2), read(&[vec![1], (0..9_000).collect()], 5));
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_told() {
        let source: Arc<dyn Source> = Arc::new(Numbers(Vec::new()));
        let item = Item { name: "0".to_owned(), ..Item::default() };
        let plan = vec![Planned { source, item, resume: None, start: None }];
        let mut ordered = Ordered::new(plan, 2, Limits::default(), Box::new(first_time));
        let (_, batch) = ordered.next().unwrap();
        assert!(batch.last && matches!(batch.problem, Some(Problem::Open(_))));
        assert!(ordered.next().is_none());
    }
}
