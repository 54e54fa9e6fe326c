//! Finding the byte that ends a string or a field, eight bytes at a time.

/// How many bytes stand before the first quote, backslash or control character.
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> usize {
    before(bytes, ends_plain, |byte| matches!(byte, b'"' | b'\\' | ..0x20))
}

/// How many bytes stand before the first space.
#[inline]
pub(crate) fn unspaced(bytes: &[u8]) -> usize {
    before(bytes, spaces, |byte| byte == b' ')
}

/// How many bytes stand before the first that is marked. `marks` sets the high bit of each byte of eight that is; of
/// those above the first it may be wrong.
#[inline(always)]
fn before(bytes: &[u8], marks: impl Fn(u64) -> u64, marked: impl Fn(u8) -> bool) -> usize {
    let mut rest = bytes;
    let mut passed = 0;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let found = marks(u64::from_le_bytes(*word)) & HIGHS;
        if found != 0 {
            return passed + (found.trailing_zeros() / 8) as usize;
        }
        passed += 8;
        rest = after;
    }
    passed + rest.iter().take_while(|byte| !marked(**byte)).count()
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

#[inline(always)]
fn ends_plain(word: u64) -> u64 {
    // With this bit turned, a quote is the first after the control characters.
    let turned = word ^ (ONES * 0x02);
    turned.wrapping_sub(ONES * 0x21) & !turned | zero(word ^ (ONES * 0x5c))
}

#[inline(always)]
fn spaces(word: u64) -> u64 {
    zero(word ^ (ONES * 0x20))
}

/// The high bit of each byte that is zero. Bytes above the first may be marked wrongly: a borrow runs upwards only, so
/// the lowest mark is right.
#[inline(always)]
fn zero(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
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
