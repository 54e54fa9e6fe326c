//! Whole files of logs, as they are pushed: the first line is the name, the rest the file. Packed it gives what it gives
//! plain, whole and cut off.
#![no_main]

use std::io::Write as _;
use std::sync::Arc;

use bastide_ingest::{
    FileHead, FileState, Limits, Options, Place, Progress, Remembered, Sink, Source, Whole, pass,
};
use bastide_logs::{Record, Rejected};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { total: 4 << 20, ratio: 250 };

fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(0).min(200);
    let (name, mut file) = (String::from_utf8_lossy(&data[..end]), data[end..].to_vec());
    file.drain(..usize::from(file.first() == Some(&b'\n')));
    assert_eq!(Place::of(&name), Place::of(&name));
    // A last line without an end may still be written, if it is not packed.
    file.push(b'\n');
    let plain = read(&name, &file);
    assert_eq!(read(&name, &file), plain);
    if !packed(&file) && !file.starts_with(b"PAR1") {
        assert_eq!(plain.damaged, 0);
        for packed in [gzip(&file), zstd::encode_all(&*file, 1).expect("memory")] {
            assert_eq!(read(&name, &packed), plain);
            let cut = read(&name, &packed[..packed.len() - packed.len() / 4 - 1]);
            assert!(cut.damaged <= 1);
        }
    }
});

fn packed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b") || bytes.starts_with(b"\x28\xb5\x2f\xfd")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// What was found in a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    kind: Option<bastide_ingest::Kind>,
    records: u64,
    rejected: u64,
    damaged: u64,
    unpacked: u64,
}

fn read(name: &str, file: &[u8]) -> Found {
    let whole = Whole::new(name, 1, file.into());
    let looked = whole.look(LIMITS);
    let mut memory = Memory::default();
    let options = Options { threads: 1, limits: LIMITS, ..Options::default() };
    let source: Arc<dyn Source> = Arc::new(whole);
    let progress = pass(&[Arc::clone(&source)], &options, &mut memory, &mut |_| {}).expect("it is in memory");
    let Progress { records, rejected, foreign, damaged, unpacked, .. } = progress;
    assert_eq!((records, rejected + foreign), (memory.records, memory.rejected));
    if let Ok(looked) = looked {
        assert!(unpacked <= looked.unpacked);
        assert!(looked.unpacked <= LIMITS.total || !packed(file));
    }
    // What was read is not read again.
    let again = pass(&[source], &options, &mut memory, &mut |_| {}).expect("it is in memory");
    assert_eq!(again.records, 0);
    Found {
        kind: looked.ok().and_then(|looked| looked.kind),
        records,
        rejected: rejected + foreign,
        damaged,
        unpacked,
    }
}

#[derive(Default)]
struct Memory {
    files: Remembered,
    records: u64,
    rejected: u64,
}

impl Sink for Memory {
    fn state(&mut self, name: &str) -> Result<Option<FileState>, String> {
        Ok(self.files.state(name).cloned())
    }

    fn known(&mut self, head: FileHead) -> Result<Option<FileState>, String> {
        Ok(self.files.known(head).cloned())
    }

    fn record(&mut self, _: &Record<'_>) -> Result<(), String> {
        self.records += 1;
        Ok(())
    }

    fn rejected(&mut self, _: &str, rejected: &Rejected<'_>) -> Result<(), String> {
        assert!(!rejected.broken.reason.is_empty());
        self.rejected += 1;
        Ok(())
    }

    fn read(&mut self, state: FileState) -> Result<(), String> {
        self.files.put(state);
        Ok(())
    }
}
