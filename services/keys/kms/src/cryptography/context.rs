use bastide_door::Failure;
use bastide_shape::Document;

/// The encryption context of a request: pairs that are bound to a ciphertext without being kept in it. Their
/// order does not count, and none is the same as an empty one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EncryptionContext<'a>(Vec<(&'a str, &'a str)>);

/// The most bytes of all names and values together.
const LONGEST: usize = 8192;

impl<'a> EncryptionContext<'a> {
    /// The encryption context of an input member. Of a name that comes twice the last value counts.
    pub(crate) fn of(input: &'a Document, member: &str) -> Self {
        let pairs = input.map(member).map(Document::iter).into_iter().flatten();
        let mut pairs: Vec<_> =
            pairs.map(|(name, value)| (&**name, value.as_str().unwrap_or_default())).collect();
        // A stable sort leaves equal names in the order of the request.
        pairs.reverse();
        pairs.sort_by_key(|(name, _)| *name);
        pairs.dedup_by_key(|(name, _)| *name);
        Self(pairs)
    }

    /// # Errors
    /// `ValidationException` when it is longer than AWS takes.
    pub(crate) fn checked(self) -> Result<Self, Failure> {
        let length: usize = self.0.iter().map(|(name, value)| name.len() + value.len()).sum();
        if length > LONGEST {
            let message = format!("The encryption context has {length} bytes; it may have {LONGEST}.");
            return Err(Failure::validation(message));
        }
        Ok(self)
    }

    /// The value of a name.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        let at = self.0.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.0.get(at).map(|(_, value)| *value)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The bytes that are authenticated: in the order of names, each text behind its length, so that no two
    /// contexts give the same.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, value) in &self.0 {
            for text in [name, value] {
                out.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
                out.extend_from_slice(text.as_bytes());
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn input(pairs: &[(String, String)]) -> Document {
        let pairs = pairs.iter().map(|(name, value)| (name.clone().into(), value.into()));
        Document::new().with("C", pairs.collect::<Document>())
    }

    fn canonical(pairs: &[(&str, &str)]) -> Vec<u8> {
        let pairs: Vec<_> = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        EncryptionContext::of(&input(&pairs), "C").canonical()
    }

    #[test]
    fn the_last_of_equal_names_counts() {
        assert_eq!(canonical(&[("a", "1"), ("b", "2"), ("a", "3")]), canonical(&[("b", "2"), ("a", "3")]));
        assert!(canonical(&[]).is_empty());
        assert_eq!(EncryptionContext::of(&Document::new(), "C").canonical(), canonical(&[]));
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        assert_ne!(canonical(&[("a", "bc")]), canonical(&[("ab", "c")]));
        assert_ne!(canonical(&[("a", ""), ("b", "")]), canonical(&[("a", "b")]));
    }

    proptest! {
        #[test]
        fn the_order_does_not_count(pairs in proptest::collection::btree_map(".{0,6}", ".{0,6}", 0..6)) {
            let mut pairs: Vec<_> = pairs.into_iter().collect();
            let one = input(&pairs);
            pairs.reverse();
            let other = input(&pairs);
            let (one, other) = (EncryptionContext::of(&one, "C"), EncryptionContext::of(&other, "C"));
            prop_assert_eq!(one.canonical(), other.canonical());
            for (name, value) in &pairs {
                prop_assert_eq!(one.value(name), Some(value.as_str()));
            }
        }

        #[test]
        fn different_contexts_differ(
            one in proptest::collection::btree_map("[ab]{0,3}", "[ab]{0,3}", 0..3),
            other in proptest::collection::btree_map("[ab]{0,3}", "[ab]{0,3}", 0..3),
        ) {
            let same = one == other;
            let one = input(&one.into_iter().collect::<Vec<_>>());
            let other = input(&other.into_iter().collect::<Vec<_>>());
            let equal = EncryptionContext::of(&one, "C").canonical() == EncryptionContext::of(&other, "C").canonical();
            prop_assert_eq!(equal, same);
        }
    }
}
