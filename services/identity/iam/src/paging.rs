//! Lists in pages: `MaxItems`, `Marker`, `IsTruncated`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bastide_door::Failure;
use bastide_shape::Document;

/// So many results when the caller does not say.
const DEFAULT: usize = 100;

/// Which page the caller asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paging {
    /// What stands before the page: the key of the last result of the page before.
    pub(crate) after: Option<String>,
    /// The most results that the page has.
    pub(crate) limit: usize,
}

impl Paging {
    /// Reads `Marker` and `MaxItems`.
    pub(crate) fn of(input: &Document) -> Result<Self, Failure> {
        let after = input.str("Marker").map(unmark).transpose()?;
        let limit = input.int("MaxItems").and_then(|most| usize::try_from(most).ok()).unwrap_or(DEFAULT);
        Ok(Self { after, limit })
    }

    /// The part of a list that is this page, and the key to go on after.
    pub(crate) fn cut<'a, T>(&self, items: &'a [T], key: impl Fn(&T) -> &str) -> (&'a [T], Option<String>) {
        let start = self.after.as_deref().map_or(0, |after| {
            // What the marker names may have gone since: then the order of the keys tells.
            let found = items.iter().position(|item| key(item) == after).map(|index| index + 1);
            found.or_else(|| items.iter().position(|item| key(item) > after)).unwrap_or(items.len())
        });
        let rest = items.get(start..).unwrap_or_default();
        let page = rest.get(..self.limit).unwrap_or(rest);
        let next = if page.len() < rest.len() { page.last().map(|item| key(item).to_owned()) } else { None };
        (page, next)
    }
}

/// Adds the members that tell whether there is more.
pub(crate) fn finish(answer: Document, next: Option<&str>) -> Document {
    answer.with("IsTruncated", next.is_some()).maybe("Marker", next.map(mark))
}

fn mark(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn unmark(marker: &str) -> Result<String, Failure> {
    let key = URL_SAFE_NO_PAD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| Failure::validation("Invalid Marker."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(after: Option<&str>, limit: usize) -> Paging {
        Paging { after: after.map(str::to_owned), limit }
    }

    #[test]
    fn pages_join_to_the_whole() {
        let items = ["a", "b", "c", "d", "e"];
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let paging = Paging { after, limit: 2 };
            let (found, next) = paging.cut(&items, |item| item);
            seen.extend_from_slice(found);
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, items);
    }

    #[test]
    fn a_page_goes_on_where_its_marker_was() {
        assert_eq!(page(Some("b"), 9).cut(&["a", "c"], |item| item), (&["c"][..], None));
        assert_eq!(page(Some("z"), 9).cut(&["a", "c"], |item| item), (&[][..], None));
        assert_eq!(page(None, 2).cut(&["a", "c"], |item| item), (&["a", "c"][..], None));
    }

    #[test]
    fn markers_read_back() {
        let answer = finish(Document::new(), Some("user/ali=ce"));
        assert_eq!(answer.bool("IsTruncated"), Some(true));
        let again = Paging::of(&Document::new().with("Marker", answer.text("Marker"))).unwrap();
        assert_eq!(again, page(Some("user/ali=ce"), 100));
        assert!(Paging::of(&Document::new().with("Marker", "*")).is_err());
        assert_eq!(finish(Document::new(), None).value("Marker"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_key_comes_back_from_its_marker(key in ".{1,200}") {
            proptest::prop_assert_eq!(unmark(&mark(&key)).unwrap(), key);
        }

        #[test]
        fn no_marker_panics(marker in ".{0,320}") {
            let _ = unmark(&marker);
        }
    }
}
