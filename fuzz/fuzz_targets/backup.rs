//! Backups: any bytes, as they are and as the archive within the compression.
#![no_main]

use std::io::Read;

use bastide_backup::{Manifest, read};
use libfuzzer_sys::fuzz_target;

/// The most that is taken of what a few bytes expand to.
const MOST: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    look(data);
    look(&zstd::encode_all(data, 1).expect("it compresses"));
});

fn look(bytes: &[u8]) {
    let mut names = Vec::new();
    let done = read(bytes, |name, size, content| {
        assert!(!name.starts_with('/') && !name.split('/').any(|part| part == ".." || part.is_empty()));
        let mut taken = Vec::new();
        content.take(MOST).read_to_end(&mut taken)?;
        assert!(taken.len() as u64 <= size);
        names.push(name.to_owned());
        Ok(())
    });
    if let Ok((_, Manifest { files, .. })) = done {
        assert!(files.iter().map(|file| &file.name).eq(&names));
    }
}
