use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bastide_ids::{Place, Timestamp, Uuid};

use crate::cache::KeyRef;
use crate::changes::{Changes, Outgoing};
use crate::{CommitError, Committed, Discovered, ItemFilter, Key, Lease, StoreError, VersionItem};

/// An answer that may come later.
pub(crate) type Reply<'a, T, E = StoreError> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// Where the documents are. Both engines pass the same contract tests.
///
/// An engine tells the cache about every commit before it answers it. Ids handed to it are valid.
pub(crate) trait Engine: Send + Sync {
    /// The present version of a document.
    fn find<'a>(&'a self, key: KeyRef<'a>) -> Reply<'a, Option<Record>>;

    /// The present documents of a type in a place, by id.
    fn list<'a>(&'a self, place: &'a Place, kind: &'a str, range: IdRange<'a>) -> Reply<'a, Vec<Record>>;

    /// Where there are documents of a type.
    fn places<'a>(&'a self, kind: &'a str) -> Reply<'a, Vec<Place>>;

    /// The present documents of a type in a place that refer to a document.
    fn referrers<'a>(&'a self, of: Referred<'a>, range: IdRange<'a>) -> Reply<'a, Vec<Record>>;

    /// The versions of a document below a version, newest first; a deletion has no body.
    fn versions<'a>(&'a self, key: KeyRef<'a>, below: u64, limit: usize) -> Reply<'a, Vec<Record>>;

    /// Commits changes that are not refused and not empty.
    fn commit(&self, changes: Changes) -> Reply<'_, Committed, CommitError>;

    /// The configuration items of a resource.
    fn history<'a>(&'a self, of: History<'a>) -> Reply<'a, Vec<VersionItem>>;

    /// The resources of a type, by id.
    fn items<'a>(
        &'a self,
        place: &'a Place,
        resource_type: &'a str,
        filter: &'a ItemFilter,
        after: Option<&'a str>,
        limit: usize,
    ) -> Reply<'a, Vec<Discovered>>;

    /// How many resources that are not deleted there are of each type.
    fn counts<'a>(&'a self, place: &'a Place) -> Reply<'a, Vec<(String, u64)>>;

    /// The last item of each resource, where there is one.
    fn latest_items<'a>(
        &'a self,
        place: &'a Place,
        keys: &'a [(String, String)],
    ) -> Reply<'a, Vec<Option<VersionItem>>>;

    /// Whether there is no version of any document.
    fn is_empty(&self) -> Reply<'_, bool>;

    /// The oldest records that were not moved yet.
    fn outbox(&self, limit: usize) -> Reply<'_, Vec<Outgoing>>;

    /// Removes records.
    fn outbox_done(&self, ids: Vec<Uuid>) -> Reply<'_, ()>;

    /// Takes a lease, or renews it for its holder.
    fn lease<'a>(&'a self, name: &'a str, holder: &'a str, ttl: Duration) -> Reply<'a, Option<Lease>>;

    /// Renews a lease that is still held.
    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> Reply<'a, bool>;

    /// Gives a lease back.
    fn release<'a>(&'a self, lease: &'a Lease) -> Reply<'a, ()>;

    /// Makes the cache forget what other processes committed before this call.
    fn refresh(&self) -> Reply<'_, ()>;

    /// Removes everything; the order of commits goes on.
    fn reset(&self) -> Reply<'_, ()>;
}

/// A version as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) sequence: u64,
    pub(crate) time: Timestamp,
    pub(crate) schema: u32,
    /// `None` where this version is a deletion.
    pub(crate) body: Option<Vec<u8>>,
}

/// Ids that start with `prefix` and come after `after`, at most `limit`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdRange<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) after: Option<&'a str>,
    pub(crate) limit: usize,
}

impl IdRange<'_> {
    /// The first id that comes after all that start with the prefix; `None` when there is no end.
    /// Bytes of UTF-8 are ordered as their characters are, so the last character is raised.
    pub(crate) fn end(&self) -> Option<String> {
        let mut end = self.prefix.to_owned();
        while let Some(last) = end.pop() {
            let next = match last {
                '\u{d7ff}' => Some('\u{e000}'),
                char::MAX => None,
                _ => char::from_u32(u32::from(last) + 1),
            };
            if let Some(next) = next {
                end.push(next);
                return Some(end);
            }
        }
        None
    }

    /// Where the range starts: the comparison with an id, and what it is compared with.
    pub(crate) fn start(&self) -> (&'static str, &str) {
        match self.after {
            Some(after) if after >= self.prefix => (">", after),
            _ => (">=", self.prefix),
        }
    }

    pub(crate) fn limit_i64(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

/// Who refers to `to` by `relation`, among the documents of `kind` in `place`.
#[derive(Clone, Copy)]
pub(crate) struct Referred<'a> {
    pub(crate) place: &'a Place,
    pub(crate) kind: &'a str,
    pub(crate) relation: &'a str,
    pub(crate) to: &'a Key,
}

/// Which items of a resource's history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct History<'a> {
    pub(crate) place: &'a Place,
    pub(crate) resource_type: &'a str,
    pub(crate) resource_id: &'a str,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) newest_first: bool,
    pub(crate) after: Option<u64>,
    pub(crate) limit: usize,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn end(prefix: &str) -> Option<String> {
        IdRange { prefix, after: None, limit: 1 }.end()
    }

    #[test]
    fn ends_of_prefixes() {
        assert_eq!(end("alias/").as_deref(), Some("alias0"));
        assert_eq!(end(""), None);
        assert_eq!(end("a\u{10ffff}\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(end("\u{10ffff}"), None);
        assert_eq!(end("\u{d7ff}").as_deref(), Some("\u{e000}"));
    }

    proptest! {
        #[test]
        fn what_starts_with_the_prefix_is_below_the_end(prefix in ".{1,4}", tail in ".{0,4}", other in ".{0,6}") {
            if let Some(end) = end(&prefix) {
                let inside = format!("{prefix}{tail}");
                prop_assert!(inside.as_bytes() < end.as_bytes());
                prop_assert!(!end.starts_with(&prefix));
                let between = *other >= *prefix && other < end;
                prop_assert_eq!(between, other.starts_with(&prefix));
            }
        }
    }
}
