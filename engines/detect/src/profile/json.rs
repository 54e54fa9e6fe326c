//! Members of JSON text, found without parsing it: for texts that are mostly not looked at.

/// A text member of a JSON object, wherever it stands, when it has no escapes. Quotes within texts are escaped, so
/// that a member's name in quotes can't be a part of a value.
pub(super) fn text<'a>(json: &'a str, member: &str) -> Option<&'a str> {
    let rest = value(json, member)?.strip_prefix('"')?;
    let (text, _) = rest.split_once('"')?;
    (!text.contains('\\')).then_some(text)
}

/// A number member, likewise.
pub(super) fn number(json: &str, member: &str) -> Option<u64> {
    let rest = value(json, member)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok()
}

/// What follows a member's name and colon.
fn value<'a>(json: &'a str, member: &str) -> Option<&'a str> {
    let mut rest = json;
    while let Some(at) = rest.find(member) {
        let (before, after) = (rest.get(..at)?, rest.get(at + member.len()..)?);
        if before.ends_with('"')
            && !before.ends_with("\\\"")
            && let Some(after) = after.strip_prefix('"')
            && let Some(after) = after.trim_start().strip_prefix(':')
        {
            return Some(after.trim_start());
        }
        rest = after;
    }
    None
}

/// Whether a member of this name has a value that begins so, wherever it stands.
pub(super) fn has(json: &str, member: &str, begins: &str) -> bool {
    let mut rest = json;
    while let Some(found) = value(rest, member) {
        if found.starts_with(begins) {
            return true;
        }
        rest = found;
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_of_json() {
        let json = r#"{"key":"\"bucketName\":\"no\"","bucketName" : "yes","size":12,"x":{"bytesTransferredOut":345}}"#;
        assert_eq!(text(json, "bucketName"), Some("yes"));
        assert_eq!(text(json, "key"), None, "escapes are not read");
        assert_eq!(number(json, "bytesTransferredOut"), Some(345));
        assert_eq!(number(json, "size"), Some(12));
        assert_eq!(number(json, "none"), None);
        assert_eq!(text("", "bucketName"), None);
    }

    #[test]
    fn any_of_several() {
        let json = r#"{"a":[{"privileged":false},{"privileged": true}]}"#;
        assert!(has(json, "privileged", "true"));
        assert!(!has(json, "privileged", "null"));
    }

    proptest! {
        #[test]
        fn anything_is_read_without_panic(json in "[\"\\\\a:{ },1]{0,40}") {
            let _ = (text(&json, "a"), number(&json, "a"), has(&json, "a", "1"));
        }
    }
}
