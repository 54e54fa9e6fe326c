//! Time-based one-time passwords: RFC 6238 with HMAC-SHA-1, steps of 30 seconds and 6 digits, as virtual MFA
//! devices make them.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use bastide_ids::Timestamp;

/// Seconds of a step.
const STEP: i64 = 30;
/// How many steps a code may be off before and after the present.
const WINDOW: i64 = 1;

/// The step that a moment is in.
#[must_use]
pub(crate) fn step(now: Timestamp) -> i64 {
    now.seconds().div_euclid(STEP)
}

/// The step that a code belongs to, if it is around the present of a device that is `drift` steps ahead and
/// behind `last`, so that no code is accepted twice.
#[must_use]
pub fn verify_totp(seed: &[u8], code: &str, now: Timestamp, drift: i64, last: i64) -> Option<i64> {
    let present = step(now) + drift;
    (present - WINDOW..=present + WINDOW).find(|step| *step > last && is_code(seed, *step, code))
}

/// The step of the second of two codes that follow each other, within so many steps around the present.
#[must_use]
pub(crate) fn verify_two(seed: &[u8], codes: (&str, &str), now: Timestamp, window: i64) -> Option<i64> {
    let present = step(now);
    (present - window..=present + window)
        .find(|step| is_code(seed, *step - 1, codes.0) && is_code(seed, *step, codes.1))
}

fn is_code(seed: &[u8], step: i64, code: &str) -> bool {
    verify_slices_are_equal(digits(seed, step, 6).as_bytes(), code.as_bytes()).is_ok()
}

/// RFC 4226, section 5.3.
fn digits(seed: &[u8], step: i64, count: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, seed);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let offset = usize::from(tag.as_ref().last().copied().unwrap_or(0) & 0x0f);
    let four = tag.as_ref().get(offset..offset + 4).and_then(|bytes| bytes.first_chunk::<4>());
    let number = u32::from_be_bytes(*four.unwrap_or(&[0; 4])) & 0x7fff_ffff;
    format!("{:0width$}", number % 10_u32.pow(count), width = count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &[u8] = b"12345678901234567890";

    #[test]
    fn rfc_6238_vectors() {
        let vectors = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (seconds, expected) in vectors {
            assert_eq!(digits(SEED, step(Timestamp::from_seconds(seconds)), 8), expected);
        }
    }

    #[test]
    fn a_code_holds_once_and_for_a_while() {
        let now = Timestamp::from_seconds(1_111_111_109);
        let code = digits(SEED, step(now), 6);
        let at = |seconds: i64, last| {
            verify_totp(SEED, &code, Timestamp::from_seconds(1_111_111_109 + seconds), 0, last)
        };
        assert_eq!(at(0, 0), Some(step(now)));
        assert_eq!(at(30, 0), Some(step(now)));
        assert_eq!(at(-30, 0), Some(step(now)));
        assert_eq!(at(90, 0), None);
        assert_eq!(at(0, step(now)), None, "it was used");
        assert_eq!(verify_totp(SEED, "000000", now, 0, 0), None);
        let ahead = digits(SEED, step(now) + 10, 6);
        assert_eq!(verify_totp(SEED, &ahead, now, 10, 0), Some(step(now) + 10));
    }

    #[test]
    fn two_codes_must_follow_each_other() {
        let now = Timestamp::from_seconds(1_111_111_109);
        let code = |offset| digits(SEED, step(now) + offset, 6);
        assert_eq!(verify_two(SEED, (&code(-1), &code(0)), now, 2), Some(step(now)));
        assert_eq!(verify_two(SEED, (&code(0), &code(1)), now, 2), Some(step(now) + 1));
        assert_eq!(verify_two(SEED, (&code(0), &code(0)), now, 2), None);
        assert_eq!(verify_two(SEED, (&code(1), &code(0)), now, 2), None);
        assert_eq!(verify_two(SEED, (&code(5), &code(6)), now, 2), None);
    }
}
