//! Lists in pages: `MaxResults` and `NextToken`.

use bastide_door::{Failure, Permitted, page_after, page_token};
use bastide_shape::Document;

use crate::refusal;

/// Which part of a list is asked for.
pub(crate) struct Paging {
    /// At most so many.
    limit: usize,
    /// What comes after the item with this name; from the start without it.
    after: Option<String>,
    operation: &'static str,
}

impl Paging {
    /// Reads `MaxResults` and `NextToken`.
    ///
    /// # Errors
    /// `CloudHsmInvalidRequestException` when the token is not one of this operation.
    pub(crate) fn of(call: &Permitted, default: usize) -> Result<Self, Failure> {
        let operation = call.operation().name;
        let limit = call.input().int("MaxResults").and_then(|limit| usize::try_from(limit).ok());
        let token = call.input().str("NextToken").filter(|token| !token.is_empty());
        let after = token.map(|token| {
            let no_token = || refusal::invalid("The NextToken is not one that this operation gave.");
            page_after(operation, token).ok_or_else(no_token)
        });
        let after = after.transpose()?;
        Ok(Self { limit: limit.unwrap_or(default), after, operation })
    }

    /// The asked part of a list as the answer. Items are in some order, each with a name that stands for its place
    /// in it; a name that is gone when the next page is asked for ends the list where it would have been.
    pub(crate) fn cut<T>(
        &self,
        member: &'static str,
        all: &[T],
        name: impl Fn(&T) -> String,
        comes_after: impl Fn(&str, &T) -> bool,
        show: impl Fn(&T) -> Document,
    ) -> Document {
        let wanted = |item: &&T| self.after.as_deref().is_none_or(|after| comes_after(after, item));
        let rest: Vec<&T> = all.iter().filter(wanted).collect();
        let shown = rest.iter().take(self.limit);
        let last = shown.clone().next_back().filter(|_| rest.len() > self.limit);
        let token = last.map(|last| page_token(self.operation, &name(last)));
        Document::new()
            .with(member, shown.map(|item| show(item)).collect::<Vec<_>>())
            .maybe("NextToken", token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: usize, after: Option<String>) -> (Vec<String>, Option<String>) {
        let paging = Paging { limit, after, operation: "ListThings" };
        let answer = paging.cut(
            "Things",
            &["a", "b", "c"],
            |item| (*item).to_owned(),
            |after, item| *item > after,
            |item| Document::new().with("Id", *item),
        );
        let things = answer.maps("Things").map(|thing| thing.text("Id").to_owned()).collect();
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
