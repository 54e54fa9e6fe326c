//! Hexadecimal digits: the ids of grants and of key material.

use bastide_ids::random_bytes;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A new id: 256 random bits in 64 digits.
pub(crate) fn random_id() -> String {
    write(&random_bytes::<32>())
}

/// Bytes in lower-case digits.
pub(crate) fn write(bytes: &[u8]) -> String {
    let digit = |half: u8| DIGITS.get(usize::from(half)).copied().map_or('0', char::from);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

/// Reads just so many bytes from lower-case digits.
pub(crate) fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    let half = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = *pair else { return None };
        *byte = half(high)? << 4 | half(low)?;
    }
    Some(bytes)
}

/// Whether a text is lower-case digits and nothing else.
pub(crate) fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let bytes: [u8; 4] = [0x00, 0x1f, 0xa0, 0xff];
        assert_eq!(write(&bytes), "001fa0ff");
        assert_eq!(read("001fa0ff"), Some(bytes));
        for bad in ["001fa0f", "001fa0fF", "001fa0fg", "001fa0ff00", ""] {
            assert_eq!(read::<4>(bad), None, "{bad}");
        }
        assert_eq!(random_id().len(), 64);
        assert!(is_hex(&random_id()) && !is_hex("A"));
    }
}
