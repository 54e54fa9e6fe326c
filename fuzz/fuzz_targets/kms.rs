//! What clients of KMS hand back: ciphertext blobs, names of keys, grant tokens. A byte that picks, then the input.
#![no_main]

use bastide_kms::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((pick, data)) = data.split_first() else { return };
    match pick % 3 {
        0 => assert_eq!(fuzz::ciphertext(data), fuzz::ciphertext(data)),
        1 => changed(data),
        _ => {
            let Ok(text) = str::from_utf8(data) else { return };
            fuzz::names(text);
        }
    }
});

/// How many changes, each a place and what is changed there; then the plaintext.
fn changed(data: &[u8]) {
    let Some((count, mut rest)) = data.split_first() else { return };
    let mut changes = Vec::new();
    for _ in 0..count % 4 {
        let [low, high, change, after @ ..] = rest else { break };
        changes.push((usize::from(u16::from_le_bytes([*low, *high])), *change));
        rest = after;
    }
    fuzz::changed(rest, b"context", &changes);
}
