//! Numbers and IPv4 addresses that a space ends, read without a branch for each byte: their lengths differ from line to
//! line, and a processor that guesses a length wrongly loses more time than reading takes.
//!
//! What does not look usual (a number of more than sixteen digits, an IPv6 address, the end of a line) is `None`, and is
//! read by the plain way.

use std::net::Ipv4Addr;

const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The number that a text begins with, and how many digits it has; a space follows.
#[inline]
pub(super) fn number(text: &[u8]) -> Option<(u64, usize)> {
    let (head, rest) = text.split_first_chunk::<8>()?;
    let digits = u64::from_le_bytes(*head) ^ ZEROS;
    let length = ended(digits);
    if length < 8 {
        let space = text.get(length) == Some(&b' ');
        return (length > 0 && space).then(|| (eight(shifted(digits, length)), length));
    }
    let digits_after = u64::from_le_bytes(*rest.first_chunk::<8>()?) ^ ZEROS;
    let more = ended(digits_after);
    if more == 8 || rest.get(more) != Some(&b' ') {
        return None;
    }
    const TENS: [u64; 8] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
    let low = if more == 0 { 0 } else { eight(shifted(digits_after, more)) };
    Some((eight(digits) * TENS.get(more)? + low, 8 + more))
}

/// The IPv4 address that a text begins with, and how many bytes it has; a space follows. Octets have no zeros before
/// them (RFC 6943, 3.1.1: those are read differently by different programs).
#[inline]
pub(super) fn ipv4(text: &[u8]) -> Option<(Ipv4Addr, usize)> {
    let (low, rest) = text.split_first_chunk::<8>()?;
    let (low, high) = (u64::from_le_bytes(*low), u64::from_le_bytes(*rest.first_chunk::<8>()?));
    let mut marks = marks(low ^ ZEROS) | marks(high ^ ZEROS) << 8;
    let (mut address, mut from, mut wrong) = (0_u32, 0_u32, 0_u32);
    for end in *b"... " {
        let at = marks.trailing_zeros();
        marks &= marks.wrapping_sub(1);
        let length = at.wrapping_sub(from);
        wrong |= u32::from(length.wrapping_sub(1) > 2);
        let octet = u32::from_le_bytes(*text.get(from as usize..)?.first_chunk::<4>()?) ^ 0x3030_3030;
        // The digits end at the highest byte, and zeros stand before them.
        let digits = octet.wrapping_shl(32_u32.wrapping_sub(length.wrapping_mul(8)));
        let (hundreds, tens, ones) = (digits >> 8 & 0xff, digits >> 16 & 0xff, digits >> 24);
        let value = hundreds * 100 + tens * 10 + ones;
        let after = *text.get(at as usize)?;
        wrong |= u32::from(value > 255) | u32::from(after ^ end) | u32::from(length > 1 && octet & 0xff == 0);
        address = address << 8 | value;
        from = at + 1;
    }
    (wrong == 0).then(|| (Ipv4Addr::from_bits(address), from as usize - 1))
}

/// How many of eight bytes are digits before the first that is none.
#[inline(always)]
fn ended(digits: u64) -> usize {
    (others(digits).trailing_zeros() / 8) as usize
}

/// The high bit of each byte that is no digit. Bytes above the first such may be marked wrongly.
#[inline(always)]
fn others(digits: u64) -> u64 {
    (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & HIGHS
}

/// A bit for each of eight bytes that is no digit.
#[inline(always)]
fn marks(digits: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "eight bits are left")]
    let bits = ((others(digits) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32;
    bits
}

/// The first digits, as the last of eight with zeros before them.
#[inline(always)]
fn shifted(digits: u64, length: usize) -> u64 {
    digits << ((8 - length) * 8)
}

/// The number of eight digits, the first in the lowest byte: pairs, then fours, then all are put together.
#[inline(always)]
fn eight(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(2561) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(6_553_601) >> 16 & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(42_949_672_960_001) >> 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the plain way makes of the text before the first space.
    fn plain<T: std::str::FromStr>(text: &[u8]) -> Option<(T, usize)> {
        let end = text.iter().position(|byte| *byte == b' ')?;
        let field = str::from_utf8(text.get(..end)?).ok()?;
        let sign = field.starts_with('+');
        field.parse().ok().filter(|_| !sign).map(|value| (value, end))
    }

    #[test]
    fn the_usual_is_read() {
        for number_text in ["0", "7", "443", "65535", "1234567", "12345678", "1795253400", "123456789012345"]
        {
            let text = format!("{number_text} and something more");
            assert_eq!(number(text.as_bytes()), plain(text.as_bytes()), "{text}");
            assert!(number(text.as_bytes()).is_some(), "{text}");
        }
        for address in ["0.0.0.0", "10.0.0.1", "203.0.113.99", "255.255.255.255", "1.22.133.4"] {
            let text = format!("{address} and something more");
            assert_eq!(ipv4(text.as_bytes()), plain(text.as_bytes()), "{text}");
            assert!(ipv4(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn the_unusual_is_left_to_the_plain_way() {
        for text in [
            "256.1.1.1",
            "01.1.1.1",
            "1.1.1",
            "1.1.1.1.1",
            "1..1.1",
            "1.1.1.1000",
            "a.1.1.1",
            ".1.1.1",
            "1.1.1.",
            "0000000000000 0 0",
            "2001:db8::1",
        ] {
            assert_eq!(ipv4(format!("{text}                    ").as_bytes()), None, "{text}");
        }
        for text in ["", "-", "12a", "12345678x", "12345678901234567890"] {
            assert_eq!(number(format!("{text}                    ").as_bytes()), None, "{text}");
        }
        assert_eq!(number(b"443"), None);
        assert_eq!(ipv4(b"10.0.0.1"), None);
    }

    proptest! {
        #[test]
        fn as_the_library_reads_numbers(number_value in any::<u64>(), shift in 0_u32..64, more in "[ -~]{0,20}") {
            let text = format!("{} {more}", number_value >> shift);
            if let Some(found) = number(text.as_bytes()) {
                prop_assert_eq!(Some(found), plain(text.as_bytes()));
            }
        }

        #[test]
        fn as_the_library_reads_addresses(bits in any::<u32>(), mask in any::<u32>(), more in "[ -~]{0,20}") {
            let text = format!("{} {more}", Ipv4Addr::from_bits(bits & mask));
            let found = ipv4(text.as_bytes());
            prop_assert_eq!(found.is_some(), text.len() >= 16);
            if found.is_some() {
                prop_assert_eq!(found, plain(text.as_bytes()));
            }
        }

        #[test]
        fn any_bytes(mut bytes in proptest::collection::vec(prop_oneof![3 => b'0'..=b'9', 1 => Just(b'.'), 1 => Just(b' '), 1 => any::<u8>()], 0..24)) {
            bytes.extend_from_slice(b" 0 0");
            if let Some(found) = number(&bytes) {
                prop_assert_eq!(Some(found), plain(&bytes));
            }
            if let Some(found) = ipv4(&bytes) {
                prop_assert_eq!(Some(found), plain(&bytes));
            }
        }
    }
}
