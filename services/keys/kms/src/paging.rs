//! Lists in pages: `Limit` and `Marker` in, `Truncated` and `NextMarker` out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use crate::refusal;

/// Which part of a list is asked for.
pub(crate) struct Paging {
    /// At most so many.
    pub(crate) limit: usize,
    /// What comes after the item with this id; from the start without it.
    pub(crate) after: Option<String>,
    operation: &'static str,
}

impl Paging {
    /// Reads `Limit` and `Marker`. AWS answers more than it wants to with as many as it wants to.
    ///
    /// # Errors
    /// `InvalidMarkerException` when the marker is not one of this operation.
    pub(crate) fn of(call: &Permitted, default: usize, most: usize) -> Result<Self, Failure> {
        let operation = call.operation().name;
        let limit = call.input().int("Limit").and_then(|limit| usize::try_from(limit).ok());
        let after = call.input().str("Marker").map(|marker| read(operation, marker)).transpose()?;
        Ok(Self { limit: limit.unwrap_or(default).min(most), after, operation })
    }

    /// The answer: a list, and where it goes on if there is more behind the item with this id.
    pub(crate) fn answer(&self, name: &'static str, items: Vec<Document>, last: Option<&str>) -> Document {
        Document::new()
            .with(name, items)
            .with("Truncated", last.is_some())
            .maybe("NextMarker", last.map(|last| BASE64.encode(format!("{}\n{last}", self.operation))))
    }

    /// As [`Self::answer`], of a whole list of which only a part is to be shown.
    pub(crate) fn cut<T>(
        &self,
        name: &'static str,
        all: impl IntoIterator<Item = T>,
        id: impl Fn(&T) -> &str,
        show: impl FnMut(T) -> Document,
    ) -> Document {
        let after = |item: &T| self.after.as_deref().is_none_or(|after| id(item) > after);
        let mut rest = all.into_iter().filter(after).peekable();
        let mut shown = Vec::new();
        let mut last = String::new();
        while shown.len() < self.limit
            && let Some(item) = rest.next()
        {
            id(&item).clone_into(&mut last);
            shown.push(item);
        }
        let more = rest.peek().is_some();
        self.answer(name, shown.into_iter().map(show).collect(), more.then_some(&last))
    }
}

fn read(operation: &str, marker: &str) -> Result<String, Failure> {
    let bytes = BASE64.decode(marker).map_err(|_| refusal::invalid_marker())?;
    let text = String::from_utf8(bytes).map_err(|_| refusal::invalid_marker())?;
    match text.split_once('\n') {
        Some((of, last)) if of == operation => Ok(last.to_owned()),
        _ => Err(refusal::invalid_marker()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: usize, marker: Option<&str>) -> (Vec<String>, Option<String>) {
        let after = marker.map(|marker| read("ListThings", marker).unwrap());
        let paging = Paging { limit, after, operation: "ListThings" };
        let answer =
            paging.cut("Things", ["a", "b", "c"], |item| item, |item| Document::new().with("Id", item));
        let things = answer.maps("Things").map(|thing| thing.text("Id").to_owned()).collect();
        assert_eq!(answer.bool("Truncated"), Some(answer.str("NextMarker").is_some()));
        (things, answer.str("NextMarker").map(str::to_owned))
    }

    #[test]
    fn pages_follow_one_another() {
        let (things, marker) = page(2, None);
        assert_eq!(things, ["a", "b"]);
        assert_eq!(page(2, marker.as_deref()), (vec!["c".to_owned()], None));
        assert_eq!(page(3, None).1, None);
    }

    #[test]
    fn a_marker_belongs_to_its_operation() {
        let (_, marker) = page(1, None);
        assert!(read("ListOthers", &marker.unwrap()).is_err());
        assert!(read("ListThings", "not base64!").is_err());
        assert!(read("ListThings", "YWJj").is_err());
    }
}
