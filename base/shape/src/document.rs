use std::borrow::Cow;

use bastide_ids::Timestamp;

use crate::Value;

/// A member's name: static for structures, owned for the keys of maps.
pub type Name = Cow<'static, str>;

/// Values by name, in order. Small, so a look-up walks it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document(Vec<(Name, Value)>);

impl Document {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The value of this name, to change it.
    #[must_use]
    pub fn value_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The text of this name, if it is there.
    #[must_use]
    pub fn str(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_str()
    }

    /// The text of a required member: the validator has seen that it is there; empty otherwise.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.str(name).unwrap_or_default()
    }

    /// The whole number of this name, if it is there.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        self.value(name)?.as_int()
    }

    /// The truth value of this name, if it is there.
    #[must_use]
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    /// The bytes of this name, if they are there.
    #[must_use]
    pub fn blob(&self, name: &str) -> Option<&[u8]> {
        self.value(name)?.as_blob()
    }

    /// The moment of this name, if it is there.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        self.value(name)?.as_time()
    }

    /// The structure or map of this name, if it is there.
    #[must_use]
    pub fn map(&self, name: &str) -> Option<&Document> {
        self.value(name)?.as_map()
    }

    /// The elements of the list of this name; none when it is absent.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Value] {
        self.value(name).and_then(Value::as_list).unwrap_or_default()
    }

    /// The texts of the list of this name.
    pub fn strings<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(name).iter().filter_map(Value::as_str)
    }

    /// The structures of the list of this name.
    pub fn maps<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Document> + use<'a> {
        self.list(name).iter().filter_map(Value::as_map)
    }

    /// This document and one more member: the form in which handlers build their answers.
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, value: impl Into<Value>) -> Self {
        self.push(name, value);
        self
    }

    /// This document, and one more member if there is a value for it.
    #[must_use]
    pub fn maybe(self, name: impl Into<Name>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member behind the others.
    pub fn push(&mut self, name: impl Into<Name>, value: impl Into<Value>) {
        self.0.push((name.into(), value.into()));
    }

    /// Sets a member, replacing one of the same name.
    pub fn set(&mut self, name: impl Into<Name>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.value_mut(&name) {
            Some(place) => *place = value,
            None => self.0.push((name, value)),
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let index = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.remove(index).1)
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl FromIterator<(Name, Value)> for Document {
    fn from_iter<I: IntoIterator<Item = (Name, Value)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl IntoIterator for Document {
    type Item = (Name, Value);
    type IntoIter = std::vec::IntoIter<(Name, Value)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
