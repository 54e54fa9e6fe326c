//! Frames of the event log: any bytes, and any content with a right checksum.
#![no_main]

use bastide_events::frame::{self, HEADER, MAX_ATTRIBUTES, MAX_PAYLOAD};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    read(data);
    read(&sound(data));
});

fn read(bytes: &[u8]) {
    let decoded = frame::decode(bytes);
    assert_eq!(decoded, frame::decode(bytes));
    let Ok(frame) = decoded else { return };
    assert!(frame.size > HEADER && frame.size <= bytes.len() && frame.size <= HEADER + MAX_PAYLOAD);
    assert!(frame.durable < frame.position);
    assert_eq!(
        frame::decode(&bytes[..frame.size]),
        Ok(frame.clone()),
        "what follows a frame is no part of it"
    );
    let record = &frame.record;
    let within: usize = record.attributes().map(|(_, value)| value.len() + 3).sum();
    assert!(within + record.body.len() + record.region.len() < frame.size);
    if let Ok(event) = record.to_event() {
        assert_eq!(event.body, record.body);
        assert!(event.attributes.iter().len() <= MAX_ATTRIBUTES);
    }
}

/// The same content behind a header whose length and checksum fit.
fn sound(data: &[u8]) -> Vec<u8> {
    let mut frame = data.to_vec();
    frame.resize(data.len().max(HEADER + 1), 0);
    let length = u32::try_from(frame.len() - HEADER).expect("inputs are small");
    frame[..4].copy_from_slice(&length.to_le_bytes());
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&frame[..4]);
    hasher.update(&frame[8..]);
    frame[4..8].copy_from_slice(&hasher.finalize().to_le_bytes());
    frame
}
