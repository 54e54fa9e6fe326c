//! The formats of vendors' feeds that are tables.

use super::csv::{Records, column};
use super::{ListError, Sink, plain};

/// `Indicator type, Indicator, Description`.
pub(super) fn otx(bytes: &[u8], sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    let mut columns = (0, 1, Some(2));
    let mut first = true;
    each(bytes, sink, |line, fields, sink| {
        if std::mem::take(&mut first)
            && let (Some(kind), Some(value)) = (column(fields, "indicator type"), column(fields, "indicator"))
        {
            columns = (kind, value, column(fields, "description"));
            return Ok(());
        }
        let (Some(kind), Some(value)) = (fields.get(columns.0), fields.get(columns.1)) else {
            sink.broken(line, "a record has a type and an indicator");
            return Ok(());
        };
        let threat = columns.2.and_then(|at| fields.get(at)).map_or("", String::as_str);
        match kind.to_ascii_lowercase().as_str() {
            "ipv4" | "ipv6" | "cidr" | "domain" | "hostname" | "url" => sink.entry(line, value, threat),
            _ => {
                sink.skipped();
                Ok(())
            }
        }
    })
}

/// `ADDRESS#RELIABILITY#RISK#ACTIVITY#COUNTRY#CITY#COORDINATES#TYPE`, and `ADDRESS # ACTIVITY`.
pub(super) fn alien_vault(bytes: &[u8], sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let Ok(line) = std::str::from_utf8(line) else {
            sink.broken(number, "not UTF-8");
            continue;
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut fields = line.split('#');
        let value = fields.next().unwrap_or_default();
        let threat = match (fields.next(), fields.next(), fields.next()) {
            (Some(_), Some(_), Some(activity)) => activity,
            (Some(activity), None, _) => activity,
            _ => "",
        };
        sink.entry(number, value, threat)?;
    }
    Ok(())
}

/// `ip, category, score, first_seen, last_seen, ports` or the same with `domain`.
pub(super) fn proof_point(bytes: &[u8], sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    let mut first = true;
    each(bytes, sink, |line, fields, sink| {
        let value = fields.first().map_or("", String::as_str);
        if std::mem::take(&mut first)
            && (value.eq_ignore_ascii_case("ip") || value.eq_ignore_ascii_case("domain"))
        {
            return Ok(());
        }
        sink.entry(line, value, fields.get(1).map_or("", String::as_str))
    })
}

/// The columns of a heading that hold what logs can show.
const FIRE_EYE: [&str; 5] = ["ip", "cidr", "domain", "sourceIp", "sourceDomain"];

/// A heading names the columns; a record fills one or some of those for addresses and domains.
pub(super) fn fire_eye(bytes: &[u8], sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    let mut heading: Option<(Vec<usize>, Vec<usize>)> = None;
    each(bytes, sink, |line, fields, sink| {
        let Some((values, names)) = &heading else {
            let values: Vec<usize> = FIRE_EYE.iter().filter_map(|name| column(fields, name)).collect();
            if values.is_empty() {
                let reason = "the first line doesn't name a column `ip`, `cidr` or `domain`".to_owned();
                return Err(ListError::Format { format: "FIRE_EYE", reason });
            }
            let names =
                ["malwareFamily", "actor", "title"].iter().filter_map(|name| column(fields, name)).collect();
            heading = Some((values, names));
            return Ok(());
        };
        let filled = |at: &usize| fields.get(*at).map(String::as_str).filter(|text| !text.is_empty());
        let threat = names.iter().find_map(filled).unwrap_or_default();
        let mut found = false;
        for value in values.iter().filter_map(filled) {
            found = true;
            sink.entry(line, value, threat)?;
        }
        if !found {
            sink.skipped();
        }
        Ok(())
    })
}

/// MISP's CSV, whose heading has `type` and `value`; without such a heading plain text.
pub(super) fn misp(bytes: &[u8], sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    let heading = Records::new(bytes).next().and_then(|(_, record)| record.ok()).unwrap_or_default();
    let (Some(kind), Some(value)) = (column(&heading, "type"), column(&heading, "value")) else {
        return plain::read(bytes, sink);
    };
    let threat = column(&heading, "event_info").or_else(|| column(&heading, "comment"));
    let detect = column(&heading, "to_ids");
    let mut first = true;
    each(bytes, sink, |line, fields, sink| {
        if std::mem::take(&mut first) {
            return Ok(());
        }
        let field = |at: usize| fields.get(at).map_or("", String::as_str);
        let wanted = matches!(
            field(kind),
            "ip-src"
                | "ip-dst"
                | "ip-src|port"
                | "ip-dst|port"
                | "domain"
                | "hostname"
                | "domain|ip"
                | "hostname|port"
                | "url"
        );
        // `to_ids` 0: known as context, not to be searched for.
        let meant = detect.is_none_or(|at| !matches!(field(at), "0" | "false"));
        if !wanted || !meant {
            sink.skipped();
            return Ok(());
        }
        plain::values(line, field(value), threat.map_or("", field), sink)
    })
}

fn each(
    bytes: &[u8],
    sink: &mut Sink<'_, '_>,
    mut take: impl FnMut(u64, &[String], &mut Sink<'_, '_>) -> Result<(), ListError>,
) -> Result<(), ListError> {
    for (line, record) in Records::new(bytes) {
        match record {
            Ok(fields) => {
                let text = fields.iter().any(|field| !field.is_empty());
                let comment = fields.first().is_some_and(|field| field.starts_with('#'));
                if text && !comment {
                    take(line, &fields, sink)?;
                }
            }
            Err(reason) => sink.broken(line, reason),
        }
    }
    Ok(())
}
