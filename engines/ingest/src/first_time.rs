//! About when a piece of a log begins, seen without parsing it: only the order in which files are read depends on it.

use bastide_ids::Timestamp;

/// Bytes that are looked at.
const LOOK: usize = 64 << 10;

/// Members whose text is a record's time, without the quotes.
const MEMBERS: [&[u8]; 4] =
    [b"\"eventTime\"", b"\"query_timestamp\"", b"\"requestReceivedTimestamp\"", b"\"stageTimestamp\""];

/// The time of the first record, about; `None` when nothing looks like one.
pub(crate) fn first_time(bytes: &[u8]) -> Option<Timestamp> {
    let look = bytes.get(..LOOK).unwrap_or(bytes);
    match look.trim_ascii_start().first()? {
        b'{' | b'[' => member(look),
        _ => look.split(|byte| *byte == b'\n').take(8).find_map(of_line),
    }
}

fn member(look: &[u8]) -> Option<Timestamp> {
    MEMBERS.iter().find_map(|name| {
        let after = look.get(memchr::memmem::find(look, name)? + name.len()..)?;
        let text = after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
        let end = memchr::memchr(b'"', text.get(..40).unwrap_or(text))?;
        Timestamp::parse_iso8601(str::from_utf8(text.get(..end)?).ok()?).ok()
    })
}

/// A date at the line's beginning, or seconds since 1970 in one of its columns.
fn of_line(line: &[u8]) -> Option<Timestamp> {
    let line = str::from_utf8(line.get(..2_000).unwrap_or(line)).ok()?;
    if let Some(time) = date(line) {
        return Some(time);
    }
    line.split([' ', '\t', ',']).find_map(|column| {
        let seconds: i64 = (column.len() == 10).then(|| column.parse().ok()).flatten()?;
        // 2000 to 2100.
        (946_684_800..4_102_444_800).contains(&seconds).then(|| Timestamp::from_seconds(seconds))
    })
}

/// `2023-07-10T12:20:00…` or `2023-07-10 12:20:00…`, as UTC.
fn date(line: &str) -> Option<Timestamp> {
    let (day, rest) = (line.get(..10)?, line.get(10..)?);
    let clock = rest.strip_prefix(['T', ' '])?.get(..8)?;
    Timestamp::parse_iso8601(&format!("{day}T{clock}Z")).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_tells_its_time() {
        for text in [
            r#"{"Records":[{"eventVersion":"1.08","eventTime":"2023-07-10T12:20:00Z"}]}"#,
            r#"{"version":"1.1","query_timestamp" : "2023-07-10T12:20:00Z"}"#,
            r#"{"kind":"Event","requestReceivedTimestamp":"2023-07-10T12:20:00.000000Z"}"#,
            "version account-id start\n2 123456789012 1688991600 1688991660 ACCEPT",
            "2023-07-10 12:20:00 UTC::@:[1]:LOG: started",
        ] {
            let time = first_time(text.as_bytes()).unwrap();
            assert_eq!(time.iso8601(), "2023-07-10T12:20:00Z", "{text}");
        }
        assert_eq!(first_time(b"nothing of the kind"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_time_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = first_time(&bytes);
        }

        #[test]
        fn any_text_has_a_time_or_none(text in "\\PC{0,60}") {
            let _ = first_time(text.as_bytes());
        }
    }
}
