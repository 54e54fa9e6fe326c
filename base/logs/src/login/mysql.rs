//! MySQL's and MariaDB's logs: the audit plugin that RDS has (MariaDB's), Aurora's advanced audit, the error log.

use std::borrow::Cow;

use bastide_ids::Timestamp;

use super::Login;
use crate::Broken;
use crate::flow::address;

/// The moment of a line of an audit log, and what follows it: `20260101 09:30:00,` (the plugin, UTC on RDS) or
/// `1767259800123456,` (Aurora, microseconds).
pub(super) fn audit_moment(line: &str) -> Option<(Timestamp, &str)> {
    let (moment, rest) = line.split_once(',')?;
    if moment.bytes().all(|byte| byte.is_ascii_digit()) && (10..=16).contains(&moment.len()) {
        let number: i64 = moment.parse().ok()?;
        let millis = match moment.len() {
            16 => number / 1000,
            13 => number,
            10 => number * 1000,
            _ => return None,
        };
        return Some((Timestamp::from_millis(millis), rest));
    }
    let (date, time) = moment.split_once(' ')?;
    if date.len() != 8 || time.len() != 8 {
        return None;
    }
    let text = format!("{}-{}-{} {time}", date.get(..4)?, date.get(4..6)?, date.get(6..)?);
    let text: &[u8; 19] = text.as_bytes().try_into().ok()?;
    Some((Timestamp::from_seconds(crate::time::civil(text, b' ')?), rest))
}

/// Reads what follows the moment: `serverhost,username,host,connectionid,queryid,operation,database,object,retcode`
/// and, in newer releases, the kind of connection. `None` for what is no login.
pub(super) fn audit(time: Timestamp, rest: &str) -> Result<Option<Login<'_>>, Broken> {
    let mut fields = rest.split(',');
    let mut next = || fields.next().unwrap_or_default();
    let (_, user, host, connection, query) = (next(), next(), next(), next(), next());
    let (operation, database, _, code) = (next(), next(), next(), next());
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A name that holds commas moves the fields behind it; what it would say then is its own choice.
    let sound = number(connection) && number(query) && fields.count() <= 1;
    if !matches!(operation, "CONNECT" | "FAILED_CONNECT") || !number(code) {
        let hidden = rest.contains(",FAILED_CONNECT,") || (rest.contains(",CONNECT,") && !sound);
        let statement = matches!(operation, "QUERY" | "TABLE") || operation.starts_with("QUERY_");
        if hidden && !statement {
            return Err(Broken { reason: "the fields of a login are not where they should be".to_owned() });
        }
        return Ok(None);
    }
    if !sound {
        return Err(Broken { reason: "a login has other than the fields of an audit log".to_owned() });
    }
    let success = operation == "CONNECT" && code == "0";
    let message = if success { Cow::Borrowed("") } else { Cow::Owned(format!("error {code}")) };
    Ok(Some(Login {
        time,
        success,
        user: Cow::Borrowed(user),
        database: Cow::Borrowed(database),
        source: address(host.as_bytes()),
        message,
        engine: Cow::Borrowed("mysql"),
        ..Login::default()
    }))
}

/// Whether what follows a moment belongs to the error log: `12 [Note] [MY-010926] [Server] …`.
pub(super) fn is_error(rest: &str) -> bool {
    let Some((thread, rest)) = rest.split_once(' ') else { return false };
    let numbered = !thread.is_empty() && thread.bytes().all(|byte| byte.is_ascii_digit());
    numbered && ["[Note] ", "[Warning] ", "[System] ", "[ERROR] "].iter().any(|level| rest.starts_with(level))
}

/// Reads what follows the moment in a line of the error log: `… Access denied for user 'U'@'H' (using password: YES)`.
pub(super) fn error(time: Timestamp, rest: &str) -> Option<Login<'_>> {
    let (before, message) = rest.split_at_checked(rest.find("Access denied for user '")?)?;
    if !before.ends_with("] ") {
        return None;
    }
    let names = message.strip_prefix("Access denied for user '")?;
    let (user, rest) = names.rsplit_once("'@'")?;
    let (host, _) = rest.split_once('\'')?;
    Some(Login {
        time,
        user: Cow::Borrowed(user),
        source: address(host.as_bytes()),
        message: Cow::Borrowed(message),
        engine: Cow::Borrowed("mysql"),
        ..Login::default()
    })
}
