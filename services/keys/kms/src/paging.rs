//! Lists in pages: `Limit` and `Marker` in, `Truncated` and `NextMarker` out.

use bastide_door::{Failure, Permitted, page_after, page_token};
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
        let read = |marker| page_after(operation, marker).ok_or_else(refusal::invalid_marker);
        let after = call.input().str("Marker").map(read).transpose()?;
        Ok(Self { limit: limit.unwrap_or(default).min(most), after, operation })
    }

    /// The answer: a list, and where it goes on if there is more behind the item with this id.
    pub(crate) fn answer(&self, name: &'static str, items: Vec<Document>, last: Option<&str>) -> Document {
        Document::new()
            .with(name, items)
            .with("Truncated", last.is_some())
            .maybe("NextMarker", last.map(|last| page_token(self.operation, last)))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: usize, marker: Option<&str>) -> (Vec<String>, Option<String>) {
        let after = marker.map(|marker| page_after("ListThings", marker).unwrap());
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
}
