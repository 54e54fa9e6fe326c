//! Telling what a file is from its first bytes.

use memchr::memmem;

use crate::flow::{self, Columns};
use crate::{Origin, json, login};

/// A kind of log that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// CloudTrail events.
    CloudTrail,
    /// VPC flow logs.
    Flow,
    /// Route 53 Resolver query logs.
    Dns,
    /// Kubernetes audit events.
    Kubernetes,
    /// PostgreSQL's and MySQL's logs.
    Login,
    /// Something that lies beside logs and holds none: which.
    Foreign(&'static str),
}

/// How many bytes are looked at.
pub const HEAD: usize = 64 << 10;

/// How many lines of text are tried.
const LINES: usize = 50;

/// What names in JSON tell. The first of them that stands in a text decides: what a request's parameters hold stands
/// behind the names of the event's own members.
const NAMES: [(&str, Kind); 16] = [
    ("eventVersion", Kind::CloudTrail),
    ("eventSource", Kind::CloudTrail),
    ("awsRegion", Kind::CloudTrail),
    ("userIdentity", Kind::CloudTrail),
    ("query_timestamp", Kind::Dns),
    ("query_name", Kind::Dns),
    ("audit.k8s.io/v1", Kind::Kubernetes),
    ("auditID", Kind::Kubernetes),
    ("authorization.k8s.io/decision", Kind::Kubernetes),
    ("/aws/eks/", Kind::Kubernetes),
    ("error_severity", Kind::Login),
    ("/aws/rds/", Kind::Login),
    ("digestStartTime", Kind::Foreign("a digest file of CloudTrail")),
    ("digestS3Bucket", Kind::Foreign("a digest file of CloudTrail")),
    ("configurationItems", Kind::Foreign("an AWS Config snapshot")),
    ("configSnapshotId", Kind::Foreign("an AWS Config snapshot")),
];

/// What names of files tell, where the content does not.
const FILES: [(&str, Kind); 8] = [
    ("CloudTrail-Digest", Kind::Foreign("a digest file of CloudTrail")),
    ("CloudTrail-Insight", Kind::Foreign("CloudTrail Insights events")),
    ("CloudTrail", Kind::CloudTrail),
    ("vpcflowlogs", Kind::Flow),
    ("vpcdnsquerylogs", Kind::Dns),
    ("kube-apiserver-audit", Kind::Kubernetes),
    ("postgresql", Kind::Login),
    ("server_audit", Kind::Login),
];

/// What a file is, by its first bytes (the first [`HEAD`] of them count) and its name or path. `None` when neither
/// tells.
#[must_use]
pub fn sniff(head: &[u8], name: &str) -> Option<Kind> {
    let head = head.get(..HEAD).unwrap_or(head);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let by_name = || FILES.iter().find(|(part, _)| name.contains(part)).map(|(_, kind)| *kind);
    content(head.trim_ascii_start()).or_else(by_name)
}

fn content(head: &[u8]) -> Option<Kind> {
    let json = matches!(head.first(), Some(b'{' | b'[' | b'"'));
    if json && let Some(kind) = named(head) {
        return Some(kind);
    }
    // A piece may end within a character, and a line may be broken.
    if json {
        return of_messages(&String::from_utf8_lossy(head));
    }
    let end = memchr::memchr_iter(b'\n', head).nth(LINES).unwrap_or(head.len());
    String::from_utf8_lossy(head.get(..end).unwrap_or(head))
        .lines()
        .take(LINES)
        .filter_map(message)
        .find_map(|line| if line.starts_with('{') { of_json(line) } else { of_line(line) })
}

fn of_json(text: &str) -> Option<Kind> {
    named(text.as_bytes()).or_else(|| of_messages(text))
}

/// What the lines of text in an envelope of JSON are.
fn of_messages(text: &str) -> Option<Kind> {
    text.match_indices("\"message\"").take(LINES).find_map(|(at, name)| {
        let value = text.get(at + name.len()..)?.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
        let line = json::member(value, &[])?;
        of_line(message(&line)?)
    })
}

/// The kind of the first name in a text. It stands near the beginning, as a rule: not all names are looked for in all
/// of the text.
fn named(text: &[u8]) -> Option<Kind> {
    if is_empty_delivery(text) {
        return Some(Kind::CloudTrail);
    }
    // The bytes of the longest name.
    const LONGEST: usize = 32;
    for end in [512, 8 << 10, text.len()] {
        let near = text.get(..end + LONGEST).unwrap_or(text);
        let places =
            NAMES.iter().filter_map(|(name, kind)| Some((memmem::find(near, name.as_bytes())?, *kind)));
        // A name behind the end may begin before one that reaches over the piece's.
        if let Some((_, kind)) = places.filter(|(at, _)| *at < end).min_by_key(|(at, _)| *at) {
            return Some(kind);
        }
    }
    None
}

/// A file as CloudTrail delivers them, without any event.
fn is_empty_delivery(text: &[u8]) -> bool {
    b"{\"Records\":[]}".iter().eq(text.iter().filter(|byte| !byte.is_ascii_whitespace()))
}

/// A line without the time that CloudWatch Logs' exports write before it; `None` for an empty one.
fn message(line: &str) -> Option<&str> {
    let line = line.trim_ascii();
    let bare = line.split_once(' ').filter(|(time, rest)| {
        time.len() > 10 && crate::time::iso8601(time).is_some() && !login::is_error_log(rest)
    });
    Some(bare.map_or(line, |(_, rest)| rest)).filter(|line| !line.is_empty())
}

fn of_line(line: &str) -> Option<Kind> {
    if Columns::of_header(line).is_some() {
        return Some(Kind::Flow);
    }
    if line.starts_with(|first: char| first.is_ascii_digit())
        && flow::parse(line, &Columns::default(), Origin::default()).is_ok()
    {
        return Some(Kind::Flow);
    }
    login::is_line(line).then_some(Kind::Login)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FLOW: &str =
        "2 111122223333 eni-1 10.0.0.5 203.0.113.9 49152 443 6 10 840 1688989356 1688989416 ACCEPT OK";
    const LOG: &str = "2023-07-10 11:42:36 UTC::@:[345]:LOG:  checkpoint starting: time";

    #[test]
    fn every_kind_by_its_content() {
        let envelope = |message: &str| {
            serde_json::json!({"owner": "1", "logGroup": "g", "logEvents": [{"id": "1", "message": message}]})
                .to_string()
        };
        let event = r#"{"awsRegion":"x","eventName":"y","requestParameters":{"a":"audit.k8s.io/v1"}}"#;
        let kinds = [
            (format!("{{\"Records\":[{event}]}}"), Kind::CloudTrail),
            ("{ \"Records\": [] }\n".to_owned(), Kind::CloudTrail),
            (format!("\u{feff}  {event}"), Kind::CloudTrail),
            (format!("2023-07-10T11:42:36.000Z {event}"), Kind::CloudTrail),
            (envelope(event), Kind::CloudTrail),
            (r#"{"version":"1.1","account_id":"1","query_timestamp":"x"}"#.to_owned(), Kind::Dns),
            (r#"{"kind":"EventList","apiVersion":"audit.k8s.io/v1"}"#.to_owned(), Kind::Kubernetes),
            (
                r#"{"awsAccountId":"1","digestStartTime":"x"}"#.to_owned(),
                Kind::Foreign("a digest file of CloudTrail"),
            ),
            (
                r#"{"fileVersion":"1.0","configSnapshotId":"x"}"#.to_owned(),
                Kind::Foreign("an AWS Config snapshot"),
            ),
            ("version account-id srcaddr\n5 1 2".to_owned(), Kind::Flow),
            (FLOW.to_owned(), Kind::Flow),
            (format!("2023-07-10T11:42:36.000Z {FLOW}"), Kind::Flow),
            (envelope(FLOW), Kind::Flow),
            (LOG.to_owned(), Kind::Login),
            (format!("\tbehind\n{LOG}"), Kind::Login),
            (envelope(LOG), Kind::Login),
            ("20230710 11:42:36,h,alice,192.0.2.7,12,0,CONNECT,app,,0".to_owned(), Kind::Login),
            ("1688989356123456,h,alice,192.0.2.7,12,0,QUERY,app,'x',0".to_owned(), Kind::Login),
            ("2023-07-10T11:42:36.123456Z 0 [System] [MY-010931] [Server] ready".to_owned(), Kind::Login),
            (r#"{"timestamp":"2023-07-10 11:42:36.123 UTC","error_severity":"LOG"}"#.to_owned(), Kind::Login),
        ];
        for (text, kind) in kinds {
            assert_eq!(sniff(text.as_bytes(), ""), Some(kind), "{text}");
        }
    }

    #[test]
    fn by_name_where_the_content_does_not_tell() {
        for text in ["", "hello\nworld", "{}", "\u{1f}\u{8b}", "1,2,3", "PAR1"] {
            assert_eq!(sniff(text.as_bytes(), "x.log"), None, "{text}");
        }
        assert_eq!(sniff(b"", "1_vpcflowlogs_eu-west-1_fl-1_20230710T1145Z_x.log"), Some(Kind::Flow));
        assert_eq!(sniff(b"", "AWSLogs/1/CloudTrail-Digest/x"), Some(FILES[0].1));
    }

    #[test]
    fn the_first_name_counts_wherever_it_stands() {
        for at in [0, 480, 485, 490, 500, 510, 512, 530, 8_170, 8_190, 8_200, 30_000] {
            let pad = " ".repeat(at);
            let text = format!(r#"{{"a":"{pad}authorization.k8s.io/decision auditID eventSource"}}"#);
            assert_eq!(sniff(text.as_bytes(), ""), Some(Kind::Kubernetes), "{at}");
            let text = format!(r#"{{"a":"{pad}eventSource authorization.k8s.io/decision auditID"}}"#);
            assert_eq!(sniff(text.as_bytes(), ""), Some(Kind::CloudTrail), "{at}");
        }
        assert!(NAMES.iter().all(|(name, _)| name.len() <= 32));
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = sniff(&bytes, "");
        }
    }
}
