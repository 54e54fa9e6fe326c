//! PostgreSQL's `csvlog`: quoted fields, in which quotes are doubled and lines may end.

use std::borrow::Cow;

use super::postgres::Entry;
use super::prefix::{host_and_port, moment};
use crate::Broken;

/// Columns of `csvlog` by number. Source: PostgreSQL's manual, "Using CSV-Format Log Output".
const USER: usize = 1;
const DATABASE: usize = 2;
const PID: usize = 3;
const FROM: usize = 4;
const SEVERITY: usize = 11;
const MESSAGE: usize = 13;
const APPLICATION: usize = 22;

/// More columns than any release has: 26 in release 14 and later.
const MOST: usize = 64;

/// Whether a line is the beginning of a record: a moment and a comma.
pub(super) fn is_csv(line: &str) -> bool {
    moment(line).is_some_and(|(_, rest)| rest.starts_with(','))
}

/// Reads one record.
pub(super) fn entry(record: &str) -> Result<Entry<'_>, Broken> {
    let broken = |reason: &str| Broken { reason: reason.to_owned() };
    let (time, _) = moment(record).ok_or_else(|| broken("no date and time in a known time zone"))?;
    let fields = fields(record).ok_or_else(|| broken("a quoted field does not end"))?;
    let field = |index: usize| fields.get(index).cloned().unwrap_or_default();
    let pid = field(PID).parse().map_err(|_| broken("`process_id` is not a number"))?;
    let severity = match &*field(SEVERITY) {
        "FATAL" => "FATAL",
        "LOG" => "LOG",
        _ => "",
    };
    if fields.len() <= MESSAGE {
        return Err(broken("fewer fields than a csvlog has"));
    }
    let from = field(FROM);
    let (source, port) = match from.rsplit_once(':') {
        Some((host, port)) => {
            (host_and_port(host.trim_matches(['[', ']'])).0, port.parse().unwrap_or_default())
        }
        None => (host_and_port(&from).0, 0),
    };
    Ok(Entry {
        time,
        pid,
        severity,
        user: field(USER),
        database: field(DATABASE),
        application: field(APPLICATION),
        source,
        port,
        message: field(MESSAGE),
    })
}

fn fields(record: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut fields = Vec::with_capacity(26);
    let mut rest = record;
    while fields.len() < MOST {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (Cow::Borrowed(rest.get(..end)?), rest.get(end..)?)
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => break,
        }
    }
    Some(fields)
}

/// A field from behind its first quote, and what follows its last.
fn unquote(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('"')?;
        let after = text.get(at + 1..)?;
        if !after.starts_with('"') {
            let content = text.get(..at)?;
            let content =
                if from == 0 { Cow::Borrowed(content) } else { Cow::Owned(content.replace("\"\"", "\"")) };
            return Some((content, after));
        }
        from = at + 2;
    }
}
