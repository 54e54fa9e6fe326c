//! Moments as logs write them, read quickly.

use bastide_ids::Timestamp;

/// Reads `2026-11-21T09:30:00Z`, with any fraction of a second, and other forms of RFC 3339 more slowly.
pub(crate) fn iso8601(text: &str) -> Option<Timestamp> {
    utc(text.as_bytes()).or_else(|| Timestamp::parse_iso8601(text).ok())
}

fn utc(bytes: &[u8]) -> Option<Timestamp> {
    let (date, rest) = bytes.split_first_chunk::<19>()?;
    let millis = match rest {
        b"Z" => 0,
        [b'.', fraction @ .., b'Z'] => milliseconds(fraction)?,
        _ => return None,
    };
    let seconds = civil(date, b'T')?;
    Some(Timestamp::from_millis(seconds * 1000 + millis))
}

/// The milliseconds of a fraction's digits; more digits are cut off.
pub(crate) fn milliseconds(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let three = digits.iter().copied().chain([b'0'; 3]).take(3);
    Some(three.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// The seconds since 1970 of `2026-11-21T09:30:00` in UTC; `between` parts date and time.
pub(crate) fn civil(text: &[u8; 19], between: u8) -> Option<i64> {
    let [y0, y1, y2, y3, b'-', mo0, mo1, b'-', d0, d1, t, h0, h1, b':', mi0, mi1, b':', s0, s1] = *text
    else {
        return None;
    };
    if t != between {
        return None;
    }
    let year = two(y0, y1)? * 100 + two(y2, y3)?;
    let (month, day) = (two(mo0, mo1)?, two(d0, d1)?);
    let (hour, minute, second) = (two(h0, h1)?, two(mi0, mi1)?, two(s0, s1)?);
    let fits = (1..=12).contains(&month) && (1..=month_days(year, month)).contains(&day);
    // A leap second counts as the first of the next minute.
    if !fits || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar. Counts in eras of 400 years that begin in March, so that the
/// leap day is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_real_moments() {
        for wrong in ["2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-01-01T24:00:00Z", "", "2023"] {
            assert_eq!(iso8601(wrong), None, "{wrong}");
        }
        let offset = iso8601("2023-07-10T11:42:36.5+02:00").unwrap();
        assert_eq!(offset.iso8601_millis(), "2023-07-10T09:42:36.500Z");
        assert_eq!(iso8601("2023-07-10T11:42:36.123456Z").unwrap().millis() % 1000, 123);
    }

    proptest! {
        #[test]
        fn as_the_library_reads_it(millis in 0_i64..253_402_300_799_999) {
            let moment = Timestamp::from_millis(millis);
            prop_assert_eq!(utc(moment.iso8601_millis().as_bytes()), Some(moment));
        }

        #[test]
        fn any_text(text in "\\PC{0,40}") {
            let _ = iso8601(&text);
        }
    }
}
