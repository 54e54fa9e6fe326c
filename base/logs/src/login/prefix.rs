//! The beginnings of PostgreSQL's lines in `stderr` logs: `%t:%r:%u@%d:[%p]:` (RDS), `%m [%p] %q%u@%d ` (Debian),
//! `%m [%p] ` (the server's own default), and `%t [%p]: … user=%u,db=%d,app=%a,client=%h ` as reports want it.

use std::borrow::Cow;
use std::net::IpAddr;

use bastide_ids::Timestamp;

use super::postgres::{Entry, concerns_login};
use crate::Broken;
use crate::flow::address;

const SEVERITIES: [&str; 18] = [
    "LOG",
    "FATAL",
    "ERROR",
    "DETAIL",
    "HINT",
    "STATEMENT",
    "CONTEXT",
    "WARNING",
    "NOTICE",
    "INFO",
    "PANIC",
    "QUERY",
    "LOCATION",
    "DEBUG1",
    "DEBUG2",
    "DEBUG3",
    "DEBUG4",
    "DEBUG5",
];

/// Reads a line that begins with a date. `None` when it can't tell of a login.
pub(super) fn entry(line: &str) -> Result<Option<Entry<'_>>, Broken> {
    let broken = |reason: &str| Broken { reason: reason.to_owned() };
    let (time, rest) = moment(line).ok_or_else(|| broken("no date and time in a known time zone"))?;
    let rds = rest.starts_with(':');
    let mut places = places(rest, rds);
    let Some(place) = places.next() else {
        return Err(broken("no severity as PostgreSQL writes them (`LOG:`, `FATAL:`) in English"));
    };
    let others: Vec<_> = places.collect();
    if !others.is_empty() {
        // Whoever connects chooses the names that stand in the line, and could write a line into it.
        let concerned = |place: &Place<'_>| concerns_login(place.message);
        if concerned(&place) || others.iter().any(concerned) {
            return Err(broken("two severities in one line: a name in it may imitate a line"));
        }
        return Ok(None);
    }
    let mut entry =
        Entry { time, severity: place.severity, message: Cow::Borrowed(place.message), ..Entry::default() };
    let before = rest.get(..place.at).unwrap_or_default();
    let found = if rds { amazon(before, &mut entry) } else { debian(before, &mut entry) };
    found.ok_or_else(|| broken("no process number before the severity"))?;
    Ok(Some(entry))
}

/// Where a severity stands in a line.
struct Place<'a> {
    at: usize,
    severity: &'a str,
    message: &'a str,
}

fn places(text: &str, rds: bool) -> impl Iterator<Item = Place<'_>> {
    text.match_indices(":  ").filter_map(move |(colon, _)| {
        let before = text.get(..colon)?;
        let severity = SEVERITIES.iter().find(|severity| before.ends_with(**severity))?;
        let at = colon - severity.len();
        let before = text.get(..at)?;
        let fits = if rds { before.ends_with("]:") } else { before.ends_with(' ') };
        fits.then_some(Place { at, severity, message: text.get(colon + 3..)? })
    })
}

/// `:ADDRESS(PORT):USER@DATABASE:[PID]:`
fn amazon<'a>(before: &'a str, entry: &mut Entry<'a>) -> Option<()> {
    let (rest, pid) = before.strip_prefix(':')?.strip_suffix("]:")?.rsplit_once(":[")?;
    entry.pid = pid.parse().ok()?;
    let names = match rest.split_once("):") {
        Some((host, names)) if host.contains('(') => {
            (entry.source, entry.port) = host_and_port(host);
            names
        }
        _ => rest.strip_prefix("[local]:").or_else(|| rest.strip_prefix(':')).unwrap_or(rest),
    };
    user_and_database(names, entry);
    Some(())
}

/// ` [PID] USER@DATABASE `, ` [PID] `, or ` [PID]: [LINE] user=…,db=…,app=…,client=… `
fn debian<'a>(before: &'a str, entry: &mut Entry<'a>) -> Option<()> {
    let (pid, rest) = before.trim_start().strip_prefix('[')?.split_once(']')?;
    entry.pid = pid.parse().ok()?;
    let rest = rest.trim_matches([' ', ':']);
    if let Some((_, pairs)) = rest.split_once("user=") {
        let pairs = pairs.split(',').enumerate();
        for (index, pair) in pairs {
            let (name, value) =
                if index == 0 { ("user", pair) } else { pair.split_once('=').unwrap_or((pair, "")) };
            match name {
                "user" => entry.user = Cow::Borrowed(named(value)),
                "db" => entry.database = Cow::Borrowed(named(value)),
                "app" => entry.application = Cow::Borrowed(named(value)),
                "client" => (entry.source, entry.port) = host_and_port(value.trim_end_matches(')')),
                _ => {}
            }
        }
    } else {
        user_and_database(rest, entry);
    }
    Some(())
}

fn user_and_database<'a>(names: &'a str, entry: &mut Entry<'a>) {
    if let Some((user, database)) = names.rsplit_once('@') {
        entry.user = Cow::Borrowed(named(user));
        entry.database = Cow::Borrowed(named(database));
    }
}

/// A name that the server knows.
fn named(text: &str) -> &str {
    if text == "[unknown]" { "" } else { text }
}

/// `192.0.2.7(5432`, without the closing bracket, or an address alone.
pub(super) fn host_and_port(text: &str) -> (Option<IpAddr>, u16) {
    let (host, port) = text.split_once('(').unwrap_or((text, ""));
    (address(host.as_bytes()), port.parse().unwrap_or_default())
}

/// Reads `2026-11-21 09:30:00.123 UTC` and gives what follows.
pub(super) fn moment(line: &str) -> Option<(Timestamp, &str)> {
    let (date, rest) = line.as_bytes().split_first_chunk::<19>()?;
    let seconds = crate::time::civil(date, b' ')?;
    let mut at = 19;
    let mut millis = 0;
    if rest.first() == Some(&b'.') {
        let digits = line.get(20..)?.bytes().take_while(u8::is_ascii_digit).count();
        millis = crate::time::milliseconds(line.as_bytes().get(20..20 + digits)?)?;
        at = 20 + digits;
    }
    let rest = line.get(at..)?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let zone =
        rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-')).count();
    let (zone, rest) = rest.split_at_checked(zone)?;
    let (offset, rest) = offset(zone, rest)?;
    Some((Timestamp::from_millis((seconds - offset * 60) * 1000 + millis), rest))
}

/// The minutes by which a zone is before UTC. Only names that mean one offset wherever they are used are known.
fn offset<'a>(zone: &str, rest: &'a str) -> Option<(i64, &'a str)> {
    let hours = match zone {
        "UTC" | "GMT" | "Z" | "UCT" | "WET" => 0,
        "CET" | "WEST" => 1,
        "CEST" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "JST" | "KST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        "NZST" => 12,
        "NZDT" => 13,
        "EDT" => -4,
        "EST" => -5,
        "CDT" => -5,
        "MDT" => -6,
        "PDT" => -7,
        "PST" => -8,
        _ => {
            let (sign, digits) = match zone.split_at_checked(1)? {
                ("+", digits) => (1, digits),
                ("-", digits) => (-1, digits),
                _ => return None,
            };
            let hours: i64 = digits.get(..2)?.parse().ok()?;
            let minutes: i64 = digits.get(2..4).map_or(Some(0), |minutes| minutes.parse().ok())?;
            return Some((sign * (hours * 60 + minutes), rest));
        }
    };
    Some((hours * 60, rest))
}
