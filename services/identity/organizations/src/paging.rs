//! Lists in pages: `MaxResults`, `NextToken`.

use bastide_door::{Failure, Permitted, page_after, page_token};
use bastide_shape::{Document, Value};

use crate::errors::invalid;

/// So many results when the caller does not say; also the most that may be asked for.
const DEFAULT: usize = 20;

/// Which page the caller asks for.
pub(crate) struct Paging {
    /// The key of the last result of the page before.
    pub(crate) after: Option<String>,
    /// The most results that the page has.
    pub(crate) limit: usize,
    question: String,
}

impl Paging {
    /// Reads the page that a call asks for. A token is good only for the question that it was given for.
    ///
    /// # Errors
    /// `InvalidInputException` for a token that is not.
    pub(crate) fn of(call: &Permitted) -> Result<Self, Failure> {
        Self::read(call.operation().name, call.input())
    }

    fn read(operation: &str, input: &Document) -> Result<Self, Failure> {
        let question = question(operation, input);
        let limit = input.int("MaxResults").and_then(|most| usize::try_from(most).ok()).unwrap_or(DEFAULT);
        let Some(token) = input.str("NextToken") else { return Ok(Self { after: None, limit, question }) };
        let after = page_after(&question, token).ok_or_else(|| {
            invalid("INVALID_NEXT_TOKEN", "The next token that you specified is not valid for this request.")
        })?;
        Ok(Self { after: Some(after), limit, question })
    }

    /// The answer with a page of a whole list whose items are in the order of their keys.
    pub(crate) fn cut<T>(
        &self,
        name: &'static str,
        items: &[T],
        key: impl Fn(&T) -> String,
        show: impl Fn(&T) -> Document,
    ) -> Document {
        let is_later = |item: &&T| self.after.as_ref().is_none_or(|after| key(item) > *after);
        let mut rest = items.iter().filter(is_later);
        let page: Vec<&T> = rest.by_ref().take(self.limit).collect();
        let next = rest.next().and_then(|_| page.last()).map(|last| key(last));
        self.answer(name, page.into_iter().map(show).collect(), next.as_deref())
    }

    /// The answer with a page, and the key to go on after.
    pub(crate) fn answer(&self, name: &'static str, page: Vec<Document>, next: Option<&str>) -> Document {
        let token = next.map(|next| page_token(&self.question, next));
        let page: Vec<Value> = page.into_iter().map(Value::from).collect();
        Document::new().with(name, page).maybe("NextToken", token)
    }
}

/// What is asked, apart from which page of it.
fn question(operation: &str, input: &Document) -> String {
    let mut text = operation.to_owned();
    for (name, value) in input.iter().filter(|(name, _)| !matches!(&***name, "NextToken" | "MaxResults")) {
        let texts = value.as_list().unwrap_or_default().iter().chain([value]).filter_map(Value::as_str);
        text = texts.fold(format!("{text};{name}"), |text, value| format!("{text}={value}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(input: &Document) -> Paging {
        Paging::read("ListThings", input).unwrap()
    }

    #[test]
    fn pages_join_to_the_whole() {
        let items: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        let mut seen = Vec::new();
        let mut input = Document::new().with("Filter", "X").with("MaxResults", 2_i64);
        loop {
            let paging = ask(&input);
            let show = |item: &String| Document::new().with("Id", item.as_str());
            let answer = paging.cut("Things", &items, Clone::clone, show);
            seen.extend(answer.maps("Things").map(|thing| thing.text("Id").to_owned()));
            match answer.str("NextToken") {
                Some(token) => input.set("NextToken", token),
                None => break,
            }
        }
        assert_eq!(seen, items);
    }

    #[test]
    fn a_token_is_good_for_its_question_only() {
        let first = ask(&Document::new().with("Filter", "X"));
        let answer = first.answer("Things", Vec::new(), Some("b"));
        let token = answer.text("NextToken");
        assert_eq!(
            ask(&Document::new().with("Filter", "X").with("NextToken", token)).after.as_deref(),
            Some("b")
        );
        for other in [Document::new().with("Filter", "Y"), Document::new()] {
            assert!(Paging::read("ListThings", &other.with("NextToken", token)).is_err());
        }
        let same = Document::new().with("Filter", "X").with("NextToken", token);
        assert!(Paging::read("ListOthers", &same).is_err());
    }
}
