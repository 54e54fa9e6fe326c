use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::*;
use crate::state::Remembered;

/// Files in memory, which counts how many are being opened at once.
#[derive(Default)]
struct Files {
    files: BTreeMap<String, Vec<u8>>,
    together: usize,
    opening: AtomicUsize,
    most: AtomicUsize,
}

impl Source for Files {
    fn name(&self) -> &str {
        "memory"
    }

    fn list(&self, each: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
        for (name, bytes) in &self.files {
            each(Item { name: name.clone(), size: bytes.len() as u64, stamp: 1 });
        }
        Ok(())
    }

    fn together(&self) -> usize {
        self.together.max(1)
    }

    fn open(&self, item: &Item, from: u64) -> Result<Box<dyn Read + Send>, SourceError> {
        let opening = self.opening.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(opening, Ordering::SeqCst);
        if self.together > 1 {
            // As one waits for a server: others open theirs meanwhile.
            for _ in 0..1_000 {
                if self.opening.load(Ordering::SeqCst) >= self.together.min(self.files.len()) {
                    break;
                }
                std::thread::yield_now();
            }
        }
        self.opening.fetch_sub(1, Ordering::SeqCst);
        let bytes = self.files.get(&item.name).ok_or_else(|| SourceError("gone".to_owned()))?;
        Ok(Box::new(Cursor::new(bytes[usize::try_from(from).unwrap()..].to_vec())))
    }
}

/// What came, in order.
#[derive(Default)]
struct Seen {
    records: Vec<String>,
    rejected: Vec<String>,
    files: Remembered,
}

impl Sink for Seen {
    fn state(&mut self, name: &str) -> Result<Option<FileState>, String> {
        Ok(self.files.state(name).cloned())
    }

    fn known(&mut self, head: FileHead) -> Result<Option<FileState>, String> {
        Ok(self.files.known(head).cloned())
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
        match record {
            Record::CloudTrail(event) => self.records.push(event.id.to_string()),
            other => self.records.push(format!("{other:?}")),
        }
        Ok(())
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected<'_>) -> Result<(), String> {
        let raw = String::from_utf8_lossy(rejected.raw);
        self.rejected.push(format!("{file} {} {raw}", rejected.at));
        Ok(())
    }

    fn read(&mut self, state: FileState) -> Result<(), String> {
        self.files.put(state);
        Ok(())
    }
}

/// The second `number` of a day, and broken when it divides by 13.
fn event(number: usize) -> String {
    let time = Timestamp::from_seconds(1_700_000_000 + number as i64).iso8601();
    let id = if number % 13 == 5 { "id\": \"" } else { "id-" };
    let pad = "x".repeat(number * 7_919 % 400);
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","accountId":"111122223333","userName":"{pad}"}},"eventTime":"{time}","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","userAgent":"x","eventID":"{id}{number}","eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#
    )
}

fn packed(text: &[u8], packing: u8) -> Vec<u8> {
    match packing {
        0 => text.to_vec(),
        1 => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(text).unwrap();
            out.finish().unwrap()
        }
        _ => zstd::encode_all(text, 1).unwrap(),
    }
}

/// The name of a file that begins with an event; with its time, or with none.
fn name(first: usize, timed: bool) -> String {
    let time = Timestamp::from_seconds(1_700_000_000 + first as i64).iso8601().replace(['-', ':'], "");
    if timed { format!("logs/x_{time}_{first}.json.gz") } else { format!("logs/{}.json.gz", 99_999 - first) }
}

/// Events in files of so many, each a document or lines.
fn files(count: usize, sizes: &[usize], packing: &[u8], lines: bool, timed: bool) -> Files {
    let (mut files, mut from) = (Files::default(), 0);
    for (size, packing) in sizes.iter().cycle().zip(packing.iter().cycle()) {
        let to = (from + size).min(count);
        let events: Vec<String> = (from..to).map(event).collect();
        let text = match lines {
            true => events.iter().map(|event| format!("{event}\n")).collect(),
            false => format!("{{\"Records\":[{}]}}", events.join(",")),
        };
        files.files.insert(name(from, timed), packed(text.as_bytes(), *packing));
        from = to;
        if from == count {
            return files;
        }
    }
    files
}

fn run(source: Files, threads: usize, seen: &mut Seen) -> (Progress, Arc<Files>) {
    let source = Arc::new(source);
    let sources: Vec<Arc<dyn Source>> = vec![source.clone()];
    let options = Options { threads, ..Options::default() };
    (pass(&sources, &options, seen, &mut |_| {}).unwrap(), source)
}

fn whole(count: usize) -> Seen {
    let mut seen = Seen::default();
    run(files(count, &[count], &[0], false, true), 1, &mut seen);
    seen
}

#[test]
fn what_was_read_is_not_read_again_and_what_is_new_is() {
    let mut seen = Seen::default();
    let old = || files(900, &[3], &[1], false, true);
    run(old(), 3, &mut seen);
    assert_eq!(seen.records, whole(900).records);
    let (again, _) = run(old(), 3, &mut seen);
    assert_eq!((again.unchanged, again.records, again.read), (300, 0, 0));
    let more = files(1_500, &[3], &[1], false, true);
    let (progress, _) = run(more, 2, &mut seen);
    assert_eq!((progress.unchanged, progress.read), (300, 200));
    assert_eq!(seen.records, whole(1_500).records);
    // The same under other names.
    let renamed = files(1_500, &[3], &[1], false, false);
    let (progress, _) = run(renamed, 2, &mut seen);
    assert_eq!((progress.records, progress.unchanged), (0, 0));
}

#[test]
fn a_damaged_file_among_small_ones_costs_only_itself() {
    let mut all = files(600, &[3], &[1], true, true);
    let damaged = name(300, true);
    let bytes = all.files.get_mut(&damaged).unwrap();
    bytes.truncate(bytes.len() / 2);
    all.files.insert("logs/other.txt".to_owned(), b"hello\nworld".to_vec());
    let mut seen = Seen::default();
    let (progress, _) = run(all, 3, &mut seen);
    assert_eq!((progress.damaged, progress.unknown), (1, 1));
    assert!(progress.problems[0].0.ends_with(&damaged));
    let expected = whole(600).records;
    let lost: Vec<_> = expected.iter().filter(|id| !seen.records.contains(id)).collect();
    assert!(lost.len() <= 3 && lost.iter().all(|id| ["id-300", "id-301", "id-302"].contains(&id.as_str())));
}

#[test]
fn files_that_wait_are_opened_together_but_not_without_limit() {
    let source = Files { together: 8, ..files(400, &[2], &[1], false, true) };
    let mut seen = Seen::default();
    let (_, source) = run(source, 2, &mut seen);
    assert_eq!(seen.records, whole(400).records);
    let most = source.most.load(Ordering::SeqCst);
    assert!((4..=8).contains(&most), "{most}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn small_files_give_what_one_file_gives(
        count in 1..700_usize, sizes in proptest::collection::vec(1..60_usize, 1..6),
        packing in proptest::collection::vec(0..3_u8, 1..4), threads in 1..5_usize, lines: bool, timed: bool,
    ) {
        let (one, mut seen) = (whole(count), Seen::default());
        let all = files(count, &sizes, &packing, lines, timed);
        let number = all.files.len() as u64;
        let (progress, _) = run(all, threads, &mut seen);
        prop_assert_eq!(&seen.records, &one.records);
        prop_assert_eq!(seen.rejected.len(), one.rejected.len());
        prop_assert_eq!((progress.read, progress.records), (number, one.records.len() as u64));
        prop_assert_eq!(progress.bytes, progress.bytes_read);
        // Whatever the threads, the rejected are the same, at the same places.
        let mut again = Seen::default();
        run(files(count, &sizes, &packing, lines, timed), 1 + threads % 4, &mut again);
        prop_assert_eq!(again.rejected, seen.rejected);
    }
}
