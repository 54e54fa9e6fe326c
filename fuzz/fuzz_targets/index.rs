//! Heads and feet of sealed segments: any bytes, and any numbers with a right checksum.
#![no_main]

use bastide_events::index::{FOOT, HEAD, check_head, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((size, bytes)) = data.split_first_chunk() else { return };
    let size = u64::from_le_bytes(*size);
    read(bytes, size);
    read(&sound(bytes, FOOT, b"BSTDFOOT"), size);
    let _ = check_head(bytes);
    let _ = check_head(&sound(bytes, HEAD, b"BSTDSEAL"));
});

fn read(bytes: &[u8], size: u64) {
    let foot = decode(bytes, size);
    assert_eq!(foot, decode(bytes, size));
    // A foot that declares what its file cannot hold would have a reader ask for it.
    if let Ok(foot) = foot {
        assert!(foot.index_start < size && foot.from <= foot.to && foot.blocks <= foot.events);
        let entries = u64::from(foot.events) + u64::from(foot.keys) + u64::from(foot.postings);
        assert!(entries <= size, "{foot:?} in {size} bytes");
    }
}

/// The same content with the magic in front and a checksum that fits behind.
fn sound(bytes: &[u8], length: usize, magic: &[u8]) -> Vec<u8> {
    let mut whole = magic.to_vec();
    whole.extend_from_slice(bytes);
    whole.resize(length - 4, 0);
    let crc = crc32fast::hash(&whole);
    whole.extend_from_slice(&crc.to_le_bytes());
    whole
}
