//! The summary for people.

use std::fmt::Write as _;

use bastide_finding::{Finding, guardduty, words};
use bastide_ids::Timestamp;
use bastide_ingest::Kind;

use super::facts::{Actor, Facts, Rejection, agent, label_of, stage};

/// Colours of a terminal, or none.
#[derive(Clone, Copy)]
pub(crate) struct Ink(pub(crate) bool);

impl Ink {
    fn put(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.put("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.put("2", text)
    }

    fn severity(self, label: &str, text: &str) -> String {
        let code = match label {
            "Critical" => "1;35",
            "High" => "1;31",
            "Medium" => "33",
            _ => "36",
        };
        self.put(code, text)
    }
}

/// Reasons that are told of a finding.
const REASONS: usize = 4;
/// Lines are broken here.
const WIDTH: usize = 110;

/// The whole summary; the `top` severest findings in full.
pub(crate) fn summary(facts: &Facts, top: usize, ink: Ink) -> String {
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = writeln!(out, "{}", ink.bold(&read(facts)));
    let _ = writeln!(out, "{}", found(facts, ink));
    if !facts.findings.is_empty() {
        let _ = writeln!(out, "\n{}\n", ink.bold("Who, and what they did in the order of time"));
        let mut told = 0;
        let mut shown: Vec<&Actor> = Vec::new();
        for actor in &facts.actors {
            if told >= top {
                break;
            }
            told += actor.findings.len();
            shown.push(actor);
        }
        for actor in &shown {
            self::actor(&mut out, facts, actor, ink);
        }
        let left = facts.actors.len() - shown.len();
        if left > 0 {
            let _ = writeln!(
                out,
                "… and {}; --top tells more.\n",
                plural(left as u64, "more actor", "more actors")
            );
        }
    }
    out.push_str(&trouble(facts, ink));
    out
}

/// What was read, in one line.
fn read(facts: &Facts) -> String {
    let read = &facts.read;
    let mut kinds: Vec<String> = read
        .kinds
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| {
            let (one, many) = match kind {
                Kind::CloudTrail => ("CloudTrail event", "CloudTrail events"),
                Kind::Flow => ("flow record", "flow records"),
                Kind::Dns => ("DNS query", "DNS queries"),
                Kind::Kubernetes => ("Kubernetes audit event", "Kubernetes audit events"),
                Kind::Login => ("database login", "database logins"),
                Kind::Rejected => ("rejected line", "rejected lines"),
            };
            plural(*count, one, many)
        })
        .collect();
    if kinds.is_empty() {
        kinds.push("no records".to_owned());
    }
    let span = read.span.map(|(first, last)| format!(", {}", span(first, last))).unwrap_or_default();
    let files = plural(read.read, "file", "files");
    format!("Read {} from {files}{span} ({:.1} s).", kinds.join(", "), facts.seconds)
}

/// How much was found, in one line.
fn found(facts: &Facts, ink: Ink) -> String {
    if facts.findings.is_empty() {
        return "Nothing was found.".to_owned();
    }
    let counts: Vec<String> = facts
        .severities()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(label, count)| ink.severity(label, &format!("{count} {}", label.to_lowercase())))
        .collect();
    let all = plural(facts.findings.len() as u64, "finding", "findings");
    let actors = plural(facts.actors.len() as u64, "actor", "actors");
    format!("{all}: {}. {actors}.", counts.join(", "))
}

fn actor(out: &mut String, facts: &Facts, actor: &Actor, ink: Ink) {
    let label = guardduty::severity_label(actor.severity);
    let head = format!("{:<8} {}", label.to_uppercase(), clean(&actor.name));
    // Kubernetes' own logs name none.
    let place = match actor.account.as_str() {
        "" => String::new(),
        account => format!(" in account {}", clean(account)),
    };
    let _ =
        writeln!(out, "{}{place}  {}", ink.severity(label, &head), ink.dim(&span(actor.first, actor.last)));
    if !actor.remotes.is_empty() {
        let _ = writeln!(out, "         from or to {}", some(actor.remotes.iter(), 6));
    }
    if !actor.agents.is_empty() {
        let agents = actor.agents.iter().map(|agent| shortened(agent, 60));
        let _ = writeln!(out, "         with {}", some(agents, 3));
    }
    for (_, finding) in facts.of(actor) {
        self::finding(out, finding, actor, ink);
    }
    out.push('\n');
}

fn finding(out: &mut String, finding: &Finding, actor: &Actor, ink: Ink) {
    let detection = &finding.detection;
    let label = label_of(finding);
    let time = short(detection.first, actor.first);
    let severity = format!("{:>4.1}", guardduty::severity(detection));
    let count =
        if detection.count > 1 { format!(" ({} times)", grouped(detection.count)) } else { String::new() };
    let _ = writeln!(
        out,
        "  {time} {} {}: {}{count}",
        ink.severity(label, &severity),
        stage(finding),
        ink.bold(&clean(&words::title(detection)))
    );
    let indent = " ".repeat(time.len() + 8);
    let _ = writeln!(out, "{indent}{}", ink.dim(detection.kind.name));
    for reason in detection.reasons.iter().take(REASONS) {
        let expected =
            if reason.expected.is_empty() { String::new() } else { format!(" (usual: {})", reason.expected) };
        let line = format!("why: {}: {}{expected}", reason.measure, reason.observed);
        wrapped(out, &indent, &clean(&line));
    }
    let more = detection.reasons.len().saturating_sub(REASONS);
    if more > 0 {
        wrapped(out, &indent, &format!("and {more} more, which the report tells (--report)"));
    }
    if !detection.threats.is_empty() {
        let lists = detection.threats.iter().map(|threat| match threat.names.as_slice() {
            [] => threat.list.clone(),
            names => format!("{} ({})", threat.list, names.join(", ")),
        });
        wrapped(out, &indent, &clean(&format!("listed: {}", some(lists, 4))));
    }
    if !detection.evidence.is_empty() {
        let seen = detection.evidence.iter().map(|record| format!("{} [{}]", record.what, record.id));
        wrapped(out, &indent, &clean(&format!("seen: {}", some(seen, 3))));
    }
    let from = words::remote(detection);
    if actor.remotes.len() > 1 && !from.is_empty() {
        wrapped(out, &indent, &clean(&format!("from or to: {from}")));
    }
    if actor.agents.len() > 1 && !agent(finding).is_empty() {
        wrapped(out, &indent, &clean(&format!("with: {}", shortened(agent(finding), 80))));
    }
}

/// What went wrong, and what it means.
fn trouble(facts: &Facts, ink: Ink) -> String {
    let (read, counts) = (&facts.read, facts.counts);
    let mut lines = Vec::new();
    let mut line = |count: u64, one: &str, many: &str| {
        if count > 0 {
            lines.push(plural(count, one, many));
        }
    };
    line(read.rejected, "record could not be read", "records could not be read");
    line(read.foreign, "record is of another kind", "records are of other kinds");
    line(read.damaged, "file could not be read to its end", "files could not be read to their ends");
    line(read.unknown, "file is no log known here", "files are no logs known here");
    line(read.unfinished, "last line has no end yet", "last lines have no ends yet");
    line(read.unchanged, "file was read before", "files were read before");
    line(read.moved, "file was known under another name", "files were known under other names");
    line(counts.duplicates, "record came twice and counts once", "records came twice and count once");
    line(counts.late, "record came more than 6 hours late", "records came more than 6 hours late");
    line(counts.ahead, "record has a time that cannot be", "records have times that cannot be");
    line(
        counts.forgotten,
        "finding was dropped, because there were too many",
        "findings were dropped, because there were too many",
    );
    let mut out = String::new();
    if !lines.is_empty() {
        let _ = writeln!(out, "{} {}.", ink.bold("Note:"), lines.join("; "));
    }
    for (file, problem) in read.problems.iter().take(5) {
        let _ = writeln!(out, "  `{}`: {problem}", clean(file));
    }
    for rejection in facts.rejections.iter().take(3) {
        let Rejection { reason, count, file, position } = rejection;
        let file = clean(file);
        let _ = writeln!(out, "  {} ({count}, the first in `{file}` at {position})", clean(reason));
    }
    for file in read.unknown_names.iter().take(3) {
        let _ = writeln!(out, "  no log known here: `{}`", clean(file));
    }
    out
}

/// `2023-07-10 12:00:01 to 12:35:40 UTC`.
pub(crate) fn span(first: Timestamp, last: Timestamp) -> String {
    if first == last {
        return format!("{} UTC", readable(first));
    }
    format!("{} to {} UTC", readable(first), short(last, first).trim())
}

fn readable(time: Timestamp) -> String {
    time.iso8601().replace('T', " ").replace('Z', "")
}

/// The time of day, with the date when it is another than that of `beside`.
fn short(time: Timestamp, beside: Timestamp) -> String {
    let (whole, other) = (readable(time), readable(beside));
    if whole.get(..10) == other.get(..10) { whole.get(11..).unwrap_or_default().to_owned() } else { whole }
}

/// The first few, and how many more.
pub(crate) fn some(all: impl Iterator<Item = impl AsRef<str>>, few: usize) -> String {
    let all: Vec<String> = all.map(|one| clean(one.as_ref())).collect();
    let first: Vec<&str> = all.iter().take(few).map(String::as_str).collect();
    let more = all.len() - first.len();
    if more == 0 { first.join(", ") } else { format!("{}, and {more} more", first.join(", ")) }
}

pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{cut}…")
}

/// Logs can hold anything; a terminal obeys control characters.
pub(crate) fn clean(text: &str) -> String {
    let safe = |letter: char| if letter.is_control() || is_bidi(letter) { '\u{fffd}' } else { letter };
    text.chars().map(safe).collect()
}

/// Characters that turn the direction of what follows, by which text can look like other text.
fn is_bidi(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(crate) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Breaks a line between words.
fn wrapped(out: &mut String, indent: &str, text: &str) {
    let mut line = String::new();
    let mut first = true;
    for word in text.split(' ') {
        if !line.is_empty() && indent.len() + line.chars().count() + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{indent}{}{line}", if first { "" } else { "  " });
            (line, first) = (String::new(), false);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(out, "{indent}{}{line}", if first { "" } else { "  " });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(2_900), "2,900");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn a_terminal_is_not_obeyed() {
        assert_eq!(clean("a\x1b[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
    }

    #[test]
    fn lines_are_broken_between_words() {
        let mut out = String::new();
        wrapped(&mut out, "    ", &"word ".repeat(60));
        assert!(out.lines().all(|line| line.chars().count() <= WIDTH + 3), "{out}");
        assert_eq!(out.matches("word").count(), 60);
    }
}
