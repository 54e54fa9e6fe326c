/// Reads a date of a policy or a context, in milliseconds since 1970: `2018-08-16T12:00:00Z` and the shorter
/// forms of ISO 8601 (a year, a year and month, a day, a time without seconds, an offset), or seconds since
/// 1970. IAM takes years of up to nine digits, one-digit fields and a lower-case `t`.
pub(crate) fn parse(text: &str) -> Option<i128> {
    if !text.contains(['t', 'T', '-']) {
        let seconds: i64 = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()?;
        return Some(i128::from(seconds) * 1000);
    }
    let (date, time) = text.split_once(['t', 'T']).unwrap_or((text, ""));
    let millis = day_number(date)? * 86_400_000;
    Some(millis + if time.is_empty() { 0 } else { millis_of_day(time)? })
}

fn day_number(date: &str) -> Option<i128> {
    let (negative, date) = date.strip_prefix('-').map_or((false, date), |rest| (true, rest));
    let mut fields = date.split('-');
    let year = digits(fields.next()?, 0..=292_278_993)?;
    let month = fields.next().map_or(Some(1), |month| digits(month, 1..=12))?;
    let day = fields.next().map_or(Some(1), |day| digits(day, 1..=31))?;
    if fields.next().is_some() {
        return None;
    }
    let year = if negative { -year } else { year };
    Some(days_from_civil(year, month, day))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar: counting years from March puts the leap day last.
fn days_from_civil(year: i128, month: i128, day: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719_468 days lie between 0000-03-01 and 1970-01-01.
    365 * year + leap_days + (153 * month_from_march + 2) / 5 + day - 1 - 719_468
}

fn millis_of_day(time: &str) -> Option<i128> {
    let (time, offset_minutes) = split_offset(time)?;
    let mut fields = time.split(':');
    let hour = digits(fields.next()?, 0..=23)?;
    let minute = fields.next().map_or(Some(0), |minute| digits(minute, 0..=59))?;
    let (second, fraction) = match fields.next() {
        None => (0, 0),
        Some(field) => {
            let (whole, fraction) = field.split_once('.').unwrap_or((field, "0"));
            (digits(whole, 0..=59)?, millis_of_fraction(fraction)?)
        }
    };
    if fields.next().is_some() {
        return None;
    }
    Some(((hour * 60 + minute - offset_minutes) * 60 + second) * 1000 + fraction)
}

/// The time without its zone, and the zone in minutes east of UTC.
fn split_offset(time: &str) -> Option<(&str, i128)> {
    if let Some(time) = time.strip_suffix(['z', 'Z']) {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, 0)) };
    let (time, zone) = (time.get(..at)?, time.get(at..)?);
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let zone = zone.get(1..)?;
    let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    Some((time, sign * (digits(hours, 0..=23)? * 60 + digits(minutes, 0..=59)?)))
}

/// The milliseconds of what stands after the decimal point, of at most nine digits.
fn millis_of_fraction(fraction: &str) -> Option<i128> {
    if fraction.len() > 9 {
        return None;
    }
    let shown: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits(fraction, 0..=999_999_999)?;
    digits(&shown, 0..=999)
}

fn digits(text: &str, range: std::ops::RangeInclusive<i128>) -> Option<i128> {
    if text.is_empty() || text.len() > 10 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| range.contains(number))
}

#[cfg(test)]
mod tests {
    use bastide_ids::Timestamp;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_short_forms() {
        let day = Timestamp::parse_iso8601("2018-08-16T00:00:00Z").unwrap().millis();
        let at = |text: &str| parse(text).map(|millis| millis - i128::from(day));
        assert_eq!(at("2018-08-16"), Some(0));
        assert_eq!(at("2018-08-16T12"), Some(12 * 3_600_000));
        assert_eq!(at("2018-08-16T12:30Z"), Some(12 * 3_600_000 + 30 * 60_000));
        assert_eq!(at("2018-08-16T02:00:00.5+02:00"), Some(500));
        assert_eq!(at("2018-08-15T22:00:00-02"), Some(0));
        assert_eq!(parse("1970"), Some(1_970_000), "a bare number is seconds");
        assert_eq!(parse("1970-01"), Some(0));
        assert_eq!(parse("01T"), parse("0001-01-01T00:00:00Z"));
        assert_eq!(parse("9223372036854775807"), Some(9_223_372_036_854_775_807_000));
        assert!(parse("-292275054").is_some());
        assert!(parse("2016-12-13t2:00:00.593194+23").is_some());
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "sdfdsf",
            "234-13",
            "2016-13-01",
            "2016-12-32",
            "2016-12-13t2:00:00.593194+1",
            "2016-12-13t2:00:00.1999999999+10:59",
            "9223372036854775808",
            "2016-01-01T24:00:00Z",
            "T",
            "--",
            "1.5",
            "2016-01-01T00:00:00:00Z",
            "2016-01-01Tz",
            "+5-01-01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_timestamp(millis in -62_167_219_200_000_i64..=253_402_300_799_999) {
            let moment = Timestamp::from_millis(millis);
            prop_assert_eq!(parse(&moment.iso8601_millis()), Some(i128::from(millis)));
        }

        #[test]
        fn never_panics(text in "[0-9tTzZ:+.-]{0,30}") {
            let _ = parse(&text);
        }
    }
}
