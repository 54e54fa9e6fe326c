//! Lists in pages: `MaxResults` and `NextToken`.

use bastide_door::{Failure, Permitted, page_after, page_token};
use bastide_resources::{MAX_PAGE, Resource, Store, StoreError, Stored};
use bastide_shape::{Document, Value};

use crate::refusal;
use bastide_ids::Place;
use std::sync::Arc;

/// The largest page, and the default.
const PAGE: usize = 50;

/// Which part of a list is asked for.
pub(crate) struct Paging {
    /// At most so many.
    pub(crate) limit: usize,
    /// What comes after this; from the start without it.
    pub(crate) after: Option<String>,
    question: String,
}

impl Paging {
    /// Reads `MaxResults` and `NextToken`. Tokens belong to the operation and to what else is asked (`about`).
    ///
    /// # Errors
    /// `BadRequestException` when the token is not one of this question.
    pub(crate) fn of(call: &Permitted, about: &str) -> Result<Self, Failure> {
        Self::with(call, about, PAGE)
    }

    /// The same with another default.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(crate) fn with(call: &Permitted, about: &str, default: usize) -> Result<Self, Failure> {
        let question = format!("{}\n{}\n{about}", call.operation().name, call.place().region);
        let limit = call.input().int("MaxResults").and_then(|limit| usize::try_from(limit).ok());
        let token = call.input().str("NextToken").filter(|token| !token.is_empty());
        let read = |token| page_after(&question, token).ok_or_else(|| refusal::parameter("nextToken"));
        let after = token.map(read).transpose()?;
        Ok(Self { limit: limit.unwrap_or(default), after, question })
    }

    /// The token of a page that ends with this.
    pub(crate) fn token(&self, last: &str) -> String {
        page_token(&self.question, last)
    }

    /// The asked part of a list that is in the order of its items' names, as the answer.
    pub(crate) fn cut<T>(
        &self,
        member: &'static str,
        all: &[T],
        name: impl Fn(&T) -> &str,
        show: impl Fn(&T) -> Value,
    ) -> Document {
        let wanted = |item: &&T| self.after.as_deref().is_none_or(|after| name(item) > after);
        let rest: Vec<&T> = all.iter().filter(wanted).collect();
        let shown = rest.get(..self.limit).unwrap_or(&rest);
        let last = shown.last().filter(|_| rest.len() > shown.len());
        let token = last.map(|last| self.token(name(last)));
        Document::new()
            .with(member, shown.iter().map(|item| show(item)).collect::<Vec<_>>())
            .maybe("NextToken", token)
    }
}

/// All documents of a type in a place whose ids begin with `prefix`.
///
/// # Errors
/// When the store fails.
pub(crate) async fn all<T: Resource>(
    store: &Store,
    place: &Place,
    prefix: &str,
) -> Result<Vec<Arc<Stored<T>>>, StoreError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store.list::<T>(place, prefix, after.as_deref(), MAX_PAGE).await?;
        after = page.items.last().map(|last| last.key.id.clone());
        found.extend(page.items);
        if !page.more {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: usize, after: Option<String>) -> (Vec<String>, Option<String>) {
        let paging = Paging { limit, after, question: "ListThings".into() };
        let answer = paging.cut("Things", &["a", "b", "c"], |item| item, |item| (*item).into());
        let things = answer.strings("Things").map(str::to_owned).collect();
        (things, answer.str("NextToken").map(str::to_owned))
    }

    #[test]
    fn pages_follow_one_another() {
        let (things, token) = page(2, None);
        assert_eq!(things, ["a", "b"]);
        let after = page_after("ListThings", &token.unwrap()).unwrap();
        assert_eq!(page(2, Some(after)), (vec!["c".to_owned()], None));
        assert_eq!(page(3, None).1, None);
    }
}
