//! Plain text: an entry a line.

use super::{ListError, Sink};

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        match std::str::from_utf8(line) {
            Ok(line) => one(number, line, sink)?,
            Err(_) => sink.broken(number, "not UTF-8"),
        }
    }
    Ok(())
}

/// `ENTRY`, `ENTRY # THREAT`, `ENTRY ; THREAT`, `ENTRY|ENTRY` and, as files of hosts have it, `0.0.0.0 DOMAIN`.
fn one(number: u64, line: &str, sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['#', ';']) || line.starts_with("//") {
        return Ok(());
    }
    let (text, threat) = line.split_once(['#', ';']).unwrap_or((line, ""));
    let text = text.trim_end_matches([',', ' ', '\t']);
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(first), None, _) => values(number, first, threat, sink),
        (Some("0.0.0.0" | "127.0.0.1" | "::" | "::1"), Some(domain), None) => {
            sink.entry(number, domain, threat)
        }
        // `FIRST - LAST`
        (Some(_), Some("-"), Some(_)) => sink.entry(number, text, threat),
        _ => {
            sink.broken(number, "one entry a line; name the threat after `#`");
            Ok(())
        }
    }
}

/// One value, or MISP's two in one: `ADDRESS|PORT`, `DOMAIN|ADDRESS`.
pub(super) fn values(
    number: u64,
    text: &str,
    threat: &str,
    sink: &mut Sink<'_, '_>,
) -> Result<(), ListError> {
    match text.split_once('|') {
        None => sink.entry(number, text, threat),
        Some((first, second)) => {
            sink.entry(number, first, threat)?;
            match second.parse::<u16>() {
                Ok(_port) => Ok(()),
                Err(_) => sink.entry(number, second, threat),
            }
        }
    }
}
