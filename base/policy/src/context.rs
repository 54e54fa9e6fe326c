use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use bastide_ids::Timestamp;

/// Where condition keys get their values for one request.
///
/// A policy asks only for the keys it reads, so an implementation may compute each value when asked and pays
/// nothing for keys that no policy reads.
pub trait ContextSource {
    /// The values of a condition key, `None` when the request does not carry it. The key comes lower-cased,
    /// such as `aws:requesttag/team`: condition keys are not case-sensitive.
    fn values(&self, key: &str) -> Option<Values<'_>>;

    /// The caller's canonical user id, which `"Principal": {"CanonicalUser": …}` names. Only S3 uses it.
    fn canonical_user(&self) -> Option<&str> {
        None
    }
}

/// The values of one condition key.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// A single value.
    One(Value<'a>),
    /// Any number of texts, borrowed.
    Strs(&'a [&'a str]),
    /// Any number of texts, owned by the source.
    Strings(&'a [String]),
}

/// One value of a condition key, typed so that the source need not write it out as text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A text; numbers, dates, addresses and booleans may come as text too.
    Text(&'a str),
    /// A whole number.
    Number(i64),
    /// A moment; reads as ISO 8601 in string conditions.
    Date(Timestamp),
    /// A truth value.
    Bool(bool),
    /// An IP address.
    Ip(IpAddr),
}

impl<'a> Value<'a> {
    /// The value as a policy's string operators see it.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Date(moment) => Cow::Owned(moment.iso8601()),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Ip(address) => Cow::Owned(address.to_string()),
        }
    }
}

impl<'a> Values<'a> {
    /// A single text.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::One(Value::Text(text))
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Strs(texts) => texts.len(),
            Self::Strings(texts) => texts.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value when there is exactly one, as policy variables require.
    #[must_use]
    pub fn single(&self) -> Option<Value<'a>> {
        if self.len() == 1 { self.at(0) } else { None }
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> {
        let all = *self;
        (0..self.len()).map_while(move |index| all.at(index))
    }

    fn at(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::One(value) => (index == 0).then_some(*value),
            Self::Strs(texts) => texts.get(index).map(|text| Value::Text(text)),
            Self::Strings(texts) => texts.get(index).map(|text| Value::Text(text)),
        }
    }
}

/// Condition keys held in memory: for a service's own keys, for simulations and for tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextMap(BTreeMap<String, Vec<String>>);

impl ContextMap {
    /// A context without any key.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key, in any case, to these values.
    pub fn set<V: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        self.0.insert(key.to_ascii_lowercase(), values.into_iter().map(Into::into).collect());
    }

    /// The same context with a single-valued key more.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, [value]);
        self
    }
}

impl ContextSource for ContextMap {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        self.0.get(key).map(|texts| Values::Strings(texts))
    }
}

/// No keys at all.
impl ContextSource for () {
    fn values(&self, _key: &str) -> Option<Values<'_>> {
        None
    }
}

impl<T: ContextSource + ?Sized> ContextSource for &T {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        (**self).values(key)
    }

    fn canonical_user(&self) -> Option<&str> {
        (**self).canonical_user()
    }
}

/// The first source, then the second: say, a service's keys before the global ones.
impl<A: ContextSource, B: ContextSource> ContextSource for (A, B) {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        self.0.values(key).or_else(|| self.1.values(key))
    }

    fn canonical_user(&self) -> Option<&str> {
        self.0.canonical_user().or_else(|| self.1.canonical_user())
    }
}
