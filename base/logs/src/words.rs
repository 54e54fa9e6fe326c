//! Finding the byte that ends a string or a field, sixteen bytes at a time.

/// How many bytes stand before the first quote, backslash or control character.
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> usize {
    before(bytes, chunk::ends_plain, |byte| matches!(byte, b'"' | b'\\' | ..0x20))
}

/// How many bytes stand before the first space.
#[inline]
pub(crate) fn unspaced(bytes: &[u8]) -> usize {
    before(bytes, chunk::spaces, |byte| byte == b' ')
}

/// How many bytes stand before the first that is marked. `marks` tells the place of the first in 16 bytes, or 16.
#[inline(always)]
fn before(bytes: &[u8], marks: impl Fn([u8; 16]) -> usize, marked: impl Fn(u8) -> bool) -> usize {
    let mut rest = bytes;
    let mut passed = 0;
    while let Some((chunk, after)) = rest.split_first_chunk::<16>() {
        let at = marks(*chunk);
        passed += at;
        if at < 16 {
            return passed;
        }
        rest = after;
    }
    passed + rest.iter().take_while(|byte| !marked(**byte)).count()
}

/// With words of eight bytes.
mod chunk {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;

    #[inline(always)]
    pub(super) fn ends_plain(chunk: [u8; 16]) -> usize {
        first(chunk, |word| {
            let control = word.wrapping_sub(ONES * 0x20) & !word;
            zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c)) | control
        })
    }

    #[inline(always)]
    pub(super) fn spaces(chunk: [u8; 16]) -> usize {
        first(chunk, |word| zero(word ^ (ONES * 0x20)))
    }

    /// The high bit of each byte that is zero. Bytes above the first may be marked wrongly: a borrow runs upwards
    /// only, so the lowest mark is right.
    #[inline(always)]
    fn zero(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }

    #[inline(always)]
    fn first(chunk: [u8; 16], marks: impl Fn(u64) -> u64) -> usize {
        let bits = u128::from_le_bytes(chunk);
        #[allow(clippy::cast_possible_truncation, reason = "the halves")]
        let (low, high) = (marks(bits as u64) & HIGHS, marks((bits >> 64) as u64) & HIGHS);
        let at = if low == 0 { 64 + high.trailing_zeros() } else { low.trailing_zeros() };
        (at / 8) as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte =
            prop_oneof![4 => b'a'..=b'z', 1 => any::<u8>(), 1 => prop::sample::select(&b"\"\\ \n\x1f!"[..])];
        proptest::collection::vec(byte, 0..60)
    }

    proptest! {
        #[test]
        fn as_one_by_one(bytes in bytes()) {
            let ends = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20));
            prop_assert_eq!(plain(&bytes), ends.unwrap_or(bytes.len()));
            prop_assert_eq!(unspaced(&bytes), bytes.iter().position(|byte| *byte == b' ').unwrap_or(bytes.len()));
        }
    }
}
