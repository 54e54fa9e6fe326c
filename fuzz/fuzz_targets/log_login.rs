//! Logs of databases: the bytes in one piece, and in two with what the first taught.
#![no_main]

use bastide_fuzz::logs::Found;
use bastide_logs::Origin;
use bastide_logs::login::{Connections, Records};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let whole = read(data, Connections::default()).0;
    let middle = data.iter().take(data.len() / 2).rposition(|byte| *byte == b'\n');
    let lines = !matches!(data.trim_ascii_start().first(), Some(b'{' | b'['));
    if let Some(middle) = middle
        && lines
        && !data.contains(&b'"')
        && str::from_utf8(data).is_ok()
    {
        let (first, second) = data.split_at(middle + 1);
        if !matches!(second.trim_ascii_start().first(), Some(b'{' | b'['))
            && !second.starts_with(b"\xef\xbb\xbf")
        {
            let (mut parts, connections) = read(first, Connections::default());
            parts.extend(read(second, connections).0);
            assert_eq!(parts, whole, "where the log is cut makes no difference");
        }
    }
});

fn read(data: &[u8], connections: Connections) -> (Vec<String>, Connections) {
    let mut found = Found::default();
    let mut logins = Vec::new();
    let mut records = Records::new(data, Origin::default(), connections);
    while let Some(record) = records.read() {
        match record {
            Ok(login) => {
                logins.push(format!("{login:?}"));
                found.record(data);
            }
            Err(rejected) => found.reject(data, &rejected),
        }
    }
    (logins, records.finish())
}
