//! Lists in pages: `MaxResults` and `NextToken`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bastide_door::{Failure, Permitted};
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
        let after = token.map(|token| read(&question, token)).transpose()?;
        Ok(Self { limit: limit.unwrap_or(default), after, question })
    }

    /// The token of a page that ends with this.
    pub(crate) fn token(&self, last: &str) -> String {
        BASE64.encode(format!("{:016x}{last}", fingerprint(&self.question)))
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

fn read(question: &str, token: &str) -> Result<String, Failure> {
    let text = BASE64.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match text.as_deref().and_then(|text| text.split_at_checked(16)) {
        Some((of, last)) if of == format!("{:016x}", fingerprint(question)) => Ok(last.to_owned()),
        _ => Err(refusal::parameter("nextToken")),
    }
}

/// FNV-1a: a token goes on where it came from, and need not withstand its owner.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
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
        let after = read("ListThings", &token.unwrap()).unwrap();
        assert_eq!(page(2, Some(after)), (vec!["c".to_owned()], None));
        assert_eq!(page(3, None).1, None);
    }

    #[test]
    fn a_token_belongs_to_its_question() {
        let token = page(1, None).1.unwrap();
        assert!(read("ListOthers", &token).is_err() && read("ListThings", "YWJj").is_err());
        assert!(
            read("ListThings", "not base64!").is_err()
                && read("ListThings", "w6nDqcOpw6nDqcOpw6nDqQ").is_err()
        );
    }
}
