//! What is known of generated data: which records belong to which stage of which attack.

use bastide_ids::Timestamp;

/// One stage of an attack (or of something that is not allowed but no attack), and how a finding of it is known.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The row of the table that it counts in.
    pub row: &'static str,
    /// The attack that it is a stage of.
    pub attack: String,
    /// What is done, in a few words.
    pub what: String,
    /// The account that it happens in.
    pub account: String,
    /// Names by which a finding may call who does it or what it is done to: access keys, principals, users, roles,
    /// instances, interfaces, buckets, clusters' users, databases.
    pub names: Vec<String>,
    /// When its first record was made.
    pub first: Timestamp,
    /// When its last record was made.
    pub last: Timestamp,
    /// The ids of its records; empty for logs whose records have none.
    pub events: Vec<String>,
    /// Finding types that tell it; a `*` at the end stands for anything.
    pub accept: &'static [&'static str],
}

/// Whether a finding's type is one of `patterns`; a `*` at the end of one stands for anything, at its beginning too.
#[must_use]
pub fn matches(kind: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => kind.contains(pattern.trim_matches('*')),
        (Some(end), None) => kind.ends_with(end),
        (None, Some(start)) => kind.starts_with(start),
        (None, None) => kind == *pattern,
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars() {
        let kind = "Persistence:IAMUser/AnomalousBehavior";
        for pattern in [kind, "Persistence:*", "*/AnomalousBehavior", "*IAMUser*"] {
            assert!(matches(kind, &["x", pattern]), "{pattern}");
        }
        assert!(!matches(kind, &["Persistence", "*IAMUser", "Impact:*", "*S3*"]));
    }
}
