//! Names that are made up here.

use std::fmt::Write as _;

use bastide_ids::random_bytes;

/// 32 random hexadecimal digits, as detectors, lists and destinations are named.
pub(crate) fn random() -> String {
    hex(&random_bytes::<16>())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a text may be the id of a detector, list or destination.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
